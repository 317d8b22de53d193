/* arena.c - blocks that grow, dropped together. */

#include "base/arena.h"

#include "base/slab.h"

enum { FIRST_BLOCK = 4 << 10, LARGEST_GROWTH = 24 << 10 };

struct arena_block {
        struct arena_block *older;
        size_t size;
        _Alignas(16) char bytes[];
};

struct arena_end {
        struct arena_end *older;
        void (*release)(void *object);
        void *object;
};

void *arena_take_block(struct arena *arena, size_t size, size_t align)
{
        size_t room = checked_add(size, align);
        size_t wanted = arena->next_block ? arena->next_block : FIRST_BLOCK;
        struct arena_block *block;

        if (room > wanted / 2) {
                /* A large object gets a block of its own size, and the growth starts over behind it. */
                wanted = checked_add(room, wanted);
        }
        block = slab_take(checked_add(sizeof(*block), wanted));
        block->older = arena->blocks;
        block->size = wanted;
        arena->blocks = block;
        arena->at = block->bytes;
        arena->end = block->bytes + wanted;
        arena->taken += sizeof(*block) + wanted;
        arena->next_block = min_size((arena->next_block ? arena->next_block : FIRST_BLOCK) * 2, LARGEST_GROWTH);
        arena->at = (char *)(((uintptr_t)arena->at + align - 1) & ~(uintptr_t)(align - 1));
        arena->at += size;
        return arena->at - size;
}

static void free_blocks(struct arena_block *block)
{
        while (block) {
                struct arena_block *older = block->older;

                slab_give(block, sizeof(*block) + block->size);
                block = older;
        }
}

void arena_at_end(struct arena *arena, void (*release)(void *object), void *object)
{
        struct arena_end *end = arena_new(arena, struct arena_end);

        *end = (struct arena_end){arena->ends, release, object};
        arena->ends = end;
}

static void release_all(struct arena *arena)
{
        for (struct arena_end *end = arena->ends; end; end = end->older)
                end->release(end->object);
        arena->ends = NULL;
}

void arena_free(struct arena *arena)
{
        release_all(arena);
        free_blocks(arena->blocks);
        *arena = (struct arena){0};
}

void arena_adopt(struct arena *arena, struct arena *other)
{
        struct arena_block **block = arena->blocks ? &arena->blocks->older : &arena->blocks, *older = *block;
        struct arena_end **end = &other->ends;

        /* Behind the newest block, which is still being filled. */
        *block = other->blocks;
        while (*block)
                block = &(*block)->older;
        *block = older;
        while (*end)
                end = &(*end)->older;
        *end = arena->ends;
        arena->ends = other->ends;
        arena->taken += other->taken;
        *other = (struct arena){0};
}

void arena_reset(struct arena *arena)
{
        struct arena_block *newest = arena->blocks;

        release_all(arena);
        if (!newest)
                return;
        free_blocks(newest->older);
        newest->older = NULL;
        arena->at = newest->bytes;
        arena->end = newest->bytes + newest->size;
        arena->taken = sizeof(*newest) + newest->size;
}
