/* OSCAL: controls as tokens, findings that point to observations, and the same bytes for the same report. */

#include "sample.h"

static const struct str rules[] = {STR_INIT("privileged-container")};

static const struct control_coverage controls[] = {
        {STR_INIT("privileged"), STR_INIT("Not privileged"), STR_INIT("nodes"), CONTROL_FAILED, rules, 1, 3, 1},
        {STR_INIT("other:1"), STR_INIT("Other"), {0}, CONTROL_PASSED, rules, 1, 3, 0},
        {STR_INIT("empty"), STR_INIT("Empty"), {0}, CONTROL_NO_INPUT, rules, 1, 0, 0},
        {STR_INIT("none"), STR_INIT("None"), {0}, CONTROL_NO_RULE, NULL, 0, 0, 0},
};

static const struct coverage coverage = {
        STR_INIT("pod-security"), STR_INIT("Title"), STR_INIT("https://a.example/"), controls,
        COUNT_OF(controls),       {1, 1, 1, 1},
};

static struct buf printed(enum finding_status status, const struct coverage *covered, int64_t time)
{
        struct source source = {.name = STR("pod.yaml"), .text = STR(POD)};
        struct finding findings[] = {sample_finding(&source, "true"), sample_unread("a b.yaml")};
        struct report report;

        findings[0].status = status;
        report = sample_report(findings, COUNT_OF(findings));
        report.coverage = covered;
        return sample_printed(report_print_oscal, &report, (struct format_settings){.time = time});
}

static void controls_that_were_judged_are_findings(void **state)
{
        CLEANUP(buf_free) struct buf out = printed(FINDING_OPEN, &coverage, 0);

        assert_has(out, "\"control-id\": \"pod-security-privileged\"");
        assert_has(out, "\"control-id\": \"pod-security-other_1\"");
        assert_lacks(out, "pod-security-empty");
        assert_lacks(out, "pod-security-none");
        assert_has(out, "\"state\": \"not-satisfied\",\n                \"remarks\": \"Not seen: nodes.\"");
        assert_has(out, "\"state\": \"satisfied\"");
        assert_has(out, "\"description\": \"1 of 3 objects failed.\"");
        assert_has(out, "\"observation-uuid\"");
        assert_has(out, "\"href\": \"a%20b.yaml\"");
}

static void what_is_excepted_fails_nothing(void **state)
{
        CLEANUP(buf_free) struct buf out = printed(FINDING_EXCEPTED, &coverage, 0);

        assert_lacks(out, "\"observation-uuid\"");
        assert_has(out, "\"value\": \"excepted\"");
}

static void nothing_judged_selects_nothing(void **state)
{
        CLEANUP(buf_free) struct buf out = printed(FINDING_OPEN, NULL, 0);

        assert_has(out, "\"description\": \"Nothing was judged.\"");
        assert_lacks(out, "\"findings\"");
}

static void the_time_is_the_one_given(void **state)
{
        CLEANUP(buf_free)
        struct buf a = printed(FINDING_OPEN, &coverage, 0), b = printed(FINDING_OPEN, &coverage, 0),
                   later = printed(FINDING_OPEN, &coverage, 1764000000);

        assert_string_equal(a.data, b.data);
        assert_has(a, "\"start\": \"1970-01-01T00:00:00Z\"");
        assert_has(later, "\"start\": \"2025-11-24T16:00:00Z\"");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(controls_that_were_judged_are_findings),
                cmocka_unit_test(what_is_excepted_fails_nothing),
                cmocka_unit_test(nothing_judged_selects_nothing),
                cmocka_unit_test(the_time_is_the_one_given),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
