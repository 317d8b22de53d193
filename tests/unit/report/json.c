/* The report as JSON: the order of its members, what is left out, and the same bytes from any number of threads. */

#include "sample.h"

static void one_finding(void **state)
{
        struct source source = {.name = STR("pod.yaml"), .text = STR(POD)};
        struct finding findings[] = {sample_finding(&source, "true")};
        struct report report = sample_report(findings, COUNT_OF(findings));
        CLEANUP(buf_free) struct buf out = sample_printed(report_print_json, &report, (struct format_settings){0});

        assert_string_equal(out.data, "{\n"
                                      "  \"schema\": \"strake.report/1\",\n"
                                      "  \"tool\": {\n"
                                      "    \"name\": \"strake\",\n"
                                      "    \"version\": \"1.2.3\"\n"
                                      "  },\n"
                                      "  \"judged\": {\n"
                                      "    \"documents\": 3,\n"
                                      "    \"objects\": 2,\n"
                                      "    \"workloads\": 1,\n"
                                      "    \"images\": 0\n"
                                      "  },\n"
                                      "  \"summary\": {\n"
                                      "    \"critical\": 1,\n"
                                      "    \"high\": 0,\n"
                                      "    \"medium\": 0,\n"
                                      "    \"low\": 0,\n"
                                      "    \"info\": 0,\n"
                                      "    \"excepted\": 0,\n"
                                      "    \"known\": 0\n"
                                      "  },\n"
                                      "  \"findings\": [\n"
                                      "    {\n"
                                      "      \"rule\": \"privileged-container\",\n"
                                      "      \"title\": \"Container runs privileged\",\n"
                                      "      \"severity\": \"critical\",\n"
                                      "      \"area\": \"containers\",\n"
                                      "      \"message\": \"container \\\"web\\\" sets privileged: true\",\n"
                                      "      \"object\": {\n"
                                      "        \"apiVersion\": \"v1\",\n"
                                      "        \"kind\": \"Pod\",\n"
                                      "        \"namespace\": \"shop\",\n"
                                      "        \"name\": \"web\"\n"
                                      "      },\n"
                                      "      \"container\": \"web\",\n"
                                      "      \"location\": {\n"
                                      "        \"file\": \"pod.yaml\",\n"
                                      "        \"line\": 8,\n"
                                      "        \"column\": 21,\n"
                                      "        \"path\": \"" PRIVILEGED_PATH "\"\n"
                                      "      },\n"
                                      "      \"related\": [],\n"
                                      "      \"references\": [\n"
                                      "        {\n"
                                      "          \"framework\": \"pod-security\",\n"
                                      "          \"id\": \"privileged\",\n"
                                      "          \"level\": \"baseline\"\n"
                                      "        },\n"
                                      "        {\n"
                                      "          \"framework\": \"kubescape\",\n"
                                      "          \"id\": \"C-0057\"\n"
                                      "        }\n"
                                      "      ],\n"
                                      "      \"fix\": {\n"
                                      "        \"safe\": true,\n"
                                      "        \"patch\": [\n"
                                      "          {\n"
                                      "            \"op\": \"replace\",\n"
                                      "            \"path\": \"" PRIVILEGED_PATH "\",\n"
                                      "            \"value\": false\n"
                                      "          }\n"
                                      "        ]\n"
                                      "      },\n"
                                      "      \"status\": \"open\",\n"
                                      "      \"fingerprint\": \"0123456789abcdef0123456789abcdef\"\n"
                                      "    }\n"
                                      "  ],\n"
                                      "  \"paths\": []\n"
                                      "}\n");
}

static void no_finding(void **state)
{
        struct report report = sample_report(NULL, 0);
        CLEANUP(buf_free) struct buf out = sample_printed(report_print_json, &report, (struct format_settings){0});

        assert_has(out, "  \"findings\": [],\n  \"paths\": []\n}\n");
}

static void an_exception_tells_who_and_why(void **state)
{
        struct source source = {.name = STR("pod.yaml"), .text = STR(POD)};
        struct finding findings[] = {sample_finding(&source, "true")};
        struct report report;
        CLEANUP(buf_free) struct buf out = {0};

        findings[0].status = FINDING_EXCEPTED;
        findings[0].exception = &(struct finding_exception){STR("needed for \"X\""), {0}, STR("2031-01-01")};
        report = sample_report(findings, COUNT_OF(findings));
        out = sample_printed(report_print_json, &report, (struct format_settings){0});
        assert_has(out, "\"critical\": 0,");
        assert_has(out, "\"excepted\": 1,");
        assert_has(out, "      \"status\": \"excepted\",\n"
                        "      \"exception\": {\n"
                        "        \"reason\": \"needed for \\\"X\\\"\",\n"
                        "        \"expires\": \"2031-01-01\"\n"
                        "      },\n");
}

static void what_has_no_place_says_only_its_file(void **state)
{
        struct finding findings[] = {sample_unread("a\n\xff.yaml")};
        struct report report = sample_report(findings, COUNT_OF(findings));
        CLEANUP(buf_free) struct buf out = sample_printed(report_print_json, &report, (struct format_settings){0});

        assert_has(out, "      \"location\": {\n        \"file\": \"a\\n\xef\xbf\xbd.yaml\"\n      },\n");
        assert_lacks(out, "\"object\"");
        assert_lacks(out, "\"fix\"");
        assert_has(out, "\"references\": [],");
}

static void documents_are_numbered_where_there_are_several(void **state)
{
        struct source source = {.name = STR("pod.yaml"), .text = STR(POD)};
        struct finding findings[] = {sample_finding(&source, "true")};
        struct report report = sample_report(findings, COUNT_OF(findings));
        CLEANUP(buf_free) struct buf out = {0};

        findings[0].location.document = 0;
        out = sample_printed(report_print_json, &report, (struct format_settings){0});
        assert_has(out, "\"file\": \"pod.yaml\",\n        \"document\": 0,\n        \"line\": 8,");
}

static void take(void *context, struct buf *out)
{
        buf_add(context, buf_text(out));
        out->len = 0;
}

/* What is handed over while it is printed, put together. */
static struct buf handed_over(const struct report_format *format, const struct report *report, unsigned threads)
{
        struct buf whole = {0}, out = {0};

        format->print(&out, report, &(struct format_settings){.threads = threads, .flush = take, .context = &whole});
        assert_true(out.len < 4 << 20);
        take(&whole, &out);
        buf_free(&out);
        return whole;
}

/* Every format prints long reports the same, whatever the threads, and whether it is kept or handed over. */
static void threads_change_nothing(void **state)
{
        enum { COUNT = 12000 };
        struct source source = {.name = STR("pod.yaml"), .text = STR(POD)};
        struct finding *findings = test_calloc(COUNT, sizeof(*findings));
        struct arena arena = {0};
        struct report report;

        for (size_t i = 0; i < COUNT; i++) {
                findings[i] = sample_finding(&source, "true");
                findings[i].fix.present = false;
                findings[i].message = str_format(&arena, "finding %05zu", i);
        }
        report = sample_report(findings, COUNT);
        for (size_t i = 0; i < report_format_count; i++) {
                CLEANUP(buf_free)
                struct buf one =
                        sample_printed(report_formats[i].print, &report, (struct format_settings){.threads = 1});
                CLEANUP(buf_free)
                struct buf many =
                        sample_printed(report_formats[i].print, &report, (struct format_settings){.threads = 5});

                CLEANUP(buf_free)
                struct buf over = handed_over(&report_formats[i], &report, 1 + i % 2);

                assert_int_equal(one.len, many.len);
                assert_memory_equal(one.data, many.data, one.len);
                assert_int_equal(one.len, over.len);
                assert_memory_equal(one.data, over.data, one.len);
                /* What other tools read has their words, a baseline none, and Markdown is a summary. */
                if (!report_formats[i].judge && strcmp(report_formats[i].name, "baseline") != 0
                    && strcmp(report_formats[i].name, "markdown") != 0)
                        assert_has(one, "finding 11999");
        }
        arena_free(&arena);
        test_free(findings);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(one_finding),
                cmocka_unit_test(no_finding),
                cmocka_unit_test(an_exception_tells_who_and_why),
                cmocka_unit_test(what_has_no_place_says_only_its_file),
                cmocka_unit_test(documents_are_numbered_where_there_are_several),
                cmocka_unit_test(threads_change_nothing),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
