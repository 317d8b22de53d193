/* compile.c - the checked tree to a program. */

#include "policy/cel/compile.h"

#include "policy/cel/lib_optionals.h"
#include "policy/cel/lib_standard.h"
#include "policy/cel/lib_strings.h"

uint16_t cel_local_register(const struct cel_compiler *c, uint32_t index)
{
        return (uint16_t)(c->first_local + index);
}

/* The kinds of values that a type may have. */
static uint32_t kinds_of_type(const struct cel_type *type)
{
        static const uint32_t kinds[] = {
                [CEL_TYPE_NULL] = 1U << VALUE_NULL,
                [CEL_TYPE_BOOL] = 1U << VALUE_BOOL,
                [CEL_TYPE_INT] = 1U << VALUE_INT,
                [CEL_TYPE_UINT] = 1U << VALUE_UINT,
                [CEL_TYPE_DOUBLE] = 1U << VALUE_DOUBLE,
                [CEL_TYPE_STRING] = 1U << VALUE_STRING,
                [CEL_TYPE_BYTES] = 1U << VALUE_BYTES,
                [CEL_TYPE_DURATION] = 1U << VALUE_DURATION,
                [CEL_TYPE_TIMESTAMP] = 1U << VALUE_TIMESTAMP,
                [CEL_TYPE_TYPE] = 1U << VALUE_TYPE,
                [CEL_TYPE_LIST] = 1U << VALUE_LIST,
                [CEL_TYPE_MAP] = 1U << VALUE_MAP | 1U << VALUE_ENTRIES,
                [CEL_TYPE_OPTIONAL] = 1U << VALUE_OPTIONAL,
                [CEL_TYPE_OPAQUE] = 1U << VALUE_OPAQUE,
        };

        if (type->kind == CEL_TYPE_DYN || type->kind == CEL_TYPE_PARAMETER)
                return (1U << VALUE_ERROR) - 1;
        return kinds[type->kind];
}

static uint16_t tag_of_type(const struct cel_type *type)
{
        for (uint16_t i = 0; type->kind == CEL_TYPE_OPAQUE && i < cel_opaque_count; i++) {
                if (str_equal(type->name, str_of(cel_opaques[i]->name)))
                        return i;
        }
        return UINT16_MAX;
}

static void fill_candidate(struct cel_candidate *candidate, const struct cel_signature *signature)
{
        candidate->function = signature->function;
        for (size_t i = 0; i < signature->parameter_count; i++) {
                candidate->kinds[i] = (uint16_t)kinds_of_type(signature->parameters[i]);
                candidate->tags[i] = tag_of_type(signature->parameters[i]);
                candidate->has_tags |= candidate->tags[i] != UINT16_MAX;
        }
}

/* How a call is picked when run. */
static const struct cel_call_site *call_site_new(struct cel_compiler *c, const struct cel_node *node,
                                                 cel_function *instead)
{
        struct cel_call_site *site = arena_new(c->arena, struct cel_call_site);
        struct cel_candidate *candidates = arena_array(c->arena, struct cel_candidate, node->call.candidate_count);

        *site = (struct cel_call_site){.name = node->call.name,
                                       .is_method = node->call.is_method,
                                       .arguments = (uint32_t)node->call.count,
                                       .candidates = candidates};
        for (size_t i = 0; i < node->call.candidate_count; i++) {
                if (node->call.candidates[i]->parameter_count == node->call.count
                    && node->call.count <= CEL_MOST_ARGUMENTS)
                        fill_candidate(&candidates[site->count++], node->call.candidates[i]);
        }
        if (instead && site->count == 1)
                candidates->function = instead;
        site->is_plain = site->count > 0 && candidates->function && !candidates->has_tags;
        return site;
}

const struct cel_set *cel_set_new(struct arena *arena, const struct value *list)
{
        struct cel_set *set = arena_new(arena, struct cel_set);
        struct value *slots;
        uint32_t size = 4;

        if (list->kind != VALUE_LIST || list->len == 0 || list->len > UINT32_MAX / 8)
                return NULL;
        set->kind = list->nodes[0].value.kind;
        set->list = *list;
        while (size < list->len * 2)
                size *= 2;
        set->mask = size - 1;
        set->slots = slots = arena_array(arena, struct value, size);
        value_each (list, item) {
                const struct value *value = &item->value;
                uint64_t at =
                        value->kind == VALUE_STRING ? cel_text_hash(value->text, value->len) : cel_int_hash(value->i);

                if (value->kind != set->kind || (value->kind != VALUE_STRING && value->kind != VALUE_INT))
                        return NULL;
                for (at &= set->mask; slots[at].kind != VALUE_NULL && !cel_equal(&slots[at], value);)
                        at = (at + 1) & set->mask;
                slots[at] = *value;
        }
        return set;
}

struct cel_pattern *cel_pattern_of(struct cel_compiler *c, struct str text)
{
        struct cel_pattern *pattern;

        for (struct cel_pattern *each = c->program->patterns; each; each = each->next) {
                if (str_equal(each->text, text))
                        return each;
        }
        TRY(pattern = cel_pattern_new(c->arena, text));
        pattern->next = c->program->patterns;
        c->program->patterns = pattern;
        return pattern;
}

void cel_let(struct cel_compiler *c, const struct cel_node *node)
{
        uint16_t local = cel_local_register(c, node->let.local.index);
        uint32_t body = cel_label(c);
        struct cel_guard guard = cel_guard_begin(c, body, local, 0);

        cel_value_into(c, node->let.value, local);
        cel_guard_end(c, guard);
        cel_place(c, body);
        c->is_live[node->let.local.index] = true;
}

static void let_into(struct cel_compiler *c, const struct cel_node *node, uint16_t to)
{
        size_t scope;

        cel_let(c, node);
        scope = c->available.count;
        cel_value_into(c, node->let.body, to);
        cel_scope_end(c, scope);
        c->is_live[node->let.local.index] = false;
}

static void conditional_into(struct cel_compiler *c, const struct cel_node *node, uint16_t to)
{
        uint32_t first = cel_label(c), second = cel_label(c), end = cel_label(c);
        size_t scope;

        cel_condition(c, node->call.arguments[0], first, second);
        scope = c->available.count;
        cel_place(c, first);
        cel_value_into(c, node->call.arguments[1], to);
        cel_emit_jump(c, end);
        cel_scope_end(c, scope);
        cel_place(c, second);
        cel_value_into(c, node->call.arguments[2], to);
        cel_scope_end(c, scope);
        cel_place(c, end);
}

/* The right side of or() and orValue() only counts when the left holds nothing. */
static void or_into(struct cel_compiler *c, const struct cel_node *node, bool is_value, uint16_t to)
{
        const struct cel_node *first = node->call.arguments[0], *other = node->call.arguments[1];
        uint32_t end = cel_label(c), nothing = cel_label(c);
        size_t scope;

        if (is_value)
                cel_optional(c, first, to, end, nothing);
        else
                cel_emit_if(c, RUN_IF_HOLDS_ANY, cel_operand(c, first), end, nothing)->to = to;
        scope = c->available.count;
        cel_place(c, nothing);
        cel_value_into(c, other, to);
        if (!is_value) /* or() takes only optionals: asking the right one tells */
                cel_emit_if(c, RUN_IF_HOLDS_ANY, to, end, end)->to = to;
        cel_scope_end(c, scope);
        cel_place(c, end);
}

static void index_into(struct cel_compiler *c, const struct cel_node *node, uint16_t to)
{
        bool is_optional = node->call.operator== CEL_OPERATOR_OPTIONAL_INDEX;
        uint16_t from = cel_operand(c, node->call.arguments[0]), with = cel_operand(c, node->call.arguments[1]);
        struct cel_instruction *get = cel_emit_failing(c, is_optional ? RUN_GET_OPTIONAL : RUN_GET);

        get->to = to;
        get->from = from;
        get->with = with;
}

static void arithmetic_into(struct cel_compiler *c, const struct cel_node *node, uint16_t to)
{
        bool is_add = node->call.operator== CEL_OPERATOR_ADD;
        uint16_t from = cel_operand(c, node->call.arguments[0]), with = cel_operand(c, node->call.arguments[1]);
        struct cel_instruction *instruction = cel_emit_failing(c, is_add ? RUN_ADD : RUN_SUBTRACT);

        instruction->to = to;
        instruction->from = from;
        instruction->with = with;
        instruction->object = call_site_new(c, node, NULL);
}

/* Patterns that stand in the text are compiled now, whatever function they are for: it asks cel_regex() for them. */
static void note_patterns(struct cel_compiler *c, const struct cel_node *node)
{
        static const struct str takes_patterns[] = {STR_INIT("matches"),       STR_INIT("find"),
                                                    STR_INIT("findAll"),       STR_INIT("regex.replace"),
                                                    STR_INIT("regex.extract"), STR_INIT("regex.extractAll")};
        const struct cel_node *pattern = node->call.count > 1 ? node->call.arguments[1] : NULL;

        if (!pattern || pattern->kind != CEL_CONSTANT || pattern->constant.kind != VALUE_STRING)
                return;
        for (size_t i = 0; i < COUNT_OF(takes_patterns); i++) {
                if (str_equal(node->call.name, takes_patterns[i]))
                        cel_pattern_of(c, value_text(&pattern->constant));
        }
}

/* With `instead`, that is what runs in place of the one function that the call means. */
static void plain_call_into(struct cel_compiler *c, const struct cel_node *node, cel_function *instead, uint16_t to)
{
        uint16_t from = cel_temporary(c, node->call.count);
        struct cel_instruction *instruction;

        note_patterns(c, node);
        for (size_t i = 0; i < node->call.count; i++)
                cel_value_into(c, node->call.arguments[i], (uint16_t)(from + i));
        instruction = cel_emit_failing(c, RUN_CALL);
        instruction->to = to;
        instruction->from = from;
        instruction->object = call_site_new(c, node, instead);
}

/* The size of a list. That of what filter() and split() give is counted without making the list. */
static void size_into(struct cel_compiler *c, const struct cel_node *node, uint16_t to)
{
        const struct cel_node *list = node->call.arguments[0];
        struct cel_instruction *instruction;
        uint16_t from;

        if (list->kind == CEL_LOOP && list->loop.kind == CEL_LOOP_FILTER) {
                cel_loop_count_into(c, list, to);
                return;
        }
        if (cel_calls(list, lib_strings_split)) {
                plain_call_into(c, list, lib_strings_count_split, to);
                return;
        }
        from = cel_operand(c, list);
        instruction = cel_emit_failing(c, RUN_SIZE);
        instruction->to = to;
        instruction->from = from;
        instruction->object = call_site_new(c, node, NULL);
}

static void call_into(struct cel_compiler *c, const struct cel_node *node, uint16_t to)
{
        c->cost++;
        switch (node->call.operator) {
        case CEL_OPERATOR_CONDITIONAL:
                conditional_into(c, node, to);
                return;
        case CEL_OPERATOR_INDEX:
        case CEL_OPERATOR_OPTIONAL_INDEX:
                index_into(c, node, to);
                return;
        case CEL_OPERATOR_ADD:
        case CEL_OPERATOR_SUBTRACT:
                arithmetic_into(c, node, to);
                return;
        default:
                break;
        }
        if (cel_calls(node, lib_optionals_or_value) || cel_calls(node, lib_optionals_or))
                or_into(c, node, cel_calls(node, lib_optionals_or_value), to);
        else if (cel_calls(node, lib_standard_size_of_list))
                size_into(c, node, to);
        else
                plain_call_into(c, node, NULL, to);
}

static void list_into(struct cel_compiler *c, const struct cel_node *node, uint16_t to)
{
        struct cel_instruction *instruction = cel_emit(c, RUN_LIST_BEGIN);

        instruction->to = to;
        instruction->number = node->list.count;
        c->cost += 10;
        for (size_t i = 0; i < node->list.count; i++) {
                const struct cel_element *element = &node->list.elements[i];
                uint16_t temporary = c->temporary, item = cel_operand(c, element->value);

                c->at = element->value->at;
                instruction = cel_emit_failing(c, element->is_optional ? RUN_LIST_ADD_OPTIONAL : RUN_LIST_ADD);
                instruction->to = to;
                instruction->from = item;
                c->temporary = temporary;
        }
}

static void map_into(struct cel_compiler *c, const struct cel_node *node, uint16_t to)
{
        struct cel_instruction *instruction = cel_emit(c, RUN_MAP_BEGIN);

        instruction->to = to;
        instruction->number = node->list.count;
        c->cost += 30;
        for (size_t i = 0; i < node->list.count; i++) {
                const struct cel_element *element = &node->list.elements[i];
                uint16_t temporary = c->temporary, key = cel_operand(c, element->key),
                         value = cel_operand(c, element->value);

                c->at = element->value->at;
                instruction = cel_emit_failing(c, element->is_optional ? RUN_MAP_ADD_OPTIONAL : RUN_MAP_ADD);
                instruction->to = to;
                instruction->from = key;
                instruction->with = value;
                c->temporary = temporary;
        }
        c->at = node->at;
        cel_emit_failing(c, RUN_MAP_END)->to = to;
}

/* object.?a.?b: the keys of one instruction, the last of them first; what they are selected from. */
static const struct cel_node *optional_keys(const struct cel_node *node, uint32_t keys[CEL_PATH_KEYS], size_t *count)
{
        for (*count = 0; *count < CEL_PATH_KEYS; node = node->select.operand) {
                if (node->kind != CEL_SELECT || node->select.kind != CEL_SELECT_OPTIONAL)
                        break;
                keys[(*count)++] = node->select.key;
        }
        return node;
}

static void select_into(struct cel_compiler *c, const struct cel_node *node, uint16_t to)
{
        bool is_optional = node->select.kind == CEL_SELECT_OPTIONAL;
        uint32_t keys[CEL_PATH_KEYS] = {node->select.key};
        const struct cel_node *operand = node->select.operand;
        struct cel_instruction *instruction;
        size_t count = 1;
        uint16_t from;

        if (is_optional)
                operand = optional_keys(node, keys, &count);
        c->cost += count;
        from = cel_operand(c, operand);
        instruction = is_optional ? cel_emit_failing(c, RUN_OPTIONAL_PATH) : cel_emit(c, RUN_PATH_1);
        instruction->to = to;
        instruction->from = from;
        instruction->count = (uint8_t)count;
        if (!is_optional)
                instruction->keys[CEL_PATH_KEYS - 1] = keys[0];
        for (size_t i = 0; is_optional && i < count; i++)
                instruction->keys[i] = keys[count - 1 - i];
}

static void copy_into(struct cel_compiler *c, uint16_t from, uint16_t to)
{
        struct cel_instruction *copy;

        if (from == to)
                return;
        copy = cel_emit(c, RUN_COPY);
        copy->to = to;
        copy->from = from;
}

static void fail_into(struct cel_compiler *c, const struct cel_node *node)
{
        cel_emit_failing(c, RUN_FAIL)->value = value_string(node->fail.message);
}

static void by_kind(struct cel_compiler *c, const struct cel_node *node, uint16_t to)
{
        struct cel_path path;

        if (cel_is_condition(node)) {
                cel_condition_into(c, node, to);
                return;
        }
        if (node->kind != CEL_CONSTANT && cel_path_read(node, &path)) {
                c->cost += path.count;
                copy_into(c, cel_path_register(c, &path, to, false), to);
                return;
        }
        switch (node->kind) {
        case CEL_CONSTANT:
                cel_emit_constant(c, to, node->constant);
                return;
        case CEL_SELECT:
                select_into(c, node, to);
                return;
        case CEL_CALL:
                call_into(c, node, to);
                return;
        case CEL_LIST:
                list_into(c, node, to);
                return;
        case CEL_MAP:
                map_into(c, node, to);
                return;
        case CEL_LOOP:
                cel_loop_into(c, node, to);
                return;
        case CEL_LET:
                let_into(c, node, to);
                return;
        case CEL_FAIL:
                fail_into(c, node);
                return;
        case CEL_NAME: /* checking resolved all names that there are */
                cel_emit_failing(c, RUN_FAIL)->value = value_string(node->name.text);
                return;
        }
}

void cel_value_into(struct cel_compiler *c, const struct cel_node *node, uint16_t to)
{
        uint16_t temporary = c->temporary;
        uint32_t at = c->at;

        if (c->depth > CEL_MOST_RECURSION) {
                c->is_too_large = true;
                return;
        }
        c->depth++;
        c->at = node->at;
        by_kind(c, node, to);
        c->depth--;
        c->at = at;
        c->temporary = temporary;
}

uint16_t cel_operand(struct cel_compiler *c, const struct cel_node *node)
{
        struct cel_path path;
        uint16_t to;

        if (node->kind != CEL_CONSTANT && !cel_is_condition(node) && cel_path_read(node, &path)) {
                c->cost += path.count;
                return cel_path_register(c, &path, 0, false);
        }
        to = cel_temporary(c, 1);
        cel_value_into(c, node, to);
        return to;
}

static void compile_root(struct cel_compiler *c, const struct cel_node *root)
{
        uint32_t yes = cel_label(c), no = cel_label(c);
        uint16_t from;

        if (root->kind != CEL_CONSTANT && (cel_is_condition(root) || root->type->kind == CEL_TYPE_BOOL)) {
                cel_condition(c, root, yes, no);
                cel_place(c, yes);
                cel_emit(c, RUN_RETURN_VALUE)->value = value_bool(true);
                cel_place(c, no);
                cel_emit(c, RUN_RETURN_VALUE)->value = value_bool(false);
        } else {
                from = cel_operand(c, root);
                c->at = root->at;
                cel_emit_failing(c, RUN_RETURN)->from = from;
        }
}

struct cel_program *cel_compile_tree(struct arena *arena, const struct cel_env *env, const struct cel_tree *tree,
                                     struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct cel_compiler c = {.arena = arena, .scratch = &scratch, .env = env, .first_failure = SIZE_MAX};

        c.program = arena_new(arena, struct cel_program);
        c.program->text = tree->text;
        c.program->type = tree->root->type;
        c.variable_registers = arena_array(&scratch, uint16_t, env->settings.variable_count);
        c.is_live = arena_array(&scratch, bool, (size_t)tree->local_count + 1);
        cel_paths_count(&c, tree->root);
        c.first_local = (uint16_t)(CEL_PINNED + c.pinned);
        for (uint32_t i = 0; i < tree->local_count && !c.is_too_large; i++)
                cel_pin(&c);
        if (!c.is_too_large)
                compile_root(&c, tree->root);
        if (c.is_too_large) {
                err_set(err, "the expression is too large: it needs more than %d values at once, or is nested too deep",
                        CEL_MOST_REGISTERS);
                return NULL;
        }
        cel_finish(&c);
        return c.program;
}
