/* authorizer.h - who may do what: RBAC over an estate, exactly as the API server decides it.
 *
 * Built once over all Roles, ClusterRoles and bindings; then only read, by any number of threads. Everything has a number from 0:
 * subjects, roles, bindings, and rule sets, which equal roles share. Nothing here grows with subjects times permissions: who may
 * do something is worked out from the rule sets that allow it, the bindings of those, and the subjects of these.
 *
 * Objects without a namespace are taken as in `default`, where applying them would put them. */
#pragma once

#include "access/rule_set.h"
#include "kube/estate.h"

enum access_subject_kind { ACCESS_USER, ACCESS_GROUP, ACCESS_SERVICE_ACCOUNT };

/* Who may be given rights: whoever a binding names, and every ServiceAccount that was shown. A User with the name of a service
 * account is that service account. */
struct access_subject {
        enum access_subject_kind kind;
        struct str ns, name;         /* ns: of a service account */
        struct str user;             /* its name in requests: "system:serviceaccount:NS:NAME"; of a group its name */
        const struct object *object; /* the ServiceAccount if it was shown, or NULL */
        const uint32_t *bindings;    /* the bindings that name it, ascending */
        uint32_t binding_count;
};

struct access_role {
        struct str ns, name;         /* ns is empty: a ClusterRole */
        const struct object *object; /* never NULL: one that was not shown has a source of its own */
        uint32_t rule_set;
        const struct access_rules
                *rules; /* those of the rule set; of an aggregated ClusterRole, what is collected for it */
        /* Where rule i stands: in this role (its own number) or, aggregated, in another, and its index there. */
        const struct access_rule_origin *origins;
        const struct err *error; /* rules of it, or that it collects, could not be read: why; NULL: all could */
        bool built_in;           /* not shown, but what every new cluster of Kubernetes 1.37 has */
};

struct access_rule_origin {
        uint32_t role, index;
};

struct access_binding {
        struct str ns, name; /* ns is empty: a ClusterRoleBinding */
        const struct object *object;
        struct str role_name;
        bool cluster_role;  /* it refers to a ClusterRole */
        bool built_in;      /* as for roles */
        uint32_t role;      /* ACCESS_NONE: not there */
        uint32_t *subjects; /* in the order of the binding */
        uint32_t *places;   /* index of each in the object's `subjects` */
        uint32_t subject_count;
};

enum { ACCESS_NONE = UINT32_MAX };

/* Manifests seldom have the roles and bindings that Kubernetes itself writes into every cluster. A ClusterRole among them that a
 * binding names and that was not shown is taken as a new cluster has it. Where `cluster-admin` and `system:node` were shown, the
 * estate is that of a cluster: nothing is assumed then. */
struct access_settings {
        bool no_bootstrap; /* assume nothing */
        bool default_bindings; /* assume all of them, with their bindings: system:masters, system:authenticated, controllers, ... */
};

struct access;

/* Reads the estate, which must outlive it. Never fails: what cannot be evaluated is told by access_problems() and by answers. */
struct access *access_new(struct arena *arena, const struct estate *estate,
                          const struct access_settings *settings) NONNULL_RESULT;

uint32_t access_subject_count(const struct access *access);
uint32_t access_role_count(const struct access *access);
uint32_t access_binding_count(const struct access *access);
uint32_t access_rule_set_count(const struct access *access);
const struct access_subject *access_subject(const struct access *access, uint32_t number) NONNULL_RESULT;
const struct access_role *access_role(const struct access *access, uint32_t number) NONNULL_RESULT;
const struct access_binding *access_binding(const struct access *access, uint32_t number) NONNULL_RESULT;
const struct access_rules *access_rule_set(const struct access *access, uint32_t number) NONNULL_RESULT;

/* The number of a subject by its name in requests; ACCESS_NONE if nothing names it. */
uint32_t access_find_user(const struct access *access, struct str user);
uint32_t access_find_group(const struct access *access, struct str group);

/* The number of a ClusterRole (`ns` empty) or Role; ACCESS_NONE if it is not there. */
uint32_t access_find_role(const struct access *access, struct str ns, struct str name);

/* --- one question --- */

/* Who asks. */
struct access_user {
        struct str name;
        const struct str *groups; /* all of them: nothing is added */
        size_t group_count;
};

/* The user of a service account with the groups that the API server gives it: system:serviceaccounts, that of the namespace, and
 * system:authenticated. */
struct access_user access_user_of_account(struct arena *arena, struct str ns, struct str name);

/* Whether a user's name is that of a service account, and of which. */
bool access_split_account(struct str user, struct str *ns, struct str *name);

/* A subject as one who asks: a service account as above, a user with system:authenticated (system:anonymous with
 * system:unauthenticated), a group as somebody without a name who is in it. */
struct access_user access_user_of_subject(struct arena *arena, const struct access_subject *subject);

enum access_verdict {
        ACCESS_NO,
        ACCESS_YES,
        ACCESS_UNKNOWN, /* nothing allows it, but something that counts for this user could not be evaluated */
};

enum access_verdict access_can(const struct access *access, const struct access_user *user,
                               const struct access_request *request);

/* --- why, and who --- */

/* One way in which something is allowed. */
struct access_grant {
        uint32_t subject; /* ACCESS_NONE: system:masters, which is asked before RBAC */
        uint32_t binding; /* ACCESS_NONE: the same */
        uint32_t rule;    /* index in the role's rules: the first that allows it */
};

struct access_grants {
        VEC(struct access_grant) items;
};

/* Whether a user is a subject: by its name, or by one of its groups. */
bool access_is_subject(const struct access *access, const struct access_user *user, uint32_t subject);

/* Every binding that allows a user something: in the order of bindings, cluster ones first. system:masters comes
 * before all. */
void access_explain(struct arena *arena, const struct access *access, const struct access_user *user,
                    const struct access_request *request, struct access_grants *out);

/* Every binding that allows something to somebody, with the first rule that does. With `everywhere` those of all namespaces; else
 * those of the cluster and of the request's namespace. `subject` is not set: the binding has them. Takes time in proportion to
 * the rule sets that name the resource and to what is found. */
void access_bindings_that_allow(struct arena *arena, const struct access *access, const struct access_request *request,
                                bool everywhere, struct access_grants *out);

/* Every subject that may do something, once for each binding that lets it: the same, subject by subject, in the order of
 * bindings. */
void access_who_can(struct arena *arena, const struct access *access, const struct access_request *request,
                    bool everywhere, struct access_grants *out);

/* All rules that hold for a user in a namespace (empty: of the cluster), binding by binding. */
struct access_rules access_rules_of(struct arena *arena, const struct access *access, const struct access_user *user,
                                    struct str ns);

/* --- what could not be evaluated --- */

struct access_problem {
        const struct object *object; /* the role or binding; NULL: none */
        struct str path;             /* JSON Pointer below the object, or empty */
        struct str message;
};

struct access_problems {
        VEC(struct access_problem) items;
};

/* Roles that do not exist, rules that are none, names that stand twice, service accounts that were not shown: for people. */
const struct access_problems *access_problems(const struct access *access) NONNULL_RESULT;
