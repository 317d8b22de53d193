/* Every function of every library, by the examples in tests/unit/policy/cel/: each is an expression, what it gives (an expression
 * itself, or "error: words" of its message), and an empty line. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/vec.h"
#include "policy/cel/cel.h"
#include "policy/cel/semantics.h"

enum { MOST_BYTES = 1 << 20 };

static struct arena arena;

struct example {
        struct str expression, expected;
};

static bool evaluate(const struct cel_env *env, struct str text, struct value *result, struct err *err)
{
        struct cel_frame frame = {.arena = &arena};
        struct cel_program *program = cel_compile(&arena, env, text, err);

        return program && cel_run(program, &frame, result, err);
}

static bool is_nan(const struct value *value)
{
        return value->kind == VALUE_DOUBLE && value->d != value->d;
}

static void check(void **state)
{
        const struct example *example = *state;
        const struct str prefix = STR("error: ");
        struct cel_settings settings = {0};
        struct err err = {0}, unprinted = {0};
        struct cel_env *env = cel_env_new(&arena, &settings, &err);
        struct value result, wanted;
        bool succeeded = evaluate(env, example->expression, &result, &err);

        if (str_starts(example->expected, prefix)) {
                if (succeeded)
                        fail_msg("%.*s gives a value", STR_ARG(example->expression));
                if (str_find(err_text(&err), str_from(example->expected, prefix.len), 0) == SIZE_MAX)
                        fail_msg("%.*s: %s", STR_ARG(example->expression), err.text);
                return;
        }
        if (!succeeded)
                fail_msg("%.*s: %s", STR_ARG(example->expression), err.text);
        assert_true(evaluate(env, example->expected, &wanted, &err));
        if ((result.kind != wanted.kind && !(cel_is_map(&result) && cel_is_map(&wanted)))
            || (!cel_equal(&result, &wanted) && !(is_nan(&result) && is_nan(&wanted)))) {
                struct buf text CLEANUP(buf_free) = {0};

                cel_print_json(&text, &result, &unprinted);
                fail_msg("%.*s gives %.*s %.*s", STR_ARG(example->expression), STR_ARG(cel_type_name(&result)),
                         STR_ARG(buf_text(&text)));
        }
}

static int run_file(const char *folder, const char *name)
{
        struct str path = str_format(&arena, "%s/policy/cel/%s.txt", folder, name), line;
        VEC(struct CMUnitTest) tests = {0};
        struct file_text file;

        if (file_read(&arena, path.data, MOST_BYTES, &file) != FILE_OK) {
                fprintf(stderr, "%s cannot be read\n", path.data);
                return 1;
        }
        while (str_split(&file.text, '\n', &line)) {
                struct example *example;

                if (line.len == 0 || line.data[0] == '#')
                        continue;
                example = arena_new(&arena, struct example);
                example->expression = line;
                str_split(&file.text, '\n', &example->expected);
                *vec_push(&arena, &tests) = (struct CMUnitTest){
                        .name = str_copy(&arena, line).data, .test_func = check, .initial_state = example};
        }
        return _cmocka_run_group_tests(name, tests.items, tests.count, NULL, NULL);
}

int main(void)
{
        static const char *const names[] = {"standard", "time", "optionals", "strings", "math", "lists", "kubernetes"};
        int failed = 0;

        for (size_t i = 0; i < COUNT_OF(names); i++)
                failed += run_file(UNIT_TESTS, names[i]);
        arena_free(&arena);
        return failed;
}
