/* What every new cluster has: facts that are known of it, and when it is assumed. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "access/authorizer.h"

#define RBAC "rbac.authorization.k8s.io/v1"
#define BINDING(role)                                                                                                  \
        "{apiVersion: " RBAC                                                                                           \
        ", kind: ClusterRoleBinding, metadata: {name: b}, roleRef: {kind: ClusterRole, name: '" role                   \
        "'}, subjects: [{kind: User, name: ada}]}\n"

struct world {
        struct arena arena;
        struct estate estate;
        struct access *access;
};

static void make(struct world *world, const char *text, bool bindings)
{
        *world = (struct world){0};
        estate_read_text(&world->estate, STR("a.yaml"), str_of(text));
        world->access =
                access_new(&world->arena, &world->estate, &(struct access_settings){.default_bindings = bindings});
}

static void end(struct world *world)
{
        estate_free(&world->estate);
        arena_free(&world->arena);
}

static size_t count_rules(struct world *world, const char *role)
{
        uint32_t number = access_find_role(world->access, STR(""), str_of(role));

        assert_int_not_equal(number, ACCESS_NONE);
        return access_role(world->access, number)->rules->count;
}

/* As a cluster of Kubernetes 1.37 has them, when its controller has collected them. */
static void aggregated_roles(void **state)
{
        struct world world;

        (void)state;
        make(&world, BINDING("view"), false);
        assert_int_equal(count_rules(&world, "view"), 12);
        assert_int_equal(count_rules(&world, "edit"), 27);
        assert_int_equal(count_rules(&world, "admin"), 29);
        assert_int_equal(access_binding_count(world.access), 1);
        end(&world);
}

static bool may(struct world *world, const char *user, const char *group, const char *verb, const char *api_group,
                const char *resource, const char *ns)
{
        struct str groups[] = {str_of(group)};
        struct access_user who = {str_of(user), groups, 1};
        struct access_request request = {.verb = str_of(verb),
                                         .group = str_of(api_group),
                                         .resource = str_of(resource),
                                         .ns = str_of(ns),
                                         .path = str_of(resource),
                                         .is_path = *resource == '/'};

        return access_can(world->access, &who, &request) == ACCESS_YES;
}

static void default_bindings(void **state)
{
        struct world world;

        (void)state;
        make(&world, "", true);
        assert_true(may(&world, "x", "system:authenticated", "get", "", "/version", ""));
        assert_true(may(&world, "x", "system:unauthenticated", "get", "", "/healthz", ""));
        assert_false(may(&world, "x", "system:unauthenticated", "get", "", "/metrics", ""));
        assert_true(may(&world, "x", "system:monitoring", "get", "", "/metrics", ""));
        assert_true(may(&world, "x", "system:authenticated", "create", "authorization.k8s.io",
                        "selfsubjectaccessreviews", ""));
        assert_true(may(&world, "system:kube-scheduler", "-", "create", "", "bindings", "shop"));
        assert_true(may(&world, "system:kube-controller-manager", "-", "get", "", "secrets", "shop"));
        assert_false(may(&world, "system:kube-controller-manager", "-", "escalate", "rbac.authorization.k8s.io",
                         "clusterroles", ""));
        assert_true(may(&world, "system:serviceaccount:kube-system:clusterrole-aggregation-controller", "-", "escalate",
                        "rbac.authorization.k8s.io", "clusterroles", ""));
        assert_true(may(&world, "system:serviceaccount:kube-system:generic-garbage-collector", "-", "delete",
                        "any.example.com", "things", ""));
        assert_false(may(&world, "x", "system:nodes", "get", "", "secrets", "shop"));
        end(&world);
}

/* What of the roles everybody knows: view reads no secrets, edit writes no roles, admin writes no quotas. */
static void what_the_roles_leave_out(void **state)
{
        struct world world;

        (void)state;
        make(&world, BINDING("view"), false);
        assert_true(may(&world, "ada", "-", "list", "apps", "deployments", "x"));
        assert_false(may(&world, "ada", "-", "get", "", "secrets", "x"));
        end(&world);
        make(&world, BINDING("edit"), false);
        assert_true(may(&world, "ada", "-", "get", "", "secrets", "x"));
        assert_true(may(&world, "ada", "-", "impersonate", "", "serviceaccounts", "x"));
        assert_false(may(&world, "ada", "-", "create", "rbac.authorization.k8s.io", "roles", "x"));
        end(&world);
        make(&world, BINDING("admin"), false);
        assert_true(may(&world, "ada", "-", "create", "rbac.authorization.k8s.io", "rolebindings", "x"));
        assert_false(may(&world, "ada", "-", "create", "", "resourcequotas", "x"));
        end(&world);
        make(&world, BINDING("cluster-admin"), false);
        assert_true(may(&world, "ada", "-", "anything", "at.all", "really", ""));
        assert_true(may(&world, "ada", "-", "get", "", "/path", ""));
        end(&world);
}

/* A role that was shown counts, and what collects it sees it. */
static void shown_roles_count(void **state)
{
        struct world world;

        (void)state;
        make(&world,
             "{apiVersion: " RBAC ", kind: ClusterRole, metadata: {name: more, labels: "
             "{rbac.authorization.k8s.io/aggregate-to-view: 'true'}}, rules: [{apiGroups: [x.example.com], resources: [things], "
             "verbs: [get]}]}\n---\n" BINDING("view"),
             false);
        assert_true(may(&world, "ada", "-", "get", "x.example.com", "things", "x"));
        assert_int_equal(count_rules(&world, "view"), 13);
        end(&world);
        make(&world,
             "{apiVersion: " RBAC ", kind: ClusterRole, metadata: {name: view}, rules: []}\n---\n" BINDING("view"),
             false);
        assert_false(may(&world, "ada", "-", "list", "apps", "deployments", "x"));
        end(&world);
        make(&world,
             "{apiVersion: " RBAC ", kind: ClusterRole, metadata: {name: cluster-admin}}\n---\n{apiVersion: " RBAC
             ", kind: ClusterRole, metadata: {name: 'system:node'}}\n---\n" BINDING("view"),
             true);
        assert_int_equal(access_role_count(world.access), 2);
        assert_int_equal(access_binding(world.access, 0)->role, ACCESS_NONE);
        end(&world);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(aggregated_roles),
                cmocka_unit_test(default_bindings),
                cmocka_unit_test(what_the_roles_leave_out),
                cmocka_unit_test(shown_roles_count),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
