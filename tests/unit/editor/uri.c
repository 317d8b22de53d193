/* file: URIs. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "editor/uri.h"

static void paths(void **state)
{
        static const char *const cases[][2] = {
                {"file:///a/b.yaml", "/a/b.yaml"},
                {"file://localhost/a", "/a"},
                {"file:///a%20b/%C3%BC.yaml", "/a b/\xc3\xbc.yaml"},
                {"file:///a/?query#fragment", "/a"},
                {"file:///", "/"},
                {"file:///a%2", NULL},
                {"file:///a%zz", NULL},
                {"file:///a%00b", NULL},
                {"file://host/a", NULL},
                {"file:a", NULL},
                {"untitled:Untitled-1", NULL},
                {"", NULL},
        };
        struct arena arena = {0};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct str path;
                bool is_path = uri_to_path(&arena, str_of(cases[i][0]), &path);

                assert_int_equal(is_path, cases[i][1] != NULL);
                if (is_path)
                        assert_string_equal(path.data, cases[i][1]);
        }
        arena_free(&arena);
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(paths)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
