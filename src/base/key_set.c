/* key_set.c - open addressing; keys are hashes already. */

#include "base/key_set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 32 };

/* 0 marks a free slot. */
static uint64_t stored(uint64_t key)
{
        return key ? key : 1;
}

static size_t slot_of(const struct key_set *set, uint64_t key)
{
        size_t at = key & set->mask;

        while (set->slots[at] && set->slots[at] != key)
                at = (at + 1) & set->mask;
        return at;
}

static void grow(struct key_set *set)
{
        struct key_set larger = {.mask = set->slots ? (set->mask + 1) * 2 - 1 : FIRST_SLOTS - 1};

        larger.slots = calloc(larger.mask + 1, sizeof(*larger.slots));
        if (!larger.slots) {
                fputs("strake: out of memory\n", stderr);
                abort();
        }
        for (size_t i = 0; set->slots && i <= set->mask; i++) {
                if (set->slots[i])
                        larger.slots[slot_of(&larger, set->slots[i])] = set->slots[i];
        }
        larger.count = set->count;
        free(set->slots);
        *set = larger;
}

void key_set_add(struct key_set *set, uint64_t key)
{
        size_t at;

        if (!set->slots || set->count > set->mask / 2)
                grow(set);
        key = stored(key);
        at = slot_of(set, key);
        set->count += !set->slots[at];
        set->slots[at] = key;
}

bool key_set_has(const struct key_set *set, uint64_t key)
{
        return set->count && set->slots[slot_of(set, stored(key))];
}

bool key_set_meets(const struct key_set *one, const struct key_set *other)
{
        const struct key_set *fewer = one->count < other->count ? one : other, *more = fewer == one ? other : one;
        uint64_t key;

        for (size_t at = 0; key_set_next(fewer, &at, &key);) {
                if (key_set_has(more, key))
                        return true;
        }
        return false;
}

bool key_set_next(const struct key_set *set, size_t *at, uint64_t *key)
{
        while (set->count && *at <= set->mask) {
                *key = set->slots[(*at)++];
                if (*key)
                        return true;
        }
        return false;
}

void key_set_clear(struct key_set *set)
{
        if (set->count)
                memset(set->slots, 0, (set->mask + 1) * sizeof(*set->slots));
        set->count = 0;
}

void key_set_free(struct key_set *set)
{
        free(set->slots);
        *set = (struct key_set){0};
}
