/* cel_parse.c - hostile expressions: what is read and checked is whole, and errors stand within the text. The first byte says
 * which environment. */

#include <stdlib.h>

#include "doc/source.h"
#include "policy/cel/ast.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void insist(bool holds)
{
        if (!holds)
                __builtin_trap();
}

static void visit(const struct cel_tree *tree, const struct cel_node *node, bool is_checked, unsigned depth);

static void visit_call(const struct cel_tree *tree, const struct cel_node *node, bool is_checked, unsigned depth)
{
        insist(node->call.candidate_count > 0);
        for (size_t i = 0; i < node->call.candidate_count; i++) {
                insist(node->call.candidates[i]->parameter_count == node->call.count);
                insist(node->call.candidates[i]->is_method == node->call.is_method);
        }
        for (size_t i = 0; i < node->call.count; i++)
                visit(tree, node->call.arguments[i], is_checked, depth);
}

static void visit_elements(const struct cel_tree *tree, const struct cel_node *node, bool is_checked, unsigned depth)
{
        for (size_t i = 0; i < node->list.count; i++) {
                insist((node->list.elements[i].key != NULL) == (node->kind == CEL_MAP));
                if (node->kind == CEL_MAP)
                        visit(tree, node->list.elements[i].key, is_checked, depth);
                visit(tree, node->list.elements[i].value, is_checked, depth);
        }
}

static void visit_loop(const struct cel_tree *tree, const struct cel_node *node, bool is_checked, unsigned depth)
{
        insist(node->loop.first.name.data && node->loop.first.index < tree->local_count);
        insist(!node->loop.second.name.data || node->loop.second.index < tree->local_count);
        visit(tree, node->loop.range, is_checked, depth);
        if (node->loop.filter)
                visit(tree, node->loop.filter, is_checked, depth);
        visit(tree, node->loop.body, is_checked, depth);
}

static void visit_let(const struct cel_tree *tree, const struct cel_node *node, bool is_checked, unsigned depth)
{
        insist(node->let.local.index < tree->local_count);
        visit(tree, node->let.value, is_checked, depth);
        visit(tree, node->let.body, is_checked, depth);
}

static void visit(const struct cel_tree *tree, const struct cel_node *node, bool is_checked, unsigned depth)
{
        insist(node->at <= tree->text.len && depth < CEL_MOST_DEPTH);
        insist(node->type && node->type->kind != CEL_TYPE_PARAMETER);
        switch (node->kind) {
        case CEL_CONSTANT:
                break;
        case CEL_NAME:
                insist(node->name.kind != CEL_NAME_UNRESOLVED);
                insist(node->name.kind != CEL_NAME_LOCAL || node->name.index < tree->local_count);
                break;
        case CEL_SELECT:
                insist(str_equal(intern_text(node->select.key), node->select.field));
                visit(tree, node->select.operand, is_checked, depth + 1);
                break;
        case CEL_CALL:
                visit_call(tree, node, is_checked, depth + 1);
                break;
        case CEL_LIST:
        case CEL_MAP:
                visit_elements(tree, node, is_checked, depth + 1);
                break;
        case CEL_LOOP:
                visit_loop(tree, node, is_checked, depth + 1);
                break;
        case CEL_LET:
                visit_let(tree, node, is_checked, depth + 1);
                break;
        case CEL_FAIL:
                insist(!is_checked && node->fail.message.len > 0);
                break;
        }
}

static const struct cel_variable variables[] = {
        {STR_INIT("x"), STR_INIT("int")},
        {STR_INIT("d"), STR_INIT("dyn")},
        {STR_INIT("l"), STR_INIT("list(string)")},
        {STR_INIT("m"), STR_INIT("map(string, int)")},
        {STR_INIT("o"), STR_INIT("optional_type(map(string, dyn))")},
        {STR_INIT("a.b"), STR_INIT("timestamp")},
};

static const struct cel_settings settings[] = {
        {.variables = variables, .variable_count = 5},
        {.variables = variables, .variable_count = 6, .container = STR_INIT("a")},
        {.variables = variables, .variable_count = 6, .without_check = true},
        {.variables = variables, .variable_count = 6, .core_only = true},
        {.variables = variables, .variable_count = 6, .without_macros = true},
};

static const struct cel_env *env_of(size_t which)
{
        static struct arena arena;
        static const struct cel_env *envs[COUNT_OF(settings)];
        struct err err = {0};

        if (!envs[which])
                envs[which] = cel_env_new(&arena, &settings[which], &err);
        insist(envs[which]);
        return envs[which];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct err err = {0};
        struct cel_tree tree;
        size_t which;
        char *copy;

        if (size == 0)
                return 0;
        which = data[0] % COUNT_OF(settings);
        copy = malloc(size); /* so that reading behind the end is seen */
        memcpy(copy, data, size);
        tree.text = (struct str){copy + 1, size - 1};
        if (cel_parse(&arena, env_of(which), tree.text, &tree, &err) && cel_check(&arena, env_of(which), &tree, &err)) {
                visit(&tree, tree.root, !settings[which].without_check, 0);
                insist(cel_type_text(&arena, tree.root->type).len > 0 && err.length == 0);
        } else {
                insist(err.length > 0 && err.line <= size && err.column <= size);
        }
        free(copy);
        return 0;
}
