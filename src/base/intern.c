/* intern.c - an open hash table that is read without a lock and written under one.
 *
 * Readers follow the published table; a writer fills a slot or publishes a larger table. Old tables stay, because a reader
 * may still look into one: together they are at most as large as the newest. */

#include "base/intern.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { FIRST_SLOTS = 4096, CHUNK_BITS = 10, CHUNKS = 22 };

struct entry {
        uint64_t hash;
        struct str text;
        uint32_t number;
};

struct table {
        size_t mask;
        _Atomic(struct entry *) slots[];
};

static _Atomic(struct table *) table;
static _Atomic(struct entry **) chunks[CHUNKS]; /* chunk n holds 2^(n + CHUNK_BITS) entries */
static _Atomic uint32_t limit = 1;
static pthread_mutex_t writing = PTHREAD_MUTEX_INITIALIZER;
static struct arena texts; /* under `writing` */

static struct entry *find(struct table *in, struct str text, uint64_t hash)
{
        if (!in)
                return NULL;
        for (size_t at = hash & in->mask;; at = (at + 1) & in->mask) {
                struct entry *entry = atomic_load_explicit(&in->slots[at], memory_order_acquire);

                if (!entry)
                        return NULL;
                if (entry->hash == hash && str_equal(entry->text, text))
                        return entry;
        }
}

static void put(struct table *in, struct entry *entry)
{
        size_t at = entry->hash & in->mask;

        while (atomic_load_explicit(&in->slots[at], memory_order_relaxed))
                at = (at + 1) & in->mask;
        atomic_store_explicit(&in->slots[at], entry, memory_order_release);
}

/* Numbers go into chunks that double, so that an entry's place never moves. */
static unsigned chunk_of(uint32_t number, size_t *at)
{
        size_t position = (size_t)number + (1U << CHUNK_BITS);
        unsigned top = 63U - (unsigned)__builtin_clzll(position);

        *at = position - ((size_t)1 << top);
        return top - CHUNK_BITS;
}

static void remember(struct entry *entry)
{
        static struct entry nothing = {.text = {"", 0}};
        size_t at;
        unsigned chunk = chunk_of(entry->number, &at);
        struct entry **entries = atomic_load_explicit(&chunks[chunk], memory_order_relaxed);

        if (!entries) {
                entries = arena_array(&texts, struct entry *, (size_t)1 << (chunk + CHUNK_BITS));
                if (chunk == 0)
                        entries[0] = &nothing;
                atomic_store_explicit(&chunks[chunk], entries, memory_order_release);
        }
        entries[at] = entry;
}

static struct table *larger_table(struct table *old)
{
        size_t slots = old ? (old->mask + 1) * 2 : FIRST_SLOTS;
        struct table *larger = arena_clear(&texts, sizeof(*larger) + slots * sizeof(larger->slots[0]));

        larger->mask = slots - 1;
        for (size_t i = 0; old && i <= old->mask; i++) {
                struct entry *entry = atomic_load_explicit(&old->slots[i], memory_order_relaxed);

                if (entry)
                        put(larger, entry);
        }
        atomic_store_explicit(&table, larger, memory_order_release);
        return larger;
}

static uint32_t add(struct str text, uint64_t hash)
{
        struct table *now = atomic_load_explicit(&table, memory_order_relaxed);
        struct entry *entry = find(now, text, hash);
        uint32_t number = atomic_load_explicit(&limit, memory_order_relaxed);

        if (entry)
                return entry->number;
        if (!now || number > (now->mask + 1) / 2)
                now = larger_table(now);
        entry = arena_new(&texts, struct entry);
        *entry = (struct entry){hash, str_copy(&texts, text), number};
        remember(entry);
        atomic_store_explicit(&limit, number + 1, memory_order_release);
        put(now, entry);
        return number;
}

uint32_t intern(struct str text)
{
        uint64_t hash = XXH3_64bits(text.data, text.len);
        struct entry *entry = find(atomic_load_explicit(&table, memory_order_acquire), text, hash);
        uint32_t number;

        if (LIKELY(entry))
                return entry->number;
        pthread_mutex_lock(&writing);
        number = add(text, hash);
        pthread_mutex_unlock(&writing);
        return number;
}

uint32_t intern_find(struct str text)
{
        struct entry *entry =
                find(atomic_load_explicit(&table, memory_order_acquire), text, XXH3_64bits(text.data, text.len));

        return entry ? entry->number : 0;
}

struct str intern_text(uint32_t number)
{
        size_t at;
        unsigned chunk = chunk_of(number, &at);

        return atomic_load_explicit(&chunks[chunk], memory_order_acquire)[at]->text;
}

uint32_t intern_limit(void)
{
        return atomic_load_explicit(&limit, memory_order_acquire);
}
