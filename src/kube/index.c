/* index.c - objects by kind, namespace, name and labels. */

#include "kube/index.h"

#include "base/map.h"
#include "kube/index_key.h"
#include "kube/internal.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { AHEAD = 8 };

struct index {
        struct map kinds;   /* kind: struct object_list */
        struct map spaces;  /* kind, namespace: struct object_list */
        struct map names;   /* kind, namespace, name: struct object */
        struct map labels;  /* namespace, key, value: struct object_list of those with such pods */
        struct map pods_of; /* namespace: struct object_list of those with pods */
        struct object_list pods;
        bool has_twins;
        const struct estate *estate;
        const struct estate *(*make_estate)(void *context); /* NULL: it does not change */
        void *estate_context;

        /* Only of one that follows an estate. */
        bool has_labels;
        struct map twins;      /* kind, namespace, name: struct object_list of those that share it */
        size_t twin_count;     /* how many such keys there are */
        struct key_set *asked; /* NULL: nobody wants to know */
};

/* What is asked for, and so what may have changed: a key in one of the maps, or all of something. Of some only how many there
 * are, which changes less often. */
enum asked {
        ASKED_KIND,
        ASKED_SPACE_COUNT,
        ASKED_NAME,
        ASKED_LABEL,
        ASKED_PODS_OF,
        ASKED_POD_COUNT,
        ASKED_PODS,
        ASKED_TWINS,
};

static const struct object_list nothing;

/* The kind as it is looked for: "Deployment.apps". */
static struct str kind_of(const struct object *object, char *out, size_t size)
{
        static const struct {
                struct str kind, group;
        } moved[] = {
                {STR_INIT("Deployment"), STR_INIT("apps")},
                {STR_INIT("DaemonSet"), STR_INIT("apps")},
                {STR_INIT("ReplicaSet"), STR_INIT("apps")},
                {STR_INIT("Ingress"), STR_INIT("networking.k8s.io")},
                {STR_INIT("NetworkPolicy"), STR_INIT("networking.k8s.io")},
        };
        struct str group = object->group;

        for (size_t i = 0; str_is(group, "extensions") && i < COUNT_OF(moved); i++) {
                if (str_equal(moved[i].kind, object->kind))
                        group = moved[i].group;
        }
        if (!group.len || object->kind.len + group.len + 1 > size)
                return object->kind;
        memcpy(out, object->kind.data, object->kind.len);
        out[object->kind.len] = '.';
        memcpy(out + object->kind.len + 1, group.data, group.len);
        return (struct str){out, object->kind.len + 1 + group.len};
}

struct str index_compose(struct composed *out, const struct str *parts, size_t count)
{
        size_t len = 0;

        out->text = (struct str){0};
        for (size_t i = 0; i < count; i++) {
                if (parts[i].len >= sizeof(out->bytes) - len)
                        return out->text;
                if (parts[i].len)
                        memcpy(out->bytes + len, parts[i].data, parts[i].len);
                len += parts[i].len;
                out->bytes[len++] = '\n';
        }
        out->text = (struct str){out->bytes, len};
        return out->text;
}

/* The slot of a composed key, which is copied when it is new; NULL if there is none. */
void **index_slot(struct arena *arena, struct map *map, const struct str *parts, size_t count)
{
        struct composed key;

        return index_compose(&key, parts, count).len ? map_slot_copy(arena, map, key.text) : NULL;
}

void *index_get(const struct map *map, const struct str *parts, size_t count)
{
        struct composed key;

        return index_compose(&key, parts, count).len ? map_get(map, key.text) : NULL;
}

static void add_key(struct key_set *set, enum asked what, const struct str *parts, size_t count)
{
        struct composed key = {.text = {0}};

        if (!count || index_compose(&key, parts, count).len)
                key_set_add(set, XXH3_64bits_withSeed(key.text.data, key.text.len, what));
}

/* Notes that something was asked for. */
static void note(const struct index *index, enum asked what, const struct str *parts, size_t count)
{
        if (UNLIKELY(index->asked))
                add_key(index->asked, what, parts, count);
}

static void *ask(const struct index *index, enum asked what, const struct map *map, const struct str *parts,
                 size_t count)
{
        note(index, what, parts, count);
        return index_get(map, parts, count);
}

/* The list of a key, made when it is new; NULL if there is no key. */
static struct object_list *list_of(struct arena *arena, struct map *map, const struct str *parts, size_t count)
{
        void **list = index_slot(arena, map, parts, count);

        if (list && !*list)
                *list = arena_new(arena, struct object_list);
        return list ? *list : NULL;
}

static void add_to_list(struct arena *arena, struct map *map, const struct str *parts, size_t count,
                        const struct object *object)
{
        struct object_list *list = list_of(arena, map, parts, count);

        if (list)
                *vec_push(arena, &list->objects) = object;
}

static bool has_pods(const struct object *object)
{
        return object->pod.value.kind == VALUE_MAP && !str_is(object->kind, "PodTemplate");
}

static void add_pod(struct arena *arena, struct index *index, const struct object *object)
{
        *vec_push(arena, &index->pods.objects) = object;
        add_to_list(arena, &index->pods_of, &object->ns, 1, object);
}

/* The namespace of an object. What belongs to the whole cluster has none, though manifests often give it one. */
static struct str space_of(const struct object *object)
{
        static const struct str kinds[] = {
                STR_INIT("ClusterRole"),
                STR_INIT("ClusterRoleBinding"),
                STR_INIT("Namespace"),
                STR_INIT("Node"),
                STR_INIT("PersistentVolume"),
                STR_INIT("StorageClass"),
                STR_INIT("PriorityClass"),
                STR_INIT("IngressClass"),
                STR_INIT("CustomResourceDefinition"),
                STR_INIT("CiliumClusterwideNetworkPolicy"),
        };

        for (size_t i = 0; object->ns.len && i < COUNT_OF(kinds); i++) {
                if (str_equal(kinds[i], object->kind))
                        return (struct str){0};
        }
        return object->ns;
}

static void add_object(struct arena *arena, struct index *index, const struct object *object)
{
        char space[256];
        struct str parts[] = {kind_of(object, space, sizeof(space)), space_of(object), object->name};
        void **known;

        add_to_list(arena, &index->kinds, parts, 1, object);
        add_to_list(arena, &index->spaces, parts, 2, object);
        known = index_slot(arena, &index->names, parts, 3);
        if (known && *known)
                index->has_twins = true;
        else if (known)
                *known = (void *)object;
        if (has_pods(object))
                add_pod(arena, index, object);
}

static void add_labels(struct arena *arena, struct index *index, const struct object *object)
{
        value_each (object_pod_labels(object), label) {
                struct str parts[] = {object->ns, intern_text(label->key), value_text(&label->value)};

                if (label->value.kind == VALUE_STRING)
                        add_to_list(arena, &index->labels, parts, 3, object);
        }
}

static void add_all_labels(struct arena *arena, struct index *index)
{
        for (size_t i = 0; i < index->pods.objects.count; i++)
                add_labels(arena, index, index->pods.objects.items[i]);
        index->has_labels = true;
}

/* Labels are many, and asked for only by what selects Pods. */
static bool has_selectors(const struct index *index)
{
        static const struct str kinds[] = {
                STR_INIT("Service"),
                STR_INIT("NetworkPolicy.networking.k8s.io"),
                STR_INIT("PodDisruptionBudget.policy"),
        };

        for (size_t i = 0; i < COUNT_OF(kinds); i++) {
                if (index_all(index, kinds[i])->objects.count)
                        return true;
        }
        return false;
}

/* What names an object lies where its text was read, far from everything else: it is asked for before it is needed. */
static void ask_for(const struct object *object)
{
        __builtin_prefetch(object->kind.data);
        __builtin_prefetch(object->group.data);
        __builtin_prefetch(object->ns.data);
        __builtin_prefetch(object->name.data);
}

struct index *index_new(struct arena *arena, const struct estate *estate)
{
        struct index *index = arena_new(arena, struct index);

        index->estate = estate;
        map_reserve(arena, &index->names, estate_object_count(estate));
        for (size_t i = 0; i < estate->source_count; i++) {
                const struct estate_source *source = &estate->sources[i];

                for (size_t k = 0; k < source->objects.count; k++) {
                        ask_for(&source->objects.items[min_size(k + AHEAD, source->objects.count - 1)]);
                        add_object(arena, index, &source->objects.items[k]);
                }
        }
        if (has_selectors(index))
                add_all_labels(arena, index);
        return index;
}

const struct estate *index_estate(const struct index *index)
{
        return index->make_estate ? index->make_estate(index->estate_context) : index->estate;
}

void index_set_estate(struct index *index, const struct estate *(*make)(void *context), void *context)
{
        index->make_estate = make;
        index->estate_context = context;
}

/* --- looking --- */

/* The namespaces in which somebody of a namespace looks, one after the other: its own, none, and from none `default`. */
bool index_look_in(struct str ns, size_t place, struct str *out)
{
        *out = place == 0 ? ns : ns.len ? (struct str){0} : STR("default");
        return place < 2;
}

const struct object *index_find(const struct index *index, struct str kind, struct str ns, struct str name)
{
        struct str parts[] = {kind, {0}, name};
        const struct object *found = NULL;

        for (size_t place = 0; !found && index_look_in(ns, place, &parts[1]); place++)
                found = ask(index, ASKED_NAME, &index->names, parts, 3);
        return found;
}

bool index_has_twins(const struct index *index)
{
        note(index, ASKED_TWINS, NULL, 0);
        return index->has_twins;
}

bool index_has_kind(const struct index *index, struct str kind, struct str ns)
{
        struct str parts[] = {kind, {0}};

        for (size_t place = 0; index_look_in(ns, place, &parts[1]); place++) {
                const struct object_list *list = ask(index, ASKED_SPACE_COUNT, &index->spaces, parts, 2);

                if (list && list->objects.count)
                        return true;
        }
        return false;
}

const struct object_list *index_all(const struct index *index, struct str kind)
{
        const struct object_list *list = ask(index, ASKED_KIND, &index->kinds, &kind, 1);

        return list ? list : &nothing;
}

const struct object_list *index_pods(const struct index *index)
{
        note(index, ASKED_PODS, NULL, 0);
        return &index->pods;
}

bool index_next_space(const struct index *index, size_t *at, struct str *ns, const struct object_list **pods)
{
        note(index, ASKED_PODS, NULL, 0);
        while (*at < index->pods_of.count) {
                const struct map_entry *entry = &index->pods_of.entries[(*at)++];

                *ns = str_sub(entry->key, 0, entry->key.len - 1);
                *pods = entry->value;
                if ((*pods)->objects.count)
                        return true;
        }
        return false;
}

size_t index_pod_count(const struct index *index, struct str ns)
{
        const struct object_list *list = ask(index, ASKED_POD_COUNT, &index->pods_of, &ns, 1);

        return list ? list->objects.count : 0;
}

const struct object_list *index_pods_of(const struct index *index, struct str ns)
{
        const struct object_list *list = ask(index, ASKED_PODS_OF, &index->pods_of, &ns, 1);

        return list ? list : &nothing;
}

const struct value *object_labels(const struct object *object)
{
        return value_get(value_get(&object->root.value, KEY_metadata), KEY_labels);
}

const struct value *object_pod_labels(const struct object *object)
{
        return value_get(value_get(&object->pod.value, KEY_metadata), KEY_labels);
}

struct str namespace_name(struct str ns)
{
        return ns.len ? ns : STR("default");
}

/* --- which Pods meet a selector --- */

/* The pods of a namespace among which all that meet the selector are: as few as the labels allow. Who asks has asked for the list
 * that is given: none comes to meet the selector, or ceases to, without being in it before or after. */
static const struct object_list *candidates(const struct index *index, struct str ns, const struct selector *selector)
{
        const struct object_list *best = index_get(&index->pods_of, &ns, 1);
        struct str best_parts[3] = {ns};

        for (size_t i = 0; best && i < selector->count; i++) {
                const struct requirement *requirement = &selector->requirements[i];
                struct str parts[] = {ns, requirement->key, {0}};
                const struct object_list *list;

                if (requirement->op != SELECTOR_IN || requirement->value_count != 1)
                        continue;
                parts[2] = requirement->values[0];
                list = index_get(&index->labels, parts, 3);
                if (!list || list->objects.count < best->objects.count) {
                        best = list;
                        memcpy(best_parts, parts, sizeof(parts));
                }
        }
        if (best_parts[1].len)
                note(index, ASKED_LABEL, best_parts, 3);
        else
                note(index, ASKED_PODS_OF, best_parts, 1);
        return best ? best : &nothing;
}

const struct object *index_next_pod(const struct index *index, struct pod_search *search)
{
        struct str ns;

        for (;;) {
                while (search->list && search->at < search->list->objects.count) {
                        const struct object *object = search->list->objects.items[search->at++];

                        if (selector_has(search->selector, object_pod_labels(object)))
                                return object;
                }
                if (!index_look_in(search->ns, search->next_list, &ns))
                        return NULL;
                search->list = candidates(index, ns, search->selector);
                search->at = 0;
                search->next_list++;
        }
}

/* --- following an estate --- */

/* How many digits stand in a text around a place, from it on. */
static size_t digits_at(struct str text, size_t at)
{
        size_t end = at;

        while (end < text.len && text.data[end] >= '0' && text.data[end] <= '9')
                end++;
        return end - at;
}

/* The order of "/items/9" and "/items/10". */
static int compare_paths(struct str one, struct str other)
{
        size_t at = 0, one_digits, other_digits;

        while (at < one.len && at < other.len && one.data[at] == other.data[at])
                at++;
        one_digits = digits_at(one, at);
        other_digits = digits_at(other, at);
        if (one_digits != other_digits)
                return one_digits < other_digits ? -1 : 1;
        return str_compare(one, other);
}

int object_compare_place(const struct object *one, const struct object *other)
{
        if (one->document != other->document)
                return one->document < other->document ? -1 : 1;
        return compare_paths(one->path, other->path);
}

/* The order in which objects are shown: by the names of files, then as they stand there. */
static int compare_shown(const struct object *one, const struct object *other)
{
        int order = one->source == other->source ? 0 : str_compare(one->source->name, other->source->name);

        return order ? order : object_compare_place(one, other);
}

/* Where an object stands in a list that is in order, or would. */
static size_t place_of(const struct object_list *list, const struct object *object)
{
        size_t low = 0, high = list->objects.count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (compare_shown(list->objects.items[middle], object) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

static void take_out(struct object_list *list, const struct object *object)
{
        size_t at = place_of(list, object), rest;

        if (at == list->objects.count || list->objects.items[at] != object)
                return;
        rest = --list->objects.count - at;
        memmove(&list->objects.items[at], &list->objects.items[at + 1], rest * sizeof(*list->objects.items));
}

static void put_in(struct arena *arena, struct object_list *list, const struct object *object)
{
        size_t at = place_of(list, object), rest = list->objects.count - at;

        vec_push(arena, &list->objects);
        memmove(&list->objects.items[at + 1], &list->objects.items[at], rest * sizeof(*list->objects.items));
        list->objects.items[at] = object;
}

/* An object that goes or comes. */
struct change {
        struct arena *arena;
        struct index *index;
        const struct object *object;
        bool comes;
        bool alone; /* no other of the same kind and namespace comes or goes for it: there is one more or less */
        struct key_set *touched;
};

static void change_list(struct change *change, struct object_list *list)
{
        if (change->comes)
                put_in(change->arena, list, change->object);
        else
                take_out(list, change->object);
}

static void change_in(struct change *change, struct map *map, const struct str *parts, size_t count)
{
        struct object_list *list = list_of(change->arena, map, parts, count);

        if (list)
                change_list(change, list);
}

/* The first of those that share a name stands for it. */
static void change_name(struct change *change, const struct str *parts)
{
        struct index *index = change->index;
        void **first = index_slot(change->arena, &index->names, parts, 3);
        struct object_list *twins = index_get(&index->twins, parts, 3);

        if (!first)
                return;
        add_key(change->touched, ASKED_NAME, parts, 3);
        if (!twins && change->comes && *first)
                twins = list_of(change->arena, &index->twins, parts, 3);
        if (twins) {
                if (!twins->objects.count && *first)
                        put_in(change->arena, twins, *first);
                index->twin_count -= twins->objects.count > 1;
                change_list(change, twins);
                index->twin_count += twins->objects.count > 1;
                *first = twins->objects.count ? (void *)twins->objects.items[0] : NULL;
        } else {
                *first = change->comes ? (void *)change->object : NULL;
        }
}

static void change_pod(struct change *change)
{
        const struct object *object = change->object;

        change_list(change, &change->index->pods);
        change_in(change, &change->index->pods_of, &object->ns, 1);
        add_key(change->touched, ASKED_PODS_OF, &object->ns, 1);
        if (change->alone)
                add_key(change->touched, ASKED_POD_COUNT, &object->ns, 1);
        add_key(change->touched, ASKED_PODS, NULL, 0);
        value_each (object_pod_labels(object), label) {
                struct str parts[] = {object->ns, intern_text(label->key), value_text(&label->value)};

                if (label->value.kind != VALUE_STRING)
                        continue;
                change_in(change, &change->index->labels, parts, 3);
                add_key(change->touched, ASKED_LABEL, parts, 3);
        }
}

static void change_one(struct change *change)
{
        const struct object *object = change->object;
        char space[256];
        struct str parts[] = {kind_of(object, space, sizeof(space)), space_of(object), object->name};

        change_in(change, &change->index->kinds, parts, 1);
        add_key(change->touched, ASKED_KIND, parts, 1);
        change_in(change, &change->index->spaces, parts, 2);
        if (change->alone)
                add_key(change->touched, ASKED_SPACE_COUNT, parts, 2);
        change_name(change, parts);
        if (has_pods(object))
                change_pod(change);
}

void index_change(struct arena *arena, struct index *index, const struct object *out, const struct object *in,
                  struct key_set *touched)
{
        bool alone = !out || !in || !str_equal(out->kind, in->kind) || !str_equal(out->group, in->group)
                     || !str_equal(out->ns, in->ns) || has_pods(out) != has_pods(in);
        struct change change = {.arena = arena, .index = index, .object = out, .alone = alone, .touched = touched};

        if (out)
                change_one(&change);
        change.object = in;
        change.comes = true;
        if (in)
                change_one(&change);
        if (index->has_twins != (index->twin_count > 0))
                add_key(touched, ASKED_TWINS, NULL, 0);
        index->has_twins = index->twin_count > 0;
}

/* Notes who shares a name with another. */
static void find_twins(struct arena *arena, struct index *index)
{
        for (size_t i = 0; i < index->spaces.count; i++) {
                const struct object_list *list = index->spaces.entries[i].value;

                for (size_t k = 0; k < list->objects.count; k++) {
                        const struct object *object = list->objects.items[k];
                        char space[256];
                        struct str parts[] = {kind_of(object, space, sizeof(space)), space_of(object), object->name};
                        void *first = index_get(&index->names, parts, 3);

                        if (first == object || !first)
                                continue;
                        if (!index_get(&index->twins, parts, 3)) {
                                add_to_list(arena, &index->twins, parts, 3, first);
                                index->twin_count++;
                        }
                        add_to_list(arena, &index->twins, parts, 3, object);
                }
        }
}

void index_follow(struct arena *arena, struct index *index)
{
        if (!index->has_labels)
                add_all_labels(arena, index);
        if (index->has_twins)
                find_twins(arena, index);
}

const struct index *index_asking(struct arena *arena, const struct index *index, struct key_set *asked)
{
        struct index *asking = arena_new(arena, struct index);

        *asking = *index;
        asking->asked = asked;
        return asking;
}

static bool value_is_unchanged(const struct value *one, const struct value *other)
{
        if (one->kind != other->kind || one->flags != other->flags)
                return false;
        switch ((enum value_kind)one->kind) {
        case VALUE_STRING:
        case VALUE_BYTES:
                return str_equal(value_text(one), value_text(other));
        case VALUE_LIST:
        case VALUE_MAP:
                break;
        case VALUE_NULL:
                return true;
        default:
                return one->len == other->len && one->u == other->u;
        }
        if (one->len != other->len)
                return false;
        for (uint32_t i = 0; i < one->len; i++) {
                if (one->nodes[i].key != other->nodes[i].key
                    || !value_is_unchanged(&one->nodes[i].value, &other->nodes[i].value))
                        return false;
        }
        return true;
}

bool object_is_unchanged(const struct object *one, const struct object *other)
{
        return object_is(one, other) && str_equal(one->ns, other->ns) && str_equal(one->name, other->name)
               && value_is_unchanged(&one->root.value, &other->root.value);
}
