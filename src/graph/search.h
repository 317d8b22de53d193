/* search.h - ways through a graph: the cheapest, the next best, how many.
 *
 * The cheapest way is the one whose steps cost least together; among those, the one with the fewest steps; among those, the one
 * whose edges have the lowest numbers. Steps that would be refused are no ways. */
#pragma once

#include "graph/graph.h"

/* How far every node is from a target: cost × SEARCH_STEP + steps. */
typedef uint64_t search_distance;
#define SEARCH_STEP ((uint64_t)1 << 32)
#define SEARCH_NEVER UINT64_MAX

static inline uint64_t search_cost(search_distance distance)
{
        return distance / SEARCH_STEP;
}

/* Which edges count; NULL: all. A search may leave out what a set of changes takes away. */
struct search_limits {
        const bool *without_changes; /* one for each change: true: it was made */
};

/* Whether an edge can be taken. */
bool search_takes(const struct graph *graph, const struct graph_edge *edge, const struct search_limits *limits);

/* The distance of each node to the nearest of some targets, in the arena. Dijkstra, backwards. */
search_distance *search_to(struct arena *arena, const struct graph *graph, const uint32_t *targets, size_t count,
                           const struct search_limits *limits) NONNULL_RESULT;

/* Which nodes are reached from some; one bool for each. */
bool *search_from(struct arena *arena, const struct graph *graph, const uint32_t *starts, size_t count,
                  const struct search_limits *limits) NONNULL_RESULT;

struct search_path {
        uint32_t from, to;
        const uint32_t *edges; /* numbers */
        size_t count;
        uint64_t cost;
};

struct search_paths {
        VEC(struct search_path) items;
};

/* The edge that is first on the cheapest way from a node; GRAPH_NONE at the target and where there is no way. */
uint32_t search_next(const struct graph *graph, const search_distance *distances, uint32_t node,
                     const struct search_limits *limits);

/* The cheapest way that begins with an edge. */
struct search_path search_along(struct arena *arena, const struct graph *graph, const search_distance *distances,
                                uint32_t edge);

/* Up to `most` ways from a node to the target, the cheapest first, no node twice in any, each another row of nodes. Gives up
 * after looking at SEARCH_MOST_STATES beginnings; false then. */
enum { SEARCH_MOST_STATES = 1 << 20 };
bool search_best(struct arena *arena, const struct graph *graph, const search_distance *distances, uint32_t from,
                 size_t most, struct search_paths *out);
