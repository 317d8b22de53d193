/* run.c - runs the instructions of machine.h: each jumps straight to the next one's code. What is rare is in run_slow.c. */

#include "policy/cel/lib_standard.h"
#include "policy/cel/machine.h"
#include "policy/cel/many.h"

static inline bool same_few_bytes(const char *a, const char *b, size_t len)
{
        uint32_t words[4];

        if (len >= 4) {
                memcpy(&words[0], a, 4);
                memcpy(&words[1], b, 4);
                memcpy(&words[2], a + len - 4, 4);
                memcpy(&words[3], b + len - 4, 4);
                return words[0] == words[1] && words[2] == words[3];
        }
        return len == 0 || (a[0] == b[0] && a[len / 2] == b[len / 2] && a[len - 1] == b[len - 1]);
}

/* Compares text that is mostly short: eight bytes at a time, the last eight overlapping. */
static inline bool same_bytes(const char *a, const char *b, size_t len)
{
        uint64_t left, right;

        if (len < 8)
                return same_few_bytes(a, b, len);
        for (size_t i = 0; i + 8 < len; i += 8) {
                memcpy(&left, a + i, 8);
                memcpy(&right, b + i, 8);
                if (left != right)
                        return false;
        }
        memcpy(&left, a + len - 8, 8);
        memcpy(&right, b + len - 8, 8);
        return left == right;
}

static inline bool same_text(const struct value *a, const struct value *b)
{
        return a->len == b->len && same_bytes(a->text, b->text, a->len);
}

/* Few instructions for each member that is passed over: this is what most expressions do most of the time. */
static inline const struct value *member_of(const struct value *map, uint32_t key)
{
        const struct node *node = map->nodes;
        uint32_t left = map->len;

        if (UNLIKELY(map->flags & VALUE_INDEXED))
                return value_get(map, key);
        for (; left >= 4; left -= 4, node += 4) {
                if (node[0].key == key)
                        return &node[0].value;
                if (node[1].key == key)
                        return &node[1].value;
                if (node[2].key == key)
                        return &node[2].value;
                if (node[3].key == key)
                        return &node[3].value;
        }
        for (; left > 0; left--, node++) {
                if (node->key == key)
                        return &node->value;
        }
        return NULL;
}

static inline struct value missing(uint32_t key)
{
        return (struct value){.kind = VALUE_ERROR, .tag = CEL_ERROR_MISSING, .len = key};
}

/* What a path comes to that goes on behind what is missing. */
static inline struct value missing_inner(uint32_t key)
{
        return (struct value){.kind = VALUE_ERROR, .tag = CEL_ERROR_MISSING_INNER, .len = key};
}

/* Follows a path; what is no map on the way is left to the slow path, which begins again. */
static inline struct value follow(struct cel_call *call, const struct value *from, const uint32_t *keys, size_t count)
{
        const struct value *at = from;

        for (size_t i = 0; i < count; i++) {
                if (UNLIKELY(at->kind != VALUE_MAP))
                        return cel_slow_path(call, from, keys, count);
                at = member_of(at, keys[i]);
                if (!at)
                        return i + 1 == count ? missing(keys[i]) : missing_inner(keys[i]);
        }
        return *at;
}

/* The same for optional fields: what they lead to, or NULL. Without *done the slow path has to say. */
static inline const struct value *follow_optional(const struct value *from, const uint32_t *keys, size_t count,
                                                  bool *done)
{
        *done = true;
        for (size_t i = 0; i < count && from; i++) {
                if (UNLIKELY(from->kind != VALUE_MAP)) {
                        *done = false;
                        break;
                }
                from = member_of(from, keys[i]);
        }
        return from;
}

/* Whether a register holds a member; -1 when that cannot be said. What is no map has no members, as in cel-go; but asking a list
 * for a name is an error. */
static inline int has(const struct value *member)
{
        if (LIKELY(member->kind != VALUE_ERROR))
                return member->kind != VALUE_OPTIONAL || !(member->flags & CEL_THROUGH_OPTIONAL) || member->held;
        return member->tag == CEL_ERROR_MISSING || (member->tag == CEL_ERROR_NO_MAP && member->flags != VALUE_LIST)
                       ? 0
                       : -1;
}

static inline bool set_has(const struct cel_set *set, const struct value *item)
{
        uint64_t hash = set->kind == VALUE_STRING ? cel_text_hash(item->text, item->len) : cel_int_hash(item->i);

        for (uint32_t at = (uint32_t)hash & set->mask; set->slots[at].kind != VALUE_NULL; at = (at + 1) & set->mask) {
                if (set->kind == VALUE_STRING ? same_text(&set->slots[at], item) : set->slots[at].i == item->i)
                        return true;
        }
        return false;
}

static bool text_has(const struct value *text, const struct value *wanted)
{
        if (wanted->len == 1)
                return text->len > 0 && memchr(text->text, *wanted->text, text->len);
        return str_find(value_text(text), value_text(wanted), 0) != SIZE_MAX;
}

/* Whether a call means its first overload, which asks for no more than kinds. */
static inline bool fits_at_once(const struct cel_call_site *site, const struct value *arguments)
{
        if (!site->is_plain)
                return false;
        for (uint32_t i = 0; i < site->arguments; i++) {
                if (!(site->candidates->kinds[i] >> arguments[i].kind & 1))
                        return false;
        }
        return true;
}

/* Loops. The state is a pointer to the current item and how many are left, in a register; the place in it, of two-variable
 * loops, in the one behind it. */

static inline void set_item(const struct value *state, struct value *item)
{
        if (LIKELY(state->kind == VALUE_LIST))
                *item = state->nodes->value;
        else if (state->kind == VALUE_MAP)
                *item = cel_interned_string(intern_text(state->nodes->key), state->nodes->key);
        else
                *item = state->entries->key;
}

static void set_two_items(const struct value *state, int64_t place, struct value *first, struct value *second)
{
        if (state->kind == VALUE_LIST)
                *first = value_int(place);
        else
                set_item(state, first);
        *second = state->kind == VALUE_ENTRIES ? state->entries->value : state->nodes->value;
}

static inline void step(struct value *state)
{
        state->len--;
        if (LIKELY(state->kind != VALUE_ENTRIES))
                state->nodes++;
        else
                state->entries++;
}

static bool can_loop(const struct value *range)
{
        return range->kind == VALUE_LIST || cel_is_map(range);
}

/* Room for as many items as `range` has, the first time. */
static void list_room(struct cel_call *call, struct value *list, const struct value *range)
{
        if (!list->nodes)
                list->nodes = arena_take(call->arena, checked_mul(range->len, sizeof(struct node)));
}

static void map_room(struct cel_call *call, struct value *map, const struct value *range)
{
        if (!map->entries)
                map->entries = arena_take(call->arena, checked_mul(range->len, sizeof(struct entry)));
}

#define FAIL goto failed
/* Registers and places to go on are numbered such that the processor finds them without computing. */
#define R(number) cel_register(registers, (number))
#define GO(target)                                                                                                     \
        do {                                                                                                           \
                ip = (const struct cel_instruction *)((const char *)code + (target));                                  \
                goto *labels[ip->operation];                                                                           \
        } while (0)
#define BRANCH(condition) GO((condition) ? ip->yes : ip->no)
#define FORWARD                                                                                                        \
        do {                                                                                                           \
                ip++;                                                                                                  \
                goto *labels[ip->operation];                                                                           \
        } while (0)
#define NEED(condition)                                                                                                \
        do {                                                                                                           \
                if (UNLIKELY(!(condition)))                                                                            \
                        FAIL;                                                                                          \
        } while (0)
#define PAY(units)                                                                                                     \
        do {                                                                                                           \
                uint64_t price = (units);                                                                              \
                                                                                                                       \
                if (UNLIKELY(call.left < price)) {                                                                     \
                        cel_spend(&call, price);                                                                       \
                        FAIL;                                                                                          \
                }                                                                                                      \
                call.left -= price;                                                                                    \
        } while (0)

/* Follows one key of a path whose keys stand at the end of their row; what is missing ends it. */
#define STEP(number)                                                                                                   \
        do {                                                                                                           \
                const struct value *member;                                                                            \
                                                                                                                       \
                if (UNLIKELY(from->kind != VALUE_MAP))                                                                 \
                        goto no_map;                                                                                   \
                member = member_of(from, ip->keys[number]);                                                            \
                if (!member) {                                                                                         \
                        *R(ip->to) = missing_inner(ip->keys[number]);                                                  \
                        FORWARD;                                                                                       \
                }                                                                                                      \
                from = member;                                                                                         \
        } while (0)

/* An order of an operand to a constant: ints at once, everything else by cel_compare(). */
#define COMPARE_CONSTANT(is)                                                                                           \
        do {                                                                                                           \
                int order;                                                                                             \
                                                                                                                       \
                if (LIKELY(R(ip->from)->kind == VALUE_INT && ip->value.kind == VALUE_INT))                             \
                        BRANCH(R(ip->from)->i is ip->value.i);                                                         \
                NEED(cel_slow_compare(&call, R(ip->from), &ip->value, &order));                                        \
                if (order == CEL_UNORDERED)                                                                            \
                        GO(ip->no);                                                                                    \
                BRANCH(order is 0);                                                                                    \
        } while (0)

#define COMPARE(is)                                                                                                    \
        do {                                                                                                           \
                int order;                                                                                             \
                                                                                                                       \
                if (LIKELY(R(ip->from)->kind == VALUE_INT && R(ip->with)->kind == VALUE_INT))                          \
                        BRANCH(R(ip->from)->i is R(ip->with)->i);                                                      \
                NEED(cel_slow_compare(&call, R(ip->from), R(ip->with), &order));                                       \
                if (order == CEL_UNORDERED)                                                                            \
                        GO(ip->no);                                                                                    \
                BRANCH(order is 0);                                                                                    \
        } while (0)

#define NEED_TEXT(value)                                                                                               \
        do {                                                                                                           \
                if (UNLIKELY((value)->kind != VALUE_STRING)) {                                                         \
                        cel_refuse(&call, (value), "a string");                                                        \
                        FAIL;                                                                                          \
                }                                                                                                      \
        } while (0)

#define ARITHMETIC(builtin)                                                                                            \
        do {                                                                                                           \
                int64_t i;                                                                                             \
                struct value operands[2] = {*R(ip->from), *R(ip->with)};                                               \
                                                                                                                       \
                if (LIKELY(operands[0].kind == VALUE_INT && operands[1].kind == VALUE_INT                              \
                           && !builtin(operands[0].i, operands[1].i, &i))) {                                           \
                        *R(ip->to) = value_int(i);                                                                     \
                        FORWARD;                                                                                       \
                }                                                                                                      \
                NEED(cel_slow_call(&call, ip->object, operands, R(ip->to)));                                           \
                FORWARD;                                                                                               \
        } while (0)

static bool say_why(struct cel_call *call, struct err *err)
{
        char buffer[CEL_FAILURE_TEXT];
        struct str text = cel_failure_text(call, buffer);

        cel_err_at(err, call->program->text, call->place, "%.*s", STR_ARG(text));
        return false;
}

static bool too_costly(struct cel_call *call, struct cel_frame *frame, struct err *err)
{
        frame->spent = call->left;
        call->place = 0;
        cel_spend(call, call->program->cost);
        return say_why(call, err);
}

/* Ends a run: true when it gave a result. */
static bool finish(struct cel_call *call, struct cel_frame *frame, bool succeeded, struct err *err)
{
        if (UNLIKELY(call->patterns != NULL))
                cel_patterns_free(call);
        frame->spent = call->budget - call->left;
        return LIKELY(succeeded) || say_why(call, err);
}

/* Registers stay as they are: a program writes each before it reads it. Nor is all of `call` set: clearing the text of a failure
 * that will hardly be would take longer than the run. */
bool cel_run(const struct cel_program *program, struct cel_frame *frame, struct value *result, struct err *err)
{
        static const void *const labels[] = {
#define X(name) [RUN_##name] = &&do_##name,
                CEL_OPERATIONS(X)
#undef X
        };
        const struct cel_instruction *const code = program->code;
        struct value few[CEL_STACK_REGISTERS], *registers = few;
        struct cel_call call;
        const struct cel_instruction *ip;
        const struct cel_handler *handler;
        uint64_t pending = 0;
        const struct value *from;
        bool found;

        call.arena = frame->arena;
        call.program = program;
        call.left = call.budget = frame->budget ? frame->budget : CEL_DEFAULT_BUDGET;
        call.patterns = NULL;
        call.is_out_of_budget = false;
        if (UNLIKELY(program->cost > call.left))
                return too_costly(&call, frame, err);
        call.left -= program->cost;
        if (UNLIKELY(program->register_count > CEL_STACK_REGISTERS))
                registers = arena_take(call.arena, program->register_count * sizeof(*registers));
        for (size_t i = 0; i < program->variable_count; i++)
                *R(program->variables[i].to) = frame->variables[program->variables[i].variable];
        GO(0);

do_CONSTANT:
        *R(ip->to) = ip->value;
        FORWARD;
do_COPY:
        *R(ip->to) = *R(ip->from);
        FORWARD;
do_PATH_3:
        from = R(ip->from);
        STEP(1);
        goto second_step;
do_PATH_2:
        from = R(ip->from);
second_step:
        STEP(2);
        goto last_step;
do_PATH_1:
        from = R(ip->from);
last_step:
        if (UNLIKELY(from->kind != VALUE_MAP))
                goto no_map;
        from = member_of(from, ip->keys[CEL_PATH_KEYS - 1]);
        *R(ip->to) = from ? *from : missing(ip->keys[CEL_PATH_KEYS - 1]);
        FORWARD;
no_map:
        if (from->kind == VALUE_ERROR && from->tag <= CEL_ERROR_MISSING_INNER && from->u == 0)
                *R(ip->to) = missing_inner(from->len);
        else
                *R(ip->to) = cel_slow_path(&call, R(ip->from), ip->keys + CEL_PATH_KEYS - ip->count, ip->count);
        FORWARD;
do_PATH:
        *R(ip->to) = follow(&call, R(ip->from), ip->keys, ip->count);
        FORWARD;
do_OPTIONAL_PATH:
        from = follow_optional(R(ip->from), ip->keys, ip->count, &found);
        if (LIKELY(found)) {
                *R(ip->to) = (struct value){.kind = VALUE_OPTIONAL, .held = from};
                FORWARD;
        }
        NEED(cel_slow_optional_path(&call, R(ip->from), ip->keys, ip->count, R(ip->to)));
        FORWARD;
do_GET:
        from = R(ip->from);
        if (from->kind == VALUE_LIST && R(ip->with)->kind == VALUE_INT && (uint64_t)R(ip->with)->i < from->len) {
                *R(ip->to) = from->nodes[R(ip->with)->i].value;
                FORWARD;
        }
        NEED(cel_slow_get(&call, from, R(ip->with), R(ip->to)));
        FORWARD;
do_GET_OPTIONAL:
        NEED(cel_slow_get_optional(&call, R(ip->from), R(ip->with), R(ip->to)));
        FORWARD;
do_CALL:
        if (LIKELY(fits_at_once(ip->object, R(ip->from)))) {
                const struct cel_call_site *site = ip->object;

                NEED(site->candidates->function(&call, R(ip->from), R(ip->to)));
                if (UNLIKELY(R(ip->to)->kind >= VALUE_LIST))
                        NEED(cel_slow_deepen(&call, site, R(ip->from), R(ip->to)));
                FORWARD;
        }
        NEED(cel_slow_call(&call, ip->object, R(ip->from), R(ip->to)));
        FORWARD;
do_SIZE:
        from = R(ip->from);
        if (LIKELY(from->kind == VALUE_LIST)) {
                *R(ip->to) = value_int(from->len);
                FORWARD;
        }
        NEED(cel_slow_call(&call, ip->object, from, R(ip->to)));
        FORWARD;
do_ADD:
        ARITHMETIC(__builtin_add_overflow);
do_SUBTRACT:
        ARITHMETIC(__builtin_sub_overflow);
do_INCREMENT:
        R(ip->to)->i++;
        FORWARD;
do_JUMP:
        GO(ip->yes);
do_IF:
        from = R(ip->from);
        if (LIKELY(from->kind == VALUE_BOOL))
                BRANCH(from->boolean);
        cel_refuse(&call, from, "a bool");
        FAIL;
do_IF_HAS : {
        int answer = has(R(ip->from));

        if (LIKELY(answer >= 0))
                BRANCH(answer);
        cel_refuse(&call, R(ip->from), "a map");
        FAIL;
}
do_IF_HAS_PATH : {
        int answer;

        *R(ip->to) = follow(&call, R(ip->from), ip->keys, ip->count);
        answer = has(R(ip->to));
        if (LIKELY(answer >= 0))
                BRANCH(answer);
        cel_refuse(&call, R(ip->to), "a map");
        FAIL;
}
do_IF_EQUAL_TEXT:
        from = R(ip->from);
        if (LIKELY(from->kind == VALUE_STRING))
                BRANCH(same_text(from, &ip->value));
        NEED(cel_slow_equal(&call, from, &ip->value, &found));
        BRANCH(found);
do_IF_EQUAL_CONSTANT:
        from = R(ip->from);
        if (LIKELY(from->kind == ip->value.kind && from->kind <= VALUE_UINT))
                BRANCH(from->kind == VALUE_NULL || from->u == ip->value.u);
        NEED(cel_slow_equal(&call, from, &ip->value, &found));
        BRANCH(found);
do_IF_EQUAL:
        from = R(ip->from);
        if (LIKELY(from->kind == VALUE_STRING && R(ip->with)->kind == VALUE_STRING))
                BRANCH(same_text(from, R(ip->with)));
        NEED(cel_slow_equal(&call, from, R(ip->with), &found));
        BRANCH(found);
do_IF_LESS:
        COMPARE(<);
do_IF_LESS_OR_EQUAL:
        COMPARE(<=);
do_IF_LESS_THAN:
        COMPARE_CONSTANT(<);
do_IF_AT_MOST:
        COMPARE_CONSTANT(<=);
do_IF_GREATER_THAN:
        COMPARE_CONSTANT(>);
do_IF_AT_LEAST:
        COMPARE_CONSTANT(>=);
do_IF_IN:
        from = R(ip->with);
        if (from->kind == VALUE_MAP && R(ip->from)->kind == VALUE_STRING && R(ip->from)->tag)
                BRANCH(member_of(from, R(ip->from)->tag) != NULL);
        NEED(cel_slow_in(&call, R(ip->from), from, &found));
        BRANCH(found);
do_IF_IN_SET : {
        const struct cel_set *set = ip->object;

        from = R(ip->from);
        if (LIKELY(from->kind == set->kind))
                BRANCH(set_has(set, from));
        NEED(cel_slow_in_set(&call, from, set, &found));
        BRANCH(found);
}
do_IF_KEY:
        from = R(ip->from);
        if (LIKELY(from->kind == VALUE_MAP))
                BRANCH(member_of(from, ip->keys[0]) != NULL);
        NEED(cel_slow_in(&call,
                         &(struct value){.kind = VALUE_STRING,
                                         .len = (uint32_t)intern_text(ip->keys[0]).len,
                                         .text = intern_text(ip->keys[0]).data},
                         from, &found));
        BRANCH(found);
do_IF_STARTS:
        from = R(ip->from);
        NEED_TEXT(from);
        BRANCH(from->len >= ip->value.len && same_bytes(from->text, ip->value.text, ip->value.len));
do_IF_ENDS:
        from = R(ip->from);
        NEED_TEXT(from);
        BRANCH(from->len >= ip->value.len
               && same_bytes(from->text + from->len - ip->value.len, ip->value.text, ip->value.len));
do_IF_CONTAINS:
        from = R(ip->from);
        NEED_TEXT(from);
        PAY(from->len / 10);
        BRANCH(text_has(from, &ip->value));
do_IF_MATCHES : {
        struct cel_pattern *pattern = (struct cel_pattern *)ip->object;

        from = R(ip->from);
        NEED_TEXT(from);
        PAY(lib_standard_matching_cost(from->len, pattern->text.len));
        BRANCH(cel_pattern_matches(pattern, value_text(from)));
}
do_IF_FOUND:
        from = R(ip->from);
        if (LIKELY(from->kind < VALUE_OPTIONAL)) {
                *R(ip->to) = *from;
                GO(ip->yes);
        }
        if (LIKELY(from->kind == VALUE_ERROR && from->tag <= CEL_ERROR_MISSING_INNER
                   && R(ip->with)->kind != VALUE_ERROR))
                GO(ip->no);
        {
                struct value optional;

                NEED(cel_slow_optional_path(&call, R(ip->with), ip->keys, ip->count, &optional));
                if (!optional.held)
                        GO(ip->no);
                *R(ip->to) = *optional.held;
                GO(ip->yes);
        }
do_IF_HOLDS:
        from = R(ip->from);
        if (UNLIKELY(from->kind != VALUE_OPTIONAL)) {
                cel_refuse(&call, from, "an optional");
                FAIL;
        }
        if (from->held) {
                *R(ip->to) = *from->held;
                GO(ip->yes);
        }
        GO(ip->no);
do_IF_HOLDS_ANY:
        from = R(ip->from);
        if (UNLIKELY(from->kind != VALUE_OPTIONAL)) {
                cel_refuse(&call, from, "an optional");
                FAIL;
        }
        *R(ip->to) = *from;
        BRANCH(from->held);
do_LIST_BEGIN:
        *R(ip->to) = (struct value){.kind = VALUE_LIST};
        if (ip->number)
                R(ip->to)->nodes = arena_take(call.arena, checked_mul(ip->number, sizeof(struct node)));
        FORWARD;
do_LIST_GROW:
        list_room(&call, R(ip->to), R(ip->with));
        PAY(1);
        NEED(cel_slow_list_add(&call, R(ip->to), R(ip->from), false));
        FORWARD;
do_LIST_ADD:
        NEED(cel_slow_list_add(&call, R(ip->to), R(ip->from), false));
        FORWARD;
do_LIST_ADD_OPTIONAL:
        NEED(cel_slow_list_add(&call, R(ip->to), R(ip->from), true));
        FORWARD;
do_MAP_BEGIN:
        *R(ip->to) = (struct value){.kind = VALUE_ENTRIES};
        if (ip->number)
                R(ip->to)->entries = arena_take(call.arena, checked_mul(ip->number, sizeof(struct entry)));
        FORWARD;
do_MAP_GROW:
        map_room(&call, R(ip->to), R(ip->with));
        PAY(1);
        FORWARD;
do_MAP_ADD:
        NEED(cel_slow_map_add(&call, R(ip->to), R(ip->from), R(ip->with), false));
        FORWARD;
do_MAP_ADD_OPTIONAL:
        NEED(cel_slow_map_add(&call, R(ip->to), R(ip->from), R(ip->with), true));
        FORWARD;
do_MAP_MERGE:
        NEED(cel_slow_map_merge(&call, R(ip->to), R(ip->from)));
        FORWARD;
do_MAP_END:
        NEED(cel_slow_map_end(&call, R(ip->to)));
        FORWARD;
do_LOOP:
        from = R(ip->from);
        if (UNLIKELY(!can_loop(from))) {
                cel_refuse(&call, from, "a list or map");
                FAIL;
        }
        if (from->len == 0)
                GO(ip->no);
        PAY(ip->loop.cost);
        *R(ip->to) = *from;
        set_item(R(ip->to), R(ip->with));
        GO(ip->yes);
do_LOOP_TWO:
        from = R(ip->from);
        if (UNLIKELY(!can_loop(from))) {
                cel_refuse(&call, from, "a list or map");
                FAIL;
        }
        if (from->len == 0)
                GO(ip->no);
        PAY(ip->loop.cost);
        *R(ip->to) = *from;
        R(ip->to)[1] = value_int(0);
        set_two_items(R(ip->to), 0, R(ip->with), R(ip->loop.second));
        GO(ip->yes);
do_LOOP_SUM:
        from = R(ip->from);
        if (UNLIKELY(from[0].kind != VALUE_LIST || from[1].kind != VALUE_LIST)) {
                cel_refuse(&call, &from[from[0].kind == VALUE_LIST], "a list");
                FAIL;
        }
        /* What is still to come, and how much all in all, for lists that grow. */
        R(ip->to)[1] = from[1];
        R(ip->to)[2] = (struct value){.kind = VALUE_LIST, .len = from[0].len + from[1].len};
        if (from->len == 0) {
                from = &from[1];
                R(ip->to)[1].len = 0;
        }
        if (from->len == 0)
                GO(ip->no);
        PAY(ip->loop.cost);
        *R(ip->to) = *from;
        *R(ip->with) = from->nodes->value;
        GO(ip->yes);
do_NEXT:
        pending &= ~ip->loop.clears;
        if (R(ip->to)->len == 1)
                GO(ip->no);
        PAY(ip->loop.cost);
        step(R(ip->to));
        set_item(R(ip->to), R(ip->with));
        GO(ip->yes);
do_NEXT_TWO:
        pending &= ~ip->loop.clears;
        if (R(ip->to)->len == 1)
                GO(ip->no);
        PAY(ip->loop.cost);
        step(R(ip->to));
        R(ip->to)[1].i++;
        set_two_items(R(ip->to), R(ip->to)[1].i, R(ip->with), R(ip->loop.second));
        GO(ip->yes);
do_NEXT_SUM:
        pending &= ~ip->loop.clears;
        if (R(ip->to)->len > 1) {
                R(ip->to)->len--;
                R(ip->to)->nodes++;
        } else if (R(ip->to)[1].len > 0) {
                *R(ip->to) = R(ip->to)[1];
                R(ip->to)[1].len = 0;
        } else {
                GO(ip->no);
        }
        PAY(ip->loop.cost);
        *R(ip->with) = R(ip->to)->nodes->value;
        GO(ip->yes);
do_CHECK:
        if (LIKELY(!(pending & ip->number)))
                FORWARD;
        call.failed = *R(ip->from);
        FAIL;
do_CHECK_ERROR:
        if (LIKELY(R(ip->from)->kind != VALUE_ERROR))
                FORWARD;
        call.failed = *R(ip->from);
        FAIL;
do_FAIL:
        cel_fail(&call, "%.*s", (int)ip->value.len, ip->value.text);
        FAIL;
do_RULE:
        if ((ip->rule.needs & frame->present) != ip->rule.needs)
                GO(ip->no);
        pending = 0;
        call.left = call.budget;
        PAY(ip->rule.cost);
        FORWARD;
do_UNTRUE:
        frame->verdicts[frame->verdict_count++] = (struct cel_verdict){ip->rule.index, false};
        FORWARD;
do_RETURN:
        from = R(ip->from);
        if (UNLIKELY(from->kind == VALUE_ERROR)) {
                call.failed = *from;
                FAIL;
        }
        *result = *from;
        return finish(&call, frame, true, err);
do_RETURN_VALUE:
        *result = ip->value;
        return finish(&call, frame, true, err);

failed:
        handler = program->handlers[ip - code];
        /* Where it failed first: what is held and fails again later keeps its place. */
        if (call.failed.u == 0)
                call.place = program->places[ip - code];
        else if (call.failed.tag == CEL_ERROR_TEXT)
                call.place = ((const struct cel_held *)call.failed.object)->at;
        else
                call.place = (uint32_t)(call.failed.u - 1);
        if (program->is_many && (!handler || call.is_out_of_budget)) {
                call.is_out_of_budget = false;
                while (ip->operation != RUN_RULE)
                        ip--;
                frame->verdicts[frame->verdict_count++] = (struct cel_verdict){ip->rule.index, true};
                GO(ip->no);
        }
        if (!handler || call.is_out_of_budget)
                return finish(&call, frame, false, err);
        if (!(pending & handler->bit) || !handler->bit)
                cel_hold(&call, R(handler->hold));
        pending |= handler->bit;
        GO(handler->target);
}
