/* vec.c - growing an array. */

#include "base/vec.h"

#include <string.h>

void vec_grow(struct arena *arena, void **items, size_t *capacity, size_t item_size)
{
        size_t wanted = *capacity ? checked_mul(*capacity, 2) : 8;
        size_t old_size = checked_mul(*capacity, item_size);
        void *larger = arena_take(arena, checked_mul(wanted, item_size));

        if (old_size)
                memcpy(larger, *items, old_size);
        *items = larger;
        *capacity = wanted;
}
