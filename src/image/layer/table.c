/* table.c - hashes of paths with their kinds: open addressing, in the order of the hashes. */

#include "image/layer/table.h"

#include <stdlib.h>
#include <string.h>

enum { KIND_BITS = 7, FIRST_CAPACITY = 64, SPARE = 64 };

void path_table_free(struct path_table *table)
{
        free(table->slots);
        free(table->notes);
        *table = (struct path_table){0};
}

/* The place of a hash: that of a larger one is never before it. */
static size_t home_of(const struct path_table *table, uint64_t hash)
{
        return (size_t)((unsigned __int128)(hash & ~(uint64_t)KIND_BITS) * table->capacity >> 64);
}

/* Where the hash is, or where it would be; the number of slots if those behind its place are all taken. */
static size_t slot_of(const struct path_table *table, uint64_t hash)
{
        size_t at = home_of(table, hash);

        /* A slot is never 0 when it is taken: its kind is not. */
        while (at < table->slot_count && table->slots[at] && (table->slots[at] ^ hash) >> 3)
                at++;
        return at;
}

static void *resized(void *items, size_t size, size_t before, size_t after)
{
        char *larger = realloc(items, checked_mul(after, size));

        if (!larger)
                abort();
        memset(larger + before * size, 0, (after - before) * size);
        return larger;
}

static void set_slot_count(struct path_table *table, size_t count)
{
        table->slots = resized(table->slots, sizeof(*table->slots), table->slot_count, count);
        if (table->has_notes)
                table->notes = resized(table->notes, sizeof(*table->notes), table->slot_count, count);
        table->slot_count = count;
}

static void put(struct path_table *table, uint64_t slot, struct path_note note)
{
        size_t at = slot_of(table, slot);

        if (at == table->slot_count)
                set_slot_count(table, checked_add(at, SPARE));
        table->slots[at] = slot;
        if (table->has_notes)
                table->notes[at] = note;
}

/* Slots that were taken without a gap between them, on their way to new places. */
struct cluster {
        uint64_t *slots;
        struct path_note *notes;
        size_t room;
};

static void move_cluster(struct path_table *table, size_t begin, size_t end, struct cluster *cluster)
{
        size_t count = end - begin;

        if (count > cluster->room) {
                cluster->slots = resized(cluster->slots, sizeof(*cluster->slots), cluster->room, count * 2);
                cluster->notes = resized(cluster->notes, sizeof(*cluster->notes), cluster->room, count * 2);
                cluster->room = count * 2;
        }
        memcpy(cluster->slots, table->slots + begin, count * sizeof(uint64_t));
        memset(table->slots + begin, 0, count * sizeof(uint64_t));
        if (table->has_notes)
                memcpy(cluster->notes, table->notes + begin, count * sizeof(*cluster->notes));
        for (size_t i = 0; i < count; i++)
                put(table, cluster->slots[i], cluster->notes[i]);
}

/* From the last cluster to the first: what stands above one is where it belongs already, and nothing in it moves down. */
static void grow(struct path_table *table)
{
        size_t end = table->slot_count;
        struct cluster cluster = {0};

        table->capacity = table->capacity ? checked_add(table->capacity, table->capacity / 4) : FIRST_CAPACITY;
        if (table->slot_count < checked_add(table->capacity, SPARE))
                set_slot_count(table, table->capacity + SPARE);
        while (end) {
                size_t begin;

                while (end && !table->slots[end - 1])
                        end--;
                for (begin = end; begin && table->slots[begin - 1]; begin--)
                        ;
                if (begin < end)
                        move_cluster(table, begin, end, &cluster);
                end = begin;
        }
        free(cluster.slots);
        free(cluster.notes);
}

void path_table_reserve(struct path_table *table, size_t count)
{
        if (table->slot_count || !count)
                return;
        table->capacity = checked_add(count, count / 4 + FIRST_CAPACITY);
        set_slot_count(table, checked_add(table->capacity, SPARE));
}

enum path_kind path_table_set(struct path_table *table, uint64_t hash, enum path_kind kind, struct path_note **note)
{
        uint64_t slot = (hash & ~(uint64_t)KIND_BITS) | (uint64_t)kind;
        enum path_kind before = PATH_ABSENT;
        size_t at;

        if (table->count + 1 > table->capacity / 8 * 7)
                grow(table);
        at = slot_of(table, hash);
        if (at == table->slot_count) {
                put(table, slot, (struct path_note){0});
                at = slot_of(table, hash);
                table->count++;
        } else {
                before = (enum path_kind)(table->slots[at] & KIND_BITS);
                table->count += before == PATH_ABSENT;
                if (before == PATH_ABSENT && table->has_notes)
                        table->notes[at] = (struct path_note){0};
                table->slots[at] = slot;
        }
        if (note)
                *note = table->has_notes ? &table->notes[at] : NULL;
        return before;
}

enum path_kind path_table_get(const struct path_table *table, uint64_t hash)
{
        size_t at = slot_of(table, hash);

        return at < table->slot_count ? (enum path_kind)(table->slots[at] & KIND_BITS) : PATH_ABSENT;
}
