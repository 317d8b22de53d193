/* search.c - ways through a graph. */

#include "graph/search.h"

#include <stdlib.h>

bool search_takes(const struct graph *graph, const struct graph_edge *edge, const struct search_limits *limits)
{
        if (edge->verdict == GRAPH_DENIED)
                return false;
        if (!limits || !limits->without_changes)
                return true;
        for (uint32_t i = edge->evidence; i != GRAPH_NONE; i = graph->evidence.items[i].next) {
                uint32_t change = graph->evidence.items[i].change;

                if (change != GRAPH_NONE && limits->without_changes[change])
                        return false;
        }
        return true;
}

/* --- a heap of what comes next: the smallest distance, then the smallest number --- */

struct heap_item {
        uint64_t distance;
        uint32_t what;
};

struct heap {
        struct heap_item *items;
        size_t count, capacity;
};

static void heap_free(struct heap *heap)
{
        free(heap->items);
}

static bool is_before(struct heap_item a, struct heap_item b)
{
        return a.distance != b.distance ? a.distance < b.distance : a.what < b.what;
}

static void heap_push(struct heap *heap, uint64_t distance, uint32_t what)
{
        struct heap_item item = {distance, what};
        size_t at = heap->count++;

        if (at == heap->capacity) {
                heap->capacity = heap->capacity ? heap->capacity * 2 : 1024;
                heap->items = realloc(heap->items, checked_mul(heap->capacity, sizeof(*heap->items)));
                if (!heap->items)
                        __builtin_trap();
        }
        for (; at && is_before(item, heap->items[(at - 1) / 2]); at = (at - 1) / 2)
                heap->items[at] = heap->items[(at - 1) / 2];
        heap->items[at] = item;
}

static struct heap_item heap_pop(struct heap *heap)
{
        struct heap_item top = heap->items[0], last = heap->items[--heap->count];
        size_t at = 0;

        for (size_t child; (child = 2 * at + 1) < heap->count; at = child) {
                if (child + 1 < heap->count && is_before(heap->items[child + 1], heap->items[child]))
                        child++;
                if (!is_before(heap->items[child], last))
                        break;
                heap->items[at] = heap->items[child];
        }
        heap->items[at] = last;
        return top;
}

/* --- distances --- */

static uint64_t length_of(const struct graph_edge *edge)
{
        return edge->cost * SEARCH_STEP + 1;
}

search_distance *search_to(struct arena *arena, const struct graph *graph, const uint32_t *targets, size_t count,
                           const struct search_limits *limits)
{
        search_distance *distances = arena_array(arena, search_distance, graph->nodes.count + 1);
        CLEANUP(heap_free) struct heap heap = {0};

        for (size_t i = 0; i < graph->nodes.count; i++)
                distances[i] = SEARCH_NEVER;
        for (size_t i = 0; i < count; i++) {
                distances[targets[i]] = 0;
                heap_push(&heap, 0, targets[i]);
        }
        while (heap.count) {
                struct heap_item item = heap_pop(&heap);

                if (item.distance != distances[item.what])
                        continue;
                for (uint32_t i = graph->in [item.what]; i < graph->in[item.what + 1]; i++) {
                        const struct graph_edge *edge = &graph->edges.items[graph->in_edges[i]];
                        uint64_t distance = item.distance + length_of(edge);

                        if (distance >= distances[edge->from] || !search_takes(graph, edge, limits))
                                continue;
                        distances[edge->from] = distance;
                        heap_push(&heap, distance, edge->from);
                }
        }
        return distances;
}

bool *search_from(struct arena *arena, const struct graph *graph, const uint32_t *starts, size_t count,
                  const struct search_limits *limits)
{
        bool *reached = arena_array(arena, bool, graph->nodes.count + 1);
        uint32_t *waiting = arena_array(arena, uint32_t, graph->nodes.count + 1);
        size_t at = 0, end = 0;

        for (size_t i = 0; i < count; i++) {
                if (!reached[starts[i]])
                        waiting[end++] = starts[i];
                reached[starts[i]] = true;
        }
        while (at < end) {
                uint32_t node = waiting[at++];

                for (uint32_t i = graph->out[node]; i < graph->out[node + 1]; i++) {
                        const struct graph_edge *edge = &graph->edges.items[i];

                        if (reached[edge->to] || !search_takes(graph, edge, limits))
                                continue;
                        reached[edge->to] = true;
                        waiting[end++] = edge->to;
                }
        }
        return reached;
}

/* --- ways --- */

uint32_t search_next(const struct graph *graph, const search_distance *distances, uint32_t node,
                     const struct search_limits *limits)
{
        if (distances[node] == 0 || distances[node] == SEARCH_NEVER)
                return GRAPH_NONE;
        for (uint32_t i = graph->out[node]; i < graph->out[node + 1]; i++) {
                const struct graph_edge *edge = &graph->edges.items[i];

                if (distances[edge->to] != SEARCH_NEVER && search_takes(graph, edge, limits)
                    && distances[edge->to] + length_of(edge) == distances[node])
                        return i;
        }
        return GRAPH_NONE;
}

struct search_path search_along(struct arena *arena, const struct graph *graph, const search_distance *distances,
                                uint32_t edge)
{
        const struct graph_edge *first = &graph->edges.items[edge];
        VEC(uint32_t) edges = {0};
        struct search_path path = {.from = first->from, .cost = first->cost + search_cost(distances[first->to])};

        for (; edge != GRAPH_NONE; edge = search_next(graph, distances, graph->edges.items[edge].to, NULL))
                *vec_push(arena, &edges) = edge;
        path.edges = edges.items;
        path.count = edges.count;
        path.to = graph->edges.items[edges.items[edges.count - 1]].to;
        return path;
}

/* The beginning of a way: the edge that was taken last, and the beginning before it. */
struct state {
        uint64_t length; /* so far */
        uint32_t edge, before, node;
};

struct states {
        VEC(struct state) items;
};

static bool has_node(const struct states *states, uint32_t state, uint32_t node)
{
        for (; state != GRAPH_NONE; state = states->items.items[state].before) {
                if (states->items.items[state].node == node)
                        return true;
        }
        return false;
}

static void add_path(struct arena *arena, const struct states *states, uint32_t last, struct search_paths *out)
{
        const struct state *end = &states->items.items[last], *state = end;
        struct search_path *path = vec_push(arena, &out->items);
        size_t count = 0;
        uint32_t *edges;

        for (; state->before != GRAPH_NONE; state = &states->items.items[state->before])
                count++;
        edges = arena_array(arena, uint32_t, count);
        *path = (struct search_path){state->node, end->node, edges, count, search_cost(end->length)};
        for (state = end; count; state = &states->items.items[state->before])
                edges[--count] = state->edge;
}

enum { MOST_TWINS = 256 };

/* Whether an edge is the best of those with the same two ends. Hubs, which have many edges, have no two alike. */
static bool is_best_of_twins(const struct graph *graph, uint32_t number)
{
        const struct graph_edge *edge = &graph->edges.items[number];

        if (graph->out[edge->from + 1] - graph->out[edge->from] > MOST_TWINS)
                return true;
        for (uint32_t i = graph->out[edge->from]; i < graph->out[edge->from + 1]; i++) {
                const struct graph_edge *twin = &graph->edges.items[i];

                if (i != number && twin->to == edge->to && twin->verdict != GRAPH_DENIED
                    && (twin->cost < edge->cost || (twin->cost == edge->cost && i < number)))
                        return false;
        }
        return true;
}

static void go_on(struct arena *scratch, const struct graph *graph, const search_distance *distances,
                  struct states *states, uint32_t number, struct heap *heap)
{
        struct state state = states->items.items[number];

        for (uint32_t i = graph->out[state.node]; i < graph->out[state.node + 1]; i++) {
                const struct graph_edge *edge = &graph->edges.items[i];
                uint64_t length = state.length + length_of(edge);

                if (distances[edge->to] == SEARCH_NEVER || edge->verdict == GRAPH_DENIED
                    || has_node(states, number, edge->to) || !is_best_of_twins(graph, i))
                        continue;
                *vec_push(scratch, &states->items) = (struct state){length, i, number, edge->to};
                heap_push(heap, length + distances[edge->to], (uint32_t)(states->items.count - 1));
        }
}

bool search_best(struct arena *arena, const struct graph *graph, const search_distance *distances, uint32_t from,
                 size_t most, struct search_paths *out)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        CLEANUP(heap_free) struct heap heap = {0};
        struct states states = {0};
        size_t found = 0;

        if (distances[from] == SEARCH_NEVER)
                return true;
        *vec_push(&scratch, &states.items) = (struct state){0, GRAPH_NONE, GRAPH_NONE, from};
        heap_push(&heap, distances[from], 0);
        while (heap.count && found < most) {
                uint32_t number = heap_pop(&heap).what;

                if (states.items.count > SEARCH_MOST_STATES)
                        return false;
                if (distances[states.items.items[number].node] == 0) {
                        add_path(arena, &states, number, out);
                        found++;
                } else {
                        go_on(&scratch, graph, distances, &states, number, &heap);
                }
        }
        return true;
}
