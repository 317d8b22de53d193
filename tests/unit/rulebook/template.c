/* Messages taken apart. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rulebook/internal.h"

/* The parts of a message: text as it is, expressions in < >. */
static const char *parts_of(struct arena *arena, const char *message)
{
        CLEANUP(buf_free) struct buf out = {0};
        struct template_part part;
        struct err err = {0};
        size_t at = 0;

        while (template_take(str_of(message), &at, &part, &err)) {
                assert_true((part.literal.len > 0) != (part.expression.len > 0));
                buf_add_format(&out, part.literal.len ? "%.*s" : "<%.*s>",
                               STR_ARG(part.literal.len ? part.literal : part.expression));
        }
        if (err.length)
                buf_add_format(&out, "!%zu", at);
        return str_copy(arena, buf_text(&out)).data;
}

static void parts(void **state)
{
        static const char *const cases[][2] = {
                {"", ""},
                {"nothing", "nothing"},
                {"a {b} c", "a <b> c"},
                {"{a}{b}", "<a><b>"},
                {"{{a}", "{a}"},
                {"{{{a}}", "{<a>}"},
                {"} alone }", "} alone }"},
                {"{{'a': 1}.size()}", "{'a': 1}.size()}"},
                {"{ {'a': 1}.size()}", "< {'a': 1}.size()>"},
                {"{ {'}': {'{': 1}} }x", "< {'}': {'{': 1}} >x"},
                {"{'}'}", "<'}'>"},
                {"{\"}\\\"}\"}", "<\"}\\\"}\">"},
                {"{r'\\'}x", "<r'\\'>x"},
                {"{'''}'}'''}x", "<'''}'}'''>x"},
                {"a\n{\n  b}", "a\n<\n  b>"},
        };
        struct arena arena = {0};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++)
                assert_string_equal(parts_of(&arena, cases[i][0]), cases[i][1]);
        arena_free(&arena);
}

static void wrong_braces(void **state)
{
        static const char *const cases[][2] = {
                {"{", "!0"},     {"ab{", "ab!2"}, {"a {b c", "a !2"}, {"{}", "!0"},
                {"a{ }", "a!1"}, {"{'}", "!0"},   {"{a{b}", "!0"},
        };
        struct arena arena = {0};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++)
                assert_string_equal(parts_of(&arena, cases[i][0]), cases[i][1]);
        arena_free(&arena);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(parts),
                cmocka_unit_test(wrong_braces),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
