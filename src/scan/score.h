/* score.h - the scores of everything that was shown: one for each object and for each document that is none. */
#pragma once

#include "kube/estate.h"
#include "report/score.h"
#include "rulebook/points.h"

struct score_list {
        struct score *items; /* in the source's arena */
        size_t count;
};

/* Scores one source, in the order of its documents. `scratch` is reset. */
void score_source(struct points *points, struct estate_source *source, struct arena *scratch, struct score_list *out);

/* Joins the scores of all sources, and adds what never became a source. */
const struct scoring *score_join(struct arena *arena, const struct points *points, const struct estate *estate,
                                 const struct score_list *lists);
