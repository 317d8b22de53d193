/* lib_optionals.c - values that may not be there (cel-spec's optional extension; cel-go's OptionalTypes). or() and orValue() here
 * are what they mean once both sides are known; the compiler looks at the right side only when the left holds nothing. */

#include "policy/cel/lib_optionals.h"

#include "policy/cel/lib.h"
#include "policy/cel/semantics.h"

static bool of(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return give_optional(call, result, arguments[0]);
}

static bool none(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        (void)arguments;
        return give_nothing(result);
}

/* Whether a value is the one that its type begins with: "", 0, false, null, nothing in it. */
static bool is_zero(const struct value *value)
{
        switch ((enum value_kind)value->kind) {
        case VALUE_NULL:
                return true;
        case VALUE_BOOL:
                return !value->boolean;
        case VALUE_INT:
        case VALUE_UINT:
                return value->u == 0;
        case VALUE_DOUBLE:
                return value->d == 0;
        case VALUE_STRING:
        case VALUE_BYTES:
        case VALUE_LIST:
        case VALUE_MAP:
        case VALUE_ENTRIES:
                return value->len == 0;
        case VALUE_DURATION:
                return value->i == 0 && value->len == 0;
        case VALUE_TIMESTAMP: /* the zero of Go's time is the first second of the year 1 */
                return value->i == INT64_C(-62135596800) && value->len == 0;
        case VALUE_OPTIONAL:
                return !value->held;
        default:
                return false;
        }
}

static bool of_non_zero_value(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return is_zero(arguments) ? give_nothing(result) : give_optional(call, result, arguments[0]);
}

bool lib_optionals_has_value(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_bool(result, arguments[0].held != NULL);
}

static bool value(struct cel_call *call, const struct value *arguments, struct value *result)
{
        if (!arguments[0].held)
                return cel_fail(call, "optional.none() dereference");
        *result = *arguments[0].held;
        return true;
}

bool lib_optionals_or(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        *result = arguments[arguments[0].held ? 0 : 1];
        return true;
}

bool lib_optionals_or_value(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        *result = arguments[0].held ? *arguments[0].held : arguments[1];
        return true;
}

/* What the optionals of a list hold. */
static bool unwrap(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct node *items = new_items(call, arguments[0].len);
        size_t count = 0;

        TRY(cel_spend(call, arguments[0].len));
        value_each (&arguments[0], item) {
                if (!value_is(&item->value, VALUE_OPTIONAL))
                        return cel_fail(call, "cannot unwrap '%.*s': it is no optional",
                                        STR_ARG(cel_type_name(&item->value)));
                if (item->value.held)
                        items[count++].value = *item->value.held;
        }
        *result = value_list(items, count);
        return true;
}

static const struct cel_overload overloads[] = {
        {"optional.of(T): optional_type(T)", of},
        {"optional.ofNonZeroValue(T): optional_type(T)", of_non_zero_value},
        {"optional.none(): optional_type(T)", none},
        {"optional_type(T).hasValue(): bool", lib_optionals_has_value},
        {"optional_type(T).value(): T", value},
        {"optional_type(T).or(optional_type(T)): optional_type(T)", lib_optionals_or},
        {"optional_type(T).orValue(T): T", lib_optionals_or_value},
        {"optional.unwrap(list(optional_type(T))): list(T)", unwrap},
        {"list(optional_type(T)).unwrapOpt(): list(T)", unwrap},
        {"_[_](optional_type(list(T)), int): optional_type(T)", NULL},
        {"_[_](optional_type(map(K, V)), K): optional_type(V)", NULL},
        {"_[?_](list(T), int): optional_type(T)", NULL},
        {"_[?_](map(K, V), K): optional_type(V)", NULL},
        {"_[?_](optional_type(list(T)), int): optional_type(T)", NULL},
        {"_[?_](optional_type(map(K, V)), K): optional_type(V)", NULL},
};

const struct cel_library cel_lib_optionals = {"optionals", overloads, COUNT_OF(overloads)};
