/* flow.h - the largest flow through a network of pipes, and the cheapest cut that stops it (Dinic's algorithm).
 *
 * The cut is the one nearest to the source, so it does not depend on which of several largest flows was found. */
#pragma once

#include "base/vec.h"

struct flow_pipe {
        uint32_t to;
        uint64_t room; /* what may still flow */
};

struct flow {
        struct arena *arena;
        VEC(struct flow_pipe) pipes; /* each with its opposite beside it: i and i ^ 1 */
        VEC(uint32_t) ends;          /* where pipe i begins */
        uint32_t points;
};

#define FLOW_UNLIMITED ((uint64_t)1 << 62)

uint32_t flow_point(struct flow *flow);

/* One pipe; gives its number. */
uint32_t flow_pipe(struct flow *flow, uint32_t from, uint32_t to, uint64_t room);

/* Lets flow as much as can; gives how much, FLOW_UNLIMITED or more if there is a way without a narrow place. `reached` gets for
 * each point whether it is on the source's side of the cut. */
uint64_t flow_run(struct flow *flow, uint32_t source, uint32_t sink, bool **reached);
