/* Who may do what. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "access/authorizer.h"

#define RBAC "rbac.authorization.k8s.io/v1"
#define ROLE(name, ns, rules)                                                                                          \
        "---\n{apiVersion: " RBAC ", kind: Role, metadata: {name: " name ", namespace: " ns "}, rules: [" rules "]}\n"
#define CLUSTER_ROLE(name, more)                                                                                       \
        "---\n{apiVersion: " RBAC ", kind: ClusterRole, metadata: {name: " name "}, " more "}\n"
#define LABELLED_ROLE(name, label, more)                                                                               \
        "---\n{apiVersion: " RBAC ", kind: ClusterRole, metadata: {name: " name ", labels: {" label "}}, " more "}\n"
#define BINDING(name, ns, role, subjects)                                                                              \
        "---\n{apiVersion: " RBAC ", kind: RoleBinding, metadata: {name: " name ", namespace: " ns                     \
        "}, roleRef: {kind: " role "}, subjects: [" subjects "]}\n"
#define CLUSTER_BINDING(name, role, subjects)                                                                          \
        "---\n{apiVersion: " RBAC ", kind: ClusterRoleBinding, metadata: {name: " name                                 \
        "}, roleRef: {kind: ClusterRole, name: " role "}, subjects: [" subjects "]}\n"
#define READ_PODS "{apiGroups: [''], resources: [pods], verbs: [get, list]}"
#define ADA "{kind: User, name: ada}"
#define WEB "{kind: ServiceAccount, name: web, namespace: shop}"

struct world {
        struct arena arena;
        struct estate estate;
        struct access *access;
};

static void world_make(struct world *world, const char *manifests)
{
        *world = (struct world){0};
        estate_read_text(&world->estate, STR("a.yaml"), str_of(manifests));
        world->access = access_new(&world->arena, &world->estate, &(struct access_settings){.no_bootstrap = true});
}

static void world_end(struct world *world)
{
        estate_free(&world->estate);
        arena_free(&world->arena);
}

static enum access_verdict ask(const char *manifests, const char *user, const char *group, const char *verb,
                               const char *resource, const char *ns)
{
        struct world world;
        struct str groups[] = {str_of(group)};
        struct access_user who = {str_of(user), groups, *group ? 1 : 0};
        struct access_request request = {
                .verb = str_of(verb), .resource = str_of(resource), .ns = str_of(ns), .path = str_of(resource)};
        enum access_verdict verdict;

        request.is_path = *resource == '/';
        world_make(&world, manifests);
        verdict = access_can(world.access, &who, &request);
        world_end(&world);
        return verdict;
}

static void bindings_count_in_their_namespace(void **state)
{
        static const char local[] = ROLE("r", "shop", READ_PODS) BINDING("b", "shop", "Role, name: r", ADA);
        static const char wide[] = CLUSTER_ROLE("r", "rules: [" READ_PODS "]") CLUSTER_BINDING("b", "r", ADA);

        (void)state;
        assert_int_equal(ask(local, "ada", "", "get", "pods", "shop"), ACCESS_YES);
        assert_int_equal(ask(local, "ada", "", "get", "pods", "bank"), ACCESS_NO);
        assert_int_equal(ask(local, "ada", "", "get", "pods", ""), ACCESS_NO);
        assert_int_equal(ask(local, "bob", "", "get", "pods", "shop"), ACCESS_NO);
        assert_int_equal(ask(wide, "ada", "", "get", "pods", "bank"), ACCESS_YES);
        assert_int_equal(ask(wide, "ada", "", "list", "pods", ""), ACCESS_YES);
        assert_int_equal(ask(wide, "ada", "", "watch", "pods", ""), ACCESS_NO);
        assert_int_equal(ask(wide, "ada", "system:masters", "watch", "pods", ""), ACCESS_YES);
}

static void a_role_that_is_missing_is_not_a_no(void **state)
{
        static const char missing[] = BINDING("b", "shop", "Role, name: r", ADA);
        static const char broken[] = CLUSTER_ROLE("r", "rules: [{verbs: get}]") CLUSTER_BINDING("b", "r", ADA);

        (void)state;
        assert_int_equal(ask(missing, "ada", "", "get", "pods", "shop"), ACCESS_UNKNOWN);
        assert_int_equal(ask(missing, "ada", "", "get", "pods", "bank"), ACCESS_NO);
        assert_int_equal(ask(broken, "ada", "", "get", "pods", "shop"), ACCESS_UNKNOWN);
}

static void cycles_of_aggregation_end(void **state)
{
        static const char cycle[] = LABELLED_ROLE("a", "x: a",
                                                  "aggregationRule: {clusterRoleSelectors: [{matchLabels: {x: b}}]}")
                LABELLED_ROLE("b", "x: b",
                              "aggregationRule: {clusterRoleSelectors: [{matchLabels: {x: a}}, {matchLabels: {x: c}}]}")
                        LABELLED_ROLE("c", "x: c", "rules: [" READ_PODS "]") CLUSTER_BINDING("b", "a", ADA);

        (void)state;
        assert_int_equal(ask(cycle, "ada", "", "get", "pods", "shop"), ACCESS_YES);
        assert_int_equal(ask(cycle, "ada", "", "delete", "pods", "shop"), ACCESS_NO);
}

static void an_aggregated_rule_knows_where_it_stands(void **state)
{
        struct world world;
        struct str groups[] = {STR("system:authenticated")};
        struct access_user ada = {STR("ada"), groups, 1};
        struct access_request request = {.verb = STR("list"), .resource = STR("pods"), .ns = STR("shop")};
        struct access_grants grants;
        const struct access_role *role;

        (void)state;
        world_make(&world,
                   CLUSTER_ROLE("a", "aggregationRule: {clusterRoleSelectors: [{matchLabels: {x: b}}]}")
                           LABELLED_ROLE("b", "x: b", "rules: [{verbs: [get], nonResourceURLs: [/x]}, " READ_PODS "]")
                                   BINDING("one", "shop", "ClusterRole, name: a", ADA)
                                           BINDING("two", "bank", "ClusterRole, name: a", ADA));
        access_explain(&world.arena, world.access, &ada, &request, &grants);
        assert_int_equal(grants.items.count, 1);
        assert_true(str_is(access_binding(world.access, grants.items.items[0].binding)->name, "one"));
        role = access_role(world.access, access_binding(world.access, grants.items.items[0].binding)->role);
        assert_int_equal(role->origins[grants.items.items[0].rule].index, 1);
        assert_true(str_is(access_role(world.access, role->origins[grants.items.items[0].rule].role)->name, "b"));
        world_end(&world);
}

static void accounts_are_in_their_groups(void **state)
{
        struct world world;
        struct access_user web;
        struct access_request request = {.verb = STR("get"), .resource = STR("pods"), .ns = STR("shop")};

        (void)state;
        world_make(&world, CLUSTER_ROLE("r", "rules: [" READ_PODS "]")
                                   CLUSTER_BINDING("b", "r", "{kind: Group, name: 'system:serviceaccounts:shop'}"));
        web = access_user_of_account(&world.arena, STR("shop"), STR("web"));
        assert_int_equal(access_can(world.access, &web, &request), ACCESS_YES);
        web = access_user_of_account(&world.arena, STR("bank"), STR("web"));
        assert_int_equal(access_can(world.access, &web, &request), ACCESS_NO);
        world_end(&world);
}

static void an_account_has_one_number(void **state)
{
        struct world world;

        (void)state;
        world_make(
                &world,
                CLUSTER_ROLE("r", "rules: [" READ_PODS "]") CLUSTER_BINDING(
                        "b", "r",
                        WEB
                        ", {kind: User, name: 'system:serviceaccount:shop:web'}") "---\n{apiVersion: v1, kind: ServiceAccount, metadata: {name: web, namespace: shop}}\n");
        assert_int_equal(access_subject_count(world.access), 1);
        assert_int_equal(access_subject(world.access, 0)->kind, ACCESS_SERVICE_ACCOUNT);
        assert_non_null(access_subject(world.access, 0)->object);
        assert_int_equal(access_subject(world.access, 0)->binding_count, 1);
        world_end(&world);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(bindings_count_in_their_namespace),
                cmocka_unit_test(a_role_that_is_missing_is_not_a_no),
                cmocka_unit_test(cycles_of_aggregation_end),
                cmocka_unit_test(an_aggregated_rule_knows_where_it_stands),
                cmocka_unit_test(accounts_are_in_their_groups),
                cmocka_unit_test(an_account_has_one_number),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
