/* The summary: short, the worst first, and with nothing of the input that is markup. */

#include "sample.h"

#include "report/escape.h"

static void one_finding(void **state)
{
        struct source source = {.name = STR("pod.yaml"), .text = STR(POD)};
        struct finding findings[] = {sample_finding(&source, "true"), sample_unread("a.yaml")};
        struct report report = sample_report(findings, COUNT_OF(findings));
        CLEANUP(buf_free) struct buf out = sample_printed(report_print_markdown, &report, (struct format_settings){0});

        assert_memory_equal(out.data, "## Strake found 2\n\n**1** critical, **1** high.\n", 44);
        assert_has(out, "> **1** problem kept input from being judged.\n");
        assert_has(out, "<details><summary><b>critical</b> Container runs privileged "
                        "(<code>privileged-container</code>): 1</summary>\n\nWho breaks in owns the node.\n\n"
                        "| where | what |\n|---|---|\n| `pod.yaml:8` | `container \"web\" sets privileged: true` |\n");
        assert_has(out, "| `a.yaml` | `a list is not closed` |");
        assert_true(strstr(out.data, "critical</b>") < strstr(out.data, "high</b>"));
}

static void nothing(void **state)
{
        struct report report = sample_report(NULL, 0);
        CLEANUP(buf_free) struct buf out = sample_printed(report_print_markdown, &report, (struct format_settings){0});

        assert_string_equal(out.data, "## Strake found nothing\n\nJudged: 2 objects (1 workloads) in 3 documents.\n");
}

static void the_input_is_code(void **state)
{
        struct finding findings[] = {sample_unread("a`|``<b>@all\n# x")};
        struct report report = sample_report(findings, COUNT_OF(findings));
        CLEANUP(buf_free) struct buf out = sample_printed(report_print_markdown, &report, (struct format_settings){0});

        assert_has(out, "| ``` a`\\|``<b>@all\\n# x ``` |");
}

static void titles_are_text(void **state)
{
        CLEANUP(buf_free) struct buf out = {0};

        escape_markdown(&out, STR("a *b* _c_ [d](e) `f` | <g> & #1\nh\x1b"));
        buf_add_char(&out, 0);
        assert_string_equal(out.data, "a \\*b\\* \\_c\\_ \\[d\\]\\(e\\) \\`f\\` \\| &lt;g&gt; &amp; \\#1 h\\x1b");
}

/* A comment has a limit of 65536 characters. */
static void it_stays_short(void **state)
{
        enum { COUNT = 3000, LONG = 5000 };
        struct arena arena = {0};
        struct finding *findings = arena_array(&arena, struct finding, COUNT);
        struct rule_summary *rules = arena_array(&arena, struct rule_summary, COUNT);
        char *name = arena_take_text(&arena, LONG);
        struct report report;
        CLEANUP(buf_free) struct buf out = {0};

        for (size_t i = 0; i < LONG; i++)
                name[i] = "\xc3\xa9"[i % 2];
        for (size_t i = 0; i < COUNT; i++) {
                findings[i] = sample_unread("a.yaml");
                rules[i] = sample_rules[2];
                rules[i].id = str_format(&arena, "rule-%04zu", i / 20);
                findings[i].rule = &rules[i - i % 20];
                findings[i].location.file = (struct str){name, LONG};
        }
        report = sample_report(findings, COUNT);
        out = sample_printed(report_print_markdown, &report, (struct format_settings){0});
        assert_true(out.len < 65536);
        assert_has(out, "\nand 10 more.\n");
        assert_has(out, " more rules.\n");
        assert_int_equal(utf8_check(buf_text(&out)), out.len);
        arena_free(&arena);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(one_finding),       cmocka_unit_test(nothing),
                cmocka_unit_test(the_input_is_code), cmocka_unit_test(titles_are_text),
                cmocka_unit_test(it_stays_short),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
