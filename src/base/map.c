/* map.c - open addressing over an array of entries. */

#include "base/map.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

static size_t slot_of(const struct map *map, struct str key)
{
        size_t at = XXH3_64bits(key.data, key.len) & map->mask;

        while (map->slots[at] && !str_equal(map->entries[map->slots[at] - 1].key, key))
                at = (at + 1) & map->mask;
        return at;
}

static void grow(struct arena *arena, struct map *map, size_t capacity)
{
        struct map_entry *entries = arena_array(arena, struct map_entry, capacity);

        if (map->count)
                memcpy(entries, map->entries, map->count * sizeof(*entries));
        map->entries = entries;
        map->capacity = capacity;
        map->slots = arena_array(arena, uint32_t, capacity * 2);
        map->mask = capacity * 2 - 1;
        for (size_t i = 0; i < map->count; i++)
                map->slots[slot_of(map, entries[i].key)] = (uint32_t)i + 1;
}

void map_reserve(struct arena *arena, struct map *map, size_t count)
{
        size_t capacity = 16;

        while (capacity < count)
                capacity = checked_mul(capacity, 2);
        if (capacity > map->capacity)
                grow(arena, map, capacity);
}

static void **take_slot(struct arena *arena, struct map *map, struct str key, bool copied)
{
        size_t at;

        if (map->count == map->capacity)
                grow(arena, map, map->capacity ? checked_mul(map->capacity, 2) : 16);
        at = slot_of(map, key);
        if (!map->slots[at]) {
                map->entries[map->count] = (struct map_entry){copied ? str_copy(arena, key) : key, NULL};
                map->slots[at] = (uint32_t)++map->count;
        }
        return &map->entries[map->slots[at] - 1].value;
}

void **map_slot(struct arena *arena, struct map *map, struct str key)
{
        return take_slot(arena, map, key, false);
}

void **map_slot_copy(struct arena *arena, struct map *map, struct str key)
{
        return take_slot(arena, map, key, true);
}

void *map_get(const struct map *map, struct str key)
{
        uint32_t index = map->count ? map->slots[slot_of(map, key)] : 0;

        return index ? map->entries[index - 1].value : NULL;
}
