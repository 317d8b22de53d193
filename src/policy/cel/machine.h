/* machine.h - what compile.c makes and run.c runs: instructions for a machine of registers.
 *
 * A register is a value. Any register may hold a VALUE_ERROR instead: a path that leads nowhere, an operand of && that failed.
 * Nothing fails until an instruction needs the value; so asking for a field can be moved in front of a loop, and has() is asking
 * whether there was an error. Instructions look at the kind of their operand anyway, so this costs nothing where all is well.
 *
 * A condition is an instruction IF_… with two places to go on. What fails goes on at the handler of its instruction: && and ||
 * hold the error in a register while they look at their other operands, and set a bit in `pending`, which is looked at where
 * the whole would otherwise be true (of ||: false). Without a handler the run ends.
 *
 * Costs: what stands in a program once is paid when it begins, the body of a loop each time around; what depends on lengths of
 * texts and lists is paid where it is done. */
#pragma once

#include "base/vec.h"
#include "policy/cel/pattern.h"
#include "policy/cel/semantics.h"

/* clang-format off */
/* to, from, with: registers. yes, no: where a condition goes on. */
#define CEL_OPERATIONS(X)                                                                                              \
        X(CONSTANT)              /* to = value */                                                                      \
        X(COPY)                  /* to = from, be it an error */                                                       \
        X(PATH)                  /* to = from.key.key…: the member, or an error */                                     \
        X(PATH_1)                /* the same for so many keys, which are the last of `keys` */                         \
        X(PATH_2)                                                                                                      \
        X(PATH_3)                                                                                                      \
        X(OPTIONAL_PATH)         /* to = from.?key.?key… */                                                            \
        X(GET)                   /* to = from[with] */                                                                 \
        X(GET_OPTIONAL)          /* to = from[?with] */                                                                \
        X(CALL)                  /* to = function(from, from + 1, …) */                                                \
        X(SIZE)                  /* to = from.size(), of a list; the same as CALL where it is none */                  \
        X(ADD)                   /* to = from + with; the same as CALL where they are no ints */                       \
        X(SUBTRACT)                                                                                                    \
        X(INCREMENT)             /* to = to + 1 */                                                                     \
        X(JUMP)                  /* to `yes` */                                                                        \
        X(IF)                    /* from, a bool */                                                                    \
        X(IF_HAS)                /* from holds a member, no error */                                                   \
        X(IF_HAS_PATH)           /* PATH and IF_HAS */                                                                 \
        X(IF_EQUAL)              /* from == with */                                                                    \
        X(IF_EQUAL_CONSTANT)     /* from == value */                                                                   \
        X(IF_EQUAL_TEXT)         /* the same for a string */                                                           \
        X(IF_LESS)               /* from < with */                                                                     \
        X(IF_LESS_OR_EQUAL)                                                                                            \
        X(IF_LESS_THAN)          /* from < value */                                                                    \
        X(IF_AT_MOST)                                                                                                  \
        X(IF_GREATER_THAN)                                                                                             \
        X(IF_AT_LEAST)                                                                                                 \
        X(IF_IN)                 /* from in with */                                                                    \
        X(IF_IN_SET)             /* from in a constant list */                                                         \
        X(IF_KEY)                /* key in from */                                                                     \
        X(IF_STARTS)             /* from.startsWith(value) */                                                          \
        X(IF_ENDS)                                                                                                     \
        X(IF_CONTAINS)                                                                                                 \
        X(IF_MATCHES)            /* from.matches(a constant pattern) */                                                \
        X(IF_FOUND)              /* from, which is with.key.key…, is there and goes to `to`: with.?key.?key…  */       \
        X(IF_HOLDS)              /* the optional `from` holds something, which goes to `to` */                         \
        X(IF_HOLDS_ANY)          /* the same, but the optional itself goes there */                                    \
        X(LIST_BEGIN)            /* to = room for a list of `number` items */                                          \
        X(LIST_ADD)              /* adds `from` to the list `to` */                                                    \
        X(LIST_ADD_OPTIONAL)                                                                                           \
        X(LIST_GROW)             /* LIST_ADD to a list that has no room yet: at most as many items as `with` has */    \
        X(MAP_BEGIN)                                                                                                   \
        X(MAP_ADD)               /* adds from: with to the map `to` */                                                 \
        X(MAP_ADD_OPTIONAL)                                                                                            \
        X(MAP_GROW)              /* room in the map `to` for as many entries as `with` has */                          \
        X(MAP_MERGE)             /* adds all of the map `from` */                                                      \
        X(MAP_END)                                                                                                     \
        X(LOOP)                  /* begins to go through `from`; `no` if it is empty. State: to, to + 1. Item: with */ \
        X(LOOP_TWO)              /* the same with two variables, with and with_second */                               \
        X(LOOP_SUM)              /* begins to go through from, then through from + 1, both lists. State: to … to + 2 */ \
        X(NEXT)                  /* `yes` with the next item, `no` after the last */                                   \
        X(NEXT_TWO)                                                                                                    \
        X(NEXT_SUM)                                                                                                    \
        X(CHECK)                 /* fails with the error in `from` if its bit (number) is pending */                   \
        X(CHECK_ERROR)           /* fails with the error in `from` if it is one */                                     \
        X(FAIL)                  /* fails with a message */                                                            \
        X(RULE)                  /* begins a condition of many; `no` is the next */                                   \
        X(UNTRUE)                /* the condition is false */                                                          \
        X(RETURN)                /* from */                                                                            \
        X(RETURN_VALUE)          /* value */
/* clang-format on */

enum cel_operation {
#define X(name) RUN_##name,
        CEL_OPERATIONS(X)
#undef X
};

enum { CEL_PATH_KEYS = 4 };

/* Registers are numbered in steps of half their size, places in the code by bytes. */
enum { CEL_REGISTER_STEP = 8 };

struct cel_instruction {
        uint8_t operation;
        uint8_t count; /* of keys */
        uint16_t to, from, with;
        uint32_t yes, no;
        union {
                uint32_t keys[CEL_PATH_KEYS]; /* interned */
                struct value value;
                struct {
                        const void *object;
                        uint64_t number;
                };
                struct {
                        uint64_t clears; /* of NEXT: the bits that do not stay pending from one item to the next */
                        uint32_t cost;   /* of one time around */
                        uint16_t second; /* register of the second variable */
                } loop;
                struct {
                        uint64_t needs; /* bits of keys without which the condition is passed over */
                        uint32_t cost, index;
                } rule;
        };
};

_Static_assert(sizeof(struct cel_instruction) == 32, "two instructions to a cache line");

static inline struct value *cel_register(struct value *registers, uint16_t number)
{
        return (struct value *)((char *)registers + (size_t)number * CEL_REGISTER_STEP);
}

/* Why a register holds an error: its `tag`. `len` is the key that was asked for, `u` the place in the text and 1, once it failed. */
enum cel_error_reason {
        CEL_ERROR_MISSING,       /* the map has no such key: has() is false */
        CEL_ERROR_MISSING_INNER, /* nor a map that could have it */
        CEL_ERROR_NO_MAP,        /* the last operand was of another kind: `flags` */
        CEL_ERROR_NO_MAP_INNER,  /* one before it was */
        CEL_ERROR_TEXT,          /* object: struct cel_held */
};

/* Set in `flags` of an optional that came from a field of an optional: has() asks whether it holds something. */
enum { CEL_THROUGH_OPTIONAL = 0x80 };

struct cel_held {
        struct str text;
        uint32_t at;
};

/* One overload as it is picked when run: by the kinds of the arguments and, for opaque ones, their tag. */
enum { CEL_MOST_ARGUMENTS = 17 };

struct cel_candidate {
        cel_function *function;
        bool has_tags;
        uint16_t kinds[CEL_MOST_ARGUMENTS]; /* for each argument, one bit for each kind that fits */
        uint16_t tags[CEL_MOST_ARGUMENTS];  /* for each argument, UINT16_MAX: any */
};

_Static_assert(VALUE_ERROR < 16, "a bit for each kind");

struct cel_call_site {
        struct str name;
        bool is_method;
        bool is_plain; /* the first candidate has code and no tags */
        uint32_t arguments;
        const struct cel_candidate *candidates;
        size_t count;
};

/* A constant list to look for strings or ints in: an open hash table. */
struct cel_set {
        enum value_kind kind; /* of all items */
        uint32_t mask;
        const struct value *slots; /* VALUE_NULL: free */
        struct value list;
};

struct cel_handler {
        uint64_t bit;    /* to set in `pending`, 0 for none */
        uint32_t target; /* where to go on */
        uint16_t hold;   /* the register for the error */
};

struct cel_variable_use {
        uint32_t variable; /* in the environment */
        uint16_t to;
};

/* Patterns that are computed while running: the latest few, for each may take megabytes. */
enum { CEL_MOST_PATTERNS = 8 };

struct cel_patterns {
        struct str texts[CEL_MOST_PATTERNS];
        struct regex *regexes[CEL_MOST_PATTERNS];
        unsigned next; /* to be replaced */
};

struct cel_program {
        struct str text;
        const struct cel_type *type; /* of the result */
        const struct cel_instruction *code;
        const uint32_t *places;                    /* of each instruction in the text */
        const struct cel_handler *const *handlers; /* of each instruction, NULL for none */
        size_t count;
        size_t register_count;
        const struct cel_variable_use *variables;
        size_t variable_count;
        struct cel_pattern *patterns; /* those that stand in the text */
        uint64_t cost;                /* what is paid in the beginning */
        bool is_many;                 /* many conditions (many.h) */
        const uint64_t *needs;        /* of each of them: the bits of RULE */
        size_t needs_count;
};

enum {
        CEL_FAILURE_TEXT = 400,
        CEL_STACK_REGISTERS = 48, /* a program with more has them in the arena */
};

/* A run. */
struct cel_call {
        struct arena *arena;
        const struct cel_program *program;
        uint64_t budget, left;         /* of it */
        struct cel_patterns *patterns; /* NULL until there are any; given back by cel_patterns_free() */
        struct value failed;           /* VALUE_ERROR: why the last instruction failed */
        bool is_out_of_budget;         /* nothing may go on */
        uint32_t place;                /* in the text, of what failed in the end */
        size_t text_length;            /* of `text`, when `failed` has nowhere else to say it */
        char text[CEL_FAILURE_TEXT];
};

/* The parts of run.c that are too long or too rare for it, in run_slow.c. Those that give a bool fail with false. */
struct value cel_slow_path(struct cel_call *call, const struct value *from, const uint32_t *keys, size_t count);
bool cel_slow_optional_path(struct cel_call *call, const struct value *from, const uint32_t *keys, size_t count,
                            struct value *result);
bool cel_slow_get(struct cel_call *call, const struct value *from, const struct value *key, struct value *result);
bool cel_slow_get_optional(struct cel_call *call, const struct value *from, const struct value *key,
                           struct value *result);
bool cel_slow_in(struct cel_call *call, const struct value *item, const struct value *container, bool *result);
bool cel_slow_in_set(struct cel_call *call, const struct value *item, const struct cel_set *set, bool *result);
bool cel_slow_equal(struct cel_call *call, const struct value *a, const struct value *b, bool *result);
bool cel_slow_compare(struct cel_call *call, const struct value *a, const struct value *b, int *result);
bool cel_slow_call(struct cel_call *call, const struct cel_call_site *site, const struct value *arguments,
                   struct value *result);
bool cel_slow_deepen(struct cel_call *call, const struct cel_call_site *site, const struct value *arguments,
                     struct value *result);
bool cel_slow_list_add(struct cel_call *call, struct value *list, const struct value *item, bool is_optional);
bool cel_slow_map_add(struct cel_call *call, struct value *map, const struct value *key, const struct value *value,
                      bool is_optional);
bool cel_slow_map_merge(struct cel_call *call, struct value *map, const struct value *more);
bool cel_slow_map_end(struct cel_call *call, struct value *map);

/* Fails: with the error that a register holds if it holds one, else because the kind of the value does not fit. */
bool cel_refuse(struct cel_call *call, const struct value *value, const char *wanted);

/* The text of an error that a register holds, or of the failure itself. */
struct str cel_failure_text(struct cel_call *call, char buffer[CEL_FAILURE_TEXT]);

/* Gives back the patterns of a run. */
void cel_patterns_free(struct cel_call *call);

/* Remembers in a register why the last instruction failed. */
void cel_hold(struct cel_call *call, struct value *to);

/* The first and last bytes and the length: enough to tell apart the words that stand in one list. */
static inline uint64_t cel_text_hash(const char *text, uint32_t len)
{
        uint64_t first, last, hash;
        uint32_t low, high;

        if (len >= 8) {
                __builtin_memcpy(&first, text, 8);
                __builtin_memcpy(&last, text + len - 8, 8);
        } else if (len >= 4) {
                __builtin_memcpy(&low, text, 4);
                __builtin_memcpy(&high, text + len - 4, 4);
                first = low;
                last = high;
        } else {
                first = len ? (unsigned char)text[0] | (unsigned)(unsigned char)text[len / 2] << 8 : 0;
                last = len ? (unsigned char)text[len - 1] : 0;
        }
        hash = (first ^ (last << 29 | last >> 35) ^ len) * UINT64_C(0x9e3779b97f4a7c15);
        return hash ^ hash >> 32;
}

static inline uint64_t cel_int_hash(int64_t i)
{
        uint64_t hash = (uint64_t)i * UINT64_C(0x9e3779b97f4a7c15);

        return hash ^ hash >> 32;
}
