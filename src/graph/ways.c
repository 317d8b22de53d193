/* ways.c - ways to cluster-admin, told at the object with which they begin. */

#include "graph/joins.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { MOST_WAYS = 1000, MOST_NAMED = 6 };

struct ways {
        struct graph graph;
        struct paths paths;
        const search_distance *distances; /* to cluster-admin */
        uint64_t digest;                  /* of all that facts are made of */
        struct map starts;                /* file, document and path of an object: struct number_list of ways */
};

struct number_list {
        VEC(uint32_t) items;
};

/* What tells an object from others, a copy of it included. */
static struct str key_of(struct arena *arena, const struct object *object)
{
        return str_format(arena, "%u\n%.*s\n%.*s", object->document, STR_ARG(object->path),
                          STR_ARG(object->source->name));
}

/* The evidence with which a way begins: of its first step, or behind it for those who have a login. */
static const struct graph_evidence *first_evidence(const struct graph *graph, const struct search_path *path)
{
        for (size_t i = 0; i < path->count; i++) {
                uint32_t evidence = graph->edges.items[path->edges[i]].evidence;

                if (evidence != GRAPH_NONE && graph->evidence.items[evidence].object)
                        return &graph->evidence.items[evidence];
        }
        return NULL;
}

static void index_ways(struct arena *arena, struct ways *ways)
{
        for (size_t i = 0; i < ways->paths.list.items.count; i++) {
                const struct graph_evidence *evidence = first_evidence(&ways->graph, &ways->paths.list.items.items[i]);
                void **slot;

                if (!evidence)
                        continue;
                slot = map_slot(arena, &ways->starts, key_of(arena, evidence->object));
                if (!*slot)
                        *slot = arena_new(arena, struct number_list);
                *vec_push(arena, &((struct number_list *)*slot)->items) = (uint32_t)i;
        }
}

static uint64_t digest_object(const struct object *object, uint64_t seed)
{
        if (!object)
                return seed + 1;
        seed = XXH3_64bits_withSeed(object->source->name.data, object->source->name.len, seed + object->document);
        return XXH3_64bits_withSeed(object->path.data, object->path.len, seed);
}

/* What tells two graphs apart, as far as facts are made of it: who is there, where that was shown, and each step with where its
 * evidence stands. */
static uint64_t digest_of(const struct graph *graph)
{
        uint64_t digest = 0;

        for (size_t i = 0; i < graph->nodes.count; i++) {
                const struct graph_node *node = &graph->nodes.items[i];

                digest = XXH3_64bits_withSeed(node->id.data, node->id.len, digest + node->kind);
                digest = digest_object(node->object, digest);
        }
        for (size_t i = 0; i < graph->edges.count; i++) {
                const struct graph_edge *edge = &graph->edges.items[i];
                uint32_t step[] = {edge->from, edge->to, edge->type, edge->cost, edge->verdict};

                digest = XXH3_64bits_withSeed(step, sizeof(step), digest);
                for (uint32_t at = edge->evidence; at != GRAPH_NONE; at = graph->evidence.items[at].next) {
                        const struct graph_evidence *evidence = &graph->evidence.items[at];

                        digest = digest_object(evidence->object, digest);
                        digest = XXH3_64bits_withSeed(evidence->path.data, evidence->path.len, digest);
                }
        }
        return digest;
}

static const void *prepare(struct arena *arena, const struct index *index)
{
        struct graph_settings how = {.minor = KUBERNETES_NEWEST_MINOR};
        struct paths_settings asked = {.most = MOST_WAYS, .no_cut = true};
        struct err err = {0};
        struct ways *ways;
        uint32_t admin;

        if (!graph_is_worth_it(index))
                return NULL;
        ways = arena_new(arena, struct ways);
        graph_build(&ways->graph, arena, index_estate(index), index, &how);
        if (!paths_find(arena, &ways->graph, &asked, &ways->paths, &err))
                return NULL;
        admin = graph_find(&ways->graph, STR("cluster-admin"));
        ways->distances = search_to(arena, &ways->graph, &admin, 1, NULL);
        index_ways(arena, ways);
        ways->digest = digest_of(&ways->graph);
        return ways;
}

static bool is_same(const void *one, const void *other)
{
        return ((const struct ways *)one)->digest == ((const struct ways *)other)->digest;
}

const struct paths *ways_of(const void *prepared)
{
        const struct ways *ways = prepared;

        return ways ? &ways->paths : NULL;
}

/* --- facts --- */

static bool is_worth_naming(const struct graph_node *node)
{
        return !graph_kinds[node->kind].is_hub && node->kind != GRAPH_ENDPOINT && node->kind != GRAPH_ROLE
               && node->kind != GRAPH_CLUSTER_ROLE && node->kind != GRAPH_CLUSTER_ROLE_IN && node->kind != GRAPH_VOLUME
               && node->kind != GRAPH_CLUSTER_ADMIN;
}

/* The things on a way, those in the middle left out if they are many. */
static struct str words_of(struct arena *arena, const struct graph *graph, const uint32_t *edges, size_t count)
{
        CLEANUP(buf_free) struct buf words = {0};
        size_t named = 0, all = 0;

        for (size_t i = 0; i < count; i++)
                all += is_worth_naming(&graph->nodes.items[graph->edges.items[edges[i]].to]);
        for (size_t i = 0; i < count; i++) {
                const struct graph_node *node = &graph->nodes.items[graph->edges.items[edges[i]].to];
                bool left_out = all > MOST_NAMED && named >= MOST_NAMED / 2 && named < all - MOST_NAMED / 2;

                if (!is_worth_naming(node))
                        continue;
                if (!left_out || named == MOST_NAMED / 2)
                        buf_add(&words, words.len ? STR(", then ") : STR(""));
                if (left_out && named == MOST_NAMED / 2)
                        buf_add_literal(&words, "others");
                if (!left_out)
                        graph_print_node(&words, node);
                named++;
        }
        return str_copy(arena, buf_text(&words));
}

static void tell(struct join_run *run, struct join_fact *fact, const struct graph *graph, const uint32_t *edges,
                 size_t count)
{
        uint64_t cost = 0;
        bool perhaps = false;

        for (size_t i = 0; i < count; i++) {
                cost += graph->edges.items[edges[i]].cost;
                perhaps |= graph->edges.items[edges[i]].verdict == GRAPH_UNKNOWN;
        }
        join_tell(run, fact, "cost", value_int((int64_t)cost));
        join_tell(run, fact, "steps", value_int((int64_t)count));
        join_tell(run, fact, "perhaps", value_bool(perhaps));
        join_tell_text(run, fact, "way", words_of(run->arena, graph, edges, count));
}

static void judge_starts(struct join_run *run, const struct ways *ways, bool internet)
{
        const struct number_list *list = map_get(&ways->starts, key_of(run->arena, run->object));

        for (size_t i = 0; list && i < list->items.count; i++) {
                const struct search_path *path = &ways->paths.list.items.items[list->items.items[i]];
                const struct graph_evidence *evidence = first_evidence(&ways->graph, path);
                struct str from = ways->graph.nodes.items[path->from].id;
                struct join_fact *fact;

                if (str_is(from, "internet") != internet)
                        continue;
                fact = join_find(run, "%.*s", STR_ARG(str_from(evidence->path, run->object->path.len)));
                join_tell_text(run, fact, "from", graph_name(&ways->graph.nodes.items[path->from]));
                tell(run, fact, &ways->graph, path->edges, path->count);
        }
}

/* A Pod from which nothing else need be broken into. */
static void judge_pod(struct join_run *run, const struct ways *ways)
{
        const struct object *object = run->object;
        const struct graph *graph = &ways->graph;
        uint32_t node = graph_find(graph, str_format(run->arena, "pod/%.*s/%.*s", STR_ARG(namespace_name(object->ns)),
                                                     STR_ARG(object->name)));
        VEC(uint32_t) edges = {0};
        struct join_fact *fact;

        if (node == GRAPH_NONE || !graph->nodes.items[node].object
            || !object_is(graph->nodes.items[node].object, object) || ways->distances[node] == SEARCH_NEVER)
                return;
        for (uint32_t at = search_next(graph, ways->distances, node, NULL); at != GRAPH_NONE;
             at = search_next(graph, ways->distances, graph->edges.items[at].to, NULL)) {
                if (graph->edges.items[at].type == EDGE_ENDPOINT_EXPLOIT)
                        return;
                *vec_push(run->arena, &edges) = at;
        }
        fact = join_find_in_pod(run, "/spec");
        join_tell_text(run, fact, "from", object->name);
        tell(run, fact, graph, edges.items, edges.count);
}

/* `from` (the internet, a group, the Pod), `cost`, `steps`, `perhaps` (whether nobody can say if each step is possible), `way` (what is
 * on it, in words). With "internet" and "login": ways from there, told where they begin; with "pod": from the Pod. */
static void judge(struct join_run *run)
{
        if (str_is(run->with, "pod")) {
                if (run->object->pod.value.kind == VALUE_MAP)
                        judge_pod(run, run->prepared);
        } else {
                judge_starts(run, run->prepared, str_is(run->with, "internet"));
        }
}

static const struct str kinds[] = {
        STR_INIT("Service"),
        STR_INIT("Ingress.networking.k8s.io"),
        STR_INIT("Ingress.extensions"),
        STR_INIT("HTTPRoute.gateway.networking.k8s.io"),
        STR_INIT("GRPCRoute.gateway.networking.k8s.io"),
        STR_INIT("TCPRoute.gateway.networking.k8s.io"),
        STR_INIT("TLSRoute.gateway.networking.k8s.io"),
        STR_INIT("UDPRoute.gateway.networking.k8s.io"),
        STR_INIT("Route.route.openshift.io"),
        STR_INIT("RoleBinding.rbac.authorization.k8s.io"),
        STR_INIT("ClusterRoleBinding.rbac.authorization.k8s.io"),
        STR_INIT("Pod"),
        STR_INIT("ReplicationController"),
        STR_INIT("Deployment.apps"),
        STR_INIT("StatefulSet.apps"),
        STR_INIT("DaemonSet.apps"),
        STR_INIT("ReplicaSet.apps"),
        STR_INIT("Job.batch"),
        STR_INIT("CronJob.batch"),
};

const struct join join_way_to_cluster = {
        .name = STR_INIT("way-to-cluster"),
        .kinds = kinds,
        .kind_count = COUNT_OF(kinds),
        .takes_with = true,
        .of_whole = true,
        .prepare = prepare,
        .is_same = is_same,
        .judge = judge,
};
