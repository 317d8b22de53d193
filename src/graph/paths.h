/* paths.h - how would someone get from A to B, and what is the cheapest way to stop it? */
#pragma once

#include "base/err.h"
#include "graph/build.h"
#include "graph/cut.h"

enum { PATHS_DEFAULT = 10, PATHS_MOST = 10000 };

struct paths_settings {
        const struct str *from; /* ids, or "pods" for all of them; none: where ways begin by themselves */
        size_t from_count;
        const struct str *to; /* ids; none: cluster-admin */
        size_t to_count;
        size_t most;               /* how many to list */
        bool fill;                 /* list the next best, too, where there are fewer ways in than `most` */
        bool no_cut;               /* do not look for what stops them */
        const struct graph *since; /* only ways that have a step which is not in this one; NULL: all */
};

/* A node through which more than one way leads. */
struct choke_point {
        uint32_t node;
        size_t ways;
};

struct paths {
        const struct graph *graph;
        struct graph_numbers entries, targets;
        struct search_paths list; /* the cheapest first */
        size_t ways;              /* how many there are, one for each way in */
        size_t pairs;             /* of an entry and a target that it reaches */
        struct cut cut;           /* where there is any way */
        VEC(struct choke_point) choke_points;
};

/* Finds ways; all memory comes from the arena. False with `err` if a start or target is not known. */
bool paths_find(struct arena *arena, const struct graph *graph, const struct paths_settings *settings,
                struct paths *out, struct err *err);
