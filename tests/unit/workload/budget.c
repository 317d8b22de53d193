/* Disruption budgets and how many Pods they let go. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rulebook/try_join.h"
#include "workload/joins.h"

#define BUDGET(name, spec)                                                                                             \
        OBJECT("policy/v1", "PodDisruptionBudget", name, "shop",                                                       \
               ", spec: {selector: {matchLabels: {app: web}}, " spec "}")
#define SAYS(field, replicas, allowed, by)                                                                             \
        "PodDisruptionBudget b /spec/" field " {\"replicas\":" replicas ",\"allowed\":" allowed by "}\n"
#define BY_WEB ",\"by\":\"Deployment web\""

static void what_is_left(void **state)
{
        (void)state;
        assert_join(join_budget, "", DEPLOYMENT("web", "shop") BUDGET("b", "minAvailable: 2"),
                    SAYS("minAvailable", "3", "1", BY_WEB));
        assert_join(join_budget, "", DEPLOYMENT("web", "shop") BUDGET("b", "minAvailable: 5"),
                    SAYS("minAvailable", "3", "0", BY_WEB));
        /* Kubernetes rounds up. */
        assert_join(join_budget, "", DEPLOYMENT("web", "shop") BUDGET("b", "minAvailable: 67%"),
                    SAYS("minAvailable", "3", "0", BY_WEB));
        assert_join(join_budget, "", DEPLOYMENT("web", "shop") BUDGET("b", "maxUnavailable: 1%"),
                    SAYS("maxUnavailable", "3", "1", BY_WEB));
        assert_join(join_budget, "", DEPLOYMENT("web", "shop") BUDGET("b", "maxUnavailable: 0"),
                    SAYS("maxUnavailable", "3", "0", BY_WEB));
        assert_join(join_budget, "", DEPLOYMENT("web", "shop") BUDGET("b", "maxUnavailable: x%"),
                    SAYS("maxUnavailable", "3", "-1", BY_WEB));
        assert_join(join_budget, "", BUDGET("b", "minAvailable: 2"), SAYS("minAvailable", "-1", "-1", ""));
}

static void where_the_number_comes_from(void **state)
{
        (void)state;
        assert_join(
                join_budget, "",
                DEPLOYMENT("web", "shop") BUDGET("b", "minAvailable: 2") OBJECT(
                        "autoscaling/v2", "HorizontalPodAutoscaler", "h", "shop",
                        ", spec: {minReplicas: 2, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}"),
                SAYS("minAvailable", "2", "0", ",\"by\":\"HorizontalPodAutoscaler h\""));
        assert_join(join_budget, "",
                    OBJECT("v1", "Pod", "p", "shop", ", spec: {containers: []}") BUDGET("b", "minAvailable: 2"),
                    SAYS("minAvailable", "-1", "-1", ""));
        assert_join(join_budget, "",
                    "---\n{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: d, namespace: shop}, spec: "
                    "{template: {metadata: {labels: "
                    "{app: web}}, spec: {containers: []}}}}\n" BUDGET("b", "minAvailable: 2"),
                    SAYS("minAvailable", "-1", "-1", ",\"by\":\"DaemonSet d\""));
}

static void selects_nothing(void **state)
{
        (void)state;
        assert_join(join_budget_selects_nothing, "", DEPLOYMENT("web", "shop") BUDGET("b", "minAvailable: 1"), "");
        assert_join(join_budget_selects_nothing, "", DEPLOYMENT("store", "shop") BUDGET("b", "minAvailable: 1"),
                    "PodDisruptionBudget b /spec/selector "
                    "{\"selector\":\"app=web\",\"namespace\":\"shop\",\"shown\":true}\n");
}

static void workloads(void **state)
{
        (void)state;
        assert_join(join_workload_budgets, "", DEPLOYMENT("web", "shop"), "");
        assert_join(join_workload_budgets, "",
                    DEPLOYMENT("web", "shop") DEPLOYMENT("store", "shop") BUDGET("b", "minAvailable: 1")
                            BUDGET("c", "minAvailable: 1"),
                    "Deployment web /spec/replicas {\"first\":\"b\",\"second\":\"c\",\"budgets\":2}\n"
                    "Deployment store /spec/replicas {\"budgets\":0}\n");
        assert_join(join_workload_budgets, "", DEPLOYMENT("web", "web") BUDGET("b", "minAvailable: 1"), "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_is_left),
                cmocka_unit_test(where_the_number_comes_from),
                cmocka_unit_test(selects_nothing),
                cmocka_unit_test(workloads),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
