/* vec.h - arrays that grow in an arena.
 *
 *     VEC(struct finding) findings = {0};
 *     *vec_push(arena, &findings) = finding;
 *     for (size_t i = 0; i < findings.count; i++) use(&findings.items[i]);
 *
 * Growing copies the items to a larger place, so pointers to items do not survive a push. */
#pragma once

#include "base/arena.h"

#define VEC(type)                                                                                                      \
        struct {                                                                                                       \
                type *items;                                                                                           \
                size_t count, capacity;                                                                                \
        }

/* A pointer to one more item at the end, not cleared. */
#define vec_push(arena, vec)                                                                                           \
        ((vec)->count == (vec)->capacity                                                                               \
                 ? vec_grow((arena), (void **)&(vec)->items, &(vec)->capacity, sizeof(*(vec)->items))                  \
                 : (void)0,                                                                                            \
         &(vec)->items[(vec)->count++])

/* Room for `count` items in all: instead of the first eight, where there are mostly fewer, or before many are pushed. */
#define vec_reserve(arena, vec, count)                                                                                 \
        vec_make_room((arena), (void **)&(vec)->items, &(vec)->capacity, sizeof(*(vec)->items), (count))

void vec_make_room(struct arena *arena, void **items, size_t *capacity, size_t item_size, size_t wanted);

/* Doubles the capacity; called by vec_push() only. */
void vec_grow(struct arena *arena, void **items, size_t *capacity, size_t item_size);
