/* Programs of the control plane and their flags. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "control/joins.h"
#include "rulebook/try_join.h"

#define POD(command)                                                                                                   \
        "---\n{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: kube-system}, spec: {containers: [{name: "    \
        "c, " command "}]}}\n"
#define SAYS(place, set, value, values, flags)                                                                         \
        "Pod p /spec/containers/0/" place " {\"program\":\"etcd\",\"flag\":\"--auto-tls\",\"set\":" set                \
        ",\"value\":\"" value "\",\"values\":" values ",\"flags\":" flags "}\n"

static void flags(void **state)
{
        (void)state;
        assert_join(join_component_flag, "etcd auto-tls", POD("command: [etcd, --auto-tls=true, -a=b]"),
                    SAYS("command/1", "true", "true", "[\"true\"]", "{\"auto-tls\":\"true\",\"a\":\"b\"}"));
        assert_join(join_component_flag, "etcd auto-tls", POD("command: [/usr/bin/etcd, --auto-tls-x=1]"),
                    SAYS("command", "false", "", "[]", "{\"auto-tls-x\":\"1\"}"));
        assert_join(join_component_flag, "etcd auto-tls", POD("command: [etcd], args: [-auto-tls, 'a, b']"),
                    SAYS("args/0", "true", "a, b", "[\"a\",\"b\"]", "{\"auto-tls\":\"a, b\"}"));
        assert_join(join_component_flag, "etcd auto-tls", POD("args: [etcd, --auto-tls, --x]"),
                    SAYS("args/1", "true", "true", "[\"true\"]", "{\"auto-tls\":\"true\",\"x\":\"true\"}"));
        /* Of two, the last counts. */
        assert_join(join_component_flag, "etcd auto-tls", POD("command: [etcd, --auto-tls=true, --auto-tls=false]"),
                    SAYS("command/2", "true", "false", "[\"false\"]", "{\"auto-tls\":\"false\"}"));
}

static void other_programs(void **state)
{
        (void)state;
        assert_join(join_component_flag, "etcd auto-tls", POD("command: [kube-apiserver, --auto-tls=true]"), "");
        assert_join(join_component_flag, "etcd auto-tls", POD("command: [sh, -c, etcd]"), "");
        assert_join(join_component_flag, "etcd auto-tls", POD("image: etcd"), "");
}

static void authority(void **state)
{
        (void)state;
        assert_join(join_etcd_authority, "",
                    POD("command: [kube-apiserver, --client-ca-file=/a]") POD("command: [etcd, --trusted-ca-file=/a]"),
                    "Pod p /spec/containers/0/command/1 {\"file\":\"/a\"}\n");
        assert_join(join_etcd_authority, "",
                    POD("command: [kube-apiserver, --client-ca-file=/a]") POD("command: [etcd, --trusted-ca-file=/b]"),
                    "");
        assert_join(join_etcd_authority, "", POD("command: [etcd, --trusted-ca-file=/a]"), "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(flags), cmocka_unit_test(other_programs),
                                           cmocka_unit_test(authority)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
