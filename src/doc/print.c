/* print.c - values as JSON. */

#include "doc/print.h"

#include <math.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/vec.h"
#include "base/digits.h"

/* What a byte of a string becomes: itself, a letter behind a backslash, 'u' for \u00XX, or 0xFF: UTF-8 to be looked at. */
static const unsigned char escapes[256] = {
        [0 ... 7] = 'u', ['\b'] = 'b',          ['\t'] = 't', ['\n'] = 'n',  [0x0B] = 'u',           ['\f'] = 'f',
        ['\r'] = 'r',    [0x0E ... 0x1F] = 'u', ['"'] = '"',  ['\\'] = '\\', [0x80 ... 0xFF] = 0xFF,
};

/* How many bytes from `at` on need no escape; eight at a time. */
static size_t plain_run(const char *at, const char *end)
{
        const char *begin = at;
        const uint64_t ones = 0x0101010101010101ULL, tops = 0x8080808080808080ULL;

        while (end - at >= 8) {
                uint64_t bytes, quotes, slashes, controls;

                memcpy(&bytes, at, sizeof(bytes));
                quotes = (bytes ^ ones * '"') - ones;
                slashes = (bytes ^ ones * '\\') - ones;
                controls = bytes - ones * 0x20;
                if ((bytes | quotes | slashes | controls) & tops)
                        break;
                at += 8;
        }
        while (at < end && !escapes[(unsigned char)*at])
                at++;
        return (size_t)(at - begin);
}

/* The bytes of valid UTF-8 from `at` on that are not ASCII. Controls beyond it, which a terminal may act upon, end them. */
static size_t beyond_ascii_run(const char *at, const char *end)
{
        const char *begin = at;
        uint32_t code_point;
        size_t bytes;

        while (at < end && (*at & 0x80) && (bytes = utf8_take(str_span(at, end), &code_point)) && code_point >= 0xA0)
                at += bytes;
        return (size_t)(at - begin);
}

/* What is not ASCII and ended such a run. */
static size_t add_beyond_ascii(struct buf *out, struct str text)
{
        uint32_t code_point;
        size_t bytes = utf8_take(text, &code_point);

        if (bytes)
                buf_add_format(out, "\\u%04x", code_point);
        else
                buf_add_literal(out, "\xEF\xBF\xBD");
        return bytes ? bytes : 1;
}

static void add_escape(struct buf *out, unsigned char byte)
{
        static const char digits[] = "0123456789abcdef";
        unsigned char escape = escapes[byte];
        char *at = buf_reserve(out, 6);

        at[0] = '\\';
        at[1] = (char)escape;
        out->len += 2;
        if (escape == 'u') {
                at[2] = at[3] = '0';
                at[4] = digits[byte >> 4];
                at[5] = digits[byte & 15];
                out->len += 4;
        }
}

void json_print_string(struct buf *out, struct str text)
{
        const char *at = text.len ? text.data : "", *end = at + text.len;

        buf_reserve(out, checked_add(text.len, 2));
        buf_add_char(out, '"');
        while (at < end) {
                size_t run = plain_run(at, end);

                run += beyond_ascii_run(at + run, end);
                buf_add(out, (struct str){at, run});
                at += run;
                if (at < end && (*at & 0x80)) {
                        at += add_beyond_ascii(out, str_span(at, end));
                } else if (at < end && escapes[(unsigned char)*at]) {
                        add_escape(out, (unsigned char)*at++);
                }
        }
        buf_add_char(out, '"');
}

static void print_uint(struct buf *out, uint64_t number)
{
        char digits[20], *at = digits + sizeof(digits);

        do {
                *--at = (char)('0' + number % 10);
                number /= 10;
        } while (number);
        buf_add(out, str_span(at, digits + sizeof(digits)));
}

static void print_int(struct buf *out, int64_t number)
{
        if (number < 0)
                buf_add_char(out, '-');
        print_uint(out, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

/* Digits with the point behind the first `whole` of them, which may be fewer than none or more than all. */
static void add_fixed(struct buf *out, struct str digits, int whole)
{
        size_t before = whole > 0 ? min_size((size_t)whole, digits.len) : 0;

        if (whole <= 0)
                buf_add_char(out, '0');
        buf_add(out, str_sub(digits, 0, before));
        if (whole > (int)digits.len)
                buf_add_repeat(out, '0', (size_t)whole - digits.len);
        if (before < digits.len) {
                buf_add_char(out, '.');
                buf_add_repeat(out, '0', whole < 0 ? (size_t)-whole : 0);
                buf_add(out, str_from(digits, before));
        }
}

static void add_scientific(struct buf *out, struct str digits, int exponent)
{
        buf_add(out, str_sub(digits, 0, 1));
        if (digits.len > 1) {
                buf_add_char(out, '.');
                buf_add(out, str_from(digits, 1));
        }
        buf_add_char(out, 'e');
        buf_add_char(out, exponent < 0 ? '-' : '+');
        print_uint(out, (uint64_t)abs(exponent));
}

void print_double(struct buf *out, double number)
{
        enum { LEAST_FIXED = -7, MOST_FIXED = 21 };
        char text[DIGITS_ROOM], digits[DIGITS_ROOM];
        size_t len, count = 0, at = 0;
        int exponent = 0;
        bool negative;

        if (!isfinite(number)) {
                buf_add(out, isnan(number) ? STR("NaN") : number < 0 ? STR("-Infinity") : STR("Infinity"));
                return;
        }
        len = digits_of_double(text, number);
        for (; at < len && text[at] != 'e'; at++) {
                if (text[at] >= '0' && text[at] <= '9')
                        digits[count++] = text[at];
        }
        negative = at + 1 < len && text[at + 1] == '-';
        for (at += 2; at < len; at++)
                exponent = exponent * 10 + (text[at] - '0');
        exponent = negative ? -exponent : exponent;
        if (signbit(number))
                buf_add_char(out, '-');
        if (exponent > LEAST_FIXED && exponent < MOST_FIXED)
                add_fixed(out, (struct str){digits, count}, exponent + 1);
        else
                add_scientific(out, (struct str){digits, count}, exponent);
}

/* ".5" for 500,000,000; nothing for 0. */
static void print_fraction(struct buf *out, uint32_t nanoseconds)
{
        char digits[9];
        size_t count = sizeof(digits);

        for (size_t i = count; i-- > 0; nanoseconds /= 10)
                digits[i] = (char)('0' + nanoseconds % 10);
        while (count && digits[count - 1] == '0')
                count--;
        if (count)
                buf_add_char(out, '.');
        buf_add(out, (struct str){digits, count});
}

static void print_duration(struct buf *out, int64_t seconds, int32_t nanoseconds)
{
        if (seconds < 0 || nanoseconds < 0)
                buf_add_char(out, '-');
        print_uint(out, seconds < 0 ? 0 - (uint64_t)seconds : (uint64_t)seconds);
        print_fraction(out, nanoseconds < 0 ? 0 - (uint32_t)nanoseconds : (uint32_t)nanoseconds);
        buf_add_char(out, 's');
}

/* The proleptic Gregorian date of a day counted from 1970-01-01, in years that begin in March, so that the leap day is last. */
static void print_date(struct buf *out, int64_t day)
{
        enum { FROM_YEAR_0_TO_1970 = 719468, DAYS_OF_400_YEARS = 146097 };
        int64_t shifted = day + FROM_YEAR_0_TO_1970;
        int64_t era = (shifted >= 0 ? shifted : shifted - DAYS_OF_400_YEARS + 1) / DAYS_OF_400_YEARS;
        int64_t day_of_era = shifted - era * DAYS_OF_400_YEARS;
        int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
        int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        int64_t month_from_march = (5 * day_of_year + 2) / 153;
        int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
        int64_t year = year_of_era + era * 400 + (month <= 2);

        buf_add_format(out, "%04" PRId64 "-%02d-%02d", year, (int)month,
                       (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1));
}

static void print_timestamp(struct buf *out, int64_t seconds, uint32_t nanoseconds)
{
        enum { DAY = 86400 };
        int64_t day = seconds / DAY - (seconds % DAY < 0);
        int second = (int)(seconds - day * DAY);

        print_date(out, day);
        buf_add_format(out, "T%02d:%02d:%02d", second / 3600, second / 60 % 60, second % 60);
        print_fraction(out, nanoseconds);
        buf_add_char(out, 'Z');
}

void print_text(struct buf *out, const struct value *scalar)
{
        switch ((enum value_kind)scalar->kind) {
        case VALUE_NULL:
                return;
        case VALUE_BOOL:
                return buf_add(out, scalar->boolean ? STR("true") : STR("false"));
        case VALUE_INT:
                return print_int(out, scalar->i);
        case VALUE_UINT:
                return print_uint(out, scalar->u);
        case VALUE_DOUBLE:
                return print_double(out, scalar->d);
        case VALUE_STRING:
                return buf_add(out, value_text(scalar));
        case VALUE_BYTES:
                return base64_print(out, value_text(scalar));
        case VALUE_DURATION:
                return print_duration(out, scalar->i, (int32_t)scalar->len);
        case VALUE_TIMESTAMP:
                return print_timestamp(out, scalar->i, scalar->len);
        default:
                return buf_add_literal(out, "<opaque>");
        }
}

struct member {
        struct str key;
        const struct value *value;
};

struct printer {
        struct buf *out;
        unsigned indent, level;
        bool canonical;
        struct arena arena;
        VEC(struct member) members; /* of all maps that are open, while they are printed sorted */
};

static void print_value(struct printer *printer, const struct value *value);

static void new_line(struct printer *printer)
{
        if (printer->indent) {
                buf_add_char(printer->out, '\n');
                buf_add_repeat(printer->out, ' ', (size_t)printer->indent * printer->level);
        }
}

static void open_level(struct printer *printer, char bracket)
{
        buf_add_char(printer->out, bracket);
        printer->level++;
}

static void close_level(struct printer *printer, char bracket)
{
        printer->level--;
        new_line(printer);
        buf_add_char(printer->out, bracket);
}

static void print_key(struct printer *printer, struct str key)
{
        json_print_string(printer->out, key);
        buf_add(printer->out, printer->indent ? STR(": ") : STR(":"));
}

static void print_list(struct printer *printer, const struct value *list)
{
        open_level(printer, '[');
        for (uint32_t i = 0; i < list->len; i++) {
                if (i)
                        buf_add_char(printer->out, ',');
                new_line(printer);
                print_value(printer, &list->nodes[i].value);
        }
        close_level(printer, ']');
}

/* The text of a key that may be of any kind. */
static struct str text_of_key(struct arena *arena, const struct value *key)
{
        struct buf text CLEANUP(buf_free) = {0};

        if (key->kind == VALUE_STRING)
                return value_text(key);
        print_text(&text, key);
        return str_copy(arena, buf_text(&text));
}

static int by_key(const void *a, const void *b)
{
        return str_compare(((const struct member *)a)->key, ((const struct member *)b)->key);
}

/* Puts the members of a map, or of one with keys of any kind, on the printer's stack. */
static void push_members(struct printer *printer, const struct value *map)
{
        for (uint32_t i = 0; i < map->len; i++) {
                struct member *member = vec_push(&printer->arena, &printer->members);

                if (map->kind == VALUE_MAP)
                        *member = (struct member){intern_text(map->nodes[i].key), &map->nodes[i].value};
                else
                        *member = (struct member){text_of_key(&printer->arena, &map->entries[i].key),
                                                  &map->entries[i].value};
        }
}

static void print_pushed(struct printer *printer, const struct value *map)
{
        size_t begin = printer->members.count;

        push_members(printer, map);
        if (printer->canonical)
                qsort(printer->members.items + begin, map->len, sizeof(struct member), by_key);
        for (uint32_t i = 0; i < map->len; i++) {
                struct member member = printer->members.items[begin + i];

                if (i)
                        buf_add_char(printer->out, ',');
                new_line(printer);
                print_key(printer, member.key);
                print_value(printer, member.value);
        }
        printer->members.count = begin;
}

static void print_map(struct printer *printer, const struct value *map)
{
        open_level(printer, '{');
        if (printer->canonical || map->kind == VALUE_ENTRIES) {
                print_pushed(printer, map);
        } else {
                for (uint32_t i = 0; i < map->len; i++) {
                        if (i)
                                buf_add_char(printer->out, ',');
                        new_line(printer);
                        print_key(printer, intern_text(map->nodes[i].key));
                        print_value(printer, &map->nodes[i].value);
                }
        }
        close_level(printer, '}');
}

/* A double that equals an integer has the integer's text, so that equal values have equal text. */
static void print_canonical_double(struct buf *out, double number)
{
        /* cppcheck-suppress incorrectLogicOperator ; it cannot read these numbers */
        if (number >= -0x1p63 && number < 0x1p63 && number == trunc(number))
                return print_int(out, (int64_t)number);
        if (number >= 0x1p63 && number < 0x1p64)
                return print_uint(out, (uint64_t)number);
        print_double(out, number);
}

/* Text that is plain ASCII already: no need to look for escapes. */
static void print_quoted(struct buf *out, const struct value *scalar)
{
        buf_add_char(out, '"');
        print_text(out, scalar);
        buf_add_char(out, '"');
}

static void print_scalar(struct printer *printer, const struct value *value)
{
        struct buf *out = printer->out;

        switch ((enum value_kind)value->kind) {
        case VALUE_NULL:
                return buf_add_literal(out, "null");
        case VALUE_BOOL:
        case VALUE_INT:
        case VALUE_UINT:
                return print_text(out, value);
        case VALUE_DOUBLE:
                if (!isfinite(value->d))
                        return print_quoted(out, value);
                return printer->canonical ? print_canonical_double(out, value->d) : print_double(out, value->d);
        case VALUE_STRING:
                return json_print_string(out, value_text(value));
        default:
                return print_quoted(out, value);
        }
}

static void print_value(struct printer *printer, const struct value *value)
{
        switch ((enum value_kind)value->kind) {
        case VALUE_LIST:
                return value->len ? print_list(printer, value) : buf_add_literal(printer->out, "[]");
        case VALUE_MAP:
        case VALUE_ENTRIES:
                return value->len ? print_map(printer, value) : buf_add_literal(printer->out, "{}");
        case VALUE_OPTIONAL:
                return value->held ? print_value(printer, value->held) : buf_add_literal(printer->out, "null");
        default:
                return print_scalar(printer, value);
        }
}

void json_print(struct buf *out, const struct value *value, unsigned indent)
{
        struct printer printer = {.out = out, .indent = indent};

        print_value(&printer, value);
        arena_free(&printer.arena);
}

void json_print_canonical(struct buf *out, const struct value *value)
{
        struct printer printer = {.out = out, .canonical = true};

        print_value(&printer, value);
        arena_free(&printer.arena);
}

void yaml_print_single_quoted(struct buf *out, struct str text)
{
        buf_add_char(out, '\'');
        for (size_t i = 0; i < text.len; i++) {
                if (text.data[i] == '\'')
                        buf_add_char(out, '\'');
                buf_add_char(out, text.data[i]);
        }
        buf_add_char(out, '\'');
}
