/* The coverage of a framework, in every format that has it. */

#include "sample.h"

static const struct str rules[] = {STR_INIT("rule-a"), STR_INIT("rule-b"), STR_INIT("rule-c"), STR_INIT("rule-d")};

static const struct control_coverage controls[] = {
        {STR_INIT("1.1"), STR_INIT("Doors <&> are shut"), {0}, CONTROL_FAILED, rules, 4, 7, 2},
        {STR_INIT("1.2"), STR_INIT("Windows are shut"), STR_INIT("the back"), CONTROL_PASSED, rules, 1, 1, 0},
        {STR_INIT("1.3"), STR_INIT("The roof is tight"), {0}, CONTROL_NO_INPUT, rules, 2, 0, 0},
        {STR_INIT("2.10"), STR_INIT("The cellar is dry"), STR_INIT("a look"), CONTROL_NO_RULE, NULL, 0, 0, 0},
        {STR_INIT("2.11"), STR_INIT("The garden"), {0}, CONTROL_NO_RULE, NULL, 0, 0, 0},
};

static const struct coverage coverage = {
        STR_INIT("house"), STR_INIT("A house"), STR_INIT("https://house.example/"),
        controls,          COUNT_OF(controls),  {1, 1, 1, 2},
};

static struct buf printed(sample_print *print)
{
        struct report report = sample_report(NULL, 0);

        report.coverage = &coverage;
        return sample_printed(print, &report, (struct format_settings){.threads = 1});
}

static void people_see_a_table(void **state)
{
        CLEANUP(buf_free) struct buf out = printed(report_print_text);

        assert_has(
                out,
                "A house\n5 controls: 1 failed, 1 passed, 1 without anything here to judge, 2 that nothing judges.\n");
        assert_has(out, "\n  failed    1.1   2 of 7 objects      Doors <&> are shut\n"
                        "                                      rule-a, rule-b, rule-c and 1 more\n");
        assert_has(out, "\n  passed    1.2   1 object            Windows are shut\n"
                        "                                      rule-a\n"
                        "                                      not seen: the back\n");
        assert_has(out, "nothing in this input that it is about");
        assert_has(out, "nothing judges it: it takes a look");
        assert_has(out, "nothing judges it yet");
}

static void programs_see_everything(void **state)
{
        CLEANUP(buf_free) struct buf out = printed(report_print_json);

        assert_has(out, "\"framework\": \"house\"");
        assert_has(out, "\"failed\": 1,\n      \"passed\": 1,\n      \"no-input\": 1,\n      \"no-rule\": 2\n");
        assert_has(out,
                   "\"id\": \"2.10\",\n        \"title\": \"The cellar is dry\",\n        \"status\": \"no-rule\",\n"
                   "        \"rules\": [],\n        \"judged\": 0,\n        \"failed\": 0,\n"
                   "        \"beyond\": \"a look\"\n");
}

static void the_page_has_it(void **state)
{
        CLEANUP(buf_free) struct buf out = printed(report_print_html);

        assert_has(out, "<tr class=\"failed\"><td><b>failed</b></td><td>1.1</td><td>Doors &lt;&amp;&gt; are shut"
                        "<span class=\"where\">rule-a, rule-b, rule-c, rule-d</span></td><td>2 of 7 objects</td></tr>");
        assert_has(out, "it takes a look</span></td><td></td></tr>");
        assert_lacks(out, "https:");
}

static void pull_requests_have_it(void **state)
{
        CLEANUP(buf_free) struct buf out = printed(report_print_markdown);

        assert_has(out, "### A house\n");
        assert_has(
                out,
                "| 1.1 | Doors &lt;&amp;&gt; are shut | 2 of 7 | rule-a, rule-b, rule-c and 1 more | **failed** |\n");
        assert_has(out, "| 2.11 | The garden | 0 of 0 | nothing judges it yet | no-rule |\n");
}

/* Rules as controls are for formats that want them. */
static void rules_as_controls_are_not_printed(void **state)
{
        static const struct coverage by_rule = {{0},      STR_INIT("Rules"),  {0},
                                                controls, COUNT_OF(controls), {1, 1, 1, 2}};
        struct report report = sample_report(NULL, 0);
        sample_print *const prints[] = {report_print_text, report_print_json, report_print_html, report_print_markdown};

        report.coverage = &by_rule;
        for (size_t i = 0; i < COUNT_OF(prints); i++) {
                CLEANUP(buf_free) struct buf out = sample_printed(prints[i], &report, (struct format_settings){0});

                assert_lacks(out, "Doors");
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(people_see_a_table),
                cmocka_unit_test(programs_see_everything),
                cmocka_unit_test(the_page_has_it),
                cmocka_unit_test(pull_requests_have_it),
                cmocka_unit_test(rules_as_controls_are_not_printed),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
