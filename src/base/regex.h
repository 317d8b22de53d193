/* regex.h - regular expressions in RE2's syntax (the one of Go, CEL and Rego), in time linear in the text.
 *
 * A compiled regex is never changed by matching, so many threads may use one at once. Patterns come from outside: RE2 never
 * backtracks, and what one pattern may take in memory is limited. Text that is no UTF-8 is matched as far as it is. */
#pragma once

#include "base/err.h"

struct regex;

enum {
        REGEX_MEMORY = 4 << 20,    /* bytes that one pattern may take, for its program and the states of matching */
        REGEX_REPLACED = 64 << 20, /* how long regex_replace() lets a text become, about */
        REGEX_GROUPS = 64,         /* capture groups that regex_find() can give, group 0 among them */
};

/* Compiles a pattern that lives as long as the arena. NULL with `err` when it is not a regular expression or is too large. */
struct regex *regex_new(struct arena *arena, struct str pattern, struct err *err);

/* The same, given back by hand. */
struct regex *regex_compile(struct str pattern, struct err *err);
void regex_free(struct regex *regex);

/* Fits CLEANUP(regex_free_at). */
static inline void regex_free_at(struct regex **regex)
{
        regex_free(*regex);
}

/* Whether the pattern matches somewhere in the text. */
bool regex_matches(const struct regex *regex, struct str text);

/* Whether it matches the text from its beginning to its end. */
bool regex_matches_whole(const struct regex *regex, struct str text);

/* How many capture groups the pattern has; the match itself (group 0) does not count. */
unsigned regex_group_count(const struct regex *regex);

/* The first match at or after the byte `from`. Fills `count` groups (at most REGEX_GROUPS): the match itself, then what its
 * parentheses captured, as parts of `text`; data is NULL for a group that took no part in the match. */
bool regex_find(const struct regex *regex, struct str text, size_t from, struct str *groups, unsigned count);

/* Walks over the matches that do not overlap, as Go does: an empty match right behind another match does not count.
 *
 *     struct regex_walk walk = {.regex = regex, .text = text};
 *     while (regex_next(&walk, groups, 1)) ...
 */
struct regex_walk {
        const struct regex *regex;
        struct str text;
        size_t at;       /* where the search goes on */
        size_t last_end; /* where the last match ended, when there was one */
        bool matched;
};

bool regex_next(struct regex_walk *walk, struct str *groups, unsigned count);

/* The text with its first `limit` matches replaced (all when `limit` is negative), in the arena. In the replacement, \0 to \9
 * stand for what the groups captured and \\ for a backslash. False with `err` when it has another escape, names a group
 * that the pattern has not, or makes the text longer than REGEX_REPLACED. */
bool regex_replace(struct arena *arena, const struct regex *regex, struct str text, struct str replacement,
                   int64_t limit, struct str *result, struct err *err);
