/* rule_index.h - many rules asked at once: the same answer as asking each in turn, found by resource instead.
 *
 * Every combination of group, resource and name that a rule has is a key; a question looks up the few keys that stand for it. A rule
 * with more combinations than RULE_INDEX_MOST is not taken apart but asked each time, so that the index never grows by more than
 * a constant times the rules. */
#pragma once

#include "access/rule_set.h"

enum { RULE_INDEX_MOST = 4096 };

struct rule_key {
        uint32_t group, resource, name; /* resource is never 0 in a key that is there; name 0: of rules without names */
        uint32_t rule;                  /* index */
        uint32_t next;                  /* the next one with the same key, from 1, ascending by rule */
};

struct rule_index {
        const struct access_rules *rules;
        const struct rule_key *keys;
        const uint32_t *slots; /* the first key, from 1 */
        uint32_t mask;
        const uint32_t *paths; /* rules with URLs, ascending */
        uint32_t path_count;
        const uint32_t *rest; /* rules that are asked each time, ascending */
        uint32_t rest_count;
        bool star_group, star_resource, any_of_sub, names, no_names, is_plain;
};

/* The rules must stay where they are. */
void rule_index_make(struct arena *arena, const struct access_rules *rules, struct rule_index *out);

/* The first rule that allows it; SIZE_MAX if none does. */
size_t rule_index_find(const struct rule_index *index, const struct access_question *question);

/* Whether any does: as above, but ends with whichever is met first. */
bool rule_index_allows(const struct rule_index *index, const struct access_question *question);
