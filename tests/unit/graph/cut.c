/* The cheapest changes that stop every way, against trying every set of changes. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "graph/flow.h"
#include "random.h"

enum { ROUNDS = 500, NODES = 9, EDGES = 20, CHANGES = 7 };

static bool stops(struct arena *arena, const struct graph *graph, uint32_t set, const uint32_t *starts, size_t count,
                  uint32_t target)
{
        bool made[CHANGES] = {0};
        struct search_limits limits = {made};

        for (unsigned i = 0; i < CHANGES; i++)
                made[i] = set >> i & 1;
        return !search_from(arena, graph, starts, count, &limits)[target];
}

static uint64_t price(const struct graph *graph, uint32_t set)
{
        uint64_t total = 0;

        for (unsigned i = 0; i < CHANGES; i++) {
                if (set >> i & 1)
                        total += (uint64_t)graph->changes.items[i].cost << 32 | graph->changes.items[i].breaks;
        }
        return total;
}

/* The price of the cheapest set; UINT64_MAX if none stops every way. */
static uint64_t cheapest(struct arena *arena, const struct graph *graph, const uint32_t *starts, size_t count,
                         uint32_t target)
{
        uint64_t best = UINT64_MAX;

        for (uint32_t set = 0; set < 1u << CHANGES; set++) {
                if (price(graph, set) < best && stops(arena, graph, set, starts, count, target))
                        best = price(graph, set);
        }
        return best;
}

static void try_graphs(bool scattered, unsigned *found, unsigned *dearer)
{
        struct chance chance = {scattered ? 4 : 3};

        for (unsigned round = 0; round < ROUNDS; round++) {
                struct arena arena CLEANUP(arena_free) = {0};
                struct graph graph;
                struct cut cut;
                uint32_t starts[] = {0, 1}, target = NODES - 1, set = 0;
                uint64_t best;

                random_graph(&graph, &arena, &chance, NODES, EDGES);
                random_changes(&graph, &arena, &chance, CHANGES, scattered);
                graph_finish(&graph);
                best = cheapest(&arena, &graph, starts, 2, target);
                cut_find(&arena, &graph, starts, 2, &target, 1, &cut);
                assert_int_equal(cut.possible, best != UINT64_MAX);
                if (!cut.possible)
                        continue;
                for (size_t i = 0; i < cut.count; i++)
                        set |= 1u << cut.changes[i].change;
                assert_true(stops(&arena, &graph, set, starts, 2, target));
                for (size_t i = 0; i < cut.count; i++)
                        assert_false(stops(&arena, &graph, set & ~(1u << cut.changes[i].change), starts, 2, target));
                assert_true(price(&graph, set) >= best);
                *found += cut.count > 0;
                *dearer += price(&graph, set) > best;
                if (!scattered)
                        assert_true(price(&graph, set) == best);
        }
}

/* Each change at one place: the cut is the cheapest. */
static void exact(void **state)
{
        unsigned found = 0, dearer = 0;

        (void)state;
        try_graphs(false, &found, &dearer);
        assert_true(found > ROUNDS / 20);
        assert_int_equal(dearer, 0);
}

/* Changes all over the place: the cut stops everything, nothing in it can be spared, and it seldom is dearer than needed. */
static void scattered(void **state)
{
        unsigned found = 0, dearer = 0;

        (void)state;
        try_graphs(true, &found, &dearer);
        assert_true(found > ROUNDS / 20);
        assert_true(dearer * 10 <= found);
}

/* The same graph, the same cut. */
static void same_again(void **state)
{
        struct cut first = {0};
        struct arena arena CLEANUP(arena_free) = {0};

        (void)state;
        for (unsigned round = 0; round < 5; round++) {
                struct chance chance = {11};
                struct graph graph;
                struct cut cut;
                uint32_t start = 0, target = NODES - 1;

                random_graph(&graph, &arena, &chance, NODES, EDGES);
                random_changes(&graph, &arena, &chance, CHANGES, true);
                graph_finish(&graph);
                cut_find(&arena, &graph, &start, 1, &target, 1, &cut);
                if (!round)
                        first = cut;
                assert_int_equal(cut.count, first.count);
                for (size_t i = 0; i < cut.count; i++)
                        assert_int_equal(cut.changes[i].change, first.changes[i].change);
        }
}

/* The largest flow is what the cheapest set of pipes lets through (ways without end are told from it). */
static void flow(void **state)
{
        struct chance chance = {5};

        (void)state;
        for (unsigned round = 0; round < ROUNDS; round++) {
                struct arena arena CLEANUP(arena_free) = {0};
                struct flow flow = {.arena = &arena, .points = 6};
                uint32_t from[12], to[12];
                uint64_t room[12], best = UINT64_MAX, total;
                bool *reached;

                for (unsigned i = 0; i < 12; i++) {
                        from[i] = chance_below(&chance, 6);
                        to[i] = chance_below(&chance, 6);
                        room[i] = chance_below(&chance, 9);
                        flow_pipe(&flow, from[i], to[i], room[i]);
                }
                for (unsigned side = 0; side < 64; side++) { /* every way to part the points, 0 here and 5 there */
                        uint64_t through = 0;

                        if (!(side & 1) || side >> 5 & 1)
                                continue;
                        for (unsigned i = 0; i < 12; i++)
                                through += (side >> from[i] & 1) && !(side >> to[i] & 1) ? room[i] : 0;
                        best = through < best ? through : best;
                }
                total = flow_run(&flow, 0, 5, &reached);
                assert_true(total == best);
                assert_true(reached[0]);
                assert_false(reached[5]);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(exact), cmocka_unit_test(scattered),
                                           cmocka_unit_test(same_again), cmocka_unit_test(flow)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
