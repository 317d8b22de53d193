/* flow.c - Dinic's algorithm, without recursion: layers by breadth, then ways through the layers until none is left. */

#include "graph/flow.h"

#include <string.h>

uint32_t flow_point(struct flow *flow)
{
        return flow->points++;
}

uint32_t flow_pipe(struct flow *flow, uint32_t from, uint32_t to, uint64_t room)
{
        *vec_push(flow->arena, &flow->pipes) = (struct flow_pipe){to, room};
        *vec_push(flow->arena, &flow->ends) = from;
        *vec_push(flow->arena, &flow->pipes) = (struct flow_pipe){from, 0};
        *vec_push(flow->arena, &flow->ends) = to;
        return (uint32_t)(flow->pipes.count - 2);
}

struct run {
        struct flow *flow;
        uint32_t *first, *order; /* pipes by where they begin */
        uint32_t *layer, *at, *waiting;
        uint32_t source, sink;
};

enum { NO_LAYER = UINT32_MAX };

static void sort_pipes(struct run *run)
{
        struct flow *flow = run->flow;
        size_t pipes = flow->pipes.count;

        run->first = arena_array(flow->arena, uint32_t, (size_t)flow->points + 1);
        run->order = arena_array(flow->arena, uint32_t, pipes);
        run->at = arena_array(flow->arena, uint32_t, (size_t)flow->points + 1);
        for (size_t i = 0; i < pipes; i++)
                run->first[flow->ends.items[i] + 1]++;
        for (size_t i = 0; i < flow->points; i++)
                run->first[i + 1] += run->first[i];
        memcpy(run->at, run->first, ((size_t)flow->points + 1) * sizeof(*run->at));
        for (size_t i = 0; i < pipes; i++)
                run->order[run->at[flow->ends.items[i]]++] = (uint32_t)i;
}

/* Numbers the layers from the source on; whether the sink is reached. */
static bool make_layers(struct run *run)
{
        size_t at = 0, end = 0;

        for (size_t i = 0; i < run->flow->points; i++)
                run->layer[i] = NO_LAYER;
        run->layer[run->source] = 0;
        run->waiting[end++] = run->source;
        while (at < end) {
                uint32_t point = run->waiting[at++];

                for (uint32_t i = run->first[point]; i < run->first[point + 1]; i++) {
                        const struct flow_pipe *pipe = &run->flow->pipes.items[run->order[i]];

                        if (!pipe->room || run->layer[pipe->to] != NO_LAYER)
                                continue;
                        run->layer[pipe->to] = run->layer[point] + 1;
                        run->waiting[end++] = pipe->to;
                }
        }
        return run->layer[run->sink] != NO_LAYER;
}

/* One way through the layers, as pipes in `waiting`; false if there is none any more. What leads nowhere is not tried again. */
static bool find_way(struct run *run, size_t *length)
{
        uint32_t point = run->source;

        *length = 0;
        while (point != run->sink) {
                bool found = false;

                for (; run->at[point] < run->first[point + 1]; run->at[point]++) {
                        uint32_t number = run->order[run->at[point]];
                        const struct flow_pipe *pipe = &run->flow->pipes.items[number];

                        if (!pipe->room || run->layer[pipe->to] != run->layer[point] + 1)
                                continue;
                        run->waiting[(*length)++] = number;
                        point = pipe->to;
                        found = true;
                        break;
                }
                if (found)
                        continue;
                if (!*length)
                        return false;
                point = run->flow->ends.items[run->waiting[--*length]];
                run->at[point]++;
        }
        return true;
}

static uint64_t fill(struct run *run, size_t length)
{
        struct flow_pipe *pipes = run->flow->pipes.items;
        uint64_t room = UINT64_MAX;

        for (size_t i = 0; i < length; i++) {
                if (pipes[run->waiting[i]].room < room)
                        room = pipes[run->waiting[i]].room;
        }
        for (size_t i = 0; i < length; i++) {
                pipes[run->waiting[i]].room -= room;
                pipes[run->waiting[i] ^ 1].room += room;
        }
        return room;
}

uint64_t flow_run(struct flow *flow, uint32_t source, uint32_t sink, bool **reached)
{
        struct run run = {.flow = flow, .source = source, .sink = sink};
        uint64_t total = 0;
        size_t length;

        sort_pipes(&run);
        run.layer = arena_array(flow->arena, uint32_t, flow->points);
        run.waiting = arena_array(flow->arena, uint32_t, flow->points + 1);
        while (total < FLOW_UNLIMITED && make_layers(&run)) {
                memcpy(run.at, run.first, (size_t)flow->points * sizeof(*run.at));
                while (total < FLOW_UNLIMITED && find_way(&run, &length))
                        total += fill(&run, length);
        }
        *reached = arena_array(flow->arena, bool, flow->points);
        for (size_t i = 0; i < flow->points; i++)
                (*reached)[i] = run.layer[i] != NO_LAYER;
        return total;
}
