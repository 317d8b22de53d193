/* many.c - many conditions as one program: each says what it says alone, whatever it may cost, and those whose key does not occur
 * are passed over. */

#include "policy/cel/many.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "doc/document.h"
#include "policy/cel/machine.h"

enum { OBJECT, PARAMS, VARIABLES, MOST = 64, MOST_BUDGET = 400 };

static const struct str texts[] = {
        STR_INIT("!has(object.spec.hostPath)"),
        STR_INIT("object.?spec.?replicas.orValue(1) >= 2"),
        STR_INIT("object.spec.replicas >= 2 && object.spec.replicas <= 50"),
        STR_INIT("object.spec.containers.all(c, c.?image.orValue('').startsWith('registry/'))"),
        STR_INIT("object.spec.containers.all(c, c.image.matches('^registry/[a-z]+:[0-9]+$'))"),
        STR_INIT("object.spec.containers.exists(c, c.name == 'b') || object.spec.missing"),
        STR_INIT("object.spec.missing && false"),
        STR_INIT("object.spec.missing == 1"),
        STR_INIT("object.?spec.?containers.orValue([]).all(c, c.?env.orValue([]).all(e, e.name != 'PASSWORD'))"),
        STR_INIT("object.spec.containers.map(c, c.name).size() == 2"),
        STR_INIT("object.spec.containers.filter(c, c.name.contains('a')).size() == 1"),
        STR_INIT("object.metadata.labels['team'] in ['a', 'b']"),
        STR_INIT("object.metadata.labels.all(key, key.size() < 63 && object.metadata.labels[key] != '')"),
        STR_INIT("!object.?spec.?hostNetwork.orValue(false)"),
        STR_INIT("!params.?most.hasValue() || object.spec.replicas <= params.most"),
        STR_INIT("object.?metadata.?labels.or(object.?spec.?labels).hasValue()"),
        STR_INIT("(object.?spec.?a.orValue([]) + object.?spec.?b.orValue([])).all(x, x.y == 1)"),
        STR_INIT("[object.?spec.?a, object.?spec.?b].all(x, !x.?key.hasValue())"),
        STR_INIT("object.kind == 'Pod' ? has(object.spec) : object.spec.replicas == 3"),
        STR_INIT("object.spec"),
        STR_INIT("'a'.matches(object.kind)"),
        STR_INIT("object.spec.?volumes.orValue([]).exists(v, v.?hostPath.?path.orValue('') in ['/', '/etc']) == false"),
};

static const char *const objects[] = {
        ("{kind: Deployment, metadata: {labels: {team: a}}, spec: {replicas: 3, containers: [{name: a, image: registry/a:1}, "
         "{name: b, image: b, env: [{name: A}]}]}}"),
        "{kind: Pod, metadata: {labels: {team: c, x: ''}}, spec: {hostNetwork: true, hostPath: 1, containers: [{name: x}]}}",
        "{kind: Pod, spec: {containers: [], hostNetwork: [], volumes: [{hostPath: {path: /etc}}], a: {key: 1}, b: [{y: 2}]}}",
        "{kind: [], spec: [1]}",
        "{spec: {containers: {a: 1}, volumes: [[1]], replicas: '3'}}",
        "{}",
};

struct many {
        struct arena arena, scratch;
        struct cel_env *env;
        const struct cel_program *together;
        struct cel_keys keys;
        bool left_out[MOST];
        struct value variables[VARIABLES];
        struct cel_frame frame;
};

static void begin(struct many *many, const struct value *params)
{
        static const struct cel_variable variables[] = {{STR_INIT("object"), STR_INIT("dyn")},
                                                        {STR_INIT("params"), STR_INIT("dyn")}};
        static const bool maps[VARIABLES] = {[OBJECT] = true};
        const struct value *constants[VARIABLES] = {[PARAMS] = params};
        struct cel_settings settings = {.variables = variables, .variable_count = VARIABLES};
        struct cel_known known = {.constants = constants, .maps = maps};
        struct err err = {0};

        many->env = cel_env_new(&many->arena, &settings, &err);
        assert_non_null(many->env);
        many->together = cel_compile_many(&many->arena, many->env, texts, COUNT_OF(texts), &known, &many->keys,
                                          many->left_out, &err);
        assert_non_null(many->together);
        many->variables[PARAMS] = *params;
        many->frame = (struct cel_frame){.arena = &many->scratch, .variables = many->variables};
}

static void end(struct many *many)
{
        arena_free(&many->arena);
        arena_free(&many->scratch);
}

static struct value read(struct many *many, const char *text)
{
        struct err err = {0};
        struct document document;

        assert_true(yaml_read_one(&many->arena, str_of(text), &document, &err));
        return document.root;
}

/* 't', 'f' or '!' for a condition by itself. */
static char alone(struct many *many, size_t index)
{
        struct err err = {0};
        const struct cel_program *program = cel_compile(&many->arena, many->env, texts[index], &err);
        bool result;

        assert_non_null(program);
        if (!cel_run_bool(program, &many->frame, &result, &err))
                return '!';
        return result ? 't' : 'f';
}

static const struct cel_instruction *rule_of(const struct cel_program *program, size_t index)
{
        for (size_t i = 0; i < program->count; i++) {
                if (program->code[i].operation == RUN_RULE && program->code[i].rule.index == index)
                        return &program->code[i];
        }
        return NULL;
}

static bool is_in(const struct cel_program *program, size_t index)
{
        return rule_of(program, index);
}

static void must_say_the_same(struct many *many, uint64_t budget)
{
        struct cel_verdict verdicts[COUNT_OF(texts)];
        char together[COUNT_OF(texts)];
        size_t count;

        many->frame.budget = budget;
        count = cel_run_many(many->together, &many->frame, cel_keys_in(&many->keys, &many->variables[OBJECT]),
                             verdicts);
        memset(together, 't', sizeof(together));
        for (size_t i = 0; i < count; i++) {
                together[verdicts[i].index] = verdicts[i].failed ? '!' : 'f';
                assert_true(i == 0 || verdicts[i - 1].index < verdicts[i].index);
        }
        for (size_t i = 0; i < COUNT_OF(texts); i++) {
                if (is_in(many->together, i) && together[i] != alone(many, i))
                        fail_msg("%.*s: %c with a budget of %d", STR_ARG(texts[i]), together[i], (int)budget);
        }
}

static void says_what_each_says_alone(void **state)
{
        (void)state;
        for (size_t i = 0; i < COUNT_OF(objects); i++) {
                struct many many = {0};
                struct value none = {.kind = VALUE_MAP};

                begin(&many, &none);
                many.variables[OBJECT] = read(&many, objects[i]);
                must_say_the_same(&many, 0);
                end(&many);
        }
}

/* Whatever a condition costs alone it costs among others: with any budget the same ones fail. */
static void costs_what_each_costs_alone(void **state)
{
        (void)state;
        for (size_t i = 0; i < COUNT_OF(objects); i++) {
                struct many many = {0};
                struct value none = {.kind = VALUE_MAP};

                begin(&many, &none);
                many.variables[OBJECT] = read(&many, objects[i]);
                for (uint64_t budget = 1; budget < MOST_BUDGET; budget += budget < 60 ? 1 : 17)
                        must_say_the_same(&many, budget);
                end(&many);
        }
}

/* What is true of every object with these params is not in the program at all; a pattern that is computed stays out. */
static void leaves_out(void **state)
{
        struct many many = {0}, other = {0};
        struct value none = {.kind = VALUE_MAP}, params;

        (void)state;
        begin(&many, &none);
        params = read(&many, "{most: 2}");
        begin(&other, &params);
        for (size_t i = 0; i < COUNT_OF(texts); i++) {
                bool is_open = str_is(texts[i], "'a'.matches(object.kind)"),
                     asks = str_find(texts[i], STR("params"), 0) != SIZE_MAX;

                assert_int_equal(many.left_out[i], is_open);
                assert_int_equal(is_in(many.together, i), !is_open && !asks);
                assert_int_equal(is_in(other.together, i), !is_open);
        }
        end(&other);
        end(&many);
}

static uint64_t bit_of(const struct cel_keys *keys, const char *key)
{
        for (size_t i = 0; i < COUNT_OF(keys->slots); i++) {
                if (keys->slots[i].key && keys->slots[i].key == intern_find(str_of(key)))
                        return keys->slots[i].present;
        }
        return 0;
}

static uint64_t needs_of(const struct cel_program *program, size_t index)
{
        const struct cel_instruction *rule = rule_of(program, index);

        assert_non_null(rule);
        return rule->rule.needs;
}

static void passes_over_what_has_no_key(void **state)
{
        struct many many = {0};
        struct value none = {.kind = VALUE_MAP}, object;

        (void)state;
        begin(&many, &none);
        assert_int_equal(needs_of(many.together, 0), 0); /* `object.spec` may be missing */
        assert_true(needs_of(many.together, 13) & bit_of(&many.keys, "hostNetwork"));
        assert_true(needs_of(many.together, 8) & bit_of(&many.keys, "env"));
        assert_int_equal(needs_of(many.together, 1), 0); /* it is false without `replicas` */
        object = read(&many, "{spec: {containers: [{env: []}]}}");
        assert_true(cel_keys_in(&many.keys, &object) & bit_of(&many.keys, "env"));
        assert_false(cel_keys_in(&many.keys, &object) & bit_of(&many.keys, "hostNetwork"));
        object = read(&many, "{other: {hostNetwork: true}}"); /* nobody asks for `other` */
        assert_false(cel_keys_in(&many.keys, &object) & bit_of(&many.keys, "hostNetwork"));
        object = read(&many, "{spec: {containers: x}}"); /* which a loop would refuse */
        assert_true(cel_keys_in(&many.keys, &object) == UINT64_MAX);
        object = read(&many, "{spec: [1]}");
        assert_true(cel_keys_in(&many.keys, &object) == UINT64_MAX);
        assert_false(cel_many_is_idle(many.together, 0)); /* some need no key */
        object = read(&many, "[]");
        assert_true(cel_keys_in(&many.keys, &object) == UINT64_MAX);
        end(&many);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(says_what_each_says_alone),
                cmocka_unit_test(costs_what_each_costs_alone),
                cmocka_unit_test(leaves_out),
                cmocka_unit_test(passes_over_what_has_no_key),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
