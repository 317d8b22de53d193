/* Small graphs by chance, and what is known of them by trying everything. */
#pragma once

#include "graph/cut.h"

struct chance {
        uint64_t state;
};

static inline uint32_t chance_below(struct chance *chance, uint32_t limit)
{
        chance->state = chance->state * 6364136223846793005u + 1442695040888963407u;
        return (uint32_t)(chance->state >> 33) % limit;
}

/* A graph of `nodes` nodes "user/0" … with about `edges` edges of costs 0 to 3, a few of them refused. */
static inline void random_graph(struct graph *graph, struct arena *arena, struct chance *chance, uint32_t nodes,
                                uint32_t edges)
{
        graph_begin(graph, arena);
        for (uint32_t i = 0; i < nodes; i++)
                graph_node(graph, GRAPH_USER, (struct str){0}, str_format(arena, "%u", i));
        for (uint32_t i = 0; i < edges; i++) {
                uint32_t edge =
                        graph_edge(graph, EDGE_MEMBER, chance_below(chance, nodes), chance_below(chance, nodes));

                graph->edges.items[edge].cost = (uint8_t)chance_below(chance, 4);
                if (chance_below(chance, 12) == 0)
                        graph->edges.items[edge].verdict = GRAPH_DENIED;
        }
}

/* Changes whose steps begin, or end, at one node, as a binding or a container has them; some steps have none. With `scattered`, also
 * changes whose steps are anywhere. Gives how many there are. */
static inline uint32_t random_changes(struct graph *graph, struct arena *arena, struct chance *chance, uint32_t most,
                                      bool scattered)
{
        for (uint32_t i = 0; i < most; i++) {
                uint32_t change = graph_change(graph, NULL, 1 + chance_below(chance, 3), str_format(arena, "%u", i));
                uint32_t node = chance_below(chance, (uint32_t)graph->nodes.count),
                         way = chance_below(chance, scattered ? 3 : 2);

                graph->changes.items[change].breaks = chance_below(chance, 3);
                for (uint32_t k = 0; k < graph->edges.count; k++) {
                        const struct graph_edge *edge = &graph->edges.items[k];
                        bool fits = way == 0   ? edge->from == node
                                    : way == 1 ? edge->to == node
                                               : chance_below(chance, 4) == 0;

                        if (fits && (edge->evidence == GRAPH_NONE || scattered) && chance_below(chance, 2))
                                graph_prove(graph, k, NULL, (struct str){0}, (struct str){0}, change);
                }
        }
        return most;
}
