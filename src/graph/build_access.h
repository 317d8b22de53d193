/* build_access.h - rights that lead on: what a role must allow, and what that gives.
 *
 * An *ingredient* is something that a role allows on objects of any name. A *power* takes one ingredient or several together
 * and leads to a thing or a hub. Both are tables in build_powers.c. */
#pragma once

#include "graph/build_internal.h"

/* Requests as somebody else, that are allowed one by one (constrained impersonation): as a user, as a service account. */
enum { MODE_USER, MODE_ACCOUNT, MODE_COUNT };

/* Ingredients that somebody has, and those that they have as somebody else, if they may be somebody else. */
struct given {
        uint64_t has, as_other[MODE_COUNT];
};

/* Of one rule set: which ingredients it has, and by which of its rules. */
struct ingredients {
        struct given given;
        uint16_t *rules;                /* one for each ingredient */
        uint16_t *as_other[MODE_COUNT]; /* the same for those as somebody else; NULL: there are none */
};

/* What is known of all rule sets and roles. */
struct rights {
        struct builder *builder;
        struct ingredients *of_sets;
        struct map changes; /* role and rule: the change that takes the rule away */
        const struct question_list *questions;
};

/* Finds the ingredients of every rule set. */
void rights_read(struct rights *rights, struct builder *builder);

/* The steps of a role that holds in a namespace (NULL: in the cluster). */
void rights_lead(struct rights *rights, uint32_t from, uint32_t role, struct space *space);

/* Steps of a subject that take the rights of several bindings together. `bindings` are those that hold for it, those of the cluster
 * first and then those of each namespace together. */
void rights_lead_together(struct rights *rights, uint32_t from, const uint32_t *bindings, size_t count);

/* The steps of rules that name objects. */
void rights_lead_by_name(struct rights *rights, uint32_t from, uint32_t role, struct space *space);

/* A piece of evidence: rule `rule` of a role. */
void rights_prove(struct rights *rights, uint32_t edge, uint32_t role, uint32_t rule);
