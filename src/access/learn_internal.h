/* learn_internal.h - requests that were seen, each once. */
#pragma once

#include "access/learn.h"
#include "base/map.h"

struct learn_request {
        struct access_request is; /* its name is empty where the authorizer does not see it */
        struct str version;       /* of the resource; only audit2rbac cares */
        const struct str *groups; /* of the user */
        uint32_t group_count;
        uint32_t groups_number; /* equal lists of groups, equal numbers */
        struct learn_outcome outcome;
};

struct learn {
        struct arena *arena;
        const struct learn_settings *settings;
        VEC(struct learn_request *) requests; /* in the order in which they were first seen */
        struct map by_key;                    /* all that tells requests apart: struct learn_request * */
        struct map group_lists;               /* groups of the user: struct group_list * */
        struct buf key;
        uint64_t count;
};

/* Adds a part to a key in the making. No part holds a zero byte that could be taken for a border: lengths go before. */
void learn_key_add(struct buf *key, struct str part);

/* Puts requests into audit2rbac's order: wider ones first. */
void learn_sort(struct arena *arena, struct learn_request **requests, size_t count);

/* Puts the rules of one role together as audit2rbac does: verbs, then names or resources. */
void learn_compact(struct arena *arena, const struct learn_settings *settings, struct learn_role *role);
