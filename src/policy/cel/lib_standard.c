/* lib_standard.c - the language's own functions and operators (langdef: Standard Definitions), but for time, which is in
 * lib_time.c. Operators without a function are the compiler's business: it knows when they need not look at an operand. */

#include "policy/cel/lib_standard.h"

#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/reader.h"
#include "base/regex.h"
#include "policy/cel/ast.h"
#include "policy/cel/lib.h"
#include "policy/cel/semantics.h"

static bool overflow(struct cel_call *call, const struct value *argument)
{
        return cel_fail(call, "%s overflow", argument->kind == VALUE_UINT ? "unsigned integer" : "integer");
}

/* Arithmetic on two whole numbers of one kind, checked. */
#define CHECKED(name, builtin)                                                                                         \
        static bool name##_int(struct cel_call *call, const struct value *arguments, struct value *result)             \
        {                                                                                                              \
                int64_t i;                                                                                             \
                                                                                                                       \
                return builtin(arguments[0].i, arguments[1].i, &i) ? overflow(call, arguments) : give_int(result, i);  \
        }                                                                                                              \
                                                                                                                       \
        static bool name##_uint(struct cel_call *call, const struct value *arguments, struct value *result)            \
        {                                                                                                              \
                uint64_t u;                                                                                            \
                                                                                                                       \
                if (builtin(arguments[0].u, arguments[1].u, &u))                                                       \
                        return overflow(call, arguments);                                                              \
                *result = value_uint(u);                                                                               \
                return true;                                                                                           \
        }

CHECKED(add, __builtin_add_overflow)
CHECKED(subtract, __builtin_sub_overflow)
CHECKED(multiply, __builtin_mul_overflow)

#define ON_DOUBLES(name, does)                                                                                         \
        static bool name##_double(struct cel_call *call, const struct value *arguments, struct value *result)          \
        {                                                                                                              \
                (void)call;                                                                                            \
                return give_double(result, arguments[0].d does arguments[1].d);                                        \
        }

ON_DOUBLES(add, +)
ON_DOUBLES(subtract, -)
ON_DOUBLES(multiply, *)
ON_DOUBLES(divide, /)

static bool divide_int(struct cel_call *call, const struct value *arguments, struct value *result)
{
        if (arguments[1].i == 0)
                return cel_fail(call, "division by zero");
        if (arguments[0].i == INT64_MIN && arguments[1].i == -1)
                return overflow(call, arguments);
        return give_int(result, arguments[0].i / arguments[1].i);
}

static bool divide_uint(struct cel_call *call, const struct value *arguments, struct value *result)
{
        if (arguments[1].u == 0)
                return cel_fail(call, "division by zero");
        *result = value_uint(arguments[0].u / arguments[1].u);
        return true;
}

static bool modulo_int(struct cel_call *call, const struct value *arguments, struct value *result)
{
        if (arguments[1].i == 0)
                return cel_fail(call, "modulus by zero");
        if (arguments[0].i == INT64_MIN && arguments[1].i == -1)
                return overflow(call, arguments);
        return give_int(result, arguments[0].i % arguments[1].i);
}

static bool modulo_uint(struct cel_call *call, const struct value *arguments, struct value *result)
{
        if (arguments[1].u == 0)
                return cel_fail(call, "modulus by zero");
        *result = value_uint(arguments[0].u % arguments[1].u);
        return true;
}

static bool negate_int(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return arguments[0].i == INT64_MIN ? overflow(call, arguments) : give_int(result, -arguments[0].i);
}

static bool negate_double(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_double(result, -arguments[0].d);
}

/* Of two strings or two bytes. */
static bool add_text(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct str first = argument_text(&arguments[0]), second = argument_text(&arguments[1]);
        size_t size = checked_add(first.len, second.len);
        char *text;

        TRY(spend_bytes(call, size));
        if (size > UINT32_MAX)
                return cel_fail(call, "the text is too long");
        text = arena_take_text(cel_arena(call), size);
        if (second.len)
                memcpy(first.len ? mempcpy(text, first.data, first.len) : text, second.data, second.len);
        else if (first.len)
                memcpy(text, first.data, first.len);
        *result = value_string((struct str){text, size});
        result->kind = arguments[0].kind;
        return true;
}

bool lib_standard_add_lists(struct cel_call *call, const struct value *arguments, struct value *result)
{
        size_t first = arguments[0].len, second = arguments[1].len;
        struct node *items;

        TRY(cel_spend(call, first + second));
        if (first == 0 || second == 0) {
                *result = arguments[first == 0];
                return true;
        }
        if (first + second > UINT32_MAX)
                return cel_fail(call, "the list is too long");
        items = arena_take(cel_arena(call), checked_mul(first + second, sizeof(*items)));
        memcpy(items, arguments[0].nodes, first * sizeof(*items));
        memcpy(items + first, arguments[1].nodes, second * sizeof(*items));
        *result = value_list(items, first + second);
        return true;
}

static bool size_of_string(struct cel_call *call, const struct value *arguments, struct value *result)
{
        TRY(spend_bytes(call, arguments[0].len));
        return give_int(result, (int64_t)utf8_count(argument_text(arguments)));
}

static bool size_of(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_int(result, arguments[0].len);
}

bool lib_standard_size_of_list(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return size_of(call, arguments, result);
}

bool lib_standard_contains(struct cel_call *call, const struct value *arguments, struct value *result)
{
        TRY(spend_bytes(call, arguments[0].len));
        return give_bool(result, str_find(argument_text(&arguments[0]), argument_text(&arguments[1]), 0) != SIZE_MAX);
}

bool lib_standard_starts_with(struct cel_call *call, const struct value *arguments, struct value *result)
{
        TRY(spend_bytes(call, arguments[1].len));
        return give_bool(result, str_starts(argument_text(&arguments[0]), argument_text(&arguments[1])));
}

bool lib_standard_ends_with(struct cel_call *call, const struct value *arguments, struct value *result)
{
        TRY(spend_bytes(call, arguments[1].len));
        return give_bool(result, str_ends(argument_text(&arguments[0]), argument_text(&arguments[1])));
}

bool lib_standard_matches(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct str text = argument_text(&arguments[0]), pattern = argument_text(&arguments[1]);
        const struct regex *regex;

        TRY(cel_spend(call, lib_standard_matching_cost(text.len, pattern.len)));
        TRY(regex = cel_regex(call, pattern));
        return give_bool(result, regex_matches(regex, text));
}

/* Conversions. */

static bool same(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        *result = arguments[0];
        return true;
}

static bool out_of_range(struct cel_call *call, const struct value *argument, const char *type)
{
        return cel_fail(call, "%.*s to %s conversion: the number is out of range", STR_ARG(cel_type_name(argument)),
                        type);
}

static bool no_conversion(struct cel_call *call, const struct value *argument, const char *type)
{
        return cel_fail(call, "type conversion error from 'string' to '%s': '%.*s'", type,
                        STR_ARG(value_text(argument)));
}

static bool int_of_uint(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return arguments[0].u > INT64_MAX ? out_of_range(call, arguments, "int") : give_int(result, arguments[0].i);
}

static bool int_of_double(struct cel_call *call, const struct value *arguments, struct value *result)
{
        double d = arguments[0].d;

        /* Rounding has lost what tells the least and largest numbers from those beyond, so these are refused, too. */
        if (!(d > CEL_LEAST_INT && d < CEL_PAST_INT))
                return out_of_range(call, arguments, "int");
        return give_int(result, (int64_t)d);
}

static bool take_int(struct reader *reader, int64_t *number)
{
        bool negative = reader_take(reader, '-');
        uint64_t digits;

        if (!negative)
                reader_take(reader, '+');
        TRY(reader_take_number(reader, (uint64_t)INT64_MAX + negative, &digits) && reader_done(reader));
        *number = (int64_t)(negative ? -digits : digits);
        return true;
}

static bool int_of_string(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct reader reader = reader_over(argument_text(arguments));
        int64_t number;

        TRY(spend_bytes(call, arguments[0].len));
        return take_int(&reader, &number) ? give_int(result, number) : no_conversion(call, arguments, "int");
}

static bool uint_of_int(struct cel_call *call, const struct value *arguments, struct value *result)
{
        if (arguments[0].i < 0)
                return out_of_range(call, arguments, "uint");
        *result = value_uint(arguments[0].u);
        return true;
}

static bool uint_of_double(struct cel_call *call, const struct value *arguments, struct value *result)
{
        if (!(arguments[0].d >= 0 && arguments[0].d < CEL_PAST_UINT))
                return out_of_range(call, arguments, "uint");
        *result = value_uint((uint64_t)arguments[0].d);
        return true;
}

static bool uint_of_string(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct reader reader = reader_over(argument_text(arguments));
        uint64_t number;

        TRY(spend_bytes(call, arguments[0].len));
        if (!reader_take_number(&reader, UINT64_MAX, &number) || !reader_done(&reader))
                return no_conversion(call, arguments, "uint");
        *result = value_uint(number);
        return true;
}

static bool double_of_int(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_double(result, (double)arguments[0].i);
}

static bool double_of_uint(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_double(result, (double)arguments[0].u);
}

static bool is_number_byte(int byte)
{
        return is_digit(byte) || byte == '.' || byte == '+' || byte == '-' || byte == 'e' || byte == 'E';
}

/* "Inf" and "NaN" as Go's strconv.ParseFloat knows them, in any case. */
static bool read_unusual(struct str text, double *number)
{
        bool negative = text.len && text.data[0] == '-', has_sign = text.len && (negative || text.data[0] == '+');
        struct str word = str_from(text, has_sign);

        if (str_equal_nocase(word, STR("inf")) || str_equal_nocase(word, STR("infinity"))) {
                *number = negative ? -INFINITY : INFINITY;
                return true;
        }
        *number = NAN;
        return !has_sign && str_equal_nocase(word, STR("nan"));
}

/* Decimal notation only. strtod() reads the point of the locale, which Strake leaves at "C". */
static bool read_double(struct arena *arena, struct str text, double *number)
{
        struct reader reader = reader_over(text);
        struct str copy;
        char *end;

        if (read_unusual(text, number))
                return true;
        TRY(text.len > 0 && reader_take_while(&reader, is_number_byte).len == text.len);
        copy = str_copy(arena, text);
        *number = strtod(copy.data, &end);
        return end == copy.data + copy.len && isfinite(*number);
}

static bool double_of_string(struct cel_call *call, const struct value *arguments, struct value *result)
{
        double number;

        TRY(spend_bytes(call, arguments[0].len));
        if (!read_double(cel_arena(call), argument_text(arguments), &number))
                return no_conversion(call, arguments, "double");
        return give_double(result, number);
}

static bool string_of(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return give_text(result, cel_text(cel_arena(call), arguments));
}

static bool string_of_bytes(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct str text = argument_text(arguments);

        TRY(spend_bytes(call, text.len));
        if (utf8_check(text) != text.len)
                return cel_fail(call, "invalid UTF-8 in bytes, cannot convert to string");
        return give_text(result, text);
}

static bool bytes_of_string(struct cel_call *call, const struct value *arguments, struct value *result)
{
        TRY(spend_bytes(call, arguments[0].len));
        *result = value_string(argument_text(arguments));
        result->kind = VALUE_BYTES;
        return true;
}

static bool bool_of_string(struct cel_call *call, const struct value *arguments, struct value *result)
{
        static const struct str words[] = {STR_INIT("1"),    STR_INIT("t"),     STR_INIT("T"),     STR_INIT("TRUE"),
                                           STR_INIT("true"), STR_INIT("True"),  STR_INIT("0"),     STR_INIT("f"),
                                           STR_INIT("F"),    STR_INIT("FALSE"), STR_INIT("false"), STR_INIT("False")};

        for (size_t i = 0; i < COUNT_OF(words); i++) {
                if (str_equal(argument_text(arguments), words[i]))
                        return give_bool(result, i < COUNT_OF(words) / 2);
        }
        return no_conversion(call, arguments, "bool");
}

static bool type_of(struct cel_call *call, const struct value *arguments, struct value *result)
{
        enum cel_type_kind kind = cel_type_kind_of(arguments);
        struct cel_type *type;

        *result = (struct value){.kind = VALUE_TYPE, .object = &cel_types[kind]};
        if (kind == CEL_TYPE_OPAQUE) {
                type = arena_new(cel_arena(call), struct cel_type);
                *type = (struct cel_type){.kind = kind, .name = cel_type_name(arguments)};
                result->object = type;
        }
        return true;
}

/* clang-format off */
#define ORDERED(sign) \
        {sign "(bool, bool): bool", NULL}, \
        {sign "(int, int): bool", NULL}, \
        {sign "(uint, uint): bool", NULL}, \
        {sign "(double, double): bool", NULL}, \
        {sign "(int, uint): bool", NULL}, \
        {sign "(int, double): bool", NULL}, \
        {sign "(uint, int): bool", NULL}, \
        {sign "(uint, double): bool", NULL}, \
        {sign "(double, int): bool", NULL}, \
        {sign "(double, uint): bool", NULL}, \
        {sign "(string, string): bool", NULL}, \
        {sign "(bytes, bytes): bool", NULL}, \
        {sign "(timestamp, timestamp): bool", NULL}, \
        {sign "(duration, duration): bool", NULL}
/* clang-format on */

static const struct cel_overload overloads[] = {
        {"_&&_(bool, bool): bool", NULL},
        {"_||_(bool, bool): bool", NULL},
        {"!_(bool): bool", NULL},
        {"_?_:_(bool, T, T): T", NULL},
        {"_==_(T, T): bool", NULL},
        {"_!=_(T, T): bool", NULL},
        ORDERED("_<_"),
        ORDERED("_<=_"),
        ORDERED("_>_"),
        ORDERED("_>=_"),
        {"@in(T, list(T)): bool", NULL},
        {"@in(K, map(K, V)): bool", NULL},
        {"_[_](list(T), int): T", NULL},
        {"_[_](map(K, V), K): V", NULL},

        {"_+_(int, int): int", add_int},
        {"_+_(uint, uint): uint", add_uint},
        {"_+_(double, double): double", add_double},
        {"_+_(string, string): string", add_text},
        {"_+_(bytes, bytes): bytes", add_text},
        {"_+_(list(T), list(T)): list(T)", lib_standard_add_lists},
        {"_-_(int, int): int", subtract_int},
        {"_-_(uint, uint): uint", subtract_uint},
        {"_-_(double, double): double", subtract_double},
        {"_*_(int, int): int", multiply_int},
        {"_*_(uint, uint): uint", multiply_uint},
        {"_*_(double, double): double", multiply_double},
        {"_/_(int, int): int", divide_int},
        {"_/_(uint, uint): uint", divide_uint},
        {"_/_(double, double): double", divide_double},
        {"_%_(int, int): int", modulo_int},
        {"_%_(uint, uint): uint", modulo_uint},
        {"-_(int): int", negate_int},
        {"-_(double): double", negate_double},

        {"size(string): int", size_of_string},
        {"size(bytes): int", size_of},
        {"size(list(T)): int", lib_standard_size_of_list},
        {"size(map(K, V)): int", size_of},
        {"string.size(): int", size_of_string},
        {"bytes.size(): int", size_of},
        {"list(T).size(): int", lib_standard_size_of_list},
        {"map(K, V).size(): int", size_of},

        {"string.contains(string): bool", lib_standard_contains},
        {"string.startsWith(string): bool", lib_standard_starts_with},
        {"string.endsWith(string): bool", lib_standard_ends_with},
        {"string.matches(string): bool", lib_standard_matches},
        {"matches(string, string): bool", lib_standard_matches},

        {"bool(bool): bool", same},
        {"bool(string): bool", bool_of_string},
        {"int(int): int", same},
        {"int(uint): int", int_of_uint},
        {"int(double): int", int_of_double},
        {"int(string): int", int_of_string},
        {"uint(uint): uint", same},
        {"uint(int): uint", uint_of_int},
        {"uint(double): uint", uint_of_double},
        {"uint(string): uint", uint_of_string},
        {"double(double): double", same},
        {"double(int): double", double_of_int},
        {"double(uint): double", double_of_uint},
        {"double(string): double", double_of_string},
        {"string(string): string", same},
        {"string(bool): string", string_of},
        {"string(int): string", string_of},
        {"string(uint): string", string_of},
        {"string(double): string", string_of},
        {"string(bytes): string", string_of_bytes},
        {"string(timestamp): string", string_of},
        {"string(duration): string", string_of},
        {"bytes(bytes): bytes", same},
        {"bytes(string): bytes", bytes_of_string},
        {"dyn(T): dyn", same},
        {"type(T): type(T)", type_of},
};

const struct cel_library cel_lib_standard = {"standard", overloads, COUNT_OF(overloads)};
