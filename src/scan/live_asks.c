/* live_asks.c - a hash table from keys to sources, each key as often as it has sources. */

#include "scan/live_asks.h"

#include <stdio.h>
#include <stdlib.h>

#include "scan/live_judge.h"

enum { FIRST_ASKS = 1024 };

struct live_ask {
        uint64_t key;
        struct live_source *source;
        uint32_t next, before; /* in the bucket */
        uint32_t more;         /* the next of the same source, or of the free ones */
};

static void *resize(void *items, size_t count, size_t size)
{
        items = realloc(items, checked_mul(count, size));
        if (!items) {
                fputs("strake: out of memory\n", stderr);
                abort();
        }
        return items;
}

static void enter_bucket(struct live *live, uint32_t index)
{
        struct live_ask *ask = &live->asks[index];
        uint32_t *bucket = &live->buckets[ask->key & live->bucket_mask];

        ask->before = LIVE_NONE;
        ask->next = *bucket;
        if (*bucket != LIVE_NONE)
                live->asks[*bucket].before = index;
        *bucket = index;
}

static void leave_bucket(struct live *live, const struct live_ask *ask)
{
        if (ask->before != LIVE_NONE)
                live->asks[ask->before].next = ask->next;
        else
                live->buckets[ask->key & live->bucket_mask] = ask->next;
        if (ask->next != LIVE_NONE)
                live->asks[ask->next].before = ask->before;
}

/* Twice as many asks, and as many buckets. */
static void grow(struct live *live)
{
        size_t capacity = live->ask_capacity ? live->ask_capacity * 2 : FIRST_ASKS;

        live->asks = resize(live->asks, capacity, sizeof(*live->asks));
        live->buckets = resize(live->buckets, capacity, sizeof(*live->buckets));
        live->ask_capacity = capacity;
        live->bucket_mask = capacity - 1;
        memset(live->buckets, 0xFF, capacity * sizeof(*live->buckets));
        for (uint32_t i = 0; i < live->ask_count; i++) {
                if (live->asks[i].source)
                        enter_bucket(live, i);
        }
}

static uint32_t take_ask(struct live *live)
{
        uint32_t index = live->free_ask;

        if (index != LIVE_NONE) {
                live->free_ask = live->asks[index].more;
                return index;
        }
        if (live->ask_count == live->ask_capacity)
                grow(live);
        return (uint32_t)live->ask_count++;
}

void live_asks_set(struct live *live, struct live_source *source, const struct key_set *asked)
{
        uint64_t key;

        while (source->asks != LIVE_NONE) {
                uint32_t index = source->asks;
                struct live_ask *ask = &live->asks[index];

                source->asks = ask->more;
                leave_bucket(live, ask);
                ask->source = NULL;
                ask->more = live->free_ask;
                live->free_ask = index;
        }
        for (size_t at = 0; key_set_next(asked, &at, &key);) {
                uint32_t index = take_ask(live);

                live->asks[index] = (struct live_ask){.key = key, .source = source, .more = source->asks};
                source->asks = index;
                enter_bucket(live, index);
        }
}

void live_asks_touch(struct live *live, const struct key_set *touched)
{
        uint64_t key;

        for (size_t at = 0; live->ask_count && key_set_next(touched, &at, &key);) {
                for (uint32_t i = live->buckets[key & live->bucket_mask]; i != LIVE_NONE; i = live->asks[i].next) {
                        if (live->asks[i].key == key)
                                live_mark(live, live->asks[i].source);
                }
        }
}

void live_asks_free(struct live *live)
{
        free(live->asks);
        free(live->buckets);
}
