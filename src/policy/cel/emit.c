/* emit.c - instructions, registers, labels, and what happens to errors. */

#include "policy/cel/compile.h"

enum { UNPLACED = UINT32_MAX, ALIAS = 1U << 31 };

struct cel_instruction *cel_emit(struct cel_compiler *c, enum cel_operation operation)
{
        struct cel_instruction *instruction = vec_push(c->scratch, &c->code);

        *vec_push(c->scratch, &c->places) = c->at;
        *vec_push(c->scratch, &c->handlers) = c->handler;
        memset(instruction, 0, sizeof(*instruction));
        instruction->operation = (uint8_t)operation;
        instruction->yes = instruction->no = UNPLACED;
        return instruction;
}

struct cel_instruction *cel_emit_failing(struct cel_compiler *c, enum cel_operation operation)
{
        if (c->first_failure == SIZE_MAX)
                c->first_failure = c->available.count;
        return cel_emit(c, operation);
}

struct cel_instruction *cel_emit_if(struct cel_compiler *c, enum cel_operation operation, uint16_t from, uint32_t yes,
                                    uint32_t no)
{
        struct cel_instruction *instruction = cel_emit_failing(c, operation);

        instruction->from = from;
        instruction->yes = yes;
        instruction->no = no;
        return instruction;
}

void cel_emit_jump(struct cel_compiler *c, uint32_t label)
{
        cel_emit(c, RUN_JUMP)->yes = label;
}

void cel_emit_constant(struct cel_compiler *c, uint16_t to, struct value value)
{
        struct cel_instruction *instruction = cel_emit(c, RUN_CONSTANT);

        instruction->to = to;
        instruction->value = value;
}

uint32_t cel_label(struct cel_compiler *c)
{
        *vec_push(c->scratch, &c->labels) = UNPLACED;
        return (uint32_t)c->labels.count - 1;
}

void cel_place(struct cel_compiler *c, uint32_t label)
{
        c->labels.items[label] = (uint32_t)c->code.count;
}

void cel_alias(struct cel_compiler *c, uint32_t label, uint32_t other)
{
        c->labels.items[label] = other | ALIAS;
}

uint16_t cel_temporary(struct cel_compiler *c, size_t count)
{
        uint16_t first = c->temporary;

        if (count > (size_t)(CEL_MOST_REGISTERS - first)) {
                c->is_too_large = true;
                return 0;
        }
        c->temporary = (uint16_t)(first + count);
        if (c->temporary > c->most_temporary)
                c->most_temporary = c->temporary;
        return first;
}

uint16_t cel_pin(struct cel_compiler *c)
{
        if (c->pinned == CEL_MOST_REGISTERS) {
                c->is_too_large = true;
                return CEL_PINNED;
        }
        if (++c->pinned > c->most_pinned)
                c->most_pinned = c->pinned;
        return (uint16_t)(CEL_PINNED + c->pinned - 1);
}

struct cel_absorb cel_absorb_at(struct cel_compiler *c, uint32_t label)
{
        struct cel_absorb absorb = {.label = label, .hold = cel_temporary(c, 1)};

        if (c->bits < CEL_PENDING_BITS)
                absorb.bit = UINT64_C(1) << c->bits++;
        else
                cel_emit_constant(c, absorb.hold, VALUE_OF_NULL);
        return absorb;
}

void cel_emit_check(struct cel_compiler *c, const struct cel_absorb *absorb)
{
        struct cel_instruction *check;

        if (!absorb->is_used) {
                if (absorb->bit && absorb->bit == UINT64_C(1) << (c->bits - 1))
                        c->bits--;
                return;
        }
        check = cel_emit_failing(c, absorb->bit ? RUN_CHECK : RUN_CHECK_ERROR);
        check->from = absorb->hold;
        check->number = absorb->bit;
}

struct cel_guard cel_guard_begin(struct cel_compiler *c, uint32_t label, uint16_t hold, uint64_t bit)
{
        struct cel_guard guard = {c->handler, c->first_failure};
        struct cel_handler *handler = arena_new(c->arena, struct cel_handler);

        *handler = (struct cel_handler){.bit = bit, .target = label, .hold = hold};
        *vec_push(c->scratch, &c->all_handlers) = handler;
        c->handler = handler;
        c->first_failure = SIZE_MAX;
        return guard;
}

/* What became available after something that may have failed is not so where the error is handled. */
bool cel_guard_end(struct cel_compiler *c, struct cel_guard guard)
{
        size_t failure = c->first_failure;

        c->handler = guard.outer;
        c->first_failure = guard.outer_failure;
        if (failure == SIZE_MAX)
                return false;
        cel_scope_end(c, failure);
        /* Something in it, guarded less than the rest, may still get out. */
        c->first_failure = min_size(c->first_failure, failure);
        return true;
}

static uint32_t place_of(const struct cel_compiler *c, uint32_t label)
{
        uint32_t place = label;

        if (label == UNPLACED)
                return 0;
        do {
                while ((place = c->labels.items[place]) & ALIAS)
                        place &= ~(uint32_t)ALIAS;
                /* A jump to a jump goes straight on. */
        } while (place < c->code.count && c->code.items[place].operation == RUN_JUMP
                 && (place = c->code.items[place].yes, true));
        return place;
}

static uint16_t final_register(const struct cel_compiler *c, uint16_t number)
{
        unsigned place = number & CEL_PINNED ? number & ~(unsigned)CEL_PINNED : (unsigned)number + c->most_pinned;

        return (uint16_t)(place * (sizeof(struct value) / CEL_REGISTER_STEP));
}

static uint32_t final_place(const struct cel_compiler *c, uint32_t label)
{
        return place_of(c, label) * (uint32_t)sizeof(struct cel_instruction);
}

static void finish_registers(struct cel_compiler *c, struct cel_instruction *instruction)
{
        instruction->to = final_register(c, instruction->to);
        instruction->from = final_register(c, instruction->from);
        instruction->with = final_register(c, instruction->with);
        if (instruction->operation == RUN_LOOP_TWO || instruction->operation == RUN_NEXT_TWO)
                instruction->loop.second = final_register(c, instruction->loop.second);
}

static void *copy(struct arena *arena, const void *items, size_t size)
{
        void *to = arena_take(arena, size);

        return memcpy(to, items, size);
}

void cel_finish(struct cel_compiler *c)
{
        struct cel_program *program = c->program;
        struct cel_instruction *code = copy(c->arena, c->code.items, c->code.count * sizeof(*code));

        for (size_t i = 0; i < c->code.count; i++) {
                code[i].yes = final_place(c, code[i].yes);
                code[i].no = final_place(c, code[i].no);
                finish_registers(c, &code[i]);
        }
        for (size_t i = 0; i < c->all_handlers.count; i++) {
                struct cel_handler *handler = c->all_handlers.items[i];

                handler->target = final_place(c, handler->target);
                handler->hold = final_register(c, handler->hold);
        }
        for (size_t i = 0; i < c->variables.count; i++)
                c->variables.items[i].to = final_register(c, c->variables.items[i].to);
        program->code = code;
        program->count = c->code.count;
        program->places = copy(c->arena, c->places.items, c->places.count * sizeof(uint32_t));
        program->handlers = copy(c->arena, c->handlers.items, c->handlers.count * sizeof(*c->handlers.items));
        program->variables = c->variables.count ? copy(c->arena, c->variables.items,
                                                       c->variables.count * sizeof(*c->variables.items))
                                                : NULL;
        program->variable_count = c->variables.count;
        program->register_count = (size_t)c->most_pinned + c->most_temporary;
        program->cost = c->cost;
}
