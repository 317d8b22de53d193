/* The memory of arenas as it is without sanitizers: cut from slabs, given back by any thread. The file itself is part of the test,
 * because a build with sanitizers has the other one. */

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define slab_take cut_take
#define slab_give cut_give
#define slab_leave cut_leave
#include "../../../src/base/slab.c"

enum { BLOCKS = 400 };

struct blocks {
        char *items[BLOCKS];
};

/* Below a slab's smallest block, across slabs, and mappings of their own. */
static size_t size_of(size_t i)
{
        static const size_t sizes[] = {1, 4 << 10, SMALL - 1, SMALL, SMALL + 1, 100 << 10, LARGE - 1, LARGE, LARGE + 5};

        return sizes[i % COUNT_OF(sizes)];
}

static void take_all(struct blocks *blocks)
{
        for (size_t i = 0; i < BLOCKS; i++) {
                blocks->items[i] = cut_take(size_of(i));
                assert_int_equal((uintptr_t)blocks->items[i] % 16, 0);
                memset(blocks->items[i], (int)i, size_of(i));
        }
}

static void check_all(const struct blocks *blocks)
{
        for (size_t i = 0; i < BLOCKS; i++) {
                for (size_t k = 0; k < size_of(i); k += 509)
                        assert_int_equal((unsigned char)blocks->items[i][k], i % 256);
        }
}

static void give_all(struct blocks *blocks)
{
        for (size_t i = 0; i < BLOCKS; i++)
                cut_give(blocks->items[i], size_of(i));
}

static bool is_mapped(const char *address)
{
        unsigned char pages;
        uintptr_t page = (uintptr_t)address & ~(uintptr_t)4095;

        return mincore((void *)page, 1, &pages) == 0;
}

static void blocks_keep_apart(void **state)
{
        struct blocks blocks;

        (void)state;
        take_all(&blocks);
        check_all(&blocks);
        give_all(&blocks);
}

static void *take_and_leave(void *context)
{
        take_all(context);
        cut_leave();
        return NULL;
}

static void another_thread_gives_back(void **state)
{
        struct blocks blocks;
        pthread_t thread;

        (void)state;
        assert_int_equal(pthread_create(&thread, NULL, take_and_leave, &blocks), 0);
        pthread_join(thread, NULL);
        check_all(&blocks);
        for (size_t i = 0; i + 1 < BLOCKS; i++)
                cut_give(blocks.items[i], size_of(i));
        assert_true(is_mapped(blocks.items[BLOCKS - 1]));
        cut_give(blocks.items[BLOCKS - 1], size_of(BLOCKS - 1));
}

static void slab_goes_with_its_last_block(void **state)
{
        char *first, *last;

        (void)state;
        cut_leave();
        first = cut_take(SMALL);
        last = cut_take(SMALL);
        cut_leave();
        cut_give(first, SMALL);
        assert_true(is_mapped(last));
        cut_give(last, SMALL);
        assert_false(is_mapped(last));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(blocks_keep_apart),
                cmocka_unit_test(another_thread_gives_back),
                cmocka_unit_test(slab_goes_with_its_last_block),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
