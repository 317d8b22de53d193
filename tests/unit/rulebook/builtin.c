/* Every rule of Strake does what its own examples say: one test for each. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "rulebook/internal.h"

static void holds(void **state)
{
        const struct rule_text *rule = *state;
        CLEANUP(buf_free) struct buf failures = {0};
        size_t failed = 0, tried = rule_test(rule, &failures, &failed);

        if (failed)
                fail_msg("%.*s", STR_ARG(buf_text(&failures)));
        assert_true(tried > 1);
}

static void sorted_by_id(void **state)
{
        (void)state;
        for (size_t i = 1; i < rulebook_builtin_count; i++)
                assert_true(str_compare(rulebook_builtin[i - 1].id, rulebook_builtin[i].id) < 0);
}

/* Two rules never say the same about the same place. */
static void no_finding_twice(void **state)
{
        struct arena arena = {0}, scratch = {0}, outlook = {0};
        struct rulebook_settings settings = {.minor = KUBERNETES_NEWEST_MINOR};
        struct err err = {0};
        struct rulebook *book = rulebook_new(&arena, &settings, &err);

        (void)state;
        assert_non_null(book);
        for (size_t i = 0; i < rulebook_builtin_count; i++) {
                for (size_t k = 0; k < rulebook_builtin[i].example_count; k++) {
                        struct estate estate = {0};
                        struct finding_list found CLEANUP(finding_list_free) = {0};

                        estate_read_text(&estate, rule_example_name(&rulebook_builtin[i]),
                                         rulebook_builtin[i].examples[k].manifest);
                        rulebook_look(&outlook, book, &estate, 1);
                        rulebook_judge(book, estate.sources, &scratch, &found);
                        for (size_t a = 0; a < found.count; a++) {
                                const struct finding *one = &found.items[a];

                                if (one->rule->area == AREA_INPUT)
                                        fail_msg("%.*s example %zu: %.*s", STR_ARG(rulebook_builtin[i].id), k + 1,
                                                 STR_ARG(one->message));
                                for (size_t b = 0; b < a; b++) {
                                        const struct finding *other = &found.items[b];

                                        if (one->document_index == other->document_index)
                                                assert_string_not_equal(one->fingerprint, other->fingerprint);
                                        if (one->at == other->at && str_equal(one->message, other->message))
                                                fail_msg("%.*s and %.*s say: %.*s", STR_ARG(one->rule->id),
                                                         STR_ARG(other->rule->id), STR_ARG(one->message));
                                }
                        }
                        estate_free(&estate);
                }
        }
        arena_free(&outlook);
        arena_free(&scratch);
        arena_free(&arena);
}

int main(void)
{
        const struct CMUnitTest more[] = {
                cmocka_unit_test(sorted_by_id),
                cmocka_unit_test(no_finding_twice),
        };
        struct CMUnitTest *tests = calloc(rulebook_builtin_count, sizeof(*tests));
        int failed;

        for (size_t i = 0; tests && i < rulebook_builtin_count; i++)
                tests[i] = (struct CMUnitTest){rulebook_builtin[i].id.data, holds, NULL, NULL,
                                               (void *)&rulebook_builtin[i]};
        failed = _cmocka_run_group_tests("rules", tests, rulebook_builtin_count, NULL, NULL);
        free(tests);
        return failed + cmocka_run_group_tests(more, NULL, NULL);
}
