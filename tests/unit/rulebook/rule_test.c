/* rule_test(): what it says about examples that do not hold. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rulebook/internal.h"

#define FRONT "id: a-rule\ntitle: T\nseverity: low\narea: apps\ndescription: D\nscope: object\nmessage: m\n"
#define POD "apiVersion: v1\\nkind: Pod\\nmetadata: {name: p}\\n"
#define GOOD POD "spec: {hostPID: false}"
#define BAD POD "spec: {hostPID: true}"
#define REQUIRE "require: '!object.spec.hostPID'\n"

struct trial_case {
        const char *rule;
        size_t tried, failed;
        const char *words; /* of what is said */
};

static const struct trial_case cases[] = {
        {FRONT REQUIRE "examples: {good: [\"" GOOD "\"], bad: [\"" BAD "\"]}", 2, 0, ""},
        {FRONT REQUIRE, 0, 0, ""},
        {FRONT REQUIRE "examples: {good: [\"" BAD "\"], bad: [\"" BAD "\"]}", 2, 1,
         "a-rule: good example 1: line 1: the rule finds: m"},
        {FRONT REQUIRE "examples: {good: [\"" GOOD "\"], bad: [\"" BAD "\", \"" GOOD "\"]}", 3, 1,
         "a-rule: bad example 2: the rule finds nothing"},
        {FRONT REQUIRE "examples: {good: [\"a: [\"], bad: [\"" BAD "\"]}", 2, 1, "a-rule: good example 1: line "},
        {FRONT REQUIRE "examples: {good: [\"" GOOD "\"], bad: [\"" POD "spec: {}\"]}", 2, 1, "could not be judged"},
        {FRONT REQUIRE "fix: {safe: true, set: {/spec/hostPID: false}}\nexamples: {good: [\"" GOOD "\"], bad: [\"" BAD
                       "\"]}",
         2, 0, ""},
        {FRONT REQUIRE "fix: {safe: true, set: {/spec/hostIPC: false}}\nexamples: {good: [\"" GOOD "\"], bad: [\"" BAD
                       "\"]}",
         2, 1, "bad example 1: the safe repair does not repair it"},
        {FRONT REQUIRE "fix: {safe: true, set: {/spec: 5}}\nexamples: {good: [\"" GOOD "\"], bad: [\"" BAD "\"]}", 2, 1,
         "a-rule: bad example 1: line "},
        {FRONT REQUIRE "fix: {safe: false, note: Look, set: {/spec/hostIPC: false}}\nexamples: {good: [\"" GOOD
                       "\"], bad: [\"" BAD "\"]}",
         2, 0, ""},
        {FRONT REQUIRE "fix: {safe: true, set: {/spec/hostPID: false}}\nexamples: {good: [\"" GOOD "\"], bad: [\"" BAD
                       "\\n---\\n" BAD "\"]}",
         2, 0, ""},
};

static void examples(void **state)
{
        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct arena arena = {0};
                CLEANUP(buf_free) struct buf failures = {0};
                struct rule_text rule;
                struct err err = {0};
                size_t failed = 0;

                if (!rule_read(&arena, str_of(cases[i].rule), STR(""), &rule, &err))
                        fail_msg("case %zu: %s", i, err.text);
                assert_int_equal(rule_test(&rule, &failures, &failed), cases[i].tried);
                buf_add_char(&failures, '\0');
                if (failed != cases[i].failed || !strstr(failures.data, cases[i].words))
                        fail_msg("case %zu: %zu failed, \"%s\"", i, failed, failures.data);
                arena_free(&arena);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(examples)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
