/* object.c - objects in documents: lists taken apart, pod templates found, containers counted off. */

#include "kube/internal.h"

enum { DEEPEST_LIST = 16, MOST_NOTES = 50 };

struct kind {
        struct str group, kind;
        struct str pod; /* where its pod template is */
        bool is_workload;
};

/* What runs Pods. Of other kinds, /spec/template counts as a pod template if it has a list of containers. */
static const struct kind kinds[] = {
        {STR_INIT(""), STR_INIT("Pod"), STR_INIT(""), true},
        {STR_INIT("apps"), STR_INIT("Deployment"), STR_INIT("/spec/template"), true},
        {STR_INIT("apps"), STR_INIT("StatefulSet"), STR_INIT("/spec/template"), true},
        {STR_INIT("apps"), STR_INIT("DaemonSet"), STR_INIT("/spec/template"), true},
        {STR_INIT("apps"), STR_INIT("ReplicaSet"), STR_INIT("/spec/template"), true},
        {STR_INIT("batch"), STR_INIT("Job"), STR_INIT("/spec/template"), true},
        {STR_INIT("batch"), STR_INIT("CronJob"), STR_INIT("/spec/jobTemplate/spec/template"), true},
        {STR_INIT(""), STR_INIT("ReplicationController"), STR_INIT("/spec/template"), true},
        {STR_INIT("extensions"), STR_INIT("Deployment"), STR_INIT("/spec/template"), true},
        {STR_INIT("extensions"), STR_INIT("DaemonSet"), STR_INIT("/spec/template"), true},
        {STR_INIT("extensions"), STR_INIT("ReplicaSet"), STR_INIT("/spec/template"), true},
        {STR_INIT("extensions"), STR_INIT("Job"), STR_INIT("/spec/template"), true},
        {STR_INIT(""), STR_INIT("PodTemplate"), STR_INIT("/template"), false},
        {STR_INIT("serving.knative.dev"), STR_INIT("Revision"), STR_INIT(""), false},
        {STR_INIT("apps.kruise.io"), STR_INIT("SidecarSet"), STR_INIT(""), false},
        {STR_INIT("apps.kruise.io"), STR_INIT("AdvancedCronJob"), STR_INIT("/spec/template/jobTemplate/spec/template"),
         false},
        {STR_INIT("keda.sh"), STR_INIT("ScaledJob"), STR_INIT("/spec/jobTargetRef/template"), false},
        {STR_INIT("agones.dev"), STR_INIT("Fleet"), STR_INIT("/spec/template/spec/template"), false},
        {STR_INIT("agones.dev"), STR_INIT("GameServerSet"), STR_INIT("/spec/template/spec/template"), false},
        {STR_INIT("agents.x-k8s.io"), STR_INIT("Sandbox"), STR_INIT("/spec/podTemplate"), false},
        {STR_INIT("extensions.agents.x-k8s.io"), STR_INIT("SandboxTemplate"), STR_INIT("/spec/podTemplate"), false},
};

/* What an item of a PodList need not say itself. */
struct inherited {
        struct str api_version, kind;
};

struct collector {
        struct estate_source *source;
        uint32_t document;
        enum source_role role;
        size_t notes;
};

static struct str join(struct arena *arena, struct str a, struct str b)
{
        char *text;

        if (!a.len || !b.len)
                return a.len ? a : b;
        text = arena_take_text(arena, a.len + b.len);
        memcpy(text, a.data, a.len);
        memcpy(text + a.len, b.data, b.len);
        return (struct str){text, a.len + b.len};
}

static struct str item_path(struct arena *arena, struct str path, uint32_t index)
{
        char text[24] = "/items/";
        char digits[12];
        size_t count = 0, len = sizeof("/items/") - 1;

        do
                digits[count++] = (char)('0' + index % 10);
        while (index /= 10);
        while (count)
                text[len++] = digits[--count];
        return path.len ? join(arena, path, (struct str){text, len}) : str_copy(arena, (struct str){text, len});
}

static const struct node *follow(const struct node *node, struct str path)
{
        struct str part;

        for (path = str_from(path, 1); node && str_split(&path, '/', &part);)
                node = value_node(&node->value, intern(part));
        return node;
}

static void set_pod(struct arena *arena, struct object *object, const struct node *pod, struct str path)
{
        if (!pod || pod->value.kind != VALUE_MAP)
                return;
        object->pod = *pod;
        object->pod_path = join(arena, object->path, path);
}

/* Custom resources mostly follow Deployment. */
static void find_custom_pod(struct arena *arena, struct object *object)
{
        const struct node *template = value_node(value_get(&object->root.value, KEY_spec), KEY_template);
        const struct value *spec = template ? value_get(&template->value, KEY_spec) : NULL;

        if (value_is(value_get(spec, KEY_containers), VALUE_LIST))
                set_pod(arena, object, template, STR("/spec/template"));
}

static void find_pod(struct arena *arena, struct object *object)
{
        for (size_t i = 0; i < COUNT_OF(kinds); i++) {
                if (!str_equal(kinds[i].kind, object->kind) || !str_equal(kinds[i].group, object->group))
                        continue;
                object->is_workload = kinds[i].is_workload;
                if (!kinds[i].pod.len)
                        set_pod(arena, object, &object->root, STR(""));
                else
                        set_pod(arena, object, follow(&object->root, kinds[i].pod), kinds[i].pod);
                return;
        }
        find_custom_pod(arena, object);
}

static void split_api_version(struct object *object)
{
        struct str rest = object->api_version;

        object->version = rest;
        if (memchr(rest.data, '/', rest.len)) {
                str_split(&rest, '/', &object->group);
                object->version = rest;
        }
}

static void add_object(struct collector *collector, const struct node *root, struct str path, struct inherited identity)
{
        struct arena *arena = &collector->source->arena;
        struct object *object = vec_push(arena, &collector->source->objects);
        const struct value *metadata = value_get(&root->value, KEY_metadata);

        *object = (struct object){
                .api_version = identity.api_version,
                .kind = identity.kind,
                .ns = value_get_text(metadata, KEY_namespace),
                .name = value_get_text(metadata, KEY_name),
                .root = *root,
                .source = &collector->source->source,
                .document = collector->document,
                .path = path,
        };
        if (!object->name.len)
                object->name = value_get_text(metadata, KEY_generateName);
        split_api_version(object);
        find_pod(arena, object);
}

static bool is_kustomization(const struct collector *collector, struct inherited identity)
{
        struct str name = collector->source->source.name;

        return (str_is(identity.kind, "Kustomization")
                        && str_starts(identity.api_version, STR("kustomize.config.k8s.io/")))
                || str_ends(name, STR("kustomization.yaml")) || str_ends(name, STR("kustomization.yml"));
}

static void note_kustomization(struct collector *collector, const struct node *root)
{
        problem_add(
                collector->source, PROBLEM_NOT_RENDERED, collector->document, root->at,
                "a kustomization only says how objects are put together: run `kustomize build` in its folder and scan the "
                "result, `kustomize build . | strake scan -`");
}

/* A note on what is no object; a crowd of them is cut short. */
static void note_no_object(struct collector *collector, const struct node *root, struct str path, const char *why)
{
        struct problem *problem;

        if (collector->role == ROLE_CHART_SETTINGS || ++collector->notes > MOST_NOTES)
                return;
        if (collector->notes == MOST_NOTES)
                why = "this and further items are no Kubernetes objects and were not judged";
        problem = problem_add(collector->source, PROBLEM_NOT_OBJECT, collector->document, root->at, "%s", why);
        problem->path = path;
}

static const char *why_no_object(const struct value *root)
{
        const struct value *version = value_get(root, KEY_apiVersion), *kind = value_get(root, KEY_kind);

        if (root->kind != VALUE_MAP)
                return root->kind == VALUE_LIST
                               ? "a list is no Kubernetes object: write its items as documents, or under "
                                 "`items` of a `kind: List`"
                               : "this is text or a number, no Kubernetes object";
        if (!value_is(version, VALUE_STRING) && !value_is(kind, VALUE_STRING))
                return "no Kubernetes object: missing 'apiVersion' key and 'kind' key; a file that belongs to something else can "
                       "be named in .strakeignore";
        if (!value_is(version, VALUE_STRING) || !version->len)
                return "no Kubernetes object: missing 'apiVersion' key; add the apiVersion, or name the file in .strakeignore";
        return "no Kubernetes object: missing 'kind' key; add the kind, or name the file in .strakeignore";
}

static void note_chart(struct collector *collector, const struct node *root)
{
        problem_add(
                collector->source, PROBLEM_NOT_RENDERED, collector->document, root->at,
                "a Helm chart has to be rendered before its objects can be judged: run `helm template` on its folder and "
                "scan the result, `helm template . | strake scan -`");
}

/* apiVersion and kind, as far as they are text, else those that the list gives. */
static struct inherited identity_of(const struct value *root, struct inherited inherited)
{
        struct inherited own = {value_get_text(root, KEY_apiVersion), value_get_text(root, KEY_kind)};

        if (root->kind != VALUE_MAP)
                return own;
        if (!own.api_version.len && !value_get(root, KEY_apiVersion))
                own.api_version = inherited.api_version;
        if (!own.kind.len && !value_get(root, KEY_kind))
                own.kind = inherited.kind;
        return own;
}

/* Whether a map is a list of objects: `kind: List`, or a …List that has items. */
static bool is_list(const struct value *root, struct inherited identity)
{
        if (str_is(identity.kind, "List") && str_is(identity.api_version, "v1"))
                return true;
        return str_ends(identity.kind, STR("List")) && value_is(value_get(root, KEY_items), VALUE_LIST);
}

static void collect(struct collector *collector, const struct node *root, struct str path, struct inherited inherited,
                    unsigned depth);

static void collect_items(struct collector *collector, const struct node *root, struct str path,
                          struct inherited identity, unsigned depth)
{
        const struct node *items = value_node(&root->value, KEY_items);
        struct inherited inherited = {0};
        struct problem *problem;
        uint32_t index = 0;

        if (depth == DEEPEST_LIST) {
                problem = problem_add(collector->source, PROBLEM_TOO_LARGE, collector->document, root->at,
                                      "lists of objects are nested more than %d deep", DEEPEST_LIST);
                problem->path = path;
                return;
        }
        if (items && items->value.kind != VALUE_LIST && items->value.kind != VALUE_NULL) {
                problem = problem_add(collector->source, PROBLEM_WRONG_TYPE, collector->document, items->at,
                                      "items must be a list of objects, not a %s; Kubernetes refuses this list",
                                      value_kind_name(&items->value));
                problem->path = join(&collector->source->arena, path, STR("/items"));
                return;
        }
        if (!items || !value_count(&items->value)) {
                note_no_object(collector, root, path, "a list without items: there is nothing in it to judge");
                return;
        }
        if (!str_is(identity.kind, "List"))
                inherited = (struct inherited){identity.api_version, str_sub(identity.kind, 0, identity.kind.len - 4)};
        value_each (&items->value, item)
                collect(collector, item, item_path(&collector->source->arena, path, index++), inherited, depth + 1);
}

/* An identity that is there, but is no text: meant as an object, and refused. */
static bool refuse_identity(struct collector *collector, const struct node *root, struct str path)
{
        const struct node *version = value_node(&root->value, KEY_apiVersion),
                          *kind = value_node(&root->value, KEY_kind);
        const struct node *wrong = NULL;
        struct problem *problem;

        if (!version || !kind || version->value.kind == VALUE_NULL || kind->value.kind == VALUE_NULL)
                return false;
        if (version->value.kind != VALUE_STRING && kind->value.kind == VALUE_STRING)
                wrong = version;
        if (version->value.kind == VALUE_STRING && kind->value.kind != VALUE_STRING)
                wrong = kind;
        if (!wrong)
                return false;
        problem = problem_add(collector->source, PROBLEM_WRONG_TYPE, collector->document, wrong->at,
                              "%s must be a string, not a %s; Kubernetes refuses this object",
                              wrong == kind ? "kind" : "apiVersion", value_kind_name(&wrong->value));
        problem->path = join(&collector->source->arena, path, wrong == kind ? STR("/kind") : STR("/apiVersion"));
        return true;
}

static void collect(struct collector *collector, const struct node *root, struct str path, struct inherited inherited,
                    unsigned depth)
{
        struct inherited identity = identity_of(&root->value, inherited);
        bool is_object = identity.api_version.len && identity.kind.len;

        if (root->value.kind == VALUE_NULL && !depth)
                return;
        if (is_kustomization(collector, identity) && !depth)
                note_kustomization(collector, root);
        else if (collector->role == ROLE_CHART && !is_object)
                note_chart(collector, root);
        else if (!is_object && !refuse_identity(collector, root, path))
                note_no_object(collector, root, path, why_no_object(&root->value));
        if (!is_object)
                return;
        if (is_list(&root->value, identity))
                collect_items(collector, root, path, identity, depth);
        else
                add_object(collector, root, path, identity);
}

void source_add_document(struct estate_source *source, const struct document *document, enum source_role role)
{
        struct collector collector = {.source = source, .document = document->index, .role = role};
        struct node root = {.at = document->at, .value = document->root};

        collect(&collector, &root, STR(""), (struct inherited){0}, 0);
}

static size_t count_objects(const struct value *root, unsigned depth)
{
        const struct value *items = value_get(root, KEY_items);
        size_t count = 0;

        if (!value_is(items, VALUE_LIST) || depth == DEEPEST_LIST
            || !str_ends(value_get_text(root, KEY_kind), STR("List")))
                return 1;
        value_each (items, item)
                count += count_objects(&item->value, depth + 1);
        return count;
}

size_t object_count(const struct value *root)
{
        return count_objects(root, 0);
}

static const uint32_t container_lists[] = {KEY_initContainers, KEY_containers, KEY_ephemeralContainers};

static enum container_role role_of(uint32_t list, const struct value *container)
{
        if (list == KEY_ephemeralContainers)
                return CONTAINER_EPHEMERAL;
        if (list == KEY_containers)
                return CONTAINER_MAIN;
        return value_is_text(value_get(container, KEY_restartPolicy), "Always") ? CONTAINER_SIDECAR : CONTAINER_INIT;
}

bool object_next_container(const struct object *object, struct container *container)
{
        const struct value *spec = value_get(&object->pod.value, KEY_spec);
        uint32_t index = container->node ? container->index + 1 : 0;
        size_t list = 0;

        while (container->list && list < COUNT_OF(container_lists) && container_lists[list] != container->list)
                list++;
        for (; list < COUNT_OF(container_lists); list++, index = 0) {
                const struct value *items = value_get(spec, container_lists[list]);

                for (const struct node *item; (item = value_item(items, index)); index++) {
                        if (item->value.kind != VALUE_MAP)
                                continue;
                        *container = (struct container){
                                .node = item,
                                .role = role_of(container_lists[list], &item->value),
                                .list = container_lists[list],
                                .index = index,
                                .name = value_get_text(&item->value, KEY_name),
                        };
                        return true;
                }
        }
        return false;
}
