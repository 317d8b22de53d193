/* Lines of a history taken apart. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "image/lint/history.h"

static void test_variables(void **state)
{
        static const struct {
                const char *text, *wanted;
        } cases[] = {
                {"", ""},
                {"A=1 B=2", "A=1;B=2;"},
                {" A='x y'\tB=\"c d\"\nC=e\\ f ", "A=x y;B=c d;C=e f;"},
                {"A=x=y B= C", "A=x=y;B=;C=;"},
                {"\"C=d e\"", "C=d e;"},
                {"A=\"a\\\"b\\x\" B=''", "A=a\"b\\x;B=;"},
                {"A=\\", "A=\\;"},
                {"A=1 \\\nB=2", "A=1;B=2;"},
                {"A=it's B=5\" C=3", "A=it's;B=5\";C=3;"},
                {"A=$(id -u) B=`x`", "A=$(id;-u)=;B=`x`;"},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct arena arena CLEANUP(arena_free) = {0};
                CLEANUP(buf_free) struct buf got = {0};
                struct str text = str_of(cases[i].text), name, value;

                while (history_take_variable(&arena, &text, &name, &value))
                        buf_add_format(&got, "%.*s=%.*s;", STR_ARG(name), STR_ARG(value));
                if (!str_equal(buf_text(&got), str_of(cases[i].wanted)))
                        fail_msg("%s: read are %.*s and not %s", cases[i].text, STR_ARG(buf_text(&got)),
                                 cases[i].wanted);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(test_variables)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
