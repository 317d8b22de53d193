/* map.h - a hash map from text to a pointer, in an arena. Entries stay in the order in which they were added. */
#pragma once

#include "base/str.h"

struct map_entry {
        struct str key;
        void *value;
};

struct map {
        struct map_entry *entries;
        uint32_t *slots; /* index of the entry, from 1; 0: free */
        size_t count, capacity, mask;
};

/* The value slot of a key, added with NULL if it is new. The key is not copied. Valid until the next map_slot(). */
void **map_slot(struct arena *arena, struct map *map, struct str key) NONNULL_RESULT;

/* The same, but a new key is copied into the arena. */
void **map_slot_copy(struct arena *arena, struct map *map, struct str key) NONNULL_RESULT;

/* Room for `count` entries in all, so that adding them does not grow the map step by step. */
void map_reserve(struct arena *arena, struct map *map, size_t count);

/* The value of a key, NULL if it is not there. */
void *map_get(const struct map *map, struct str key);
