/* Rule files about secrets: what is wrong in them is said with its place. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/pattern/secret_book.h"

#define HEAD "id: shop-token\ntitle: Shop token\nseverity: high\ndescription: It opens the shop.\n"
#define TAIL "keywords: [shop_]\nexamples:\n  good: [\"shop_x\"]\n  bad: [\"shop_0123\"]\n"

static const struct {
        const char *text, *message;
        uint32_t line;
} wrong[] = {
        {"[]", "a map is wanted here", 1},
        {HEAD "patern: 'x'\n" TAIL, "\"patern\" is no field: did you mean pattern?", 5},
        {HEAD TAIL, "the field `pattern` is missing", 1},
        {HEAD "pattern: 'shop_\\w{4}'\nkeywords: [SHOP_]\n", "small letters", 6},
        {HEAD "pattern: 'shop_\\w{4}'\n" TAIL "severity: high\n", "severity", 10},
        {"id: Shop\n", "an id has small letters", 1},
        {"id: other\n", "called after its id", 1},
        {"id: shop-token\ntitle: x\nseverity: hihg\n", "\"hihg\" is no severity: did you mean high?", 3},
        {HEAD "pattern: 'shop_\\w{4}'\ncheck: crc-bas62\n" TAIL, "\"crc-bas62\" is no check: did you mean crc-base62?",
         6},
        {HEAD "pattern: 'shop_\\w{4}'\nentropy: 9\n" TAIL, "a number of bits", 6},
        {HEAD "pattern: 'shop_\\w{4}'\nanywhere: maybe\n" TAIL, "true or false", 6},
        {HEAD "pattern: 'shop_\\w{4}'\nallow: x\n" TAIL, "a list of texts", 6},
        {HEAD "pattern: 'shop_\\w{4}'\nreferences: [{a: b, c: d}]\n" TAIL, "a reference is written as", 6},
        {HEAD "pattern: 'shop_\\w{4}'\nkeywords: [shop_]\n", "the field `examples` is missing", 1},
};

static void test_mistakes(void **state)
{
        struct arena arena = {0};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(wrong); i++) {
                struct secret_rule rule;
                struct err err = {0};

                assert_false(
                        secret_rule_read(&arena, str_of(wrong[i].text), STR("rules/shop-token.yaml"), &rule, &err));
                if (str_find(err_text(&err), str_of(wrong[i].message), 0) == SIZE_MAX || err.line != wrong[i].line)
                        fail_msg("case %zu: line %u: %.*s", i, err.line, STR_ARG(err_text(&err)));
        }
        arena_free(&arena);
}

/* What only compiling shows begins with the rule's id. */
static void test_patterns(void **state)
{
        static const struct {
                const char *pattern, *message;
        } patterns[] = {
                {"shop_(", "shop-token: 'shop_(' is no regular expression"},
                {"sh|op", "shop-token: the pattern matches texts of 2 bytes"},
                {"shop_\\w{2000}", "shop-token: "},
        };
        const struct secret_allowance none = {0};
        struct arena arena = {0};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(patterns); i++) {
                struct secret_rule rule = {.id = STR("shop-token"), .pattern = str_of(patterns[i].pattern)};
                struct err err = {0};

                assert_null(secret_book_new(&arena, &rule, 1, &none, STR(""), &err));
                if (!str_starts(err_text(&err), str_of(patterns[i].message)))
                        fail_msg("%.*s", STR_ARG(err_text(&err)));
        }
        arena_free(&arena);
}

static void test_right(void **state)
{
        struct arena arena = {0};
        struct secret_rule rule;
        struct err err = {0};

        (void)state;
        assert_true(
                secret_rule_read(&arena, STR(HEAD "pattern: 'shop_\\w{4}'\nentropy: 2.5\ncheck: opaque\ngeneric: true\n"
                                              "references: [{gitleaks: shop}]\n" TAIL),
                                             STR("shop-token.yaml"), &rule, &err));
        assert_true(str_is(rule.pattern, "shop_\\w{4}"));
        assert_true(rule.entropy == 2.5);
        assert_non_null(rule.check);
        assert_true(rule.generic && !rule.anywhere);
        assert_int_equal(rule.reference_count, 1);
        assert_int_equal(rule.bad_count, 1);
        arena_free(&arena);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_mistakes),
                cmocka_unit_test(test_patterns),
                cmocka_unit_test(test_right),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
