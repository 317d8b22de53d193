/* What an arena takes over from another lives as long as it does, and is given back once. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

enum { MANY = 3000 };

static char released[8];
static size_t release_count;

static void release(void *object)
{
        released[release_count++] = *(char *)object;
}

/* Texts of many lengths in an arena. */
static void fill(struct arena *arena, char **texts, char with)
{
        for (size_t i = 0; i < MANY; i++) {
                texts[i] = arena_take_text(arena, i % 97 * 41 + 1);
                memset(texts[i], with, i % 97 * 41 + 1);
        }
}

static void check(char *const *texts, char with)
{
        for (size_t i = 0; i < MANY; i++)
                if (texts[i][0] != with || texts[i][i % 97 * 41] != with)
                        fail_msg("text %zu", i);
}

static void test_adopt(void **state)
{
        static char *before[MANY], *taken[MANY], *again[MANY], *behind[MANY];
        struct arena arena = {0}, other = {0};
        size_t bytes;

        (void)state;
        release_count = 0;
        arena_adopt(&arena, &other); /* nothing by nothing */
        fill(&other, taken, 't');
        arena_at_end(&other, release, taken[0]);
        arena_adopt(&arena, &other); /* by an empty one */
        assert_true(!other.blocks && !other.ends && !other.taken);
        fill(&arena, before, 'b');
        arena_at_end(&arena, release, before[0]);
        fill(&other, again, 'a');
        arena_at_end(&other, release, again[0]);
        bytes = arena.taken + other.taken;
        arena_adopt(&arena, &other);
        assert_int_equal(arena.taken, bytes);
        fill(&arena, behind, 'c');
        check(before, 'b');
        check(taken, 't');
        check(again, 'a');
        check(behind, 'c');
        arena_free(&arena);
        assert_int_equal(release_count, 3);
        assert_memory_equal(released, "abt", 3);
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(test_adopt)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
