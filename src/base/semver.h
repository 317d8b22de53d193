/* semver.h - semantic versions (semver.org 2.0.0). */
#pragma once

#include "base/str.h"

struct semver {
        uint64_t major, minor, patch;
        struct str prerelease; /* between '-' and '+', without them; empty if there is none */
        struct str build;      /* behind '+' */
};

/* Reads a whole version; false if it is none. The parts point into the text. */
bool semver_read(struct str text, struct semver *out);

/* The version that a text means which is nearly one, in the arena: without a leading v and leading zeros, missing minor and
 * patch numbers 0. data is NULL for a short version that has a prerelease or build. */
struct str semver_normalize(struct arena *arena, struct str text);

/* -1, 0, 1 by precedence (section 11): the build does not count. */
int semver_compare(const struct semver *a, const struct semver *b);

struct str semver_print(struct arena *arena, const struct semver *version);
