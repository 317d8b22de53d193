/* run.c - runs the instructions of machine.h: each jumps straight to the next one's code. What is rare is in run_slow.c. */

#include "policy/cel/lib_standard.h"
#include "policy/cel/machine.h"

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

static inline const struct value *member_of(const struct value *map, uint32_t key)
{
        const struct node *node = map->nodes, *end = node + map->len;

        if (UNLIKELY(map->flags & VALUE_INDEXED))
                return value_get(map, key);
        for (; node < end; node++) {
                if (node->key == key)
                        return &node->value;
        }
        return NULL;
}

static inline struct value missing(uint32_t key)
{
        return (struct value){.kind = VALUE_ERROR, .tag = CEL_ERROR_MISSING, .len = key};
}

/* Follows a path; what is no map on the way is left to the slow path, which begins again. */
static inline struct value follow(struct cel_call *call, const struct value *from, const uint32_t *keys, size_t count)
{
        const struct value *at = from;

        for (size_t i = 0; i < count; i++) {
                if (UNLIKELY(at->kind != VALUE_MAP))
                        return cel_slow_path(call, from, keys, count);
                at = member_of(at, keys[i]);
                if (!at && i + 1 == count)
                        return missing(keys[i]);
                if (UNLIKELY(!at))
                        return cel_slow_path(call, from, keys, count);
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
#define GO(target)                                                                                                     \
        do {                                                                                                           \
                ip = code + (target);                                                                                  \
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
                if (UNLIKELY(call->left < price)) {                                                                    \
                        cel_spend(call, price);                                                                        \
                        FAIL;                                                                                          \
                }                                                                                                      \
                call->left -= price;                                                                                   \
        } while (0)

/* An order of an operand to a constant: ints at once, everything else by cel_compare(). */
#define COMPARE_CONSTANT(is)                                                                                           \
        do {                                                                                                           \
                int order;                                                                                             \
                                                                                                                       \
                if (LIKELY(r[ip->from].kind == VALUE_INT && ip->value.kind == VALUE_INT))                              \
                        BRANCH(r[ip->from].i is ip->value.i);                                                          \
                NEED(cel_slow_compare(call, &r[ip->from], &ip->value, &order));                                        \
                if (order == CEL_UNORDERED)                                                                            \
                        GO(ip->no);                                                                                    \
                BRANCH(order is 0);                                                                                    \
        } while (0)

#define COMPARE(is)                                                                                                    \
        do {                                                                                                           \
                int order;                                                                                             \
                                                                                                                       \
                if (LIKELY(r[ip->from].kind == VALUE_INT && r[ip->with].kind == VALUE_INT))                            \
                        BRANCH(r[ip->from].i is r[ip->with].i);                                                        \
                NEED(cel_slow_compare(call, &r[ip->from], &r[ip->with], &order));                                      \
                if (order == CEL_UNORDERED)                                                                            \
                        GO(ip->no);                                                                                    \
                BRANCH(order is 0);                                                                                    \
        } while (0)

#define NEED_TEXT(value)                                                                                               \
        do {                                                                                                           \
                if (UNLIKELY((value)->kind != VALUE_STRING)) {                                                         \
                        cel_refuse(call, (value), "a string");                                                         \
                        FAIL;                                                                                          \
                }                                                                                                      \
        } while (0)

#define ARITHMETIC(builtin)                                                                                            \
        do {                                                                                                           \
                int64_t i;                                                                                             \
                struct value operands[2] = {r[ip->from], r[ip->with]};                                                 \
                                                                                                                       \
                if (LIKELY(operands[0].kind == VALUE_INT && operands[1].kind == VALUE_INT                              \
                           && !builtin(operands[0].i, operands[1].i, &i))) {                                           \
                        r[ip->to] = value_int(i);                                                                      \
                        FORWARD;                                                                                       \
                }                                                                                                      \
                NEED(cel_slow_call(call, ip->object, operands, &r[ip->to]));                                           \
                FORWARD;                                                                                               \
        } while (0)

bool cel_machine_run(struct cel_call *call, struct value *registers, struct value *result)
{
        static const void *const labels[] = {
#define X(name) [RUN_##name] = &&do_##name,
                CEL_OPERATIONS(X)
#undef X
        };
        const struct cel_instruction *const code = call->program->code;
        const struct cel_instruction *ip;
        const struct cel_handler *handler;
        struct value *const r = registers;
        uint64_t pending = 0;
        const struct value *from;
        bool found;

        GO(0);

do_CONSTANT:
        r[ip->to] = ip->value;
        FORWARD;
do_COPY:
        r[ip->to] = r[ip->from];
        FORWARD;
do_PATH_1:
        from = &r[ip->from];
        if (LIKELY(from->kind == VALUE_MAP)) {
                from = member_of(from, ip->keys[0]);
                r[ip->to] = from ? *from : missing(ip->keys[0]);
                FORWARD;
        }
        r[ip->to] = cel_slow_path(call, from, ip->keys, 1);
        FORWARD;
do_PATH:
        r[ip->to] = follow(call, &r[ip->from], ip->keys, ip->count);
        FORWARD;
do_OPTIONAL_PATH:
        from = follow_optional(&r[ip->from], ip->keys, ip->count, &found);
        if (LIKELY(found)) {
                r[ip->to] = (struct value){.kind = VALUE_OPTIONAL, .held = from};
                FORWARD;
        }
        NEED(cel_slow_optional_path(call, &r[ip->from], ip->keys, ip->count, &r[ip->to]));
        FORWARD;
do_GET:
        from = &r[ip->from];
        if (from->kind == VALUE_LIST && r[ip->with].kind == VALUE_INT && (uint64_t)r[ip->with].i < from->len) {
                r[ip->to] = from->nodes[r[ip->with].i].value;
                FORWARD;
        }
        NEED(cel_slow_get(call, from, &r[ip->with], &r[ip->to]));
        FORWARD;
do_GET_OPTIONAL:
        NEED(cel_slow_get_optional(call, &r[ip->from], &r[ip->with], &r[ip->to]));
        FORWARD;
do_CALL:
        NEED(cel_slow_call(call, ip->object, &r[ip->from], &r[ip->to]));
        FORWARD;
do_SIZE:
        from = &r[ip->from];
        if (LIKELY(from->kind == VALUE_LIST)) {
                r[ip->to] = value_int(from->len);
                FORWARD;
        }
        NEED(cel_slow_call(call, ip->object, from, &r[ip->to]));
        FORWARD;
do_ADD:
        ARITHMETIC(__builtin_add_overflow);
do_SUBTRACT:
        ARITHMETIC(__builtin_sub_overflow);
do_INCREMENT:
        r[ip->to].i++;
        FORWARD;
do_JUMP:
        GO(ip->yes);
do_IF:
        from = &r[ip->from];
        if (LIKELY(from->kind == VALUE_BOOL))
                BRANCH(from->boolean);
        cel_refuse(call, from, "a bool");
        FAIL;
do_IF_HAS : {
        int answer = has(&r[ip->from]);

        if (LIKELY(answer >= 0))
                BRANCH(answer);
        cel_refuse(call, &r[ip->from], "a map");
        FAIL;
}
do_IF_HAS_PATH : {
        int answer;

        r[ip->to] = follow(call, &r[ip->from], ip->keys, ip->count);
        answer = has(&r[ip->to]);
        if (LIKELY(answer >= 0))
                BRANCH(answer);
        cel_refuse(call, &r[ip->to], "a map");
        FAIL;
}
do_IF_EQUAL_TEXT:
        from = &r[ip->from];
        if (LIKELY(from->kind == VALUE_STRING))
                BRANCH(same_text(from, &ip->value));
        NEED(cel_slow_equal(call, from, &ip->value, &found));
        BRANCH(found);
do_IF_EQUAL_CONSTANT:
        from = &r[ip->from];
        if (LIKELY(from->kind == ip->value.kind && from->kind <= VALUE_UINT))
                BRANCH(from->kind == VALUE_NULL || from->u == ip->value.u);
        NEED(cel_slow_equal(call, from, &ip->value, &found));
        BRANCH(found);
do_IF_EQUAL:
        from = &r[ip->from];
        if (LIKELY(from->kind == VALUE_STRING && r[ip->with].kind == VALUE_STRING))
                BRANCH(same_text(from, &r[ip->with]));
        NEED(cel_slow_equal(call, from, &r[ip->with], &found));
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
        from = &r[ip->with];
        if (from->kind == VALUE_MAP && r[ip->from].kind == VALUE_STRING && r[ip->from].tag)
                BRANCH(member_of(from, r[ip->from].tag) != NULL);
        NEED(cel_slow_in(call, &r[ip->from], from, &found));
        BRANCH(found);
do_IF_IN_SET : {
        const struct cel_set *set = ip->object;

        from = &r[ip->from];
        if (LIKELY(from->kind == set->kind))
                BRANCH(set_has(set, from));
        NEED(cel_slow_in_set(call, from, set, &found));
        BRANCH(found);
}
do_IF_KEY:
        from = &r[ip->from];
        if (LIKELY(from->kind == VALUE_MAP))
                BRANCH(member_of(from, ip->keys[0]) != NULL);
        NEED(cel_slow_in(call,
                         &(struct value){.kind = VALUE_STRING,
                                         .len = (uint32_t)intern_text(ip->keys[0]).len,
                                         .text = intern_text(ip->keys[0]).data},
                         from, &found));
        BRANCH(found);
do_IF_STARTS:
        from = &r[ip->from];
        NEED_TEXT(from);
        BRANCH(from->len >= ip->value.len && same_bytes(from->text, ip->value.text, ip->value.len));
do_IF_ENDS:
        from = &r[ip->from];
        NEED_TEXT(from);
        BRANCH(from->len >= ip->value.len
               && same_bytes(from->text + from->len - ip->value.len, ip->value.text, ip->value.len));
do_IF_CONTAINS:
        from = &r[ip->from];
        NEED_TEXT(from);
        PAY(from->len / 10);
        BRANCH(text_has(from, &ip->value));
do_IF_MATCHES : {
        const struct cel_pattern *pattern = ip->object;

        from = &r[ip->from];
        NEED_TEXT(from);
        PAY(lib_standard_matching_cost(from->len, pattern->text.len));
        BRANCH(regex_matches(pattern->regex, value_text(from)));
}
do_IF_FOUND:
        from = &r[ip->from];
        if (LIKELY(from->kind < VALUE_OPTIONAL)) {
                r[ip->to] = *from;
                GO(ip->yes);
        }
        if (LIKELY(from->kind == VALUE_ERROR && from->tag <= CEL_ERROR_MISSING_INNER
                   && r[ip->with].kind != VALUE_ERROR))
                GO(ip->no);
        {
                struct value optional;

                NEED(cel_slow_optional_path(call, &r[ip->with], ip->keys, ip->count, &optional));
                if (!optional.held)
                        GO(ip->no);
                r[ip->to] = *optional.held;
                GO(ip->yes);
        }
do_IF_HOLDS:
        from = &r[ip->from];
        if (UNLIKELY(from->kind != VALUE_OPTIONAL)) {
                cel_refuse(call, from, "an optional");
                FAIL;
        }
        if (from->held) {
                r[ip->to] = *from->held;
                GO(ip->yes);
        }
        GO(ip->no);
do_IF_HOLDS_ANY:
        from = &r[ip->from];
        if (UNLIKELY(from->kind != VALUE_OPTIONAL)) {
                cel_refuse(call, from, "an optional");
                FAIL;
        }
        r[ip->to] = *from;
        BRANCH(from->held);
do_LIST_BEGIN:
        r[ip->to] = (struct value){.kind = VALUE_LIST};
        if (ip->number)
                r[ip->to].nodes = arena_take(call->arena, checked_mul(ip->number, sizeof(struct node)));
        FORWARD;
do_LIST_GROW:
        list_room(call, &r[ip->to], &r[ip->with]);
        PAY(1);
        NEED(cel_slow_list_add(call, &r[ip->to], &r[ip->from], false));
        FORWARD;
do_LIST_ADD:
        NEED(cel_slow_list_add(call, &r[ip->to], &r[ip->from], false));
        FORWARD;
do_LIST_ADD_OPTIONAL:
        NEED(cel_slow_list_add(call, &r[ip->to], &r[ip->from], true));
        FORWARD;
do_MAP_BEGIN:
        r[ip->to] = (struct value){.kind = VALUE_ENTRIES};
        if (ip->number)
                r[ip->to].entries = arena_take(call->arena, checked_mul(ip->number, sizeof(struct entry)));
        FORWARD;
do_MAP_GROW:
        map_room(call, &r[ip->to], &r[ip->with]);
        PAY(1);
        FORWARD;
do_MAP_ADD:
        NEED(cel_slow_map_add(call, &r[ip->to], &r[ip->from], &r[ip->with], false));
        FORWARD;
do_MAP_ADD_OPTIONAL:
        NEED(cel_slow_map_add(call, &r[ip->to], &r[ip->from], &r[ip->with], true));
        FORWARD;
do_MAP_MERGE:
        NEED(cel_slow_map_merge(call, &r[ip->to], &r[ip->from]));
        FORWARD;
do_MAP_END:
        NEED(cel_slow_map_end(call, &r[ip->to]));
        FORWARD;
do_LOOP:
        from = &r[ip->from];
        if (UNLIKELY(!can_loop(from))) {
                cel_refuse(call, from, "a list or map");
                FAIL;
        }
        if (from->len == 0)
                GO(ip->no);
        PAY(ip->loop.cost);
        r[ip->to] = *from;
        set_item(&r[ip->to], &r[ip->with]);
        GO(ip->yes);
do_LOOP_TWO:
        from = &r[ip->from];
        if (UNLIKELY(!can_loop(from))) {
                cel_refuse(call, from, "a list or map");
                FAIL;
        }
        if (from->len == 0)
                GO(ip->no);
        PAY(ip->loop.cost);
        r[ip->to] = *from;
        r[ip->to + 1] = value_int(0);
        set_two_items(&r[ip->to], 0, &r[ip->with], &r[ip->loop.second]);
        GO(ip->yes);
do_LOOP_SUM:
        from = &r[ip->from];
        if (UNLIKELY(from[0].kind != VALUE_LIST || from[1].kind != VALUE_LIST)) {
                cel_refuse(call, &from[from[0].kind == VALUE_LIST], "a list");
                FAIL;
        }
        /* What is still to come, and how much all in all, for lists that grow. */
        r[ip->to + 1] = from[1];
        r[ip->to + 2] = (struct value){.kind = VALUE_LIST, .len = from[0].len + from[1].len};
        if (from->len == 0) {
                from = &from[1];
                r[ip->to + 1].len = 0;
        }
        if (from->len == 0)
                GO(ip->no);
        PAY(ip->loop.cost);
        r[ip->to] = *from;
        r[ip->with] = from->nodes->value;
        GO(ip->yes);
do_NEXT:
        pending &= ~ip->loop.clears;
        if (r[ip->to].len == 1)
                GO(ip->no);
        PAY(ip->loop.cost);
        step(&r[ip->to]);
        set_item(&r[ip->to], &r[ip->with]);
        GO(ip->yes);
do_NEXT_TWO:
        pending &= ~ip->loop.clears;
        if (r[ip->to].len == 1)
                GO(ip->no);
        PAY(ip->loop.cost);
        step(&r[ip->to]);
        r[ip->to + 1].i++;
        set_two_items(&r[ip->to], r[ip->to + 1].i, &r[ip->with], &r[ip->loop.second]);
        GO(ip->yes);
do_NEXT_SUM:
        pending &= ~ip->loop.clears;
        if (r[ip->to].len > 1) {
                r[ip->to].len--;
                r[ip->to].nodes++;
        } else if (r[ip->to + 1].len > 0) {
                r[ip->to] = r[ip->to + 1];
                r[ip->to + 1].len = 0;
        } else {
                GO(ip->no);
        }
        PAY(ip->loop.cost);
        r[ip->with] = r[ip->to].nodes->value;
        GO(ip->yes);
do_CHECK:
        if (LIKELY(!(pending & ip->number)))
                FORWARD;
        call->failed = r[ip->from];
        FAIL;
do_CHECK_ERROR:
        if (LIKELY(r[ip->from].kind != VALUE_ERROR))
                FORWARD;
        call->failed = r[ip->from];
        FAIL;
do_FAIL:
        cel_fail(call, "%.*s", (int)ip->value.len, ip->value.text);
        FAIL;
do_RETURN:
        from = &r[ip->from];
        if (UNLIKELY(from->kind == VALUE_ERROR)) {
                call->failed = *from;
                FAIL;
        }
        *result = *from;
        return true;
do_RETURN_VALUE:
        *result = ip->value;
        return true;

failed:
        handler = call->program->handlers[ip - code];
        /* Where it failed first: what is held and fails again later keeps its place. */
        if (call->failed.u == 0)
                call->place = call->program->places[ip - code];
        else if (call->failed.tag == CEL_ERROR_TEXT)
                call->place = ((const struct cel_held *)call->failed.object)->at;
        else
                call->place = (uint32_t)(call->failed.u - 1);
        if (!handler || call->is_out_of_budget)
                return false;
        if (!(pending & handler->bit) || !handler->bit)
                cel_hold(call, &r[handler->hold]);
        pending |= handler->bit;
        GO(handler->target);
}
