/* table.c - hashes of paths with their kinds: open addressing, at most seven eighths full. */

#include "image/table.h"

#include <stdlib.h>

enum { KIND_BITS = 7, FIRST_CAPACITY = 64 };

void path_table_free(struct path_table *table)
{
        free(table->slots);
        *table = (struct path_table){0};
}

static uint64_t *slot_of(const struct path_table *table, uint64_t hash)
{
        size_t mask = table->capacity - 1, at = (hash >> 3) & mask;

        /* A slot is never 0 when it is taken: its kind is not. */
        while (table->slots[at] && (table->slots[at] ^ hash) >> 3)
                at = (at + 1) & mask;
        return &table->slots[at];
}

static void grow(struct path_table *table)
{
        struct path_table old = *table;

        table->capacity = old.capacity ? checked_mul(old.capacity, 2) : FIRST_CAPACITY;
        table->slots = calloc(table->capacity, sizeof(*table->slots));
        if (!table->slots)
                abort();
        for (size_t i = 0; i < old.capacity; i++)
                if (old.slots[i])
                        *slot_of(table, old.slots[i]) = old.slots[i];
        free(old.slots);
}

enum path_kind path_table_set(struct path_table *table, uint64_t hash, enum path_kind kind)
{
        enum path_kind before;
        uint64_t *slot;

        if (table->count + 1 > table->capacity / 8 * 7)
                grow(table);
        slot = slot_of(table, hash);
        before = (enum path_kind)(*slot & KIND_BITS);
        table->count += *slot == 0;
        *slot = (hash & ~(uint64_t)KIND_BITS) | (uint64_t)kind;
        return before;
}

enum path_kind path_table_get(const struct path_table *table, uint64_t hash)
{
        return table->capacity ? (enum path_kind)(*slot_of(table, hash) & KIND_BITS) : PATH_ABSENT;
}
