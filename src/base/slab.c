/* slab.c - blocks cut from huge pages. */

#include "base/slab.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

enum {
        SMALL = 16 << 10, /* below this malloc does as well, and does not hold a slab for it */
        HUGE_PAGE = 2 << 20,
        SLAB = 2 * HUGE_PAGE, /* aligned to its size, so that a block knows its slab */
        LARGE = SLAB / 4,     /* from here on a block is a mapping of its own */
};

/* Stands at the begin of its memory. */
struct slab {
        _Atomic size_t holders; /* blocks, and the thread that still cuts it */
        char *at, *end;
};

static _Thread_local struct slab *current;

static void out_of_memory(void)
{
        fputs("strake: out of memory\n", stderr);
        abort();
}

static size_t whole_pages(size_t size)
{
        return checked_add(size, HUGE_PAGE - 1) & ~(size_t)(HUGE_PAGE - 1);
}

/* `size` bytes, a multiple of `align`, which is a multiple of pages; `huge`: they will all be needed. */
static void *map_aligned(size_t size, size_t align, bool huge)
{
        size_t room = checked_add(size, align);
        char *start = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        char *aligned;

        if (start == MAP_FAILED)
                out_of_memory();
        aligned = (char *)(((uintptr_t)start + align - 1) & ~(uintptr_t)(align - 1));
        if (aligned > start)
                munmap(start, (size_t)(aligned - start));
        if (start + room > aligned + size)
                munmap(aligned + size, (size_t)(start + room - (aligned + size)));
        if (huge)
                madvise(aligned, size, MADV_HUGEPAGE); /* where there are none, small ones do */
        return aligned;
}

static void let_go(struct slab *slab)
{
        if (slab && atomic_fetch_sub_explicit(&slab->holders, 1, memory_order_acq_rel) == 1)
                munmap(slab, SLAB);
}

/* The first slab is often hardly used; a program that comes for another needs much. */
static void begin_slab(void)
{
        static atomic_bool has_begun;

        let_go(current);
        current = map_aligned(SLAB, SLAB, atomic_exchange_explicit(&has_begun, true, memory_order_relaxed));
        *current = (struct slab){.holders = 1, .at = (char *)current + CACHE_LINE, .end = (char *)current + SLAB};
}

void *slab_take(size_t size)
{
        void *block;

        if (size < SMALL) {
                block = malloc(size);
                if (!block)
                        out_of_memory();
                return block;
        }
        if (size >= LARGE)
                return map_aligned(whole_pages(size), HUGE_PAGE, true);
        size = (size + 15) & ~(size_t)15;
        if (!current || size > (size_t)(current->end - current->at))
                begin_slab();
        block = current->at;
        current->at += size;
        atomic_fetch_add_explicit(&current->holders, 1, memory_order_relaxed);
        return block;
}

void slab_give(void *block, size_t size)
{
        if (size < SMALL)
                free(block);
        else if (size >= LARGE)
                munmap(block, whole_pages(size));
        else
                let_go((struct slab *)((uintptr_t)block & ~(uintptr_t)(SLAB - 1)));
}

void slab_leave(void)
{
        let_go(current);
        current = NULL;
}
