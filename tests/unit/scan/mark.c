/* What an object says itself about its exceptions. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scan/mark.h"

struct reading {
        struct arena arena;
        struct estate estate;
        struct mark_list list;
};

static void read(struct reading *reading, const char *text)
{
        *reading = (struct reading){0};
        estate_read_text(&reading->estate, STR("a.yaml"), str_of(text));
        assert_int_equal(reading->estate.sources->objects.count, 1);
        marks_read(&reading->arena, &reading->estate.sources->objects.items[0], STR("2026-06-15"), &reading->list);
}

static void done(struct reading *reading)
{
        estate_free(&reading->estate);
        arena_free(&reading->arena);
}

#define POD(metadata) "apiVersion: v1\nkind: Pod\nmetadata: {name: a, " metadata "}\nspec: {containers: []}\n"

static void annotations(void **state)
{
        struct reading reading;
        const struct mark *marks;

        (void)state;
        read(&reading,
             POD("annotations: {strake.dev/except.host-pid: 'why; owner: who; expires: 2026-06-15', other: a, "
                 "strake.dev/except.host-ipc.web: 'a; expires: 2026-06-14', strake.dev/except.a: '', "
                 "strake.dev/except.b: 'a; until: b', strake.dev/except.c: 'a; expires: b'}"));
        assert_int_equal(reading.list.marks.count, 5); /* once, though the Pod is its own template */
        marks = reading.list.marks.items;
        assert_true(str_is(marks[0].rule, "host-pid") && !marks[0].container.len && !marks[0].problem
                    && !marks[0].expired);
        assert_true(str_is(marks[0].why.reason, "why") && str_is(marks[0].why.owner, "who"));
        assert_true(str_is(marks[0].path, "/metadata/annotations/strake.dev~1except.host-pid"));
        assert_true(str_is(marks[1].container, "web") && marks[1].expired);
        for (size_t i = 2; i < 5; i++)
                assert_true(marks[i].problem && !marks[i].expired);
        done(&reading);
}

static void labels(void **state)
{
        struct reading reading;
        const struct mark *marks;

        (void)state;
        read(&reading,
             POD("labels: {kubeaudit.io/allow-privileged: why, container.kubeaudit.io/web.allow-run-as-root: '', "
                 "container.audit.kubernetes.io/web.allow-capability-sys-time: a, kubeaudit.io/allow: b, app: c, "
                 "container.kubeaudit.io/web.allow-namespace-host-network: d}"));
        marks = reading.list.marks.items;
        assert_int_equal(reading.list.marks.count, 5);
        assert_true(marks[0].override->auditor == AUDITOR_PRIVILEGED && !marks[0].container.len);
        assert_true(str_is(marks[1].container, "web") && marks[1].why.reason.len); /* never without a reason */
        assert_true(marks[2].override->named && str_is(marks[2].name, "sys-time"));
        assert_true(!marks[3].override && marks[3].problem);
        assert_true(!marks[4].override && marks[4].problem); /* that is for Pods only */
        done(&reading);
}

static void labels_of_the_template(void **state)
{
        struct reading reading;

        (void)state;
        read(&reading,
             "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, labels: {kubeaudit.io/allow-privileged: no}}\n"
             "spec: {template: {metadata: {labels: {kubeaudit.io/allow-run-as-root: yes sir}}, spec: {containers: "
             "[]}}}\n");
        assert_int_equal(reading.list.marks.count, 1);
        assert_true(str_is(reading.list.marks.items[0].path,
                           "/spec/template/metadata/labels/kubeaudit.io~1allow-run-as-root"));
        done(&reading);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(annotations),
                cmocka_unit_test(labels),
                cmocka_unit_test(labels_of_the_template),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
