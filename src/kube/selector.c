/* selector.c - reading and evaluating selectors (k8s.io/apimachinery/pkg/labels and pkg/fields describe the syntax). */

#include "kube/selector.h"

#include <stdio.h>

#include "base/reader.h"
#include "base/vec.h"

enum { LONGEST_NAME = 63, LONGEST_PREFIX = 253 };

struct builder {
        struct arena *arena;
        struct err *err;
        VEC(struct requirement) requirements;
};

static void finish(const struct builder *builder, struct selector *out)
{
        *out = (struct selector){builder->requirements.items, builder->requirements.count};
}

static bool is_name_byte(int byte)
{
        return is_letter(byte) || is_digit(byte) || byte == '-' || byte == '_' || byte == '.';
}

static bool is_name(struct str text)
{
        if (!text.len || text.len > LONGEST_NAME)
                return false;
        for (size_t i = 0; i < text.len; i++) {
                bool at_end = i == 0 || i == text.len - 1;
                unsigned char byte = (unsigned char)text.data[i];

                if (!is_name_byte(byte) || (at_end && !is_letter(byte) && !is_digit(byte)))
                        return false;
        }
        return true;
}

static bool is_prefix(struct str text)
{
        struct str part;

        if (!text.len || text.len > LONGEST_PREFIX)
                return false;
        while (str_split(&text, '.', &part)) {
                for (size_t i = 0; i < part.len; i++) {
                        if (part.data[i] == '_' || (part.data[i] >= 'A' && part.data[i] <= 'Z'))
                                return false;
                }
                if (!is_name(part))
                        return false;
        }
        return true;
}

/* "name" or "example.com/name". */
static bool is_key(struct str key)
{
        struct str rest = key, prefix;

        if (!memchr(key.data ? key.data : "", '/', key.len))
                return is_name(key);
        str_split(&rest, '/', &prefix);
        return is_prefix(prefix) && is_name(rest);
}

static bool check_key(struct str key, struct err *err)
{
        if (is_key(key))
                return true;
        return err_set(err,
                       "'%.*s' is no label key: it must be a name of at most 63 letters, digits, '-', '_' and '.', "
                       "with a DNS name and '/' in front if need be",
                       STR_ARG(key));
}

static bool check_value(struct str value, struct err *err)
{
        if (!value.len || is_name(value))
                return true;
        return err_set(err,
                       "'%.*s' is no label value: it must be at most 63 letters, digits, '-', '_' and '.', and begin "
                       "and end with a letter or digit",
                       STR_ARG(value));
}

static bool add(struct builder *builder, struct str key, enum selector_operator op, const struct str *values,
                size_t count)
{
        TRY(check_key(key, builder->err));
        for (size_t i = 0; i < count; i++)
                TRY(check_value(values[i], builder->err));
        *vec_push(builder->arena, &builder->requirements) = (struct requirement){key, op, values, count, 0};
        return true;
}

static const struct str *one(struct arena *arena, struct str value)
{
        struct str *values = arena_new(arena, struct str);

        *values = value;
        return values;
}

static bool add_labels(struct builder *builder, const struct value *labels)
{
        value_each (labels, label) {
                struct str key = intern_text(label->key);

                if (label->value.kind != VALUE_STRING)
                        return err_set(builder->err, "the value of label '%.*s' must be a string, not a %s",
                                       STR_ARG(key), value_kind_name(&label->value));
                TRY(add(builder, key, SELECTOR_IN, one(builder->arena, value_text(&label->value)), 1));
        }
        return true;
}

static bool operator_from(struct str name, enum selector_operator *op)
{
        static const struct str names[] = {
                [SELECTOR_IN] = STR_INIT("In"),
                [SELECTOR_NOT_IN] = STR_INIT("NotIn"),
                [SELECTOR_EXISTS] = STR_INIT("Exists"),
                [SELECTOR_NOT_EXISTS] = STR_INIT("DoesNotExist"),
        };

        for (size_t i = 0; i < COUNT_OF(names); i++) {
                if (str_equal(names[i], name)) {
                        *op = (enum selector_operator)i;
                        return true;
                }
        }
        return false;
}

static bool add_expression(struct builder *builder, const struct value *expression)
{
        const struct value *values = value_get(expression, KEY_values);
        struct str key = value_get_text(expression, KEY_key), name = value_get_text(expression, KEY_operator);
        struct str *texts = arena_array(builder->arena, struct str, value_count(values));
        enum selector_operator op;
        size_t count = 0;

        if (!operator_from(name, &op))
                return err_set(builder->err,
                               "the operator of '%.*s' must be In, NotIn, Exists or DoesNotExist, not '%.*s'",
                               STR_ARG(key), STR_ARG(name));
        value_each (values, item) {
                if (item->value.kind != VALUE_STRING)
                        return err_set(builder->err, "the values of '%.*s' must be strings", STR_ARG(key));
                texts[count++] = value_text(&item->value);
        }
        if ((op == SELECTOR_IN || op == SELECTOR_NOT_IN) != (count > 0))
                return err_set(builder->err, "'%.*s' with %.*s must have %s", STR_ARG(key), STR_ARG(name),
                               count ? "no values" : "values");
        return add(builder, key, op, texts, count);
}

bool selector_from_value(struct arena *arena, const struct value *value, struct selector *out, struct err *err)
{
        struct builder builder = {.arena = arena, .err = err};
        const struct value *labels = value_get(value, KEY_matchLabels);
        const struct value *expressions = value_get(value, KEY_matchExpressions);

        if (value && value->kind != VALUE_NULL && value->kind != VALUE_MAP)
                return err_set(err, "a label selector must be a map, not a %s", value_kind_name(value));
        if (labels && labels->kind != VALUE_NULL && labels->kind != VALUE_MAP)
                return err_set(err, "matchLabels must be a map, not a %s", value_kind_name(labels));
        if (expressions && expressions->kind != VALUE_NULL && expressions->kind != VALUE_LIST)
                return err_set(err, "matchExpressions must be a list, not a %s", value_kind_name(expressions));
        TRY(add_labels(&builder, labels));
        value_each (expressions, expression)
                TRY(add_expression(&builder, &expression->value));
        finish(&builder, out);
        return true;
}

bool selector_from_labels(struct arena *arena, const struct value *labels, struct selector *out, struct err *err)
{
        struct builder builder = {.arena = arena, .err = err};

        if (labels && labels->kind != VALUE_NULL && labels->kind != VALUE_MAP)
                return err_set(err, "a selector must be a map of labels, not a %s", value_kind_name(labels));
        TRY(add_labels(&builder, labels));
        finish(&builder, out);
        return true;
}

static bool is_space(int byte)
{
        return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static void skip_spaces(struct reader *reader)
{
        reader_take_while(reader, is_space);
}

static bool is_word_byte(int byte)
{
        return !is_space(byte) && byte > 0 && !strchr("=!,()<>", byte);
}

static struct str take_word(struct reader *reader)
{
        struct str word;

        skip_spaces(reader);
        word = reader_take_while(reader, is_word_byte);
        skip_spaces(reader);
        return word;
}

/* "(a, b)" */
static bool take_values(struct builder *builder, struct reader *reader, const struct str **values, size_t *count)
{
        VEC(struct str) words = {0};

        if (!reader_take(reader, '('))
                return err_set(builder->err, "'(' is missing after in or notin");
        do
                *vec_push(builder->arena, &words) = take_word(reader);
        while (reader_take(reader, ','));
        if (!reader_take(reader, ')'))
                return err_set(builder->err, "',' or ')' is missing among the values of in or notin");
        *values = words.items;
        *count = words.count;
        return true;
}

static bool to_number(struct str text, int64_t *number)
{
        struct reader reader = reader_over(text);
        bool negative = reader_take(&reader, '-');
        uint64_t size;

        TRY(reader_take_number(&reader, INT64_MAX, &size) && reader_done(&reader));
        *number = negative ? -(int64_t)size : (int64_t)size;
        return true;
}

static bool add_comparison(struct builder *builder, struct str key, enum selector_operator op, struct str value)
{
        int64_t number;

        if (!to_number(value, &number))
                return err_set(builder->err, "'%.*s' can only be compared with a whole number, not with '%.*s'",
                               STR_ARG(key), STR_ARG(value));
        TRY(add(builder, key, op, one(builder->arena, value), 1));
        builder->requirements.items[builder->requirements.count - 1].number = number;
        return true;
}

static bool take_requirement(struct builder *builder, struct reader *reader)
{
        const struct str *values = NULL;
        struct str key, word;
        size_t count = 0;

        skip_spaces(reader);
        if (reader_take(reader, '!'))
                return add(builder, take_word(reader), SELECTOR_NOT_EXISTS, NULL, 0);
        key = take_word(reader);
        if (reader_done(reader) || reader_peek(reader, 0) == ',')
                return add(builder, key, SELECTOR_EXISTS, NULL, 0);
        if (reader_take_str(reader, STR("!=")))
                return add(builder, key, SELECTOR_NOT_IN, one(builder->arena, take_word(reader)), 1);
        if (reader_take_str(reader, STR("==")) || reader_take(reader, '='))
                return add(builder, key, SELECTOR_IN, one(builder->arena, take_word(reader)), 1);
        if (reader_take(reader, '>'))
                return add_comparison(builder, key, SELECTOR_GREATER, take_word(reader));
        if (reader_take(reader, '<'))
                return add_comparison(builder, key, SELECTOR_LESS, take_word(reader));
        word = take_word(reader);
        if (!str_is(word, "in") && !str_is(word, "notin"))
                return err_set(builder->err, "after '%.*s' there must be one of = == != > < in notin", STR_ARG(key));
        TRY(take_values(builder, reader, &values, &count));
        skip_spaces(reader);
        return add(builder, key, str_is(word, "in") ? SELECTOR_IN : SELECTOR_NOT_IN, values, count);
}

bool selector_from_text(struct arena *arena, struct str text, struct selector *out, struct err *err)
{
        struct builder builder = {.arena = arena, .err = err};
        struct reader reader = reader_over(text);

        skip_spaces(&reader);
        if (!reader_done(&reader)) {
                do
                        TRY(take_requirement(&builder, &reader));
                while (reader_take(&reader, ','));
        }
        if (!reader_done(&reader))
                return err_set(err, "',' is missing in the selector before '%.*s'", STR_ARG(str_from(text, reader.at)));
        finish(&builder, out);
        return true;
}

static bool among(const struct requirement *requirement, struct str text)
{
        for (size_t i = 0; i < requirement->value_count; i++) {
                if (str_equal(requirement->values[i], text))
                        return true;
        }
        return false;
}

static bool requirement_holds(const struct requirement *requirement, bool is_there, struct str text)
{
        int64_t number;

        switch (requirement->op) {
        case SELECTOR_IN:
                return is_there && among(requirement, text);
        case SELECTOR_NOT_IN:
                return !is_there || !among(requirement, text);
        case SELECTOR_EXISTS:
                return is_there;
        case SELECTOR_NOT_EXISTS:
                return !is_there;
        case SELECTOR_GREATER:
                return is_there && to_number(text, &number) && number > requirement->number;
        case SELECTOR_LESS:
                return is_there && to_number(text, &number) && number < requirement->number;
        }
        return false;
}

bool selector_has(const struct selector *selector, const struct value *labels)
{
        for (size_t i = 0; i < selector->count; i++) {
                uint32_t key = intern_find(selector->requirements[i].key);
                const struct value *label = key ? value_get(labels, key) : NULL;
                bool is_text = value_is(label, VALUE_STRING);

                if (!requirement_holds(&selector->requirements[i], is_text, is_text ? value_text(label) : STR("")))
                        return false;
        }
        return true;
}

bool field_selector_from_text(struct arena *arena, struct str text, struct selector *out, struct err *err)
{
        struct builder builder = {.arena = arena, .err = err};
        struct str part;

        while (str_split(&text, ',', &part)) {
                size_t equals = str_find(part, STR("="), 0);
                bool negated = equals != SIZE_MAX && equals > 0 && part.data[equals - 1] == '!';
                struct str key = str_trim(str_sub(part, 0, equals - negated)), value;

                if (!str_trim(part).len)
                        continue;
                if (equals == SIZE_MAX || !key.len)
                        return err_set(err,
                                       "'%.*s' is no field selector: write field=value, field==value or field!=value",
                                       STR_ARG(part));
                value = str_from(part, equals + 1);
                if (!negated && str_starts(value, STR("=")))
                        value = str_from(value, 1);
                *vec_push(arena, &builder.requirements) = (struct requirement){
                        key, negated ? SELECTOR_NOT_IN : SELECTOR_IN, one(arena, str_trim(value)), 1, 0};
        }
        finish(&builder, out);
        return true;
}

/* A field as text; numbers and booleans as they are written. */
static struct str field_text(const struct object *object, struct str way, char buffer[32])
{
        const struct value *value = &object->root.value;
        struct str part;

        while (value && str_split(&way, '.', &part)) {
                uint32_t key = intern_find(part);

                value = key ? value_get(value, key) : NULL;
        }
        if (value_is(value, VALUE_STRING))
                return value_text(value);
        if (value_is(value, VALUE_BOOL))
                return value->boolean ? STR("true") : STR("false");
        if (value_is(value, VALUE_INT))
                return (struct str){buffer, (size_t)snprintf(buffer, 32, "%" PRId64, value->i)};
        return STR("");
}

bool field_selector_has(const struct selector *selector, const struct object *object)
{
        char buffer[32];

        for (size_t i = 0; i < selector->count; i++) {
                const struct requirement *requirement = &selector->requirements[i];

                if (!requirement_holds(requirement, true, field_text(object, requirement->key, buffer)))
                        return false;
        }
        return true;
}
