/* internal.h - what the files of the authorizer share. */
#pragma once

#include "access/authorizer.h"

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
};

void access_tell(struct access *access, const struct object *object, struct str path, const char *format, ...)
        PRINTF_LIKE(4, 5);

/* The number of a rule set with these rules, a new one if there is none. */
struct access_sets {
        uint32_t *slots; /* rule sets, from 1 */
        size_t mask;
};

uint32_t access_share_rules(struct access *access, struct access_sets *sets, struct access_rules rules);

/* Aggregated ClusterRoles get their rules: aggregate.c. */
void access_aggregate(struct access *access, struct access_sets *sets);
