/* regex.c - what patterns match, capture and replace, and what is refused. */

#include "base/regex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/pool.h"

#define assert_text(text, wanted) assert_true(str_equal((text), str_of(wanted)))

static void finds_parts_and_wholes(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct err err = {0};
        struct regex *regex = regex_new(&arena, STR("a+b"), &err);

        (void)state;
        assert_non_null(regex);
        assert_true(regex_matches(regex, STR("xaaby")));
        assert_false(regex_matches_whole(regex, STR("xaaby")));
        assert_true(regex_matches_whole(regex, STR("aab")));
        assert_false(regex_matches(regex, (struct str){0}));
}

static void captures_groups(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct err err = {0};
        struct regex *regex = regex_new(&arena, STR("(\\w+)@(\\w+)(\\.com)?"), &err);
        struct str groups[4];

        (void)state;
        assert_int_equal(regex_group_count(regex), 3);
        assert_true(regex_find(regex, STR("to ann@host now, bob@b.com"), 0, groups, 4));
        assert_text(groups[0], "ann@host");
        assert_text(groups[1], "ann");
        assert_text(groups[2], "host");
        assert_null(groups[3].data);
        assert_true(regex_find(regex, STR("to ann@host now, bob@b.com"), 11, groups, 4));
        assert_text(groups[3], ".com");
        assert_false(regex_find(regex, STR("ann@host"), 9, groups, 4));
}

static size_t count_matches(const char *pattern, const char *text)
{
        struct err err = {0};
        struct regex *regex CLEANUP(regex_free_at) = regex_compile(str_of(pattern), &err);
        struct regex_walk walk = {.regex = regex, .text = str_of(text)};
        struct str match;
        size_t count = 0;

        assert_non_null(regex);
        while (regex_next(&walk, &match, 1))
                count++;
        return count;
}

static void walks_over_matches(void **state)
{
        (void)state;
        assert_int_equal(count_matches("a", "banana"), 3);
        assert_int_equal(count_matches("", "abc"), 4);
        assert_int_equal(count_matches("", "\xc2\xa9\xe2\x98\xba"), 3);
        assert_int_equal(count_matches("a*", "baac"), 3); /* before b, aa, at the end; not right behind aa */
        assert_int_equal(count_matches("^a", "aaa"), 1);
        assert_int_equal(count_matches("\\ba", "aa a"), 2);
        assert_int_equal(count_matches("x", ""), 0);
}

static void check_replace(const char *text, const char *pattern, const char *with, int limit, const char *wanted)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct err err = {0};
        struct str result;
        struct regex *regex = regex_new(&arena, str_of(pattern), &err);

        assert_non_null(regex);
        if (!regex_replace(&arena, regex, str_of(text), str_of(with), limit, &result, &err)) {
                assert_null(wanted);
                assert_true(err.length > 0);
                return;
        }
        assert_non_null(wanted);
        assert_text(result, wanted);
}

static void replaces_with_references(void **state)
{
        (void)state;
        check_replace("hello world hello", "hello", "hi", -1, "hi world hi");
        check_replace("banana", "a", "x", 2, "bxnxna");
        check_replace("banana", "a", "x", 0, "banana");
        check_replace("ann bob", "(\\w)(\\w+)", "\\2\\1-\\0", -1, "nna-ann obb-bob");
        check_replace("a", "a", "\\\\", -1, "\\");
        check_replace("a", "(a)|(b)", "[\\2]", -1, "[]");
        check_replace("abc", "", "-", -1, "-a-b-c-");
        check_replace("foo bar", "(fo)o (ba)r", "\\1 \\3", -1, NULL);
        check_replace("a", "a", "\\q", -1, NULL);
        check_replace("a", "a", "end\\", -1, NULL);
        check_replace("b", "a", "\\1", -1, NULL);
}

static void refuses_what_is_wrong_or_large(void **state)
{
        struct err err = {0}, large = {0};

        (void)state;
        assert_null(regex_compile(STR("a("), &err));
        assert_non_null(strstr(err.text, "a("));
        assert_null(regex_compile(STR("((a{100}){100}){100}"), &large));
        assert_true(large.length > 0);
}

static void match_here(void *context, size_t index, unsigned worker)
{
        (void)worker;
        assert_int_equal(regex_matches(context, index % 2 ? STR("xxabcabcd") : STR("xxabdabx")), index % 2);
}

static void matches_in_many_threads(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct err err = {0};

        (void)state;
        pool_run(4, 2000, match_here, regex_new(&arena, STR("(abc)+d$"), &err));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(finds_parts_and_wholes),
                cmocka_unit_test(captures_groups),
                cmocka_unit_test(walks_over_matches),
                cmocka_unit_test(replaces_with_references),
                cmocka_unit_test(refuses_what_is_wrong_or_large),
                cmocka_unit_test(matches_in_many_threads),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
