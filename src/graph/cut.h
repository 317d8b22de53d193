/* cut.h - the cheapest changes that stop every way from some nodes to others.
 *
 * A minimum cut over the changes rather than the steps: a change that stops steps which begin or end at one place is one narrow
 * place in the network. A change that stops steps apart from each other counts once for each place while the cut is sought; it is
 * tried again with what was chosen already free, and what turns out not to be needed is left out. So the cut always stops every
 * way, no change in it can be spared, and it is the cheapest where each change has its place. Ties go to what breaks less. */
#pragma once

#include "graph/search.h"

struct cut_change {
        uint32_t change;
        uint32_t edge; /* the first step on a way that it stops */
};

struct cut {
        bool possible; /* false: some way has no step that a change stops */
        uint64_t cost;
        struct cut_change *changes; /* by number of the change */
        size_t count;
};

/* All memory comes from the arena. */
void cut_find(struct arena *arena, const struct graph *graph, const uint32_t *starts, size_t start_count,
              const uint32_t *targets, size_t target_count, struct cut *out);
