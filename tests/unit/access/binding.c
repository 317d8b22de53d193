/* Bindings, and the roles and accounts that they name. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "access/joins.h"
#include "rulebook/try_join.h"

#define RBAC "rbac.authorization.k8s.io/v1"
#define BINDING(role, subjects)                                                                                        \
        OBJECT(RBAC, "RoleBinding", "b", "shop", ", roleRef: {kind: " role "}, subjects: [" subjects "]")

static void roles(void **state)
{
        (void)state;
        assert_join(join_role_missing, "",
                    BINDING("Role, name: r", "") OBJECT(RBAC, "Role", "r", "shop", ", rules: []"), "");
        assert_join(join_role_missing, "",
                    BINDING("Role, name: r", "") OBJECT(RBAC, "Role", "s", "shop", ", rules: []"),
                    "RoleBinding b /roleRef/name "
                    "{\"kind\":\"Role\",\"role\":\"r\",\"namespace\":\"shop\",\"shown\":true}\n");
        assert_join(join_role_missing, "", BINDING("ClusterRole, name: r", ""),
                    "RoleBinding b /roleRef/name "
                    "{\"kind\":\"ClusterRole\",\"role\":\"r\",\"namespace\":\"\",\"shown\":false}\n");
        assert_join(join_role_missing, "", BINDING("ClusterRole, name: view", ""), "");
        assert_join(join_role_missing, "", BINDING("ClusterRole, name: 'system:node'", ""), "");
}

static void subjects(void **state)
{
        (void)state;
        assert_join(
                join_subject_missing, "",
                BINDING("Role, name: r", "{kind: User, name: a}, {kind: ServiceAccount, name: web, namespace: shop}")
                        OBJECT("v1", "ServiceAccount", "store", "shop", ""),
                "RoleBinding b /subjects/1/name {\"account\":\"web\",\"namespace\":\"shop\"}\n");
        assert_join(join_subject_missing, "",
                    BINDING("Role, name: r", "{kind: ServiceAccount, name: web, namespace: shop}"), "");
        assert_join(join_subject_missing, "",
                    BINDING("Role, name: r", "{kind: ServiceAccount, name: default, namespace: shop}")
                            OBJECT("v1", "ServiceAccount", "store", "shop", ""),
                    "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(roles), cmocka_unit_test(subjects)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
