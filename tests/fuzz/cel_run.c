/* cel_run.c - hostile expressions over hostile documents: they end within their budget, give the same twice, whatever is compiled
 * early, and print. The input is an expression, a line feed, and a document in JSON; the first byte says how it is compiled. */

#include <stdlib.h>

#include "doc/document.h"
#include "policy/cel/ast.h"
#include "policy/cel/cel.h"
#include "policy/cel/semantics.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BUDGET = 20000, MOST_MEMORY = 256 << 20 };

static void insist(bool holds)
{
        if (!holds)
                __builtin_trap();
}

static bool is_nan_within(const struct value *value)
{
        struct arena arena = {0};
        struct buf text = {0};
        struct err err = {0};
        bool found = !cel_print_json(&text, value, &err) || str_find(buf_text(&text), STR("NaN"), 0) != SIZE_MAX;

        buf_free(&text);
        arena_free(&arena);
        return found;
}

static void run(const struct cel_program *program, const struct value *variables)
{
        struct arena first = {0}, second = {0};
        struct cel_frame frames[2] = {{.arena = &first, .variables = variables, .budget = BUDGET},
                                      {.arena = &second, .variables = variables, .budget = BUDGET}};
        struct value results[2];
        struct err errs[2] = {{0}, {0}};
        bool succeeded = cel_run(program, &frames[0], &results[0], &errs[0]);

        insist(cel_run(program, &frames[1], &results[1], &errs[1]) == succeeded);
        insist(frames[0].spent == frames[1].spent && frames[0].spent <= BUDGET);
        insist(first.taken <= MOST_MEMORY);
        insist(succeeded ? errs[0].length == 0
                         : errs[0].length > 0 && str_equal(err_text(&errs[0]), err_text(&errs[1])));
        if (succeeded)
                insist(cel_equal(&results[0], &results[1]) || is_nan_within(&results[0]));
        arena_free(&first);
        arena_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const struct cel_variable variables[] = {{STR_INIT("object"), STR_INIT("dyn")},
                                                        {STR_INIT("l"), STR_INIT("list(int)")}};
        struct arena arena = {0};
        struct str text = {(const char *)data, size}, expression;
        struct cel_settings settings = {.variables = variables, .variable_count = COUNT_OF(variables)};
        struct value values[2] = {VALUE_OF_NULL, value_list(NULL, 0)};
        struct node items[3] = {{.value = value_int(1)}, {.value = value_int(0)}, {.value = value_int(-1)}};
        struct document document;
        struct cel_program *program;
        struct err err = {0}, unread = {0};

        if (size == 0)
                return 0;
        settings.without_check = data[0] & 1;
        text = str_from(text, 1);
        str_split(&text, '\n', &expression);
        values[1] = value_list(items, 3);
        if (text.data && json_read_one(&arena, text, &document, &unread))
                values[0] = document.root;
        program = expression.data ? cel_compile(&arena, cel_env_new(&arena, &settings, &err), expression, &err) : NULL;
        if (program)
                run(program, values);
        arena_free(&arena);
        return 0;
}
