/* chain.h - the authorizers of an API server in their order, as far as the estate tells.
 *
 * An AuthorizationConfiguration (apiserver.config.k8s.io) among the inputs says which, or else the flags of a Pod that runs
 * kube-apiserver. Where nothing says it: Node and RBAC, as kubeadm sets it up. The group system:masters is let through before all.
 *
 * What a webhook would say nobody knows: where one is asked, the answer is unknown, unless its match conditions leave it out. */
#pragma once

#include "access/abac.h"

enum access_mode { ACCESS_RBAC, ACCESS_NODE, ACCESS_ABAC, ACCESS_WEBHOOK, ACCESS_ALWAYS_ALLOW, ACCESS_ALWAYS_DENY };

struct cel_program;

struct access_authorizer {
        enum access_mode mode;
        struct str name;                       /* of a webhook */
        const struct cel_program **conditions; /* of a webhook */
        size_t condition_count;
        bool denies_on_error; /* failurePolicy Deny: also when a condition fails */
        bool unreadable;      /* a condition is none: as if the webhook were always asked */
};

struct access_chain {
        const struct estate *estate;
        VEC(struct access_authorizer) authorizers;
        const struct object *declared; /* where they stand; NULL: nowhere, they are assumed */
        struct access_policies policies;
        bool policies_shown;
        VEC(struct str) notes; /* for standard error: what could not be read, and what comes before authorization */
};

/* `policies` (may be NULL) are those of files that were named; objects of kind Policy in the estate join them. With any, but no mode
 * declared, they are asked beside Node and RBAC. */
void access_chain_make(struct arena *arena, const struct estate *estate, const struct access_policies *policies,
                       struct access_chain *out);

/* What was decided, and by whom. */
struct access_decision {
        enum access_verdict verdict;
        enum access_mode mode; /* that said yes, or why it is not; ACCESS_RBAC for a plain no */
        struct str why;        /* in words; may be empty */
        bool is_master;        /* yes before all authorizers */
};

void access_chain_can(struct arena *arena, const struct access_chain *chain, const struct access *access,
                      const struct access_user *user, const struct access_request *request,
                      struct access_decision *out);

/* "RBAC", "Node", ... */
struct str access_mode_name(enum access_mode mode);
