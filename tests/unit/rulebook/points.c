/* Points: that the table is sound, and how a point of a container comes to hold. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kube/estate.h"
#include "rulebook/points.h"

static void every_expression_compiles(void **state)
{
        struct arena arena = {0};
        struct points *points = points_new(&arena);
        struct err err = {0};
        size_t count;
        const struct score_point *list = points_list(points, &count);

        (void)state;
        if (!points_check(points, &err))
                fail_msg("%.*s", STR_ARG(err_text(&err)));
        assert_int_equal(count, 30);
        for (size_t i = 0; i < count; i++) {
                assert_true(list[i].id.len && list[i].selector.len && list[i].reason.len && list[i].points);
                for (size_t k = 0; k < i; k++) {
                        assert_false(str_equal(list[i].id, list[k].id));
                        /* The order of a list must never be a matter of chance. */
                        assert_false(list[i].points == list[k].points && str_equal(list[i].selector, list[k].selector));
                }
        }
        arena_free(&arena);
}

/* Whether a point was asked for, and holds. */
static void judge(const char *text, const char *id, bool *asked, bool *held)
{
        struct arena arena = {0}, scratch = {0};
        struct estate estate = {0};
        struct points *points = points_new(&arena);
        struct score score = {0};
        size_t count;
        const struct score_point *list = points_list(points, &count);

        estate_read_text(&estate, STR("a.yaml"), str_of(text));
        assert_int_equal(estate.sources->objects.count, 1);
        points_judge(points, &estate.sources->objects.items[0], &arena, &scratch, &score);
        assert_true((score.held & ~score.asked) == 0);
        for (size_t i = 0; i < count; i++) {
                if (str_equal(list[i].id, str_of(id))) {
                        *asked = score.asked >> i & 1;
                        *held = score.held >> i & 1;
                }
        }
        estate_free(&estate);
        arena_free(&scratch);
        arena_free(&arena);
}

#define OBJECT(kind, spec) "apiVersion: apps/v1\nkind: " kind "\nmetadata: {name: a}\nspec: " spec "\n"
#define POD(spec) OBJECT("Deployment", "{template: {spec: " spec "}}")

static void points_hold(void **state)
{
        static const struct {
                const char *text, *id;
                bool asked, held;
        } cases[] = {
                {POD("{containers: [{name: a, securityContext: {privileged: true}}]}"), "Privileged", true, true},
                {POD("{containers: [{name: a, securityContext: {privileged: false}}]}"), "Privileged", true, false},
                {POD("{containers: [{name: a}], ephemeralContainers: [{name: b, securityContext: {privileged: "
                     "true}}]}"),
                 "Privileged", true, true},
                {POD("{containers: [{name: a, resources: {limits: {cpu: 1}}}]}"), "LimitsCPU", true, true},
                {POD("{containers: [{name: a}], initContainers: [{name: b, resources: {limits: {cpu: 1}}}]}"),
                 "LimitsCPU", true, false},
                {POD("{securityContext: {runAsUser: 10001}, containers: [{name: a}]}"), "RunAsUser", true, true},
                {POD("{securityContext: {runAsUser: 10001}, containers: [{name: a, securityContext: {runAsUser: 1}}]}"),
                 "RunAsUser", true, false},
                {POD("{securityContext: {runAsUser: 10000}, containers: [{name: a}]}"), "RunAsUser", true, false},
                {POD("{serviceAccountName: '', containers: []}"), "ServiceAccountName", true, false},
                {POD("{hostAliases: [], containers: []}"), "HostAliases", true, true},
                {POD("{containers: [{name: a}]}"), "VolumeClaimRequestsStorage", false, false},
                {OBJECT("StatefulSet", "{}"), "VolumeClaimRequestsStorage", true, true},
                {OBJECT("StatefulSet", "{volumeClaimTemplates: [{spec: {}}]}"), "VolumeClaimRequestsStorage", true,
                 false},
                {OBJECT("Job", "{template: {spec: {containers: [{name: a, env: [{name: b, valueFrom: {secretKeyRef: "
                               "{name: c, key: "
                               "d}}}]}]}}}"),
                 "SecretsAsEnvironmentVariables", true, true},
                {OBJECT("Job", "{template: {spec: {hostNetwork: true}}}"), "HostNetwork", false, false},
                {"apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: a}\n"
                 "subjects: [{kind: User, name: 'system:anonymous'}]\n",
                 "BindingsToSystemAnonymous", true, true},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                bool asked = false, held = false;

                judge(cases[i].text, cases[i].id, &asked, &held);
                if (asked != cases[i].asked || held != cases[i].held)
                        fail_msg("%s of %s: asked %d, held %d", cases[i].id, cases[i].text, asked, held);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_expression_compiles),
                cmocka_unit_test(points_hold),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
