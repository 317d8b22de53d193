/* The report for people. */

#include "sample.h"

static void a_finding_with_its_source_and_its_repair(void **state)
{
        struct source source = {.name = STR("pod.yaml"), .text = STR(POD)};
        struct finding findings[] = {sample_finding(&source, "true")};
        struct report report = sample_report(findings, COUNT_OF(findings));
        CLEANUP(buf_free) struct buf out = sample_printed(report_print_text, &report, (struct format_settings){0});

        assert_string_equal(out.data, "Containers\n"
                                      "\n"
                                      "critical: Container runs privileged [privileged-container]\n"
                                      "  Pod shop/web, container web\n"
                                      "  pod.yaml:8:21: container \"web\" sets privileged: true\n"
                                      "     8 |         privileged: true # why?\n"
                                      "       |                     ^\n"
                                      "  Who breaks in owns the node.\n"
                                      "  Fix:\n"
                                      "            securityContext:\n"
                                      "    -         privileged: true # why?\n"
                                      "    +         privileged: false # why?\n"
                                      "\n"
                                      "1 finding in 1 file: 1 critical.\n"
                                      "Judged: 2 objects (1 workload) in 3 documents.\n"
                                      "More about a rule: strake rules show privileged-container\n");
}

static void headings_stand_in_the_order_of_the_talk(void **state)
{
        struct source source = {.name = STR("pod.yaml"), .text = STR(POD)};
        struct finding findings[] = {sample_unread("a.yaml"), sample_finding(&source, "true"),
                                     sample_finding(&source, "spec")};
        struct report report;
        CLEANUP(buf_free) struct buf out = {0};
        const char *containers, *communication, *input;

        findings[2].rule = &sample_rules[0];
        report = sample_report(findings, COUNT_OF(findings));
        out = sample_printed(report_print_text, &report, (struct format_settings){0});
        containers = strstr(out.data, "Containers\n\n");
        communication = strstr(out.data, "Communication\n\n");
        input = strstr(out.data, "Input\n\n");
        assert_true(containers && communication && input && containers < communication && communication < input);
        assert_has(out, "3 findings in 2 files: 2 critical, 1 high.\n");
        assert_has(out, "1 problem kept input from being judged; see Input.\n");
}

static void colours_only_when_wanted(void **state)
{
        struct source source = {.name = STR("pod.yaml"), .text = STR(POD)};
        struct finding findings[] = {sample_finding(&source, "true")};
        struct report report = sample_report(findings, COUNT_OF(findings));
        CLEANUP(buf_free) struct buf plain = sample_printed(report_print_text, &report, (struct format_settings){0});
        CLEANUP(buf_free)
        struct buf coloured = sample_printed(report_print_text, &report, (struct format_settings){.color = true});

        assert_lacks(plain, "\033");
        assert_has(coloured, "\033[1;35mcritical\033[0m");
}

/* Names, messages, files and source lines cannot steer the terminal. */
static void control_characters_are_shown_and_not_sent(void **state)
{
        static const struct rule_summary rule = {STR_INIT("a\033rule"), STR_INIT("a\033title"),
                                                 STR_INIT("because \033[1m of it"), .area = AREA_CONTAINERS};
        static const struct finding_object object = {.kind = STR_INIT("Pod"), .name = STR_INIT("we\bb")};
        struct source source = {.name = STR("\033]0;x\007.yaml"), .text = STR("a: \"\033[2J\" # \xe2\x80\xae\n")};
        struct finding findings[] = {sample_finding(&source, "\033")};
        struct report report = sample_report(findings, COUNT_OF(findings));

        findings[0].message = STR("image \"\033[31m\r\n\" is old");
        findings[0].object = &object;
        findings[0].container = STR("\xc2\x9b" "0m");
        findings[0].rule = &rule;
        for (int quiet = 0; quiet < 2; quiet++) {
                CLEANUP(buf_free)
                struct buf out = sample_printed(report_print_text, &report, (struct format_settings){.quiet = quiet});

                for (size_t i = 0; i < out.len; i++)
                        assert_true((unsigned char)out.data[i] >= ' ' || out.data[i] == '\n');
                assert_has(out, "\\x1b]0;x\\x07.yaml:1:5: ");
                assert_has(out, "\\x9b0m");
                assert_lacks(out, "\xe2\x80\xae");
        }
}

static void quiet_is_one_line_for_each_finding(void **state)
{
        struct source source = {.name = STR("pod.yaml"), .text = STR(POD)};
        struct finding findings[] = {sample_finding(&source, "true"), sample_unread("x.yaml"),
                                     sample_finding(&source, "spec")};
        struct report report;
        CLEANUP(buf_free) struct buf out = {0};

        findings[2].status = FINDING_KNOWN;
        report = sample_report(findings, COUNT_OF(findings));
        out = sample_printed(report_print_text, &report, (struct format_settings){.quiet = true});
        assert_string_equal(out.data, "pod.yaml:8:21: critical: Pod shop/web, container web: container \"web\" sets "
                                      "privileged: true [privileged-container]\n"
                                      "x.yaml: high: a list is not closed [syntax-error]\n");
}

static void nothing_found(void **state)
{
        struct source source = {.name = STR("pod.yaml"), .text = STR(POD)};
        struct finding findings[] = {sample_finding(&source, "true")};
        struct report report;
        CLEANUP(buf_free) struct buf out = {0};

        findings[0].status = FINDING_KNOWN;
        report = sample_report(findings, COUNT_OF(findings));
        out = sample_printed(report_print_text, &report, (struct format_settings){0});
        assert_string_equal(out.data, "Nothing found; 1 known.\nJudged: 2 objects (1 workload) in 3 documents.\n");
}

static void nothing_judged(void **state)
{
        struct report report = {0};
        CLEANUP(buf_free) struct buf out = sample_printed(report_print_text, &report, (struct format_settings){0});

        assert_has(out, "Nothing was judged");
}

/* In a long report a rule is explained where it first occurs. */
static void long_reports_do_not_repeat_themselves(void **state)
{
        enum { COUNT = 100 };
        struct source source = {.name = STR("pod.yaml"), .text = STR(POD)};
        static struct finding findings[COUNT];
        static struct finding_object objects[COUNT];
        struct arena arena = {0};
        struct report report;
        CLEANUP(buf_free) struct buf out = {0};
        size_t times = 0;

        for (size_t i = 0; i < COUNT; i++) {
                findings[i] = sample_finding(&source, "true");
                objects[i] = sample_object;
                objects[i].name = str_format(&arena, "web-%zu", i);
                findings[i].object = &objects[i];
        }
        report = sample_report(findings, COUNT);
        out = sample_printed(report_print_text, &report, (struct format_settings){0});
        for (const char *at = out.data; (at = strstr(at, "Who breaks in")); at++)
                times++;
        assert_int_equal(times, 1);
        assert_has(out, "  also pod.yaml:8:21: Pod shop/web-99: container \"web\" sets privileged: true\n");
        arena_free(&arena);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_finding_with_its_source_and_its_repair),
                cmocka_unit_test(headings_stand_in_the_order_of_the_talk),
                cmocka_unit_test(colours_only_when_wanted),
                cmocka_unit_test(control_characters_are_shown_and_not_sent),
                cmocka_unit_test(quiet_is_one_line_for_each_finding),
                cmocka_unit_test(nothing_found),
                cmocka_unit_test(nothing_judged),
                cmocka_unit_test(long_reports_do_not_repeat_themselves),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
