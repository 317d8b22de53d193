/* Ingresses and routes, and the Services behind them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "network/joins.h"
#include "rulebook/try_join.h"

#define INGRESS(backend)                                                                                               \
        OBJECT("networking.k8s.io/v1", "Ingress", "web", "shop",                                                       \
               ", spec: {rules: [{http: {paths: [{backend: {" backend "}}]}}]}")
#define ROUTE(kind, reference)                                                                                         \
        OBJECT("gateway.networking.k8s.io/v1", kind, "web", "shop",                                                    \
               ", spec: {rules: [{}, {backendRefs: [{" reference "}]}]}")

static void ingress(void **state)
{
        (void)state;
        assert_join(join_ingress_backend_missing, "",
                    INGRESS("service: {name: web, port: {number: 80}}") SERVICE("web", "shop", "ports: [{port: 80}]"),
                    "");
        assert_join(join_ingress_backend_missing, "",
                    INGRESS("service: {name: web, port: {name: http}}")
                            SERVICE("web", "shop", "ports: [{name: http, port: 80}]"),
                    "");
        assert_join(join_ingress_backend_missing, "",
                    INGRESS("service: {name: web, port: {number: 81}}") SERVICE("web", "shop", "ports: [{port: 80}]"),
                    "Ingress web /spec/rules/0/http/paths/0/backend/service/name "
                    "{\"service\":\"web\",\"port\":\"81\",\"namespace\":\"shop\",\"shown\":true}\n");
        assert_join(join_ingress_backend_missing, "",
                    INGRESS("service: {name: web, port: {number: 80}}") SERVICE("web", "web", "ports: [{port: 80}]"),
                    "Ingress web /spec/rules/0/http/paths/0/backend/service/name "
                    "{\"service\":\"web\",\"port\":\"\",\"namespace\":\"shop\",\"shown\":false}\n");
        assert_join(join_ingress_backend_missing, "", INGRESS("resource: {kind: Bucket, name: a}"), "");
        assert_join(join_ingress_backend_missing, "",
                    "---\n{apiVersion: extensions/v1beta1, kind: Ingress, metadata: {name: old, namespace: shop}, "
                    "spec: {backend: {serviceName: web, servicePort: 80}}}\n",
                    "Ingress old /spec/backend/serviceName "
                    "{\"service\":\"web\",\"port\":\"\",\"namespace\":\"shop\",\"shown\":false}\n");
        assert_join(join_ingress_backend_missing, "",
                    INGRESS("service: {name: web, port: {number: 80}}") SERVICE("web", "shop", "type: ExternalName"),
                    "");
}

static void route(void **state)
{
        (void)state;
        assert_join(join_route_backend_missing, "",
                    ROUTE("HTTPRoute", "name: web, port: 80") SERVICE("web", "shop", "ports: [{port: 80}]"), "");
        assert_join(join_route_backend_missing, "",
                    ROUTE("TCPRoute", "name: db, port: 1") SERVICE("web", "shop", "ports: []"),
                    "TCPRoute web /spec/rules/1/backendRefs/0/name "
                    "{\"service\":\"db\",\"port\":\"\",\"namespace\":\"shop\",\"shown\":true}\n");
        assert_join(join_route_backend_missing, "", ROUTE("HTTPRoute", "group: example.com, kind: Bucket, name: a"),
                    "");
        assert_join(join_route_backend_missing, "",
                    ROUTE("HTTPRoute", "name: web, namespace: web, port: 80")
                            SERVICE("web", "web", "ports: [{port: 80}]"),
                    "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(ingress), cmocka_unit_test(route)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
