/* text.c - the text of values and the names of their types. */

#include "policy/cel/time.h"

#include <math.h>
#include <stdlib.h>

#include "base/digits.h"
#include "policy/cel/ast.h"
#include "policy/cel/semantics.h"

static const struct str type_names[] = {
        [CEL_TYPE_DYN] = STR_INIT("dyn"),
        [CEL_TYPE_NULL] = STR_INIT("null_type"),
        [CEL_TYPE_BOOL] = STR_INIT("bool"),
        [CEL_TYPE_INT] = STR_INIT("int"),
        [CEL_TYPE_UINT] = STR_INIT("uint"),
        [CEL_TYPE_DOUBLE] = STR_INIT("double"),
        [CEL_TYPE_STRING] = STR_INIT("string"),
        [CEL_TYPE_BYTES] = STR_INIT("bytes"),
        [CEL_TYPE_DURATION] = STR_INIT("google.protobuf.Duration"),
        [CEL_TYPE_TIMESTAMP] = STR_INIT("google.protobuf.Timestamp"),
        [CEL_TYPE_TYPE] = STR_INIT("type"),
        [CEL_TYPE_LIST] = STR_INIT("list"),
        [CEL_TYPE_MAP] = STR_INIT("map"),
        [CEL_TYPE_OPTIONAL] = STR_INIT("optional_type"),
};

static const enum cel_type_kind types_of_kinds[] = {
        [VALUE_NULL] = CEL_TYPE_NULL,   [VALUE_BOOL] = CEL_TYPE_BOOL,         [VALUE_INT] = CEL_TYPE_INT,
        [VALUE_UINT] = CEL_TYPE_UINT,   [VALUE_DOUBLE] = CEL_TYPE_DOUBLE,     [VALUE_STRING] = CEL_TYPE_STRING,
        [VALUE_BYTES] = CEL_TYPE_BYTES, [VALUE_LIST] = CEL_TYPE_LIST,         [VALUE_MAP] = CEL_TYPE_MAP,
        [VALUE_ENTRIES] = CEL_TYPE_MAP, [VALUE_DURATION] = CEL_TYPE_DURATION, [VALUE_TIMESTAMP] = CEL_TYPE_TIMESTAMP,
        [VALUE_TYPE] = CEL_TYPE_TYPE,   [VALUE_OPTIONAL] = CEL_TYPE_OPTIONAL, [VALUE_OPAQUE] = CEL_TYPE_OPAQUE,
        [VALUE_ERROR] = CEL_TYPE_DYN,
};

struct str cel_name_of_type(const struct cel_type *type)
{
        return type->kind < COUNT_OF(type_names) && type_names[type->kind].data ? type_names[type->kind] : type->name;
}

enum cel_type_kind cel_type_kind_of(const struct value *value)
{
        return types_of_kinds[value->kind];
}

struct str cel_type_name(const struct value *value)
{
        if (value->kind == VALUE_OPAQUE)
                return str_of(cel_opaques[value->tag]->name);
        return type_names[types_of_kinds[value->kind]];
}

size_t cel_double_digits(double number, char digits[CEL_MOST_DIGITS], int *exponent)
{
        char text[DIGITS_ROOM];
        size_t len = digits_of_double(text, fabs(number)), count = 0, at = 0;

        for (; at < len && text[at] != 'e'; at++) {
                if (text[at] >= '0' && text[at] <= '9')
                        digits[count++] = text[at];
        }
        *exponent = 0;
        for (size_t i = at + 2; i < len; i++)
                *exponent = *exponent * 10 + (text[i] - '0');
        if (at + 1 < len && text[at + 1] == '-')
                *exponent = -*exponent;
        return count;
}

/* As Go's strconv with format 'g': the shortest digits, with an exponent below 1e-4 and from 1e+06 on, as cel-go prints doubles. */
static struct str double_text(struct arena *arena, double number)
{
        enum { LEAST_FIXED = -4, MOST_FIXED = 6 };
        const char *sign = signbit(number) ? "-" : "";
        char digits[CEL_MOST_DIGITS] = {0};
        int exponent, count;

        if (isnan(number))
                return STR("NaN");
        if (isinf(number))
                return number < 0 ? STR("-Inf") : STR("+Inf");
        count = (int)cel_double_digits(number, digits, &exponent);
        if (exponent < LEAST_FIXED || exponent >= MOST_FIXED)
                return str_format(arena, "%s%c%s%.*se%c%02d", sign, digits[0], count > 1 ? "." : "", count - 1,
                                  digits + 1, exponent < 0 ? '-' : '+', abs(exponent));
        if (exponent < 0)
                return str_format(arena, "%s0.%.*s%.*s", sign, -exponent - 1, "0000", count, digits);
        if (count <= exponent + 1)
                return str_format(arena, "%s%.*s%.*s", sign, count, digits, exponent + 1 - count, "00000");
        return str_format(arena, "%s%.*s.%.*s", sign, exponent + 1, digits, count - exponent - 1,
                          digits + exponent + 1);
}

struct str cel_text(struct arena *arena, const struct value *value)
{
        switch ((enum value_kind)value->kind) {
        case VALUE_NULL:
                return STR("null");
        case VALUE_BOOL:
                return value->boolean ? STR("true") : STR("false");
        case VALUE_INT:
                return str_format(arena, "%" PRId64, value->i);
        case VALUE_UINT:
                return str_format(arena, "%" PRIu64, value->u);
        case VALUE_DOUBLE:
                return double_text(arena, value->d);
        case VALUE_STRING:
        case VALUE_BYTES:
                return value_text(value);
        case VALUE_DURATION:
                return cel_duration_print(arena, value);
        case VALUE_TIMESTAMP:
                return cel_timestamp_print(arena, value);
        case VALUE_TYPE:
                return cel_name_of_type(value->object);
        case VALUE_OPAQUE:
                if (cel_opaques[value->tag]->print)
                        return cel_opaques[value->tag]->print(arena, value->object);
                return (struct str){0};
        default:
                return (struct str){0};
        }
}

struct value cel_opaque_value(const struct cel_opaque *type, const void *object)
{
        uint16_t tag = 0;

        while (cel_opaques[tag] != type)
                tag++;
        return (struct value){.kind = VALUE_OPAQUE, .tag = tag, .object = object};
}
