/* What Pods need by name. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rulebook/try_join.h"
#include "workload/joins.h"

#define MAP(name, ns) OBJECT("v1", "ConfigMap", name, ns, "")
#define POD(spec) OBJECT("v1", "Pod", "p", "shop", ", spec: {" spec "}")
#define SAYS(path, kind, name, near)                                                                                   \
        "Pod p /spec/" path " {\"kind\":\"" kind "\",\"name\":\"" name "\",\"namespace\":\"shop\",\"near\":\"" near    \
        "\"}\n"

static void config_maps(void **state)
{
        (void)state;
        assert_join(join_pod_reference, "ConfigMap",
                    POD("volumes: [{name: v, configMap: {name: settings}}], containers: []") MAP("settings", "shop"),
                    "");
        assert_join(join_pod_reference, "ConfigMap",
                    POD("volumes: [{name: v, configMap: {name: setings}}], containers: []") MAP("settings", "shop"),
                    SAYS("volumes/0/configMap/name", "ConfigMap", "setings", "settings"));
        assert_join(join_pod_reference, "ConfigMap",
                    POD("volumes: [{name: v, projected: {sources: [{}, {configMap: {name: a}}]}}], containers: []")
                            MAP("settings", "shop"),
                    SAYS("volumes/0/projected/sources/1/configMap/name", "ConfigMap", "a", ""));
        assert_join(join_pod_reference, "ConfigMap",
                    POD("containers: [{name: c, env: [{name: A, valueFrom: {configMapKeyRef: {name: a, key: k}}}], "
                        "envFrom: [{configMapRef: {name: b}}]}]") MAP("settings", "shop"),
                    SAYS("containers/0/env/0/valueFrom/configMapKeyRef/name", "ConfigMap", "a", "")
                            SAYS("containers/0/envFrom/0/configMapRef/name", "ConfigMap", "b", ""));
        assert_join(join_pod_reference, "ConfigMap",
                    POD("volumes: [{name: v, configMap: {name: a, optional: true}}], containers: []") MAP("b", "shop"),
                    "");
        assert_join(join_pod_reference, "ConfigMap",
                    POD("volumes: [{name: v, configMap: {name: a}}], containers: []") MAP("b", "web"), "");
}

static void others(void **state)
{
        (void)state;
        assert_join(join_pod_reference, "Secret",
                    POD("volumes: [{name: v, secret: {secretName: a}}], containers: []")
                            OBJECT("v1", "Secret", "other-thing", "shop", ""),
                    SAYS("volumes/0/secret/secretName", "Secret", "a", ""));
        assert_join(join_pod_reference, "PersistentVolumeClaim",
                    POD("volumes: [{name: v, persistentVolumeClaim: {claimName: a}}], containers: []")
                            OBJECT("v1", "PersistentVolumeClaim", "other-thing", "shop", ""),
                    SAYS("volumes/0/persistentVolumeClaim/claimName", "PersistentVolumeClaim", "a", ""));
}

static void governing(void **state)
{
        (void)state;
        assert_join(join_governing_service, "",
                    OBJECT("apps/v1", "StatefulSet", "db", "shop",
                           ", spec: {serviceName: db, template: {spec: {containers: []}}}") SERVICE("web", "shop", ""),
                    "StatefulSet db /spec/serviceName {\"service\":\"db\",\"namespace\":\"shop\"}\n");
        assert_join(join_governing_service, "",
                    OBJECT("apps/v1", "StatefulSet", "db", "shop",
                           ", spec: {serviceName: db, template: {spec: {containers: []}}}"),
                    "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(config_maps), cmocka_unit_test(others),
                                           cmocka_unit_test(governing)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
