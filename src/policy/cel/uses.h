/* uses.h - what an expression uses: which variables, and where they stand, and which functions. For those who carry an
 * expression to a place that knows other names, or fewer functions. */
#pragma once

#include "base/vec.h"
#include "policy/cel/cel.h"

/* A variable where the text has it. */
struct cel_use {
        uint32_t at;       /* byte offset of the name */
        uint32_t variable; /* index in the environment's variables */
};

struct cel_uses {
        VEC(struct cel_use) variables; /* in the order of the text */
        VEC(struct str)
        functions;              /* full names, each once: "matches", "math.greatest"; macros of cel-go's ext package by
                                           theirs: "cel.bind"; loops with two variables are "two-variable loop" */
        VEC(struct str) locals; /* what loops call their variables, each once */
};

/* Parses and checks an expression; false with `err` when it is wrong. What is found lives in the arena. */
bool cel_find_uses(struct arena *arena, const struct cel_env *env, struct str text, struct cel_uses *out,
                   struct err *err);
