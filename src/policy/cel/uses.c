/* uses.c - a walk over the tree of an expression that notes variables and functions. */

#include "policy/cel/uses.h"

#include <stdlib.h>

#include "policy/cel/ast.h"

struct finder {
        struct arena *arena;
        struct cel_uses *out;
};

static void visit(struct finder *finder, const struct cel_node *node);

static void note_function(struct finder *finder, struct str name)
{
        for (size_t i = 0; i < finder->out->functions.count; i++) {
                if (str_equal(finder->out->functions.items[i], name))
                        return;
        }
        *vec_push(finder->arena, &finder->out->functions) = name;
}

static void note_local(struct finder *finder, const struct cel_local *local)
{
        if (!local->name.len || local->name.data[0] == '@')
                return;
        for (size_t i = 0; i < finder->out->locals.count; i++) {
                if (str_equal(finder->out->locals.items[i], local->name))
                        return;
        }
        *vec_push(finder->arena, &finder->out->locals) = local->name;
}

static void visit_elements(struct finder *finder, const struct cel_node *node)
{
        for (size_t i = 0; i < node->list.count; i++) {
                if (node->list.elements[i].key)
                        visit(finder, node->list.elements[i].key);
                visit(finder, node->list.elements[i].value);
        }
}

static void visit_loop(struct finder *finder, const struct cel_node *node)
{
        if (node->loop.second.name.data)
                note_function(finder, STR("two-variable loop"));
        note_local(finder, &node->loop.first);
        note_local(finder, &node->loop.second);
        visit(finder, node->loop.range);
        if (node->loop.filter)
                visit(finder, node->loop.filter);
        visit(finder, node->loop.body);
}

/* Whether a person wrote this let: optMap() and sortBy() make some too, of names that nobody can write. */
static bool is_bind(const struct cel_node *node)
{
        const struct cel_node *value = node->let.value;

        if (str_starts(node->let.local.name, STR("@")))
                return str_starts(node->let.local.name, STR("@index"));
        return !(value->kind == CEL_CALL && value->call.count == 1 && value->call.arguments[0]->kind == CEL_NAME
                 && str_starts(value->call.arguments[0]->name.text, STR("@")));
}

static void visit_let(struct finder *finder, const struct cel_node *node)
{
        if (is_bind(node))
                note_function(finder, STR("cel.bind"));
        note_local(finder, &node->let.local);
        visit(finder, node->let.value);
        visit(finder, node->let.body);
}

static void visit_call(struct finder *finder, const struct cel_node *node)
{
        if (node->call.operator== CEL_OPERATOR_NONE)
                note_function(finder, node->call.name);
        for (size_t i = 0; i < node->call.count; i++)
                visit(finder, node->call.arguments[i]);
}

static void visit(struct finder *finder, const struct cel_node *node)
{
        switch (node->kind) {
        case CEL_NAME:
                if (node->name.kind == CEL_NAME_VARIABLE)
                        *vec_push(finder->arena, &finder->out->variables) =
                                (struct cel_use){node->at, node->name.index};
                break;
        case CEL_SELECT:
                visit(finder, node->select.operand);
                break;
        case CEL_CALL:
                visit_call(finder, node);
                break;
        case CEL_LIST:
        case CEL_MAP:
                visit_elements(finder, node);
                break;
        case CEL_LOOP:
                visit_loop(finder, node);
                break;
        case CEL_LET:
                visit_let(finder, node);
                break;
        case CEL_CONSTANT:
        case CEL_FAIL:
                break;
        }
}

static int by_place(const void *a, const void *b)
{
        uint32_t left = ((const struct cel_use *)a)->at, right = ((const struct cel_use *)b)->at;

        return (left > right) - (left < right);
}

bool cel_find_uses(struct arena *arena, const struct cel_env *env, struct str text, struct cel_uses *out,
                   struct err *err)
{
        struct finder finder = {arena, out};
        struct cel_tree tree;

        *out = (struct cel_uses){0};
        TRY(cel_parse(arena, env, text, &tree, err));
        TRY(cel_check(arena, env, &tree, err));
        visit(&finder, tree.root);
        if (out->variables.count)
                qsort(out->variables.items, out->variables.count, sizeof(*out->variables.items), by_place);
        return true;
}
