/* Probes and the ports that they ask. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rulebook/try_join.h"
#include "workload/joins.h"

#define POD(container)                                                                                                 \
        OBJECT("v1", "Pod", "p", "shop",                                                                               \
               ", spec: {containers: [{name: c, ports: [{name: http, containerPort: 80}], " container "}]}")

static void ports(void **state)
{
        (void)state;
        assert_join(join_probe_port_unknown, "",
                    POD("livenessProbe: {httpGet: {port: http}}, readinessProbe: {tcpSocket: {port: 9}}"), "");
        assert_join(
                join_probe_port_unknown, "",
                POD("livenessProbe: {exec: {command: [a]}}, startupProbe: {tcpSocket: {port: web}}"),
                "Pod p /spec/containers/0/startupProbe/tcpSocket/port {\"probe\":\"startupProbe\",\"port\":\"web\"}\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(ports)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
