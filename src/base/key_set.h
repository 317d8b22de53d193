/* key_set.h - a set of 64-bit numbers, for what was asked and what has changed: hashes stand for keys.
 *
 * Two keys with the same hash are one here. Whoever uses it must be right, if slower, when that happens. */
#pragma once

#include "base/base.h"

struct key_set {
        uint64_t *slots; /* malloc; 0: free */
        size_t count, mask;
};

/* An empty set takes no memory until it is used: `struct key_set set = {0};`. */

void key_set_add(struct key_set *set, uint64_t key);
bool key_set_has(const struct key_set *set, uint64_t key);

/* Whether two sets have a key in common. */
bool key_set_meets(const struct key_set *one, const struct key_set *other);

/* Loops over the keys in no order. `*at` begins with 0. */
bool key_set_next(const struct key_set *set, size_t *at, uint64_t *key);

/* Takes all keys out and keeps the memory; gives the memory back. */
void key_set_clear(struct key_set *set);
void key_set_free(struct key_set *set);
