/* An earlier report takes what it knows out of the count. */

#include "sample.h"

#include "report/baseline.h"

static void known_findings_do_not_count(void **state)
{
        struct arena arena = {0};
        struct err err = {0};
        struct baseline baseline;
        struct source source = {.name = STR("pod.yaml"), .text = STR(POD)};
        struct finding before[] = {sample_finding(&source, "true"), sample_unread("a.yaml")};
        struct finding now[] = {sample_finding(&source, "spec"), sample_finding(&source, "true"),
                                sample_finding(&source, "kind"), sample_unread("a.yaml")};
        struct report report = sample_report(before, COUNT_OF(before));
        CLEANUP(buf_free) struct buf text = sample_printed(report_print_json, &report, (struct format_settings){0});

        now[0].fingerprint[0] = 'e';
        now[2].status = FINDING_EXCEPTED;
        report = sample_report(now, COUNT_OF(now));
        assert_true(baseline_read(&arena, buf_text(&text), &baseline, &err));
        baseline_apply(&baseline, &report);
        assert_int_equal(report.known, 1);
        assert_int_equal(report.excepted, 1);
        assert_int_equal(report.open[SEVERITY_CRITICAL], 1);
        assert_int_equal(report.open[SEVERITY_HIGH], 1); /* unread input stays open */
        arena_free(&arena);
}

static void what_is_no_report_is_refused(void **state)
{
        static const char *const texts[] = {
                "",
                "[]",
                "{\"schema\": \"strake.report/1\"}",
                "{\"schema\": \"strake.report/2\", \"findings\": []}",
                "{\"schema\": \"strake.report/1\", \"findings\": {}}",
                "{\"schema\": \"strake.report/1\", \"findings\": [",
        };

        for (size_t i = 0; i < COUNT_OF(texts); i++) {
                struct arena arena = {0};
                struct err err = {0};
                struct baseline baseline;

                assert_false(baseline_read(&arena, str_of(texts[i]), &baseline, &err));
                assert_true(err.length > 0);
                arena_free(&arena);
        }
}

static void odd_findings_are_passed_over(void **state)
{
        struct arena arena = {0};
        struct err err = {0};
        struct baseline baseline;
        struct source source = {.name = STR("pod.yaml"), .text = STR(POD)};
        struct finding now[] = {sample_finding(&source, "true")};
        struct report report = sample_report(now, COUNT_OF(now));

        assert_true(baseline_read(&arena,
                                  STR("{\"schema\": \"strake.report/1\", \"findings\": [1, {}, {\"fingerprint\": 2}]}"),
                                      &baseline, &err));
        baseline_apply(&baseline, &report);
        assert_int_equal(report.known, 0);
        arena_free(&arena);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(known_findings_do_not_count),
                cmocka_unit_test(what_is_no_report_is_refused),
                cmocka_unit_test(odd_findings_are_passed_over),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
