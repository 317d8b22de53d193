/* slab.h - the memory that arenas are made of.
 *
 * Small blocks come from malloc. Large ones are cut, one behind the other, from slabs that the kernel is asked to back with huge
 * pages: a scan touches a hundred megabytes once, and of its time a fifth went into taking that page by page, on one thread while
 * the others waited for the same page tables, and into giving it back. A slab belongs to the thread that cuts it and goes back
 * to the system when the last block of it was given back, by whatever thread.
 *
 * In builds with sanitizers every block comes from malloc, so that they see where it ends and whether it was freed. */
#pragma once

#include "base/base.h"

/* Memory for `size` bytes, aligned to 16, not cleared. Never NULL: without memory the program ends with a message. */
void *slab_take(size_t size) NONNULL_RESULT;

/* Gives back what slab_take() gave for that size. */
void slab_give(void *block, size_t size);

/* Called by a thread that ends: what is left of its slab is given back too. */
void slab_leave(void);
