/* cel.c - the doors of cel.h: compiling a text, running a program, printing a value. */

#include "policy/cel/cel.h"

#include "doc/print.h"
#include "policy/cel/compile.h"

struct cel_program *cel_compile(struct arena *arena, const struct cel_env *env, struct str text, struct err *err)
{
        struct cel_tree tree = {0};

        TRY(cel_parse(arena, env, text, &tree, err));
        TRY(cel_check(arena, env, &tree, err));
        cel_fold(arena, env, &tree);
        return cel_compile_tree(arena, env, &tree, err);
}

struct str cel_result_type(struct arena *arena, const struct cel_program *program)
{
        return cel_type_text(arena, program->type);
}

static bool say_why(struct cel_call *call, struct err *err)
{
        char buffer[CEL_FAILURE_TEXT];
        struct str text = cel_failure_text(call, buffer);

        cel_err_at(err, call->program->text, call->place, "%.*s", STR_ARG(text));
        return false;
}

/* Registers stay as they are: a program writes each before it reads it. */
static bool run(const struct cel_program *program, struct cel_frame *frame, struct cel_call *call, struct value *result)
{
        struct value few[CEL_STACK_REGISTERS], *registers = few;
        bool succeeded;

        if (UNLIKELY(program->register_count > CEL_STACK_REGISTERS))
                registers = arena_take(frame->arena, program->register_count * sizeof(*registers));
        for (size_t i = 0; i < program->variable_count; i++)
                registers[program->variables[i].to] = frame->variables[program->variables[i].variable];
        succeeded = cel_machine_run(call, registers, result);
        if (UNLIKELY(call->patterns != NULL))
                cel_patterns_free(call);
        frame->spent = (frame->budget ? frame->budget : CEL_DEFAULT_BUDGET) - call->left;
        return succeeded;
}

/* Not an initialiser: clearing the text of a failure that will hardly be would take longer than the run. */
static inline void begin(struct cel_call *call, const struct cel_program *program, const struct cel_frame *frame)
{
        call->arena = frame->arena;
        call->program = program;
        call->left = frame->budget ? frame->budget : CEL_DEFAULT_BUDGET;
        call->patterns = NULL;
        call->is_out_of_budget = false;
        call->place = 0;
}

bool cel_run(const struct cel_program *program, struct cel_frame *frame, struct value *result, struct err *err)
{
        struct cel_call call;

        begin(&call, program, frame);
        if (UNLIKELY(program->cost > call.left)) {
                frame->spent = call.left;
                cel_spend(&call, program->cost);
                return say_why(&call, err);
        }
        call.left -= program->cost;
        return LIKELY(run(program, frame, &call, result)) || say_why(&call, err);
}

bool cel_run_bool(const struct cel_program *program, struct cel_frame *frame, bool *result, struct err *err)
{
        struct value value = VALUE_OF_NULL;

        TRY(cel_run(program, frame, &value, err));
        if (UNLIKELY(value.kind != VALUE_BOOL))
                return err_set(err, "the expression gives '%.*s', not true or false", STR_ARG(cel_type_name(&value)));
        *result = value.boolean;
        return true;
}

/* A copy in which types and opaque values are their text, and optionals what they hold: all that JSON does not know. */
static bool to_json(struct arena *arena, const struct value *value, struct value *out, struct err *err);

static bool list_to_json(struct arena *arena, const struct value *list, struct value *out, struct err *err)
{
        struct node *nodes = arena_array(arena, struct node, list->len);

        for (uint32_t i = 0; i < list->len; i++)
                TRY(to_json(arena, &list->nodes[i].value, &nodes[i].value, err));
        *out = value_list(nodes, list->len);
        return true;
}

static bool map_to_json(struct arena *arena, const struct value *map, struct value *out, struct err *err)
{
        struct entry *entries = arena_array(arena, struct entry, map->len);

        for (uint32_t i = 0; i < map->len; i++) {
                struct value key = cel_key_at(map, i);

                entries[i].key = value_string(cel_text(arena, &key));
                TRY(to_json(arena, cel_value_at(map, i), &entries[i].value, err));
        }
        *out = (struct value){.kind = VALUE_ENTRIES, .len = map->len, .entries = entries};
        return true;
}

static bool to_json(struct arena *arena, const struct value *value, struct value *out, struct err *err)
{
        struct str text;

        *out = *value;
        switch ((enum value_kind)value->kind) {
        case VALUE_LIST:
                return list_to_json(arena, value, out, err);
        case VALUE_MAP:
        case VALUE_ENTRIES:
                return map_to_json(arena, value, out, err);
        case VALUE_OPTIONAL:
                if (value->held)
                        return to_json(arena, value->held, out, err);
                *out = VALUE_OF_NULL;
                return true;
        case VALUE_TYPE:
        case VALUE_OPAQUE:
                text = cel_text(arena, value);
                if (!text.data)
                        return err_set(err, "a value of type %.*s has no text to print", STR_ARG(cel_type_name(value)));
                *out = value_string(text);
                return true;
        case VALUE_ERROR:
                return err_set(err, "an error is no value");
        default:
                return true;
        }
}

bool cel_print_json(struct buf *out, const struct value *value, struct err *err)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct value plain;

        TRY(to_json(&arena, value, &plain, err));
        json_print(out, &plain, 0);
        return true;
}
