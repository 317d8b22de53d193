/* Rule files: what they say, and what is wrong with them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rulebook/internal.h"

static const char whole[] = "id: no-star\n"
                            "title: Star in a rule\n"
                            "severity: high\n"
                            "area: access\n"
                            "description: >-\n"
                            "  It takes in everything,\n"
                            "  also what comes later.\n"
                            "scope: object\n"
                            "kinds: [Role.rbac.authorization.k8s.io, ClusterRole]\n"
                            "each: /rules\n"
                            "require: \"!('*' in item.verbs)\"\n"
                            "message: 'gives {item.verbs}'\n"
                            "at:\n"
                            "  - {path: /verbs, when: 'true'}\n"
                            "  - {path: 'object:/metadata'}\n"
                            "fix:\n"
                            "  safe: false\n"
                            "  set: {/verbs: [get]}\n"
                            "  remove: [/resources]\n"
                            "  note: Ask first.\n"
                            "references:\n"
                            "  - {kubesec: A, when: 'true'}\n"
                            "  - {pod-security: runAsUser, level: restricted, since: 23, until: 30}\n"
                            "examples:\n"
                            "  good:\n"
                            "    - 'kind: A'\n"
                            "  bad:\n"
                            "    - 'kind: B'\n"
                            "    - 'kind: C'\n";

/* The whole rule with one text in it replaced. */
static struct str with(struct arena *arena, const char *text, const char *other)
{
        struct str rule = STR(whole), old = str_of(text);
        size_t at = str_find(rule, old, 0);

        assert_int_not_equal(at, SIZE_MAX);
        return str_format(arena, "%.*s%s%.*s", (int)at, whole, other, STR_ARG(str_from(rule, at + old.len)));
}

#define assert_text(text, literal) assert_true(str_is(text, literal))

static void all_fields(void **state)
{
        struct arena arena = {0};
        struct rule_text rule;
        struct err err = {0};

        (void)state;
        assert_true(rule_read(&arena, STR(whole), STR("rules/no-star.yaml"), &rule, &err));
        assert_text(rule.id, "no-star");
        assert_text(rule.title, "Star in a rule");
        assert_text(rule.description, "It takes in everything, also what comes later.");
        assert_int_equal(rule.severity, SEVERITY_HIGH);
        assert_int_equal(rule.area, AREA_ACCESS);
        assert_int_equal(rule.scope, SCOPE_OBJECT);
        assert_int_equal(rule.kind_count, 2);
        assert_text(rule.kinds[0], "Role.rbac.authorization.k8s.io");
        assert_text(rule.each, "/rules");
        assert_text(rule.require, "!('*' in item.verbs)");
        assert_text(rule.message, "gives {item.verbs}");
        assert_int_equal(rule.place_count, 2);
        assert_text(rule.places[0].path, "/verbs");
        assert_text(rule.places[0].when, "true");
        assert_false(rule.places[0].in_object);
        assert_text(rule.places[1].path, "/metadata");
        assert_true(rule.places[1].in_object);
        assert_int_equal(rule.repairs->change_count, 2);
        assert_text(rule.repairs->changes[0].place.path, "/verbs");
        assert_text(rule.repairs->changes[0].json, "[\"get\"]");
        assert_text(rule.repairs->changes[1].place.path, "/resources");
        assert_int_equal(rule.repairs->changes[1].json.len, 0);
        assert_false(rule.repairs->safe);
        assert_text(rule.repairs->note, "Ask first.");
        assert_int_equal(rule.reference_count, 2);
        assert_text(rule.references[0].reference.framework, "kubesec");
        assert_text(rule.references[0].reference.id, "A");
        assert_text(rule.references[0].when, "true");
        assert_int_equal(rule.references[0].until, KUBERNETES_NEWEST_MINOR);
        assert_text(rule.references[1].reference.level, "restricted");
        assert_int_equal(rule.references[1].since, 23);
        assert_int_equal(rule.references[1].until, 30);
        assert_int_equal(rule.example_count, 3);
        assert_false(rule.examples[0].bad);
        assert_true(rule.examples[2].bad);
        assert_text(rule.examples[2].manifest, "kind: C");
        assert_text(rule.file, "rules/no-star.yaml");
        arena_free(&arena);
}

static void place_in_pod(void **state)
{
        struct arena arena = {0};
        struct rule_text rule;
        struct err err = {0};
        struct str text =
                STR("id: a\ntitle: A\nseverity: info\narea: apps\ndescription: D\nscope: volume\nrequire: 'true'\n"
                              "message: M\nat: pod:/spec\n");

        (void)state;
        assert_true(rule_read(&arena, text, STR(""), &rule, &err));
        assert_int_equal(rule.place_count, 1);
        assert_true(rule.places[0].in_pod);
        assert_text(rule.places[0].path, "/spec");
        assert_int_equal(rule.scope, SCOPE_VOLUME);
        arena_free(&arena);
}

struct mistake {
        const char *text, *instead;
        uint32_t line, column;
        const char *words; /* of the message */
};

static const struct mistake mistakes[] = {
        {"severity: high", "severety: high", 3, 1, "did you mean severity?"},
        {"severity: high", "severity: hihg", 3, 11, "did you mean high?"},
        {"severity: high", "severity: 3", 3, 11, "put it in quotes"},
        {"severity: high\n", "", 1, 1, "there is no `severity`"},
        {"area: access", "area: input", 4, 7, "write one of images"},
        {"area: access", "area: acess", 4, 7, "did you mean access?"},
        {"scope: object", "scope: objekt", 8, 8, "did you mean object?"},
        {"scope: object", "scope: pod", 9, 8, "kinds are for the scope object only"},
        {"id: no-star", "id: No-star", 1, 5, "is no id"},
        {"id: no-star", "id: no--star", 1, 5, "is no id"},
        {"id: no-star", "id: -star", 1, 5, "is no id"},
        {"id: no-star", "id: syntax-error", 1, 5, "choose another id"},
        {"id: no-star", "id: rule-failed", 1, 5, "choose another id"},
        {"id: no-star", "id: one-star", 1, 5, "is called one-star.yaml"},
        {"title: Star in a rule", "title: ''", 2, 8, "is empty"},
        {"title: Star in a rule", "title: \"a\\nb\"", 2, 8, "must be one line"},
        {"kinds: [Role.rbac.authorization.k8s.io, ClusterRole]", "kinds: []", 9, 8, "an empty list"},
        {"kinds: [Role.rbac.authorization.k8s.io, ClusterRole]", "kinds: Role", 9, 8, "write a list of kinds"},
        {"kinds: [Role.rbac.authorization.k8s.io, ClusterRole]", "kinds: [role]", 9, 9, "is no kind"},
        {"kinds: [Role.rbac.authorization.k8s.io, ClusterRole]", "kinds: [rbac/Role]", 9, 9, "is no kind"},
        {"each: /rules", "each: rules", 10, 7, "does not begin with '/'"},
        {"gives {item.verbs}", "gives {item.verbs", 12, 17, "is not closed"},
        {"gives {item.verbs}", "gives {}", 12, 17, "no expression"},
        {"{path: /verbs, when: 'true'}", "{path: verbs}", 14, 12, "does not begin with '/'"},
        {"{path: /verbs, when: 'true'}", "{paths: /verbs}", 14, 6, "did you mean path?"},
        {"{path: /verbs, when: 'true'}", "{when: 'true'}", 14, 5, "there is no `path`"},
        {"object:/metadata", "pod:/metadata", 1, 1, "has no pod"},
        {"  safe: false\n", "", 17, 3, "there is no `safe`"},
        {"safe: false", "safe: no-one", 17, 9, "write true or false"},
        {"set: {/verbs: [get]}", "set: {verbs: [get]}", 18, 9, "does not begin with '/'"},
        {"set: {/verbs: [get]}", "set: []", 18, 8, "write {/pointer: value}"},
        {"  set: {/verbs: [get]}\n  remove: [/resources]\n", "", 17, 3, "changes nothing"},
        {"  note: Ask first.\n", "", 17, 3, "write a `note`"},
        {"set: {/verbs: [get]}", "compute: {/verbs: 5}", 18, 21, "put it in quotes"},
        {"set: {/verbs: [get]}", "compute: []", 18, 12, "write {/pointer: CEL}"},
        {"set: {/verbs: [get]}", "set: {'/{a': 1}", 18, 10, "is not closed"},
        {"set: {/verbs: [get]}", "set: {'containers:pod:/a': 1}", 18, 10, "begins at two places"},
        {"set: {/verbs: [get]}", "add: 'kind: A'", 17, 3, "write two rules"},
        {"set: {/verbs: [get]}", "containers: 'true'", 17, 3, "there is none"},
        {"set: {/verbs: [get]}", "uncovers: one", 18, 13, "write a list of rules"},
        {"remove: [/resources]", "remove: [5]", 19, 12, "write a JSON Pointer"},
        {"  safe: false\n  set: {/verbs: [get]}\n  remove: [/resources]\n  note: Ask first.\n",
         "  - {safe: true, remove: [/a]}\n  - {safe: true, remove: [/b]}\n", 18, 5, "never made"},
        {"  - {kubesec: A, when: 'true'}", "  - {kubesek: A}", 22, 6, "did you mean kubesec?"},
        {"  - {kubesec: A, when: 'true'}", "  - {cis: 5.1}", 22, 11, "put it in quotes"},
        {"  - {kubesec: A, when: 'true'}", "  - {kubesec: A, cis: B}", 22, 18, "names two frameworks"},
        {"  - {kubesec: A, when: 'true'}", "  - {when: 'true'}", 22, 5, "names no framework"},
        {"  - {kubesec: A, when: 'true'}", "  - {kubesec: A, since: 3}", 22, 5, "for pod-security only"},
        {"  - {kubesec: A, when: 'true'}", "  - kubesec", 22, 5, "write {FRAMEWORK: ID}"},
        {"pod-security: runAsUser", "pod-security: runAsUsr", 23, 5, "did you mean runAsUser?"},
        {", level: restricted", "", 23, 5, "has a level"},
        {"level: restricted", "level: strict", 23, 38, "is no level"},
        {"since: 23", "since: 99", 23, 57, "is no minor version"},
        {"until: 30", "until: 12", 23, 5, "ends (until) before it begins"},
        {"  good:\n    - 'kind: A'\n", "", 25, 3, "there is no `good`"},
        {"    - 'kind: A'\n", "    - 5\n", 26, 7, "put it in quotes"},
        {"  bad:", "  bat:", 27, 3, "did you mean bad?"},
        {"title: Star in a rule", "title: [", 3, 9, ""},
        {"title: Star in a rule", "title: a\ntitle: b", 3, 1, ""},
};

static void wrong_fields(void **state)
{
        (void)state;
        for (size_t i = 0; i < COUNT_OF(mistakes); i++) {
                const struct mistake *mistake = &mistakes[i];
                struct arena arena = {0};
                struct rule_text rule;
                struct err err = {0};

                if (rule_read(&arena, with(&arena, mistake->text, mistake->instead), STR("no-star.yaml"), &rule, &err))
                        fail_msg("\"%s\" must be refused", mistake->instead);
                if (!strstr(err.text, mistake->words))
                        fail_msg("\"%s\": %s", mistake->instead, err.text);
                if (*mistake->words && (err.line != mistake->line || err.column != mistake->column))
                        fail_msg("\"%s\": %u:%u, not %u:%u", mistake->instead, err.line, err.column, mistake->line,
                                 mistake->column);
                arena_free(&arena);
        }
}

static void no_rule_at_all(void **state)
{
        static const char *const texts[] = {"", "just text", "[a, b]", "5", "{}", "null", "a: b\n---\nc: d\n", "{a: }"};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(texts); i++) {
                struct arena arena = {0};
                struct rule_text rule;
                struct err err = {0};

                assert_false(rule_read(&arena, str_of(texts[i]), STR(""), &rule, &err));
                assert_true(err.length > 0);
                arena_free(&arena);
        }
}

/* Mistakes in expressions are shown where they stand in the file. */
static void wrong_expressions(void **state)
{
        static const struct mistake wrong[] = {
                {"\"!('*' in item.verbs)\"", "'!(1 in itm.verbs)'", 11, 18, "itm"},
                {"\"!('*' in item.verbs)\"", ">-\n  item.a ||\n  itm.verbs", 13, 3, "itm"},
                {"\"!('*' in item.verbs)\"", "container.name == 'a'", 11, 10, "container"},
                {"\"!('*' in item.verbs)\"", "1 + 1", 11, 10, "true or false"},
                {"gives {item.verbs}", "gives {item.verbs} to {itm}", 12, 34, "itm"},
                {"when: 'true'}\n  - {path: 'object", "when: 'tru'}\n  - {path: 'object", 14, 27, "tru"},
                {"{kubesec: A, when: 'true'}", "{kubesec: A, when: 'object.a && tru'}", 22, 37, "tru"},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(wrong); i++) {
                struct arena arena = {0};
                struct rule_checker checker = {.arena = &arena};
                struct rule_text rule;
                struct origin origin = {0};
                struct err err = {0};

                if (!rule_read_origin(&arena, with(&arena, wrong[i].text, wrong[i].instead),
                                      STR("no-star.yaml"), &rule, &origin, &err))
                        fail_msg("\"%s\": %s", wrong[i].instead, err.text);
                assert_false(rule_check(&checker, &rule, &origin, &err));
                if (!strstr(err.text, wrong[i].words))
                        fail_msg("\"%s\": %s", wrong[i].instead, err.text);
                if (err.line != wrong[i].line || err.column != wrong[i].column)
                        fail_msg("\"%s\": %u:%u, not %u:%u", wrong[i].instead, err.line, err.column, wrong[i].line,
                                 wrong[i].column);
                arena_free(&arena);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(all_fields),     cmocka_unit_test(place_in_pod),      cmocka_unit_test(wrong_fields),
                cmocka_unit_test(no_rule_at_all), cmocka_unit_test(wrong_expressions),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
