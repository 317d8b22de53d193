/* optional.c - optionals that nobody gets to see: object.?spec.?replicas.orValue(1) looks the path up and goes on with what it
 * found, or with the other value. Where the path does not depend on anything but names, it is one of path.c's, shared with all
 * that ask for the same or a part of it. */

#include "policy/cel/compile.h"
#include "policy/cel/lib_optionals.h"
#include "policy/cel/lib_standard.h"

/* The path when it leads to something, which goes to `to`. */
static void found(struct cel_compiler *c, const struct cel_path *path, size_t plain, uint16_t to, uint32_t yes,
                  uint32_t no)
{
        struct cel_path begin = *path;
        struct cel_instruction *instruction;
        uint16_t from, with;

        begin.count = plain;
        c->cost += path->count;
        with = cel_path_register(c, &begin, 0, false);
        from = cel_path_register(c, path, 0, false);
        instruction = cel_emit_if(c, RUN_IF_FOUND, from, yes, no);
        instruction->to = to;
        instruction->with = with;
        instruction->count = (uint8_t)(path->count - plain);
        memcpy(instruction->keys, path->keys + plain, (path->count - plain) * sizeof(*path->keys));
}

/* first.or(second): the second only counts when the first holds nothing. */
static void either(struct cel_compiler *c, const struct cel_node *node, uint16_t to, uint32_t yes, uint32_t no)
{
        uint32_t second = cel_label(c);
        size_t scope;

        c->cost++;
        cel_optional(c, node->call.arguments[0], to, yes, second);
        scope = c->available.count;
        cel_place(c, second);
        cel_optional(c, node->call.arguments[1], to, yes, no);
        cel_scope_end(c, scope);
}

void cel_optional(struct cel_compiler *c, const struct cel_node *node, uint16_t to, uint32_t yes, uint32_t no)
{
        uint16_t temporary = c->temporary;
        uint32_t at = c->at;
        struct cel_path path;
        size_t plain;

        if (c->depth > CEL_MOST_RECURSION) {
                c->is_too_large = true;
                return;
        }
        c->depth++;
        c->at = node->at;
        if (cel_path_read_optional(node, &path, &plain))
                found(c, &path, plain, to, yes, no);
        else if (cel_calls(node, lib_optionals_or))
                either(c, node, to, yes, no);
        else
                cel_emit_if(c, RUN_IF_HOLDS, cel_operand(c, node), yes, no)->to = to;
        c->depth--;
        c->at = at;
        c->temporary = temporary;
}

void cel_has_value(struct cel_compiler *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
        cel_optional(c, node->call.arguments[0], cel_temporary(c, 1), yes, no);
}

/* --- conditions on optional.orValue(constant) --- */

/* Whether a call is that, on a path. */
static bool has_default(const struct cel_node *node)
{
        struct cel_path path;
        size_t plain;

        return node->kind == CEL_CALL && cel_calls(node, lib_optionals_or_value)
               && node->call.arguments[1]->kind == CEL_CONSTANT
               && cel_path_read_optional(node->call.arguments[0], &path, &plain);
}

/* A condition that looks at its first operand and constants: a comparison, a search in a list. Those of text cost what the text
 * is long. */
static bool is_simple(const struct cel_node *node)
{
        return node->call.count == 2 && node->call.operator>= CEL_OPERATOR_EQUAL && node->call.
               operator<= CEL_OPERATOR_IN && node->call.arguments[1]->kind == CEL_CONSTANT;
}

/* Runs the condition on the constant; false when it fails, or costs something that depends on it. */
static bool try_constant(struct cel_compiler *c, const struct cel_node *node, const struct cel_node *constant,
                         bool *result)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct cel_node *arguments[] = {(struct cel_node *)constant, node->call.arguments[1]};
        struct cel_node copy = *node;
        struct cel_tree tree = {.text = c->program->text, .root = &copy};
        struct cel_frame frame = {.arena = &scratch};
        struct err err = {0};
        struct cel_program *program;

        copy.call.arguments = arguments;
        program = cel_compile_tree(&scratch, c->env, &tree, &err);
        return program && cel_run_bool(program, &frame, result, &err) && frame.spent == program->cost;
}

bool cel_default_condition(struct cel_compiler *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
        const struct cel_node *first;
        uint32_t going_on = cel_label(c);
        uint16_t to;
        bool holds;

        if (!is_simple(node) || !has_default(node->call.arguments[0]))
                return false;
        first = node->call.arguments[0];
        if (!try_constant(c, node, first->call.arguments[1], &holds))
                return false;
        c->cost++; /* orValue() */
        to = cel_temporary(c, 1);
        cel_optional(c, first->call.arguments[0], to, going_on, holds ? yes : no);
        cel_place(c, going_on);
        cel_condition_on(c, node, to, yes, no);
        return true;
}

/* optional.orValue(true) as a condition. */
bool cel_default_bool(struct cel_compiler *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
        uint32_t going_on = cel_label(c);
        const struct value *other;
        uint16_t to;

        if (!has_default(node) || node->call.arguments[1]->constant.kind != VALUE_BOOL)
                return false;
        other = &node->call.arguments[1]->constant;
        to = cel_temporary(c, 1);
        cel_optional(c, node->call.arguments[0], to, going_on, other->boolean ? yes : no);
        cel_place(c, going_on);
        cel_emit_if(c, RUN_IF, to, yes, no);
        return true;
}
