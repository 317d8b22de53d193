/* value.h - the one value: what YAML, JSON, CEL and (later) Rego all speak.
 *
 * A value is 16 bytes, immutable once built, and lives in an arena that is dropped whole. Text points into the source that
 * it was read from wherever it stands there as it is, so a source must outlive its values. Object keys are interned: looking
 * one up compares integers. Every node of a document knows at which byte of its source it stands. */
#pragma once

#include "base/intern.h"
#include "base/str.h"

enum value_kind {
        VALUE_NULL,
        VALUE_BOOL,   /* boolean */
        VALUE_INT,    /* i */
        VALUE_UINT,   /* u; in documents only what does not fit VALUE_INT */
        VALUE_DOUBLE, /* d */
        VALUE_STRING, /* text, len: valid UTF-8 */
        VALUE_BYTES,  /* text, len */
        VALUE_LIST,   /* nodes, len; keys unused */
        VALUE_MAP,    /* nodes, len; keys interned, no key twice */

        /* Below here only engines make values. */
        VALUE_ENTRIES,   /* entries, len: a map with keys of any kind */
        VALUE_DURATION,  /* i seconds, len nanoseconds with the sign of i */
        VALUE_TIMESTAMP, /* i seconds since 1970, len nanoseconds from 0 */
        VALUE_TYPE,      /* object: an engine's type */
        VALUE_OPTIONAL,  /* held: what it holds, NULL if nothing */
        VALUE_OPAQUE,    /* object; `tag` says what kind of object: addresses, quantities, … */
        VALUE_ERROR,     /* object: why there is no value */
};

enum value_flags {
        VALUE_INDEXED = 1, /* a map with more than VALUE_SCAN_LIMIT members: a sorted index stands behind them */
        VALUE_INEXACT = 2, /* a double that does not say exactly what the source's text says */
        VALUE_QUOTED = 4,  /* a string that was written in quotes, or as a block */
        VALUE_NULLS = 8,   /* a list or map that was read with a member of a map below that is null */
};

enum { VALUE_SCAN_LIMIT = 16 };

struct node;
struct entry;

struct value {
        uint8_t kind;
        uint8_t flags;
        uint16_t tag;
        uint32_t len;
        union {
                bool boolean;
                int64_t i;
                uint64_t u;
                double d;
                const char *text;
                const struct node *nodes;
                const struct entry *entries;
                const struct value *held;
                const void *object;
        };
};

/* An item of a list or a member of a map. */
struct node {
        uint32_t key; /* interned; 0 in a list */
        uint32_t at;  /* byte offset of the value in its source */
        struct value value;
};

struct entry {
        struct value key, value;
};

_Static_assert(sizeof(struct value) == 16, "a value is 16 bytes");

#define VALUE_OF_NULL ((struct value){.kind = VALUE_NULL})

static inline struct value value_bool(bool boolean)
{
        return (struct value){.kind = VALUE_BOOL, .u = boolean};
}

static inline struct value value_int(int64_t i)
{
        return (struct value){.kind = VALUE_INT, .i = i};
}

static inline struct value value_uint(uint64_t u)
{
        return (struct value){.kind = VALUE_UINT, .u = u};
}

static inline struct value value_double(double d)
{
        return (struct value){.kind = VALUE_DOUBLE, .d = d};
}

/* The text is not copied. At most UINT32_MAX bytes; readers refuse longer ones before they get here. */
static inline struct value value_string(struct str text)
{
        return (struct value){.kind = VALUE_STRING, .len = (uint32_t)text.len, .text = text.data};
}

static inline struct str value_text(const struct value *string)
{
        return (struct str){string->text, string->len};
}

static inline bool value_is(const struct value *value, enum value_kind kind)
{
        return value && value->kind == kind;
}

static inline bool value_is_true(const struct value *value)
{
        return value && value->kind == VALUE_BOOL && value->boolean;
}

static inline bool value_is_number(const struct value *value)
{
        return value->kind == VALUE_INT || value->kind == VALUE_UINT || value->kind == VALUE_DOUBLE;
}

/* The nearest double to a number. */
static inline double value_as_double(const struct value *number)
{
        return number->kind == VALUE_DOUBLE ? number->d
               : number->kind == VALUE_INT  ? (double)number->i
                                            : (double)number->u;
}

/* Whether the value is a string with exactly this text. NULL is not. */
#define value_is_text(value, literal) (value_is((value), VALUE_STRING) && str_is(value_text(value), literal))

/* A list or map over `count` nodes, which must be in the arena already and stay as they are. For maps with more than
 * VALUE_SCAN_LIMIT members, `nodes` is copied to make room for the index; the keys must be different. */
struct value value_list(const struct node *nodes, size_t count);
struct value value_map(struct arena *arena, const struct node *nodes, size_t count);

/* The node of a map's member by interned key; NULL if it is not there, or `map` is NULL or no map. */
const struct node *value_node(const struct value *map, uint32_t key);

/* The same, only the value. */
static inline const struct value *value_get(const struct value *map, uint32_t key)
{
        const struct node *node = value_node(map, key);

        return node ? &node->value : NULL;
}

/* The member's text, empty if it is not there or no string. */
struct str value_get_text(const struct value *map, uint32_t key);

/* Both by the text of the key. For keys that stand in doc/key.h, value_get() is faster. */
const struct value *value_member(const struct value *map, const char *key);
struct str value_member_text(const struct value *map, const char *key);

/* An item of a list; NULL past the end, or if `list` is NULL or no list. */
static inline const struct node *value_item(const struct value *list, size_t index)
{
        return list && list->kind == VALUE_LIST && index < list->len ? &list->nodes[index] : NULL;
}

/* Loops over the nodes of a list or map; not at all for NULL and other kinds. */
#define value_each(value, name)                                                                                        \
        for (const struct node *name = value_nodes(value), *name##_end = name ? name + value_count(value) : NULL;      \
             name < name##_end; name++)

static inline uint32_t value_count(const struct value *value)
{
        return value && (value->kind == VALUE_LIST || value->kind == VALUE_MAP) ? value->len : 0;
}

static inline const struct node *value_nodes(const struct value *value)
{
        return value_count(value) ? value->nodes : NULL;
}

/* Whether two document values are the same: order of members does not count; 1 and 1.0 are the same number. */
bool value_equal(const struct value *a, const struct value *b);

/* "null", "boolean", "number", "string", "list", "map": what a person calls the kind. */
const char *value_kind_name(const struct value *value);
