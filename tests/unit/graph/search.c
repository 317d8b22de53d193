/* The cheapest ways, the next best and what is reached, against trying every way there is. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "graph/search.h"
#include "random.h"

enum { ROUNDS = 400, NODES = 7, EDGES = 14, MOST_WAYS = 4096 };

/* Every simple way as a row of nodes, with its least length. */
struct all_ways {
        const struct graph *graph;
        uint32_t target;
        uint32_t row[NODES];
        size_t length;
        bool on_way[NODES];
        uint64_t found[MOST_WAYS];
        size_t count;
};

static uint64_t step_between(const struct graph *graph, uint32_t from, uint32_t to)
{
        uint64_t best = SEARCH_NEVER;

        for (size_t i = 0; i < graph->edges.count; i++) {
                const struct graph_edge *edge = &graph->edges.items[i];
                uint64_t length = edge->cost * SEARCH_STEP + 1;

                if (edge->from == from && edge->to == to && edge->verdict != GRAPH_DENIED && length < best)
                        best = length;
        }
        return best;
}

static void walk(struct all_ways *ways, uint32_t node, uint64_t length)
{
        if (node == ways->target) {
                assert_true(ways->count < MOST_WAYS);
                ways->found[ways->count++] = length;
                return;
        }
        ways->on_way[node] = true;
        for (uint32_t next = 0; next < ways->graph->nodes.count; next++) {
                uint64_t step = step_between(ways->graph, node, next);

                if (step != SEARCH_NEVER && !ways->on_way[next])
                        walk(ways, next, length + step);
        }
        ways->on_way[node] = false;
}

static int by_length(const void *a, const void *b)
{
        uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

        return one < other ? -1 : one > other;
}

static uint64_t length_of(const struct graph *graph, const struct search_path *path)
{
        uint64_t length = 0;

        for (size_t i = 0; i < path->count; i++)
                length += graph->edges.items[path->edges[i]].cost * SEARCH_STEP + 1;
        return length;
}

static void check_path(const struct graph *graph, const struct search_path *path)
{
        uint32_t at = path->from;

        for (size_t i = 0; i < path->count; i++) {
                const struct graph_edge *edge = &graph->edges.items[path->edges[i]];

                assert_int_equal(edge->from, at);
                assert_int_not_equal(edge->verdict, GRAPH_DENIED);
                at = edge->to;
        }
        assert_int_equal(at, path->to);
}

static void check(const struct graph *graph, struct arena *arena, uint32_t from, uint32_t target)
{
        const search_distance *distances = search_to(arena, graph, &target, 1, NULL);
        const bool *reached = search_from(arena, graph, &from, 1, NULL);
        struct all_ways ways = {.graph = graph, .target = target};
        struct search_paths best = {0};

        walk(&ways, from, 0);
        qsort(ways.found, ways.count, sizeof(*ways.found), by_length);
        assert_int_equal(reached[target], ways.count > 0);
        assert_true(distances[from] == (ways.count ? ways.found[0] : SEARCH_NEVER));
        assert_true(search_best(arena, graph, distances, from, MOST_WAYS, &best));
        assert_int_equal(best.items.count, ways.count);
        for (size_t i = 0; i < best.items.count; i++) {
                check_path(graph, &best.items.items[i]);
                assert_true(length_of(graph, &best.items.items[i]) == ways.found[i]);
        }
}

static void ways(void **state)
{
        struct chance chance = {1};

        (void)state;
        for (unsigned round = 0; round < ROUNDS; round++) {
                struct arena arena CLEANUP(arena_free) = {0};
                struct graph graph;

                random_graph(&graph, &arena, &chance, NODES, EDGES);
                graph_finish(&graph);
                for (uint32_t target = 1; target < NODES; target++)
                        check(&graph, &arena, 0, target);
        }
}

static void next_step(void **state)
{
        struct chance chance = {2};

        (void)state;
        for (unsigned round = 0; round < ROUNDS; round++) {
                struct arena arena CLEANUP(arena_free) = {0};
                struct graph graph;
                const search_distance *distances;
                uint32_t target = NODES - 1;

                random_graph(&graph, &arena, &chance, NODES, EDGES);
                graph_finish(&graph);
                distances = search_to(&arena, &graph, &target, 1, NULL);
                for (uint32_t i = graph.out[0]; i < graph.out[1]; i++) {
                        struct search_path path;

                        if (distances[graph.edges.items[i].to] == SEARCH_NEVER
                            || graph.edges.items[i].verdict == GRAPH_DENIED)
                                continue;
                        path = search_along(&arena, &graph, distances, i);
                        check_path(&graph, &path);
                        assert_true(length_of(&graph, &path)
                                    == graph.edges.items[i].cost * SEARCH_STEP + 1
                                               + distances[graph.edges.items[i].to]);
                }
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(ways), cmocka_unit_test(next_step)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
