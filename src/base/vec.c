/* vec.c - growing an array. */

#include "base/vec.h"

#include <string.h>

void vec_make_room(struct arena *arena, void **items, size_t *capacity, size_t item_size, size_t wanted)
{
        void *larger;

        if (wanted <= *capacity)
                return;
        larger = arena_take(arena, checked_mul(wanted, item_size));
        if (*capacity)
                memcpy(larger, *items, checked_mul(*capacity, item_size));
        *items = larger;
        *capacity = wanted;
}

void vec_grow(struct arena *arena, void **items, size_t *capacity, size_t item_size)
{
        vec_make_room(arena, items, capacity, item_size, *capacity ? checked_mul(*capacity, 2) : 8);
}
