/* lib_strings_format.c - string.format: what each clause makes of each kind of value (cel-go's ext.Strings). */

#include <math.h>
#include <stdlib.h>

#include "base/reader.h"
#include "base/vec.h"
#include "policy/cel/lib_strings.h"
#include "policy/cel/semantics.h"

enum { DEFAULT_PRECISION = 6, MOST_PRECISION = 1000 };

struct format {
        struct cel_call *call;
        struct buf *out;
        unsigned precision;
        bool upper;
};

typedef bool format_clause(struct format *format, const struct value *value);

static bool refuse(struct format *format, const char *rule, const struct value *value)
{
        return cel_fail(format->call, "error during formatting: %s, was given %.*s", rule,
                        STR_ARG(cel_type_name(value)));
}

/* NaN and the infinities have the same text in every clause that takes doubles. */
static bool put_unusual(struct buf *out, double d)
{
        if (isnan(d))
                buf_add_literal(out, "NaN");
        else if (isinf(d))
                buf_add(out, d < 0 ? STR("-Infinity") : STR("Infinity"));
        else
                return false;
        return true;
}

/* The shortest digits that read back as the same double, written without an exponent. */
static void put_shortest(struct buf *out, double d)
{
        char digits[CEL_MOST_DIGITS];
        int exponent;
        size_t count = cel_double_digits(d, digits, &exponent);

        if (signbit(d))
                buf_add_char(out, '-');
        if (exponent < 0) {
                buf_add_literal(out, "0.");
                buf_add_repeat(out, '0', (size_t)(-exponent - 1));
                buf_add(out, (struct str){digits, count});
        } else if ((size_t)exponent + 1 >= count) {
                buf_add(out, (struct str){digits, count});
                buf_add_repeat(out, '0', (size_t)exponent + 1 - count);
        } else {
                buf_add(out, (struct str){digits, (size_t)exponent + 1});
                buf_add_char(out, '.');
                buf_add(out, (struct str){digits + exponent + 1, count - (size_t)exponent - 1});
        }
}

static bool put_string(struct format *format, const struct value *value);

static bool put_list(struct format *format, const struct value *list)
{
        buf_add_char(format->out, '[');
        value_each (list, item) {
                if (item != list->nodes)
                        buf_add_literal(format->out, ", ");
                TRY(put_string(format, &item->value));
        }
        buf_add_char(format->out, ']');
        return true;
}

struct member {
        struct str key;
        const struct value *value;
};

static int by_key(const void *a, const void *b)
{
        return str_compare(((const struct member *)a)->key, ((const struct member *)b)->key);
}

/* The text of a key as the string clause writes it. */
static bool key_text(struct format *format, const struct value *key, struct str *text)
{
        struct buf written CLEANUP(buf_free) = {0};
        struct format inner = {format->call, &written, 0, false};

        TRY(put_string(&inner, key));
        *text = str_copy(cel_arena(format->call), buf_text(&written));
        return true;
}

static bool take_members(struct format *format, const struct value *map, struct member *members)
{
        for (size_t i = 0; i < map->len; i++) {
                if (map->kind == VALUE_MAP) {
                        members[i] = (struct member){intern_text(map->nodes[i].key), &map->nodes[i].value};
                } else {
                        TRY(key_text(format, &map->entries[i].key, &members[i].key));
                        members[i].value = &map->entries[i].value;
                }
        }
        return true;
}

static bool put_map(struct format *format, const struct value *map)
{
        struct member *members = arena_array(cel_arena(format->call), struct member, map->len);

        TRY(take_members(format, map, members));
        qsort(members, map->len, sizeof(*members), by_key);
        buf_add_char(format->out, '{');
        for (size_t i = 0; i < map->len; i++) {
                if (i > 0)
                        buf_add_literal(format->out, ", ");
                buf_add(format->out, members[i].key);
                buf_add_literal(format->out, ": ");
                TRY(put_string(format, members[i].value));
        }
        buf_add_char(format->out, '}');
        return true;
}

static bool put_string(struct format *format, const struct value *value)
{
        struct str text;

        TRY(cel_spend(format->call, 1));
        switch ((enum value_kind)value->kind) {
        case VALUE_LIST:
                return put_list(format, value);
        case VALUE_MAP:
        case VALUE_ENTRIES:
                return put_map(format, value);
        case VALUE_DOUBLE:
                if (!put_unusual(format->out, value->d))
                        put_shortest(format->out, value->d);
                return true;
        case VALUE_NULL:
        case VALUE_BOOL:
        case VALUE_INT:
        case VALUE_UINT:
        case VALUE_STRING:
        case VALUE_BYTES:
        case VALUE_DURATION:
        case VALUE_TIMESTAMP:
        case VALUE_TYPE:
                text = cel_text(cel_arena(format->call), value);
                TRY(spend_bytes(format->call, text.len));
                buf_add(format->out, text);
                return true;
        default:
                return refuse(format,
                              "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, "
                              "types, durations, and timestamps",
                              value);
        }
}

static bool put_decimal(struct format *format, const struct value *value)
{
        if (value->kind == VALUE_INT)
                buf_add_format(format->out, "%" PRId64, value->i);
        else if (value->kind == VALUE_UINT)
                buf_add_format(format->out, "%" PRIu64, value->u);
        else if (value->kind != VALUE_DOUBLE)
                return refuse(format, "decimal clause can only be used on ints, uints and doubles", value);
        else if (!put_unusual(format->out, value->d))
                put_shortest(format->out, value->d);
        return true;
}

static bool take_number(const struct value *value, double *number)
{
        if (value->kind == VALUE_DOUBLE)
                *number = value->d;
        else if (value->kind == VALUE_INT)
                *number = (double)value->i;
        else if (value->kind == VALUE_UINT)
                *number = (double)value->u;
        else
                return false;
        return true;
}

static bool put_fixed(struct format *format, const struct value *value)
{
        double number;

        if (!take_number(value, &number))
                return refuse(format, "fixed-point clause can only be used on doubles", value);
        if (!put_unusual(format->out, number))
                buf_add_format(format->out, "%.*f", (int)format->precision, number);
        return true;
}

static bool put_scientific(struct format *format, const struct value *value)
{
        double number;

        if (!take_number(value, &number))
                return refuse(format, "scientific clause can only be used on doubles", value);
        if (!put_unusual(format->out, number))
                buf_add_format(format->out, "%.*e", (int)format->precision, number);
        return true;
}

/* The bits of a whole number in groups of `bits` as digits; a negative one with its sign in front. */
static bool put_digits(struct format *format, const struct value *value, unsigned bits)
{
        bool negative = value->kind == VALUE_INT && value->i < 0;
        uint64_t left = negative ? -value->u : value->u;
        char digits[65], *at = digits + sizeof(digits);

        if (negative)
                buf_add_char(format->out, '-');
        do {
                *--at = (format->upper ? "0123456789ABCDEF" : "0123456789abcdef")[left & ((1U << bits) - 1)];
                left >>= bits;
        } while (left);
        buf_add(format->out, str_span(at, digits + sizeof(digits)));
        return true;
}

static bool is_whole(const struct value *value)
{
        return value->kind == VALUE_INT || value->kind == VALUE_UINT;
}

static bool put_binary(struct format *format, const struct value *value)
{
        if (value->kind == VALUE_BOOL)
                buf_add_char(format->out, value->boolean ? '1' : '0');
        else if (!is_whole(value))
                return refuse(format, "only integers and bools can be formatted as binary", value);
        else
                put_digits(format, value, 1);
        return true;
}

static bool put_octal(struct format *format, const struct value *value)
{
        if (!is_whole(value))
                return refuse(format, "octal clause can only be used on integers", value);
        return put_digits(format, value, 3);
}

static bool put_hex(struct format *format, const struct value *value)
{
        if (is_whole(value))
                return put_digits(format, value, 4);
        if (value->kind != VALUE_STRING && value->kind != VALUE_BYTES)
                return refuse(format, "only integers, byte buffers, and strings can be formatted as hex", value);
        TRY(spend_bytes(format->call, value->len));
        for (size_t i = 0; i < value->len; i++)
                buf_add_format(format->out, format->upper ? "%02X" : "%02x", (unsigned char)value->text[i]);
        return true;
}

static bool put_upper_hex(struct format *format, const struct value *value)
{
        format->upper = true;
        return put_hex(format, value);
}

static format_clause *const clauses[128] = {
        ['s'] = put_string, ['d'] = put_decimal, ['f'] = put_fixed, ['e'] = put_scientific,
        ['b'] = put_binary, ['o'] = put_octal,   ['x'] = put_hex,   ['X'] = put_upper_hex,
};

static bool take_precision(struct format *format, struct reader *reader)
{
        uint64_t precision = DEFAULT_PRECISION;

        if (reader_take(reader, '.') && !reader_take_number(reader, MOST_PRECISION, &precision))
                return cel_fail(format->call, "could not parse formatting clause: a precision is a number up to %d",
                                MOST_PRECISION);
        format->precision = (unsigned)precision;
        return true;
}

/* What follows a '%'. */
static bool put_clause(struct format *format, struct reader *reader, const struct value *values, size_t *used)
{
        size_t begin, size;
        uint32_t letter;

        format->upper = false;
        TRY(take_precision(format, reader));
        begin = reader->at;
        size = utf8_take(str_from(reader->text, begin), &letter);
        if (!size)
                return cel_fail(format->call, "could not parse formatting clause: unexpected end of string");
        if (letter >= COUNT_OF(clauses) || !clauses[letter])
                return cel_fail(format->call,
                                "could not parse formatting clause: unrecognized formatting clause \"%.*s\"",
                                STR_ARG(str_sub(reader->text, begin, begin + size)));
        reader->at += size;
        if (*used >= values->len)
                return cel_fail(format->call, "index %zu out of range", *used);
        return clauses[letter](format, &values->nodes[(*used)++].value);
}

bool lib_strings_format(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct reader reader = reader_over(argument_text(&arguments[0]));
        struct buf out CLEANUP(buf_free) = {0};
        struct format format = {.call = call, .out = &out};
        size_t used = 0;

        TRY(spend_bytes(call, reader.text.len));
        while (!reader_done(&reader)) {
                size_t percent = min_size(str_find(reader.text, STR("%"), reader.at), reader.text.len);

                buf_add(&out, str_sub(reader.text, reader.at, percent));
                reader.at = min_size(percent + 1, reader.text.len);
                if (percent == reader.text.len)
                        break;
                if (reader_take(&reader, '%'))
                        buf_add_char(&out, '%');
                else
                        TRY(put_clause(&format, &reader, &arguments[1], &used));
                TRY(spend_bytes(call, format.precision));
        }
        if (utf8_check(buf_text(&out)) != out.len)
                return cel_fail(call, "error during formatting: bytes that are no UTF-8 cannot become a string");
        return give_text(result, str_copy(cel_arena(call), buf_text(&out)));
}
