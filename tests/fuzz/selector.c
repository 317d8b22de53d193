/* selector.c - hostile selectors and quantities. What is read must evaluate, and print to what reads back the same. */

#include "kube/quantity.h"
#include "kube/selector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_quantity(struct arena *arena, struct str text)
{
        struct quantity quantity, again;

        if (!quantity_read(text, &quantity))
                return;
        if (!quantity_read(quantity_print(arena, &quantity), &again))
                __builtin_trap();
        /* In powers of 1024 the canonical text is rounded up to a whole number. */
        if (quantity.format != QUANTITY_BINARY && quantity_compare(&quantity, &again) != 0)
                __builtin_trap();
        quantity_add(&quantity, &again, &again);
        quantity_double(&quantity);
        quantity_value(&quantity, -3);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct str text = {(const char *)data, size};
        struct object object = {0};
        struct selector selector;
        struct err err = {0};

        if (selector_from_text(&arena, text, &selector, &err))
                selector_has(&selector, NULL);
        else if (!err.length)
                __builtin_trap();
        if (field_selector_from_text(&arena, text, &selector, &err))
                field_selector_has(&selector, &object);
        try_quantity(&arena, text);
        return 0;
}
