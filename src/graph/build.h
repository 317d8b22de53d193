/* build.h - the graph of an estate.
 *
 * What joins the strakes: Pods and what their containers may do to their node, what listens and who may connect, who has which
 * rights. docs/paths.md says what is assumed where manifests do not say everything. */
#pragma once

#include "graph/graph.h"
#include "kube/estate.h"
#include "kube/index.h"

struct graph_settings {
        uint32_t minor; /* judged as Kubernetes 1.minor */
};

/* Builds the graph; all memory comes from the arena. Estate and index must outlive it; without an index one is made. */
void graph_build(struct graph *graph, struct arena *arena, const struct estate *estate, const struct index *index,
                 const struct graph_settings *settings);

/* Whether there can be a way to cluster-admin at all: somebody was given rights, or a part of the control plane was shown. Takes
 * no time. */
bool graph_is_worth_it(const struct index *index);

/* Where ways begin unless a person says so: the internet, those who did not log in, and those who did and have no more. Adds the
 * nodes that there are. */
struct graph_numbers {
        VEC(uint32_t) items;
};
void graph_entries(const struct graph *graph, struct arena *arena, struct graph_numbers *out);
