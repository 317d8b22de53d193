/* absent.c - see absent.h. */

#include "policy/cel/absent.h"

#include "policy/cel/lib_optionals.h"
#include "policy/cel/lib_standard.h"

enum {
        MOST_NODES = 4096, /* of an object in which conditions are passed over */
        MOST_WITH_LOOPS = (int)(CEL_DEFAULT_BUDGET / MOST_NODES) - 4, /* nodes of a condition that has loops */
        MOST_RULE_KEYS = 32,
};

/* --- walks over the tree --- */

struct children {
        VEC(const struct cel_node *) nodes;
};

static void add_children(struct arena *arena, const struct cel_node *node, struct children *out)
{
        switch (node->kind) {
        case CEL_SELECT:
                *vec_push(arena, &out->nodes) = node->select.operand;
                break;
        case CEL_CALL:
                for (size_t i = 0; i < node->call.count; i++)
                        *vec_push(arena, &out->nodes) = node->call.arguments[i];
                break;
        case CEL_LIST:
        case CEL_MAP:
                for (size_t i = 0; i < node->list.count; i++) {
                        if (node->list.elements[i].key)
                                *vec_push(arena, &out->nodes) = node->list.elements[i].key;
                        *vec_push(arena, &out->nodes) = node->list.elements[i].value;
                }
                break;
        case CEL_LOOP:
                *vec_push(arena, &out->nodes) = node->loop.range;
                if (node->loop.filter)
                        *vec_push(arena, &out->nodes) = node->loop.filter;
                *vec_push(arena, &out->nodes) = node->loop.body;
                break;
        case CEL_LET:
                *vec_push(arena, &out->nodes) = node->let.value;
                *vec_push(arena, &out->nodes) = node->let.body;
                break;
        default:
                break;
        }
}

/* Every node of a tree, however deep, the root first. */
static void all_nodes(struct arena *arena, const struct cel_node *root, struct children *out)
{
        *vec_push(arena, &out->nodes) = root;
        for (size_t i = 0; i < out->nodes.count; i++)
                add_children(arena, out->nodes.items[i], out);
}

static bool takes_pattern(const struct cel_node *node)
{
        static const struct str names[] = {STR_INIT("matches"),       STR_INIT("find"),
                                           STR_INIT("findAll"),       STR_INIT("regex.replace"),
                                           STR_INIT("regex.extract"), STR_INIT("regex.extractAll")};

        for (size_t i = 0; node->kind == CEL_CALL && i < COUNT_OF(names); i++) {
                if (str_equal(node->call.name, names[i]))
                        return true;
        }
        return false;
}

bool cel_has_open_pattern(const struct cel_node *root)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct children all = {0};

        all_nodes(&arena, root, &all);
        for (size_t i = 0; i < all.nodes.count; i++) {
                const struct cel_node *node = all.nodes.items[i];

                if (takes_pattern(node) && (node->call.count < 2 || node->call.arguments[1]->kind != CEL_CONSTANT))
                        return true;
        }
        return false;
}

/* The keys that a condition asks for. */
static size_t keys_of(const struct children *all, uint32_t keys[MOST_RULE_KEYS])
{
        size_t count = 0;

        for (size_t i = 0; i < all->nodes.count; i++) {
                const struct cel_node *node = all->nodes.items[i];
                size_t at = 0;

                if (node->kind != CEL_SELECT || node->select.kind == CEL_SELECT_PLAIN)
                        continue;
                while (at < count && keys[at] != node->select.key)
                        at++;
                if (at == MOST_RULE_KEYS)
                        return 0; /* so many that it is never passed over */
                if (at == count)
                        keys[count++] = node->select.key;
        }
        return count;
}

/* --- what an expression comes to --- */

static inline size_t key_slot(uint32_t key)
{
        return key * UINT32_C(0x9e3779b1) >> 23;
}

enum kind {
        ANYTHING, /* it may be an error too */
        VALUE,    /* a value, no error */
        BOOL,     /* true or false, no error */
        NOTHING,  /* the optional that holds nothing */
        OPTIONAL, /* an optional, no error */
        HOLDING,  /* the optional that holds `value` */
        CONSTANT, /* `value` */
};

struct outcome {
        enum kind kind;
        struct value value;
        uint32_t key;    /* of VALUE and OPTIONAL: what it was found under; 0: none */
        bool has_fields; /* VALUE and OPTIONAL may be asked for members: no list, or `key` says that it is none */
        bool is_range;   /* VALUE: `key` says that it is a list or map, or it is one anyway */
        bool is_scalar;  /* VALUE: `key` says that it is no list or map */
};

static const struct outcome anything = {.kind = ANYTHING};

struct absent {
        const struct cel_known *known;
        struct cel_keys *keys;
        uint32_t without; /* the key that does not occur; 0: any may */
        struct outcome *locals;
        unsigned loops, depth; /* around what is looked at */
        bool has_loop;         /* costs depend on the object, */
        bool is_costly;        /* and nothing bounds them */
        bool relies;           /* on what `keys` say of objects */
};

static struct outcome outcome_of(struct absent *a, const struct cel_node *node);

static struct outcome a_bool(bool boolean)
{
        return (struct outcome){.kind = CONSTANT, .value = value_bool(boolean)};
}

static bool is_bool(const struct outcome *outcome, bool boolean)
{
        return outcome->kind == CONSTANT && outcome->value.kind == VALUE_BOOL && outcome->value.boolean == boolean;
}

static bool is_any_bool(const struct outcome *outcome)
{
        return outcome->kind == BOOL || (outcome->kind == CONSTANT && outcome->value.kind == VALUE_BOOL);
}

static bool is_error_free(const struct outcome *outcome)
{
        return outcome->kind != ANYTHING;
}

static bool is_scalar(const struct value *value)
{
        return value->kind <= VALUE_BYTES;
}

/* The slot of a key; NULL when the table is full. */
static struct cel_key *slot_of(struct cel_keys *keys, uint32_t key)
{
        size_t at = key_slot(key);

        while (keys->slots[at].key && keys->slots[at].key != key)
                at = (at + 1) % COUNT_OF(keys->slots);
        if (keys->slots[at].key)
                return &keys->slots[at];
        if (keys->used == COUNT_OF(keys->slots) / 4) {
                keys->are_too_many = true;
                return NULL;
        }
        keys->used++;
        keys->slots[at].key = key;
        return &keys->slots[at];
}

/* Notes that whatever is asked for members is no list. */
static bool rely_on_fields(struct absent *a, const struct outcome *outcome)
{
        struct cel_key *slot;

        if (outcome->kind != VALUE && outcome->kind != OPTIONAL)
                return false;
        if (!outcome->has_fields)
                return false;
        a->relies = true;
        if (!outcome->key)
                return true;
        slot = slot_of(a->keys, outcome->key);
        if (slot)
                slot->refused |= 1U << VALUE_LIST;
        return slot;
}

static bool rely_on_range(struct absent *a, const struct outcome *outcome)
{
        struct cel_key *slot;

        if (outcome->kind != VALUE || !outcome->is_range)
                return false;
        a->relies = true;
        if (!outcome->key)
                return true;
        slot = slot_of(a->keys, outcome->key);
        if (slot)
                slot->refused |= (uint16_t) ~(1U << VALUE_LIST | 1U << VALUE_MAP);
        return slot;
}

static bool rely_on_scalar(struct absent *a, const struct outcome *outcome)
{
        struct cel_key *slot;

        if (outcome->kind != VALUE || !outcome->is_scalar)
                return false;
        a->relies = true;
        slot = slot_of(a->keys, outcome->key);
        if (slot)
                slot->refused |= 1U << VALUE_LIST | 1U << VALUE_MAP;
        return slot;
}

static struct outcome name(struct absent *a, const struct cel_node *node)
{
        if (node->name.kind == CEL_NAME_LOCAL)
                return a->locals[node->name.index];
        if (node->name.kind != CEL_NAME_VARIABLE)
                return anything;
        if (a->known->constants[node->name.index])
                return (struct outcome){.kind = CONSTANT, .value = *a->known->constants[node->name.index]};
        return (struct outcome){.kind = VALUE, .has_fields = true, .is_range = a->known->maps[node->name.index]};
}

/* A member of what is constant; NULL and false when that cannot be said. */
static bool constant_member(const struct value *map, uint32_t key, const struct value **member)
{
        *member = NULL;
        if (map->kind != VALUE_MAP)
                return false;
        *member = value_get(map, key);
        return true;
}

static bool is_known_map(const struct absent *a, const struct cel_node *node)
{
        const struct cel_node *operand = node->select.operand;

        return a->known->key && node->select.key == a->known->key && operand->kind == CEL_NAME
               && operand->name.kind == CEL_NAME_VARIABLE && operand->name.index == a->known->variable;
}

static struct outcome select_plain(struct absent *a, const struct cel_node *node)
{
        struct outcome operand = outcome_of(a, node->select.operand);
        const struct value *member;

        if (is_known_map(a, node)) {
                a->relies = true;
                return (struct outcome){.kind = VALUE, .has_fields = true, .is_range = true};
        }
        if (operand.kind == CONSTANT && constant_member(&operand.value, node->select.key, &member) && member)
                return (struct outcome){.kind = CONSTANT, .value = *member};
        return anything;
}

static struct outcome select_has(struct absent *a, const struct cel_node *node)
{
        struct outcome operand = outcome_of(a, node->select.operand);
        const struct value *member;

        if (operand.kind == CONSTANT)
                return constant_member(&operand.value, node->select.key, &member) ? a_bool(member) : anything;
        if (operand.kind != VALUE || !rely_on_fields(a, &operand))
                return anything;
        return node->select.key == a->without ? a_bool(false) : (struct outcome){.kind = BOOL};
}

static struct outcome select_optional(struct absent *a, const struct cel_node *node)
{
        struct outcome operand = outcome_of(a, node->select.operand);
        const struct value *member;

        if (operand.kind == NOTHING)
                return operand;
        if (operand.kind == CONSTANT || operand.kind == HOLDING) {
                if (!constant_member(&operand.value, node->select.key, &member))
                        return anything;
                return member ? (struct outcome){.kind = HOLDING, .value = *member} : (struct outcome){.kind = NOTHING};
        }
        if (!rely_on_fields(a, &operand))
                return anything;
        if (node->select.key == a->without)
                return (struct outcome){.kind = NOTHING};
        return (struct outcome){.kind = OPTIONAL, .key = node->select.key, .has_fields = true};
}

static struct outcome select(struct absent *a, const struct cel_node *node)
{
        switch (node->select.kind) {
        case CEL_SELECT_HAS:
                return select_has(a, node);
        case CEL_SELECT_OPTIONAL:
                return select_optional(a, node);
        default:
                return select_plain(a, node);
        }
}

/* Both operands of && and || are looked at before a failure of either counts, so one that decides does so wherever it stands. */
static struct outcome and_or(struct absent *a, const struct cel_node *node, bool deciding)
{
        struct outcome left = outcome_of(a, node->call.arguments[0]), right;

        if (is_bool(&left, deciding))
                return left;
        right = outcome_of(a, node->call.arguments[1]);
        if (is_bool(&right, deciding))
                return right;
        if (is_bool(&left, !deciding) && is_any_bool(&right))
                return right;
        return is_any_bool(&left) && is_any_bool(&right) ? (struct outcome){.kind = BOOL} : anything;
}

static struct outcome negate(struct absent *a, const struct cel_node *node)
{
        struct outcome operand = outcome_of(a, node->call.arguments[0]);

        if (operand.kind == CONSTANT && operand.value.kind == VALUE_BOOL)
                return a_bool(!operand.value.boolean);
        return is_any_bool(&operand) ? operand : anything;
}

static struct outcome conditional(struct absent *a, const struct cel_node *node)
{
        struct outcome condition = outcome_of(a, node->call.arguments[0]), yes, no;

        if (is_bool(&condition, true))
                return outcome_of(a, node->call.arguments[1]);
        if (is_bool(&condition, false))
                return outcome_of(a, node->call.arguments[2]);
        yes = outcome_of(a, node->call.arguments[1]);
        no = outcome_of(a, node->call.arguments[2]);
        return is_any_bool(&condition) && is_any_bool(&yes) && is_any_bool(&no) ? (struct outcome){.kind = BOOL}
                                                                                : anything;
}

static struct outcome equal(struct absent *a, const struct cel_node *node, bool wanted)
{
        struct outcome left = outcome_of(a, node->call.arguments[0]), right = outcome_of(a, node->call.arguments[1]);

        if (left.kind == CONSTANT && right.kind == CONSTANT && is_scalar(&left.value) && is_scalar(&right.value))
                return a_bool(cel_equal(&left.value, &right.value) == wanted);
        /* To compare scalars costs no more than the expression itself. */
        if (!(left.kind == CONSTANT && is_scalar(&left.value)) && !(right.kind == CONSTANT && is_scalar(&right.value))
            && !rely_on_scalar(a, &left) && !rely_on_scalar(a, &right))
                a->is_costly = true;
        return is_error_free(&left) && is_error_free(&right) ? (struct outcome){.kind = BOOL} : anything;
}

static struct outcome order(struct absent *a, const struct cel_node *node)
{
        struct outcome left = outcome_of(a, node->call.arguments[0]), right = outcome_of(a, node->call.arguments[1]);
        int is;

        if (left.kind != CONSTANT || right.kind != CONSTANT) {
                a->is_costly |= left.kind != CONSTANT && right.kind != CONSTANT;
                return anything;
        }
        is = cel_compare(&left.value, &right.value);
        if (is == CEL_NO_ORDER || is == CEL_UNORDERED)
                return anything;
        switch (node->call.operator) {
        case CEL_OPERATOR_LESS:
                return a_bool(is < 0);
        case CEL_OPERATOR_LESS_EQUAL:
                return a_bool(is <= 0);
        case CEL_OPERATOR_GREATER:
                return a_bool(is > 0);
        default:
                return a_bool(is >= 0);
        }
}

static struct outcome in(struct absent *a, const struct cel_node *node)
{
        struct outcome item = outcome_of(a, node->call.arguments[0]), list = outcome_of(a, node->call.arguments[1]);

        if (list.kind != CONSTANT || list.value.kind != VALUE_LIST) {
                a->is_costly |= list.kind != CONSTANT;
                return anything;
        }
        if (item.kind != CONSTANT || !is_scalar(&item.value))
                return item.kind == VALUE ? (struct outcome){.kind = BOOL} : anything;
        value_each (&list.value, each) {
                if (cel_equal(&each->value, &item.value))
                        return a_bool(true);
        }
        return a_bool(false);
}

static struct outcome or_value(struct absent *a, const struct cel_node *node)
{
        struct outcome optional = outcome_of(a, node->call.arguments[0]), other;

        if (optional.kind == HOLDING)
                return (struct outcome){.kind = CONSTANT, .value = optional.value};
        other = outcome_of(a, node->call.arguments[1]);
        if (optional.kind == NOTHING)
                return other;
        if (optional.kind != OPTIONAL || !is_error_free(&other))
                return anything;
        optional.kind = VALUE;
        optional.has_fields &= other.kind == CONSTANT && other.value.kind != VALUE_LIST;
        optional.is_scalar = optional.key && other.kind == CONSTANT && is_scalar(&other.value);
        optional.is_range =
                optional.key && other.kind == CONSTANT && (other.value.kind == VALUE_LIST || cel_is_map(&other.value));
        return optional;
}

static struct outcome or (struct absent * a, const struct cel_node *node)
{
        struct outcome first = outcome_of(a, node->call.arguments[0]), second;

        if (first.kind == HOLDING)
                return first;
        second = outcome_of(a, node->call.arguments[1]);
        if (first.kind == NOTHING)
                return second;
        if (first.kind == OPTIONAL && (second.kind == OPTIONAL || second.kind == NOTHING || second.kind == HOLDING))
                return (struct outcome){.kind = OPTIONAL};
        return anything;
}

static struct outcome has_value(struct absent *a, const struct cel_node *node)
{
        struct outcome optional = outcome_of(a, node->call.arguments[0]);

        if (optional.kind == NOTHING || optional.kind == HOLDING)
                return a_bool(optional.kind == HOLDING);
        return optional.kind == OPTIONAL ? (struct outcome){.kind = BOOL} : anything;
}

static struct outcome size(struct absent *a, const struct cel_node *node)
{
        struct outcome list = outcome_of(a, node->call.arguments[0]);

        if (list.kind == CONSTANT && list.value.kind == VALUE_LIST)
                return (struct outcome){.kind = CONSTANT, .value = value_int(list.value.len)};
        return rely_on_range(a, &list) ? (struct outcome){.kind = VALUE} : anything;
}

/* Conditions on text, of what is constant. */
static struct outcome text(struct absent *a, const struct cel_node *node)
{
        struct outcome from = outcome_of(a, node->call.arguments[0]), with = outcome_of(a, node->call.arguments[1]);
        enum automaton_answer answer;
        struct str text, part;

        if (from.kind != CONSTANT || with.kind != CONSTANT || from.value.kind != VALUE_STRING
            || with.value.kind != VALUE_STRING) {
                a->is_costly = true;
                return anything;
        }
        text = value_text(&from.value);
        part = value_text(&with.value);
        if (cel_calls(node, lib_standard_starts_with))
                return a_bool(str_starts(text, part));
        if (cel_calls(node, lib_standard_ends_with))
                return a_bool(str_ends(text, part));
        if (cel_calls(node, lib_standard_contains))
                return a_bool(str_find(text, part, 0) != SIZE_MAX);
        answer = text.len ? AUTOMATON_UNSURE : automaton_matches_nothing(part);
        return answer == AUTOMATON_UNSURE ? anything : a_bool(answer == AUTOMATON_YES);
}

static struct outcome function(struct absent *a, const struct cel_node *node)
{
        static cel_function *const of_text[] = {lib_standard_starts_with, lib_standard_ends_with, lib_standard_contains,
                                                lib_standard_matches};

        if (cel_calls(node, lib_optionals_or_value))
                return or_value(a, node);
        if (cel_calls(node, lib_optionals_or))
                return or (a, node);
        if (cel_calls(node, lib_optionals_has_value))
                return has_value(a, node);
        if (str_is(node->call.name, "size") && node->call.count == 1)
                return size(a, node);
        for (size_t i = 0; i < COUNT_OF(of_text); i++) {
                if (cel_calls(node, of_text[i]))
                        return text(a, node);
        }
        a->is_costly = true;
        return anything;
}

static struct outcome call(struct absent *a, const struct cel_node *node)
{
        switch (node->call.operator) {
        case CEL_OPERATOR_AND:
                return and_or(a, node, false);
        case CEL_OPERATOR_OR:
                return and_or(a, node, true);
        case CEL_OPERATOR_NOT:
                return negate(a, node);
        case CEL_OPERATOR_CONDITIONAL:
                return conditional(a, node);
        case CEL_OPERATOR_EQUAL:
        case CEL_OPERATOR_NOT_EQUAL:
                return equal(a, node, node->call.operator== CEL_OPERATOR_EQUAL);
        case CEL_OPERATOR_LESS:
        case CEL_OPERATOR_LESS_EQUAL:
        case CEL_OPERATOR_GREATER:
        case CEL_OPERATOR_GREATER_EQUAL:
                return order(a, node);
        case CEL_OPERATOR_IN:
                return in(a, node);
        case CEL_OPERATOR_INDEX:
                outcome_of(a, node->call.arguments[0]);
                outcome_of(a, node->call.arguments[1]);
                return anything;
        case CEL_OPERATOR_NONE:
                return function(a, node);
        default:
                a->is_costly = true;
                return anything;
        }
}

/* The body for one item: true and false when it is that for all items. */
static struct outcome body_for(struct absent *a, const struct cel_node *node, struct outcome item)
{
        struct outcome body;

        a->locals[node->loop.first.index] = item;
        if (node->loop.second.name.data)
                a->locals[node->loop.second.index] = anything;
        a->loops++;
        a->is_costly |= a->loops > 1;
        body = outcome_of(a, node->loop.body);
        a->loops--;
        return body;
}

/* A loop over [a, b, c]. */
static struct outcome literal_loop(struct absent *a, const struct cel_node *node, bool deciding)
{
        const struct cel_node *list = node->loop.range;
        bool are_bools = true, are_passing = true;

        for (size_t i = 0; i < list->list.count; i++) {
                struct outcome body = body_for(a, node, outcome_of(a, list->list.elements[i].value));

                if (list->list.elements[i].is_optional)
                        a->is_costly = true;
                are_bools &= is_any_bool(&body);
                are_passing &= is_bool(&body, !deciding);
        }
        if (are_passing)
                return a_bool(!deciding);
        return are_bools ? (struct outcome){.kind = BOOL} : anything;
}

/* The range of a loop; of a + b both. */
static struct outcome range_of(struct absent *a, const struct cel_node *node)
{
        struct outcome left, right;

        if (node->kind != CEL_CALL || node->call.operator!= CEL_OPERATOR_ADD)
                return outcome_of(a, node);
        left = range_of(a, node->call.arguments[0]);
        right = range_of(a, node->call.arguments[1]);
        if (left.kind == CONSTANT && left.value.kind == VALUE_LIST && left.value.len == 0)
                return right;
        if (right.kind == CONSTANT && right.value.kind == VALUE_LIST && right.value.len == 0)
                return left;
        a->is_costly = true; /* making the sum, where it is made */
        return anything;
}

static struct outcome loop(struct absent *a, const struct cel_node *node)
{
        bool is_all = node->loop.kind == CEL_LOOP_ALL;
        struct outcome range, body, item = anything;

        a->has_loop = true;
        if (node->loop.kind > CEL_LOOP_EXISTS) {
                a->is_costly = true;
                return anything;
        }
        if (node->loop.range->kind == CEL_LIST && !node->loop.second.name.data)
                return literal_loop(a, node, !is_all);
        range = range_of(a, node->loop.range);
        if (range.kind == CONSTANT && range.value.kind == VALUE_LIST && range.value.len == 0)
                return a_bool(is_all);
        if (range.kind == CONSTANT && cel_is_map(&range.value) && range.value.len == 0)
                return a_bool(is_all);
        if (rely_on_range(a, &range))
                item = (struct outcome){.kind = VALUE, .has_fields = true};
        body = body_for(a, node, item);
        if (item.kind == ANYTHING)
                return anything;
        if (is_bool(&body, is_all))
                return body;
        return is_any_bool(&body) ? (struct outcome){.kind = BOOL} : anything;
}

static struct outcome let(struct absent *a, const struct cel_node *node)
{
        a->locals[node->let.local.index] = outcome_of(a, node->let.value);
        return outcome_of(a, node->let.body);
}

static struct outcome by_kind(struct absent *a, const struct cel_node *node)
{
        switch (node->kind) {
        case CEL_CONSTANT:
                return (struct outcome){.kind = CONSTANT, .value = node->constant};
        case CEL_NAME:
                return name(a, node);
        case CEL_SELECT:
                return select(a, node);
        case CEL_CALL:
                return call(a, node);
        case CEL_LOOP:
                return loop(a, node);
        case CEL_LET:
                return let(a, node);
        default:
                a->is_costly = true;
                return anything;
        }
}

static struct outcome outcome_of(struct absent *a, const struct cel_node *node)
{
        struct outcome outcome;

        if (a->depth > CEL_MOST_RECURSION) {
                a->is_costly = true;
                return anything;
        }
        a->depth++;
        outcome = by_kind(a, node);
        a->depth--;
        return outcome;
}

static bool is_true(struct absent *a, const struct cel_tree *tree, size_t nodes, uint32_t without)
{
        struct outcome outcome;

        a->without = without;
        a->has_loop = a->is_costly = a->relies = false;
        outcome = outcome_of(a, tree->root);
        return is_bool(&outcome, true) && !a->is_costly && !(a->has_loop && nodes > MOST_WITH_LOOPS);
}

/* The bit of a key; 0 when there are none left. */
static uint64_t bit_of(struct cel_keys *keys, uint32_t key)
{
        struct cel_key *slot = slot_of(keys, key);

        if (!slot || (!slot->present && keys->count == CEL_MOST_KEYS))
                return 0;
        if (!slot->present)
                slot->present = UINT64_C(1) << keys->count++;
        return slot->present;
}

void cel_absent(const struct cel_tree *tree, const struct cel_known *known, struct cel_keys *keys, uint64_t *needs,
                bool *is_always_true)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct absent a = {.known = known, .keys = keys};
        uint32_t asked[MOST_RULE_KEYS];
        struct children all = {0};
        size_t count;

        all_nodes(&arena, tree->root, &all);
        count = keys_of(&all, asked);
        for (size_t i = 0; i < count; i++)
                cel_keys_mention(keys, asked[i]);
        a.locals = arena_array(&arena, struct outcome, (size_t)tree->local_count + 1);
        if (known->key)
                cel_keys_mention(keys, known->key);
        if (is_true(&a, tree, all.nodes.count, 0)) {
                *is_always_true = !a.relies;
                *needs |= CEL_NO_KEY;
                return;
        }
        for (size_t i = 0; i < count; i++) {
                if (is_true(&a, tree, all.nodes.count, asked[i]))
                        *needs |= bit_of(keys, asked[i]);
        }
}

/* --- which keys occur --- */

struct walk {
        const struct cel_keys *keys;
        uint64_t present;
        size_t left; /* nodes that may still be looked at */
};

static bool walk_map(struct walk *w, const struct value *map);

/* False when something is not as it must be: here and below. */
static bool walk_list(struct walk *w, const struct value *list)
{
        const struct node *node = list->nodes, *end = node + list->len;

        if (w->left < list->len)
                return false;
        w->left -= list->len;
        for (; node < end; node++) {
                if (node->value.kind == VALUE_MAP)
                        TRY(walk_map(w, &node->value));
                else if (node->value.kind == VALUE_LIST)
                        return false;
        }
        return true;
}

static bool walk_map(struct walk *w, const struct value *map)
{
        const struct node *node = map->nodes, *end = node + map->len;

        if (w->left < map->len)
                return false;
        w->left -= map->len;
        for (; node < end; node++) {
                const struct cel_key *slot = &w->keys->slots[key_slot(node->key)];

                while (UNLIKELY(slot->key && slot->key != node->key))
                        slot = slot + 1 < w->keys->slots + COUNT_OF(w->keys->slots) ? slot + 1 : w->keys->slots;
                if (!slot->key)
                        continue;
                w->present |= slot->present;
                if (UNLIKELY(slot->refused >> node->value.kind & 1))
                        return false;
                if (node->value.kind == VALUE_MAP)
                        TRY(walk_map(w, &node->value));
                else if (node->value.kind == VALUE_LIST)
                        TRY(walk_list(w, &node->value));
        }
        return true;
}

uint64_t cel_keys_in(const struct cel_keys *keys, const struct value *map)
{
        struct walk w = {.keys = keys, .left = MOST_NODES};

        return map->kind == VALUE_MAP && !keys->are_too_many && walk_map(&w, map) ? w.present : UINT64_MAX;
}

void cel_keys_mention(struct cel_keys *keys, uint32_t key)
{
        slot_of(keys, key);
}
