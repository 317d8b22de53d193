/* The pipeline: what is counted, what is left out, and what the exit status is. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "scan/scan.h"

struct folder {
        char path[64];
        struct str input;
};

static void make_folder(struct folder *folder)
{
        strcpy(folder->path, "/tmp/strake-scan-XXXXXX");
        assert_non_null(mkdtemp(folder->path));
        folder->input = str_of(folder->path);
}

static void write_file(const struct folder *folder, const char *name, const char *text)
{
        char path[128];
        FILE *file;

        snprintf(path, sizeof(path), "%s/%s", folder->path, name);
        file = fopen(path, "w");
        assert_non_null(file);
        fputs(text, file);
        fclose(file);
}

static void drop_folder(const struct folder *folder)
{
        char command[128];

        snprintf(command, sizeof(command), "rm -rf %s", folder->path);
        assert_int_equal(system(command), 0);
}

static void run(struct scan *scan, const struct folder *folder, unsigned threads, enum severity least)
{
        struct scan_settings settings = {
                .input = {.inputs = &folder->input, .input_count = 1, .threads = threads},
                .rules = {.minor = KUBERNETES_NEWEST_MINOR},
                .min_severity = least,
        };
        struct err err = {0};

        assert_true(scan_run(scan, &settings, &err));
}

static const char privileged[] =
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec:\n"
        "  template:\n    spec:\n      containers:\n"
        "        - {name: web, image: 'web:1', securityContext: {privileged: true}}\n";

static void counts_and_status(void **state)
{
        struct folder folder;
        struct scan scan;

        (void)state;
        make_folder(&folder);
        write_file(&folder, "a.yaml", privileged);
        write_file(&folder, "b.yaml",
                   "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: shop}\n---\n# nothing\n---\n"
                   "apiVersion: v1\nkind: Service\nmetadata: {name: t, namespace: shop}\n");
        run(&scan, &folder, 1, SEVERITY_INFO);
        assert_int_equal(scan.report.documents, 3);
        assert_int_equal(scan.report.objects, 3);
        assert_int_equal(scan.report.workloads, 1);
        assert_int_equal(scan.report.open[SEVERITY_CRITICAL], 1);
        assert_true(scan.report.open[SEVERITY_LOW] > 0);
        assert_false(scan.input_failed);
        assert_int_equal(scan_status(&scan, SEVERITY_CRITICAL), SCAN_FOUND);
        assert_int_equal(scan_status(&scan, SEVERITY_COUNT), SCAN_CLEAN);
        scan_free(&scan);
        run(&scan, &folder, 1, SEVERITY_CRITICAL);
        assert_int_equal(scan.report.finding_count, 1);
        assert_true(str_is(scan.report.findings[0].rule->id, "privileged-container"));
        scan_free(&scan);
        drop_folder(&folder);
}

static void failing_input(void **state)
{
        struct folder folder;
        struct scan scan;
        const struct finding *first;

        (void)state;
        make_folder(&folder);
        write_file(&folder, "a.yaml", "a: [\n");
        write_file(&folder, "b.yaml", privileged);
        run(&scan, &folder, 2, SEVERITY_INFO);
        assert_true(scan.input_failed);
        assert_int_equal(scan_status(&scan, SEVERITY_COUNT), SCAN_FAILED);
        first = scan.report.findings;
        assert_int_equal(first->rule->area, AREA_INPUT);
        assert_true(str_is(first->rule->id, "syntax-error"));
        assert_true(first->location.line > 0);
        assert_true(first->fails_input);
        assert_int_equal(strlen(first->fingerprint), 32);
        scan_free(&scan);
        /* What is left out of the report still decides the status. */
        run(&scan, &folder, 2, SEVERITY_CRITICAL);
        assert_int_equal(scan.report.finding_count, 1);
        assert_int_equal(scan_status(&scan, SEVERITY_COUNT), SCAN_FAILED);
        scan_free(&scan);
        drop_folder(&folder);
}

static void nothing_to_judge(void **state)
{
        struct folder folder;
        struct scan scan;

        (void)state;
        make_folder(&folder);
        run(&scan, &folder, 2, SEVERITY_INFO);
        assert_int_equal(scan_status(&scan, SEVERITY_HIGH), SCAN_EMPTY);
        scan_free(&scan);
        write_file(&folder, "a.yaml", "just: data\n");
        run(&scan, &folder, 2, SEVERITY_INFO);
        assert_int_equal(scan_status(&scan, SEVERITY_HIGH), SCAN_EMPTY);
        assert_int_equal(scan.report.finding_count, 1);
        assert_true(str_is(scan.report.findings[0].rule->id, "not-an-object"));
        scan_free(&scan);
        drop_folder(&folder);
}

static void missing_input(void **state)
{
        struct folder folder = {.input = STR("/nowhere/at/all.yaml")};
        struct scan scan;

        (void)state;
        run(&scan, &folder, 2, SEVERITY_INFO);
        assert_int_equal(scan_status(&scan, SEVERITY_HIGH), SCAN_FAILED);
        assert_int_equal(scan.report.finding_count, 1);
        assert_true(str_is(scan.report.findings[0].rule->id, "unreadable-file"));
        assert_true(str_is(scan.report.findings[0].location.file, "/nowhere/at/all.yaml"));
        assert_int_equal(scan.report.findings[0].location.line, 0);
        scan_free(&scan);
}

static void same_for_all_threads(void **state)
{
        struct folder folder;
        struct scan one, four;
        char name[32];

        (void)state;
        make_folder(&folder);
        for (int i = 0; i < 40; i++) {
                snprintf(name, sizeof(name), "%d.yaml", i);
                write_file(&folder, name, i % 7 ? privileged : "a: [\n");
        }
        run(&one, &folder, 1, SEVERITY_INFO);
        run(&four, &folder, 4, SEVERITY_INFO);
        assert_int_equal(one.report.finding_count, four.report.finding_count);
        for (size_t i = 0; i < one.report.finding_count; i++) {
                assert_int_equal(finding_compare(&one.report.findings[i], &four.report.findings[i]), 0);
                assert_true(i == 0 || finding_compare(&one.report.findings[i - 1], &one.report.findings[i]) <= 0);
        }
        scan_free(&one);
        scan_free(&four);
        drop_folder(&folder);
}

static void rules_of_the_report(void **state)
{
        struct folder folder;
        struct scan scan;

        (void)state;
        make_folder(&folder);
        run(&scan, &folder, 1, SEVERITY_INFO);
        assert_int_equal(scan.report.rule_count, rulebook_builtin_count + PROBLEM_COUNT + 1 + EXCEPT_SUMMARIES);
        for (size_t i = 1; i < scan.report.rule_count; i++)
                assert_true(str_compare(scan.report.rules[i - 1].id, scan.report.rules[i].id) < 0);
        assert_true(scan.report.version.len > 0);
        scan_free(&scan);
        drop_folder(&folder);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(counts_and_status),    cmocka_unit_test(failing_input),
                cmocka_unit_test(nothing_to_judge),     cmocka_unit_test(missing_input),
                cmocka_unit_test(same_for_all_threads), cmocka_unit_test(rules_of_the_report),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
