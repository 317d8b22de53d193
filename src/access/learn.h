/* learn.h - the least roles with which somebody could have done what an audit log shows.
 *
 * Requests are collected while the log is read; each different one is kept once, however often it was made. From them come rules
 * as audit2rbac makes them (github.com/liggitt/audit2rbac): what was asked of several names or in several namespaces is allowed
 * of all, who may list may also get and watch, who may update may also get and patch. With `like_audit2rbac` the roles are those
 * of audit2rbac 0.10.0, its weaknesses among them. Without, a rule for named objects never replaces a wider one, the query of a
 * URL is no part of it, nothing is granted that a star in a request would mean, and what always failed stands apart. */
#pragma once

#include "access/authorizer.h"
#include "kube/audit.h"

struct learn_settings {
        struct str user;               /* its name in requests: "system:serviceaccount:NS:NAME" for a service account */
        struct str ns;                 /* only what was done in this namespace; empty: everything */
        bool like_audit2rbac;          /* see above */
        bool keep_names;               /* requests for several names do not allow all */
        bool keep_namespaces;          /* requests in several namespaces do not allow them in all */
        bool only_used_verbs;          /* list does not allow get and watch, and so on */
        const struct access *existing; /* what it allows needs no rule; NULL: only what everybody may do */
};

/* What became of the requests that need a rule. */
struct learn_outcome {
        uint64_t calls, failed; /* events that tell how the request ended; with a status of 400 and more */
        uint32_t status;        /* of the last one that failed */
};

struct learn_rule {
        struct access_rule rule;
        bool always_failed; /* each request that it is for, each time; never with `like_audit2rbac` */
        struct learn_outcome outcome;
};

/* One Role, or the ClusterRole (`ns` empty), and its binding. */
struct learn_role {
        struct str ns;
        struct learn_rule *rules;
        size_t rule_count;
};

struct learned {
        struct learn_role *roles; /* Roles in the order in which they were first needed, the ClusterRole last */
        size_t role_count;
        struct str *refused; /* requests that nothing is granted for, in words */
        size_t refused_count;
};

struct learn;

/* Settings and what they point to must live as long. */
struct learn *learn_new(struct arena *arena, const struct learn_settings *settings) NONNULL_RESULT;

/* Takes notice of an event; not if it is of another user or namespace. */
void learn_event(struct learn *learn, const struct audit_event *event);

/* How many events counted. */
uint64_t learn_count(const struct learn *learn);

/* The roles for everything so far. Once, at the end. */
void learn_roles(struct learn *learn, struct learned *out);

/* --- against what is granted already --- */

/* Something that a binding grants to the user by name. */
struct learn_surplus {
        const struct access_binding *binding;
        const struct access_role *role;
        uint32_t rule;             /* index in the role */
        struct access_rule unused; /* as much of it as was never used */
        bool used;                 /* the rest of it was */
};

struct learn_difference {
        struct learned missing; /* what is needed beside what is granted */
        VEC(struct learn_surplus) surplus;
};

/* Compares what was needed with what `existing` grants to the user: what is missing, and what was never used of that which names
 * the user itself and no group. Once, at the end, instead of learn_roles(). */
void learn_difference(struct learn *learn, struct learn_difference *out);

/* --- printing --- */

struct learn_text {
        struct str key, value;
};

struct learn_names {
        struct str name;
        const struct learn_text *labels, *annotations; /* in the order of printing */
        size_t label_count, annotation_count;
};

/* Roles and bindings as YAML documents, byte by byte as audit2rbac would print them; comments say what always failed. */
void learn_print_yaml(struct buf *out, const struct learned *learned, const struct learn_settings *settings,
                      const struct learn_names *names);

/* The difference for people: what is missing, and what is granted by which binding and rule but was never used. */
void learn_print_difference(struct buf *out, const struct learn_difference *difference);

/* The same as JSON: docs/schema/strake.from-audit-diff-1.json. */
void learn_print_difference_json(struct buf *out, const struct learn_difference *difference,
                                 const struct learn_settings *settings, uint64_t events);

/* A text as a plain or quoted scalar of YAML, as Go's yaml.v2 chooses. */
void learn_print_scalar(struct buf *out, struct str text);
