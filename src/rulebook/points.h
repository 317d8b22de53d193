/* points.h - what kubesec v2 gives points for, judged for one object.
 *
 * The table stands in points.c: an id, the points, the kinds that it is for, and a CEL expression. It runs in the same engine and
 * with the same variables as rules do. */
#pragma once

#include "kube/object.h"
#include "report/score.h"

struct points;

/* The points, compiled when they are needed. May be used by many threads at once. */
struct points *points_new(struct arena *arena);

/* All points that there are. */
const struct score_point *points_list(const struct points *points, size_t *count);

/* Sets `asked` and `held` for an object. `scratch` is reset. */
void points_judge(struct points *points, const struct object *object, struct arena *arena, struct arena *scratch,
                  struct score *score);

/* Compiles every expression; false with `err` when one is wrong. For tests: the table is part of the program. */
bool points_check(struct points *points, struct err *err);
