/* What TOML says, and where text is none. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "image/package/toml.h"

static const struct value *member(const struct value *map, const char *path)
{
        struct str rest = str_of(path), part;

        while (map && str_split(&rest, '/', &part))
                map = part.data[0] >= '0' && part.data[0] <= '9'
                              ? (value_item(map, (size_t)(part.data[0] - '0'))
                                         ? &value_item(map, (size_t)(part.data[0] - '0'))->value
                                         : NULL)
                              : value_get(map, intern(part));
        return map;
}

static void test_texts(void **state)
{
        static const struct {
                const char *text, *path, *wanted;
        } cases[] = {
                {"a = \"b\"", "a", "b"},
                {"a = 'b\\n'", "a", "b\\n"},
                {"a = \"\\u00e9\\t\\\"\"", "a", "\xc3\xa9\t\""},
                {"a = \"\"\"\nb\\\n   c\"\"\"\"", "a", "bc\""},
                {"a = '''\nb''c'''", "a", "b''c"},
                {"a.b.\"c d\" = 'x'", "a/b/c d", "x"},
                {"[a]\nb = 'x'\n[a.c]\nd = 'y'", "a/c/d", "y"},
                {"[[a]]\nb = 'x'\n[[a]]\nb = 'y'\n[a.c]\nd = 'z'", "a/1/c/d", "z"},
                {"a = [ 'x', # one\n 'y', ]", "a/1", "y"},
                {"a = { b = 'x', c.d = 'y' }", "a/c/d", "y"},
                {"a = 1979-05-27T07:32:00Z", "a", "1979-05-27T07:32:00Z"},
                {"a = 1.5", "a", "1.5"},
                {"\xef\xbb\xbf# only\r\na = 'x'\r\n", "a", "x"},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct arena arena CLEANUP(arena_free) = {0};
                struct value root;
                struct err err = {0};
                const struct value *found;

                if (!toml_read(&arena, str_of(cases[i].text), &root, &err))
                        fail_msg("%s: %s", cases[i].text, err.text);
                found = member(&root, cases[i].path);
                if (!value_is(found, VALUE_STRING) || !str_equal(value_text(found), str_of(cases[i].wanted)))
                        fail_msg("%s: %s is not %s", cases[i].text, cases[i].path, cases[i].wanted);
        }
}

static void test_no_toml(void **state)
{
        static const struct {
                const char *text;
                uint32_t line, column;
        } cases[] = {
                {"a", 1, 2},
                {"a = ", 1, 5},
                {"a = 'b", 1, 6},
                {"a = \"\\ud800\"", 1, 12},
                {"a = 1\na = 2", 2, 1},
                {"a = 1 b = 2", 1, 7},
                {"[a]\n[a]", 2, 3},
                {"a = {}\n[a.b]", 2, 4},
                {"[a]\n[[a]]", 2, 4},
                {"a = [1 2]", 1, 8},
                {"a = \"\xff\"", 1, 6},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct arena arena CLEANUP(arena_free) = {0};
                struct value root;
                struct err err = {0};

                if (toml_read(&arena, str_of(cases[i].text), &root, &err))
                        fail_msg("%s is read", cases[i].text);
                if (err.line != cases[i].line || err.column != cases[i].column)
                        fail_msg("%s: %u:%u %s", cases[i].text, err.line, err.column, err.text);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(test_texts), cmocka_unit_test(test_no_toml)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
