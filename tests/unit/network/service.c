/* Services and the Pods behind them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "network/joins.h"
#include "rulebook/try_join.h"

static void selects_nothing(void **state)
{
        (void)state;
        assert_join(join_service_selects_nothing, "",
                    DEPLOYMENT("web", "shop") SERVICE("web", "shop", "selector: {app: web}"), "");
        assert_join(join_service_selects_nothing, "",
                    DEPLOYMENT("web", "shop") SERVICE("web", "shop", "selector: {app: webb, tier: x}"),
                    "Service web /spec/selector {\"selector\":\"app=webb, "
                    "tier=x\",\"namespace\":\"shop\",\"shown\":true}\n");
        assert_join(join_service_selects_nothing, "",
                    DEPLOYMENT("web", "web") SERVICE("web", "shop", "selector: {app: web}"),
                    "Service web /spec/selector {\"selector\":\"app=web\",\"namespace\":\"shop\",\"shown\":false}\n");
        assert_join(join_service_selects_nothing, "",
                    SERVICE("web", "shop", "type: ExternalName, selector: {app: web}"), "");
        assert_join(join_service_selects_nothing, "", SERVICE("web", "shop", "ports: []"), "");
        /* No namespace may be every namespace. */
        assert_join(join_service_selects_nothing, "",
                    DEPLOYMENT("web", "''") SERVICE("web", "shop", "selector: {app: web}"), "");
        assert_join(join_service_selects_nothing, "",
                    DEPLOYMENT("web", "default") SERVICE("web", "''", "selector: {app: web}"), "");
}

static void port_missing(void **state)
{
        (void)state;
        assert_join(join_service_port_missing, "",
                    DEPLOYMENT("web", "shop")
                            SERVICE("web", "shop", "selector: {app: web}, ports: [{port: 80, targetPort: http}]"),
                    "");
        assert_join(join_service_port_missing, "",
                    DEPLOYMENT("web", "shop") SERVICE(
                            "web", "shop", "selector: {app: web}, ports: [{port: 80}, {port: 81, targetPort: grpc}]"),
                    "Service web /spec/ports/1/targetPort {\"port\":\"grpc\",\"workload\":\"Deployment web\"}\n");
        /* Numbers need not be declared. */
        assert_join(join_service_port_missing, "",
                    DEPLOYMENT("web", "shop")
                            SERVICE("web", "shop", "selector: {app: web}, ports: [{port: 80, targetPort: 9}]"),
                    "");
        /* One of several Pods has it. */
        assert_join(join_service_port_missing, "",
                    DEPLOYMENT_WITH("a", "shop", "{app: web}", "") OBJECT("v1", "Pod", "b", "shop",
                                                                          ", spec: {containers: []}")
                            SERVICE("web", "shop", "selector: {app: web}, ports: [{port: 80, targetPort: http}]"),
                    "");
}

static void workloads(void **state)
{
        (void)state;
        assert_join(join_service_workloads, "",
                    DEPLOYMENT("web", "shop") SERVICE("web", "shop", "type: NodePort, selector: {app: web}"),
                    "Service web /spec/type {\"workload\":\"Deployment web\",\"image\":\"a:1\"}\n");
        assert_join(join_service_workloads, "",
                    DEPLOYMENT("web", "shop") SERVICE("web", "shop", "type: ClusterIP, selector: {app: web}"), "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(selects_nothing),
                cmocka_unit_test(port_missing),
                cmocka_unit_test(workloads),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
