/* since.c - new ways: through each new step the cheapest, and a cut in a graph of two floors.
 *
 * The lower floor has only old steps; new ones lead up. A way that ends on the upper floor has a new step. */

#include "graph/since.h"

struct since {
        struct arena *arena, *scratch;
        const struct graph *graph, *before;
        struct paths *out;
        bool *is_new; /* one for each edge */
};

/* Whether an earlier graph had the step: between the same two things, of the same type, and not refused. */
static bool was_there(const struct graph *before, const struct graph *graph, const struct graph_edge *edge)
{
        uint32_t from = graph_find(before, graph->nodes.items[edge->from].id);
        uint32_t to = graph_find(before, graph->nodes.items[edge->to].id);

        for (uint32_t i = from == GRAPH_NONE || to == GRAPH_NONE ? 0 : before->out[from];
             from != GRAPH_NONE && to != GRAPH_NONE && i < before->out[from + 1]; i++) {
                const struct graph_edge *old = &before->edges.items[i];

                if (old->to == to && old->type == edge->type && old->verdict != GRAPH_DENIED)
                        return true;
        }
        return false;
}

static bool is_simple(const struct since *since, const uint32_t *edges, size_t count)
{
        bool *seen = arena_array(since->scratch, bool, since->graph->nodes.count);

        for (size_t i = 0; i < count; i++) {
                const struct graph_edge *edge = &since->graph->edges.items[edges[i]];

                if (seen[edge->to] || edge->to == since->graph->edges.items[edges[0]].from)
                        return false;
                seen[edge->to] = true;
        }
        return true;
}

/* Steps from an entry to a node: the cheapest, found by a search forwards. */
struct forward {
        search_distance *distances;
        uint32_t *last; /* the edge by which each node is reached */
};

/* Bellman and Ford's way, in rounds over all edges: there are few rounds, since ways are short. */
static struct forward search_forward(const struct since *since)
{
        const struct graph *graph = since->graph;
        struct forward out = {arena_array(since->scratch, search_distance, graph->nodes.count),
                              arena_array(since->scratch, uint32_t, graph->nodes.count)};
        bool changed = true;

        for (size_t i = 0; i < graph->nodes.count; i++) {
                out.distances[i] = SEARCH_NEVER;
                out.last[i] = GRAPH_NONE;
        }
        for (size_t i = 0; i < since->out->entries.items.count; i++)
                out.distances[since->out->entries.items.items[i]] = 0;
        while (changed) {
                changed = false;
                for (size_t i = 0; i < graph->edges.count; i++) {
                        const struct graph_edge *edge = &graph->edges.items[i];
                        uint64_t length = out.distances[edge->from] + edge->cost * SEARCH_STEP + 1;

                        if (edge->verdict == GRAPH_DENIED || out.distances[edge->from] == SEARCH_NEVER
                            || length >= out.distances[edge->to])
                                continue;
                        out.distances[edge->to] = length;
                        out.last[edge->to] = (uint32_t)i;
                        changed = true;
                }
        }
        return out;
}

static void add_path(struct since *since, const struct forward *forward, const search_distance *distances,
                     uint32_t number)
{
        const struct graph *graph = since->graph;
        struct search_path tail = search_along(since->scratch, graph, distances, number), *path;
        size_t head = 0;
        uint32_t *edges;

        for (uint32_t at = graph->edges.items[number].from; forward->last[at] != GRAPH_NONE;
             at = graph->edges.items[forward->last[at]].from)
                head++;
        edges = arena_array(since->arena, uint32_t, head + tail.count);
        memcpy(edges + head, tail.edges, tail.count * sizeof(*edges));
        for (uint32_t at = graph->edges.items[number].from; head; at = graph->edges.items[edges[head]].from)
                edges[--head] = forward->last[at];
        head = 0;
        for (uint32_t at = graph->edges.items[number].from; forward->last[at] != GRAPH_NONE;
             at = graph->edges.items[forward->last[at]].from)
                head++;
        if (!is_simple(since, edges, head + tail.count))
                return;
        path = vec_push(since->arena, &since->out->list.items);
        *path = (struct search_path){.edges = edges, .count = head + tail.count, .to = tail.to};
        path->from = graph->edges.items[edges[0]].from;
        for (size_t i = 0; i < path->count; i++)
                path->cost += graph->edges.items[edges[i]].cost;
}

static void find_paths(struct since *since)
{
        struct paths *out = since->out;
        struct forward forward = search_forward(since);

        for (size_t t = 0; t < out->targets.items.count; t++) {
                const search_distance *distances =
                        search_to(since->scratch, since->graph, &out->targets.items.items[t], 1, NULL);

                for (size_t i = 0; i < since->graph->edges.count; i++) {
                        const struct graph_edge *edge = &since->graph->edges.items[i];

                        if (since->is_new[i] && edge->verdict != GRAPH_DENIED
                            && forward.distances[edge->from] != SEARCH_NEVER && distances[edge->to] != SEARCH_NEVER)
                                add_path(since, &forward, distances, (uint32_t)i);
                }
        }
}

/* The graph of two floors. It shares evidence and changes with the real one. */
static void build_floors(const struct since *since, struct graph *floors)
{
        const struct graph *graph = since->graph;
        uint32_t up = (uint32_t)graph->nodes.count;

        *floors = *graph;
        floors->arena = since->scratch;
        memset(&floors->nodes, 0, sizeof(floors->nodes));
        memset(&floors->edges, 0, sizeof(floors->edges));
        for (size_t i = 0; i < 2 * graph->nodes.count; i++)
                *vec_push(since->scratch, &floors->nodes) = graph->nodes.items[i % graph->nodes.count];
        for (size_t i = 0; i < graph->edges.count; i++) {
                struct graph_edge edge = graph->edges.items[i];

                edge.to += since->is_new[i] ? up : 0;
                *vec_push(since->scratch, &floors->edges) = edge;
                edge = graph->edges.items[i];
                edge.from += up;
                edge.to += up;
                *vec_push(since->scratch, &floors->edges) = edge;
        }
        graph_finish(floors);
}

/* The real edge that a change stops. */
static uint32_t edge_of(const struct graph *graph, uint32_t change)
{
        for (size_t i = 0; i < graph->edges.count; i++) {
                for (uint32_t k = graph->edges.items[i].evidence; k != GRAPH_NONE; k = graph->evidence.items[k].next) {
                        if (graph->evidence.items[k].change == change)
                                return (uint32_t)i;
                }
        }
        return GRAPH_NONE;
}

static void find_cut(struct since *since)
{
        struct paths *out = since->out;
        struct graph floors;
        uint32_t *targets = arena_array(since->scratch, uint32_t, out->targets.items.count);

        build_floors(since, &floors);
        for (size_t i = 0; i < out->targets.items.count; i++)
                targets[i] = out->targets.items.items[i] + (uint32_t)since->graph->nodes.count;
        cut_find(since->arena, &floors, out->entries.items.items, out->entries.items.count, targets,
                 out->targets.items.count, &out->cut);
        for (size_t i = 0; i < out->cut.count; i++)
                out->cut.changes[i].edge = edge_of(since->graph, out->cut.changes[i].change);
}

static size_t count_pairs(const struct paths *out)
{
        size_t pairs = 0;

        for (size_t i = 0; i < out->list.items.count; i++) {
                bool known = false;

                for (size_t k = 0; k < i && !known; k++)
                        known = out->list.items.items[k].from == out->list.items.items[i].from
                                && out->list.items.items[k].to == out->list.items.items[i].to;
                pairs += !known;
        }
        return pairs;
}

void since_find(struct arena *arena, const struct graph *before, struct paths *out)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct since since = {arena, &scratch, out->graph, before, out, NULL};

        since.is_new = arena_array(&scratch, bool, out->graph->edges.count);
        for (size_t i = 0; i < out->graph->edges.count; i++)
                since.is_new[i] = !was_there(before, out->graph, &out->graph->edges.items[i]);
        find_paths(&since);
        out->ways = out->list.items.count;
        out->pairs = count_pairs(out);
        if (out->pairs)
                find_cut(&since);
}
