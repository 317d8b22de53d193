/* tree.h - the tree of an expression as text, for tests.
 *
 *     1 + x           _+_(1, x)
 *     s.size()        s.size()
 *     a.?b            a.?b
 *     l.map(x, x)     map x in l: x
 *     cel.bind(…)     let x = 1: x
 */
#pragma once

#include "base/buf.h"
#include "doc/print.h"
#include "policy/cel/ast.h"

static void print_tree(struct buf *out, const struct cel_node *node);

static void print_constant(struct buf *out, const struct value *value)
{
        switch (value->kind) {
        case VALUE_UINT:
                buf_add_format(out, "%" PRIu64 "u", value->u);
                break;
        case VALUE_DOUBLE:
                buf_add_format(out, "%#g", value->d);
                break;
        case VALUE_BYTES:
                buf_add_literal(out, "b\"");
                for (uint32_t i = 0; i < value->len; i++)
                        buf_add_format(out, "%02x", (unsigned char)value->text[i]);
                buf_add_char(out, '"');
                break;
        case VALUE_TYPE: {
                struct arena arena CLEANUP(arena_free) = {0};

                buf_add_literal(out, "type ");
                buf_add(out, cel_type_text(&arena, value->object));
                break;
        }
        default:
                json_print(out, value, 0);
        }
}

static void print_list(struct buf *out, struct cel_node *const *nodes, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                if (i)
                        buf_add_literal(out, ", ");
                print_tree(out, nodes[i]);
        }
}

static void print_call(struct buf *out, const struct cel_node *node)
{
        size_t first = node->call.is_method ? 1 : 0;

        if (node->call.is_method) {
                print_tree(out, node->call.arguments[0]);
                buf_add_char(out, '.');
        }
        buf_add(out, node->call.name);
        buf_add_char(out, '(');
        print_list(out, node->call.arguments + first, node->call.count - first);
        buf_add_char(out, ')');
}

static void print_elements(struct buf *out, const struct cel_node *node)
{
        buf_add_char(out, node->kind == CEL_LIST ? '[' : '{');
        for (size_t i = 0; i < node->list.count; i++) {
                const struct cel_element *element = &node->list.elements[i];

                buf_add(out, i ? STR(", ") : STR(""));
                buf_add(out, element->is_optional ? STR("?") : STR(""));
                if (element->key) {
                        print_tree(out, element->key);
                        buf_add_literal(out, ": ");
                }
                print_tree(out, element->value);
        }
        buf_add_char(out, node->kind == CEL_LIST ? ']' : '}');
}

static void print_local(struct buf *out, const struct cel_local *local)
{
        buf_add(out, local->name);
        buf_add_format(out, "#%" PRIu32, local->index);
}

static void print_loop(struct buf *out, const struct cel_node *node)
{
        static const char *const kinds[] = {"all", "exists",       "existsOne",        "filter",
                                            "map", "transformMap", "transformMapEntry"};

        buf_add_format(out, "%s ", kinds[node->loop.kind]);
        print_local(out, &node->loop.first);
        if (node->loop.second.name.data) {
                buf_add_literal(out, ", ");
                print_local(out, &node->loop.second);
        }
        buf_add_literal(out, " in ");
        print_tree(out, node->loop.range);
        if (node->loop.filter) {
                buf_add_literal(out, " if ");
                print_tree(out, node->loop.filter);
        }
        buf_add_literal(out, ": ");
        print_tree(out, node->loop.body);
}

static void print_select(struct buf *out, const struct cel_node *node)
{
        bool is_has = node->select.kind == CEL_SELECT_HAS;

        buf_add(out, is_has ? STR("has(") : STR(""));
        print_tree(out, node->select.operand);
        buf_add(out, node->select.kind == CEL_SELECT_OPTIONAL ? STR(".?") : STR("."));
        buf_add(out, node->select.field);
        buf_add(out, is_has ? STR(")") : STR(""));
}

static void print_tree(struct buf *out, const struct cel_node *node)
{
        switch (node->kind) {
        case CEL_CONSTANT:
                print_constant(out, &node->constant);
                break;
        case CEL_NAME:
                buf_add(out, node->name.is_absolute ? STR(".") : STR(""));
                buf_add(out, node->name.text);
                if (node->name.kind == CEL_NAME_LOCAL)
                        buf_add_format(out, "#%" PRIu32, node->name.index);
                break;
        case CEL_SELECT:
                print_select(out, node);
                break;
        case CEL_CALL:
                print_call(out, node);
                break;
        case CEL_LIST:
        case CEL_MAP:
                print_elements(out, node);
                break;
        case CEL_LOOP:
                print_loop(out, node);
                break;
        case CEL_LET:
                buf_add_literal(out, "let ");
                print_local(out, &node->let.local);
                buf_add_literal(out, " = ");
                print_tree(out, node->let.value);
                buf_add_literal(out, ": ");
                print_tree(out, node->let.body);
                break;
        case CEL_FAIL:
                buf_add_literal(out, "fail: ");
                buf_add(out, node->fail.message);
                break;
        }
}
