/* config.c - strake.yaml. */

#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/reader.h"
#include "doc/document.h"
#include "doc/key.h"
#include "scan/config_reader.h"

/* --- reading by tables --- */

bool config_wrong(struct config_reader *reader, const struct node *node, const char *format, ...)
{
        struct place place = place_in(reader->text, node->at);
        va_list arguments;
        char text[ERR_TEXT];

        va_start(arguments, format);
        vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);
        return err_set_at(reader->err, place.line, place.column, "%.*s:%u:%u: %s", STR_ARG(reader->name), place.line,
                          place.column, text);
}

static bool unknown_field(struct config_reader *reader, const struct node *member, const struct config_field *fields,
                          size_t count)
{
        struct str *names = arena_array(reader->arena, struct str, count), key = intern_text(member->key), nearest;
        CLEANUP(buf_free) struct buf list = {0};

        for (size_t i = 0; i < count; i++) {
                names[i] = fields[i].name;
                buf_add(&list, i ? STR(", ") : STR(""));
                buf_add(&list, names[i]);
        }
        nearest = str_nearest(key, names, count);
        if (nearest.len)
                return config_wrong(reader, member, "\"%.*s\" is no field here: did you mean %.*s?", STR_ARG(key),
                                    STR_ARG(nearest));
        return config_wrong(reader, member, "\"%.*s\" is no field here: write one of %.*s", STR_ARG(key),
                            STR_ARG(buf_text(&list)));
}

bool config_map(struct config_reader *reader, const struct node *node, const struct config_field *fields, size_t count,
                void *out)
{
        if (node->value.kind == VALUE_NULL)
                return true;
        if (node->value.kind != VALUE_MAP)
                return config_wrong(reader, node, "this is a %s, where a map is wanted", value_kind_name(&node->value));
        value_each (&node->value, member) {
                const struct config_field *field = NULL;

                for (size_t i = 0; i < count; i++) {
                        if (str_equal(fields[i].name, intern_text(member->key)))
                                field = &fields[i];
                }
                if (!field)
                        return unknown_field(reader, member, fields, count);
                TRY(field->read(reader, member, out));
        }
        return true;
}

bool config_text(struct config_reader *reader, const struct node *node, void *out)
{
        struct str *text = out;

        if (node->value.kind != VALUE_STRING)
                return config_wrong(reader, node, "this is a %s, where text is wanted", value_kind_name(&node->value));
        *text = str_trim(value_text(&node->value));
        return text->len || config_wrong(reader, node, "this text is empty");
}

static bool is_number_byte(int byte)
{
        return (byte >= '0' && byte <= '9') || byte == '.' || byte == '-' || byte == '+' || byte == 'e' || byte == 'E';
}

/* A number is taken as it was written: 1.20 is not 1.2. */
bool config_scalar(struct config_reader *reader, const struct node *node, struct str *out)
{
        struct reader digits = reader_over(str_from(reader->text, node->at));

        if (node->value.kind == VALUE_STRING)
                *out = value_text(&node->value);
        else if (value_is_number(&node->value))
                *out = reader_take_while(&digits, is_number_byte);
        else
                return config_wrong(reader, node, "this is a %s, where text or a number is wanted",
                                    value_kind_name(&node->value));
        return true;
}

bool config_texts(struct config_reader *reader, const struct node *node, const struct str **out, size_t *count)
{
        struct str *texts;

        *count = 0;
        if (node->value.kind == VALUE_NULL)
                return true;
        if (node->value.kind != VALUE_LIST)
                return config_wrong(reader, node, "this is a %s, where a list of texts is wanted",
                                    value_kind_name(&node->value));
        *out = texts = arena_array(reader->arena, struct str, node->value.len);
        value_each (&node->value, item)
                TRY(config_text(reader, item, &texts[(*count)++]));
        return true;
}

void config_add_param(struct config_reader *reader, struct str name, uint32_t at, struct value value)
{
        struct value *params = &reader->config->params;
        struct node *nodes = arena_array(reader->arena, struct node, (size_t)params->len + 1);
        size_t count = 0;

        value_each (params, member)
                nodes[count++] = *member;
        nodes[count++] = (struct node){.key = intern(name), .at = at, .value = value};
        *params = value_map(reader->arena, nodes, count);
}

/* --- exceptions --- */

static bool is_digits(struct str text)
{
        for (size_t i = 0; i < text.len; i++) {
                if (text.data[i] < '0' || text.data[i] > '9')
                        return false;
        }
        return true;
}

static int number_of(struct str digits)
{
        int number = 0;

        for (size_t i = 0; i < digits.len; i++)
                number = number * 10 + (digits.data[i] - '0');
        return number;
}

bool is_date(struct str text)
{
        static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        int year, month, day;
        bool leap;

        if (text.len != 10 || text.data[4] != '-' || text.data[7] != '-' || !is_digits(str_sub(text, 0, 4))
            || !is_digits(str_sub(text, 5, 7)) || !is_digits(str_sub(text, 8, 10)))
                return false;
        year = number_of(str_sub(text, 0, 4));
        month = number_of(str_sub(text, 5, 7));
        day = number_of(str_sub(text, 8, 10));
        leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] + (month == 2 && leap);
}

static bool read_expires(struct config_reader *reader, const struct node *node, void *out)
{
        struct exception *exception = out;
        struct str *expires = &exception->why.expires;

        TRY(config_text(reader, node, expires));
        if (!is_date(*expires))
                return config_wrong(reader, node,
                                    "\"%.*s\" is no date: write YYYY-MM-DD, the last day on which it holds",
                                    STR_ARG(*expires));
        exception->expired = str_compare(*expires, reader->today) < 0;
        return true;
}

static bool read_labels(struct config_reader *reader, const struct node *node, void *out)
{
        struct exception *exception = out;
        struct err err = {0};

        return selector_from_labels(reader->arena, &node->value, &exception->labels, &err)
               || config_wrong(reader, node, "%.*s", STR_ARG(err_text(&err)));
}

#define TEXT_FIELD(function, type, member)                                                                             \
        static bool function(struct config_reader *reader, const struct node *node, void *out)                         \
        {                                                                                                              \
                return config_text(reader, node, &((type *)out)->member);                                              \
        }

TEXT_FIELD(read_rule, struct exception, rule)
TEXT_FIELD(read_kind, struct exception, kind)
TEXT_FIELD(read_namespace, struct exception, ns)
TEXT_FIELD(read_name, struct exception, name)
TEXT_FIELD(read_container, struct exception, container)
TEXT_FIELD(read_reason, struct exception, why.reason)
TEXT_FIELD(read_owner, struct exception, why.owner)

static const struct config_field exception_fields[] = {
        {STR_INIT("rule"), read_rule},     {STR_INIT("kind"), read_kind},     {STR_INIT("namespace"), read_namespace},
        {STR_INIT("name"), read_name},     {STR_INIT("labels"), read_labels}, {STR_INIT("container"), read_container},
        {STR_INIT("reason"), read_reason}, {STR_INIT("owner"), read_owner},   {STR_INIT("expires"), read_expires},
};

static bool read_exceptions(struct config_reader *reader, const struct node *node, void *out)
{
        struct config *config = out;

        if (node->value.kind == VALUE_NULL)
                return true;
        if (node->value.kind != VALUE_LIST)
                return config_wrong(reader, node, "this is a %s, where a list of exceptions is wanted",
                                    value_kind_name(&node->value));
        value_each (&node->value, item) {
                struct exception *exception = vec_push(reader->arena, &config->exceptions);

                *exception = (struct exception){.at = item->at};
                TRY(config_map(reader, item, exception_fields, COUNT_OF(exception_fields), exception));
                if (!exception->rule.len)
                        return config_wrong(reader, item, "this exception has no `rule`: write the id of one");
                if (!exception->why.reason.len)
                        return config_wrong(reader, item,
                                            "this exception has no `reason`: say why the finding may stay");
        }
        return true;
}

/* --- settings --- */

static bool read_level(struct config_reader *reader, const struct node *node, struct str *out, bool never)
{
        enum severity severity;

        TRY(config_text(reader, node, out));
        return severity_from(*out, &severity) || (never && str_is(*out, "never"))
               || config_wrong(reader, node, "\"%.*s\" is no severity: write critical, high, medium, low or info%s",
                               STR_ARG(*out), never ? ", or never" : "");
}

static bool read_fail_on(struct config_reader *reader, const struct node *node, void *out)
{
        return read_level(reader, node, &((struct config *)out)->fail_on, true);
}

static bool read_min_severity(struct config_reader *reader, const struct node *node, void *out)
{
        return read_level(reader, node, &((struct config *)out)->min_severity, false);
}

static struct str place_of(struct config_reader *reader, const struct node *node)
{
        struct place place = place_in(reader->text, node->at);

        return str_format(reader->arena, "%.*s:%u:%u", STR_ARG(reader->name), place.line, place.column);
}

static bool read_only(struct config_reader *reader, const struct node *node, void *out)
{
        struct config *config = out;

        config->only_place = place_of(reader, node);
        return config_texts(reader, node, &config->only, &config->only_count);
}

static bool read_skip(struct config_reader *reader, const struct node *node, void *out)
{
        struct config *config = out;

        config->skip_place = place_of(reader, node);
        return config_texts(reader, node, &config->skip, &config->skip_count);
}

static bool read_rules(struct config_reader *reader, const struct node *node, void *out)
{
        struct config *config = out;

        return config_texts(reader, node, &config->rules, &config->rule_count);
}

static bool read_framework(struct config_reader *reader, const struct node *node, void *out)
{
        struct config *config = out;

        config->framework_place = place_of(reader, node);
        return config_text(reader, node, &config->framework);
}

static bool read_params(struct config_reader *reader, const struct node *node, void *out)
{
        (void)out;
        if (node->value.kind == VALUE_NULL)
                return true;
        if (node->value.kind != VALUE_MAP)
                return config_wrong(reader, node, "this is a %s, where a map is wanted", value_kind_name(&node->value));
        value_each (&node->value, member)
                config_add_param(reader, intern_text(member->key), member->at, member->value);
        return true;
}

static const struct config_field fields[] = {
        {STR_INIT("fail-on"), read_fail_on}, {STR_INIT("min-severity"), read_min_severity},
        {STR_INIT("only"), read_only},       {STR_INIT("skip"), read_skip},
        {STR_INIT("rules"), read_rules},     {STR_INIT("framework"), read_framework},
        {STR_INIT("params"), read_params},   {STR_INIT("exceptions"), read_exceptions},
};

static bool is_kubeaudit(const struct value *root)
{
        return value_member(root, "enabledAuditors") || value_member(root, "auditors");
}

bool config_is_manifest(struct arena *arena, struct str text)
{
        struct document_stream stream = {0};
        const struct value *root;

        yaml_read(arena, text, &document_default_limits, &stream);
        root = stream.documents.count ? &stream.documents.items[0].root : NULL;
        return value_get(root, KEY_apiVersion) && value_get(root, KEY_kind);
}

struct config config_none(void)
{
        return (struct config){.current_minor = -1, .targeted_minor = -1};
}

bool config_read(struct arena *arena, struct str name, struct str text, struct str today, struct config *out,
                 struct err *err)
{
        struct config_reader reader = {arena, name, text, today, out, err};
        struct document document;
        struct node root;

        *out = config_none();
        out->source = arena_new(arena, struct source);
        out->source->name = name;
        out->source->text = text;
        if (!str_trim(text).len)
                return true;
        if (!yaml_read_one(arena, text, &document, err))
                return err_within(err, "%.*s:%u:%u", STR_ARG(name), err->line, err->column);
        root = (struct node){.at = document.at, .value = document.root};
        if (is_kubeaudit(&root.value))
                return config_read_kubeaudit(&reader, &root);
        if (config_is_hadolint(&root.value))
                return config_read_hadolint(&reader, &root);
        return config_map(&reader, &root, fields, COUNT_OF(fields), out);
}

bool config_add_hadolint(struct arena *arena, struct str name, struct str text, struct config *config, struct err *err)
{
        struct config_reader reader = {arena, name, text, STR(""), config, err};
        struct document document;
        struct node root;

        if (!str_trim(text).len)
                return true;
        if (!yaml_read_one(arena, text, &document, err))
                return err_within(err, "%.*s:%u:%u", STR_ARG(name), err->line, err->column);
        root = (struct node){.at = document.at, .value = document.root};
        return config_read_hadolint(&reader, &root);
}
