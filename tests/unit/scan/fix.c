/* strake fix without a process: what is planned, written, refused and left. */

#include "scan/fix.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"

/* A test does not need the state that cmocka hands it. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define POD(name)                                                                                                      \
        "apiVersion: v1\n"                                                                                             \
        "kind: Pod\n"                                                                                                  \
        "metadata: {name: " name "}\n"                                                                                 \
        "spec:\n"                                                                                                      \
        "  containers:\n"                                                                                              \
        "    - name: web\n"                                                                                            \
        "      image: registry.example/web:1.0\n"                                                                      \
        "      securityContext:\n"                                                                                     \
        "        privileged: true # why?\n"

struct run {
        char name[64];
        struct str input;
        struct scan_settings scan_settings;
        struct fix_settings settings;
        struct scan scan;
        struct fix fix;
};

static void write_text(const char *name, const char *text)
{
        FILE *file = fopen(name, "w");

        assert_non_null(file);
        fputs(text, file);
        fclose(file);
}

static void plan(struct run *run, const char *text, const struct str *only, bool unsafe)
{
        struct err err = {0};
        int file;

        *run = (struct run){.name = "/tmp/strake-fix-XXXXXX"};
        file = mkstemp(run->name);
        assert_true(file >= 0);
        close(file);
        write_text(run->name, text);
        run->input = str_of(run->name);
        run->scan_settings = (struct scan_settings){
                .input = {.inputs = &run->input, .input_count = 1, .threads = 1},
                .rules = {.minor = KUBERNETES_NEWEST_MINOR, .only = only, .only_count = only ? 1 : 0},
                .min_severity = SEVERITY_INFO,
        };
        run->settings = (struct fix_settings){.scan = &run->scan_settings, .unsafe = unsafe};
        assert_true(scan_run(&run->scan, &run->scan_settings, &err));
        assert_true(fix_plan(&run->fix, &run->scan, &run->settings, &err));
}

static void finish(struct run *run)
{
        unlink(run->name);
        fix_free(&run->fix);
        scan_free(&run->scan);
}

static void expect_content(const struct run *run, const char *wanted)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct file_text file;

        assert_int_equal(file_read(&arena, run->name, 100000, &file), FILE_OK);
        assert_true(str_equal(file.text, str_of(wanted)));
}

static const struct str privileged = STR_INIT("privileged-container");

static void planning_writes_nothing(void **state)
{
        struct run run;

        plan(&run, POD("a"), &privileged, false);
        expect_content(&run, POD("a"));
        assert_int_equal(run.fix.fixes.file_count, 1);
        assert_int_equal(run.fix.fixes.outcomes[FIX_DONE], 1);
        assert_true(run.fix.fixes.files[0].changed);
        assert_int_equal(run.fix.fixes.files[0].edits.edits.count, 1);
        finish(&run);
}

static void writing_changes_the_value_only(void **state)
{
        struct run run;
        struct str after;

        plan(&run, POD("a"), &privileged, false);
        assert_true(fix_write(&run.fix));
        after = run.fix.fixes.files[0].after;
        expect_content(&run, after.data);
        assert_true(str_starts(after, str_sub(STR(POD("a")), 0, sizeof(POD("a")) - sizeof("true # why?\n"))));
        assert_true(str_ends(after, STR("privileged: false # why?\n")));
        fix_leave(&run.fix, &run.scan, &run.scan_settings);
        assert_int_equal(run.scan.report.finding_count, 0);
        assert_int_equal(run.scan.report.objects, 1);
        assert_int_equal(scan_status(&run.scan, SEVERITY_HIGH), SCAN_CLEAN);
        finish(&run);
}

static void leaving_without_writing_tells_what_would_be(void **state)
{
        struct run run;

        plan(&run, POD("a"), &privileged, false);
        fix_leave(&run.fix, &run.scan, &run.scan_settings);
        assert_int_equal(run.scan.report.finding_count, 0);
        assert_true(str_is(run.fix.fixes.files[0].items[0].finding->rule->id, "privileged-container"));
        expect_content(&run, POD("a"));
        finish(&run);
}

static void a_file_that_changed_is_left_alone(void **state)
{
        struct run run;

        plan(&run, POD("a"), &privileged, false);
        write_text(run.name, POD("b"));
        assert_false(fix_write(&run.fix));
        expect_content(&run, POD("b"));
        assert_int_equal(run.fix.fixes.outcomes[FIX_DONE], 0);
        assert_int_equal(run.fix.fixes.outcomes[FIX_IMPOSSIBLE], 1);
        assert_int_equal(run.fix.fixes.changed_files, 0);
        assert_true(str_find(run.fix.fixes.files[0].trouble, STR("has changed"), 0) != SIZE_MAX);
        fix_leave(&run.fix, &run.scan, &run.scan_settings);
        assert_int_equal(run.scan.report.finding_count, 1);
        finish(&run);
}

static void risky_repairs_are_made_when_asked_for(void **state)
{
        struct run run;
        size_t proposed;

        plan(&run, POD("a"), NULL, false);
        proposed = run.fix.fixes.outcomes[FIX_PROPOSED];
        assert_true(proposed > 3);
        finish(&run);
        plan(&run, POD("a"), NULL, true);
        assert_int_equal(run.fix.fixes.outcomes[FIX_PROPOSED], 0);
        assert_int_equal(run.fix.fixes.outcomes[FIX_IMPOSSIBLE], 0);
        assert_true(run.fix.fixes.outcomes[FIX_DONE] >= proposed + 3);
        finish(&run);
}

static bool says_no(void *context, const struct finding *finding)
{
        ++*(size_t *)context;
        return false;
}

static void the_person_is_asked(void **state)
{
        struct err err = {0};
        struct run run;
        size_t asked = 0;

        plan(&run, POD("a"), NULL, false);
        fix_free(&run.fix);
        run.settings.choose = says_no;
        run.settings.context = &asked;
        assert_true(fix_plan(&run.fix, &run.scan, &run.settings, &err));
        assert_true(asked > 0);
        assert_int_equal(run.fix.fixes.outcomes[FIX_DECLINED], asked);
        assert_false(run.fix.fixes.files[0].changed);
        finish(&run);
}

/* Both need the one map that does not stand in the first place: a value of its own cannot be given to one only. */
static void one_that_cannot_be_written_does_not_stop_the_others(void **state)
{
        static const char text[] = "apiVersion: v1\nkind: List\nitems:\n"
                                   "- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n  spec:\n    containers:\n"
                                   "    - {name: a, image: 'a:1', securityContext: &s {privileged: true}}\n"
                                   "- apiVersion: v1\n  kind: Pod\n  metadata: {name: b}\n  spec:\n    containers:\n"
                                   "    - {name: b, image: 'b:1', securityContext: *s}\n"
                                   "- apiVersion: v1\n  kind: Pod\n  metadata: {name: c}\n  spec:\n    containers:\n"
                                   "    - {name: c, image: 'c:1', securityContext: {privileged: true}}\n";
        const struct fix_file *file;
        struct run run;

        plan(&run, text, &privileged, false);
        file = &run.fix.fixes.files[0];
        assert_int_equal(run.fix.fixes.outcomes[FIX_IMPOSSIBLE], 2);
        assert_int_equal(run.fix.fixes.outcomes[FIX_DONE], 1);
        assert_true(str_find(file->after, STR("&s {privileged: true}"), 0) != SIZE_MAX);
        assert_true(str_find(file->after, STR("'c:1', securityContext: {privileged: false}"), 0) != SIZE_MAX);
        assert_true(file->items[0].why.len > 0);
        finish(&run);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(planning_writes_nothing),
                cmocka_unit_test(writing_changes_the_value_only),
                cmocka_unit_test(leaving_without_writing_tells_what_would_be),
                cmocka_unit_test(a_file_that_changed_is_left_alone),
                cmocka_unit_test(risky_repairs_are_made_when_asked_for),
                cmocka_unit_test(the_person_is_asked),
                cmocka_unit_test(one_that_cannot_be_written_does_not_stop_the_others),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
