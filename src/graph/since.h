/* since.h - what is new: ways with a step that an earlier state of the cluster did not have. */
#pragma once

#include "graph/paths.h"

/* Finds the cheapest way through each step that is not in `before`, and the cheapest changes that stop every such way. `out` has
 * entries and targets; gets ways, counts and cut. */
void since_find(struct arena *arena, const struct graph *before, struct paths *out);
