/* lib_math.c - numbers (cel-go's ext.Math). math.greatest and math.least of more than three numbers are a macro of the parser,
 * which hands them over as a list. */

#include <math.h>

#include "policy/cel/lib.h"

/* Takes the candidate when its order to the best so far is `wanted`: the first of equals stays. */
static bool prefer(struct cel_call *call, struct value *best, const struct value *candidate, int wanted)
{
        if (!value_is_number(candidate))
                return no_overload(call);
        if (cel_compare(candidate, best) == wanted)
                *best = *candidate;
        return true;
}

static bool pick(struct cel_call *call, const struct value *arguments, size_t count, int wanted, struct value *result)
{
        *result = arguments[0];
        for (size_t i = 0; i < count; i++)
                TRY(prefer(call, result, &arguments[i], wanted));
        return true;
}

static bool pick_of_list(struct cel_call *call, const struct value *list, int wanted, struct value *result)
{
        if (list->len == 0)
                return cel_fail(call, "math.%s(list) argument must not be empty", wanted > 0 ? "greatest" : "least");
        TRY(cel_spend(call, list->len));
        *result = list->nodes[0].value;
        value_each (list, item)
                TRY(prefer(call, result, &item->value, wanted));
        return true;
}

static bool greatest_1(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return pick(call, arguments, 1, 1, result);
}

static bool greatest_2(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return pick(call, arguments, 2, 1, result);
}

static bool greatest_3(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return pick(call, arguments, 3, 1, result);
}

static bool greatest_of_list(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return pick_of_list(call, arguments, 1, result);
}

static bool least_1(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return pick(call, arguments, 1, -1, result);
}

static bool least_2(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return pick(call, arguments, 2, -1, result);
}

static bool least_3(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return pick(call, arguments, 3, -1, result);
}

static bool least_of_list(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return pick_of_list(call, arguments, -1, result);
}

/* A function of one double that gives a double. */
#define ROUNDING(name, c_function)                                                                                     \
        static bool name(struct cel_call *call, const struct value *arguments, struct value *result)                   \
        {                                                                                                              \
                (void)call;                                                                                            \
                return give_double(result, c_function(arguments[0].d));                                                \
        }

ROUNDING(ceil_double, ceil)
ROUNDING(floor_double, floor)
ROUNDING(round_double, round)
ROUNDING(trunc_double, trunc)
ROUNDING(abs_double, fabs)
ROUNDING(sqrt_double, sqrt)

static bool sqrt_int(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_double(result, sqrt((double)arguments[0].i));
}

static bool sqrt_uint(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_double(result, sqrt((double)arguments[0].u));
}

static bool abs_int(struct cel_call *call, const struct value *arguments, struct value *result)
{
        if (arguments[0].i == INT64_MIN)
                return cel_fail(call, "integer overflow");
        return give_int(result, arguments[0].i < 0 ? -arguments[0].i : arguments[0].i);
}

static bool abs_uint(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        *result = arguments[0];
        return true;
}

static bool sign_double(struct cel_call *call, const struct value *arguments, struct value *result)
{
        double d = arguments[0].d;

        (void)call;
        return give_double(result, isnan(d) ? d : (double)((d > 0) - (d < 0)));
}

static bool sign_int(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_int(result, (arguments[0].i > 0) - (arguments[0].i < 0));
}

static bool sign_uint(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        *result = value_uint(arguments[0].u > 0);
        return true;
}

static bool is_nan(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_bool(result, isnan(arguments[0].d));
}

static bool is_inf(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_bool(result, isinf(arguments[0].d));
}

static bool is_finite(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_bool(result, isfinite(arguments[0].d));
}

/* Bits are the same for int and uint: the result is of the kind of the first argument. */
static bool give_bits(struct value *result, const struct value *like, uint64_t bits)
{
        *result = (struct value){.kind = like->kind, .u = bits};
        return true;
}

static bool bit_and(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_bits(result, arguments, arguments[0].u & arguments[1].u);
}

static bool bit_or(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_bits(result, arguments, arguments[0].u | arguments[1].u);
}

static bool bit_xor(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_bits(result, arguments, arguments[0].u ^ arguments[1].u);
}

static bool bit_not(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_bits(result, arguments, ~arguments[0].u);
}

static bool shift_left(struct cel_call *call, const struct value *arguments, struct value *result)
{
        int64_t by = arguments[1].i;

        if (by < 0)
                return cel_fail(call, "math.bitShiftLeft() negative offset: %" PRId64, by);
        return give_bits(result, arguments, by > 63 ? 0 : arguments[0].u << by);
}

/* Of a negative int, too, the bits move on their own: zeros come in from the left. */
static bool shift_right(struct cel_call *call, const struct value *arguments, struct value *result)
{
        int64_t by = arguments[1].i;

        if (by < 0)
                return cel_fail(call, "math.bitShiftRight() negative offset: %" PRId64, by);
        return give_bits(result, arguments, by > 63 ? 0 : arguments[0].u >> by);
}

/* All ways to hand numbers to greatest and least: kinds may be mixed, and a list's items, too. */
#define PICKING(name, one, two, three, of_list)                                                                        \
        {"math." name "(int): int", one}, {"math." name "(uint): uint", one}, {"math." name "(double): double", one},  \
                {"math." name "(int, int): int", two}, {"math." name "(uint, uint): uint", two},                       \
                {"math." name "(double, double): double", two}, {"math." name "(int, uint): dyn", two},                \
                {"math." name "(int, double): dyn", two}, {"math." name "(uint, int): dyn", two},                      \
                {"math." name "(uint, double): dyn", two}, {"math." name "(double, int): dyn", two},                   \
                {"math." name "(double, uint): dyn", two}, {"math." name "(dyn, dyn, dyn): dyn", three},               \
                {"math." name "(list(int)): int", of_list}, {"math." name "(list(uint)): uint", of_list},              \
                {"math." name "(list(double)): double", of_list},                                                      \
        {                                                                                                              \
                "math." name "(list(dyn)): dyn", of_list                                                               \
        }

static const struct cel_overload overloads[] = {
        PICKING("greatest", greatest_1, greatest_2, greatest_3, greatest_of_list),
        PICKING("least", least_1, least_2, least_3, least_of_list),
        {"math.ceil(double): double", ceil_double},
        {"math.floor(double): double", floor_double},
        {"math.round(double): double", round_double},
        {"math.trunc(double): double", trunc_double},
        {"math.abs(double): double", abs_double},
        {"math.abs(int): int", abs_int},
        {"math.abs(uint): uint", abs_uint},
        {"math.sign(double): double", sign_double},
        {"math.sign(int): int", sign_int},
        {"math.sign(uint): uint", sign_uint},
        {"math.sqrt(double): double", sqrt_double},
        {"math.sqrt(int): double", sqrt_int},
        {"math.sqrt(uint): double", sqrt_uint},
        {"math.isNaN(double): bool", is_nan},
        {"math.isInf(double): bool", is_inf},
        {"math.isFinite(double): bool", is_finite},
        {"math.bitAnd(int, int): int", bit_and},
        {"math.bitAnd(uint, uint): uint", bit_and},
        {"math.bitOr(int, int): int", bit_or},
        {"math.bitOr(uint, uint): uint", bit_or},
        {"math.bitXor(int, int): int", bit_xor},
        {"math.bitXor(uint, uint): uint", bit_xor},
        {"math.bitNot(int): int", bit_not},
        {"math.bitNot(uint): uint", bit_not},
        {"math.bitShiftLeft(int, int): int", shift_left},
        {"math.bitShiftLeft(uint, int): uint", shift_left},
        {"math.bitShiftRight(int, int): int", shift_right},
        {"math.bitShiftRight(uint, int): uint", shift_right},
};

const struct cel_library cel_lib_math = {"math", overloads, COUNT_OF(overloads)};
