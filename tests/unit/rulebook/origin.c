/* From a byte of a rule's string back to its file. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rulebook/internal.h"

struct origin_case {
        const char *file;
        const char *begin;  /* what the string begins with in the file, its quote or header */
        const char *string; /* as YAML gives it */
        const char *wanted; /* what of the string is looked for; in the file it stands only once */
};

static void places(void **state)
{
        static const struct origin_case cases[] = {
                {"a: b.c == X\n", "b.c", "b.c == X", "X"},
                {"a: 'b == X'\n", "'b", "b == X", "X"},
                {"a: 'b == ''X'''\n", "'b", "b == 'X'", "X"},
                {"a: \"b == \\\"X\\\"\"\n", "\"b", "b == \"X\"", "X"},
                {"a: >-\n  b ||\n  c == X\n", ">-", "b || c == X", "X"},
                {"a: |\n    b ||\n      c == X\n", "|\n", "b ||\n  c == X\n", "X"},
                {"a: >- # a note\n  b &&\n\n  X\n", ">-", "b &&\nX", "X"},
                {"a: b ||\n  c ||\n  X\n", "b ||", "b || c || X", "X"},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                const struct origin_case *one = &cases[i];
                struct str file = str_of(one->file), string = str_of(one->string);
                struct origin_string known = {string.data, (uint32_t)str_find(file, str_of(one->begin), 0)};
                struct origin origin = {.text = file};
                struct place wanted = place_in(file, str_find(file, str_of(one->wanted), 0)), found;

                origin.strings.items = &known;
                origin.strings.count = 1;
                found = origin_place(&origin, string, str_find(string, str_of(one->wanted), 0));
                assert_int_equal(found.line, wanted.line);
                assert_int_equal(found.column, wanted.column);
        }
}

static void past_the_end(void **state)
{
        struct str file = STR("a: b"), string = STR("b");
        struct origin_string known = {string.data, 3};
        struct origin origin = {.text = file};
        struct place place;

        (void)state;
        origin.strings.items = &known;
        origin.strings.count = 1;
        place = origin_place(&origin, string, 99);
        assert_int_equal(place.line, 1);
        assert_in_range(place.column, 4, 5);
        place = origin_place(&origin, STR("unknown"), 0);
        assert_int_equal(place.line, 1);
        assert_int_equal(place.column, 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(places),
                cmocka_unit_test(past_the_end),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
