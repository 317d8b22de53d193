/* Which paths a pattern matches, and that looking patterns up gives what trying them all gives. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "image/layer/matcher.h"

static void test_patterns(void **state)
{
        static const struct {
                const char *pattern, *path;
                bool matches;
        } cases[] = {
                {"var/lib/dpkg/status", "var/lib/dpkg/status", true},
                {"var/lib/dpkg/status", "var/lib/dpkg/status-old", false},
                {"var/lib/dpkg/status", "x/var/lib/dpkg/status", false},
                {"var/lib/dpkg/status.d/*", "var/lib/dpkg/status.d/a", true},
                {"var/lib/dpkg/status.d/*", "var/lib/dpkg/status.d/a/b", false},
                {"**/package.json", "package.json", true},
                {"**/package.json", "a/b/package.json", true},
                {"**/package.json", "a/xpackage.json", false},
                {"**/*.jar", "app/x.jar", true},
                {"**/*.jar", "app/x.jar/y", false},
                {"**/*.dist-info/METADATA", "usr/lib/a-1.dist-info/METADATA", true},
                {"a/**/b", "a/b", true},
                {"a/**/b", "a/x/y/b", true},
                {"a/**/b", "a/x/y/c", false},
                {"*a*b*", "xxaxxbxx", true},
                {"*a*b*", "xxbxxaxx", false},
                {"**", "a/b", true},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++)
                if (format_path_matches(cases[i].pattern, str_of(cases[i].path)) != cases[i].matches)
                        fail_msg("%s %s", cases[i].pattern, cases[i].path);
}

/* Each format finds its own patterns with the stars filled in; the matcher gives what trying all gives. */
static void test_matcher(void **state)
{
        struct arena arena = {0};
        struct matcher matcher = {0};
        size_t tried = 0;

        (void)state;
        matcher_fill(&arena, &matcher, true);
        for (size_t i = 0; i < package_format_count; i++)
                for (const char *const *pattern = package_formats[i]->paths; pattern && *pattern; pattern++) {
                        struct str path = str_copy(&arena, str_of(*pattern));
                        uint32_t found[MATCHER_MOST];
                        size_t count, wanted = 0;
                        bool own = false;

                        for (size_t j = 0; j < path.len; j++)
                                if (path.data[j] == '*')
                                        ((char *)path.data)[j] = 'x';
                        count = matcher_find(&matcher, path, found);
                        for (size_t j = 0; j < package_format_count; j++)
                                for (const char *const *one = package_formats[j]->paths; one && *one; one++)
                                        if (format_path_matches(*one, path)) {
                                                wanted++;
                                                break;
                                        }
                        for (size_t j = 0; j < count; j++)
                                own = own || found[j] == i;
                        assert_true(own);
                        assert_int_equal(count, wanted < MATCHER_MOST ? wanted : MATCHER_MOST);
                        tried++;
                }
        assert_true(tried > 10);
        arena_free(&arena);
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(test_patterns), cmocka_unit_test(test_matcher)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
