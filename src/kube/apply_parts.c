/* apply_parts.c - what differs between two states of an object, and what a manager has set in it. */

#include "kube/apply.h"

#include "base/buf.h"
#include "doc/document.h"
#include "doc/key.h"

enum { MOST_DEPTH = 64 };

/* --- lists that are merged by keys --- */

/* In Pods, wherever their templates stand, and in webhooks. */
static const struct {
        const char *list, *key;
} merged[] = {
        {"containers", "name"},
        {"initContainers", "name"},
        {"ephemeralContainers", "name"},
        {"volumes", "name"},
        {"env", "name"},
        {"volumeMounts", "mountPath"},
        {"webhooks", "name"},
};

static uint32_t merge_key(struct str list)
{
        for (size_t i = 0; i < COUNT_OF(merged); i++) {
                if (str_equal(list, str_of(merged[i].list)))
                        return intern(str_of(merged[i].key));
        }
        return 0;
}

static const struct value *find_item(const struct value *list, uint32_t key, const struct value *wanted)
{
        value_each (list, item) {
                const struct value *value = value_get(&item->value, key);

                if (value && value_equal(value, wanted))
                        return &item->value;
        }
        return NULL;
}

/* Whether all items have the key, and no two the same. */
static bool has_keys(const struct value *list, uint32_t key)
{
        if (!value_is(list, VALUE_LIST))
                return false;
        value_each (list, item) {
                const struct value *own = value_get(&item->value, key);

                if (!value_is(own, VALUE_STRING) || find_item(list, key, own) != &item->value)
                        return false;
        }
        return true;
}

/* --- what differs --- */

struct differing {
        struct arena *arena;
        bool is_known;
        unsigned depth;
        struct err *err;
};

static bool differ(struct differing *differing, struct str key, const struct value *before, const struct value *after,
                   struct value *out);

/* A text that was taken from a map of texts would become an empty one. */
static bool check_removal(const struct differing *differing, struct str map, struct str key)
{
        bool is_text = str_is(map, "annotations") || str_is(map, "labels") || str_is(map, "nodeSelector")
                       || str_is(map, "data") || str_is(map, "stringData") || str_is(map, "matchLabels");

        return !is_text
               || err_set(differing->err,
                          "server-side apply cannot take %.*s away from %.*s: do it where the object is made",
                          STR_ARG(key), STR_ARG(map));
}

static bool differ_maps(struct differing *differing, struct str name, const struct value *before,
                        const struct value *after, struct value *out)
{
        struct node *nodes = arena_array(differing->arena, struct node, value_count(before) + value_count(after));
        size_t count = 0;

        value_each (after, member) {
                const struct value *old = value_get(before, member->key);
                struct value value = member->value;

                if (old && value_equal(old, &value))
                        continue;
                if (old)
                        TRY(differ(differing, intern_text(member->key), old, &member->value, &value));
                nodes[count++] = (struct node){.key = member->key, .value = value};
        }
        value_each (before, member) {
                if (value_get(after, member->key))
                        continue;
                TRY(check_removal(differing, name, intern_text(member->key)));
                nodes[count++] = (struct node){.key = member->key, .value = VALUE_OF_NULL};
        }
        *out = value_map(differing->arena, nodes, count);
        return true;
}

static bool check_items(const struct differing *differing, struct str list, uint32_t key, const struct value *before,
                        const struct value *after)
{
        value_each (before, item) {
                const struct value *own = value_get(&item->value, key);

                if (!find_item(after, key, own))
                        return err_set(differing->err,
                                       "server-side apply cannot take %.*s out of %.*s: do it where the object is made",
                                       STR_ARG(value_text(own)), STR_ARG(list));
        }
        return true;
}

static bool differ_items(struct differing *differing, struct str list, uint32_t key, const struct value *before,
                         const struct value *after, struct value *out)
{
        struct node *nodes = arena_array(differing->arena, struct node, value_count(after));
        size_t count = 0;

        TRY(check_items(differing, list, key, before, after));
        value_each (after, item) {
                const struct value *own = value_get(&item->value, key), *old = find_item(before, key, own);
                struct value value = item->value, named;
                struct node *with;

                if (old && value_equal(old, &value))
                        continue;
                if (old) {
                        TRY(differ_maps(differing, STR(""), old, &item->value, &named));
                        with = arena_array(differing->arena, struct node, value_count(&named) + 1);
                        with[0] = (struct node){.key = key, .value = *own};
                        if (value_count(&named))
                                memcpy(with + 1, named.nodes, value_count(&named) * sizeof(*with));
                        value = value_map(differing->arena, with, value_count(&named) + 1);
                }
                nodes[count++] = (struct node){.value = value};
        }
        *out = value_list(nodes, count);
        return true;
}

static bool differ(struct differing *differing, struct str key, const struct value *before, const struct value *after,
                   struct value *out)
{
        uint32_t merged_by = differing->is_known ? merge_key(key) : 0;
        bool well = true;

        if (++differing->depth > MOST_DEPTH)
                return err_set(differing->err, "the object is too deep");
        if (before->kind == VALUE_MAP && after->kind == VALUE_MAP)
                well = differ_maps(differing, key, before, after, out);
        else if (merged_by && has_keys(before, merged_by) && has_keys(after, merged_by))
                well = differ_items(differing, key, merged_by, before, after, out);
        else
                *out = *after;
        differing->depth--;
        return well;
}

/* Who it is: with the uid nobody else is meant who has taken the name since, and nothing is made anew. */
static struct value identity_of(struct arena *arena, const struct value *object)
{
        static const enum key names[] = {KEY_name, KEY_namespace, KEY_uid};
        const struct value *metadata = value_get(object, KEY_metadata);
        struct node *inner = arena_array(arena, struct node, COUNT_OF(names));
        struct node *nodes = arena_array(arena, struct node, 3);
        size_t count = 0;

        for (size_t i = 0; i < COUNT_OF(names); i++) {
                const struct value *value = value_get(metadata, names[i]);

                if (value)
                        inner[count++] = (struct node){.key = names[i], .value = *value};
        }
        nodes[0] = (struct node){.key = KEY_apiVersion, .value = value_string(value_get_text(object, KEY_apiVersion))};
        nodes[1] = (struct node){.key = KEY_kind, .value = value_string(value_get_text(object, KEY_kind))};
        nodes[2] = (struct node){.key = KEY_metadata, .value = value_map(arena, inner, count)};
        return value_map(arena, nodes, 3);
}

/* Whether both states are of one object: the server tells objects by these. */
static bool is_same_object(const struct value *before, const struct value *after)
{
        static const enum key own[] = {KEY_apiVersion, KEY_kind}, inner[] = {KEY_name, KEY_namespace, KEY_uid};
        const struct value *old = value_get(before, KEY_metadata), *now = value_get(after, KEY_metadata);
        bool same = value_is(old, VALUE_MAP) && value_is(now, VALUE_MAP);

        for (size_t i = 0; i < COUNT_OF(own); i++)
                same &= str_equal(value_get_text(before, own[i]), value_get_text(after, own[i]));
        for (size_t i = 0; i < COUNT_OF(inner); i++)
                same &= str_equal(value_get_text(old, inner[i]), value_get_text(now, inner[i]));
        return same;
}

bool apply_difference(struct arena *arena, const struct value *before, const struct value *after, bool is_known,
                      struct value *out, struct err *err)
{
        struct differing differing = {.arena = arena, .is_known = is_known, .err = err};
        struct value identity, changes;

        if (!is_same_object(before, after))
                return err_set(err, "the object becomes another one, of another kind, version or name: make it anew");
        TRY(differ(&differing, STR(""), before, after, &changes));
        identity = identity_of(arena, before);
        *out = apply_overlay(arena, &identity, &changes);
        return true;
}

/* --- putting together --- */

static struct value overlay_items(struct arena *arena, uint32_t key, const struct value *base, const struct value *over)
{
        struct node *nodes = arena_array(arena, struct node, value_count(base) + value_count(over));
        size_t count = 0;

        value_each (base, item) {
                const struct value *other = find_item(over, key, value_get(&item->value, key));

                nodes[count++] =
                        (struct node){.value = other ? apply_overlay(arena, &item->value, other) : item->value};
        }
        value_each (over, item) {
                if (!find_item(base, key, value_get(&item->value, key)))
                        nodes[count++] = *item;
        }
        return value_list(nodes, count);
}

static struct value overlay_member(struct arena *arena, uint32_t key, const struct value *base,
                                   const struct value *over)
{
        uint32_t merged_by = merge_key(intern_text(key));

        if (merged_by && has_keys(base, merged_by) && has_keys(over, merged_by))
                return overlay_items(arena, merged_by, base, over);
        return apply_overlay(arena, base, over);
}

struct value apply_overlay(struct arena *arena, const struct value *base, const struct value *over)
{
        struct node *nodes;
        size_t count = 0;

        if (!value_is(base, VALUE_MAP) || !value_is(over, VALUE_MAP))
                return *over;
        nodes = arena_array(arena, struct node, value_count(base) + value_count(over));
        value_each (base, member) {
                const struct value *other = value_get(over, member->key);

                nodes[count] = *member;
                if (other)
                        nodes[count].value = overlay_member(arena, member->key, &member->value, other);
                count++;
        }
        value_each (over, member) {
                if (!value_get(base, member->key))
                        nodes[count++] = *member;
        }
        return value_map(arena, nodes, count);
}

/* --- order --- */

static struct value items_in_order(struct arena *arena, uint32_t key, const struct value *list,
                                   const struct value *live)
{
        struct node *nodes = arena_array(arena, struct node, value_count(list));
        size_t count = 0;

        value_each (live, item) {
                const struct value *own = value_get(&item->value, key), *sent = find_item(list, key, own);

                if (sent)
                        nodes[count++] = (struct node){.value = apply_in_order(arena, sent, &item->value)};
        }
        value_each (list, item) {
                if (!find_item(live, key, value_get(&item->value, key)))
                        nodes[count++] = *item;
        }
        return value_list(nodes, count);
}

struct value apply_in_order(struct arena *arena, const struct value *config, const struct value *live)
{
        struct node *nodes;
        size_t count = 0;

        if (!value_is(config, VALUE_MAP) || !value_is(live, VALUE_MAP))
                return *config;
        nodes = arena_array(arena, struct node, value_count(config));
        value_each (config, member) {
                const struct value *other = value_get(live, member->key);
                uint32_t key = merge_key(intern_text(member->key));

                nodes[count] = *member;
                if (key && has_keys(&member->value, key) && has_keys(other, key))
                        nodes[count].value = items_in_order(arena, key, &member->value, other);
                else if (other)
                        nodes[count].value = apply_in_order(arena, &member->value, other);
                count++;
        }
        return value_map(arena, nodes, count);
}

/* --- what a manager has set --- */

static struct value owned_in(struct arena *arena, const struct value *fields, const struct value *live, unsigned depth);

/* Whether "k:{"name":"c"}" means this item, and then what of it is set: the keys are, too. */
static bool owned_item(struct arena *arena, struct str key, const struct value *fields, const struct value *item,
                       unsigned depth, struct value *out)
{
        struct document wanted = {0};
        struct err ignored = {0};
        struct value inner;

        TRY(json_read_one(arena, key, &wanted, &ignored) && wanted.root.kind == VALUE_MAP);
        value_each (&wanted.root, member) {
                const struct value *own = value_get(item, member->key);

                TRY(own && value_equal(own, &member->value));
        }
        inner = owned_in(arena, fields, item, depth + 1);
        *out = value_is(&inner, VALUE_MAP) ? apply_overlay(arena, &wanted.root, &inner) : wanted.root;
        return true;
}

static bool is_owned_value(struct arena *arena, struct str text, const struct value *item)
{
        struct document wanted = {0};
        struct err ignored = {0};

        return json_read_one(arena, text, &wanted, &ignored) && value_equal(&wanted.root, item);
}

/* In the order of the object. */
static struct value owned_list(struct arena *arena, const struct value *fields, const struct value *list,
                               unsigned depth)
{
        struct node *nodes = arena_array(arena, struct node, value_count(list));
        size_t count = 0;

        value_each (list, item) {
                value_each (fields, field) {
                        struct str name = intern_text(field->key), rest = str_from(name, min_size(2, name.len));

                        if (str_starts(name, STR("k:"))
                                       && owned_item(arena, rest, &field->value, &item->value, depth,
                                                     &nodes[count].value)) {
                                count++;
                                break;
                        }
                        if (str_starts(name, STR("v:")) && is_owned_value(arena, rest, &item->value)) {
                                nodes[count++].value = item->value;
                                break;
                        }
                }
        }
        return value_list(nodes, count);
}

static struct value owned_map(struct arena *arena, const struct value *fields, const struct value *map, unsigned depth)
{
        struct node *nodes = arena_array(arena, struct node, value_count(fields));
        size_t count = 0;

        value_each (fields, field) {
                struct str name = intern_text(field->key);
                uint32_t key = str_starts(name, STR("f:")) ? intern_find(str_from(name, 2)) : 0;
                const struct value *member = key ? value_get(map, key) : NULL;

                if (member)
                        nodes[count++] =
                                (struct node){.key = key, .value = owned_in(arena, &field->value, member, depth + 1)};
        }
        return value_map(arena, nodes, count);
}

/* No fields: all of it. */
static struct value owned_in(struct arena *arena, const struct value *fields, const struct value *live, unsigned depth)
{
        if (!value_is(fields, VALUE_MAP) || !fields->len || depth > MOST_DEPTH)
                return *live;
        if (live->kind == VALUE_MAP)
                return owned_map(arena, fields, live, depth);
        return live->kind == VALUE_LIST ? owned_list(arena, fields, live, depth) : *live;
}

struct value apply_owned(struct arena *arena, const struct value *live, struct str manager)
{
        value_each (value_get(value_get(live, KEY_metadata), KEY_managedFields), entry) {
                const struct value *fields = value_member(&entry->value, "fieldsV1");

                if (str_equal(value_member_text(&entry->value, "manager"), manager)
                    && value_is_text(value_member(&entry->value, "operation"), "Apply")
                    && !value_member_text(&entry->value, "subresource").len && value_is(fields, VALUE_MAP))
                        return owned_in(arena, fields, live, 0);
        }
        return VALUE_OF_NULL;
}
