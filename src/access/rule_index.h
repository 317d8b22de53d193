/* rule_index.h - many rules asked at once: the same answer as asking each in turn, found by resource instead.
 *
 * Every combination of group, resource and name that the rules have is a slot with the verbs of all rules that have it, as bits. A
 * question looks at the few slots that stand for it. A rule with more combinations than RULE_INDEX_MOST is not taken apart but asked
 * each time, so that the index never grows by more than a constant times the rules. */
#pragma once

#include "access/rule_set.h"

enum { RULE_INDEX_MOST = 4096, RULE_INDEX_ANY_NAME = UINT32_MAX };

struct rule_slot {
        uint64_t verbs; /* of all its rules */
        uint32_t group, resource,
                name;         /* resource 0: free. Name 0: of rules without names; RULE_INDEX_ANY_NAME: of those with */
        uint32_t first, last; /* links, from 1 */
};

struct rule_link {
        uint64_t verbs;
        uint32_t rule; /* index; ascending along the links */
        uint32_t next; /* from 1 */
};

struct rule_index {
        const struct access_rules *rules;
        struct rule_slot *slots;
        const struct rule_link *links;
        uint32_t mask;
        const uint32_t *paths; /* rules with URLs, ascending */
        uint32_t path_count;
        const uint32_t *rest; /* rules that are asked each time, ascending */
        uint32_t rest_count;
        bool star_group, star_resource, any_of_sub, names, no_names;
};

/* The rules must stay where they are. */
void rule_index_make(struct arena *arena, const struct access_rules *rules, struct rule_index *out);

/* The first rule that allows it; SIZE_MAX if none does. */
size_t rule_index_find(const struct rule_index *index, const struct access_question *question);

/* Whether any does: as above, but ends with whichever is met first. */
bool rule_index_allows(const struct rule_index *index, const struct access_question *question);

/* The verbs that are allowed on the question's resource without a name, whatever its verb, and those that are on some names, as
 * bits of access_verb_bit(). What rules say of other verbs is in ACCESS_OTHER_VERBS, and has to be asked. */
uint64_t rule_index_verbs(const struct rule_index *index, const struct access_question *question, uint64_t *some);
