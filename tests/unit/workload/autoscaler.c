/* Autoscalers and what they scale. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rulebook/try_join.h"
#include "workload/joins.h"

#define SCALER(ns, target)                                                                                             \
        OBJECT("autoscaling/v2", "HorizontalPodAutoscaler", "h", ns, ", spec: {scaleTargetRef: {" target "}}")

static void targets(void **state)
{
        (void)state;
        assert_join(join_autoscaler_target, "",
                    DEPLOYMENT("web", "shop") SCALER("shop", "apiVersion: apps/v1, kind: Deployment, name: web"), "");
        assert_join(join_autoscaler_target, "",
                    DEPLOYMENT("web", "shop") SCALER("shop", "apiVersion: apps/v1, kind: Deployment, name: store"),
                    "HorizontalPodAutoscaler h /spec/scaleTargetRef/name {\"target\":\"Deployment "
                    "store\",\"namespace\":\"shop\",\"shown\":true}\n");
        assert_join(join_autoscaler_target, "", SCALER("shop", "apiVersion: apps/v1, kind: StatefulSet, name: db"),
                    "HorizontalPodAutoscaler h /spec/scaleTargetRef/name {\"target\":\"StatefulSet "
                    "db\",\"namespace\":\"shop\",\"shown\":false}\n");
        assert_join(join_autoscaler_target, "", SCALER("shop", "apiVersion: example.com/v1, kind: Deployment, name: x"),
                    "");
        assert_join(join_autoscaler_target, "", SCALER("shop", "kind: Thing, name: x"), "");
}

static void scaled(void **state)
{
        (void)state;
        assert_join(join_autoscaled_workload, "",
                    DEPLOYMENT("web", "shop") SCALER("shop", "apiVersion: apps/v1, kind: Deployment, name: web"),
                    "Deployment web /spec/replicas {\"scaler\":\"HorizontalPodAutoscaler h\",\"replicas\":3}\n");
        assert_join(join_autoscaled_workload, "",
                    DEPLOYMENT("web", "web") SCALER("shop", "apiVersion: apps/v1, kind: Deployment, name: web"), "");
        assert_join(join_autoscaled_workload, "", DEPLOYMENT("web", "shop"), "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(targets), cmocka_unit_test(scaled)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
