/* The order of findings and their sum. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/finding.h"

static const struct rule_summary rule_a = {.id = STR_INIT("a")}, rule_b = {.id = STR_INIT("b")},
                                 rule_z = {.id = STR_INIT("z")};

static struct finding finding(const char *file, uint32_t line, uint32_t column, const struct rule_summary *rule,
                              enum severity severity)
{
        struct finding finding = {.rule = rule, .severity = severity};

        finding.message = STR("message");
        finding.location = (struct finding_location){str_of(file), -1, line, column, false, {0}};
        return finding;
}

static void sorted_by_file_line_column_rule(void **state)
{
        struct finding findings[] = {
                finding("b.yaml", 1, 1, &rule_a, SEVERITY_HIGH),   finding("a.yaml", 10, 1, &rule_a, SEVERITY_LOW),
                finding("a.yaml", 9, 2, &rule_a, SEVERITY_LOW),    finding("a.yaml", 9, 1, &rule_b, SEVERITY_HIGH),
                finding("a.yaml", 9, 1, &rule_a, SEVERITY_INFO),   finding("Z.yaml", 99, 1, &rule_z, SEVERITY_CRITICAL),
                finding("a.yaml", 0, 0, &rule_z, SEVERITY_MEDIUM),
        };
        static const struct {
                const char *file;
                uint32_t line, column;
                const char *rule;
        } wanted[] = {
                {"Z.yaml", 99, 1, "z"}, {"a.yaml", 0, 0, "z"},  {"a.yaml", 9, 1, "a"}, {"a.yaml", 9, 1, "b"},
                {"a.yaml", 9, 2, "a"},  {"a.yaml", 10, 1, "a"}, {"b.yaml", 1, 1, "a"},
        };
        struct report report = {.findings = findings, .finding_count = COUNT_OF(findings)};

        (void)state;
        findings[0].status = FINDING_EXCEPTED;
        report_finish(&report);
        for (size_t i = 0; i < COUNT_OF(wanted); i++) {
                assert_string_equal(findings[i].location.file.data, wanted[i].file);
                assert_int_equal(findings[i].location.line, wanted[i].line);
                assert_int_equal(findings[i].location.column, wanted[i].column);
                assert_string_equal(findings[i].rule->id.data, wanted[i].rule);
        }
        assert_int_equal(report.open[SEVERITY_HIGH], 1);
        assert_int_equal(report.open[SEVERITY_LOW], 2);
        assert_int_equal(report.excepted, 1);
}

/* Few findings and many are sorted in different ways. */
static void sorted_however_many(void **state)
{
        struct finding findings[100];

        (void)state;
        for (uint32_t count = 0; count <= COUNT_OF(findings); count++) {
                for (uint32_t i = 0; i < count; i++)
                        findings[i] = finding("a.yaml", (i * 37 + 11) % 101, i % 3, &rule_a, SEVERITY_LOW);
                findings_sort(findings, count);
                for (uint32_t i = 1; i < count; i++)
                        assert_true(finding_compare(&findings[i - 1], &findings[i]) < 0);
        }
}

static void ties_are_broken_by_what_was_found(void **state)
{
        struct finding a = finding("a", 1, 1, &rule_a, SEVERITY_LOW), b = a;

        (void)state;
        assert_int_equal(finding_compare(&a, &b), 0);
        b.message = STR("other");
        assert_true(finding_compare(&a, &b) < 0);
        a.location.path = STR("/x");
        assert_true(finding_compare(&a, &b) > 0);
        b.container = STR("web");
        assert_true(finding_compare(&a, &b) < 0);
}

static void words(void **state)
{
        struct arena arena = {0};
        enum severity severity;
        enum area area;

        (void)state;
        for (size_t i = 0; i < SEVERITY_COUNT; i++) {
                assert_true(severity_from(severity_name((enum severity)i), &severity));
                assert_int_equal(severity, i);
        }
        for (size_t i = 0; i < AREA_COUNT; i++) {
                assert_true(area_from(area_name((enum area)i), &area));
                assert_int_equal(area, i);
        }
        assert_false(severity_from(STR("urgent"), &severity));
        assert_string_equal(finding_object_words(
                &arena, &(struct finding_object){STR("v1"), STR("Pod"), STR("shop"), STR("web")}).data, "Pod shop/web");
        arena_free(&arena);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(sorted_by_file_line_column_rule),
                cmocka_unit_test(sorted_however_many),
                cmocka_unit_test(ties_are_broken_by_what_was_found),
                cmocka_unit_test(words),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
