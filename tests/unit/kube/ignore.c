/* .strakeignore: the patterns of gitignore(5). */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kube/ignore.h"

static void globs(void **state)
{
        static const struct {
                const char *glob, *path;
                bool matches;
        } cases[] = {
                {"a.yaml", "a.yaml", true},
                {"a.yaml", "b.yaml", false},
                {"*.yaml", "a.yaml", true},
                {"*.yaml", "a/b.yaml", false},
                {"*", "a", true},
                {"*", "", true},
                {"?", "a", true},
                {"?", "/", false},
                {"a?c", "abc", true},
                {"[ab]c", "bc", true},
                {"[!ab]c", "bc", false},
                {"[^a]c", "bc", true},
                {"[a-c]", "b", true},
                {"[a-c]", "d", false},
                {"[]]", "]", true},
                {"[a", "[a", true},
                {"[a", "a", false},
                {"[!a]", "/", false},
                {"\\*", "*", true},
                {"\\*", "a", false},
                {"**/a", "a", true},
                {"**/a", "b/c/a", true},
                {"**/a", "b/ca", false},
                {"a/**", "a/b/c", true},
                {"a/**", "a", false},
                {"a/**/b", "a/b", true},
                {"a/**/b", "a/x/y/b", true},
                {"a/**/b", "a/x/y/c", false},
                {"a**b", "axxb", true},
                {"a**b", "a/b", false},
                {"*a*b*c", "xxaxxbxxc", true},
                {"*a*b*c", "xxaxxbxx", false},
                {"a/*/c", "a/b/c", true},
                {"a/*/c", "a/b/b/c", false},
                {"**/x*z/**/q", "a/xyz/b/c/q", true},
                {"**", "a/b", true},
                {"**/a/*b", "a/a/xb", true},
                {"a*/b", "ab/c/b", false},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                if (ignore_glob(str_of(cases[i].glob), str_of(cases[i].path)) != cases[i].matches)
                        fail_msg("%s %s %s", cases[i].glob, cases[i].matches ? "must match" : "must not match",
                                 cases[i].path);
        }
}

static void a_hostile_glob_ends_soon(void **state)
{
        char glob[2000], path[4000];

        (void)state;
        for (size_t i = 0; i + 1 < sizeof(glob); i += 2)
                memcpy(&glob[i], "*a", 2);
        memset(path, 'a', sizeof(path));
        path[sizeof(path) - 1] = 'b';
        assert_false(ignore_glob((struct str){glob, sizeof(glob)}, (struct str){path, sizeof(path)}));
}

static const struct ignore *read(struct arena *arena, const struct ignore *above, const char *folder, const char *text)
{
        return ignore_read(arena, above, str_of(folder), str_of(text));
}

static void lines(void **state)
{
        struct arena arena = {0};
        const struct ignore *ignore =
                read(&arena, NULL, "",
                     "# comment\n\n*.json\r\n!keep.json\nbuild/\n/top.yaml\na/b.yaml\n\\#x\n\\!y\nspace   \n");

        (void)state;
        assert_true(ignore_has(ignore, STR("x.json"), false));
        assert_true(ignore_has(ignore, STR("d/x.json"), false));
        assert_false(ignore_has(ignore, STR("d/keep.json"), false));
        assert_true(ignore_has(ignore, STR("d/build"), true));
        assert_false(ignore_has(ignore, STR("d/build"), false));
        assert_true(ignore_has(ignore, STR("top.yaml"), false));
        assert_false(ignore_has(ignore, STR("d/top.yaml"), false));
        assert_true(ignore_has(ignore, STR("a/b.yaml"), false));
        assert_false(ignore_has(ignore, STR("d/a/b.yaml"), false));
        assert_true(ignore_has(ignore, STR("#x"), false));
        assert_true(ignore_has(ignore, STR("!y"), false));
        assert_true(ignore_has(ignore, STR("space"), false));
        assert_false(ignore_has(ignore, STR("# comment"), false));
        arena_free(&arena);
}

static void deeper_files_overrule(void **state)
{
        struct arena arena = {0};
        const struct ignore *above = read(&arena, NULL, "", "*.yaml\n");
        const struct ignore *deep = read(&arena, above, "d/", "!good.yaml\n/bad.json\n");

        (void)state;
        assert_true(ignore_has(deep, STR("d/x.yaml"), false));
        assert_false(ignore_has(deep, STR("d/good.yaml"), false));
        assert_true(ignore_has(deep, STR("d/bad.json"), false));
        assert_false(ignore_has(deep, STR("d/e/bad.json"), false));
        assert_false(ignore_has(NULL, STR("x"), false));
        arena_free(&arena);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(globs),
                cmocka_unit_test(a_hostile_glob_ends_soon),
                cmocka_unit_test(lines),
                cmocka_unit_test(deeper_files_overrule),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
