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
