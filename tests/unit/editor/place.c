/* Positions as editors count them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "editor/place.h"

/* ü takes 2 bytes and 1 unit, the ship 4 bytes and 2 units. */
static const char text[] = "a: \xc3\xbc\xf0\x9f\x9a\xa2!\r\nb\rc\n\nend";

static void both_ways(void **state)
{
        static const struct {
                uint32_t offset, line, utf16, utf8;
        } cases[] = {
                {0, 0, 0, 0},  {3, 0, 3, 3},  {5, 0, 4, 5},  {9, 0, 6, 9},  {10, 0, 7, 10}, {12, 1, 0, 0},
                {13, 1, 1, 1}, {14, 2, 0, 0}, {15, 2, 1, 1}, {16, 3, 0, 0}, {17, 4, 0, 0},  {20, 4, 3, 3},
        };
        struct arena arena = {0};
        struct line_table table;

        (void)state;
        line_table_make(&arena, str_of(text), &table);
        assert_int_equal(table.begins.count, 5);
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct spot spot = spot_of(&table, cases[i].offset, PLACE_UTF16);

                assert_int_equal(spot.line, cases[i].line);
                assert_int_equal(spot.character, cases[i].utf16);
                assert_int_equal(offset_of(&table, spot, PLACE_UTF16), cases[i].offset);
                spot = spot_of(&table, cases[i].offset, PLACE_UTF8);
                assert_int_equal(spot.character, cases[i].utf8);
                assert_int_equal(offset_of(&table, spot, PLACE_UTF8), cases[i].offset);
        }
        arena_free(&arena);
}

static void out_of_bounds(void **state)
{
        struct arena arena = {0};
        struct line_table table;

        (void)state;
        line_table_make(&arena, str_of(text), &table);
        assert_int_equal(offset_of(&table, (struct spot){0, 99}, PLACE_UTF16), 10);
        assert_int_equal(offset_of(&table, (struct spot){1, 99}, PLACE_UTF16), 13);
        assert_int_equal(offset_of(&table, (struct spot){3, 1}, PLACE_UTF16), 16);
        assert_int_equal(offset_of(&table, (struct spot){99, 0}, PLACE_UTF16), 20);
        assert_int_equal(offset_of(&table, (struct spot){UINT32_MAX, UINT32_MAX}, PLACE_UTF8), 20);
        /* In the middle of a pair of units, or of a character's bytes: before it. */
        assert_int_equal(offset_of(&table, (struct spot){0, 5}, PLACE_UTF16), 5);
        assert_int_equal(offset_of(&table, (struct spot){0, 4}, PLACE_UTF8), 3);
        assert_int_equal(spot_of(&table, 1000, PLACE_UTF16).line, 4);
        line_table_make(&arena, STR(""), &table);
        assert_int_equal(offset_of(&table, (struct spot){0, 1}, PLACE_UTF16), 0);
        arena_free(&arena);
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(both_ways), cmocka_unit_test(out_of_bounds)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
