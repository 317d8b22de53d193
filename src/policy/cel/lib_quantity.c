/* lib_quantity.c - resource quantities (Kubernetes' pkg/cel/library, quantity). */

#include "kube/quantity.h"
#include "policy/cel/lib.h"

static bool equal_quantities(const void *a, const void *b)
{
        return quantity_compare(a, b) == 0;
}

static struct str print_quantity(struct arena *arena, const void *object)
{
        return quantity_print(arena, object);
}

const struct cel_opaque cel_opaque_quantity = {"kubernetes.Quantity", equal_quantities, print_quantity};

static bool give_quantity(struct cel_call *call, struct value *result, struct quantity quantity)
{
        struct quantity *copy = arena_new(cel_arena(call), struct quantity);

        *copy = quantity;
        *result = cel_opaque_value(&cel_opaque_quantity, copy);
        return true;
}

static bool read_quantity(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct str text = argument_text(arguments);
        struct quantity quantity;

        TRY(spend_bytes(call, text.len));
        if (!quantity_read(text, &quantity))
                return cel_fail(call, "'%.*s' is no quantity: write a number with a suffix such as m, k, M, Ki, Mi",
                                STR_ARG(text));
        return give_quantity(call, result, quantity);
}

static bool is_quantity(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct quantity quantity;

        TRY(spend_bytes(call, arguments[0].len));
        return give_bool(result, quantity_read(argument_text(arguments), &quantity));
}

static bool is_integer(struct cel_call *call, const struct value *arguments, struct value *result)
{
        int64_t integer;

        (void)call;
        return give_bool(result, quantity_integer(arguments[0].object, &integer));
}

static bool as_integer(struct cel_call *call, const struct value *arguments, struct value *result)
{
        int64_t integer;

        if (!quantity_integer(arguments[0].object, &integer))
                return cel_fail(call, "cannot convert value to integer");
        return give_int(result, integer);
}

static bool as_float(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_double(result, quantity_double(arguments[0].object));
}

static bool sign(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_int(result, quantity_sign(arguments[0].object));
}

static bool give_sum(struct cel_call *call, const struct quantity *a, const struct quantity *b, struct value *result)
{
        struct quantity sum;

        if (!quantity_add(a, b, &sum))
                return cel_fail(call, "the sum of the quantities has too many digits");
        return give_quantity(call, result, sum);
}

static bool add(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return give_sum(call, arguments[0].object, arguments[1].object, result);
}

static bool add_int(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct quantity more = quantity_of(arguments[1].i);

        return give_sum(call, arguments[0].object, &more, result);
}

static bool give_difference(struct cel_call *call, const struct quantity *a, const struct quantity *b,
                            struct value *result)
{
        struct quantity difference;

        if (!quantity_subtract(a, b, &difference))
                return cel_fail(call, "the difference of the quantities has too many digits");
        return give_quantity(call, result, difference);
}

static bool subtract(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return give_difference(call, arguments[0].object, arguments[1].object, result);
}

static bool subtract_int(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct quantity less = quantity_of(arguments[1].i);

        return give_difference(call, arguments[0].object, &less, result);
}

static bool is_greater(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_bool(result, quantity_compare(arguments[0].object, arguments[1].object) > 0);
}

static bool is_less(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_bool(result, quantity_compare(arguments[0].object, arguments[1].object) < 0);
}

static bool compare(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_int(result, quantity_compare(arguments[0].object, arguments[1].object));
}

static const struct cel_overload overloads[] = {
        {"quantity(string): kubernetes.Quantity", read_quantity},
        {"isQuantity(string): bool", is_quantity},
        {"kubernetes.Quantity.isInteger(): bool", is_integer},
        {"kubernetes.Quantity.asInteger(): int", as_integer},
        {"kubernetes.Quantity.asApproximateFloat(): double", as_float},
        {"kubernetes.Quantity.sign(): int", sign},
        {"kubernetes.Quantity.add(kubernetes.Quantity): kubernetes.Quantity", add},
        {"kubernetes.Quantity.add(int): kubernetes.Quantity", add_int},
        {"kubernetes.Quantity.sub(kubernetes.Quantity): kubernetes.Quantity", subtract},
        {"kubernetes.Quantity.sub(int): kubernetes.Quantity", subtract_int},
        {"kubernetes.Quantity.isGreaterThan(kubernetes.Quantity): bool", is_greater},
        {"kubernetes.Quantity.isLessThan(kubernetes.Quantity): bool", is_less},
        {"kubernetes.Quantity.compareTo(kubernetes.Quantity): int", compare},
};

const struct cel_library cel_lib_quantity = {"kubernetes.quantity", overloads, COUNT_OF(overloads)};
