/* JUnit and GitHub's workflow commands. */

#include "sample.h"

static void suites_count_their_cases(void **state)
{
        struct source source = {.name = STR("pod.yaml"), .text = STR(POD)};
        struct finding findings[] = {sample_finding(&source, "true"), sample_finding(&source, "spec"),
                                     sample_finding(&source, "kind"), sample_unread("a<b>.yaml")};
        struct report report;
        CLEANUP(buf_free) struct buf out = {0};

        findings[1].status = FINDING_KNOWN;
        findings[2].severity = SEVERITY_INFO;
        report = sample_report(findings, COUNT_OF(findings));
        out = sample_printed(report_print_junit, &report, (struct format_settings){0});
        assert_has(out, "<testsuites name=\"strake\" tests=\"4\" failures=\"1\" errors=\"1\" skipped=\"1\">");
        assert_has(out, "<testsuite name=\"a&lt;b&gt;.yaml\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">");
        assert_has(out, "<testsuite name=\"pod.yaml\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\">");
        assert_has(out, "<testcase name=\"Pod shop/web: Container runs privileged (container web)\" "
                        "classname=\"privileged-container\" file=\"pod.yaml\" line=\"8\">");
        assert_has(out, "<failure message=\"container &quot;web&quot; sets privileged: true\" type=\"critical\">"
                        "pod.yaml:8:21\n");
}

static void an_empty_report_is_a_test_that_passed(void **state)
{
        struct report report = sample_report(NULL, 0);
        CLEANUP(buf_free) struct buf out = sample_printed(report_print_junit, &report, (struct format_settings){0});

        assert_has(out, "tests=\"1\" failures=\"0\"");
        assert_has(out, "<testcase name=\"2 objects judged, nothing found\" classname=\"strake\"/>");
}

static void workflow_commands_are_one_line_each(void **state)
{
        struct source source = {.name = STR("a,b:c%.yaml"), .text = STR(POD)};
        struct finding findings[] = {sample_finding(&source, "true")};
        struct report report = sample_report(findings, COUNT_OF(findings));
        CLEANUP(buf_free) struct buf out = {0};

        findings[0].message = STR("one\ntwo");
        out = sample_printed(report_print_github, &report, (struct format_settings){0});
        assert_string_equal(out.data, "::error file=a%2Cb%3Ac%25.yaml,line=8,col=21,title=Container runs "
                                      "privileged::Pod shop/web: one%0Atwo (privileged-container)%0AWho breaks in owns "
                                      "the node.\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(suites_count_their_cases),
                cmocka_unit_test(an_empty_report_is_a_test_that_passed),
                cmocka_unit_test(workflow_commands_are_one_line_each),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
