/* fold.c - computes what does not depend on variables when an expression is compiled: quantity('1Gi'), ['a', 'b'], 60 * 60. What
 * fails is left as it is, to fail when it is run; so is what is costly. */

#include "policy/cel/compile.h"

enum {
        FOLD_BUDGET = 5000,
        LONGEST_KEY = 300, /* of a string that may be a key */
};

struct folder {
        struct arena *arena;
        const struct cel_env *env;
        struct str text;
};

static bool is_constant(const struct cel_node *node)
{
        return node->kind == CEL_CONSTANT;
}

static bool elements_are_constant(const struct cel_node *node)
{
        for (size_t i = 0; i < node->list.count; i++) {
                const struct cel_element *element = &node->list.elements[i];

                if (!is_constant(element->value) || (element->key && !is_constant(element->key)))
                        return false;
        }
        return true;
}

static bool can_fold(const struct cel_node *node)
{
        switch (node->kind) {
        case CEL_SELECT:
                return is_constant(node->select.operand);
        case CEL_LIST:
        case CEL_MAP:
                return elements_are_constant(node);
        case CEL_CALL:
                for (size_t i = 0; i < node->call.count; i++) {
                        if (!is_constant(node->call.arguments[i]))
                                return false;
                }
                return true;
        default:
                return false;
        }
}

/* Strings remember their interned number, so that looking them up in a map is quick. */
static void note_key(struct cel_node *node)
{
        struct str text = value_text(&node->constant);

        if (node->constant.kind == VALUE_STRING && text.len <= LONGEST_KEY)
                node->constant = cel_interned_string(text, intern(text));
}

/* Runs a node as a program of its own. */
static void replace(const struct folder *folder, struct cel_node *node)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct cel_tree tree = {.text = folder->text, .root = node};
        struct cel_frame frame = {.arena = folder->arena, .budget = FOLD_BUDGET};
        struct err err = {0};
        struct cel_program *program = cel_compile_tree(&scratch, folder->env, &tree, &err);
        struct value result;

        if (!program || program->register_count > CEL_STACK_REGISTERS || !cel_run(program, &frame, &result, &err))
                return;
        node->kind = CEL_CONSTANT;
        node->constant = result;
}

static void fold(const struct folder *folder, struct cel_node *node, unsigned depth)
{
        if (depth > CEL_MOST_RECURSION)
                return;
        switch (node->kind) {
        case CEL_SELECT:
                fold(folder, node->select.operand, depth + 1);
                break;
        case CEL_LIST:
        case CEL_MAP:
                for (size_t i = 0; i < node->list.count; i++) {
                        if (node->list.elements[i].key)
                                fold(folder, node->list.elements[i].key, depth + 1);
                        fold(folder, node->list.elements[i].value, depth + 1);
                }
                break;
        case CEL_CALL:
                for (size_t i = 0; i < node->call.count; i++)
                        fold(folder, node->call.arguments[i], depth + 1);
                break;
        case CEL_LOOP:
                fold(folder, node->loop.range, depth + 1);
                if (node->loop.filter)
                        fold(folder, node->loop.filter, depth + 1);
                fold(folder, node->loop.body, depth + 1);
                break;
        case CEL_LET:
                fold(folder, node->let.value, depth + 1);
                fold(folder, node->let.body, depth + 1);
                break;
        case CEL_CONSTANT:
                note_key(node);
                return;
        default:
                return;
        }
        if (can_fold(node))
                replace(folder, node);
}

void cel_fold(struct arena *arena, const struct cel_env *env, struct cel_tree *tree)
{
        struct folder folder = {arena, env, tree->text};

        fold(&folder, tree->root, 0);
}
