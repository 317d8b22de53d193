/* What each rule costs: which objects it looks at, and that times are times. */

#include "rulebook/bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char manifests[] = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a}]}\n"
                                "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: b}\n"
                                "spec: {template: {spec: {containers: [{name: b}]}}}\n"
                                "---\napiVersion: v1\nkind: Service\nmetadata: {name: c}\nspec: {ports: []}\n";

static const struct rule_cost *cost_of(const struct rule_cost *costs, size_t count, const char *id)
{
        for (size_t i = 0; i < count; i++)
                if (str_equal(costs[i].rule->id, str_of(id)))
                        return &costs[i];
        fail_msg("%s was not measured", id);
        return NULL;
}

static void objects_of_each_sort(void **state)
{
        static const struct str only[] = {STR_INIT("host-pid"), STR_INIT("privileged-not-stated"),
                                          STR_INIT("node-port-service"), STR_INIT("service-selects-nothing"),
                                          STR_INIT("role-reads-secrets")};
        const struct rulebook_settings settings = {
                .only = only, .only_count = COUNT_OF(only), .minor = KUBERNETES_NEWEST_MINOR};
        struct arena arena = {0};
        struct err err = {0};
        struct rulebook *book = rulebook_new(&arena, &settings, &err);
        struct rule_cost *costs;
        struct estate estate;
        size_t all, count;

        (void)state;
        assert_non_null(book);
        estate_read_text(&estate, STR("a.yaml"), STR(manifests));
        rulebook_summaries(book, &all);
        costs = arena_array(&arena, struct rule_cost, all);
        count = rulebook_bench(book, &settings, &estate, costs);
        assert_int_equal(count, COUNT_OF(only));
        assert_int_equal(cost_of(costs, count, "host-pid")->objects, 2);
        assert_int_equal(cost_of(costs, count, "privileged-not-stated")->findings, 2);
        assert_int_equal(cost_of(costs, count, "node-port-service")->objects, 1);
        assert_int_equal(cost_of(costs, count, "service-selects-nothing")->objects, 1);
        assert_int_equal(cost_of(costs, count, "role-reads-secrets")->objects, 0);
        assert_true(cost_of(costs, count, "privileged-not-stated")->nanoseconds > 0);
        for (size_t i = 1; i < count; i++)
                assert_true(costs[i - 1].nanoseconds >= costs[i].nanoseconds);
        assert_int_equal(rulebook_bench(book, &settings, NULL, costs), COUNT_OF(only));
        assert_true(cost_of(costs, count, "role-reads-secrets")->objects > 0);
        estate_free(&estate);
        arena_free(&arena);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(objects_of_each_sort),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
