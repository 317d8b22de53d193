/* lib.h - what the files lib_*.c say often: read an argument, give a result, pay for text. */
#pragma once

#include "policy/cel/library.h"

static inline struct str argument_text(const struct value *argument)
{
        return value_text(argument); /* of a string, or of bytes */
}

static inline bool give_text(struct value *result, struct str text)
{
        *result = value_string(text);
        return true;
}

static inline bool give_bool(struct value *result, bool boolean)
{
        *result = value_bool(boolean);
        return true;
}

static inline bool give_int(struct value *result, int64_t i)
{
        *result = value_int(i);
        return true;
}

static inline bool give_double(struct value *result, double d)
{
        *result = value_double(d);
        return true;
}

static inline bool give_nothing(struct value *result)
{
        *result = (struct value){.kind = VALUE_OPTIONAL};
        return true;
}

static inline bool give_optional(struct cel_call *call, struct value *result, struct value held)
{
        struct value *copy = arena_new(cel_arena(call), struct value);

        *copy = held;
        *result = (struct value){.kind = VALUE_OPTIONAL, .held = copy};
        return true;
}

/* Pays for reading or writing text. */
static inline bool spend_bytes(struct cel_call *call, size_t bytes)
{
        return cel_spend(call, bytes / 10 + (bytes % 10 > 0));
}

/* Room for the items of a list. */
static inline struct node *new_items(struct cel_call *call, size_t count)
{
        return arena_array(cel_arena(call), struct node, count);
}

static inline bool no_overload(struct cel_call *call)
{
        return cel_fail(call, "no such overload");
}
