/* What the API server would say to the examples of every rule is what a scan says: one test for each rule. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "doc/document.h"
#include "kube/estate.h"
#include "rulebook/admission.h"
#include "try.h"

/* The API server, as far as a policy needs one. */
struct server {
        struct arena *arena;
        const struct admission_policy *policy;
        struct value names[ADMISSION_MOST_NAMES];
};

static bool evaluate(struct server *server, size_t visible, struct str text, struct value *result)
{
        struct err err = {0};
        struct cel_env *environment = admission_environment(server->arena, server->policy, visible, &err);
        struct cel_program *program = environment ? cel_compile(server->arena, environment, text, &err) : NULL;
        struct cel_frame frame = {.arena = server->arena, .variables = server->names};

        if (!program)
                fail_msg("%.*s: %.*s", STR_ARG(err_text(&err)), STR_ARG(text));
        return cel_run(program, &frame, result, &err);
}

static void serve(struct server *server, const struct object *object)
{
        for (size_t i = 0; i < COUNT_OF(server->names); i++)
                server->names[i] = VALUE_OF_NULL;
        server->names[0] = object->root.value;
        for (size_t i = 0; i < server->policy->variable_count; i++)
                assert_true(evaluate(server, i, server->policy->variables[i].expression,
                                     &server->names[ADMISSION_NAMES + i]));
}

static bool admits(struct server *server)
{
        struct value verdict;

        return evaluate(server, server->policy->variable_count, server->policy->expression, &verdict)
               && value_is_true(&verdict);
}

static bool has_kind(const struct rule_text *rule, const struct object *object)
{
        for (size_t i = 0; i < rule->kind_count; i++) {
                struct str group = rule->kinds[i], kind;

                str_split(&group, '.', &kind);
                if (str_equal(kind, object->kind)
                    && (kind.len == rule->kinds[i].len || str_equal(group, object->group)))
                        return true;
        }
        return !rule->kind_count;
}

/* Both sides on one object. Returns whether it was refused. */
static bool compare(struct server *server, const struct object *given, const struct finding_list *found)
{
        const struct admission_policy *policy = server->policy;
        const struct object *object = object_without_null(server->arena, given);
        struct str first = {0};
        size_t count = 0;
        struct value message;

        if (policy->judges_pods ? object->pod.value.kind != VALUE_MAP : !has_kind(policy->rule, object))
                return false;
        for (size_t i = 0; i < found->count; i++) {
                if (str_equal(found->items[i].object->kind, object->kind)
                    && str_equal(found->items[i].object->name, object->name)) {
                        first = found->items[i].message;
                        count++;
                }
        }
        serve(server, object);
        assert_int_equal(admits(server), count == 0);
        if (!count)
                return false;
        if (!policy->message_expression.len)
                return assert_true(str_equal(first, policy->message)), true;
        if (!evaluate(server, policy->variable_count, policy->message_expression, &message))
                return assert_true(str_find(first, STR("?"), 0) != SIZE_MAX), true;
        assert_int_equal(message.kind, VALUE_STRING);
        if (count == 1 && str_find(first, STR("{"), 0) == SIZE_MAX) /* maps look otherwise */
                assert_true(str_equal(value_text(&message), first));
        return true;
}

static bool judge_example(struct arena *arena, const struct admission_policy *policy, struct rulebook *book,
                          struct str manifest)
{
        struct estate estate = {0};
        struct arena scratch = {0};
        struct finding_list found CLEANUP(finding_list_free) = {0};
        struct server server = {.arena = arena, .policy = policy};
        bool refused = false;

        estate_read_text(&estate, STR("example"), manifest);
        rulebook_judge(book, estate.sources, &scratch, &found);
        for (size_t i = 0; i < estate.sources->objects.count; i++)
                refused |= compare(&server, &estate.sources->objects.items[i], &found);
        estate_free(&estate);
        arena_free(&scratch);
        return refused;
}

static void same_verdicts(void **state)
{
        const struct rule_text *rule = *state;
        struct arena arena = {0};
        struct admission_policy policy;
        struct document params = {0};
        struct err err = {0};

        if (rule->params.len)
                assert_true(json_read_one(&arena, rule->params, &params, &err));
        if (!rule_is_of_cluster(rule)) {
                assert_false(admission_policy(&arena, rule, KUBERNETES_NEWEST_MINOR, NULL, &policy, &err));
                assert_true(str_ends(err_text(&err), STR("which no cluster holds")));
                return arena_free(&arena);
        }
        if (rule->scope == SCOPE_JOIN) {
                assert_false(admission_policy(&arena, rule, KUBERNETES_NEWEST_MINOR, NULL, &policy, &err));
                assert_true(str_starts(err_text(&err), STR("it needs the join \"")));
                return arena_free(&arena);
        }
        if (!admission_policy(&arena, rule, KUBERNETES_NEWEST_MINOR, &params.root, &policy, &err))
                fail_msg("%.*s", STR_ARG(err_text(&err)));
        for (size_t i = 0; i < rule->example_count; i++) {
                struct rulebook *book = rulebook_of_rule(&arena, rule);

                assert_int_equal(judge_example(&arena, &policy, book, rule->examples[i].manifest),
                                 rule->examples[i].bad);
        }
        arena_free(&arena);
}

/* --- the condition --- */

static bool is_judged(const char *object, const char *old)
{
        struct arena arena = {0};
        struct admission_policy policy = {0};
        struct server server = {.arena = &arena, .policy = &policy};
        struct estate estate = {0};
        struct value verdict = VALUE_OF_NULL;

        estate_read_text(&estate, STR("a.yaml"),
                                      str_format(&arena, "%s\n---\n%s", object ? object : "", old ? old : ""));
        server.names[0] = object ? estate.sources->objects.items[0].root.value : VALUE_OF_NULL;
        server.names[1] = old ? estate.sources->objects.items[object != NULL].root.value : VALUE_OF_NULL;
        assert_true(evaluate(&server, 0, admission_condition.expression, &verdict));
        estate_free(&estate);
        arena_free(&arena);
        return value_is_true(&verdict);
}

static void updates_that_change_nothing_judged_pass(void **state)
{
        static const char before[] = "{apiVersion: v1, kind: Pod, metadata: {name: a, finalizers: [f]}, spec: {a: 1}}";

        (void)state;
        assert_true(is_judged(before, NULL));
        assert_false(is_judged(NULL, before)); /* a deletion */
        assert_false(is_judged(before, before));
        assert_false(
                is_judged("{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {a: 1}, status: {b: 1}}", before));
        assert_true(is_judged("{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {a: 2}}", before));
        assert_true(is_judged("{apiVersion: v1, kind: Pod, metadata: {name: a}}", before));
        assert_true(
                is_judged("{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {b: c}}, spec: {a: 1}}", before));
        assert_true(is_judged("{apiVersion: v1, kind: Pod, metadata: {name: a, annotations: {b: c}}, spec: {a: 1}}",
                              before));
        assert_true(is_judged("{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {a: 1}, data: {}}", before));
}

/* --- rewriting --- */

static struct str policy_text(struct try *try, const char *fields, const char *manifest,
                              struct admission_policy *policy)
{
        struct err err = {0};

        try_rule(try, fields, manifest);
        if (!admission_policy(&try->arena, &try->rule, 33, NULL, policy, &err))
                return str_copy(&try->arena, err_text(&err));
        return policy->expression;
}

#define POD_YAML "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: b}]}}"

static void names_are_rewritten(void **state)
{
        struct try try = {0};
        struct admission_policy policy;

        (void)state;
        assert_text(
                policy_text(&try,
                            "scope: container\nrequire: >-\n  version > 29 && pod.spec.all(pod, pod == 'version') && "
                            "object.version == pod.metadata\nmessage: it's 5% {pod.metadata.name} of {version}",
                            POD_YAML, &policy),
                "variables.containers.all(container,\n  33 > 29 && variables.pod.spec.all(pod, pod == 'version') && "
                "object.version == variables.pod.metadata)");
        assert_text(policy.message_expression,
                    "variables.containers.filter(container, !(\n  33 > 29 && variables.pod.spec.all(pod, pod == "
                    "'version') && "
                    "object.version == variables.pod.metadata))\n"
                    ".map(container, 'it\\'s 5%% %s of %s'.format([variables.pod.metadata.name, 33])).join('; ')");
        try_free(&try);
}

static void maps_have_values(void **state)
{
        struct try try = {0};
        struct admission_policy policy;

        (void)state;
        assert_text(
                policy_text(&try,
                            "scope: object\nkinds: [Pod]\neach: /metadata/a.b\nrequire: item == 'x'\nmessage: bad",
                            POD_YAML, &policy),
                "(type(object.?metadata[?'a.b'].orValue([])) == map ? object.?metadata[?'a.b'].orValue([]).map(key, "
                "object.?metadata[?'a.b'].orValue([])[key]) : object.?metadata[?'a.b'].orValue([])).all(item,\n  item "
                "== "
                "'x')");
        try_free(&try);
}

static void unknown_types_are_settled(void **state)
{
        struct try try = {0};
        struct admission_policy policy;

        (void)state;
        assert_text(
                policy_text(&try, "scope: pod\nrequire: pod.spec.?a.orValue(true)\nmessage: bad", POD_YAML, &policy),
                "(variables.pod.spec.?a.orValue(true)) == true");
        assert_text(policy.message, "bad");
        assert_int_equal(policy.message_expression.len, 0);
        try_free(&try);
}

static void reasons_are_given(void **state)
{
        static const char *const cases[][2] = {
                {"math.greatest(1, 2) == 2", "it uses math.greatest(), which Kubernetes has not"},
                {"cel.bind(a, 1, a == 1)", "it uses cel.bind(), which Kubernetes has not"},
                {"[[1]].flatten() == [1]", "it uses flatten, which Kubernetes has from v1.34 on"},
                {"base64.encode(b'') == ''", "it uses base64.encode(), which Kubernetes has not"},
                {"pod.spec.all(variables, true)", "it calls a variable \"variables\", as the API server does"},
        };
        struct try try = {0};
        struct admission_policy policy;

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct str fields = str_format(&try.arena, "scope: pod\nrequire: \"%s\"\nmessage: bad", cases[i][0]);

                assert_text(policy_text(&try, fields.data, POD_YAML, &policy), cases[i][1]);
                try_free(&try);
        }
}

static void settings_are_literals(void **state)
{
        static const char json[] = "{\"a\": [1, \"it's\", null], \"b c\": {\"d\": true}}";
        struct try try = {0};
        struct admission_policy policy;
        struct document document;
        struct err err = {0};

        (void)state;
        assert_true(json_read_one(&try.arena, str_of(json), &document, &err));
        try_rule(&try, "scope: pod\nrequire: params.?a.orValue([]).size() < 9\nmessage: bad", POD_YAML);
        assert_true(admission_policy(&try.arena, &try.rule, 33, &document.root, &policy, &err));
        assert_text(policy.expression, "variables.settings.?a.orValue([]).size() < 9");
        assert_int_equal(policy.variable_count, 2);
        assert_text(policy.variables[1].name, "settings");
        assert_text(policy.variables[1].expression,
                    "{'a': dyn([dyn(1), dyn('it\\'s'), dyn(null)]), 'b c': dyn({'d': dyn(true)})}");
        assert_true(admission_policy(&try.arena, &try.rule, 33, NULL, &policy, &err));
        assert_text(policy.variables[1].expression, "{}");
        try_free(&try);
}

int main(void)
{
        const struct CMUnitTest more[] = {
                cmocka_unit_test(updates_that_change_nothing_judged_pass),
                cmocka_unit_test(names_are_rewritten),
                cmocka_unit_test(maps_have_values),
                cmocka_unit_test(unknown_types_are_settled),
                cmocka_unit_test(settings_are_literals),
                cmocka_unit_test(reasons_are_given),
        };
        struct CMUnitTest *tests = calloc(rulebook_builtin_count, sizeof(*tests));
        int failed;

        for (size_t i = 0; tests && i < rulebook_builtin_count; i++)
                tests[i] = (struct CMUnitTest){rulebook_builtin[i].id.data, same_verdicts, NULL, NULL,
                                               (void *)&rulebook_builtin[i]};
        failed = _cmocka_run_group_tests("rules", tests, rulebook_builtin_count, NULL, NULL);
        free(tests);
        return failed + cmocka_run_group_tests(more, NULL, NULL);
}
