/* graph.c - nodes, steps, evidence, changes. */

#include "graph/graph.h"

const struct graph_kind_info graph_kinds[GRAPH_KIND_COUNT] = {
        [GRAPH_INTERNET] = {"internet", "internet", false, false, "the internet"},
        [GRAPH_USER] = {"user", "user/", false, false, "user %s"},
        [GRAPH_GROUP] = {"group", "group/", false, false, "group %s"},
        [GRAPH_ACCOUNT] = {"sa", "sa/", true, false, "service account %s"},
        [GRAPH_POD] = {"pod", "pod/", true, false, "Pod %s"},
        [GRAPH_CONTAINER] = {"container", "container/", true, false, "container %s"},
        [GRAPH_IMAGE] = {"image", "image/", false, false, "image %s"},
        [GRAPH_NODE] = {"node", "node/", false, false, "node %s"},
        [GRAPH_SECRET] = {"secret", "secret/", true, false, "Secret %s"},
        [GRAPH_VOLUME] = {"volume", "volume/", true, false, "volume %s"},
        [GRAPH_ENDPOINT] = {"endpoint", "endpoint/", true, false, "endpoint %s"},
        [GRAPH_PERMISSION] = {"permission", "permission/", true, false, "RoleBinding %s"},
        [GRAPH_CLUSTER_PERMISSION] = {"permission", "cluster-permission/", false, false, "ClusterRoleBinding %s"},
        [GRAPH_ROLE] = {"role", "role/", true, false, "Role %s"},
        [GRAPH_CLUSTER_ROLE] = {"role", "cluster-role/", false, false, "ClusterRole %s"},
        [GRAPH_CLUSTER_ROLE_IN] = {"role", "cluster-role-in/", true, false, "ClusterRole %s"},
        [GRAPH_NAMESPACE] = {"ns", "ns/", false, false, "namespace %s"},
        [GRAPH_CLUSTER_ADMIN] = {"cluster-admin", "cluster-admin", false, false, "the whole cluster (cluster-admin)"},
        [GRAPH_CLOUD] = {"cloud", "cloud/", false, false, "cloud role %s"},
        [GRAPH_REGISTRY] = {"registry", "registry/", false, false, "registry %s"},
        [GRAPH_NETWORK] = {"network", "network", false, true, "the network of the cluster"},
        [GRAPH_NEIGHBOURS] = {"neighbours", "neighbours/", true, true, "Pods that network policy %s lets in"},
        [GRAPH_PODS_OF] = {"pods", "pods/", false, true, "all Pods of %s"},
        [GRAPH_SECRETS_OF] = {"secrets", "secrets/", false, true, "all Secrets of %s"},
        [GRAPH_ACCOUNTS_OF] = {"accounts", "accounts/", false, true, "all service accounts of %s"},
        [GRAPH_NEW_PODS_OF] = {"new-pods", "new-pods/", false, true, "a new Pod in %s"},
        [GRAPH_ROLES_OF] = {"roles", "roles/", false, true, "all Roles of %s"},
        [GRAPH_PORTS_OF] = {"ports", "ports/", false, true, "all ports of Pods of %s"},
        [GRAPH_TRAFFIC_OF] = {"traffic", "traffic/", false, true, "what is sent to Services of %s"},
        [GRAPH_PODS] = {"pods", "all-pods", false, true, "all Pods"},
        [GRAPH_SECRETS] = {"secrets", "all-secrets", false, true, "all Secrets"},
        [GRAPH_ACCOUNTS] = {"accounts", "all-accounts", false, true, "all service accounts"},
        [GRAPH_NEW_PODS] = {"new-pods", "all-new-pods", false, true, "a new Pod in any namespace"},
        [GRAPH_ROLES] = {"roles", "all-roles", false, true, "all Roles"},
        [GRAPH_PORTS] = {"ports", "all-ports", false, true, "all ports of Pods"},
        [GRAPH_TRAFFIC] = {"traffic", "all-traffic", false, true, "what is sent to Services"},
        [GRAPH_NAMESPACES] = {"namespaces", "all-namespaces", false, true, "all namespaces"},
        [GRAPH_NODES] = {"nodes", "all-nodes", false, true, "all nodes"},
        [GRAPH_USERS] = {"users", "all-users", false, true, "all users"},
        [GRAPH_NODE_TOKENS] = {"tokens", "tokens/", false, true, "the tokens on node %s"},
        [GRAPH_NODE_PODS] = {"pods", "pods-on/", false, true, "the Pods on node %s"},
        [GRAPH_PROCESSES] = {"processes", "processes/", true, true, "the processes of Pod %s"},
};

void graph_begin(struct graph *graph, struct arena *arena)
{
        *graph = (struct graph){.arena = arena};
}

/* The id, in memory of its own if it does not fit. */
static struct str compose(struct graph *graph, char *room, size_t size, enum graph_kind kind, struct str ns,
                          struct str name)
{
        const struct graph_kind_info *info = &graph_kinds[kind];
        size_t prefix = strlen(info->prefix), need = prefix + ns.len + name.len + 1;
        char *text = need <= size ? room : arena_take_text(graph->arena, need);
        size_t len = prefix;

        memcpy(text, info->prefix, prefix);
        if (info->namespaced) {
                if (ns.len)
                        memcpy(text + len, ns.data, ns.len);
                len += ns.len;
                text[len++] = '/';
        }
        if (name.len && prefix && info->prefix[prefix - 1] == '/') {
                memcpy(text + len, name.data, name.len);
                len += name.len;
        }
        return (struct str){text, len};
}

uint32_t graph_node(struct graph *graph, enum graph_kind kind, struct str ns, struct str name)
{
        char room[512];
        struct str id = compose(graph, room, sizeof(room), kind, ns, name);
        uintptr_t known = (uintptr_t)map_get(&graph->ids, id);

        if (known)
                return (uint32_t)(known - 1);
        if (id.data == room)
                id = str_copy(graph->arena, id);
        *vec_push(graph->arena, &graph->nodes) = (struct graph_node){.id = id, .kind = (uint8_t)kind};
        *map_slot(graph->arena, &graph->ids, id) = (void *)(uintptr_t)graph->nodes.count;
        return (uint32_t)(graph->nodes.count - 1);
}

uint32_t graph_find(const struct graph *graph, struct str id)
{
        uintptr_t known = (uintptr_t)map_get(&graph->ids, id);

        return known ? (uint32_t)(known - 1) : GRAPH_NONE;
}

uint32_t graph_edge(struct graph *graph, enum edge_type type, uint32_t from, uint32_t to)
{
        *vec_push(graph->arena, &graph->edges) = (struct graph_edge){
                .from = from,
                .to = to,
                .evidence = GRAPH_NONE,
                .type = (uint8_t)type,
                .cost = edge_infos[type].cost,
        };
        return (uint32_t)(graph->edges.count - 1);
}

void graph_prove(struct graph *graph, uint32_t edge, const struct object *object, struct str path, struct str message,
                 uint32_t change)
{
        uint32_t *last = &graph->edges.items[edge].evidence;

        while (*last != GRAPH_NONE)
                last = &graph->evidence.items[*last].next;
        *last = (uint32_t)graph->evidence.count;
        *vec_push(graph->arena, &graph->evidence) = (struct graph_evidence){object, path, message, change, GRAPH_NONE};
}

uint32_t graph_change(struct graph *graph, const struct object *object, unsigned cost, struct str message)
{
        *vec_push(graph->arena, &graph->changes) =
                (struct graph_change){.object = object, .message = message, .cost = (uint8_t)cost};
        return (uint32_t)(graph->changes.count - 1);
}

void graph_patch(struct graph *graph, uint32_t change, enum patch_op op, struct str path, struct value value)
{
        struct graph_change *changed = &graph->changes.items[change];

        changed->step = (struct patch_step){.op = op, .path = path, .value = value};
        changed->has_patch = true;
}

/* Edges by where they begin, in the order in which they were added: a counting sort. */
static void sort_out(struct graph *graph)
{
        size_t nodes = graph->nodes.count, edges = graph->edges.count;
        struct graph_edge *sorted = arena_array(graph->arena, struct graph_edge, edges);
        uint32_t *at = arena_array(graph->arena, uint32_t, nodes + 1);

        graph->out = arena_array(graph->arena, uint32_t, nodes + 1);
        for (size_t i = 0; i < edges; i++)
                graph->out[graph->edges.items[i].from + 1]++;
        for (size_t i = 0; i < nodes; i++)
                graph->out[i + 1] += graph->out[i];
        memcpy(at, graph->out, (nodes + 1) * sizeof(*at));
        for (size_t i = 0; i < edges; i++)
                sorted[at[graph->edges.items[i].from]++] = graph->edges.items[i];
        graph->edges.items = sorted;
}

static void sort_in(struct graph *graph)
{
        size_t nodes = graph->nodes.count, edges = graph->edges.count;
        uint32_t *at = arena_array(graph->arena, uint32_t, nodes + 1);

        graph->in = arena_array(graph->arena, uint32_t, nodes + 1);
        graph->in_edges = arena_array(graph->arena, uint32_t, edges);
        for (size_t i = 0; i < edges; i++)
                graph->in[graph->edges.items[i].to + 1]++;
        for (size_t i = 0; i < nodes; i++)
                graph->in[i + 1] += graph->in[i];
        memcpy(at, graph->in, (nodes + 1) * sizeof(*at));
        for (size_t i = 0; i < edges; i++)
                graph->in_edges[at[graph->edges.items[i].to]++] = (uint32_t)i;
}

void graph_finish(struct graph *graph)
{
        sort_out(graph);
        sort_in(graph);
}

static struct str rest_of(const struct graph_node *node)
{
        return str_from(node->id, strlen(graph_kinds[node->kind].prefix));
}

struct str graph_namespace(const struct graph_node *node)
{
        struct str rest = rest_of(node), ns = {0};

        if (graph_kinds[node->kind].namespaced)
                str_split(&rest, '/', &ns);
        return ns;
}

struct str graph_name(const struct graph_node *node)
{
        struct str rest = rest_of(node), part;

        if (!rest.len)
                return node->id;
        if (!graph_kinds[node->kind].namespaced)
                return rest;
        str_split(&rest, '/', &part);
        if (node->kind == GRAPH_CONTAINER || node->kind == GRAPH_VOLUME) { /* behind the name of the Pod */
                part = rest;
                str_split(&part, '/', &(struct str){0});
                return part.data ? part : rest;
        }
        return rest;
}

void graph_print_node(struct buf *out, const struct graph_node *node)
{
        static const struct {
                struct str id, words;
        } special[] = {{STR_INIT("node/*"), STR_INIT("some node (of Pods that are not scheduled yet)")},
                       {STR_INIT("node/*control-plane"), STR_INIT("some node of the control plane")}};
        struct str words = str_of(graph_kinds[node->kind].words);
        size_t hole = str_find(words, STR("%s"), 0);

        for (size_t i = 0; i < COUNT_OF(special); i++) {
                if (str_equal(special[i].id, node->id)) {
                        buf_add(out, special[i].words);
                        return;
                }
        }
        buf_add(out, str_sub(words, 0, hole));
        if (hole == SIZE_MAX)
                return;
        buf_add(out, rest_of(node));
        buf_add(out, str_from(words, hole + 2));
}

void graph_print_edge(struct buf *out, const struct graph *graph, const struct graph_edge *edge)
{
        bool any = false;

        for (uint32_t i = edge->evidence; i != GRAPH_NONE; i = graph->evidence.items[i].next) {
                struct str message = graph->evidence.items[i].message;

                if (!message.len)
                        continue;
                if (any)
                        buf_add_literal(out, "; ");
                buf_add(out, message);
                any = true;
        }
        if (!any)
                buf_add_format(out, "%s", edge_infos[edge->type].meaning);
}
