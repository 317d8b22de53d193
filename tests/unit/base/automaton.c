/* automaton.c - what automata are made for, and that they say what RE2 says. */

#include "base/automaton.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/regex.h"

#define SHA "0f3c5cc2b8d1f8be6e2e2c4ae9ea5c1b3d1c09e4a7d5b1e6f7a8b9c0d1e2f3a4"

struct each {
        const char *pattern, *text;
        enum automaton_answer answer;
};

static const struct each cases[] = {
        {"abc", "xxabcxx", AUTOMATON_YES},
        {"abc", "xxabxx", AUTOMATON_NO},
        {"", "", AUTOMATON_YES},
        {"", "a", AUTOMATON_YES},
        {"^$", "", AUTOMATON_YES},
        {"^$", "a", AUTOMATON_NO},
        {"$^", "", AUTOMATON_YES},
        {"a$", "ba", AUTOMATON_YES},
        {"a$", "ab", AUTOMATON_NO},
        {"a$", "a\n", AUTOMATON_NO},
        {"a$b", "a$b", AUTOMATON_NO},
        {"a^b", "ab", AUTOMATON_NO},
        {"(^|/)sudo($| )", "/usr/bin/sudo", AUTOMATON_YES},
        {"(^|/)sudo($| )", "pseudo x", AUTOMATON_NO},
        {"^(a|b)+c?d{2,3}$", "abadd", AUTOMATON_YES},
        {"^(a|b)+c?d{2,3}$", "abadddd", AUTOMATON_NO},
        {"^x{3,}$", "xx", AUTOMATON_NO},
        {"^x{3,}$", "xxxx", AUTOMATON_YES},
        {"^x{0,2}$", "xxx", AUTOMATON_NO},
        {"^(x{2}){2}$", "xxxx", AUTOMATON_YES},
        {"a.c", "a\nc", AUTOMATON_NO},
        {"a.c", "abc", AUTOMATON_YES},
        {"a[^b]c", "a\nc", AUTOMATON_YES},
        {"[]]", "]", AUTOMATON_UNSURE},
        {"[a-c-]", "-", AUTOMATON_YES},
        {"[\\d_]\\.\\w", "1.x", AUTOMATON_YES},
        {"\\D", "12", AUTOMATON_NO},
        {"(?i)PassW(or)?d", "db_PASSWD", AUTOMATON_YES},
        {"(?i)[^a]", "aA", AUTOMATON_NO},
        {"a+?b*?", "xa", AUTOMATON_YES},
        {":[^/:]+$", "registry:5000/a", AUTOMATON_NO},
        {":[^/:]+$", "registry:5000/a:1", AUTOMATON_YES},
        {"^[0-9a-f]{64}$", SHA, AUTOMATON_YES},
        {"^[0-9a-f]{64}$", SHA "0", AUTOMATON_NO},
        {"^registry[.]example[.]com/[a-z/]+$", "registry.example.com/a/b", AUTOMATON_YES},
        {"^registry[.]example[.]com/[a-z/]+$", "registry.example.con/a/b", AUTOMATON_NO},
        {"^registry[.]example[.]com/[a-z/]+$", "registry", AUTOMATON_NO},
        /* Beyond ASCII, RE2 has to say. */
        {"a", "a\303\244", AUTOMATON_YES},
        {"a$", "a\303\244", AUTOMATON_UNSURE},
        {"^registry/", "regist\303\244/", AUTOMATON_UNSURE},
        {"^x[0-9a-f]{8}", "x012\303\244", AUTOMATON_UNSURE},
};

static void says_what_re2_says(void **state)
{
        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct arena arena CLEANUP(arena_free) = {0};
                struct err err = {0};
                struct str text = str_of(cases[i].text);
                const struct automaton *automaton = automaton_new(&arena, str_of(cases[i].pattern));
                const struct regex *regex = regex_new(&arena, str_of(cases[i].pattern), &err);
                enum automaton_answer answer = automaton ? automaton_matches(automaton, text) : AUTOMATON_UNSURE;

                assert_non_null(regex);
                if (answer != cases[i].answer)
                        fail_msg("%s on '%s': %d", cases[i].pattern, cases[i].text, (int)answer);
                if (automaton && !text.len)
                        assert_int_equal(automaton_matches_nothing(str_of(cases[i].pattern)), answer);
                if (answer != AUTOMATON_UNSURE)
                        assert_int_equal(answer == AUTOMATON_YES, regex_matches(regex, text));
        }
}

static void refuses_what_it_does_not_know(void **state)
{
        static const char *const patterns[] = {"a**", "\\bx",        "(?P<n>x)", "[[:alpha:]]", "\\pL",  "(a",
                                               "a)",  "x{1001}",     "[b-a]",    "\303\244",    "(?s).", "x{2}{3}",
                                               "^*",  "(x{20}){20}", "[^]a]",    "a{,2}",       "\\_"};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(patterns); i++) {
                if (automaton_can(str_of(patterns[i])))
                        fail_msg("%s", patterns[i]);
        }
}

/* A pattern that needs too large a table is made simpler: what the simpler one does not match, it does not match either. */
static void makes_large_patterns_simpler(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct str pattern = STR("[ab]{1}[abc]*a[abc]{20}d");
        const struct automaton *automaton = automaton_new(&arena, pattern);

        (void)state;
        assert_non_null(automaton);
        assert_false(automaton_is_exact(automaton));
        assert_int_equal(automaton_matches(automaton, STR("ccccccccd")), AUTOMATON_NO);
        assert_int_equal(automaton_matches(automaton, STR("aaaad")), AUTOMATON_UNSURE);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(says_what_re2_says),
                cmocka_unit_test(refuses_what_it_does_not_know),
                cmocka_unit_test(makes_large_patterns_simpler),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
