/* slab_checked.c - slab.h for builds with sanitizers: each block for itself. */

#include <stdio.h>
#include <stdlib.h>

#include "base/slab.h"

void *slab_take(size_t size)
{
        void *block = malloc(size);

        if (!block) {
                fputs("strake: out of memory\n", stderr);
                abort();
        }
        return block;
}

void slab_give(void *block, size_t size)
{
        (void)size;
        free(block);
}

void slab_leave(void)
{
}
