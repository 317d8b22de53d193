/* Selectors of workloads and the labels of their templates. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rulebook/try_join.h"
#include "workload/joins.h"

#define WORKLOAD(kind, selector, labels)                                                                               \
        OBJECT("apps/v1", kind, "w", "shop",                                                                           \
               ", spec: {selector: {" selector "}, template: {metadata: {labels: {" labels                             \
               "}}, spec: {containers: []}}}")

static void mismatch(void **state)
{
        (void)state;
        assert_join(join_selector_mismatch, "", WORKLOAD("Deployment", "matchLabels: {a: b}", "a: b, c: d"), "");
        assert_join(join_selector_mismatch, "", WORKLOAD("Deployment", "matchLabels: {a: b, e: f}", "a: b"),
                    "Deployment w /spec/selector {\"selector\":\"a=b, e=f\"}\n");
        assert_join(join_selector_mismatch, "",
                    WORKLOAD("DaemonSet", "matchLabels: {a: b}, matchExpressions: [{key: c, operator: DoesNotExist}]",
                             "a: b, c: d"),
                    "DaemonSet w /spec/selector {\"selector\":\"a=b, !c\"}\n");
        assert_join(join_selector_mismatch, "",
                    WORKLOAD("StatefulSet", "matchExpressions: [{key: a, operator: Exists}]", "a: b"), "");
        assert_join(join_selector_mismatch, "",
                    "---\n{apiVersion: v1, kind: ReplicationController, metadata: {name: w}, spec: {selector: {a: b}, "
                    "template: {spec: {containers: []}}}}\n",
                    "ReplicationController w /spec/selector {\"selector\":\"a=b\"}\n");
        assert_join(join_selector_mismatch, "",
                    "---\n{apiVersion: batch/v1, kind: Job, metadata: {name: w}, spec: {template: {spec: {containers: "
                    "[]}}}}\n",
                    "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(mismatch)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
