/* types.h - types while an expression is checked: reading signatures, and what type parameters turn out to be.
 *
 * Checking makes up a new parameter for each T, K, V of a signature that is called, and for each empty list. What is known of
 * them stands in a struct cel_bindings; a guess that fails is taken back. Only check.c and env.c look here. */
#pragma once

#include "base/vec.h"
#include "policy/cel/ast.h"

/* One step that can be taken back. */
struct cel_bound {
        size_t parameter;
        const struct cel_type *before;
};

struct cel_bindings {
        struct arena *arena;
        VEC(const struct cel_type *) of; /* by the number of the made-up parameter; NULL: nothing is known */
        VEC(struct cel_bound) trail;
        uint32_t steps; /* taken so far; types that grow without end stop at CEL_MOST_TYPE_STEPS */
};

enum { CEL_MOST_TYPE_STEPS = 4000000 };

/* Reads "list(T).slice(int, int): list(T)". Parameters of types are one capital letter. */
bool cel_signature_read(struct arena *arena, struct str text, struct cel_signature *out, struct err *err);

/* Whether a name is that of a type: of the language, or one that cel_opaques lists. If so, *type is the type. */
bool cel_type_named(struct arena *arena, struct str name, const struct cel_type **type);

const struct cel_type *cel_type_list(struct arena *arena, const struct cel_type *item);
const struct cel_type *cel_type_map(struct arena *arena, const struct cel_type *key, const struct cel_type *value);
const struct cel_type *cel_type_optional(struct arena *arena, const struct cel_type *held);
const struct cel_type *cel_type_type(struct arena *arena, const struct cel_type *of);

/* A parameter of which nothing is known. */
const struct cel_type *cel_type_fresh(struct cel_bindings *bindings);

/* The type with made-up parameters in place of the letters of a signature; `letters` remembers which, by letter. */
const struct cel_type *cel_type_instantiate(struct cel_bindings *bindings, const struct cel_type *type,
                                            const struct cel_type *letters[26]);

/* Whether a value of type `from` may be given where `to` is asked for; learns what parameters have to be for that. False leaves
 * the bindings as they were. */
bool cel_type_assign(struct cel_bindings *bindings, const struct cel_type *from, const struct cel_type *to);

/* The same for several at once. */
bool cel_type_assign_all(struct cel_bindings *bindings, const struct cel_type *const *from,
                         const struct cel_type *const *to, size_t count);

/* What a type is once parameters are replaced by what is known of them. */
const struct cel_type *cel_type_known(struct cel_bindings *bindings, const struct cel_type *type);

/* The same, and parameters of which nothing is known become dyn. */
const struct cel_type *cel_type_final(struct cel_bindings *bindings, const struct cel_type *type);

/* The more general of two types of which one can be assigned to the other: the one with dyn. */
const struct cel_type *cel_type_general(struct cel_bindings *bindings, const struct cel_type *a,
                                        const struct cel_type *b);

bool cel_type_equal(struct cel_bindings *bindings, const struct cel_type *a, const struct cel_type *b);
