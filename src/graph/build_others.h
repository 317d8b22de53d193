/* build_others.h - policies of the network besides NetworkPolicy, as far as the graph asks.
 *
 *   - AdminNetworkPolicy, BaselineAdminNetworkPolicy (policy.networking.k8s.io/v1alpha1) and ClusterNetworkPolicy (v1alpha2): rules in the
 *     order of priorities before NetworkPolicies, or behind them where none isolates the Pod.
 *   - CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy: one with NetworkPolicies; what any of them denies is denied.
 *   - NetworkPolicy and GlobalNetworkPolicy of Calico, of the tier `default`: rules in order, NetworkPolicies at 1000 among them.
 *
 * What is not understood never closes anything: an allowing rule counts as if it allowed, a denying one as if it were not there, and that is
 * told as a doubt. But a rule of the first group whose peer has no known field denies everything, as its API says. */
#pragma once

#include "graph/build_policies.h"

struct others;

struct others *others_read(struct builder *builder) NONNULL_RESULT;

/* What NetworkPolicies say, and what is asked. */
struct others_question {
        const struct pod *pod;
        bool leaves;                     /* may it reach any other Pod? Else: is it reached by `source`? */
        const struct network_port *port; /* NULL: any, when it leaves */
        enum network_source source;
        bool isolated; /* by NetworkPolicies, in this direction */
        bool admitted; /* by one of them */
};

/* The answer of all together. `doubt` (may be NULL) becomes what was taken as open without being understood; else it stays as it is. */
bool others_admit(const struct others *others, const struct others_question *question, struct str *doubt);

/* Steps to an endpoint from those Pods that these policies let in by name; `isolated` is by NetworkPolicies. Returns whether those that
 * NetworkPolicies let in by name get in, too. */
bool others_add_neighbours(const struct others *others, const struct pod *pod, const struct network_port *port,
                           uint32_t endpoint, bool isolated);
