/* build.c - the graph of an estate: what the parts share, and the members of hubs. */

#include "graph/build.h"

#include <stdarg.h>
#include <stdio.h>

#include "graph/build_internal.h"

struct space *build_space(struct builder *builder, struct str ns)
{
        struct str name = namespace_name(ns);
        struct space *space = map_get(&builder->spaces, name);
        struct str enforce = STR("pod-security.kubernetes.io/enforce");

        if (space)
                return space;
        space = arena_new(builder->arena, struct space);
        space->name = name;
        space->object = index_find(builder->index, STR("Namespace"), (struct str){0}, name);
        space->label_change = GRAPH_NONE;
        if (space->object)
                space->enforce = value_get_text(object_labels(space->object), intern(enforce));
        *map_slot(builder->arena, &builder->spaces, name) = space;
        return space;
}

struct pod *build_pod_of(const struct builder *builder, const struct object *object)
{
        return map_get(&builder->by_object, (struct str){(const char *)&object, sizeof(object)});
}

uint32_t build_node(struct builder *builder, enum graph_kind kind, struct str ns, struct str name)
{
        return graph_node(builder->graph, kind, ns, name);
}

static struct str print_path(struct builder *builder, struct str begin, const char *format, va_list arguments)
{
        char room[512];
        int length = vsnprintf(room, sizeof(room), format, arguments);
        size_t more = length < 0 ? 0 : min_size((size_t)length, sizeof(room) - 1);
        char *text = arena_take_text(builder->arena, begin.len + more + 1);

        if (begin.len)
                memcpy(text, begin.data, begin.len);
        memcpy(text + begin.len, room, more);
        return (struct str){text, begin.len + more};
}

struct str build_path(struct builder *builder, const struct object *object, const char *format, ...)
{
        struct str path;
        va_list arguments;

        va_start(arguments, format);
        path = print_path(builder, object->path, format, arguments);
        va_end(arguments);
        return path;
}

struct str build_pod_path(struct builder *builder, const struct object *object, const char *format, ...)
{
        struct str path;
        va_list arguments;

        va_start(arguments, format);
        path = print_path(builder, object->pod_path, format, arguments);
        va_end(arguments);
        return path;
}

struct str build_words(struct builder *builder, const char *format, ...)
{
        char text[1024];
        va_list arguments;
        int length;

        va_start(arguments, format);
        length = vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);
        return str_copy(builder->arena,
                        (struct str){text, length < 0 ? 0 : min_size((size_t)length, sizeof(text) - 1)});
}

struct str build_object_words(struct builder *builder, const struct object *object)
{
        if (!object->ns.len)
                return build_words(builder, "%.*s %.*s", STR_ARG(object->kind), STR_ARG(object->name));
        return build_words(builder, "%.*s %.*s/%.*s", STR_ARG(object->kind), STR_ARG(object->ns),
                           STR_ARG(object->name));
}

uint32_t build_step(struct builder *builder, enum edge_type type, uint32_t from, uint32_t to,
                    const struct object *object, struct str path, struct str message, uint32_t change)
{
        uint32_t edge = graph_edge(builder->graph, type, from, to);

        graph_prove(builder->graph, edge, object, path, message, change);
        return edge;
}

/* --- hubs --- */

/* Hubs of all namespaces, and those of one. */
static const struct {
        enum graph_kind all, of;
} pairs[] = {
        {GRAPH_PODS, GRAPH_PODS_OF},         {GRAPH_SECRETS, GRAPH_SECRETS_OF}, {GRAPH_ACCOUNTS, GRAPH_ACCOUNTS_OF},
        {GRAPH_NEW_PODS, GRAPH_NEW_PODS_OF}, {GRAPH_ROLES, GRAPH_ROLES_OF},     {GRAPH_PORTS, GRAPH_PORTS_OF},
        {GRAPH_TRAFFIC, GRAPH_TRAFFIC_OF},
};

static uint32_t find(const struct builder *builder, enum graph_kind kind)
{
        return graph_find(builder->graph, str_of(graph_kinds[kind].prefix));
}

static uint32_t find_of(struct builder *builder, enum graph_kind kind, struct str name)
{
        char room[512];
        size_t prefix = strlen(graph_kinds[kind].prefix);

        if (prefix + name.len > sizeof(room))
                return GRAPH_NONE;
        memcpy(room, graph_kinds[kind].prefix, prefix);
        if (name.len)
                memcpy(room + prefix, name.data, name.len);
        return graph_find(builder->graph, (struct str){room, prefix + name.len});
}

static void member(struct builder *builder, uint32_t hub, uint32_t node)
{
        if (hub != GRAPH_NONE)
                graph_edge(builder->graph, EDGE_MEMBER, hub, node);
}

/* What follows from ruling a namespace. */
static void expand_namespace(struct builder *builder, const struct space *space)
{
        static const enum graph_kind rooms[] = {GRAPH_PODS_OF, GRAPH_SECRETS_OF, GRAPH_ACCOUNTS_OF, GRAPH_NEW_PODS_OF};
        uint32_t all = find(builder, GRAPH_NAMESPACES), ns = find_of(builder, GRAPH_NAMESPACE, space->name);

        if (all != GRAPH_NONE) {
                ns = build_node(builder, GRAPH_NAMESPACE, (struct str){0}, space->name);
                graph_edge(builder->graph, EDGE_MEMBER, all, ns);
        }
        for (size_t i = 0; ns != GRAPH_NONE && i < COUNT_OF(rooms); i++)
                graph_edge(builder->graph, EDGE_NAMESPACE_CONTROL, ns,
                           build_node(builder, rooms[i], (struct str){0}, space->name));
}

static void expand_pairs(struct builder *builder, const struct space *space)
{
        for (size_t i = 0; i < COUNT_OF(pairs); i++) {
                uint32_t all = find(builder, pairs[i].all);

                if (all != GRAPH_NONE)
                        graph_edge(builder->graph, EDGE_MEMBER, all,
                                   build_node(builder, pairs[i].of, (struct str){0}, space->name));
        }
}

/* Pods that somebody creates in a namespace. */
static void expand_new_pods(struct builder *builder, const struct space *space)
{
        uint32_t hub = find_of(builder, GRAPH_NEW_PODS_OF, space->name), edge;

        if (hub == GRAPH_NONE)
                return;
        graph_edge(builder->graph, EDGE_MEMBER, hub,
                   build_node(builder, GRAPH_ACCOUNTS_OF, (struct str){0}, space->name));
        graph_edge(builder->graph, EDGE_MEMBER, hub,
                   build_node(builder, GRAPH_SECRETS_OF, (struct str){0}, space->name));
        edge = build_step(builder, EDGE_POD_CREATE_PRIVILEGED, hub,
                          build_node(builder, GRAPH_NODES, (struct str){0}, (struct str){0}), space->refused_at,
                          (struct str){0}, space->refused_by, space->label_change);
        builder->graph->edges.items[edge].verdict = space->privileged;
}

static void add_pod_members(struct builder *builder, const struct pod *pod)
{
        struct str ns = pod->space->name, host = graph_name(&builder->graph->nodes.items[pod->host]);
        uint32_t ports = find_of(builder, GRAPH_PORTS_OF, ns);

        member(builder, find_of(builder, GRAPH_PODS_OF, ns), pod->node);
        member(builder, find_of(builder, GRAPH_NODE_PODS, host), pod->node);
        if (ports != GRAPH_NONE) {
                for (size_t i = 0; i < pod->box_count; i++)
                        graph_edge(builder->graph, EDGE_ENDPOINT_EXPLOIT, ports, pod->boxes[i].node);
        }
        if (pod->has_token) {
                uint32_t tokens = find_of(builder, GRAPH_NODE_TOKENS, host);

                if (tokens != GRAPH_NONE)
                        graph_edge(builder->graph, EDGE_TOKEN_STEAL, tokens,
                                   build_node(builder, GRAPH_ACCOUNT, ns, pod->account));
        }
}

/* Accounts, Secrets, Roles, nodes and users that are there by now. */
static void add_other_members(struct builder *builder, size_t count)
{
        struct graph *graph = builder->graph;

        for (size_t i = 0; i < count; i++) {
                struct graph_node node = graph->nodes.items[i];
                struct str ns = graph_namespace(&node);

                if (node.kind == GRAPH_ACCOUNT)
                        member(builder, find_of(builder, GRAPH_ACCOUNTS_OF, ns), (uint32_t)i);
                else if (node.kind == GRAPH_SECRET)
                        member(builder, find_of(builder, GRAPH_SECRETS_OF, ns), (uint32_t)i);
                else if (node.kind == GRAPH_NODE)
                        member(builder, find(builder, GRAPH_NODES), (uint32_t)i);
                else if (node.kind == GRAPH_USER)
                        member(builder, find(builder, GRAPH_USERS), (uint32_t)i);
        }
}

/* Until 1.24 every service account had a Secret with a token of its own. */
static void add_old_tokens(struct builder *builder, size_t count)
{
        for (size_t i = 0; builder->minor < 24 && i < count; i++) {
                struct graph_node node = builder->graph->nodes.items[i];
                uint32_t secrets = node.kind == GRAPH_ACCOUNT
                                           ? find_of(builder, GRAPH_SECRETS_OF, graph_namespace(&node))
                                           : GRAPH_NONE;

                if (secrets != GRAPH_NONE)
                        graph_edge(builder->graph, EDGE_SECRET_TOKEN, secrets, (uint32_t)i);
        }
}

void build_hubs(struct builder *builder)
{
        struct graph *graph = builder->graph;
        uint32_t admin = builder->cluster_admin;
        size_t count;

        graph_edge(graph, EDGE_CLUSTER_CONTROL, admin,
                   build_node(builder, GRAPH_NODES, (struct str){0}, (struct str){0}));
        graph_edge(graph, EDGE_CLUSTER_CONTROL, admin,
                   build_node(builder, GRAPH_NAMESPACES, (struct str){0}, (struct str){0}));
        for (size_t i = 0; i < builder->spaces.count; i++)
                expand_namespace(builder, builder->spaces.entries[i].value);
        for (size_t i = 0; i < builder->spaces.count; i++)
                expand_pairs(builder, builder->spaces.entries[i].value);
        for (size_t i = 0; i < builder->spaces.count; i++)
                expand_new_pods(builder, builder->spaces.entries[i].value);
        count = graph->nodes.count;
        for (size_t i = 0; i < builder->pod_count; i++)
                add_pod_members(builder, &builder->pods[i]);
        add_other_members(builder, count);
        add_old_tokens(builder, count);
}

/* --- all of it --- */

static void add_nodes(struct builder *builder)
{
        const struct object_list *nodes = index_all(builder->index, STR("Node"));

        for (size_t i = 0; i < nodes->objects.count; i++) {
                const struct object *object = nodes->objects.items[i];
                uint32_t node = build_node(builder, GRAPH_NODE, (struct str){0}, object->name), user;
                const struct value *labels = object_labels(object);

                builder->graph->nodes.items[node].object = object;
                user = build_node(builder, GRAPH_USER, (struct str){0},
                                  build_words(builder, "system:node:%.*s", STR_ARG(object->name)));
                graph_edge(builder->graph, EDGE_NODE_IDENTITY, node, user);
                graph_edge(builder->graph, EDGE_GROUP_MEMBER, user,
                           build_node(builder, GRAPH_GROUP, (struct str){0}, STR("system:nodes")));
                if (value_member(labels, "node-role.kubernetes.io/control-plane")
                    || value_member(labels, "node-role.kubernetes.io/master"))
                        build_step(builder, EDGE_NODE_IS_CONTROL_PLANE, node, builder->cluster_admin, object,
                                   build_path(builder, object, "/metadata/labels"), (struct str){0}, GRAPH_NONE);
        }
}

static void add_namespaces(struct builder *builder)
{
        const struct object_list *namespaces = index_all(builder->index, STR("Namespace"));

        for (size_t i = 0; i < namespaces->objects.count; i++) {
                const struct object *object = namespaces->objects.items[i];
                uint32_t node = build_node(builder, GRAPH_NAMESPACE, (struct str){0}, object->name);

                builder->graph->nodes.items[node].object = object;
                build_space(builder, object->name);
        }
}

void graph_build(struct graph *graph, struct arena *arena, const struct estate *estate, const struct index *index,
                 const struct graph_settings *settings)
{
        struct access_settings access = {.default_bindings = true};
        struct builder builder = {
                .graph = graph,
                .arena = arena,
                .estate = estate,
                .index = index ? index : index_new(arena, estate),
                .access = access_new(arena, estate, &access),
                .minor = settings->minor,
        };

        builder.images = named_images_of_all(arena, builder.index);
        graph_begin(graph, arena);
        builder.internet = build_node(&builder, GRAPH_INTERNET, (struct str){0}, (struct str){0});
        builder.cluster_admin = build_node(&builder, GRAPH_CLUSTER_ADMIN, (struct str){0}, (struct str){0});
        builder.any_node = GRAPH_NONE;
        add_namespaces(&builder);
        add_nodes(&builder);
        build_pods(&builder);
        build_accounts(&builder);
        build_network(&builder);
        build_access(&builder);
        build_guards(&builder);
        build_groups(&builder);
        build_hubs(&builder);
        graph_finish(graph);
}

bool graph_is_worth_it(const struct index *index)
{
        return index_all(index, STR("ClusterRoleBinding.rbac.authorization.k8s.io"))->objects.count
                         || index_all(index, STR("RoleBinding.rbac.authorization.k8s.io"))->objects.count
                                      || index_all(index, STR("Node"))->objects.count
                                                   || index_pod_count(index, STR("kube-system"));
}

void graph_entries(const struct graph *graph, struct arena *arena, struct graph_numbers *out)
{
        static const struct str ids[] = {STR_INIT("internet"), STR_INIT("group/system:unauthenticated"),
                                         STR_INIT("group/system:authenticated")};

        for (size_t i = 0; i < COUNT_OF(ids); i++) {
                uint32_t node = graph_find(graph, ids[i]);

                if (node != GRAPH_NONE)
                        *vec_push(arena, &out->items) = node;
        }
}
