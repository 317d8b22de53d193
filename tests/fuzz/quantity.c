/* quantity.c - quantities print as text that reads back equal, and never go wrong in arithmetic. */

#include "kube/quantity.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
        if (!condition)
                __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct str text = {(const char *)data, size}, first;
        struct quantity a, b, sum, again;
        int64_t integer;

        if (!str_split(&text, '\n', &first) || !quantity_read(first, &a))
                return 0;
        check(quantity_read(quantity_print(&arena, &a), &again));
        /* In powers of 1024, a fraction of a byte is rounded away from zero. */
        check(quantity_compare(&a, &again) == 0 || (a.format == QUANTITY_BINARY && !quantity_integer(&a, &integer)));
        if (quantity_integer(&a, &integer)) {
                b = quantity_of(integer);
                check(quantity_compare(&a, &b) == 0);
        }
        if (!text.data || !quantity_read(text, &b))
                return 0;
        check(quantity_compare(&a, &b) == -quantity_compare(&b, &a));
        if (quantity_add(&a, &b, &sum) && quantity_sign(&b) > 0)
                check(quantity_compare(&sum, &a) > 0);
        (void)quantity_double(&a);
        (void)quantity_value(&a, -3);
        return 0;
}
