/* The line around a place, cut and with its caret in the right column. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/excerpt.h"

static void expect(struct str text, size_t at, const char *wanted)
{
        struct buf out = {0};

        excerpt_print_line(&out, excerpt_at(text, at), STR("| "));
        buf_add_char(&out, 0);
        assert_string_equal(out.data, wanted);
        buf_free(&out);
}

static void plain(void **state)
{
        (void)state;
        expect(STR("a: 1\nb: 22\nc: 3\n"), 8, "| b: 22\n|    ^\n");
        expect(STR("a: 1\r\nb: 22\r\n"), 6, "| b: 22\n| ^\n");
        expect(STR("a: 1"), 4, "| a: 1\n|     ^\n");
        expect(STR("a: 1\n"), 99, "| \n| ^\n");
        expect(STR(""), 0, "| \n| ^\n");
}

static void odd_widths(void **state)
{
        (void)state;
        expect(STR("\tb: x"), 4, "|         b: x\n|            ^\n");
        expect(STR("ab\tx"), 3, "| ab      x\n|         ^\n");
        expect(STR("\xe8\x88\xb9: x"), 5, "| \xe8\x88\xb9: x\n|     ^\n");
        expect(STR("e\xcc\x81: x"), 5, "| e\xcc\x81: x\n|    ^\n");
        expect(STR("\x1b: x"), 3, "| \\x1b: x\n|       ^\n");
}

static void long_lines_are_cut(void **state)
{
        static char line[10000];
        struct excerpt excerpt;

        (void)state;
        memset(line, 'a', sizeof(line));
        excerpt = excerpt_at((struct str){line, sizeof(line)}, 5000);
        assert_true(excerpt.cut_left && excerpt.cut_right);
        assert_int_equal(excerpt.text.len, EXCERPT_BYTES);
        assert_ptr_equal(excerpt.text.data + excerpt.caret, line + 5000);
        excerpt = excerpt_at((struct str){line, sizeof(line)}, 10);
        assert_true(!excerpt.cut_left && excerpt.cut_right);
}

/* A cut does not part the bytes of a letter. */
static void cuts_between_letters(void **state)
{
        static char line[3 * 300];
        struct excerpt excerpt;

        (void)state;
        for (size_t i = 0; i < sizeof(line); i += 3)
                memcpy(line + i, "\xe8\x88\xb9", 3);
        excerpt = excerpt_at((struct str){line, sizeof(line)}, 450);
        assert_int_equal(utf8_check(excerpt.text), excerpt.text.len);
        assert_ptr_equal(excerpt.text.data + excerpt.caret, line + 450);
}

static void by_line_and_column(void **state)
{
        struct excerpt excerpt = excerpt_of_line(STR("first\n\xc3\xa9+ x\nlast"), 2, 4);

        (void)state;
        assert_true(str_is(excerpt.text, "\xc3\xa9+ x"));
        assert_int_equal(excerpt.caret, 4);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(plain),
                cmocka_unit_test(odd_widths),
                cmocka_unit_test(long_lines_are_cut),
                cmocka_unit_test(cuts_between_letters),
                cmocka_unit_test(by_line_and_column),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
