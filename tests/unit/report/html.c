/* The page: everything in it, nothing from elsewhere, and no markup from the input. */

#include "sample.h"

static void a_page_that_stands_alone(void **state)
{
        struct source source = {.name = STR("pod.yaml"), .text = STR(POD)};
        struct finding findings[] = {sample_finding(&source, "true")};
        struct report report = sample_report(findings, COUNT_OF(findings));
        CLEANUP(buf_free) struct buf out = sample_printed(report_print_html, &report, (struct format_settings){0});

        assert_memory_equal(out.data, "<!doctype html>", 15);
        assert_has(out, "<h2>Containers <span>1</span></h2>");
        assert_has(out, "<details class=\"critical\" data-severity=\"critical\" data-area=\"containers\" "
                        "data-status=\"open\">");
        assert_has(out, "privileged: true # why?");
        assert_has(out, "<span class=\"added\">+         privileged: false # why?</span>");
        assert_has(out, "<span class=\"tag\">kubescape C-0057</span>");
        assert_has(out, "prefers-color-scheme: dark");
        assert_has(out, "addEventListener(\"keydown\"");
        assert_lacks(out, "http:");
        assert_lacks(out, "https:");
        assert_lacks(out, " src=");
        assert_lacks(out, " href=");
}

static void markup_of_the_input_is_text(void **state)
{
        static const struct rule_summary rule = {STR_INIT("<img onerror=\"x\" '&>"), STR_INIT("<img onerror=\"x\" '&>"),
                                                 STR_INIT("<img onerror=\"x\" '&>"), .area = AREA_CONTAINERS};
        static const struct finding_object object = {.kind = STR_INIT("Pod"), .name = STR_INIT("</details>\"")};
        struct source source = {.name = STR("<i>.yaml"), .text = STR("a: </pre><script>alert(1)</script>\n")};
        struct finding findings[] = {sample_finding(&source, "</pre>")};
        struct report report = sample_report(findings, COUNT_OF(findings));
        CLEANUP(buf_free) struct buf out = {0};

        findings[0].rule = &rule;
        findings[0].object = &object;
        findings[0].message = rule.id;
        findings[0].container = object.name;
        findings[0].fix.present = false;
        out = sample_printed(report_print_html, &report, (struct format_settings){0});
        assert_lacks(out, "<img");
        assert_lacks(out, "<i>");
        assert_lacks(out, "<script>alert");
        assert_lacks(out, "</pre><script>");
        assert_has(out, "&lt;img onerror=&quot;x&quot; &#39;&amp;&gt;");
        assert_has(out, "a: &lt;/pre&gt;&lt;script&gt;");
}

static void what_may_stay_says_why(void **state)
{
        struct source source = {.name = STR("pod.yaml"), .text = STR(POD)};
        struct finding findings[] = {sample_finding(&source, "true")};
        struct report report;
        CLEANUP(buf_free) struct buf out = {0};

        findings[0].status = FINDING_EXCEPTED;
        findings[0].exception = &(struct finding_exception){STR("needed"), STR("ops"), STR("2031-01-01")};
        report = sample_report(findings, COUNT_OF(findings));
        out = sample_printed(report_print_html, &report, (struct format_settings){0});
        assert_has(out, "This finding is excepted: needed (ops), until 2031-01-01.");
        assert_has(out, "data-status=\"excepted\"");
}

static void nothing_found(void **state)
{
        struct report report = sample_report(NULL, 0);
        CLEANUP(buf_free) struct buf out = sample_printed(report_print_html, &report, (struct format_settings){0});

        assert_has(out, "<p>Nothing was found.</p>");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_page_that_stands_alone),
                cmocka_unit_test(markup_of_the_input_is_text),
                cmocka_unit_test(what_may_stay_says_why),
                cmocka_unit_test(nothing_found),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
