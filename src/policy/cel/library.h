/* library.h - how a CEL function is added: a table of signatures and C functions.
 *
 * A library is one const table in one file `lib_*.c`. A signature is written as CEL's documentation writes it:
 *
 *     "size(string): int"                          a global function
 *     "string.charAt(int): string"                 a method
 *     "list(T).slice(int, int): list(T)"           T, K, V are type parameters
 *     "ip.isCanonical(string): bool"               a function in a namespace: its first part is no type name
 *     "optional.of(T): optional_type(T)"
 *
 * Types: null bool int uint double string bytes dyn duration timestamp type list(X) map(K, V) optional_type(X) and the opaque
 * types that libraries declare (net.IP, net.CIDR, kubernetes.Quantity, kubernetes.URL, kubernetes.Semver, …).
 * Overload resolution happens once, when an expression is compiled, as far as the types are known; where they are dyn, the
 * evaluator picks by the kinds of the arguments, so a function may rely on the kinds that its signature names. */
#pragma once

#include "doc/value.h"

struct regex;
struct cel_call; /* the evaluation at hand: its arena, its budget, its error */

/* Computes a result. `arguments` holds the receiver first. On failure: `return cel_fail(call, "…");`. */
typedef bool cel_function(struct cel_call *call, const struct value *arguments, struct value *result);

struct cel_overload {
        const char *signature;
        cel_function *function;
};

/* An opaque type: what it is called, and how its values compare and print. Its index in cel_opaques is the value's `tag`. */
struct cel_opaque {
        const char *name;
        bool (*equal)(const void *a, const void *b);
        struct str (*print)(struct arena *arena, const void *object);
};

struct cel_library {
        const char *name; /* "strings", "math", "kubernetes.quantity", … */
        const struct cel_overload *overloads;
        size_t count;
};

/* The arena of this evaluation. */
struct arena *cel_arena(struct cel_call *call);

/* Fails this call with a message; returns false. */
bool cel_fail(struct cel_call *call, const char *format, ...) PRINTF_LIKE(2, 3);

/* Takes units from the evaluation's budget, as Kubernetes counts them (1 a call, 0.1 a byte read of a string: pass bytes / 10,
 * 1 an item of a list looked at). False, with the error set, when the budget is used up. */
bool cel_spend(struct cel_call *call, uint64_t units);

/* What the language itself does, for libraries: equality across kinds, order (-2: the kinds have none). */
bool cel_equal(const struct value *a, const struct value *b);
int cel_compare(const struct value *a, const struct value *b);

/* The text of a value as string() gives it, and "null" for null; bytes as they are. data is NULL for what has none: lists and
 * maps, optionals, opaque values without `print`. */
struct str cel_text(struct arena *arena, const struct value *value);

/* The name of a value's type as type() shows it: "int", "null_type", "google.protobuf.Duration", "net.IP". */
struct str cel_type_name(const struct value *value);

/* A value of an opaque type that libraries.c lists. The object must live in the arena of the call. */
struct value cel_opaque_value(const struct cel_opaque *type, const void *object);

/* The compiled pattern; NULL with the error set when it is wrong. Patterns that stand in the expression are compiled once; others
 * may be gone after seven more calls. */
const struct regex *cel_regex(struct cel_call *call, struct str pattern);
