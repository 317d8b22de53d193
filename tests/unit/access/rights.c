/* What roles lead to, from the workload and from the binding. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "access/joins.h"
#include "rulebook/try_join.h"

#define RBAC "rbac.authorization.k8s.io/v1"
#define ROLE(kind, rules) OBJECT(RBAC, kind, "r", "shop", ", rules: [{" rules "}]")
#define BINDING(kind, role)                                                                                            \
        OBJECT(RBAC, kind, "b", "shop",                                                                                \
               ", roleRef: {kind: " role "}, subjects: [{kind: ServiceAccount, name: web, namespace: shop}]")
#define WEB DEPLOYMENT_WITH("web", "shop", "{app: web}", "serviceAccountName: web, ")
#define SECRETS "apiGroups: [''], resources: [secrets], verbs: [get]"
#define SAYS(binding, power, words, cluster)                                                                           \
        "Deployment web /spec/template/spec/serviceAccountName {\"account\":\"web\",\"binding\":\"" binding            \
        " b\",\"role\":\"r\",\"power\":\"" power "\",\"may\":\"" words "\",\"cluster\":" cluster "}\n"

static void powers(void **state)
{
        (void)state;
        assert_join(join_workload_rights, "", WEB ROLE("Role", SECRETS) BINDING("RoleBinding", "Role, name: r"),
                    SAYS("RoleBinding", "secrets", "read all Secrets", "false"));
        assert_join(join_workload_rights, "",
                    WEB ROLE("ClusterRole", SECRETS) BINDING("ClusterRoleBinding", "ClusterRole, name: r"),
                    SAYS("ClusterRoleBinding", "secrets", "read all Secrets", "true"));
        assert_join(join_workload_rights, "",
                    WEB ROLE("Role", "apiGroups: ['*'], resources: ['*'], verbs: ['*']")
                            BINDING("RoleBinding", "Role, name: r"),
                    SAYS("RoleBinding", "everything", "do everything", "false"));
        assert_join(join_workload_rights, "",
                    WEB ROLE("Role", "apiGroups: [''], resources: ['*'], verbs: ['*']")
                            BINDING("RoleBinding", "Role, name: r"),
                    SAYS("RoleBinding", "core", "do everything with Pods, Secrets and the like", "false"));
        assert_join(join_workload_rights, "",
                    WEB ROLE("Role", "apiGroups: [apps], resources: [deployments], verbs: [patch]")
                            BINDING("RoleBinding", "Role, name: r"),
                    SAYS("RoleBinding", "pods", "start Pods by a Deployment", "false"));
}

static void no_powers(void **state)
{
        (void)state;
        assert_join(join_workload_rights, "",
                    WEB ROLE("Role", "apiGroups: [''], resources: [configmaps], verbs: ['*']")
                            BINDING("RoleBinding", "Role, name: r"),
                    "");
        assert_join(join_workload_rights, "",
                    WEB ROLE("Role", SECRETS ", resourceNames: [web]") BINDING("RoleBinding", "Role, name: r"), "");
        assert_join(join_workload_rights, "",
                    DEPLOYMENT("web", "shop") ROLE("Role", SECRETS) BINDING("RoleBinding", "Role, name: r"), "");
        assert_join(join_workload_rights, "",
                    DEPLOYMENT_WITH("web", "shop", "{app: web}",
                                    "serviceAccountName: web, automountServiceAccountToken: false, ")
                            ROLE("Role", SECRETS) BINDING("RoleBinding", "Role, name: r"),
                    "");
        assert_join(join_workload_rights, "",
                    WEB OBJECT("v1", "ServiceAccount", "web", "shop", ", automountServiceAccountToken: false")
                            ROLE("Role", SECRETS) BINDING("RoleBinding", "Role, name: r"),
                    "");
        /* A role that was not shown is known only if every cluster has it. */
        assert_join(join_workload_rights, "", WEB BINDING("RoleBinding", "Role, name: r"), "");
}

static void the_worst_is_said(void **state)
{
        (void)state;
        assert_join(
                join_workload_rights, "",
                WEB ROLE("Role", "apiGroups: ['*'], resources: ['*'], verbs: ['*']")
                        BINDING("RoleBinding",
                                "Role, name: r") "---\n{apiVersion: " RBAC
                                                 ", kind: ClusterRoleBinding, metadata: {name: c}, roleRef: {kind: "
                                                 "ClusterRole, name: cluster-admin}, "
                                                 "subjects: [{kind: ServiceAccount, name: web, namespace: shop}]}\n",
                "Deployment web /spec/template/spec/serviceAccountName "
                "{\"account\":\"web\",\"binding\":\"ClusterRoleBinding c\","
                "\"role\":\"cluster-admin\",\"power\":\"everything\",\"may\":\"do everything\",\"cluster\":true}\n");
}

static void bindings(void **state)
{
        (void)state;
        assert_join(join_binding_rights, "",
                    ROLE("Role", "apiGroups: [''], resources: [pods], verbs: [list]")
                            BINDING("RoleBinding", "Role, name: r"),
                    "RoleBinding b /roleRef {\"binding\":\"RoleBinding "
                    "b\",\"role\":\"r\",\"power\":\"view-pods\",\"may\":\"see all Pods\",\"cluster\":false}\n");
        assert_join(join_binding_rights, "", BINDING("RoleBinding", "Role, name: r"), "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(powers),
                cmocka_unit_test(no_powers),
                cmocka_unit_test(the_worst_is_said),
                cmocka_unit_test(bindings),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
