/* Running: variables, errors and their places, budgets, many threads, what is computed early or not at all. */

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "doc/document.h"
#include "policy/cel/machine.h"

static struct arena arena;

static int clean(void **state)
{
        (void)state;
        arena_free(&arena);
        return 0;
}

/* An environment with the variables `object` and `other`, both dyn. */
static struct cel_program *compile(const char *text)
{
        static const struct cel_variable variables[] = {{STR_INIT("object"), STR_INIT("dyn")},
                                                        {STR_INIT("other"), STR_INIT("dyn")}};
        struct cel_settings settings = {.variables = variables, .variable_count = COUNT_OF(variables)};
        struct err err = {0};
        struct cel_env *env = cel_env_new(&arena, &settings, &err);
        struct cel_program *program = env ? cel_compile(&arena, env, str_of(text), &err) : NULL;

        if (!program)
                fail_msg("%s: %s", text, err.text);
        return program;
}

static struct value json(const char *text)
{
        struct document document;
        struct err err = {0};

        if (!json_read_one(&arena, str_of(text), &document, &err))
                fail_msg("%s: %s", text, err.text);
        return document.root;
}

static struct cel_frame frame_of(const char *object)
{
        struct value *variables = arena_array(&arena, struct value, 2);

        variables[0] = json(object);
        return (struct cel_frame){.arena = &arena, .variables = variables};
}

static const char *run(const char *text, const char *object)
{
        struct cel_frame frame = frame_of(object);
        struct buf out CLEANUP(buf_free) = {0};
        struct value result;
        struct err err = {0};

        if (!cel_run(compile(text), &frame, &result, &err))
                return str_format(&arena, "%u:%u: %s", err.line, err.column, err.text).data;
        if (!cel_print_json(&out, &result, &err))
                return str_copy(&arena, err_text(&err)).data;
        return str_copy(&arena, buf_text(&out)).data;
}

#define runs_to(text, object, expected) assert_string_equal(run(text, object), expected)

#define POD                                                                                                            \
        "{\"spec\":{\"containers\":[{\"name\":\"a\",\"securityContext\":{\"privileged\":false,\"add\":[\"X\",\"Y\"]}}" \
        ","                                                                                                            \
        "{\"name\":\"b\",\"image\":\"r/b:1\"}],\"n\":5},\"empty\":{},\"list\":[]}"

static void walks_documents(void **state)
{
        (void)state;
        runs_to("object.spec.n", POD, "5");
        runs_to("object.spec.containers[1].name", POD, "\"b\"");
        runs_to("object.spec.containers.map(c, c.name)", POD, "[\"a\",\"b\"]");
        runs_to("has(object.spec.x)", POD, "false");
        runs_to("has(object.spec.containers)", POD, "true");
        runs_to("object.spec.containers.filter(c, has(c.image)).map(c, c.image)", POD, "[\"r/b:1\"]");
        runs_to("object.spec.containers.all(c, !has(c.securityContext) || !has(c.securityContext.privileged) "
                "|| c.securityContext.privileged == false)",
                POD, "true");
        runs_to("object.spec.containers.exists(c, c.securityContext.add.exists(a, a == 'Y'))", POD, "true");
        runs_to("object.spec.containers.exists(c, object.spec.containers.all(d, d.name != c.name || d.name == 'a'))",
                POD, "true");
        runs_to("object.spec.?containers[?1].?image.orValue('none')", POD, "\"r/b:1\"");
        runs_to("object.?spec.?x.?y.orValue('none')", POD, "\"none\"");
        runs_to("object.empty", POD, "{}");
        runs_to("object.list.all(x, x.nope)", POD, "true");
        runs_to("'n' in object.spec && 'm' in object.spec", POD, "false");
        runs_to("object.spec['n'] == 5 && object['spec'].n >= 5 && object.spec.n <= 5.0", POD, "true");
}

/* What is computed in front of a loop, or once for many places, must fail only where it is needed. */
static void fails_only_where_needed(void **state)
{
        (void)state;
        runs_to("[1, 2].all(x, x > 0 || object.nope.x == x)", POD, "true");
        runs_to("[1, 2].exists(x, object.nope.x == x)", POD, "1:32: no such key: nope");
        runs_to("object.nope.x == 1 || object.nope.x == 2 || object.spec.n == 5", POD, "true");
        runs_to("has(object.nope.x) || object.spec.n == 5", POD, "true");
        runs_to("has(object.nope.x) && object.spec.n == 5", POD, "1:17: no such key: nope");
        runs_to("has(object.nope) && object.nope.x == 1", POD, "false");
        runs_to("has(object.spec.nope) ? object.spec.nope.x : object.spec.n", POD, "5");
        runs_to("cel.bind(x, object.nope.x, has(object.nope) ? x : 'fine')", POD, "\"fine\"");
        runs_to("object.spec.containers.map(c, has(c.image) ? c.image : c.name)", POD, "[\"a\",\"r/b:1\"]");
        runs_to("object.spec.containers.all(c, c.image == 'x' || c.name == 'a')", POD, "false");
        runs_to("object.spec.containers.all(c, c.image == 'r/b:1' || c.name == 'b')", POD, "1:39: no such key: image");
}

static void says_where(void **state)
{
        (void)state;
        runs_to("1 +\n object.spec", POD, "1:3: no such overload: _+_(int, map)");
        runs_to("true &&\n  object.spec.n", POD, "2:15: no such overload: a bool expected, not int");
        runs_to("[object.spec.n.x]", POD, "1:16: no such overload: 'int' has no fields, so none 'x'");
        runs_to("object.spec.containers[5]", POD, "1:23: index out of bounds: 5");
}

static void gives_bool_or_fails(void **state)
{
        struct cel_frame frame = frame_of(POD);
        struct err err = {0};
        bool result = false;

        (void)state;
        assert_true(cel_run_bool(compile("object.spec.n == 5"), &frame, &result, &err));
        assert_true(result);
        assert_true(cel_run_bool(compile("!(object.spec.n == 5)"), &frame, &result, &err));
        assert_false(result);
        assert_false(cel_run_bool(compile("object.spec.n"), &frame, &result, &err));
        assert_string_equal(err.text, "the expression gives 'int', not true or false");
}

static void reads_its_variables_only(void **state)
{
        struct value variables[2] = {json("1"), json("2")};
        struct cel_frame frame = {.arena = &arena, .variables = variables};
        struct value result;
        struct err err = {0};

        (void)state;
        assert_true(cel_run(compile("other"), &frame, &result, &err));
        assert_int_equal(result.i, 2);
        assert_true(cel_run(compile("other - object"), &frame, &result, &err));
        assert_int_equal(result.i, 1);
        frame.variables = NULL;
        assert_true(cel_run(compile("1 + 1"), &frame, &result, &err));
        assert_int_equal(result.i, 2);
}

static void prints_what_json_has_no_word_for(void **state)
{
        (void)state;
        runs_to("[b'hi', duration('90s'), timestamp(0), int, {1: true, false: 2}, optional.of(1), optional.none()]",
                POD, "[\"aGk=\",\"90s\",\"1970-01-01T00:00:00Z\",\"int\",{\"1\":true,\"false\":2},1,null]");
        runs_to("[quantity('1.5Gi'), ip('::1'), google.protobuf.Duration]", POD,
                "[\"1536Mi\",\"::1\",\"google.protobuf.Duration\"]");
        runs_to("{'a': {'b': [1u, 2.5]}}", POD, "{\"a\":{\"b\":[1,2.5]}}");
}

static uint64_t cost(const char *text)
{
        struct cel_frame frame = frame_of(POD);
        struct value result;
        struct err err = {0};

        if (!cel_run(compile(text), &frame, &result, &err))
                fail_msg("%s: %s", text, err.text);
        return frame.spent;
}

static void costs(void **state)
{
        (void)state;
        assert_int_equal(cost("1 + 1 == 2"), 0); /* computed when it is compiled */
        assert_int_equal(cost("object.spec.n"), 2);
        assert_int_equal(cost("object.spec.n == 5"), 3);
        assert_true(cost("object.spec.containers.all(c, has(c.name))") > cost("object.spec.containers.all(c, true)"));
        assert_true(cost("lists.range(100).map(x, x)") >= 200);
        assert_true(cost("lists.range(object.spec.n * 20).exists(x, x == 3)")
                    < cost("lists.range(object.spec.n * 20).all(x, x < 200)"));
        assert_true(cost("object.spec.containers == object.spec.containers") > 5);
        /* The same every time. */
        assert_int_equal(cost("object.spec.containers.map(c, c.name).join(',')"),
                         cost("object.spec.containers.map(c, c.name).join(',')"));
}

static void keeps_to_its_budget(void **state)
{
        static const char *const expensive[] = {
                "lists.range(object.spec.n * 1000000).size() == 0 || true",
                "lists.range(object.spec.n * 200).all(a, lists.range(1000).all(b, lists.range(1000).all(c, a + b + c "
                ">= 0)))",
                "lists.range(object.spec.n * 200).map(a, lists.range(1000).map(b, [a, b])).size() > 0",
                "lists.range(object.spec.n * 2000).exists(x, 1 / (x - x) == 1) "
                "|| lists.range(900000).exists(x, x < 0)",
        };
        struct cel_frame frame = frame_of(POD);
        struct value result;

        (void)state;
        for (size_t i = 0; i < COUNT_OF(expensive); i++) {
                struct err err = {0};

                assert_false(cel_run(compile(expensive[i]), &frame, &result, &err));
                if (str_find(err_text(&err), STR("costs more than its budget"), 0) == SIZE_MAX)
                        fail_msg("%s: %s", expensive[i], err.text);
                assert_int_equal(frame.spent, CEL_DEFAULT_BUDGET);
        }
}

static void has_the_budget_that_it_is_given(void **state)
{
        struct cel_frame frame = frame_of(POD);
        struct cel_program *program = compile("object.spec.containers.all(c, has(c.name))");
        struct value result;
        struct err err = {0};
        uint64_t spent;

        (void)state;
        assert_true(cel_run(program, &frame, &result, &err));
        spent = frame.spent;
        frame.budget = spent;
        assert_true(cel_run(program, &frame, &result, &err));
        frame.budget = spent - 1;
        assert_false(cel_run(program, &frame, &result, &err));
        assert_non_null(strstr(err.text, "budget"));
        frame.budget = 1;
        assert_false(cel_run(program, &frame, &result, &err));
}

/* Patterns that are computed: each may take megabytes, so only the latest are kept, and compiling one has its price. */
static void computes_patterns(void **state)
{
        (void)state;
        runs_to("lists.range(100).all(x, string(x).matches('^' + string(x) + '$'))", POD, "true");
        runs_to("lists.range(100).map(x, 'a1b2'.findAll('[' + string(x % 3) + ']').size())[2]", POD, "1");
        runs_to("object.spec.containers.all(c, c.name.matches('[' + c.name))", POD,
                "1:38: '[a' is no regular expression: missing ]: [a");
        assert_true(cost("'a'.matches(object.spec.containers[0].name)") > 2000);
        assert_true(cost("'a'.matches('a' + 'b')") < 100);
}

/* Deep values: comparing and printing them must not use up the stack. */
static void limits_depth(void **state)
{
        struct buf text CLEANUP(buf_free) = {0};
        struct err err = {0};
        struct cel_frame frame = frame_of(POD);
        struct value result;
        struct cel_program *program;

        (void)state;
        for (int i = 0; i < 60; i++)
                buf_add_format(&text, "cel.bind(v%d, dyn([[[[[[[[[[[[[[[[[[[[%s%d]]]]]]]]]]]]]]]]]]]]), ", i,
                               i ? "v" : "object.spec.n + ", i ? i - 1 : 0);
        buf_add_literal(&text, "v59 == v58");
        buf_add_repeat(&text, ')', 60);
        buf_add_char(&text, '\0');
        program = compile(text.data);
        assert_false(cel_run(program, &frame, &result, &err));
        assert_non_null(strstr(err.text, "nested more than"));
}

/* More registers than fit on the stack; more && than there are bits for pending errors. */
static void grows(void **state)
{
        struct buf text CLEANUP(buf_free) = {0};
        struct buf sum CLEANUP(buf_free) = {0};

        (void)state;
        for (int i = 0; i < 150; i++)
                buf_add_format(&text, "%s(object.spec.n %s %d && object.spec.nope == %d || object.spec.n == 5)",
                               i ? " && " : "", i % 2 ? ">" : "!=", i % 2 ? i : i + 6, i);
        buf_add_char(&text, '\0');
        runs_to(text.data, POD, "true");
        for (int i = 0; i < 100; i++)
                buf_add_format(&sum, "cel.bind(v%d, object.spec.n + %d, ", i, i);
        for (int i = 0; i < 100; i++)
                buf_add_format(&sum, "%sv%d", i ? " + " : "", i);
        buf_add_repeat(&sum, ')', 100);
        buf_add_char(&sum, '\0');
        runs_to(sum.data, POD, "5450");
}

enum { THREADS = 4, TIMES = 2000 };

static const struct cel_program *shared;
static struct value shared_object;

static void *run_often(void *failures)
{
        struct arena own = {0};
        struct cel_frame frame = {.arena = &own, .variables = &shared_object};

        for (int i = 0; i < TIMES; i++) {
                struct err err = {0};
                bool result = false;

                if (!cel_run_bool(shared, &frame, &result, &err) || !result)
                        ++*(int *)failures;
                arena_reset(&own);
        }
        arena_free(&own);
        return NULL;
}

static void runs_in_many_threads(void **state)
{
        pthread_t threads[THREADS];
        int failures[THREADS] = {0};

        (void)state;
        shared_object = json(POD);
        shared = compile(
                "object.spec.containers.all(c, c.name.matches('^[a-z]$') && (c.nope.x || c.name in ['a', 'b'])) "
                "&& object.spec.containers.map(c, c.name) == ['a', 'b']");
        for (size_t i = 0; i < THREADS; i++)
                assert_int_equal(pthread_create(&threads[i], NULL, run_often, &failures[i]), 0);
        for (size_t i = 0; i < THREADS; i++) {
                pthread_join(threads[i], NULL);
                assert_int_equal(failures[i], 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_teardown(walks_documents, clean),
                cmocka_unit_test_teardown(fails_only_where_needed, clean),
                cmocka_unit_test_teardown(says_where, clean),
                cmocka_unit_test_teardown(gives_bool_or_fails, clean),
                cmocka_unit_test_teardown(reads_its_variables_only, clean),
                cmocka_unit_test_teardown(prints_what_json_has_no_word_for, clean),
                cmocka_unit_test_teardown(costs, clean),
                cmocka_unit_test_teardown(keeps_to_its_budget, clean),
                cmocka_unit_test_teardown(has_the_budget_that_it_is_given, clean),
                cmocka_unit_test_teardown(computes_patterns, clean),
                cmocka_unit_test_teardown(limits_depth, clean),
                cmocka_unit_test_teardown(grows, clean),
                cmocka_unit_test_teardown(runs_in_many_threads, clean),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
