/* unused.h - what is granted and was never used, as far as an audit log shows.
 *
 * Every request of the log is held against every binding that could have allowed it; what no request needed is unused. Requests of
 * which there are many alike count once. What an audit log does not show is never called unused: verbs that the API server asks for
 * beside the request (impersonate, escalate, bind, use, approve, sign, attest). */
#pragma once

#include "access/answer.h"
#include "kube/audit.h"

/* A rule of a binding's role. */
struct access_rule_use {
        uint32_t rule;
        bool used;                  /* by anything at all */
        struct access_rules unused; /* the parts that nothing used; tidy */
        struct access_rules wide;   /* parts with a star that something used ... */
        struct access_rules needed; /* ... and what that was; tidy */
};

struct access_binding_use {
        uint32_t binding;
        bool used;
        VEC(uint32_t) idle;                /* subjects that never used it, while others did */
        VEC(struct access_rule_use) rules; /* those with something unused or wider than needed */
};

struct access_unused {
        const struct access *access;
        uint64_t events;                         /* of the log that were allowed */
        uint64_t requests;                       /* different ones among them */
        VEC(struct access_binding_use) bindings; /* those with something unused, in order */
};

struct access_usage;

/* Begins; `system` looks also at bindings of Kubernetes itself (label kubernetes.io/bootstrapping, names with "system:"). */
struct access_usage *access_usage_new(struct arena *arena, const struct access *access, bool system) NONNULL_RESULT;

/* Takes one event. Those that were refused use nothing. */
void access_usage_event(struct access_usage *usage, const struct audit_event *event);

/* Ends. */
void access_usage_end(struct access_usage *usage, struct access_unused *out);

void access_unused_print(struct arena *arena, struct buf *out, const struct access_unused *unused);

/* strake.unused/1 */
void access_unused_print_json(struct arena *arena, struct buf *out, const struct access_unused *unused);
