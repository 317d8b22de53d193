/* discover.h - which kinds of objects a server has.
 *
 * Asks for aggregated discovery (apidiscovery.k8s.io/v2, v2beta1), two requests; from servers that do not know it, the lists of
 * each group and version. Of every resource the version that the server prefers counts. */
#pragma once

#include "kube/api.h"

struct api_resource {
        struct str group, version, name, kind; /* name: in the plural, as in paths */
        bool namespaced, can_list, can_watch;
};

/* A group and version whose resources could not be found out. */
struct discovery_gap {
        struct str group, version;
        struct str why;
};

struct discovery {
        VEC(struct api_resource) resources; /* sorted by group and name */
        VEC(struct discovery_gap) gaps;
};

/* Memory comes from the arena. False with `err` if the server cannot be asked at all. */
bool discover(struct api_line *line, struct arena *arena, struct discovery *out, struct err *err);

/* Reads the two forms of answers; for discover() and tests. False if the text is none. */
bool discovery_read_aggregated(struct arena *arena, struct str text, struct discovery *out);
bool discovery_read_list(struct arena *arena, struct str text, struct discovery *out);
