/* Paths of an image, cleaned. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "image/archive/paths.h"

static void test_clean(void **state)
{
        static const struct {
                const char *given, *clean; /* NULL: refused */
        } cases[] = {
                {"etc/passwd", "etc/passwd"},
                {"./etc/passwd", "etc/passwd"},
                {"/etc//passwd/", "etc/passwd"},
                {"a/../b", "b"},
                {"a/./b/..", "a"},
                {"./", ""},
                {"", ""},
                {"..", NULL},
                {"a/../../b", NULL},
                {"/../etc", NULL},
                {"...", "..."},
                {"a/..b", "a/..b"},
        };
        struct arena arena = {0};
        struct str out;

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                bool fine = path_clean(&arena, str_of(cases[i].given), &out);

                assert_int_equal(fine, cases[i].clean != NULL);
                if (fine)
                        assert_string_equal(str_copy(&arena, out).data, cases[i].clean);
        }
        assert_false(path_clean(&arena, (struct str){"a\0b", 3}, &out));
        assert_false(path_clean(&arena, (struct str){arena_clear(&arena, PATH_MOST + 1), PATH_MOST + 1}, &out));
        arena_free(&arena);
}

static void test_parts(void **state)
{
        (void)state;
        assert_true(str_is(path_parent(STR("a/b/c")), "a/b"));
        assert_true(str_is(path_name(STR("a/b/c")), "c"));
        assert_true(str_is(path_parent(STR("a")), ""));
        assert_true(str_is(path_name(STR("a")), "a"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(test_clean), cmocka_unit_test(test_parts)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
