/* internal.h - what the files of the authorizer share. */
#pragma once

#include "access/authorizer.h"
#include "access/rule_index.h"

#define RBAC_GROUP "rbac.authorization.k8s.io"

/* A hash table from two numbers to one. */
struct access_table {
        struct access_slot *slots;
        size_t count, mask;
};

struct access_slot {
        uint32_t first, second; /* 0, 0: free; `first` is never 0 */
        uint32_t value;
};

void access_table_put(struct arena *arena, struct access_table *table, uint32_t first, uint32_t second, uint32_t value);

/* ACCESS_NONE if it is not there. */
uint32_t access_table_get(const struct access_table *table, uint32_t first, uint32_t second);

/* Subjects by the hash of their names: fewer places in memory than an interned name takes. */
struct access_names {
        struct access_name_slot {
                uint32_t hash, subject; /* subject from 1; 0: free */
        } * slots;
        uint32_t mask;
};

struct access {
        struct arena *arena;
        VEC(struct access_subject) subjects;
        VEC(struct access_role) roles;
        VEC(struct access_binding) bindings; /* cluster ones first; sorted by namespace, then name */
        VEC(struct access_rules) rule_sets;
        struct access_table users, groups; /* interned name, 0: subject */
        struct access_table roles_by_name; /* interned name, interned namespace or 0: role */
        struct access_problems problems;
        uint32_t cluster_bindings; /* how many bindings come first */

        /* Made by access_scopes_make() when the rest is there. */
        const uint32_t *spaces;           /* of each binding: its namespace, interned, 0 of the cluster */
        const struct rule_index *indexes; /* of each rule set */
        VEC(struct access_bundle) bundles;
        VEC(struct access_scope) scopes;
        const struct access_quick *quick; /* of each subject */
        struct access_names user_names, group_names;
        struct access_table local_scopes;   /* subject from 1, interned namespace: scope */
        const uint32_t *set_bindings;       /* bindings by rule set, ascending */
        const uint32_t *set_bindings_begin; /* of each rule set, and one more: where its bindings begin */
        struct access_table postings;       /* interned resource, 0: index of its posting */
        VEC(struct access_posting) resource_sets;
        VEC(uint32_t) path_sets; /* rule sets with URLs, ascending */
};

/* Different rule sets that count together: for a subject in a namespace. Equal ones are one. */
struct access_bundle {
        const uint32_t *sets; /* ascending */
        uint32_t count;
        const struct access_rules *rules; /* all of them in one, when there are many; else NULL */
        struct rule_index index;          /* of `rules` */
};

/* What a question needs to know of a subject first, in one place. */
struct access_quick {
        struct str name;        /* in requests */
        uint32_t cluster_scope; /* or ACCESS_NONE */
        bool has_local;         /* it has a scope in some namespace */
};

/* What a subject has in one namespace or in the cluster. */
struct access_scope {
        uint32_t subject, space; /* space 0: the cluster */
        uint32_t bundle;
        uint32_t only_set; /* the one rule set of the bundle; ACCESS_NONE: it has several, or none */
        bool unresolved;   /* a role that counts here is not there, or cannot be read */
};

/* The rule sets that name a resource. */
struct access_posting {
        VEC(uint32_t) sets; /* ascending */
};

void access_scopes_make(struct access *access);

/* A subject by its name; ACCESS_NONE if there is none. */
uint32_t access_name_find(const struct access *access, const struct access_names *names, struct str name);

/* Whether any rule set of the bundle allows it. */
bool access_bundle_allows(const struct access *access, const struct access_bundle *bundle,
                          const struct access_question *question);

/* The rule sets that name what is asked for, ascending: those that can allow it. */
struct access_set_list {
        VEC(uint32_t) items;
};

void access_candidates(struct arena *arena, const struct access *access, const struct access_question *question,
                       struct access_set_list *out);

/* The rule sets that allow a request, ascending, with the first rule that does. */
struct access_set_found {
        uint32_t set, rule;
};

struct access_sets_found {
        VEC(struct access_set_found) items;
};

void access_find_sets(struct arena *arena, const struct access *access, const struct access_question *question,
                      struct access_sets_found *out);

void access_tell(struct access *access, const struct object *object, struct str path, const char *format, ...)
        PRINTF_LIKE(4, 5);

/* Of rules with the same words in the same order. */
uint64_t access_hash_rules(const struct access_rules *rules);
bool access_rules_equal(const struct access_rules *one, const struct access_rules *other);

/* The number of a rule set with these rules, a new one if there is none. */
struct access_sets {
        uint32_t *slots; /* rule sets, from 1 */
        size_t mask;
};

uint32_t access_share_rules(struct access *access, struct access_sets *sets, struct access_rules rules);

/* What every new cluster has; lives as long as the arena. */
const struct estate *access_defaults(struct arena *arena);

/* Aggregated ClusterRoles get their rules: aggregate.c. */
void access_aggregate(struct access *access, struct access_sets *sets);

/* The bindings of a user that count in a namespace (0: only those of the cluster), once for each subject that it is; in order. */
void access_bindings_of(struct arena *arena, const struct access *access, const struct access_user *user,
                        uint32_t space, struct access_grants *out);
