/* Giving rights: who may write which role or binding, and how the API server says no. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "access/escalate.h"

#define RBAC "rbac.authorization.k8s.io/v1"
#define ROLE(name, rules)                                                                                              \
        "---\n{apiVersion: " RBAC ", kind: ClusterRole, metadata: {name: " name "}, rules: [" rules "]}\n"
#define BINDING(name, role, user)                                                                                      \
        "---\n{apiVersion: " RBAC ", kind: RoleBinding, metadata: {name: " name                                        \
        ", namespace: shop}, roleRef: {kind: ClusterRole, name: " role "}, subjects: [{kind: User, name: " user        \
        "}]}\n"
#define CLUSTER_BINDING(name, role, user)                                                                              \
        "---\n{apiVersion: " RBAC ", kind: ClusterRoleBinding, metadata: {name: " name                                 \
        "}, roleRef: {kind: ClusterRole, name: " role "}, subjects: [{kind: User, name: " user "}]}\n"
#define READ "{apiGroups: [''], resources: [pods, secrets], verbs: [get, list]}"
#define RIGHTS(verb, resources, more)                                                                                  \
        "{apiGroups: [rbac.authorization.k8s.io], resources: [" resources "], verbs: [" verb "]" more "}"

static const char cluster[] = ROLE("read", READ) ROLE("write",
                                                      "{apiGroups: [''], resources: [pods], verbs: [update, get]}")
        ROLE("all", "{apiGroups: ['*'], resources: ['*'], verbs: ['*']}, {nonResourceURLs: ['*'], verbs: ['*']}")
                ROLE("escalator", RIGHTS("escalate", "roles, clusterroles", ""))
                        ROLE("binder", RIGHTS("bind", "clusterroles", ", resourceNames: [write]"))
                                BINDING("a", "read", "ada") BINDING("b", "binder", "bob")
                                        CLUSTER_BINDING("c", "all", "root") CLUSTER_BINDING("d", "escalator", "eve")
                                                CLUSTER_BINDING("e", "read", "wide");

struct world {
        struct arena arena;
        struct estate estate;
        struct access *access;
};

static int make(void **state)
{
        static struct world world;

        world = (struct world){0};
        estate_read_text(&world.estate, STR("a.yaml"), str_of(cluster));
        world.access = access_new(&world.arena, &world.estate, &(struct access_settings){.no_bootstrap = true});
        *state = &world;
        return 0;
}

static int end(void **state)
{
        struct world *world = *state;

        estate_free(&world->estate);
        arena_free(&world->arena);
        return 0;
}

/* Why it is allowed, or how it is refused. */
static const char *write_role(struct world *world, const char *user, const char *ns, const char *like, bool aggregated)
{
        static const struct str group = STR_INIT("system:authenticated");
        struct access_user who = {str_of(user), &group, 1};
        const struct access_role *role =
                access_role(world->access, access_find_role(world->access, STR(""), str_of(like)));
        struct access_escalation escalation;

        access_may_write_role(&world->arena, world->access, &who, str_of(ns),
                              STR(""), role->rules, aggregated, &escalation);
        return escalation.allowed ? escalation.by : str_copy(&world->arena, escalation.message).data;
}

static const char *write_binding(struct world *world, const char *user, const char *ns, const char *name)
{
        static const struct str group = STR_INIT("system:authenticated");
        struct access_user who = {str_of(user), &group, 1};
        struct access_escalation escalation;

        access_may_write_binding(&world->arena, world->access, &who, str_of(ns), true, str_of(name),
                                 access_find_role(world->access, STR(""), str_of(name)), &escalation);
        return escalation.allowed ? escalation.by : str_copy(&world->arena, escalation.message).data;
}

static void roles(void **state)
{
        assert_string_equal(write_role(*state, "ada", "shop", "read", false), "rights");
        assert_string_equal(
                write_role(*state, "ada", "shop", "write", false),
                "user \"ada\" (groups=[\"system:authenticated\"]) is attempting to grant RBAC permissions not "
                "currently held:\n{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"update\"]}");
        assert_string_equal(
                write_role(*state, "ada", "", "read", false),
                "user \"ada\" (groups=[\"system:authenticated\"]) is attempting to grant RBAC permissions not "
                "currently held:\n{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"get\" \"list\"]}\n"
                "{APIGroups:[\"\"], Resources:[\"secrets\"], Verbs:[\"get\" \"list\"]}");
        assert_string_equal(write_role(*state, "wide", "", "read", false), "rights");
        assert_string_equal(write_role(*state, "eve", "", "all", true), "escalate");
        assert_string_equal(write_role(*state, "root", "", "all", true), "escalate");
        assert_string_equal(write_role(*state, "wide", "", "read", true),
                            "must have cluster-admin privileges to use the aggregationRule");
}

static void bindings(void **state)
{
        assert_string_equal(write_binding(*state, "ada", "shop", "read"), "rights");
        assert_string_equal(write_binding(*state, "bob", "shop", "write"), "bind");
        assert_string_equal(write_binding(*state, "root", "", "write"), "bind");
        assert_string_equal(write_binding(*state, "wide", "", "gone"),
                            "clusterrole.rbac.authorization.k8s.io \"gone\" not found");
        assert_non_null(strstr(write_binding(*state, "bob", "bank", "write"), "not currently held"));
        assert_non_null(strstr(write_binding(*state, "bob", "shop", "read"), "not currently held"));
        assert_non_null(strstr(write_binding(*state, "ada", "", "read"), "not currently held"));
}

static void masters(void **state)
{
        struct world *world = *state;
        struct str group = STR("system:masters");
        struct access_user who = {STR("x"), &group, 1};
        struct access_escalation escalation;

        access_may_write_binding(&world->arena, world->access, &who,
                                 STR(""), true, STR("all"), ACCESS_NONE, &escalation);
        assert_string_equal(escalation.by, "system:masters");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(roles),
                cmocka_unit_test(bindings),
                cmocka_unit_test(masters),
        };

        return cmocka_run_group_tests(tests, make, end);
}
