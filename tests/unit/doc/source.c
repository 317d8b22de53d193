/* Tests of doc/source.c: lines end with LF, CR LF or CR; columns count code points. */

#include "doc/source.h"

#include "tests.h"

static const char mixed[] = "a\nbc\r\n\rgrün x\n\nend";

static void places(void **state)
{
        static const struct {
                size_t at;
                uint32_t line, column;
        } cases[] = {
                {0, 1, 1},  {1, 1, 2},  {2, 2, 1},  {3, 2, 2},  {4, 2, 3},  {5, 2, 4},
                {6, 3, 1},  {7, 4, 1},  {9, 4, 3},  {11, 4, 4}, {12, 4, 5}, {13, 4, 6},
                {14, 4, 7}, {15, 5, 1}, {16, 6, 1}, {18, 6, 3}, {19, 6, 4}, {1000, 6, 4},
        };
        struct arena arena CLEANUP(arena_free) = {0};
        struct source source = {.text = STR(mixed)};

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct place place = source_place(&arena, &source, cases[i].at),
                             same = place_in(source.text, cases[i].at);

                assert_int_equal(place.line, cases[i].line);
                assert_int_equal(place.column, cases[i].column);
                assert_int_equal(same.line, cases[i].line);
                assert_int_equal(same.column, cases[i].column);
        }
}

/* Both ways of counting agree on every byte of every small text. Behind a last line end no line begins for a source, which has
 * nothing to show there. */
static void both_ways_agree(void **state)
{
        static const char letters[] = {'a', '\n', '\r'};

        for (unsigned number = 0; number < 729; number++) {
                struct arena arena CLEANUP(arena_free) = {0};
                char text[6];
                struct source source = {.text = {text, sizeof(text)}};

                for (unsigned i = 0, rest = number; i < sizeof(text); i++, rest /= 3)
                        text[i] = letters[rest % 3];
                for (size_t at = 0; at < sizeof(text); at++) {
                        struct place place = source_place(&arena, &source, at), same = place_in(source.text, at);

                        assert_int_equal(place.line, same.line);
                        assert_int_equal(place.column, same.column);
                }
        }
}

/* A byte order mark is no part of the first line. */
static void marks(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct source source = {.text = STR("\xef\xbb\xbf" "ab\nc")};
        static const struct place places[] = {{1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 2}, {1, 3}, {2, 1}};

        (void)state;
        for (size_t at = 0; at < COUNT_OF(places); at++) {
                struct place place = source_place(&arena, &source, at), same = place_in(source.text, at);

                assert_int_equal(place.line, places[at].line);
                assert_int_equal(place.column, places[at].column);
                assert_int_equal(same.line, places[at].line);
                assert_int_equal(same.column, places[at].column);
        }
        assert_true(str_is(source_line(&arena, &source, 1), "ab"));
        assert_true(str_is(source_line(&arena, &source, 2), "c"));
}

/* Columns in a line of many blocks, with characters that lie across their borders. */
static void long_lines(void **state)
{
        static const char piece[] = "aé€";
        enum { LONG = 5 * SOURCE_BLOCK };
        struct arena arena CLEANUP(arena_free) = {0};
        char *text = arena_take_text(&arena, LONG);
        struct source source = {.text = {text, LONG}};

        for (size_t i = 0; i < LONG; i++)
                text[i] = piece[i % (sizeof(piece) - 1)];
        text[10] = '\n';
        text[LONG - 7] = '\n';
        for (size_t at = 0; at < LONG; at += at < 20 || at > LONG - 20 ? 1 : 97) {
                struct place place = source_place(&arena, &source, at), same = place_in(source.text, at);

                assert_int_equal(place.line, same.line);
                assert_int_equal(place.column, same.column);
        }
        assert_non_null(source.points);
}

static void lines(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct source source = {.text = STR(mixed)}, empty = {0};
        static const char *const wanted[] = {"a", "bc", "", "grün x", "", "end"};

        for (uint32_t i = 0; i < COUNT_OF(wanted); i++)
                assert_text(source_line(&arena, &source, i + 1), wanted[i]);
        assert_int_equal(source_line(&arena, &source, 0).len, 0);
        assert_int_equal(source_line(&arena, &source, 7).len, 0);
        assert_int_equal(source_line(&arena, &empty, 1).len, 0);
        assert_int_equal(source_place(&arena, &empty, 0).line, 1);
        assert_int_equal(place_in((struct str){0}, 5).column, 1);
        source = (struct source){.text = STR("a\n")};
        assert_int_equal(source_place(&arena, &source, 2).line, 1);
        assert_int_equal(place_in(source.text, 2).line, 2);
}

/* Texts of some blocks, whole and as a part, whose line ends stand anywhere, at the borders of blocks too: each place is the one
 * counted from the start, and each line is found by its number. */
static void lines_of_blocks(void **state)
{
        enum { LONG = 3 * SOURCE_BLOCK + 5, BEFORE = 700 };
        static const char *const ends[] = {"\n", "\r\n", "\r", "\n\r"};
        static char text[LONG];
        unsigned seed = 1;

        for (unsigned round = 0; round < 200; round++) {
                struct arena arena CLEANUP(arena_free) = {0};
                size_t begin = round % 2 ? BEFORE : 0, gap = 1 + round * round % 1500;
                struct source source = {.text = {text, LONG}, .part = {.begin = begin, .end = begin ? LONG - 3 : 0}};
                struct str part = str_sub(source.text, begin, begin ? LONG - 3 : LONG);

                memset(text, 'x', sizeof(text));
                for (size_t at = begin + round % 7; at + 2 < LONG;
                     at += 1 + (seed = seed * 1103515245 + 12345) / 65536 % gap)
                        memcpy(text + at, ends[round / 2 % 4], strlen(ends[round / 2 % 4]));
                source.part.lines = begin ? 40 : 0;
                for (size_t at = 0; at < part.len; at += 1 + round % 3) {
                        struct place place = source_place(&arena, &source, begin + at), same = place_in(part, at);
                        struct str line = source_line(&arena, &source, place.line);

                        assert_int_equal(place.line, source.part.lines + same.line);
                        assert_int_equal(place.column, same.column);
                        assert_ptr_equal(line.data, part.data + at - (place.column - 1));
                        assert_true(line.len >= part.len - at || memchr("\r\n", line.data[line.len], 2));
                        assert_null(memchr(line.data, '\r', line.len) ? line.data : NULL);
                        assert_null(memchr(line.data, '\n', line.len) ? line.data : NULL);
                }
                assert_int_equal(source_line(&arena, &source, source.part.lines).len, 0);
                assert_int_equal(source_line(&arena, &source, UINT32_MAX).len, 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(places), cmocka_unit_test(both_ways_agree), cmocka_unit_test(long_lines),
                cmocka_unit_test(marks),  cmocka_unit_test(lines),           cmocka_unit_test(lines_of_blocks),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
