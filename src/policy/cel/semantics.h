/* semantics.h - what values mean in CEL beyond what library.h promises to libraries: lookup in maps of both kinds, building
 * maps with keys of any kind, numbers as keys and indexes.
 *
 * A map is a VALUE_MAP (interned string keys: documents, literals) or VALUE_ENTRIES (keys of any kind). Both mean the same;
 * everything here takes both. Entries beyond VALUE_SCAN_LIMIT have an index behind them, sorted by key, as maps have. */
#pragma once

#include "policy/cel/ast.h"

enum {
        CEL_NO_ORDER = -2, /* of cel_compare(): the kinds have none */
        CEL_UNORDERED = 2, /* numbers, one of them NaN */

        /* How deep lists and maps that an expression builds may nest in each other, so that walking over a value never uses up
         * the stack. Their `tag` is their depth; it is 0 in documents, which have a limit of their own. */
        CEL_MOST_VALUE_DEPTH = 1000,
};

/* The ranges of int and uint as doubles; what is past them is no longer in them. */
#define CEL_LEAST_INT (-9223372036854775808.0)
#define CEL_PAST_INT 9223372036854775808.0
#define CEL_PAST_UINT 18446744073709551616.0

static inline bool cel_is_map(const struct value *value)
{
        return value->kind == VALUE_MAP || value->kind == VALUE_ENTRIES;
}

/* A number that is whole and fits, as int: 1.0 and 1u are 1. */
bool cel_whole(const struct value *number, int64_t *whole);

/* The member of a map by key; NULL if there is none. Numbers are the same key when they are equal. */
const struct value *cel_member(const struct value *map, const struct value *key);

/* The same by text. `number` is the text interned, if it is. */
const struct value *cel_member_by_text(const struct value *map, struct str text, uint32_t number);

/* A string whose `tag` remembers its interned number, so that looking it up in a map is quick. */
struct value cel_interned_string(struct str text, uint32_t number);

/* The interned number of a string; 0 if it was never interned. */
uint32_t cel_intern_find(const struct value *string);

/* What a loop over a map sees: the key at a place. */
struct value cel_key_at(const struct value *map, size_t place);
const struct value *cel_value_at(const struct value *map, size_t place);

/* A map over entries, which stay as they are. Returns false when a key stands twice; *twice says which. */
bool cel_map_of_entries(struct arena *arena, const struct entry *entries, size_t count, struct value *map,
                        const struct value **twice);

/* Whether a value may be a key: bool, int, uint, string. */
static inline bool cel_may_be_key(const struct value *value)
{
        return value->kind == VALUE_STRING || value->kind == VALUE_INT || value->kind == VALUE_UINT
               || value->kind == VALUE_BOOL;
}

/* As cel_equal(), counting the values and eighths of text that were looked at. */
bool cel_equal_counted(const struct value *a, const struct value *b, uint64_t *looked_at);

/* The name of a type without its parameters: "list", "google.protobuf.Timestamp", "net.IP". */
struct str cel_name_of_type(const struct cel_type *type);

/* The kind of a value's type. */
enum cel_type_kind cel_type_kind_of(const struct value *value);

/* The fewest digits that read back as the number without its sign, which is finite; how many, and the power of ten of the first. */
enum { CEL_MOST_DIGITS = 32 };
size_t cel_double_digits(double number, char digits[CEL_MOST_DIGITS], int *exponent);
