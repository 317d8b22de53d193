/* bench.h - what each rule costs: the time that judging by it alone takes, for an object that it looks at.
 *
 * A rule is judged over the objects that it looks at, and nothing else, again and again, and the same is done without any rule;
 * the difference is the rule's. The least of several tries counts, of processor time. What a rule finds
 * belongs to its cost: messages, places and repairs. */
#pragma once

#include "rulebook/rulebook.h"

struct rule_cost {
        const struct rule_text *rule;
        uint64_t objects;   /* that it looks at, once each */
        uint64_t findings;  /* in them */
        double nanoseconds; /* for an object; 0 if there is none */
        double preparing;   /* that its join looks over the estate, for an object of that; 0 if it has none */
};

/* The cost of each active rule of a book under the settings that it was made with; those first that take longest, then by id.
 * The estate is only looked at; NULL: for each rule a sample, which is its good examples among Deployments as people write
 * them. `out` has room for every rule of the book. Returns how many. */
size_t rulebook_bench(const struct rulebook *book, const struct rulebook_settings *settings,
                      const struct estate *estate, struct rule_cost *out);
