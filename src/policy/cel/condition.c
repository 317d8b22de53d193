/* condition.c - expressions that say where to go on. */

#include "policy/cel/compile.h"
#include "policy/cel/lib_optionals.h"
#include "policy/cel/lib_standard.h"

static bool is_text(const struct cel_node *node)
{
        return node->kind == CEL_CONSTANT && node->constant.kind == VALUE_STRING;
}

struct cel_terms {
        VEC(const struct cel_node *) of;
};

/* Operands of one && or || however they are nested. */
static void collect(struct cel_compiler *c, const struct cel_node *node, enum cel_operator operator,
                    struct cel_terms * terms)
{
        if (node->kind != CEL_CALL || node->call.operator!= operator|| node->call.count != 2) {
                *vec_push(c->scratch, &terms->of) = node;
                return;
        }
        collect(c, node->call.arguments[0], operator, terms);
        collect(c, node->call.arguments[1], operator, terms);
}

/* One operand that is not the last: when it fails, the next is looked at. */
static void add_term(struct cel_compiler *c, const struct cel_node *term, struct cel_absorb *absorb, bool is_and)
{
        uint32_t next = cel_label(c);
        struct cel_guard guard = cel_guard_begin(c, next, absorb->hold, absorb->bit);

        cel_condition(c, term, is_and ? next : absorb->label, is_and ? absorb->label : next);
        if (cel_guard_end(c, guard))
                absorb->is_used = true;
        cel_place(c, next);
}

/* What absorbs errors for an outer && does so for this one, too, when false takes both to the same place. */
static void chain(struct cel_compiler *c, const struct cel_node *node, bool is_and, uint32_t yes, uint32_t no)
{
        uint32_t absorbing = is_and ? no : yes, passing = is_and ? yes : no, done = cel_label(c);
        bool is_shared = c->absorb && c->absorb->label == absorbing;
        struct cel_absorb own = is_shared ? *c->absorb : cel_absorb_at(c, absorbing), *outer = c->absorb;
        struct cel_absorb *absorb = is_shared ? outer : &own;
        struct cel_terms terms = {0};
        size_t scope = 0;

        collect(c, node, node->call.operator, & terms);
        c->absorb = absorb;
        for (size_t i = 0; i + 1 < terms.of.count; i++) {
                add_term(c, terms.of.items[i], absorb, is_and);
                if (i == 0)
                        scope = c->available.count;
        }
        cel_condition(c, terms.of.items[terms.of.count - 1], is_and ? done : yes, is_and ? no : done);
        cel_scope_end(c, scope);
        c->absorb = outer;
        if (is_shared || !absorb->is_used) {
                cel_alias(c, done, passing);
                if (!is_shared)
                        cel_emit_check(c, absorb);
                return;
        }
        cel_place(c, done);
        cel_emit_check(c, absorb);
        cel_emit_jump(c, passing);
}

static void conditional(struct cel_compiler *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
        uint32_t first = cel_label(c), second = cel_label(c);
        size_t scope;

        cel_condition(c, node->call.arguments[0], first, second);
        scope = c->available.count;
        cel_place(c, first);
        cel_condition(c, node->call.arguments[1], yes, no);
        cel_scope_end(c, scope);
        cel_place(c, second);
        cel_condition(c, node->call.arguments[2], yes, no);
        cel_scope_end(c, scope);
}

static void has(struct cel_compiler *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
        struct cel_instruction *instruction;
        struct cel_path path;
        uint16_t from, to;

        if (cel_path_read(node, &path)) {
                c->cost += path.count;
                cel_path_has(c, &path, yes, no);
                return;
        }
        c->cost++;
        from = cel_operand(c, node->select.operand);
        to = cel_temporary(c, 1);
        instruction = cel_emit_if(c, RUN_IF_HAS_PATH, from, yes, no);
        instruction->to = to;
        instruction->count = 1;
        instruction->keys[0] = node->select.key;
}

static void equal_constant(struct cel_compiler *c, uint16_t from, const struct cel_node *constant, uint32_t yes,
                           uint32_t no)
{
        enum cel_operation operation = is_text(constant) ? RUN_IF_EQUAL_TEXT : RUN_IF_EQUAL_CONSTANT;

        cel_emit_if(c, operation, from, yes, no)->value = constant->constant;
}

static void equal(struct cel_compiler *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
        const struct cel_node *left = node->call.arguments[0], *right = node->call.arguments[1], *other = left;
        uint16_t a, b;

        if (left->kind == CEL_CONSTANT) {
                left = right;
                right = other;
        }
        a = cel_operand(c, left);
        if (right->kind == CEL_CONSTANT) {
                equal_constant(c, a, right, yes, no);
                return;
        }
        b = cel_operand(c, right);
        cel_emit_if(c, RUN_IF_EQUAL, a, yes, no)->with = b;
}

struct ordering {
        enum cel_operation constant;        /* from ? constant */
        enum cel_operation turned_constant; /* constant ? from */
        enum cel_operation operation;
        bool swaps; /* the operands of `operation` */
};

static const struct ordering orderings[CEL_OPERATOR_COUNT] = {
        [CEL_OPERATOR_LESS] = {RUN_IF_LESS_THAN, RUN_IF_GREATER_THAN, RUN_IF_LESS, false},
        [CEL_OPERATOR_LESS_EQUAL] = {RUN_IF_AT_MOST, RUN_IF_AT_LEAST, RUN_IF_LESS_OR_EQUAL, false},
        [CEL_OPERATOR_GREATER] = {RUN_IF_GREATER_THAN, RUN_IF_LESS_THAN, RUN_IF_LESS, true},
        [CEL_OPERATOR_GREATER_EQUAL] = {RUN_IF_AT_LEAST, RUN_IF_AT_MOST, RUN_IF_LESS_OR_EQUAL, true},
};

static void order(struct cel_compiler *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
        const struct ordering *ordering = &orderings[node->call.operator];
        const struct cel_node *left = node->call.arguments[0], *right = node->call.arguments[1];
        uint16_t a, b;

        if (right->kind == CEL_CONSTANT) {
                a = cel_operand(c, left);
                cel_emit_if(c, ordering->constant, a, yes, no)->value = right->constant;
        } else if (left->kind == CEL_CONSTANT) {
                a = cel_operand(c, right);
                cel_emit_if(c, ordering->turned_constant, a, yes, no)->value = left->constant;
        } else {
                a = cel_operand(c, left);
                b = cel_operand(c, right);
                cel_emit_if(c, ordering->operation, ordering->swaps ? b : a, yes, no)->with = ordering->swaps ? a : b;
        }
}

static void in(struct cel_compiler *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
        const struct cel_node *item = node->call.arguments[0], *container = node->call.arguments[1];
        const struct cel_set *set = NULL;
        uint16_t from, with;

        if (container->kind == CEL_CONSTANT)
                set = cel_set_new(c->arena, &container->constant);
        if (set) {
                from = cel_operand(c, item);
                cel_emit_if(c, RUN_IF_IN_SET, from, yes, no)->object = set;
        } else if (is_text(item)) {
                from = cel_operand(c, container);
                cel_emit_if(c, RUN_IF_KEY, from, yes, no)->keys[0] = intern(value_text(&item->constant));
        } else {
                from = cel_operand(c, item);
                with = cel_operand(c, container);
                cel_emit_if(c, RUN_IF_IN, from, yes, no)->with = with;
        }
}

static void in_constant(struct cel_compiler *c, uint16_t from, const struct cel_node *container, uint32_t yes,
                        uint32_t no)
{
        const struct cel_set *set = cel_set_new(c->arena, &container->constant);
        uint16_t with;

        if (set) {
                cel_emit_if(c, RUN_IF_IN_SET, from, yes, no)->object = set;
                return;
        }
        with = cel_temporary(c, 1);
        cel_value_into(c, container, with);
        cel_emit_if(c, RUN_IF_IN, from, yes, no)->with = with;
}

void cel_condition_on(struct cel_compiler *c, const struct cel_node *node, uint16_t from, uint32_t yes, uint32_t no)
{
        const struct cel_node *constant = node->call.arguments[1];

        if (node->call.operator== CEL_OPERATOR_EQUAL)
                equal_constant(c, from, constant, yes, no);
        else if (node->call.operator== CEL_OPERATOR_NOT_EQUAL)
                equal_constant(c, from, constant, no, yes);
        else if (node->call.operator== CEL_OPERATOR_IN)
                in_constant(c, from, constant, yes, no);
        else
                cel_emit_if(c, orderings[node->call.operator].constant, from, yes, no)->value = constant->constant;
}

static const struct {
        cel_function *function;
        enum cel_operation operation;
} text_conditions[] = {
        {lib_standard_starts_with, RUN_IF_STARTS},
        {lib_standard_ends_with, RUN_IF_ENDS},
        {lib_standard_contains, RUN_IF_CONTAINS},
};

/* text.startsWith('constant') and its like; false when the call is none of them. */
static bool text_condition(struct cel_compiler *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
        struct cel_pattern *pattern;
        uint16_t from;

        if (node->call.count != 2 || !is_text(node->call.arguments[1]))
                return false;
        for (size_t i = 0; i < COUNT_OF(text_conditions); i++) {
                if (cel_calls(node, text_conditions[i].function)) {
                        from = cel_operand(c, node->call.arguments[0]);
                        cel_emit_if(c, text_conditions[i].operation, from, yes, no)->value =
                                node->call.arguments[1]->constant;
                        return true;
                }
        }
        if (!cel_calls(node, lib_standard_matches))
                return false;
        pattern = cel_pattern_of(c, value_text(&node->call.arguments[1]->constant));
        if (!pattern)
                return false;
        from = cel_operand(c, node->call.arguments[0]);
        cel_emit_if(c, RUN_IF_MATCHES, from, yes, no)->object = pattern;
        return true;
}

bool cel_is_condition(const struct cel_node *node)
{
        if (node->kind == CEL_SELECT)
                return node->select.kind == CEL_SELECT_HAS;
        if (node->kind == CEL_LOOP)
                return node->loop.kind <= CEL_LOOP_EXISTS_ONE;
        if (node->kind != CEL_CALL)
                return false;
        return node->call.operator&& node->call.operator!= CEL_OPERATOR_CONDITIONAL && node->call.
        operator<= CEL_OPERATOR_IN;
}

static void call(struct cel_compiler *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
        c->cost++;
        if (cel_default_condition(c, node, yes, no) || cel_default_bool(c, node, yes, no))
                return;
        if (cel_calls(node, lib_optionals_has_value)) {
                cel_has_value(c, node, yes, no);
                return;
        }
        switch (node->call.operator) {
        case CEL_OPERATOR_AND:
        case CEL_OPERATOR_OR:
                chain(c, node, node->call.operator== CEL_OPERATOR_AND, yes, no);
                return;
        case CEL_OPERATOR_NOT:
                cel_condition(c, node->call.arguments[0], no, yes);
                return;
        case CEL_OPERATOR_CONDITIONAL:
                conditional(c, node, yes, no);
                return;
        case CEL_OPERATOR_EQUAL:
                equal(c, node, yes, no);
                return;
        case CEL_OPERATOR_NOT_EQUAL:
                equal(c, node, no, yes);
                return;
        case CEL_OPERATOR_LESS:
        case CEL_OPERATOR_LESS_EQUAL:
        case CEL_OPERATOR_GREATER:
        case CEL_OPERATOR_GREATER_EQUAL:
                order(c, node, yes, no);
                return;
        case CEL_OPERATOR_IN:
                in(c, node, yes, no);
                return;
        default:
                if (!text_condition(c, node, yes, no)) {
                        c->cost--; /* which computing the value pays */
                        cel_emit_if(c, RUN_IF, cel_operand(c, node), yes, no);
                }
        }
}

static void by_kind(struct cel_compiler *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
        size_t scope;
        uint16_t from;

        if (node->kind == CEL_CALL) {
                call(c, node, yes, no);
        } else if (node->kind == CEL_LOOP && node->loop.kind <= CEL_LOOP_EXISTS_ONE) {
                cel_loop_condition(c, node, yes, no);
        } else if (node->kind == CEL_SELECT && node->select.kind == CEL_SELECT_HAS) {
                has(c, node, yes, no);
        } else if (node->kind == CEL_LET) {
                cel_let(c, node);
                scope = c->available.count;
                cel_condition(c, node->let.body, yes, no);
                cel_scope_end(c, scope);
                c->is_live[node->let.local.index] = false;
        } else if (node->kind == CEL_CONSTANT && node->constant.kind == VALUE_BOOL) {
                cel_emit_jump(c, node->constant.boolean ? yes : no);
        } else {
                from = cel_operand(c, node);
                cel_emit_if(c, RUN_IF, from, yes, no);
        }
}

void cel_condition(struct cel_compiler *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
        uint16_t temporary = c->temporary;
        uint32_t at = c->at;

        if (c->depth > CEL_MOST_RECURSION) {
                c->is_too_large = true;
                return;
        }
        c->depth++;
        c->at = node->at;
        by_kind(c, node, yes, no);
        c->depth--;
        c->at = at;
        c->temporary = temporary;
}

void cel_condition_into(struct cel_compiler *c, const struct cel_node *node, uint16_t to)
{
        uint32_t yes = cel_label(c), no = cel_label(c), end = cel_label(c);

        cel_condition(c, node, yes, no);
        cel_place(c, yes);
        cel_emit_constant(c, to, value_bool(true));
        cel_emit_jump(c, end);
        cel_place(c, no);
        cel_emit_constant(c, to, value_bool(false));
        cel_place(c, end);
}
