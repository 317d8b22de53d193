/* lib_sets.c - lists as sets (cel-go's ext.Sets): order and repetition do not count. */

#include "policy/cel/lib.h"

static bool holds(const struct value *list, const struct value *wanted)
{
        value_each (list, item) {
                if (cel_equal(&item->value, wanted))
                        return true;
        }
        return false;
}

/* Every pair of items may be compared. */
static bool spend_pairs(struct cel_call *call, const struct value *arguments)
{
        return cel_spend(call, (uint64_t)arguments[0].len * arguments[1].len);
}

static bool holds_all(const struct value *list, const struct value *wanted)
{
        value_each (wanted, item) {
                if (!holds(list, &item->value))
                        return false;
        }
        return true;
}

static bool contains(struct cel_call *call, const struct value *arguments, struct value *result)
{
        TRY(spend_pairs(call, arguments));
        return give_bool(result, holds_all(&arguments[0], &arguments[1]));
}

static bool equivalent(struct cel_call *call, const struct value *arguments, struct value *result)
{
        TRY(spend_pairs(call, arguments));
        TRY(spend_pairs(call, arguments));
        return give_bool(result, holds_all(&arguments[0], &arguments[1]) && holds_all(&arguments[1], &arguments[0]));
}

static bool intersects(struct cel_call *call, const struct value *arguments, struct value *result)
{
        TRY(spend_pairs(call, arguments));
        value_each (&arguments[1], item) {
                if (holds(&arguments[0], &item->value))
                        return give_bool(result, true);
        }
        return give_bool(result, false);
}

static const struct cel_overload overloads[] = {
        {"sets.contains(list(T), list(T)): bool", contains},
        {"sets.equivalent(list(T), list(T)): bool", equivalent},
        {"sets.intersects(list(T), list(T)): bool", intersects},
};

const struct cel_library cel_lib_sets = {"sets", overloads, COUNT_OF(overloads)};
