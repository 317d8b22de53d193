/* secret_rule.h - what a secret looks like: rules/secrets/ID.yaml, one file for each kind (docs/secrets.md).
 *
 * A rule is a regular expression and what else must hold of what it matches: a word nearby, entropy, a check sum. */
#pragma once

#include "base/err.h"
#include "base/vec.h"

struct secret_check;

struct secret_reference {
        struct str tool, id;
};

struct secret_rule {
        struct str id, title, description;
        struct str severity;        /* "critical", "high", "medium", "low" */
        struct str pattern;         /* RE2; the secret is what its first group captures, or all of the match */
        const struct str *keywords; /* in small letters; a match holds one of them, in any case */
        size_t keyword_count;
        double entropy;                   /* bits that a byte of the secret says at least; 0: any */
        const struct secret_check *check; /* what else must be true of the secret; NULL: nothing */
        const struct str *allow;          /* regular expressions; a match in which one is found is none */
        size_t allow_count;
        struct str path; /* a regular expression: only files with such a path; empty: all texts */
        bool anywhere;   /* so certain that it counts in documentation and tests, too */
        bool generic;    /* gives way where a rule that is not generic finds something */
        const struct secret_reference *references;
        size_t reference_count;
        const struct str *good, *bad; /* examples */
        size_t good_count, bad_count;
};

/* What no rule minds (rules/secrets/common/allow.yaml). */
struct secret_allowance {
        struct str *placeholders; /* regular expressions, found in a secret in any case: it is none */
        size_t placeholder_count;
        struct str *paths; /* regular expressions: documentation and tests, of which only certain rules speak */
        size_t path_count;
};

/* Reads one rule. `file`, unless empty, must be called ID.yaml, and then there must be examples. False with `err`, which has line and
 * column. */
bool secret_rule_read(struct arena *arena, struct str text, struct str file, struct secret_rule *out, struct err *err);

bool secret_allowance_read(struct arena *arena, struct str text, struct secret_allowance *out, struct err *err);

/* The rules of Strake itself, sorted by id and without examples. Built in: they cannot fail to be read. */
const struct secret_rule *secret_rules_builtin(struct arena *arena, size_t *count);
const struct secret_allowance *secret_allowance_builtin(struct arena *arena);
