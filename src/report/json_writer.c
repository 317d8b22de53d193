/* json_writer.c - commas, line ends and indentation of printed JSON. */

#include "report/json_writer.h"

#include "doc/print.h"

enum { INDENT = 2 };

static void break_line(struct json_writer *writer)
{
        size_t indent = (size_t)writer->depth * INDENT;
        char *out;

        if (writer->in_line) {
                if (writer->filled)
                        buf_add_char(writer->out, ' ');
                return;
        }
        out = buf_reserve(writer->out, indent + 1);
        *out++ = '\n';
        for (size_t i = 0; i < indent; i++)
                out[i] = ' ';
        writer->out->len += indent + 1;
}

/* Moves to where the next item or member stands. */
static void begin_item(struct json_writer *writer)
{
        if (writer->keyed) {
                writer->keyed = false;
                return;
        }
        if (writer->filled)
                buf_add_char(writer->out, ',');
        if (writer->depth)
                break_line(writer);
        writer->filled = true;
}

void json_begin(struct json_writer *writer, char bracket)
{
        begin_item(writer);
        buf_add_char(writer->out, bracket);
        writer->depth++;
        writer->filled = false;
}

void json_end(struct json_writer *writer, char bracket)
{
        writer->depth--;
        if (writer->filled && !writer->in_line)
                break_line(writer);
        buf_add_char(writer->out, bracket);
        writer->filled = true;
}

void json_key(struct json_writer *writer, const char *key)
{
        begin_item(writer);
        buf_add_char(writer->out, '"');
        buf_add(writer->out, str_of(key));
        buf_add_literal(writer->out, "\": ");
        writer->keyed = true;
}

void json_text(struct json_writer *writer, struct str text)
{
        begin_item(writer);
        json_print_string(writer->out, text);
}

void json_number(struct json_writer *writer, uint64_t number)
{
        char digits[20];
        size_t at = sizeof(digits);

        begin_item(writer);
        do
                digits[--at] = (char)('0' + number % 10);
        while (number /= 10);
        buf_add(writer->out, (struct str){digits + at, sizeof(digits) - at});
}

void json_bool(struct json_writer *writer, bool boolean)
{
        begin_item(writer);
        buf_add(writer->out, boolean ? STR("true") : STR("false"));
}

/* Line ends inside of strings are escaped, so every line feed of the printed value is one between its parts. */
void json_value(struct json_writer *writer, const struct value *value)
{
        CLEANUP(buf_free) struct buf printed = {0};
        struct str rest, line;

        begin_item(writer);
        json_print(&printed, value, INDENT);
        rest = buf_text(&printed);
        for (bool first = true; str_split(&rest, '\n', &line); first = false) {
                if (!first)
                        break_line(writer);
                buf_add(writer->out, line);
        }
}

struct buf *json_raw(struct json_writer *writer)
{
        begin_item(writer);
        return writer->out;
}

void json_member_begin(struct json_writer *writer, const char *key, char bracket)
{
        json_key(writer, key);
        json_begin(writer, bracket);
}

void json_member_empty(struct json_writer *writer, const char *key, const char *brackets)
{
        json_key(writer, key);
        buf_add(json_raw(writer), str_of(brackets));
}

void json_member_texts(struct json_writer *writer, const char *key, const struct str *texts, size_t count)
{
        json_member_begin(writer, key, '[');
        for (size_t i = 0; i < count; i++)
                json_text(writer, texts[i]);
        json_end(writer, ']');
}

void json_member(struct json_writer *writer, const char *key, struct str text)
{
        json_key(writer, key);
        json_text(writer, text);
}

void json_member_number(struct json_writer *writer, const char *key, uint64_t number)
{
        json_key(writer, key);
        json_number(writer, number);
}

void json_member_bool(struct json_writer *writer, const char *key, bool boolean)
{
        json_key(writer, key);
        json_bool(writer, boolean);
}

void json_member_if(struct json_writer *writer, const char *key, struct str text)
{
        if (text.len)
                json_member(writer, key, text);
}

struct json_writer json_document(struct buf *out, const char *schema)
{
        struct json_writer writer = {.out = out};

        json_begin(&writer, '{');
        json_member(&writer, "schema", str_of(schema));
        return writer;
}

void json_document_end(struct json_writer *writer)
{
        json_end(writer, '}');
        buf_add_char(writer->out, '\n');
}
