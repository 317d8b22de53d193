/* semantic.h - what the schemes share that follow semantic versioning, each with something of its own. */
#pragma once

#include "image/version/part.h"

/* number{.number}[-prerelease][+build]: as semver.org 2.0.0 has it, but with any count of numbers, of which missing ones are
 * 0, and with zeros in front of numbers, because packages have such versions. */
struct semantic {
        struct str numbers, prerelease, build;
};

/* Reads a whole text; a v in front does not count. NULL, or what is wrong. */
const char *semantic_read(struct str text, struct semantic *out);

/* Identifiers with dots between them (section 11.4): numbers by value, before words, which are compared by `words`. */
int semantic_compare_identifiers(struct str a, struct str b, version_order *words);

/* The same, but none at all is after every identifier: a release follows its prereleases. */
int semantic_compare_prereleases(struct str a, struct str b);

/* Numbers and prerelease; builds do not count. */
int semantic_compare(const struct semantic *a, const struct semantic *b);

/* For schemes with nothing of their own. */
const char *semantic_fault(struct str text);
int semantic_compare_texts(struct str a, struct str b);
