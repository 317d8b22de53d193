/* loop.c - loops over lists and maps. */

#include "policy/cel/compile.h"
#include "policy/cel/lib_standard.h"

/* A loop while it is compiled. */
struct loop {
        const struct cel_node *node;
        bool is_sum;    /* over a + b, without making that list */
        uint16_t range; /* the register of what is gone through; of a sum two */
        uint16_t size;  /* the register of something that is as long */
        uint16_t state;
        uint32_t body, next, end;
        size_t begin; /* the instruction that begins it */
        size_t scope;
        unsigned bits; /* of `pending` that were given out before its body */
        uint64_t cost; /* of what is around it */
};

/* Whether the range is the sum of two lists, as far as is known. Then their sum need not be made. */
static bool is_sum(const struct cel_node *loop)
{
        const struct cel_node *range = loop->loop.range;

        if (loop->loop.second.name.data || range->kind != CEL_CALL || range->call.operator!= CEL_OPERATOR_ADD)
                return false;
        for (size_t i = 0; i < range->call.candidate_count; i++) {
                if (range->call.candidates[i]->function == lib_standard_add_lists)
                        return true;
        }
        return false;
}

static void take_range(struct cel_compiler *c, struct loop *loop)
{
        const struct cel_node *range = loop->node->loop.range;

        loop->is_sum = is_sum(loop->node);
        if (loop->is_sum) {
                loop->range = cel_temporary(c, 2);
                cel_value_into(c, range->call.arguments[0], loop->range);
                cel_value_into(c, range->call.arguments[1], (uint16_t)(loop->range + 1));
        } else {
                loop->range = cel_operand(c, range);
        }
        loop->state = cel_temporary(c, 3);
        loop->size = loop->is_sum ? (uint16_t)(loop->state + 2) : loop->range;
}

static void set_live(struct cel_compiler *c, const struct cel_node *loop, bool is_live)
{
        c->is_live[loop->loop.first.index] = is_live;
        if (loop->loop.second.name.data)
                c->is_live[loop->loop.second.index] = is_live;
}

static void set_registers(struct cel_compiler *c, const struct loop *loop, struct cel_instruction *instruction)
{
        instruction->to = loop->state;
        instruction->from = loop->range;
        instruction->with = cel_local_register(c, loop->node->loop.first.index);
        if (loop->node->loop.second.name.data)
                instruction->loop.second = cel_local_register(c, loop->node->loop.second.index);
}

/* Emits everything up to the body. It goes on at `empty` when there is nothing to go through. */
static struct loop begin(struct cel_compiler *c, const struct cel_node *node, uint32_t empty)
{
        struct loop loop = {.node = node, .body = cel_label(c), .next = cel_label(c), .end = cel_label(c)};
        bool has_two = node->loop.second.name.data;
        struct cel_instruction *instruction;
        unsigned hoisted = 0;

        take_range(c, &loop);
        c->at = node->at;
        loop.begin = c->code.count;
        instruction = cel_emit_failing(c, loop.is_sum ? RUN_LOOP_SUM : has_two ? RUN_LOOP_TWO : RUN_LOOP);
        set_registers(c, &loop, instruction);
        instruction->yes = cel_label(c);
        cel_place(c, c->code.items[loop.begin].yes);
        c->code.items[loop.begin].no = empty;
        loop.scope = c->available.count;
        if (node->loop.filter)
                cel_paths_hoist(c, node->loop.filter, &hoisted);
        cel_paths_hoist(c, node->loop.body, &hoisted);
        set_live(c, node, true);
        loop.bits = c->bits;
        loop.cost = c->cost;
        c->cost = 1;
        cel_place(c, loop.body);
        return loop;
}

static uint64_t bits_from(unsigned first, unsigned end)
{
        uint64_t below_end = end >= CEL_PENDING_BITS ? UINT64_MAX : (UINT64_C(1) << end) - 1;

        return first >= CEL_PENDING_BITS ? 0 : below_end & ~((UINT64_C(1) << first) - 1);
}

/* Emits what comes behind the body. */
static void finish(struct cel_compiler *c, struct loop *loop)
{
        bool has_two = loop->node->loop.second.name.data;
        uint32_t cost = (uint32_t)min_size(c->cost, UINT32_MAX);
        struct cel_instruction *instruction;

        c->at = loop->node->at;
        cel_place(c, loop->next);
        instruction = cel_emit_failing(c, loop->is_sum ? RUN_NEXT_SUM : has_two ? RUN_NEXT_TWO : RUN_NEXT);
        set_registers(c, loop, instruction);
        instruction->yes = loop->body;
        instruction->no = loop->end;
        instruction->loop.clears = bits_from(loop->bits, c->bits);
        instruction->loop.cost = c->code.items[loop->begin].loop.cost = cost;
        cel_place(c, loop->end);
        c->cost = loop->cost + 1;
        cel_scope_end(c, loop->scope);
        set_live(c, loop->node, false);
}

/* all() and exists() are && and || over the items: what fails for one does not matter once another decides. */
static void all_or_exists(struct cel_compiler *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
        bool is_all = node->loop.kind == CEL_LOOP_ALL;
        uint32_t absorbing = is_all ? no : yes, passing = is_all ? yes : no;
        bool is_shared = c->absorb && c->absorb->label == absorbing;
        struct cel_absorb own = is_shared ? *c->absorb : cel_absorb_at(c, absorbing), *outer = c->absorb;
        struct cel_absorb *absorb = is_shared ? outer : &own;
        struct loop loop = begin(c, node, passing);
        struct cel_guard guard = cel_guard_begin(c, loop.next, absorb->hold, absorb->bit);

        c->absorb = absorb;
        cel_condition(c, node->loop.body, is_all ? loop.next : absorbing, is_all ? absorbing : loop.next);
        if (cel_guard_end(c, guard))
                absorb->is_used = true;
        c->absorb = outer;
        finish(c, &loop);
        if (!is_shared)
                cel_emit_check(c, absorb);
        cel_emit_jump(c, passing);
}

/* Counts the items for which a condition holds. */
static void count(struct cel_compiler *c, const struct cel_node *node, const struct cel_node *condition, uint16_t to)
{
        uint32_t found = cel_label(c), empty = cel_label(c);
        struct loop loop;

        cel_emit_constant(c, to, value_int(0));
        loop = begin(c, node, empty);
        cel_condition(c, condition, found, loop.next);
        cel_place(c, found);
        cel_emit(c, RUN_INCREMENT)->to = to;
        finish(c, &loop);
        cel_place(c, empty);
}

void cel_loop_count_into(struct cel_compiler *c, const struct cel_node *node, uint16_t to)
{
        uint16_t temporary = c->temporary;

        count(c, node, node->loop.body, to);
        c->temporary = temporary;
}

void cel_loop_condition(struct cel_compiler *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
        struct cel_instruction *instruction;
        uint16_t counter;

        if (node->loop.kind != CEL_LOOP_EXISTS_ONE) {
                all_or_exists(c, node, yes, no);
                return;
        }
        counter = cel_temporary(c, 1);
        count(c, node, node->loop.body, counter);
        instruction = cel_emit_if(c, RUN_IF_EQUAL_CONSTANT, counter, yes, no);
        instruction->value = value_int(1);
}

static void add_to_list(struct cel_compiler *c, const struct loop *loop, uint16_t list, uint16_t item)
{
        struct cel_instruction *add = cel_emit_failing(c, RUN_LIST_GROW);

        add->to = list;
        add->from = item;
        add->with = loop->size;
}

static void make_list(struct cel_compiler *c, const struct cel_node *node, uint16_t to)
{
        uint32_t empty = cel_label(c), wanted = cel_label(c);
        bool is_filter = node->loop.kind == CEL_LOOP_FILTER;
        const struct cel_node *condition = is_filter ? node->loop.body : node->loop.filter;
        struct loop loop;
        uint16_t temporary;

        cel_emit(c, RUN_LIST_BEGIN)->to = to;
        loop = begin(c, node, empty);
        if (condition)
                cel_condition(c, condition, wanted, loop.next);
        cel_place(c, wanted);
        temporary = c->temporary;
        add_to_list(c, &loop, to,
                    is_filter ? cel_local_register(c, node->loop.first.index) : cel_operand(c, node->loop.body));
        c->temporary = temporary;
        finish(c, &loop);
        cel_place(c, empty);
        c->cost += 10;
}

static void add_to_map(struct cel_compiler *c, const struct loop *loop, uint16_t map, uint16_t key, uint16_t value)
{
        struct cel_instruction *instruction = cel_emit_failing(c, RUN_MAP_GROW);

        instruction->to = map;
        instruction->with = loop->size;
        instruction = cel_emit_failing(c, RUN_MAP_ADD);
        instruction->to = map;
        instruction->from = key;
        instruction->with = value;
}

static void make_map(struct cel_compiler *c, const struct cel_node *node, uint16_t to)
{
        uint32_t empty = cel_label(c), wanted = cel_label(c);
        struct cel_instruction *instruction;
        struct loop loop;
        uint16_t temporary, value;

        cel_emit(c, RUN_MAP_BEGIN)->to = to;
        loop = begin(c, node, empty);
        if (node->loop.filter)
                cel_condition(c, node->loop.filter, wanted, loop.next);
        cel_place(c, wanted);
        temporary = c->temporary;
        value = cel_operand(c, node->loop.body);
        if (node->loop.kind == CEL_LOOP_TRANSFORM_MAP) {
                add_to_map(c, &loop, to, cel_local_register(c, node->loop.first.index), value);
        } else {
                instruction = cel_emit_failing(c, RUN_MAP_MERGE);
                instruction->to = to;
                instruction->from = value;
        }
        c->temporary = temporary;
        finish(c, &loop);
        cel_place(c, empty);
        cel_emit_failing(c, RUN_MAP_END)->to = to;
        c->cost += 30;
}

void cel_loop_into(struct cel_compiler *c, const struct cel_node *node, uint16_t to)
{
        struct cel_absorb *absorb = c->absorb;

        c->absorb = NULL;
        if (node->loop.kind == CEL_LOOP_FILTER || node->loop.kind == CEL_LOOP_MAP)
                make_list(c, node, to);
        else
                make_map(c, node, to);
        c->absorb = absorb;
}
