/* build_policies.h - policies of the network, as far as the graph asks: whom a Pod lets in, and whether it may leave. NetworkPolicies
 * are read here, those of others in build_others.h. */
#pragma once

#include "graph/build_internal.h"

struct network_port {
        struct str name; /* empty: only the number counts */
        int64_t number;  /* 0: only the name counts */
};

enum network_source {
        SOURCE_INTERNET, /* from outside, with its own address */
        SOURCE_INGRESS,  /* from the Pods of a controller, somewhere in the cluster */
        SOURCE_PODS,     /* from any Pod of the cluster */
};

struct policies;

struct policies *policies_read(struct builder *builder) NONNULL_RESULT;

/* `doubt` (may be NULL) becomes what was taken as open without being understood. */
bool policies_admit(const struct policies *policies, const struct pod *pod, const struct network_port *port,
                    enum network_source source, struct str *doubt);

/* Whether a selector holds for a namespace, of which not more than the name need be known. */
bool policies_select_space(const struct space *space, const struct selector *selector);

/* Steps to an endpoint from those Pods that policies let in by name. */
void policies_add_neighbours(const struct policies *policies, const struct pod *pod, const struct network_port *port,
                             uint32_t endpoint);

/* Whether policies keep a Pod from reaching any other. */
bool policies_keep_in(const struct policies *policies, const struct pod *pod);

/* Whether a block of addresses has public ones. */
bool policies_is_public(struct str block);
