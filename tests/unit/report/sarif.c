/* SARIF: regions that agree with their snippets, fixes as replacements of regions, addresses as URIs. */

#include "sample.h"

static struct buf print(struct report *report)
{
        return sample_printed(report_print_sarif, report, (struct format_settings){.status = 1});
}

static struct buf print_in(const char *text, const char *needle)
{
        struct source source = {.name = STR("a dir/pod.yaml"), .text = str_of(text)};
        struct finding findings[] = {sample_finding(&source, needle)};
        struct report report = sample_report(findings, COUNT_OF(findings));

        return print(&report);
}

static void rules_are_described_with_what_they_cite(void **state)
{
        struct report report = sample_report(NULL, 0);
        CLEANUP(buf_free) struct buf out = print(&report);

        assert_has(out, "\"version\": \"2.1.0\"");
        assert_has(out, "\"id\": \"open-load-balancer\"");
        assert_has(out, "\"security-severity\": \"9.5\"");
        assert_has(out, "\"pod-security:privileged\"");
        assert_has(out, "\"executionSuccessful\": true");
        assert_has(out, "\"exitCode\": 1");
        assert_has(out, "\"results\": []");
}

static void a_region_is_the_text_of_its_snippet(void **state)
{
        CLEANUP(buf_free) struct buf out = print_in(POD, "true");

        assert_has(out, "\"uri\": \"a%20dir/pod.yaml\"");
        assert_has(out, "\"startLine\": 8,\n"
                        "                  \"startColumn\": 21,\n"
                        "                  \"endColumn\": 32,\n"
                        "                  \"snippet\": {\n"
                        "                    \"text\": \"true # why?\"");
        assert_has(out, "\"startLine\": 7,\n                  \"endLine\": 8,\n");
        assert_has(out, "\"text\": \"      securityContext:\\n        privileged: true # why?\"");
        assert_has(out, "\"fullyQualifiedName\": \"Pod shop/web/web\"");
        assert_has(out, "\"ruleIndex\": 1,");
        assert_has(out, "\"suppressions\": []");
}

static void columns_are_code_points(void **state)
{
        CLEANUP(buf_free)
        struct buf out = print_in("a: {\xc3\xa9\xf0\x9f\x9a\xa2: x\xc3\xa9}\r\nb: 1\r\n", "x\xc3\xa9");

        assert_has(out, "\"startLine\": 1,\n"
                        "                  \"startColumn\": 9,\n"
                        "                  \"endColumn\": 12,\n");
        assert_has(out, "\"endLine\": 2,\n");
        assert_has(out, "\"text\": \"a: {\xc3\xa9\xf0\x9f\x9a\xa2: x\xc3\xa9}\\r\\nb: 1\"");
}

static void the_end_of_a_text_is_a_place(void **state)
{
        struct source source = {.name = STR("x"), .text = STR("a: 1\n")};
        struct finding findings[] = {sample_finding(&source, "a")};
        struct report report = sample_report(findings, COUNT_OF(findings));
        CLEANUP(buf_free) struct buf out = {0};

        findings[0].at = (uint32_t)source.text.len;
        findings[0].location.line = 2;
        findings[0].location.column = 1;
        out = print(&report);
        assert_has(out, "\"startLine\": 2,\n                  \"startColumn\": 1\n                }");
}

static void long_lines_are_cut(void **state)
{
        static char text[20000];
        CLEANUP(buf_free) struct buf out = {0};

        memset(text, 'x', sizeof(text) - 1);
        memcpy(text + 10000, "here", 4);
        out = print_in(text, "here");
        assert_has(out, "\"startColumn\": 10001");
        assert_true(out.len < 10000);
        assert_lacks(out, "contextRegion");
}

static void a_fix_replaces_a_region(void **state)
{
        CLEANUP(buf_free) struct buf out = print_in("# first\n---\na: 1\n--- # second\n" POD "---\nb: 2\n", "true");

        assert_has(out, "\"deletedRegion\": {\n"
                        "                        \"startLine\": 12,\n"
                        "                        \"startColumn\": 21,\n"
                        "                        \"endLine\": 12,\n"
                        "                        \"endColumn\": 25\n"
                        "                      },\n"
                        "                      \"insertedContent\": {\n"
                        "                        \"text\": \"false\"\n");
        assert_has(out, "\"Safe to apply.\"");
}

static void a_fix_that_cannot_be_made_is_left_out(void **state)
{
        CLEANUP(buf_free) struct buf out = print_in("true: [\n", "true");

        assert_lacks(out, "\"fixes\"");
}

static void what_may_stay_is_suppressed(void **state)
{
        struct source source = {.name = STR("pod.yaml"), .text = STR(POD)};
        struct finding findings[] = {sample_finding(&source, "true"), sample_finding(&source, "privileged")};
        struct report report;
        CLEANUP(buf_free) struct buf out = {0};

        findings[0].status = FINDING_EXCEPTED;
        findings[0].exception = &(struct finding_exception){.reason = STR("needed")};
        findings[1].status = FINDING_KNOWN;
        report = sample_report(findings, COUNT_OF(findings));
        out = print(&report);
        assert_has(out, "\"justification\": \"needed\"");
        assert_has(out, "\"justification\": \"in the baseline\"");
}

static void unread_input_is_a_result_and_a_notification(void **state)
{
        struct finding findings[] = {sample_unread("./a:b.yaml")};
        struct report report = sample_report(findings, COUNT_OF(findings));
        CLEANUP(buf_free) struct buf out = print(&report);

        assert_has(out, "\"executionSuccessful\": false");
        assert_has(out, "\"toolExecutionNotifications\": [\n            {\n");
        assert_has(out, "\"ruleId\": \"syntax-error\"");
        assert_has(out, "\"uri\": \"a%3Ab.yaml\"");
        assert_has(out, "\"startLine\": 1");
}

static void links_in_messages_stay_text(void **state)
{
        struct source source = {.name = STR("pod.yaml"), .text = STR(POD)};
        struct finding findings[] = {sample_finding(&source, "true")};
        struct report report = sample_report(findings, COUNT_OF(findings));
        CLEANUP(buf_free) struct buf out = {0};

        findings[0].message = STR("image [here](http://evil.example/) [x]");
        out = print(&report);
        assert_has(out, "\"image \\\\[here](http://evil.example/) \\\\[x]\"");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rules_are_described_with_what_they_cite),
                cmocka_unit_test(a_region_is_the_text_of_its_snippet),
                cmocka_unit_test(columns_are_code_points),
                cmocka_unit_test(the_end_of_a_text_is_a_place),
                cmocka_unit_test(long_lines_are_cut),
                cmocka_unit_test(a_fix_replaces_a_region),
                cmocka_unit_test(a_fix_that_cannot_be_made_is_left_out),
                cmocka_unit_test(what_may_stay_is_suppressed),
                cmocka_unit_test(unread_input_is_a_result_and_a_notification),
                cmocka_unit_test(links_in_messages_stay_text),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
