/* cut.c - from a graph with changes to a network of pipes, and back. */

#include "graph/cut.h"

#include <stdlib.h>

#include "graph/flow.h"

/* How often a cut is sought again, and how many steps may be looked at to find out what can be spared. */
enum { ROUNDS = 4, MOST_WORK = 50000000 };

/* Where the steps that a change stops come together. */
struct narrow {
        uint32_t from, to; /* of all its steps; GRAPH_NONE: of several */
        uint32_t point;    /* in the network, from 1; 0: not there yet */
        bool used;
};

struct task {
        struct arena *arena; /* for the result */
        struct arena *scratch;
        const struct graph *graph;
        const uint32_t *starts, *targets;
        size_t start_count, target_count;
        bool *alive; /* nodes that are on some way */
        bool *free;  /* changes that were chosen already */
        struct narrow *narrows;
};

static bool is_alive(const struct task *task, const struct graph_edge *edge)
{
        return edge->verdict != GRAPH_DENIED && task->alive[edge->from] && task->alive[edge->to];
}

static void find_alive(struct task *task)
{
        const struct graph *graph = task->graph;
        const bool *reached = search_from(task->scratch, graph, task->starts, task->start_count, NULL);
        const search_distance *distances = search_to(task->scratch, graph, task->targets, task->target_count, NULL);

        task->alive = arena_array(task->scratch, bool, graph->nodes.count + 1);
        for (size_t i = 0; i < graph->nodes.count; i++)
                task->alive[i] = reached[i] && distances[i] != SEARCH_NEVER;
}

static void find_narrows(struct task *task)
{
        const struct graph *graph = task->graph;

        task->narrows = arena_array(task->scratch, struct narrow, graph->changes.count + 1);
        for (size_t i = 0; i < graph->edges.count; i++) {
                const struct graph_edge *edge = &graph->edges.items[i];

                for (uint32_t k = is_alive(task, edge) ? edge->evidence : GRAPH_NONE; k != GRAPH_NONE;
                     k = graph->evidence.items[k].next) {
                        uint32_t change = graph->evidence.items[k].change;
                        struct narrow *place = change == GRAPH_NONE ? NULL : &task->narrows[change];

                        if (!place)
                                continue;
                        if (!place->used)
                                *place = (struct narrow){edge->from, edge->to, 0, true};
                        if (place->from != edge->from)
                                place->from = GRAPH_NONE;
                        if (place->to != edge->to)
                                place->to = GRAPH_NONE;
                }
        }
}

/* What a change costs, then what it breaks. */
static uint64_t price(const struct task *task, uint32_t change)
{
        const struct graph_change *what = &task->graph->changes.items[change];

        return task->free[change] ? 0 : (uint64_t)what->cost << 32 | what->breaks;
}

/* A step that one change stops, as pipes through the place of the change. */
static void add_step(const struct task *task, struct flow *flow, const struct graph_edge *edge, uint32_t change,
                     uint32_t from, uint32_t to)
{
        struct narrow *place = &task->narrows[change];
        uint64_t room = price(task, change);

        if (place->to == edge->to) {
                if (!place->point) {
                        place->point = flow_point(flow);
                        flow_pipe(flow, place->point, to, room);
                }
                flow_pipe(flow, from, place->point, FLOW_UNLIMITED);
        } else if (place->from == edge->from) {
                if (!place->point) {
                        place->point = flow_point(flow);
                        flow_pipe(flow, from, place->point, room);
                }
                flow_pipe(flow, place->point, to, FLOW_UNLIMITED);
        } else {
                flow_pipe(flow, from, to, room);
        }
}

/* A step that several changes stop, any of them: one place after the other. */
static void add_edge(const struct task *task, struct flow *flow, const struct graph_edge *edge)
{
        const struct graph *graph = task->graph;
        uint32_t from = edge->from, changes = 0;

        for (uint32_t i = edge->evidence; i != GRAPH_NONE; i = graph->evidence.items[i].next) {
                uint32_t change = graph->evidence.items[i].change;

                if (change != GRAPH_NONE)
                        changes++;
        }
        if (!changes)
                flow_pipe(flow, from, edge->to, FLOW_UNLIMITED);
        for (uint32_t i = edge->evidence; i != GRAPH_NONE && changes; i = graph->evidence.items[i].next) {
                uint32_t change = graph->evidence.items[i].change, to = edge->to;

                if (change == GRAPH_NONE)
                        continue;
                if (--changes)
                        to = flow_point(flow);
                if (from == edge->from && to == edge->to)
                        add_step(task, flow, edge, change, from, to);
                else
                        flow_pipe(flow, from, to, price(task, change));
                from = to;
        }
}

static uint64_t run_flow(struct task *task, bool **reached)
{
        const struct graph *graph = task->graph;
        struct flow flow = {.arena = task->scratch, .points = (uint32_t)graph->nodes.count};
        uint32_t source = flow_point(&flow), sink = flow_point(&flow);

        for (size_t i = 0; i < graph->changes.count; i++)
                task->narrows[i].point = 0;
        for (size_t i = 0; i < graph->edges.count; i++) {
                if (is_alive(task, &graph->edges.items[i]))
                        add_edge(task, &flow, &graph->edges.items[i]);
        }
        for (size_t i = 0; i < task->start_count; i++)
                flow_pipe(&flow, source, task->starts[i], FLOW_UNLIMITED);
        for (size_t i = 0; i < task->target_count; i++)
                flow_pipe(&flow, task->targets[i], sink, FLOW_UNLIMITED);
        return flow_run(&flow, source, sink, reached);
}

/* The changes on steps that lead from the source's side to the other: of each step the cheapest. */
static void choose(struct task *task, const bool *reached, bool *chosen)
{
        const struct graph *graph = task->graph;

        for (size_t i = 0; i < graph->edges.count; i++) {
                const struct graph_edge *edge = &graph->edges.items[i];
                uint32_t best = GRAPH_NONE;

                if (!is_alive(task, edge) || !reached[edge->from] || reached[edge->to])
                        continue;
                for (uint32_t k = edge->evidence; k != GRAPH_NONE; k = graph->evidence.items[k].next) {
                        uint32_t change = graph->evidence.items[k].change;

                        if (change != GRAPH_NONE && (best == GRAPH_NONE || price(task, change) < price(task, best)))
                                best = change;
                }
                if (best != GRAPH_NONE)
                        chosen[best] = true;
        }
}

static uint64_t price_of(struct task *task, const bool *chosen)
{
        uint64_t total = 0;

        for (size_t i = 0; i < task->graph->changes.count; i++) {
                const struct graph_change *change = &task->graph->changes.items[i];

                if (chosen[i])
                        total += (uint64_t)change->cost << 32 | change->breaks;
        }
        return total;
}

/* Whether a set of changes stops every way. */
static bool stops(struct task *task, const bool *chosen)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        const struct search_limits limits = {chosen};
        const bool *reached = search_from(&scratch, task->graph, task->starts, task->start_count, &limits);

        for (size_t i = 0; i < task->target_count; i++) {
                if (reached[task->targets[i]])
                        return false;
        }
        return true;
}

struct tried {
        uint64_t price;
        uint32_t change;
};

static int by_price(const void *a, const void *b)
{
        const struct tried *one = a, *other = b;

        if (one->price != other->price)
                return one->price > other->price ? -1 : 1;
        return one->change < other->change ? 1 : -1;
}

/* Leaves out what is not needed, the dearest first. */
static void spare(struct task *task, bool *chosen)
{
        VEC(struct tried) list = {0};

        for (size_t i = 0; i < task->graph->changes.count; i++) {
                const struct graph_change *change = &task->graph->changes.items[i];

                if (chosen[i])
                        *vec_push(task->scratch, &list) =
                                (struct tried){(uint64_t)change->cost << 32 | change->breaks, (uint32_t)i};
        }
        if (list.count < 2 || list.count > MOST_WORK / (task->graph->edges.count + 1))
                return;
        qsort(list.items, list.count, sizeof(*list.items), by_price);
        for (size_t i = 0; i < list.count; i++) {
                chosen[list.items[i].change] = false;
                if (!stops(task, chosen))
                        chosen[list.items[i].change] = true;
        }
}

static bool has_scattered(const struct task *task, const bool *chosen)
{
        for (size_t i = 0; i < task->graph->changes.count; i++) {
                const struct narrow *place = &task->narrows[i];

                if (chosen[i] && place->from == GRAPH_NONE && place->to == GRAPH_NONE)
                        return true;
        }
        return false;
}

/* The cheapest that was found; NULL if nothing stops every way. */
static bool *search_cut(struct task *task)
{
        size_t changes = task->graph->changes.count;
        bool *best = NULL;

        for (unsigned round = 0; round < ROUNDS; round++) {
                bool *reached, *chosen = arena_array(task->scratch, bool, changes + 1);

                if (run_flow(task, &reached) >= FLOW_UNLIMITED)
                        return NULL;
                choose(task, reached, chosen);
                spare(task, chosen);
                if (best && price_of(task, chosen) >= price_of(task, best))
                        break;
                best = chosen;
                if (!has_scattered(task, best))
                        break;
                memcpy(task->free, best, changes * sizeof(bool));
        }
        return best;
}

/* The first step on a way that a change stops. */
static uint32_t first_edge(const struct task *task, uint32_t change)
{
        const struct graph *graph = task->graph;

        for (size_t i = 0; i < graph->edges.count; i++) {
                const struct graph_edge *edge = &graph->edges.items[i];

                for (uint32_t k = is_alive(task, edge) ? edge->evidence : GRAPH_NONE; k != GRAPH_NONE;
                     k = graph->evidence.items[k].next) {
                        if (graph->evidence.items[k].change == change)
                                return (uint32_t)i;
                }
        }
        return GRAPH_NONE;
}

static void fill_out(struct task *task, const bool *chosen, struct cut *out)
{
        VEC(struct cut_change) changes = {0};

        for (size_t i = 0; i < task->graph->changes.count; i++) {
                if (!chosen[i])
                        continue;
                *vec_push(task->arena, &changes) = (struct cut_change){(uint32_t)i, first_edge(task, (uint32_t)i)};
                out->cost += task->graph->changes.items[i].cost;
        }
        out->changes = changes.items;
        out->count = changes.count;
        out->possible = true;
}

void cut_find(struct arena *arena, const struct graph *graph, const uint32_t *starts, size_t start_count,
              const uint32_t *targets, size_t target_count, struct cut *out)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct task task = {arena, &scratch, graph, starts, targets, start_count, target_count, NULL, NULL, NULL};
        const bool *chosen;

        *out = (struct cut){0};
        task.free = arena_array(&scratch, bool, graph->changes.count + 1);
        find_alive(&task);
        find_narrows(&task);
        chosen = search_cut(&task);
        if (chosen)
                fill_out(&task, chosen, out);
}
