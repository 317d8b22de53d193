/* many.h - many conditions over the same variables as one program, for those who ask all of them of each thing that they look at.
 *
 * Two things make that quick. What several conditions look up, container.securityContext, is looked up once, before the first of
 * them. And a condition that is true whenever some key does not occur (no `hostPath` anywhere: no host path is mounted) is
 * passed over when it does not: the keys that matter are gathered when the program is made, each a bit, and looked for in
 * one walk over the object.
 *
 * Verdicts are those that each condition gives by itself, and each has the whole budget and pays what it pays by itself. Why one
 * failed is not said: ask it alone. */
#pragma once

#include "policy/cel/cel.h"

enum { CEL_MOST_KEYS = 63 };

/* Keys that conditions ask for, and what has to hold for everything in an object that some are passed over in. What stands
 * under other keys is not looked at. Zero it before use. */
struct cel_keys {
        size_t count, used; /* keys that have a bit; all keys */
        bool are_too_many;  /* for the table: then nothing is passed over */
        struct cel_key {
                uint32_t key;     /* interned; 0: free */
                uint16_t refused; /* kinds of values that must not stand under it, a bit for each */
                uint64_t present; /* its bit; 0: none */
        } slots[512];             /* a hash table */
};

/* The bit that is set only together with all others. */
#define CEL_NO_KEY (UINT64_C(1) << 63)

/* What is known of variables when a program is made. */
struct cel_known {
        const struct value *const *constants; /* by variable: its value, always; NULL: not known */
        const bool *maps;                     /* by variable: it is always a map */
        uint32_t variable, key;               /* and this member of a variable is always a map; key 0: none */
};

/* Compiles conditions to one program. What is true whatever the variables are is not in it; those that cannot stand in it are left out, and must be asked alone: `left_out` has room for
 * one answer each. Keys are added to `keys`. NULL with `err` when a text is wrong, or all of it is too large. */
struct cel_program *cel_compile_many(struct arena *arena, const struct cel_env *env, const struct str *texts,
                                     size_t count, const struct cel_known *known, struct cel_keys *keys, bool *left_out,
                                     struct err *err);

/* Says that variables may be found under a key. */
void cel_keys_mention(struct cel_keys *keys, uint32_t key);

/* Which keys occur in a map, below keys that are mentioned; all bits are set when something in it is not as conditions that are
 * passed over rely on. */
uint64_t cel_keys_in(const struct cel_keys *keys, const struct value *map);

/* Whether all conditions of a program would be passed over. */
bool cel_many_is_idle(const struct cel_program *program, uint64_t present);

/* A condition that is not true. */
struct cel_verdict {
        uint32_t index;
        bool failed; /* it is not false either */
};

/* Runs all conditions. Gives back how many are not true, in their order; `verdicts` has room for all. `present` is what
 * cel_keys_in() says of the maps that all variables are part of, or UINT64_MAX to pass over none. With a budget below
 * CEL_DEFAULT_BUDGET none is passed over: it might have been too costly. */
size_t cel_run_many(const struct cel_program *program, struct cel_frame *frame, uint64_t present,
                    struct cel_verdict *verdicts);
