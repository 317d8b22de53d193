/* arena.h - memory that is given back all at once.
 *
 * Everything that belongs to one scan, request or source is taken from one arena and dropped with it: nothing is freed one
 * by one, so there is no ownership to follow. An arena belongs to one thread at a time. When the machine has no memory left
 * the program ends with a message; no caller checks for it. */
#pragma once

#include "base/base.h"

struct arena_block;
struct arena_end;

struct arena {
        struct arena_block *blocks; /* newest first */
        char *at, *end;             /* what is left of the newest block */
        size_t taken;               /* bytes asked of the system, for reports and limits */
        size_t next_block;          /* how large the next block will be at least */
        struct arena_end *ends;     /* what to call when everything is dropped, newest first */
};

/* An empty arena takes no memory until it is used: `struct arena arena = {0};`. */

/* Drops everything; the arena can be used again. */
void arena_free(struct arena *arena);

/* Forgets everything but keeps the newest block, for loops that use an arena again and again. */
void arena_reset(struct arena *arena);

/* Everything that is in `other` lives as long as `arena` from now on; `other` is empty and can be used again. */
void arena_adopt(struct arena *arena, struct arena *other);

/* Calls `release(object)` when the arena is freed or reset, newest first: for what a library allocated in its own way but lives
 * as long as the arena. */
void arena_at_end(struct arena *arena, void (*release)(void *object), void *object);

/* The slow path of arena_take(). */
void *arena_take_block(struct arena *arena, size_t size, size_t align) NONNULL_RESULT;

/* Memory for `size` bytes, aligned to 16, not cleared. Never NULL. */
static inline void *arena_take(struct arena *arena, size_t size)
{
        char *start = (char *)(((uintptr_t)arena->at + 15) & ~(uintptr_t)15);

        if (UNLIKELY(!arena->at || start > arena->end || size > (size_t)(arena->end - start)))
                return arena_take_block(arena, size, 16);
        arena->at = start + size;
        return start;
}

/* Memory for text: no alignment. */
static inline char *arena_take_text(struct arena *arena, size_t size)
{
        char *start = arena->at;

        if (UNLIKELY(!start || size > (size_t)(arena->end - start)))
                return (char *)arena_take_block(arena, size, 1);
        arena->at = start + size;
        return start;
}

/* A cleared object, or array of `count` objects, of a type. */
#define arena_new(arena, type) ((type *)arena_clear((arena), sizeof(type)))
#define arena_array(arena, type, count) ((type *)arena_clear((arena), checked_mul(sizeof(type), (count))))

static inline void *arena_clear(struct arena *arena, size_t size)
{
        return __builtin_memset(arena_take(arena, size), 0, size);
}
