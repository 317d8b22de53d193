/* lib_lists.c - lists: cel-go's ext.Lists and those of Kubernetes (pkg/cel/library, lists). sortBy() is a macro of the parser
 * over @sortByAssociatedKeys. */

#include <stdlib.h>

#include "policy/cel/lib.h"
#include "policy/cel/time.h"

static bool give_list(struct value *result, const struct node *items, size_t count)
{
        *result = value_list(items, count);
        return true;
}

static bool slice(struct cel_call *call, const struct value *arguments, struct value *result)
{
        int64_t begin = arguments[1].i, end = arguments[2].i;
        const char *wrong = NULL;

        if (begin < 0 || end < 0)
                wrong = "negative indexes not supported";
        else if (begin > end)
                wrong = "start index must be less than or equal to end index";
        else if (end > arguments[0].len)
                wrong = "the list is shorter";
        if (wrong)
                return cel_fail(call, "cannot slice(%" PRId64 ", %" PRId64 ") a list of %" PRIu32 " items: %s", begin,
                                end, arguments[0].len, wrong);
        return give_list(result, arguments[0].nodes + begin, (size_t)(end - begin));
}

static size_t flat_count(const struct value *list, int64_t depth)
{
        size_t count = 0;

        value_each (list, item)
                count = checked_add(
                        count, depth > 0 && item->value.kind == VALUE_LIST ? flat_count(&item->value, depth - 1) : 1);
        return count;
}

static struct node *put_flat(struct node *out, const struct value *list, int64_t depth)
{
        value_each (list, item) {
                if (depth > 0 && item->value.kind == VALUE_LIST)
                        out = put_flat(out, &item->value, depth - 1);
                else
                        (out++)->value = item->value;
        }
        return out;
}

static bool flatten_to(struct cel_call *call, const struct value *list, int64_t depth, struct value *result)
{
        size_t count = flat_count(list, depth);
        struct node *items;

        TRY(cel_spend(call, count));
        items = new_items(call, count);
        put_flat(items, list, depth);
        return give_list(result, items, count);
}

static bool flatten(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return flatten_to(call, &arguments[0], 1, result);
}

static bool flatten_deep(struct cel_call *call, const struct value *arguments, struct value *result)
{
        if (arguments[1].i < 0)
                return cel_fail(call, "flatten: level must be non-negative");
        return flatten_to(call, &arguments[0], arguments[1].i, result);
}

/* What is sorted: an item, by which key, and where it stood, so that equal ones keep their order. */
struct sorted {
        const struct value *key, *item;
        size_t place;
};

static int by_key(const void *a, const void *b)
{
        const struct sorted *left = a, *right = b;
        int order = cel_compare(left->key, right->key);

        return order ? order : left->place < right->place ? -1 : 1;
}

/* All keys must be of one kind, and one that has an order. */
static bool check_order(struct cel_call *call, const struct value *keys)
{
        value_each (keys, key) {
                if (key->value.kind != keys->nodes[0].value.kind)
                        return cel_fail(call, "list elements must have the same type");
                if (cel_compare(&key->value, &key->value) != 0)
                        return cel_fail(call, "list elements must be comparable");
        }
        return true;
}

static bool sort_by(struct cel_call *call, const struct value *list, const struct value *keys, struct value *result)
{
        struct sorted *sorted = arena_array(cel_arena(call), struct sorted, list->len);
        struct node *items = new_items(call, list->len);

        if (keys->len != list->len)
                return cel_fail(call, "sortBy needs one key for each element");
        TRY(check_order(call, keys));
        TRY(cel_spend(call, (uint64_t)list->len * (uint64_t)(64 - __builtin_clzll(list->len | 1ULL))));
        for (size_t i = 0; i < list->len; i++)
                sorted[i] = (struct sorted){&keys->nodes[i].value, &list->nodes[i].value, i};
        qsort(sorted, list->len, sizeof(*sorted), by_key);
        for (size_t i = 0; i < list->len; i++)
                items[i].value = *sorted[i].item;
        return give_list(result, items, list->len);
}

static bool sort(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return sort_by(call, &arguments[0], &arguments[0], result);
}

static bool sort_by_keys(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return sort_by(call, &arguments[0], &arguments[1], result);
}

static bool stands_before(const struct node *items, size_t count, const struct value *wanted)
{
        for (size_t i = 0; i < count; i++) {
                if (cel_equal(&items[i].value, wanted))
                        return true;
        }
        return false;
}

static bool distinct(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct node *items = new_items(call, arguments[0].len);
        size_t count = 0;

        value_each (&arguments[0], item) {
                TRY(cel_spend(call, count + 1));
                if (!stands_before(items, count, &item->value))
                        items[count++].value = item->value;
        }
        return give_list(result, items, count);
}

static bool reverse(struct cel_call *call, const struct value *arguments, struct value *result)
{
        size_t count = arguments[0].len;
        struct node *items = new_items(call, count);

        TRY(cel_spend(call, count));
        for (size_t i = 0; i < count; i++)
                items[i].value = arguments[0].nodes[count - 1 - i].value;
        return give_list(result, items, count);
}

static bool first(struct cel_call *call, const struct value *arguments, struct value *result)
{
        if (!arguments[0].len)
                return give_nothing(result);
        return give_optional(call, result, arguments[0].nodes[0].value);
}

static bool last(struct cel_call *call, const struct value *arguments, struct value *result)
{
        if (!arguments[0].len)
                return give_nothing(result);
        return give_optional(call, result, arguments[0].nodes[arguments[0].len - 1].value);
}

static bool range(struct cel_call *call, const struct value *arguments, struct value *result)
{
        int64_t count = arguments[0].i < 0 ? 0 : arguments[0].i;
        struct node *items;

        TRY(cel_spend(call, (uint64_t)count));
        if (count > UINT32_MAX)
                return cel_fail(call, "lists.range: no list is so long");
        items = new_items(call, (size_t)count);
        for (int64_t i = 0; i < count; i++)
                items[i].value = value_int(i);
        return give_list(result, items, (size_t)count);
}

static bool is_sorted(struct cel_call *call, const struct value *arguments, struct value *result)
{
        bool ascending = true;

        TRY(cel_spend(call, arguments[0].len));
        for (size_t i = 1; i < arguments[0].len; i++) {
                int order = cel_compare(&arguments[0].nodes[i - 1].value, &arguments[0].nodes[i].value);

                if (order == -2)
                        return no_overload(call);
                ascending = ascending && order <= 0;
        }
        return give_bool(result, ascending);
}

static bool add_value(struct cel_call *call, struct value *sum, const struct value *more)
{
        bool fits = true;

        if (more->kind != sum->kind)
                return no_overload(call);
        if (sum->kind == VALUE_INT)
                fits = !__builtin_add_overflow(sum->i, more->i, &sum->i);
        else if (sum->kind == VALUE_UINT)
                fits = !__builtin_add_overflow(sum->u, more->u, &sum->u);
        else if (sum->kind == VALUE_DOUBLE)
                sum->d += more->d;
        else if (sum->kind == VALUE_DURATION)
                fits = cel_duration_add(sum, more, 1, sum);
        else
                return no_overload(call);
        return fits || cel_fail(call, "the sum of the list overflows");
}

/* The kind of the first item decides; that of an empty list is known only from its type. */
static bool sum_from(struct cel_call *call, const struct value *list, struct value zero, struct value *result)
{
        *result = zero;
        TRY(cel_spend(call, list->len));
        value_each (list, item) {
                if (item == list->nodes)
                        *result = item->value;
                else
                        TRY(add_value(call, result, &item->value));
        }
        return (list->len != 1 && list->len != 0) || add_value(call, result, &(struct value){.kind = result->kind});
}

static bool sum_int(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return sum_from(call, &arguments[0], value_int(0), result);
}

static bool sum_uint(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return sum_from(call, &arguments[0], value_uint(0), result);
}

static bool sum_double(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return sum_from(call, &arguments[0], value_double(0), result);
}

static bool sum_duration(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return sum_from(call, &arguments[0], (struct value){.kind = VALUE_DURATION}, result);
}

static bool pick(struct cel_call *call, const struct value *list, int wanted, struct value *result)
{
        if (!list->len)
                return cel_fail(call, "%s called on empty list", wanted < 0 ? "min" : "max");
        TRY(cel_spend(call, list->len));
        *result = list->nodes[0].value;
        value_each (list, item) {
                int order = cel_compare(&item->value, result);

                if (order == -2)
                        return no_overload(call);
                if (order == wanted)
                        *result = item->value;
        }
        return true;
}

static bool min(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return pick(call, &arguments[0], -1, result);
}

static bool max(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return pick(call, &arguments[0], 1, result);
}

static bool index_of(struct cel_call *call, const struct value *arguments, struct value *result)
{
        TRY(cel_spend(call, arguments[0].len));
        value_each (&arguments[0], item) {
                if (cel_equal(&item->value, &arguments[1]))
                        return give_int(result, item - arguments[0].nodes);
        }
        return give_int(result, -1);
}

static bool last_index_of(struct cel_call *call, const struct value *arguments, struct value *result)
{
        TRY(cel_spend(call, arguments[0].len));
        for (size_t i = arguments[0].len; i-- > 0;) {
                if (cel_equal(&arguments[0].nodes[i].value, &arguments[1]))
                        return give_int(result, (int64_t)i);
        }
        return give_int(result, -1);
}

/* What is no list includes itself. */
static bool includes(struct cel_call *call, const struct value *arguments, struct value *result)
{
        if (arguments[0].kind != VALUE_LIST)
                return give_bool(result, cel_equal(&arguments[0], &arguments[1]));
        TRY(index_of(call, arguments, result));
        return give_bool(result, result->i >= 0);
}

/* The types that have an order, one by one, so that a list of others is refused when it is checked. */
#define SORTING(type)                                                                                                  \
        {"list(" type ").sort(): list(" type ")", sort}, {"list(" type ").isSorted(): bool", is_sorted},               \
                {"list(" type ").min(): " type, min}, {"list(" type ").max(): " type, max},                            \
        {                                                                                                              \
                "list(T).@sortByAssociatedKeys(list(" type ")): list(T)", sort_by_keys                                 \
        }

static const struct cel_overload overloads[] = {
        {"list(T).slice(int, int): list(T)", slice},
        {"list(list(T)).flatten(): list(T)", flatten},
        {"list(dyn).flatten(int): list(dyn)", flatten_deep},
        SORTING("int"),
        SORTING("uint"),
        SORTING("double"),
        SORTING("bool"),
        SORTING("duration"),
        SORTING("timestamp"),
        SORTING("string"),
        SORTING("bytes"),
        {"list(T).distinct(): list(T)", distinct},
        {"list(T).reverse(): list(T)", reverse},
        {"list(T).first(): optional_type(T)", first},
        {"list(T).last(): optional_type(T)", last},
        {"lists.range(int): list(int)", range},
        {"list(int).sum(): int", sum_int},
        {"list(uint).sum(): uint", sum_uint},
        {"list(double).sum(): double", sum_double},
        {"list(duration).sum(): duration", sum_duration},
        {"list(T).indexOf(T): int", index_of},
        {"list(T).lastIndexOf(T): int", last_index_of},
        {"dyn.includes(dyn): bool", includes},
};

const struct cel_library cel_lib_lists = {"lists", overloads, COUNT_OF(overloads)};
