/* build_pods.c - Pods and what stands for them: their containers, images, Secrets, tokens, and where they run. */

#include "graph/build_internal.h"
#include "kube/owner.h"

/* --- which objects stand for Pods --- */

struct owner_key {
        char bytes[512];
};

static struct str owner_key(struct owner_key *room, struct str kind, struct str ns, struct str name)
{
        struct str parts[] = {kind, namespace_name(ns), name};
        size_t len = 0;

        for (size_t i = 0; i < COUNT_OF(parts); i++) {
                if (parts[i].len >= sizeof(room->bytes) - len)
                        return (struct str){0};
                if (parts[i].len)
                        memcpy(room->bytes + len, parts[i].data, parts[i].len);
                len += parts[i].len;
                room->bytes[len++] = '\n';
        }
        return (struct str){room->bytes, len};
}

/* Who has something that was made from its template. */
static void find_owners(struct builder *builder, struct map *owners)
{
        const struct object_list *pods = index_pods(builder->index);

        for (size_t i = 0; i < pods->objects.count; i++) {
                const struct object *object = pods->objects.items[i];
                struct owner_key room;
                struct owner owner;
                struct str key;

                if (!object_controller(object, &owner))
                        continue;
                key = owner_key(&room, owner.kind, object->ns, owner.name);
                if (key.len && !map_get(owners, key))
                        *map_slot(builder->arena, owners, str_copy(builder->arena, key)) = owners;
        }
}

/* A workload stands for its Pods where none of them was shown. */
static bool stands_for_pods(struct builder *builder, const struct map *owners, const struct object *object)
{
        const struct value *root = &object->root.value, *replicas;
        struct str phase = value_member_text(value_get(root, KEY_status), "phase");
        struct owner_key room;
        struct owner owner;

        (void)builder;
        if (object->malformed || !value_is(value_get(&object->pod.value, KEY_spec), VALUE_MAP))
                return false;
        if (str_is(object->kind, "Pod"))
                return !str_is(phase, "Succeeded") && !str_is(phase, "Failed");
        replicas = value_get(value_get(root, KEY_spec), KEY_replicas);
        if (value_is(replicas, VALUE_INT) && replicas->i == 0)
                return false;
        if (map_get(owners, owner_key(&room, object->kind, object->ns, object->name)))
                return false;
        if (!object_controller(object, &owner))
                return true;
        return !index_find(builder->index, owner.kind, object->ns, owner.name)
               && !index_find(builder->index, build_words(builder, "%.*s.apps", STR_ARG(owner.kind)), object->ns,
                              owner.name);
}

/* --- where it runs --- */

static bool wants_control_plane(const struct value *spec)
{
        const struct value *selector = value_get(spec, KEY_nodeSelector);

        return value_member(selector, "node-role.kubernetes.io/control-plane")
               || value_member(selector, "node-role.kubernetes.io/master");
}

/* The node: the one that it says, or one that stands for any that it may be put on. */
static uint32_t host_of(struct builder *builder, const struct object *object, const struct value *spec)
{
        struct str name = value_get_text(spec, KEY_nodeName);
        uint32_t node;

        if (name.len)
                return build_node(builder, GRAPH_NODE, (struct str){0}, name);
        if (!wants_control_plane(spec)) {
                if (builder->any_node == GRAPH_NONE)
                        builder->any_node = build_node(builder, GRAPH_NODE, (struct str){0}, STR("*"));
                return builder->any_node;
        }
        node = graph_find(builder->graph, STR("node/*control-plane"));
        if (node == GRAPH_NONE) {
                node = build_node(builder, GRAPH_NODE, (struct str){0}, STR("*control-plane"));
                build_step(builder, EDGE_NODE_IS_CONTROL_PLANE, node, builder->cluster_admin, object,
                           build_pod_path(builder, object, "/spec/nodeSelector"), (struct str){0}, GRAPH_NONE);
        }
        return node;
}

/* --- what it holds --- */

static bool says_token(const struct value *said, bool otherwise)
{
        return value_is(said, VALUE_BOOL) ? said->boolean : otherwise;
}

/* A projected volume may hold a token though none is mounted by itself. */
static bool projects_token(const struct value *spec)
{
        value_each (value_get(spec, KEY_volumes), volume) {
                const struct value *sources = value_get(value_get(&volume->value, KEY_projected), KEY_sources);

                value_each (sources, source) {
                        const struct value *token = value_get(&source->value, KEY_serviceAccountToken);

                        if (token && !value_get_text(token, KEY_audience).len)
                                return true;
                }
        }
        return false;
}

static void find_account(struct builder *builder, struct pod *pod)
{
        const struct object *object;
        bool otherwise = true;

        pod->account = value_get_text(pod->spec, KEY_serviceAccountName);
        if (!pod->account.len)
                pod->account = value_get_text(pod->spec, KEY_serviceAccount);
        if (!pod->account.len)
                pod->account = STR("default");
        object = index_find(builder->index, STR("ServiceAccount"), pod->object->ns, pod->account);
        if (object)
                otherwise = says_token(value_get(&object->root.value, KEY_automountServiceAccountToken), true);
        pod->has_token = says_token(value_get(pod->spec, KEY_automountServiceAccountToken), otherwise)
                         || projects_token(pod->spec);
}

static void use_secret(struct builder *builder, const struct pod *pod, const struct box *box, struct str name,
                       struct str path)
{
        uint32_t secret;

        if (!name.len)
                return;
        secret = build_node(builder, GRAPH_SECRET, pod->space->name, name);
        build_step(builder, EDGE_SECRET_USE, box->node, secret, pod->object, path, (struct str){0}, GRAPH_NONE);
}

static const char *list_name(const struct box *box)
{
        return box->container.list == KEY_containers       ? "containers"
               : box->container.list == KEY_initContainers ? "initContainers"
                                                           : "ephemeralContainers";
}

static void use_environment(struct builder *builder, const struct pod *pod, const struct box *box)
{
        const struct value *container = &box->container.node->value;
        unsigned index = 0;

        value_each (value_get(container, KEY_env), variable) {
                const struct value *reference = value_get(value_get(&variable->value, KEY_valueFrom), KEY_secretKeyRef);

                if (reference)
                        use_secret(builder, pod, box, value_get_text(reference, KEY_name),
                                   build_pod_path(builder, pod->object, "/spec/%s/%u/env/%u", list_name(box),
                                                  box->container.index, index));
                index++;
        }
        index = 0;
        value_each (value_get(container, KEY_envFrom), source) {
                const struct value *reference = value_get(&source->value, KEY_secretRef);

                if (reference)
                        use_secret(builder, pod, box, value_get_text(reference, KEY_name),
                                   build_pod_path(builder, pod->object, "/spec/%s/%u/envFrom/%u", list_name(box),
                                                  box->container.index, index));
                index++;
        }
}

static void use_volume(struct builder *builder, const struct pod *pod, const struct box *box,
                       const struct value *volume, unsigned index)
{
        const struct value *secret = value_get(volume, KEY_secret);
        struct str path = build_pod_path(builder, pod->object, "/spec/volumes/%u", index);

        if (secret)
                use_secret(builder, pod, box, value_get_text(secret, KEY_secretName), path);
        value_each (value_get(value_get(volume, KEY_projected), KEY_sources), source)
                use_secret(builder, pod, box, value_get_text(value_get(&source->value, KEY_secret), KEY_name), path);
}

static bool mounts(const struct box *box, struct str name)
{
        value_each (value_get(&box->container.node->value, KEY_volumeMounts), mount) {
                if (str_equal(value_get_text(&mount->value, KEY_name), name))
                        return true;
        }
        return false;
}

static void use_volumes(struct builder *builder, const struct pod *pod, const struct box *box)
{
        unsigned index = 0;

        value_each (value_get(pod->spec, KEY_volumes), volume) {
                const struct value *value = &volume->value;

                if ((value_get(value, KEY_secret) || value_get(value, KEY_projected))
                    && mounts(box, value_get_text(value, KEY_name)))
                        use_volume(builder, pod, box, value, index);
                index++;
        }
}

/* --- the container --- */

/* The change that takes the token away; one for all containers of the Pod. */
static uint32_t token_change(struct builder *builder, const struct pod *pod)
{
        struct str words = build_words(builder, "mount no token in %.*s (automountServiceAccountToken: false)",
                                       STR_ARG(build_object_words(builder, pod->object)));
        uint32_t change = graph_change(builder->graph, pod->object, 1, words);
        bool present = value_get(pod->spec, KEY_automountServiceAccountToken);

        builder->graph->changes.items[change].breaks = 1;
        if (!projects_token(pod->spec))
                graph_patch(builder->graph, change, present ? PATCH_REPLACE : PATCH_ADD,
                            build_pod_path(builder, pod->object, "/spec/automountServiceAccountToken"),
                            value_bool(false));
        return change;
}

static void add_token(struct builder *builder, const struct pod *pod, const struct box *box, uint32_t account,
                      uint32_t change)
{
        bool named = value_get(pod->spec, KEY_serviceAccountName);

        build_step(builder, EDGE_IDENTITY_ASSUME, box->node, account, pod->object,
                   build_pod_path(builder, pod->object, named ? "/spec/serviceAccountName" : "/spec"), (struct str){0},
                   change);
}

/* Parts of the control plane, as kubeadm starts them. */
static bool is_control_plane(const struct pod *pod)
{
        struct str component = value_member_text(object_pod_labels(pod->object), "component");

        return str_is(pod->space->name, "kube-system") && str_is(pod->object->kind, "Pod")
               && (str_is(component, "kube-apiserver") || str_is(component, "etcd")
                   || str_is(component, "kube-controller-manager"));
}

static void add_box(struct builder *builder, struct pod *pod, struct box *box)
{
        struct graph *graph = builder->graph;
        struct str image = value_get_text(&box->container.node->value, KEY_image);

        box->node = build_node(builder, GRAPH_CONTAINER, pod->space->name,
                               build_words(builder, "%.*s/%.*s", STR_ARG(pod->name), STR_ARG(box->container.name)));
        graph->nodes.items[box->node].object = pod->object;
        if (box->container.role != CONTAINER_INIT) /* those have ended by the time that somebody comes */
                graph_edge(graph, EDGE_CONTAINER_ATTACH, pod->node, box->node);
        if (image.len)
                build_image(builder, pod, box, build_node(builder, GRAPH_IMAGE, (struct str){0}, image));
        use_environment(builder, pod, box);
        use_volumes(builder, pod, box);
        build_escapes(builder, pod, box);
        if (is_control_plane(pod))
                build_step(builder, EDGE_POD_IS_CONTROL_PLANE, box->node, builder->cluster_admin, pod->object,
                           build_pod_path(builder, pod->object, "/metadata/labels/component"), (struct str){0},
                           GRAPH_NONE);
}

static void share_processes(struct builder *builder, const struct pod *pod)
{
        uint32_t hub, change;

        if (!value_is_true(value_get(pod->spec, KEY_shareProcessNamespace)) || pod->box_count < 2)
                return;
        hub = build_node(builder, GRAPH_PROCESSES, pod->space->name, pod->name);
        change = graph_change(builder->graph, pod->object, 1,
                              build_words(builder, "let the containers of %.*s not see each other's processes",
                                          STR_ARG(build_object_words(builder, pod->object))));
        builder->graph->changes.items[change].breaks = 1;
        graph_patch(builder->graph, change, PATCH_REPLACE,
                    build_pod_path(builder, pod->object, "/spec/shareProcessNamespace"), value_bool(false));
        for (size_t i = 0; i < pod->box_count; i++) {
                build_step(builder, EDGE_PROCESS_NAMESPACE, pod->boxes[i].node, hub, pod->object,
                           build_pod_path(builder, pod->object, "/spec/shareProcessNamespace"), (struct str){0},
                           change);
                graph_edge(builder->graph, EDGE_MEMBER, hub, pod->boxes[i].node);
        }
}

static void count_boxes(struct builder *builder, struct pod *pod)
{
        struct container container = {0};
        size_t count = 0;

        while (object_next_container(pod->object, &container))
                count++;
        pod->boxes = arena_array(builder->arena, struct box, count);
        container = (struct container){0};
        while (object_next_container(pod->object, &container))
                pod->boxes[pod->box_count++].container = container;
}

static void add_contents(struct builder *builder, struct pod *pod)
{
        uint32_t account, change;

        count_boxes(builder, pod);
        for (size_t i = 0; i < pod->box_count; i++)
                add_box(builder, pod, &pod->boxes[i]);
        share_processes(builder, pod);
        if (!pod->has_token || !pod->box_count)
                return;
        account = build_node(builder, GRAPH_ACCOUNT, pod->space->name, pod->account);
        change = token_change(builder, pod);
        for (size_t i = 0; i < pod->box_count; i++)
                add_token(builder, pod, &pod->boxes[i], account, change);
}

/* The name in ids: that of the object, with its kind before it where another has the name already. */
static void name_pod(struct builder *builder, struct pod *pod)
{
        size_t before = builder->graph->nodes.count;

        pod->name = pod->object->name;
        pod->node = build_node(builder, GRAPH_POD, pod->space->name, pod->name);
        if (builder->graph->nodes.count == before) {
                pod->name = build_words(builder, "%.*s:%.*s", STR_ARG(pod->object->kind), STR_ARG(pod->object->name));
                pod->node = build_node(builder, GRAPH_POD, pod->space->name, pod->name);
        }
        builder->graph->nodes.items[pod->node].object = pod->object;
}

static void add_pod(struct builder *builder, struct pod *pod, const struct object *object)
{
        struct str account_id;
        void **uses;

        *pod = (struct pod){
                .object = object,
                .spec = value_get(&object->pod.value, KEY_spec),
                .space = build_space(builder, object->ns),
        };
        pod->host_network = value_is_true(value_get(pod->spec, KEY_hostNetwork));
        name_pod(builder, pod);
        pod->host = host_of(builder, object, pod->spec);
        graph_edge(builder->graph, EDGE_POD_ATTACH, pod->host, pod->node);
        find_account(builder, pod);
        account_id = build_words(builder, "sa/%.*s/%.*s", STR_ARG(pod->space->name), STR_ARG(pod->account));
        uses = map_slot(builder->arena, &builder->uses, account_id);
        *uses = (char *)*uses + pod->has_token;
        *map_slot(builder->arena, &builder->by_object, (struct str){(const char *)&pod->object, sizeof(pod->object)}) =
                pod;
        add_contents(builder, pod);
}

void build_pods(struct builder *builder)
{
        const struct object_list *list = index_pods(builder->index);
        struct map owners = {0};

        find_owners(builder, &owners);
        builder->pods = arena_array(builder->arena, struct pod, list->objects.count);
        for (unsigned turn = 0; turn < 2; turn++) { /* Pods first: the names are theirs */
                for (size_t i = 0; i < list->objects.count; i++) {
                        const struct object *object = list->objects.items[i];

                        if (str_is(object->kind, "Pod") == (turn == 0) && stands_for_pods(builder, &owners, object))
                                add_pod(builder, &builder->pods[builder->pod_count++], object);
                }
        }
}
