/* run_slow.c - the parts of running that are rare, or long anyway: optionals, maps with keys of any kind, picking an overload,
 * building lists and maps, failures. */

#include <stdarg.h>
#include <stdio.h>

#include "policy/cel/machine.h"

struct arena *cel_arena(struct cel_call *call)
{
        return call->arena;
}

bool cel_fail(struct cel_call *call, const char *format, ...)
{
        va_list arguments;
        int length;

        va_start(arguments, format);
        length = vsnprintf(call->text, sizeof(call->text), format, arguments);
        va_end(arguments);
        call->text_length = min_size((size_t)(length < 0 ? 0 : length), sizeof(call->text) - 1);
        /* A cut may have gone through a character. */
        call->text_length = utf8_check((struct str){call->text, call->text_length});
        call->failed = (struct value){.kind = VALUE_ERROR, .tag = CEL_ERROR_TEXT};
        return false;
}

bool cel_spend(struct cel_call *call, uint64_t units)
{
        if (LIKELY(units <= call->left)) {
                call->left -= units;
                return true;
        }
        call->left = 0;
        call->is_out_of_budget = true;
        return cel_fail(call, "the expression costs more than its budget allows");
}

static const struct regex *known_pattern(const struct cel_call *call, struct str pattern)
{
        for (struct cel_pattern *each = call->program->patterns; each; each = each->next) {
                if (str_equal(each->text, pattern))
                        return cel_pattern_regex(each);
        }
        for (unsigned i = 0; call->patterns && i < CEL_MOST_PATTERNS; i++) {
                if (call->patterns->regexes[i] && str_equal(call->patterns->texts[i], pattern))
                        return call->patterns->regexes[i];
        }
        return NULL;
}

/* Compiling costs more than most of what an expression does, so it is paid for accordingly. */
const struct regex *cel_regex(struct cel_call *call, struct str pattern)
{
        enum { COMPILING = 2000, A_BYTE = 10 };
        const struct regex *known = known_pattern(call, pattern);
        struct regex *compiled;
        struct err err = {0};
        unsigned at;

        if (known)
                return known;
        TRY(cel_spend(call, COMPILING + A_BYTE * (uint64_t)pattern.len));
        compiled = regex_compile(pattern, &err);
        if (!compiled) {
                cel_fail(call, "%s", err.text);
                return NULL;
        }
        if (!call->patterns)
                call->patterns = arena_new(call->arena, struct cel_patterns);
        at = call->patterns->next++ % CEL_MOST_PATTERNS;
        regex_free(call->patterns->regexes[at]);
        call->patterns->regexes[at] = compiled;
        call->patterns->texts[at] = pattern;
        return compiled;
}

void cel_patterns_free(struct cel_call *call)
{
        for (unsigned i = 0; call->patterns && i < CEL_MOST_PATTERNS; i++)
                regex_free(call->patterns->regexes[i]);
}

bool cel_refuse(struct cel_call *call, const struct value *value, const char *wanted)
{
        if (value->kind != VALUE_ERROR)
                return cel_fail(call, "no such overload: %s expected, not %.*s", wanted, STR_ARG(cel_type_name(value)));
        call->failed = *value;
        return false;
}

void cel_hold(struct cel_call *call, struct value *to)
{
        struct cel_held *held;

        *to = call->failed;
        if (to->u != 0)
                return;
        to->u = (uint64_t)call->place + 1;
        if (to->tag != CEL_ERROR_TEXT)
                return;
        held = arena_new(call->arena, struct cel_held);
        held->at = call->place;
        held->text = str_copy(call->arena, (struct str){call->text, call->text_length});
        to->object = held;
}

struct str cel_failure_text(struct cel_call *call, char buffer[CEL_FAILURE_TEXT])
{
        const struct value *failed = &call->failed;
        const struct cel_held *held = failed->object;
        struct value other = {.kind = failed->flags};

        switch ((enum cel_error_reason)failed->tag) {
        case CEL_ERROR_TEXT:
                return held ? held->text : (struct str){call->text, call->text_length};
        case CEL_ERROR_NO_MAP:
        case CEL_ERROR_NO_MAP_INNER:
                snprintf(buffer, CEL_FAILURE_TEXT, "no such overload: '%.*s' has no fields, so none '%.*s'",
                         STR_ARG(other.kind == VALUE_OPAQUE ? STR("object") : cel_type_name(&other)),
                                 STR_ARG(intern_text(failed->len)));
                break;
        default:
                snprintf(buffer, CEL_FAILURE_TEXT, "no such key: %.*s", STR_ARG(intern_text(failed->len)));
        }
        return str_of(buffer);
}

static struct value path_error(enum cel_error_reason reason, uint32_t key, enum value_kind kind)
{
        return (struct value){.kind = VALUE_ERROR, .tag = (uint16_t)reason, .len = key, .flags = (uint8_t)kind};
}

static struct value optional_of(struct cel_call *call, const struct value *held)
{
        struct value *copy;

        if (!held)
                return (struct value){.kind = VALUE_OPTIONAL};
        copy = arena_new(call->arena, struct value);
        *copy = *held;
        return (struct value){.kind = VALUE_OPTIONAL, .held = copy};
}

/* One step of a path. */
static struct value select_member(struct cel_call *call, const struct value *from, uint32_t key)
{
        const struct value *member;
        struct value inner;

        switch ((enum value_kind)from->kind) {
        case VALUE_MAP:
        case VALUE_ENTRIES:
                member = cel_member_by_text(from, intern_text(key), key);
                return member ? *member : path_error(CEL_ERROR_MISSING, key, 0);
        case VALUE_OPTIONAL:
                inner = from->held ? select_member(call, from->held, key) : path_error(CEL_ERROR_MISSING, key, 0);
                if (inner.kind == VALUE_ERROR && inner.tag != CEL_ERROR_MISSING)
                        return inner;
                inner = optional_of(call, inner.kind == VALUE_ERROR ? NULL : &inner);
                inner.flags = CEL_THROUGH_OPTIONAL;
                return inner;
        case VALUE_ERROR:
                inner = *from;
                if (inner.tag == CEL_ERROR_MISSING)
                        inner.tag = CEL_ERROR_MISSING_INNER;
                if (inner.tag == CEL_ERROR_NO_MAP)
                        inner.tag = CEL_ERROR_NO_MAP_INNER;
                return inner;
        default:
                return path_error(CEL_ERROR_NO_MAP, key, from->kind);
        }
}

struct value cel_slow_path(struct cel_call *call, const struct value *from, const uint32_t *keys, size_t count)
{
        struct value value = *from;

        for (size_t i = 0; i < count; i++)
                value = select_member(call, &value, keys[i]);
        return value;
}

/* A map's member or nothing; of an optional that of what it holds. What has no members at all has not this one, as in cel-go;
 * but a list is asked for by number. */
static bool select_optional(struct cel_call *call, const struct value *from, uint32_t key, struct value *result)
{
        const struct value *member = from->kind == VALUE_OPTIONAL ? from->held : from;

        if (member && (member->kind == VALUE_ERROR || member->kind == VALUE_LIST))
                return cel_refuse(call, member, "a map");
        if (member && !cel_is_map(member))
                member = NULL;
        *result = (struct value){.kind = VALUE_OPTIONAL};
        if (member)
                result->held = cel_member_by_text(member, intern_text(key), key);
        return true;
}

bool cel_slow_optional_path(struct cel_call *call, const struct value *from, const uint32_t *keys, size_t count,
                            struct value *result)
{
        struct value value = *from;

        for (size_t i = 0; i < count; i++) {
                struct value next;

                TRY(select_optional(call, &value, keys[i], &next));
                value = next;
        }
        *result = value;
        return true;
}

/* The item or member; *found is NULL when there is none, which is no failure yet. */
static bool look_up(struct cel_call *call, const struct value *from, const struct value *key,
                    const struct value **found)
{
        int64_t index;

        *found = NULL;
        if (key->kind == VALUE_ERROR)
                return cel_refuse(call, key, "a key");
        if (cel_is_map(from)) {
                *found = cel_member(from, key);
                return true;
        }
        if (from->kind != VALUE_LIST)
                return cel_refuse(call, from, "a list or map");
        if (!value_is_number(key))
                return cel_refuse(call, key, "an index of type int");
        if (!cel_whole(key, &index))
                return cel_fail(call, "invalid_argument: the index of a list is a whole number");
        if (index >= 0 && index < from->len)
                *found = &from->nodes[index].value;
        return true;
}

static bool no_such(struct cel_call *call, const struct value *from, const struct value *key)
{
        struct str text = cel_text(call->arena, key);

        return cel_fail(call, from->kind == VALUE_LIST ? "index out of bounds: %.*s" : "no such key: %.*s",
                        STR_ARG(text));
}

bool cel_slow_get_optional(struct cel_call *call, const struct value *from, const struct value *key,
                           struct value *result)
{
        const struct value *container = from->kind == VALUE_OPTIONAL ? from->held : from, *found = NULL;

        if (container && key->kind > VALUE_STRING)
                return cel_refuse(call, key, "a key of type bool, int, uint, double or string");
        if (container && (container->kind == VALUE_ERROR || container->kind == VALUE_LIST || cel_is_map(container)))
                TRY(look_up(call, container, key, &found));
        *result = (struct value){.kind = VALUE_OPTIONAL, .held = found};
        return true;
}

bool cel_slow_get(struct cel_call *call, const struct value *from, const struct value *key, struct value *result)
{
        const struct value *found;

        if (from->kind == VALUE_OPTIONAL)
                return cel_slow_get_optional(call, from, key, result);
        TRY(look_up(call, from, key, &found));
        if (!found)
                return no_such(call, from, key);
        *result = *found;
        return true;
}

bool cel_slow_in(struct cel_call *call, const struct value *item, const struct value *container, bool *result)
{
        uint64_t looked_at = 0;

        if (item->kind == VALUE_ERROR)
                return cel_refuse(call, item, "a value");
        *result = false;
        if (cel_is_map(container)) {
                *result = cel_member(container, item) != NULL;
                return true;
        }
        if (container->kind != VALUE_LIST)
                return cel_refuse(call, container, "a list or map");
        value_each (container, node) {
                if (cel_equal_counted(&node->value, item, &looked_at)) {
                        *result = true;
                        break;
                }
        }
        return cel_spend(call, looked_at);
}

bool cel_slow_in_set(struct cel_call *call, const struct value *item, const struct cel_set *set, bool *result)
{
        if (item->kind == VALUE_ERROR || (value_is_number(item) && set->kind == VALUE_INT))
                return cel_slow_in(call, item, &set->list, result);
        *result = false;
        return true;
}

bool cel_slow_equal(struct cel_call *call, const struct value *a, const struct value *b, bool *result)
{
        uint64_t looked_at = 0;

        if (a->kind == VALUE_ERROR || b->kind == VALUE_ERROR)
                return cel_refuse(call, a->kind == VALUE_ERROR ? a : b, "a value");
        *result = cel_equal_counted(a, b, &looked_at);
        return cel_spend(call, looked_at);
}

bool cel_slow_compare(struct cel_call *call, const struct value *a, const struct value *b, int *result)
{
        if (a->kind == VALUE_ERROR || b->kind == VALUE_ERROR)
                return cel_refuse(call, a->kind == VALUE_ERROR ? a : b, "a value");
        *result = cel_compare(a, b);
        if (*result == CEL_NO_ORDER)
                return cel_fail(call, "no such overload: %.*s and %.*s have no order", STR_ARG(cel_type_name(a)),
                                STR_ARG(cel_type_name(b)));
        return cel_spend(call, a->kind == VALUE_STRING || a->kind == VALUE_BYTES ? min_size(a->len, b->len) / 10 : 0);
}

static bool nests(const struct value *value)
{
        return value->kind == VALUE_LIST || cel_is_map(value) || value->kind == VALUE_OPTIONAL;
}

/* Makes a value as deep as what it was made of, and one more. */
static bool deepen(struct cel_call *call, struct value *value, const struct value *part)
{
        if (!nests(part) || part->tag < value->tag)
                return true;
        if (part->tag >= CEL_MOST_VALUE_DEPTH)
                return cel_fail(call, "lists and maps are nested more than %d deep", CEL_MOST_VALUE_DEPTH);
        value->tag = (uint16_t)(part->tag + 1);
        return true;
}

static inline bool fits(const struct cel_candidate *candidate, const struct value *arguments, uint32_t count)
{
        for (uint32_t i = 0; i < count; i++) {
                if (!(candidate->kinds[i] >> arguments[i].kind & 1))
                        return false;
                if (candidate->has_tags && candidate->tags[i] != UINT16_MAX && candidate->tags[i] != arguments[i].tag)
                        return false;
        }
        return true;
}

static bool no_overload(struct cel_call *call, const struct cel_call_site *site, const struct value *arguments)
{
        char kinds[200];
        size_t used = 0;

        for (uint32_t i = 0; i < site->arguments; i++) {
                struct str name;

                if (arguments[i].kind == VALUE_ERROR)
                        return cel_refuse(call, &arguments[i], "a value");
                name = cel_type_name(&arguments[i]);
                if (used < sizeof(kinds))
                        used += (size_t)snprintf(kinds + used, sizeof(kinds) - used, "%s%.*s", i ? ", " : "",
                                                 STR_ARG(name));
        }
        return cel_fail(call, "no such overload: %.*s(%.*s)", STR_ARG(site->name),
                        (int)min_size(used, sizeof(kinds) - 1), kinds);
}

bool cel_slow_deepen(struct cel_call *call, const struct cel_call_site *site, const struct value *arguments,
                     struct value *result)
{
        if (!nests(result))
                return true;
        result->tag = 0;
        for (uint32_t i = 0; i < site->arguments; i++)
                TRY(deepen(call, result, &arguments[i]));
        return true;
}

/* The result is no register of the arguments, so that the function may write it at once. */
static inline bool run_candidate(struct cel_call *call, const struct cel_call_site *site,
                                 const struct cel_candidate *candidate, const struct value *arguments,
                                 struct value *result)
{
        if (UNLIKELY(!candidate->function))
                return cel_fail(call, "the function %.*s is declared, but has no code", STR_ARG(site->name));
        TRY(candidate->function(call, arguments, result));
        return !nests(result) || cel_slow_deepen(call, site, arguments, result);
}

bool cel_slow_call(struct cel_call *call, const struct cel_call_site *site, const struct value *arguments,
                   struct value *result)
{
        for (size_t i = 0; i < site->count; i++) {
                if (LIKELY(fits(&site->candidates[i], arguments, site->arguments)))
                        return run_candidate(call, site, &site->candidates[i], arguments, result);
        }
        return no_overload(call, site, arguments);
}

/* What an optional element is: nothing, or what it holds. */
static bool take_optional(struct cel_call *call, const struct value **value)
{
        if ((*value)->kind != VALUE_OPTIONAL)
                return cel_refuse(call, *value, "an optional");
        *value = (*value)->held;
        return true;
}

bool cel_slow_list_add(struct cel_call *call, struct value *list, const struct value *item, bool is_optional)
{
        struct node *nodes = (struct node *)list->nodes;

        if (is_optional) {
                TRY(take_optional(call, &item));
                if (!item)
                        return true;
        }
        if (item->kind == VALUE_ERROR)
                return cel_refuse(call, item, "a value");
        TRY(deepen(call, list, item));
        nodes[list->len++] = (struct node){.value = *item};
        return true;
}

bool cel_slow_map_add(struct cel_call *call, struct value *map, const struct value *key, const struct value *value,
                      bool is_optional)
{
        struct entry *entries = (struct entry *)map->entries;

        if (!cel_may_be_key(key))
                return cel_refuse(call, key, "a key of type bool, int, uint or string");
        if (is_optional) {
                TRY(take_optional(call, &value));
                if (!value)
                        return true;
        }
        if (value->kind == VALUE_ERROR)
                return cel_refuse(call, value, "a value");
        TRY(deepen(call, map, value));
        entries[map->len] = (struct entry){*key, *value};
        if (value->kind == VALUE_OPTIONAL)
                entries[map->len].value.flags = 0;
        map->len++;
        return true;
}

/* Entries that are merged grow by doubling: there is room whenever their number is no power of two. */
static void make_room(struct cel_call *call, struct value *map)
{
        enum { FIRST = 4 };
        uint32_t len = map->len;
        struct entry *larger;

        if (len != 0 && (len < FIRST || (len & (len - 1)) != 0))
                return;
        larger = arena_array(call->arena, struct entry, len ? checked_mul(len, 2) : FIRST);
        if (len)
                memcpy(larger, map->entries, len * sizeof(*larger));
        map->entries = larger;
}

bool cel_slow_map_merge(struct cel_call *call, struct value *map, const struct value *more)
{
        if (!cel_is_map(more))
                return cel_refuse(call, more, "a map");
        for (uint32_t i = 0; i < more->len; i++) {
                struct value key = cel_key_at(more, i);

                TRY(cel_spend(call, 1));
                make_room(call, map);
                TRY(cel_slow_map_add(call, map, &key, cel_value_at(more, i), false));
        }
        return true;
}

bool cel_slow_map_end(struct cel_call *call, struct value *map)
{
        const struct value *twice;
        uint16_t depth = map->tag;

        if (!cel_map_of_entries(call->arena, map->entries, map->len, map, &twice))
                return cel_fail(call, "Failed with repeated key: %.*s", STR_ARG(cel_text(call->arena, twice)));
        map->tag = depth;
        return true;
}
