/* build_others_internal.h - what the files about other policies share: their rules in one form. */
#pragma once

#include "graph/build_others.h"

enum other_action { OTHER_ALLOW, OTHER_DENY, OTHER_PASS };

/* In the order in which they are asked; NetworkPolicies stand with those of Cilium. */
enum other_tier { OTHER_ADMIN, OTHER_CALICO_BEFORE, OTHER_CILIUM, OTHER_CALICO_AFTER, OTHER_BASELINE };

/* Pods by their namespaces and labels, or addresses. */
struct other_peer {
        bool is_pods;
        bool any_space; /* of every namespace */
        struct str ns;  /* of this one; empty: of those that `spaces` holds for */
        struct selector spaces;
        struct selector pods;
        bool world, some_world; /* all addresses outside, or some */
        bool in_cluster;        /* with `world`: those of Pods too */
        struct str path;        /* where it stands */
};

struct other_rule {
        enum other_action action;
        bool leaves;
        bool anybody; /* no peer is named */
        VEC(struct other_peer) peers;
        bool no_port;                    /* holds for no port, as ICMP does */
        VEC(const struct value *) ports; /* of the policy's own form; none: all */
        bool limited; /* by something that is not understood: an allowing rule allows less, a denying one denies less */
        struct str doubt; /* what that is */
};

struct other_policy {
        const struct object *object;
        enum other_tier tier;
        double order;
        bool isolates[2]; /* whom it reaches, whom it lets leave */
        VEC(struct other_rule) rules;
        struct str doubt; /* it is not understood at all */
};

/* Whether a port of a rule is this one. */
bool others_has_port(const struct other_policy *policy, const struct other_rule *rule, const struct network_port *port,
                     bool surely);

/* Read a policy and whom it is about, namespaces and labels: `subject` is a peer. False if it is about no Pod. */
bool others_read_admin(struct builder *builder, const struct object *object, struct other_policy *out,
                       struct other_peer *subject);
bool others_read_cilium(struct builder *builder, const struct object *object, const struct value *spec,
                        struct other_policy *out, struct other_peer *subject);
bool others_read_calico(struct builder *builder, const struct object *object, struct other_policy *out,
                        struct other_peer *subject);
