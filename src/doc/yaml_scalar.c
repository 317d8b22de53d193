/* yaml_scalar.c - resolving scalars.
 *
 * The rules are those of go-yaml v2's resolve() and of the conversion to JSON in sigs.k8s.io/yaml: base 60 numbers and times
 * are text, "0o17", "017" and "0b1" are integers, "_" may stand in numbers, what is too large for a double is text. */

#include "doc/yaml_scalar.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/reader.h"
#include "doc/number.h"

enum { LONGEST_WORD = 5, LONGEST_NUMBER = 1 << 12 };

/* What a plain scalar may be, from its first byte. */
enum hint { HINT_TEXT, HINT_WORD, HINT_NUMBER, HINT_POINT };

static const unsigned char hints[256] = {
        ['y'] = HINT_WORD, ['Y'] = HINT_WORD,   ['n'] = HINT_WORD,   ['N'] = HINT_WORD,  ['t'] = HINT_WORD,
        ['T'] = HINT_WORD, ['f'] = HINT_WORD,   ['F'] = HINT_WORD,   ['o'] = HINT_WORD,  ['O'] = HINT_WORD,
        ['~'] = HINT_WORD, ['+'] = HINT_NUMBER, ['-'] = HINT_NUMBER, ['.'] = HINT_POINT, ['0' ... '9'] = HINT_NUMBER,
};

static const struct word {
        struct str text;
        struct value value;
} words[] = {
#define WORD(literal, meaning)                                                                                         \
        {                                                                                                              \
                STR_INIT(literal), meaning                                                                             \
        }
#define YES                                                                                                            \
        {                                                                                                              \
                .kind = VALUE_BOOL, .u = 1                                                                             \
        }
#define NO                                                                                                             \
        {                                                                                                              \
                .kind = VALUE_BOOL, .u = 0                                                                             \
        }
#define NOTHING                                                                                                        \
        {                                                                                                              \
                .kind = VALUE_NULL                                                                                     \
        }
#define DOUBLE(number)                                                                                                 \
        {                                                                                                              \
                .kind = VALUE_DOUBLE, .d = (number)                                                                    \
        }
        WORD("y", YES),        WORD("Y", YES),    WORD("yes", YES),   WORD("Yes", YES),      WORD("YES", YES),
        WORD("on", YES),       WORD("On", YES),   WORD("ON", YES),    WORD("true", YES),     WORD("True", YES),
        WORD("TRUE", YES),     WORD("n", NO),     WORD("N", NO),      WORD("no", NO),        WORD("No", NO),
        WORD("NO", NO),        WORD("off", NO),   WORD("Off", NO),    WORD("OFF", NO),       WORD("false", NO),
        WORD("False", NO),     WORD("FALSE", NO), WORD("~", NOTHING), WORD("null", NOTHING), WORD("Null", NOTHING),
        WORD("NULL", NOTHING), WORD("", NOTHING),
};

static const struct word no_numbers[] = {
        WORD(".nan", DOUBLE(NAN)),        WORD(".NaN", DOUBLE(NAN)),        WORD(".NAN", DOUBLE(NAN)),
        WORD(".inf", DOUBLE(INFINITY)),   WORD(".Inf", DOUBLE(INFINITY)),   WORD(".INF", DOUBLE(INFINITY)),
        WORD("+.inf", DOUBLE(INFINITY)),  WORD("+.Inf", DOUBLE(INFINITY)),  WORD("+.INF", DOUBLE(INFINITY)),
        WORD("-.inf", DOUBLE(-INFINITY)), WORD("-.Inf", DOUBLE(-INFINITY)), WORD("-.INF", DOUBLE(-INFINITY)),
#undef WORD
#undef YES
#undef NO
#undef NOTHING
#undef DOUBLE
};

static bool find_word(const struct word *list, size_t count, struct str text, struct value *out)
{
        if (text.len > LONGEST_WORD)
                return false;
        for (size_t i = 0; i < count; i++) {
                if (str_equal(list[i].text, text)) {
                        *out = list[i].value;
                        return true;
                }
        }
        return false;
}

/* Digits of a base other than ten; all of them, and not too many for 64 bits. */
static bool digits_of(struct str text, unsigned base, uint64_t *number)
{
        *number = 0;
        if (!text.len)
                return false;
        for (size_t i = 0; i < text.len; i++) {
                unsigned char byte = (unsigned char)text.data[i];
                unsigned digit = is_digit(byte)    ? byte - (unsigned)'0'
                                 : is_letter(byte) ? (byte | 32U) - 'a' + 10U
                                                   : base;

                if (digit >= base || __builtin_mul_overflow(*number, base, number)
                    || __builtin_add_overflow(*number, digit, number))
                        return false;
        }
        return true;
}

/* "0x1f", "0o17", "017", "0b1": what begins with a zero has a base. */
static bool based(struct str text, bool has_sign, bool negative, struct value *out)
{
        static const char letters[] = {[2] = 'b', [8] = 'o', [16] = 'x'};
        unsigned base = 8;
        size_t prefix = 1;
        uint64_t number;

        for (unsigned i = 2; i <= 16; i++) {
                if (letters[i] && text.len > 2 && (text.data[1] | 32) == letters[i]) {
                        base = i;
                        prefix = 2;
                }
        }
        text = str_from(text, prefix);
        if (base == 2 && !has_sign && text.len > 1 && (text.data[0] == '-' || text.data[0] == '+')) {
                negative = text.data[0] == '-'; /* go-yaml's own: "0b-1" */
                has_sign = true;
                text = str_from(text, 1);
        }
        TRY(digits_of(text, base, &number));
        if (negative) {
                TRY(number <= (uint64_t)1 << 63);
                *out = value_int((int64_t)(0 - number));
        } else {
                TRY(!has_sign || number <= INT64_MAX);
                *out = number > INT64_MAX ? value_uint(number) : value_int((int64_t)number);
        }
        return true;
}

static bool find_number(struct str text, struct value *out)
{
        bool has_sign = text.data[0] == '-' || text.data[0] == '+';
        struct str digits = str_from(text, has_sign);

        if (digits.len > 1 && digits.data[0] == '0' && based(digits, has_sign, text.data[0] == '-', out))
                return true;
        TRY(number_is_decimal(text));
        if (!memchr(text.data, '.', text.len) && !memchr(text.data, 'e', text.len) && !memchr(text.data, 'E', text.len))
                return number_whole(text, out);
        return number_double(text, out);
}

/* Underscores do not count in numbers. */
static bool find_number_spaced(struct str text, struct value *out)
{
        char digits[LONGEST_NUMBER];
        size_t len = 0;

        if (!memchr(text.data, '_', text.len))
                return find_number(text, out);
        TRY(text.len <= sizeof(digits));
        for (size_t i = 0; i < text.len; i++) {
                if (text.data[i] != '_')
                        digits[len++] = text.data[i];
        }
        return len && find_number((struct str){digits, len}, out);
}

void yaml_resolve(struct str text, struct value *out)
{
        bool found = false;

        switch ((enum hint)(text.len ? hints[(unsigned char)text.data[0]] : HINT_WORD)) {
        case HINT_WORD:
                found = find_word(words, COUNT_OF(words), text, out);
                break;
        case HINT_NUMBER:
                found = find_word(no_numbers, COUNT_OF(no_numbers), text, out) || find_number_spaced(text, out);
                break;
        case HINT_POINT:
                found = find_word(no_numbers, COUNT_OF(no_numbers), text, out)
                        || (number_is_decimal(text) && number_double(text, out));
                break;
        case HINT_TEXT:
                break;
        }
        if (!found)
                *out = value_string(text);
}

const char *yaml_to_json(struct value *value)
{
        if (value->kind != VALUE_DOUBLE)
                return NULL;
        if (!isfinite(value->d)) {
                *value = VALUE_OF_NULL;
                return "this is a number that JSON, and so Kubernetes, does not have: put it in quotes if it is meant "
                       "as text";
        }
        if (!(value->flags & VALUE_INEXACT) && value->d == trunc(value->d) && fabs(value->d) < 0x1p63)
                *value = value_int((int64_t)value->d);
        return NULL;
}

enum yaml_tag yaml_tag_of(struct str tag)
{
        static const struct str names[] = {
                [YAML_TAG_STRING] = STR_INIT("str"),          [YAML_TAG_INT] = STR_INIT("int"),
                [YAML_TAG_FLOAT] = STR_INIT("float"),         [YAML_TAG_BOOL] = STR_INIT("bool"),
                [YAML_TAG_NULL] = STR_INIT("null"),           [YAML_TAG_BINARY] = STR_INIT("binary"),
                [YAML_TAG_TIMESTAMP] = STR_INIT("timestamp"), [YAML_TAG_MERGE] = STR_INIT("merge"),
        };
        struct str prefix = STR("tag:yaml.org,2002:");

        if (!str_starts(tag, prefix))
                return YAML_TAG_OTHER;
        for (size_t i = 1; i < COUNT_OF(names); i++) {
                if (str_equal(names[i], str_from(tag, prefix.len)))
                        return (enum yaml_tag)i;
        }
        return YAML_TAG_OTHER;
}

/* JSON has only text: a byte that is no UTF-8 becomes U+FFFD. */
static struct str mended(struct arena *arena, struct str bytes)
{
        char *text, *end;

        if (utf8_check(bytes) == bytes.len)
                return bytes;
        text = end = arena_take_text(arena, checked_mul(bytes.len, 3));
        while (bytes.len) {
                uint32_t code_point;
                size_t good = utf8_take(bytes, &code_point);

                memcpy(end, good ? bytes.data : "\xEF\xBF\xBD", good ? good : 3);
                end += good ? good : 3;
                bytes = str_from(bytes, good ? good : 1);
        }
        return str_span(text, end);
}

const char *yaml_resolve_tagged(struct arena *arena, enum yaml_tag tag, struct str text, struct value *out)
{
        static const struct {
                const char *why;
                unsigned kinds;
        } wanted[] = {
                [YAML_TAG_INT] = {"`!!int` stands before something that is no integer",
                                  1 << VALUE_INT | 1 << VALUE_UINT},
                [YAML_TAG_FLOAT] = {"`!!float` stands before something that is no number",
                                    1 << VALUE_INT | 1 << VALUE_DOUBLE},
                [YAML_TAG_BOOL] = {"`!!bool` stands before something that is neither true nor false", 1 << VALUE_BOOL},
                [YAML_TAG_NULL] = {"`!!null` stands before something that is not null", 1 << VALUE_NULL},
        };
        struct str bytes;

        *out = value_string(text);
        switch (tag) {
        case YAML_TAG_NONE:
                yaml_resolve(text, out);
                return NULL;
        case YAML_TAG_BINARY:
                if (!base64_decode(arena, text, &bytes))
                        return "`!!binary` stands before something that is not base64";
                *out = value_string(mended(arena, bytes));
                return NULL;
        case YAML_TAG_INT:
        case YAML_TAG_FLOAT:
        case YAML_TAG_BOOL:
        case YAML_TAG_NULL:
                yaml_resolve(text, out);
                return wanted[tag].kinds & 1U << out->kind ? NULL : wanted[tag].why;
        default:
                return NULL;
        }
}

/* As Go prints a float32 with %g, which is what Kubernetes makes of a key like 1.5. */
static struct str float_text(struct arena *arena, double number)
{
        enum { LEAST_FIXED = -4, MOST_FIXED = 6 };
        static const char zeros[] = "000000";
        float narrow = (float)number;
        char text[32], digits[16] = "0";
        size_t count = 0, at = 0;
        int exponent;
        struct str sign = signbit(number) ? STR("-") : STR("");

        if (isnan(number))
                return STR(".nan");
        if (isinf(narrow))
                return number < 0 ? STR("-.inf") : STR(".inf");
        for (int precision = 0; precision < 9; precision++) {
                snprintf(text, sizeof(text), "%.*e", precision, (double)fabsf(narrow));
                if (strtof(text, NULL) == fabsf(narrow))
                        break;
        }
        for (; text[at] != 'e'; at++) {
                if (is_digit(text[at]))
                        digits[count++] = text[at];
        }
        exponent = (int)strtol(text + at + 1, NULL, 10);
        if (exponent < LEAST_FIXED || exponent >= MOST_FIXED)
                return str_format(arena, "%.*s%c%s%.*se%+03d", STR_ARG(sign), digits[0], count > 1 ? "." : "",
                                  (int)count - 1, digits + 1, exponent);
        if (exponent < 0)
                return str_format(arena, "%.*s0.%.*s%.*s", STR_ARG(sign), -exponent - 1, zeros, (int)count, digits);
        if ((size_t)exponent + 1 >= count)
                return str_format(arena, "%.*s%.*s%.*s", STR_ARG(sign), (int)count, digits, exponent + 1 - (int)count,
                                  zeros);
        return str_format(arena, "%.*s%.*s.%.*s", STR_ARG(sign), exponent + 1, digits, (int)count - exponent - 1,
                          digits + exponent + 1);
}

const char *yaml_key_text(struct arena *arena, const struct value *key, struct str *out)
{
        switch ((enum value_kind)key->kind) {
        case VALUE_STRING:
                *out = value_text(key);
                return NULL;
        case VALUE_BOOL:
                *out = key->boolean ? STR("true") : STR("false");
                return NULL;
        case VALUE_INT:
                *out = str_format(arena, "%" PRId64, key->i);
                return NULL;
        case VALUE_DOUBLE:
                *out = float_text(arena, key->d);
                return NULL;
        case VALUE_UINT:
                return "a key is a number too large for a key of Kubernetes: put it in quotes";
        case VALUE_NULL:
                return "a key is null, and keys have to be text: put it in quotes";
        default:
                return "a key is a list or a map, and keys have to be text";
        }
}
