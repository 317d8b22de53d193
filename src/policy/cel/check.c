/* check.c - finds the type of every node, as cel-go's checker does: bottom up, with parameters for what is not known yet. */

#include <stdarg.h>
#include <stdio.h>

#include "policy/cel/check.h"

bool cel_check_fail(struct cel_checker *checker, struct cel_node *node, const char *format, ...)
{
        char message[ERR_TEXT];
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(message, sizeof(message), format, arguments);
        va_end(arguments);
        if (!checker->is_lenient)
                return cel_err_at(checker->err, checker->tree->text, node->at, "%s", message);
        node->kind = CEL_FAIL;
        node->fail.message = str_copy(checker->arena, str_of(message));
        node->type = &cel_types[CEL_TYPE_DYN];
        return true;
}

void cel_set_type(struct cel_checker *checker, struct cel_node *node, const struct cel_type *type)
{
        if (checker->is_lenient)
                return;
        node->type = type;
        if (type->kind == CEL_TYPE_PARAMETER || type->parameter_count > 0)
                *vec_push(checker->arena, &checker->open) = node;
}

const struct cel_type *cel_node_type(struct cel_checker *checker, const struct cel_node *node)
{
        return cel_type_known(&checker->bindings, node->type);
}

/* Something of unknown type is used as if it were anything: dyn it is. */
static const struct cel_type *make_dyn(struct cel_checker *checker, const struct cel_type *type)
{
        if (type->kind == CEL_TYPE_PARAMETER)
                cel_type_assign(&checker->bindings, &cel_types[CEL_TYPE_DYN], type);
        return &cel_types[CEL_TYPE_DYN];
}

static struct str type_text(struct cel_checker *checker, const struct cel_type *type)
{
        return cel_type_text(checker->arena, cel_type_final(&checker->bindings, type));
}

/* The type that fits both; NULL for `type` stands for nothing yet. */
static const struct cel_type *join(struct cel_checker *checker, const struct cel_type *type,
                                   const struct cel_type *other)
{
        if (!type)
                return other;
        if (cel_type_assign(&checker->bindings, type, other))
                return cel_type_general(&checker->bindings, type, other);
        return &cel_types[CEL_TYPE_DYN];
}

static bool check_constant(struct cel_checker *checker, struct cel_node *node)
{
        static const uint8_t kinds[] = {
                [VALUE_NULL] = CEL_TYPE_NULL,   [VALUE_BOOL] = CEL_TYPE_BOOL,     [VALUE_INT] = CEL_TYPE_INT,
                [VALUE_UINT] = CEL_TYPE_UINT,   [VALUE_DOUBLE] = CEL_TYPE_DOUBLE, [VALUE_STRING] = CEL_TYPE_STRING,
                [VALUE_BYTES] = CEL_TYPE_BYTES,
        };

        (void)checker;
        if (node->constant.kind < COUNT_OF(kinds))
                node->type = &cel_types[kinds[node->constant.kind]];
        return true;
}

static bool check_select(struct cel_checker *checker, struct cel_node *node)
{
        const struct cel_type *type, *held, *result;
        bool is_optional;

        if (node->select.kind == CEL_SELECT_PLAIN)
                TRY(cel_check_path(checker, node));
        if (node->kind != CEL_SELECT)
                return true; /* the whole path was a name */
        TRY(cel_check_node(checker, node->select.operand));
        type = cel_node_type(checker, node->select.operand);
        is_optional = type->kind == CEL_TYPE_OPTIONAL;
        held = is_optional ? type->parameters[0] : type;
        if (held->kind == CEL_TYPE_MAP)
                result = held->parameters[1];
        else if (held->kind == CEL_TYPE_DYN || held->kind == CEL_TYPE_PARAMETER)
                result = make_dyn(checker, held);
        else
                return cel_check_fail(checker, node,
                                      "type '%.*s' does not support field selection: there is no '%.*s' in it",
                                      STR_ARG(type_text(checker, held)), STR_ARG(node->select.field));
        if (node->select.kind == CEL_SELECT_HAS)
                result = &cel_types[CEL_TYPE_BOOL];
        else if (is_optional || node->select.kind == CEL_SELECT_OPTIONAL)
                result = cel_type_optional(checker->arena, result);
        cel_set_type(checker, node, result);
        return true;
}

/* The type of the value that an element of a list or map adds: of [?x] what x holds. */
static const struct cel_type *element_type(struct cel_checker *checker, const struct cel_element *element)
{
        const struct cel_type *type = element->value->type;

        if (!element->is_optional)
                return type;
        type = cel_node_type(checker, element->value);
        if (type->kind == CEL_TYPE_OPTIONAL)
                return type->parameters[0];
        if (type->kind == CEL_TYPE_DYN || type->kind == CEL_TYPE_PARAMETER)
                return make_dyn(checker, type);
        cel_check_fail(checker, element->value, "an element with '?' is of type optional_type, but this is '%.*s'",
                       STR_ARG(type_text(checker, type)));
        return NULL;
}

static bool check_list(struct cel_checker *checker, struct cel_node *node)
{
        const struct cel_type *item = NULL, *type;

        for (size_t i = 0; i < node->list.count; i++) {
                TRY(cel_check_node(checker, node->list.elements[i].value));
                if (checker->is_lenient)
                        continue;
                TRY(type = element_type(checker, &node->list.elements[i]));
                item = join(checker, item, type);
        }
        if (!checker->is_lenient)
                cel_set_type(checker, node,
                             cel_type_list(checker->arena, item ? item : cel_type_fresh(&checker->bindings)));
        return true;
}

static bool check_map(struct cel_checker *checker, struct cel_node *node)
{
        const struct cel_type *key = NULL, *value = NULL, *type;

        for (size_t i = 0; i < node->list.count; i++) {
                TRY(cel_check_node(checker, node->list.elements[i].key));
                TRY(cel_check_node(checker, node->list.elements[i].value));
                if (checker->is_lenient)
                        continue;
                TRY(type = element_type(checker, &node->list.elements[i]));
                key = join(checker, key, node->list.elements[i].key->type);
                value = join(checker, value, type);
        }
        if (!checker->is_lenient)
                cel_set_type(checker, node,
                             cel_type_map(checker->arena, key ? key : cel_type_fresh(&checker->bindings),
                                          value ? value : cel_type_fresh(&checker->bindings)));
        return true;
}

static void push_local(struct cel_checker *checker, struct cel_local *local, const struct cel_type *type)
{
        local->index = checker->tree->local_count++;
        *vec_push(checker->arena, &checker->scopes) = (struct cel_scope){local->name, type, local->index};
}

/* Gives the loop's variables their types by what it goes over. */
static bool push_loop_locals(struct cel_checker *checker, struct cel_node *node)
{
        const struct cel_type *range = cel_node_type(checker, node->loop.range), *first, *second;

        switch (checker->is_lenient ? CEL_TYPE_DYN : range->kind) {
        case CEL_TYPE_LIST:
                first = node->loop.second.name.data ? &cel_types[CEL_TYPE_INT] : range->parameters[0];
                second = range->parameters[0];
                break;
        case CEL_TYPE_MAP:
                first = range->parameters[0];
                second = range->parameters[1];
                break;
        case CEL_TYPE_DYN:
        case CEL_TYPE_PARAMETER:
                first = second = make_dyn(checker, range);
                break;
        default:
                return cel_check_fail(checker, node->loop.range,
                                      "a value of type '%.*s' is nothing to go through: only lists and maps are",
                                      STR_ARG(type_text(checker, range)));
        }
        push_local(checker, &node->loop.first, first);
        if (node->loop.second.name.data)
                push_local(checker, &node->loop.second, second);
        return true;
}

static bool check_condition(struct cel_checker *checker, struct cel_node *condition)
{
        TRY(cel_check_node(checker, condition));
        if (checker->is_lenient || cel_type_assign(&checker->bindings, condition->type, &cel_types[CEL_TYPE_BOOL]))
                return true;
        return cel_check_fail(checker, condition, "a condition is of type 'bool', but this is '%.*s'",
                              STR_ARG(type_text(checker, condition->type)));
}

/* The type of what transformMapEntry collects: its body is a map. */
static bool check_entry(struct cel_checker *checker, struct cel_node *node)
{
        const struct cel_type *map =
                cel_type_map(checker->arena, cel_type_fresh(&checker->bindings), cel_type_fresh(&checker->bindings));

        if (!checker->is_lenient && !cel_type_assign(&checker->bindings, node->loop.body->type, map))
                return cel_check_fail(checker, node->loop.body, "transformMapEntry() collects maps, but this is '%.*s'",
                                      STR_ARG(type_text(checker, node->loop.body->type)));
        cel_set_type(checker, node, map);
        return true;
}

static bool check_loop_body(struct cel_checker *checker, struct cel_node *node, const struct cel_type *first)
{
        if (node->loop.filter)
                TRY(check_condition(checker, node->loop.filter));
        switch (node->loop.kind) {
        case CEL_LOOP_MAP:
                TRY(cel_check_node(checker, node->loop.body));
                cel_set_type(checker, node, cel_type_list(checker->arena, node->loop.body->type));
                return true;
        case CEL_LOOP_TRANSFORM_MAP:
                TRY(cel_check_node(checker, node->loop.body));
                cel_set_type(checker, node, cel_type_map(checker->arena, first, node->loop.body->type));
                return true;
        case CEL_LOOP_TRANSFORM_MAP_ENTRY:
                return cel_check_node(checker, node->loop.body) && check_entry(checker, node);
        case CEL_LOOP_FILTER:
                TRY(check_condition(checker, node->loop.body));
                cel_set_type(checker, node, cel_type_list(checker->arena, first));
                return true;
        default:
                TRY(check_condition(checker, node->loop.body));
                cel_set_type(checker, node, &cel_types[CEL_TYPE_BOOL]);
                return true;
        }
}

static bool check_loop(struct cel_checker *checker, struct cel_node *node)
{
        size_t outer = checker->scopes.count;

        TRY(cel_check_node(checker, node->loop.range));
        TRY(push_loop_locals(checker, node));
        TRY(check_loop_body(checker, node, checker->scopes.items[outer].type));
        checker->scopes.count = outer;
        return true;
}

static bool check_let(struct cel_checker *checker, struct cel_node *node)
{
        TRY(cel_check_node(checker, node->let.value));
        push_local(checker, &node->let.local, node->let.value->type);
        TRY(cel_check_node(checker, node->let.body));
        checker->scopes.count--;
        cel_set_type(checker, node, node->let.body->type);
        return true;
}

static bool check_failure(struct cel_checker *checker, struct cel_node *node)
{
        return checker->is_lenient || cel_check_fail(checker, node, "%.*s", STR_ARG(node->fail.message));
}

static bool (*const checks[])(struct cel_checker *checker, struct cel_node *node) = {
        [CEL_CONSTANT] = check_constant, [CEL_NAME] = cel_check_name, [CEL_SELECT] = check_select,
        [CEL_CALL] = cel_check_call,     [CEL_LIST] = check_list,     [CEL_MAP] = check_map,
        [CEL_LOOP] = check_loop,         [CEL_LET] = check_let,       [CEL_FAIL] = check_failure,
};

/* A tree that is too deep is never descended into: what comes after checking may recurse without counting. */
bool cel_check_node(struct cel_checker *checker, struct cel_node *node)
{
        bool ok;

        if (checker->depth == CEL_MOST_DEPTH)
                return cel_err_at(checker->err, checker->tree->text, node->at,
                                  "the expression is nested more than %d deep", CEL_MOST_DEPTH);
        checker->depth++;
        ok = checks[node->kind](checker, node);
        checker->depth--;
        return ok;
}

bool cel_check(struct arena *arena, const struct cel_env *env, struct cel_tree *tree, struct err *err)
{
        struct cel_checker checker = {
                .arena = arena,
                .env = env,
                .tree = tree,
                .err = err,
                .is_lenient = env->settings.without_check,
                .bindings = {.arena = arena},
        };

        tree->local_count = 0;
        TRY(cel_check_node(&checker, tree->root));
        for (size_t i = 0; i < checker.open.count; i++)
                checker.open.items[i]->type = cel_type_final(&checker.bindings, checker.open.items[i]->type);
        if (checker.bindings.steps > CEL_MOST_TYPE_STEPS)
                return cel_err_at(err, tree->text, tree->root->at, "the types of this expression are too large");
        return true;
}
