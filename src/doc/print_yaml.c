/* print_yaml.c - values as block-style YAML that every reader of YAML 1.1 or 1.2 reads back the same.
 *
 * A string is written as it is only when nobody could take it for anything else; otherwise as a literal block, or in double
 * quotes. When in doubt, quotes. */

#include <math.h>
#include <strings.h>

#include "base/reader.h"
#include "doc/print.h"
#include "doc/yaml_scalar.h"

enum { LONGEST_SIMPLE_KEY = 1000 }; /* a key on the line of its value has at most 1024 characters */

static void print_node(struct buf *out, const struct value *value, unsigned indent);

/* Words that YAML 1.1 or the readers of it take for booleans, null, a merge or a default value. */
static bool is_word_of_yaml(struct str text)
{
        static const char *const words[] = {"y",    "n", "yes", "no", "on",   "off",   "true",  "false",
                                            "null", "~", "<<",  "=",  ".inf", "-.inf", "+.inf", ".nan"};
        char word[6];

        if (text.len >= sizeof(word))
                return false;
        memcpy(word, text.data, text.len);
        word[text.len] = 0;
        for (size_t i = 0; i < COUNT_OF(words); i++) {
                if (strcasecmp(word, words[i]) == 0)
                        return true;
        }
        return false;
}

static bool is_based_digit(int byte)
{
        return is_digit(byte) || byte == '_' || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

/* Digits with what may stand between them in numbers to the base 10 or 60. */
static bool is_decimal(int byte)
{
        return is_digit(byte) || byte == '_' || byte == '.' || byte == ':';
}

static bool is_date_like(struct str text)
{
        return text.len > 4 && text.data[4] == '-' && is_digit(text.data[0]) && is_digit(text.data[1])
               && is_digit(text.data[2]) && is_digit(text.data[3]);
}

/* Two points, and no colon: an address or a version, in no dialect a number. */
static bool is_dotted(struct str text)
{
        size_t points = 0;

        for (size_t i = 0; i < text.len; i++) {
                if (text.data[i] == ':' || text.data[i] == '_')
                        return false;
                points += text.data[i] == '.';
        }
        return points > 1;
}

/* Whether somebody may read the text as a number or a date. */
static bool is_number_like(struct str text)
{
        struct reader reader = reader_over(text);
        struct value resolved;
        struct str digits;

        yaml_resolve(text, &resolved);
        if (resolved.kind != VALUE_STRING || is_date_like(text))
                return true;
        if (!reader_take(&reader, '-'))
                reader_take(&reader, '+');
        if (reader_peek(&reader, 0) == '0' && reader_peek(&reader, 1) > 0
            && strchr("xXoObB", reader_peek(&reader, 1))) {
                reader.at += 2;
                reader_take_while(&reader, is_based_digit);
                return reader_done(&reader);
        }
        digits = reader_take_while(&reader, is_decimal);
        if (!digits.len)
                return false;
        if (reader_take(&reader, 'e') || reader_take(&reader, 'E')) {
                if (!reader_take(&reader, '-'))
                        reader_take(&reader, '+');
                reader_take_while(&reader, is_decimal);
        }
        return reader_done(&reader) && !is_dotted(text);
}

/* What may begin a text without quotes: no indicator, and neither space nor anything behind the letters of ASCII. */
static bool begins_plainly(struct str text)
{
        if (strchr("?:,[]{}#&*!|>'\"%@` \t", text.data[0]))
                return false;
        if (text.data[0] == '-')
                return text.len > 1 && text.data[1] != ' ' && text.data[1] != '-';
        return !str_starts(text, STR("..."));
}

static bool is_flag(struct str text)
{
        return str_starts(text, STR("--")) && text.len > 2 && is_letter((unsigned char)text.data[2]);
}

/* The length of the code point at `at` when it can stand in YAML without an escape; 0 if not, or if it is no UTF-8. */
static size_t printable(struct str text, size_t at)
{
        uint32_t point;
        size_t bytes = utf8_take(str_from(text, at), &point);

        if (point < 0x80 && bytes)
                return point >= ' ' && point != 0x7F ? 1 : 0;
        if (bytes
            && (point < 0xA0 || point == 0x2028 || point == 0x2029 || point == 0xFEFF || (point & 0xFFFE) == 0xFFFE))
                return 0;
        return bytes;
}

static bool is_plain(struct str text)
{
        size_t bytes;

        if (!text.len || !(begins_plainly(text) || is_flag(text)) || is_word_of_yaml(text) || is_number_like(text))
                return false;
        if (text.data[text.len - 1] == ' ' || text.data[text.len - 1] == ':')
                return false;
        for (size_t at = 0; at < text.len; at += bytes) {
                bytes = printable(text, at);
                if (!bytes || (text.data[at] == ':' && text.data[at + 1] == ' ')
                    || (text.data[at] == ' ' && text.data[at + 1] == '#'))
                        return false;
        }
        return true;
}

static bool is_blank_line(struct str line)
{
        for (size_t i = 0; i < line.len; i++) {
                if (line.data[i] != ' ' && line.data[i] != '\t')
                        return false;
        }
        return line.len > 0;
}

/* Whether a literal block says the text: several lines, the first with a letter in its first column, none of only spaces. */
static bool is_block(struct str text)
{
        struct str line;
        size_t bytes;

        if (!memchr(text.data, '\n', text.len) || strchr(" \t\n", text.data[0]))
                return false;
        for (size_t at = 0; at < text.len; at += bytes) {
                bytes = text.data[at] == '\n' || text.data[at] == '\t' ? 1 : printable(text, at);
                TRY(bytes);
        }
        while (str_split(&text, '\n', &line)) {
                if (is_blank_line(line))
                        return false;
        }
        return true;
}

static void print_block(struct buf *out, struct str text, unsigned indent)
{
        size_t feeds = 0;
        struct str line;

        while (feeds < text.len && text.data[text.len - 1 - feeds] == '\n')
                feeds++;
        buf_add(out, feeds == 0 ? STR("|-") : feeds == 1 ? STR("|") : STR("|+"));
        if (feeds)
                text.len--;
        while (str_split(&text, '\n', &line)) {
                buf_add_char(out, '\n');
                if (line.len) {
                        buf_add_repeat(out, ' ', indent + 2);
                        buf_add(out, line);
                }
        }
        buf_add_char(out, '\n');
}

static void add_escape(struct buf *out, uint32_t point)
{
        static const char letters[] = {['"'] = '"', ['\\'] = '\\', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};

        if (point < sizeof(letters) && letters[point])
                buf_add_format(out, "\\%c", letters[point]);
        else if (point < 0x100)
                buf_add_format(out, "\\x%02x", point);
        else
                buf_add_format(out, point < 0x10000 ? "\\u%04x" : "\\U%08x", point);
}

static void print_quoted(struct buf *out, struct str text)
{
        size_t begin = 0, at = 0, bytes;
        uint32_t point;

        buf_add_char(out, '"');
        while (at < text.len) {
                bytes = printable(text, at);
                if (bytes && text.data[at] != '"' && text.data[at] != '\\') {
                        at += bytes;
                        continue;
                }
                buf_add(out, str_sub(text, begin, at));
                bytes = utf8_take(str_from(text, at), &point);
                add_escape(out, bytes ? point : 0xFFFD);
                begin = at += bytes ? bytes : 1;
        }
        buf_add(out, str_from(text, begin));
        buf_add_char(out, '"');
}

/* A string on one line. */
static void print_inline(struct buf *out, struct str text)
{
        if (is_plain(text))
                buf_add(out, text);
        else
                print_quoted(out, text);
}

/* YAML 1.1 knows a double by its point; JSON may leave that out. */
static void print_yaml_double(struct buf *out, double number)
{
        size_t begin = out->len, exponent;
        struct str text;

        if (!isfinite(number))
                return buf_add(out, isnan(number) ? STR(".nan") : number < 0 ? STR("-.inf") : STR(".inf"));
        print_double(out, number);
        text = str_from(buf_text(out), begin);
        if (str_find(text, STR("."), 0) != SIZE_MAX)
                return;
        exponent = str_find(text, STR("e"), 0);
        if (exponent == SIZE_MAX)
                return fabs(number) < 0x1p63 && (number != 0 || !signbit(number)) ? (void)0
                                                                                  : buf_add_literal(out, ".0");
        buf_add_literal(out, ".0"); /* room for it, and then the exponent goes behind it */
        memmove(out->data + begin + exponent + 2, out->data + begin + exponent, text.len - exponent);
        memcpy(out->data + begin + exponent, ".0", 2);
}

static void print_text_of(struct buf *out, const struct value *scalar)
{
        struct buf text CLEANUP(buf_free) = {0};

        print_text(&text, scalar);
        print_inline(out, text.len ? buf_text(&text) : STR(""));
}

static void print_scalar(struct buf *out, const struct value *value, unsigned indent)
{
        switch ((enum value_kind)value->kind) {
        case VALUE_STRING:
                if (value->len && is_block(value_text(value)))
                        return print_block(out, value_text(value), indent);
                print_inline(out, value_text(value));
                break;
        case VALUE_NULL:
                buf_add_literal(out, "null");
                break;
        case VALUE_DOUBLE:
                print_yaml_double(out, value->d);
                break;
        case VALUE_LIST:
                buf_add_literal(out, "[]");
                break;
        case VALUE_MAP:
        case VALUE_ENTRIES:
                buf_add_literal(out, "{}");
                break;
        case VALUE_BOOL:
        case VALUE_INT:
        case VALUE_UINT:
                print_text(out, value);
                break;
        default:
                print_text_of(out, value);
        }
        buf_add_char(out, '\n');
}

static bool has_members(const struct value *value)
{
        return (value->kind == VALUE_MAP || value->kind == VALUE_ENTRIES) && value->len;
}

static bool has_items(const struct value *value)
{
        return value->kind == VALUE_LIST && value->len;
}

static void new_line(struct buf *out, unsigned indent)
{
        buf_add_repeat(out, ' ', indent);
}

static void print_list(struct buf *out, const struct value *list, unsigned indent)
{
        for (uint32_t i = 0; i < list->len; i++) {
                if (i)
                        new_line(out, indent);
                buf_add_literal(out, "- ");
                print_node(out, &list->nodes[i].value, indent + 2);
        }
}

/* A long key stands behind a question mark, for it may not share the line with a colon. */
static void print_long_key(struct buf *out, struct str key, const struct value *value, unsigned indent)
{
        buf_add_literal(out, "? ");
        print_quoted(out, key);
        buf_add_char(out, '\n');
        new_line(out, indent);
        buf_add_literal(out, ": ");
        print_node(out, value, indent + 2);
}

static void print_member(struct buf *out, struct str key, const struct value *value, unsigned indent)
{
        size_t begin = out->len;

        while (value->kind == VALUE_OPTIONAL && value->held)
                value = value->held;
        print_inline(out, key);
        if (out->len - begin > LONGEST_SIMPLE_KEY) {
                out->len = begin;
                return print_long_key(out, key, value, indent);
        }
        buf_add_char(out, ':');
        if (has_members(value) || has_items(value)) {
                unsigned column = indent + (has_members(value) ? 2 : 0);

                buf_add_char(out, '\n');
                new_line(out, column);
                return print_node(out, value, column);
        }
        buf_add_char(out, ' ');
        print_node(out, value, indent);
}

static void print_entries(struct buf *out, const struct value *map, unsigned indent)
{
        for (uint32_t i = 0; i < map->len; i++) {
                struct buf key CLEANUP(buf_free) = {0};

                if (i)
                        new_line(out, indent);
                print_text(&key, &map->entries[i].key);
                print_member(out, buf_text(&key), &map->entries[i].value, indent);
        }
}

static void print_map(struct buf *out, const struct value *map, unsigned indent)
{
        for (uint32_t i = 0; i < map->len; i++) {
                if (i)
                        new_line(out, indent);
                print_member(out, intern_text(map->nodes[i].key), &map->nodes[i].value, indent);
        }
}

/* The value at a column where its first line already stands; ends its last line. */
static void print_node(struct buf *out, const struct value *value, unsigned indent)
{
        if (value->kind == VALUE_OPTIONAL)
                return print_node(out, value->held ? value->held : &VALUE_OF_NULL, indent);
        if (has_items(value))
                print_list(out, value, indent);
        else if (has_members(value))
                value->kind == VALUE_MAP ? print_map(out, value, indent) : print_entries(out, value, indent);
        else
                print_scalar(out, value, indent);
}

void yaml_print(struct buf *out, const struct value *value, unsigned indent)
{
        print_node(out, value, indent);
}
