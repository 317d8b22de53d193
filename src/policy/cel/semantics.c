/* semantics.c - equality across kinds, order, and lookup in maps (langdef: Equality, Ordering, Index and field selection). */

#include "policy/cel/semantics.h"

#include <math.h>
#include <stdlib.h>

#include "policy/cel/ast.h"

static int order(bool less, bool greater)
{
        return (int)greater - (int)less;
}

static int compare_doubles(double a, double b)
{
        return isnan(a) || isnan(b) ? CEL_UNORDERED : order(a<b, a> b);
}

/* Beyond the range of the other kind the order is clear; within it the numbers are compared as doubles, as cel-go does. */
static int compare_int_double(int64_t i, double d)
{
        if (d < CEL_LEAST_INT)
                return 1;
        if (d > CEL_PAST_INT)
                return -1;
        return compare_doubles((double)i, d);
}

static int compare_uint_double(uint64_t u, double d)
{
        if (d < 0)
                return 1;
        if (d > CEL_PAST_UINT)
                return -1;
        return compare_doubles((double)u, d);
}

static int compare_int_uint(int64_t i, uint64_t u)
{
        return i < 0 ? -1 : order((uint64_t)i<u, (uint64_t)i> u);
}

static int turned(int result)
{
        return result == CEL_UNORDERED ? result : -result;
}

static int compare_numbers(const struct value *a, const struct value *b)
{
        switch ((enum value_kind)a->kind) {
        case VALUE_INT:
                if (b->kind == VALUE_INT)
                        return order(a->i<b->i, a->i> b->i);
                return b->kind == VALUE_UINT ? compare_int_uint(a->i, b->u) : compare_int_double(a->i, b->d);
        case VALUE_UINT:
                if (b->kind == VALUE_UINT)
                        return order(a->u<b->u, a->u> b->u);
                return b->kind == VALUE_INT ? turned(compare_int_uint(b->i, a->u)) : compare_uint_double(a->u, b->d);
        default:
                if (b->kind == VALUE_DOUBLE)
                        return compare_doubles(a->d, b->d);
                return b->kind == VALUE_INT ? turned(compare_int_double(b->i, a->d))
                                            : turned(compare_uint_double(b->u, a->d));
        }
}

/* Durations and timestamps: seconds, then nanoseconds, which have the sign of the duration. */
static int compare_times(const struct value *a, const struct value *b)
{
        int32_t nanos_a = (int32_t)a->len, nanos_b = (int32_t)b->len;

        return a->i != b->i ? order(a->i<b->i, a->i> b->i) : order(nanos_a<nanos_b, nanos_a> nanos_b);
}

int cel_compare(const struct value *a, const struct value *b)
{
        if (value_is_number(a) && value_is_number(b))
                return compare_numbers(a, b);
        if (a->kind != b->kind)
                return CEL_NO_ORDER;
        switch ((enum value_kind)a->kind) {
        case VALUE_BOOL:
                return order(a->boolean<b->boolean, a->boolean> b->boolean);
        case VALUE_STRING:
        case VALUE_BYTES:
                return str_compare(value_text(a), value_text(b));
        case VALUE_DURATION:
        case VALUE_TIMESTAMP:
                return compare_times(a, b);
        default:
                return CEL_NO_ORDER;
        }
}

static bool equal_lists(const struct value *a, const struct value *b, uint64_t *looked_at)
{
        if (a->len != b->len)
                return false;
        for (uint32_t i = 0; i < a->len; i++) {
                if (!cel_equal_counted(&a->nodes[i].value, &b->nodes[i].value, looked_at))
                        return false;
        }
        return true;
}

/* Both have interned keys. */
static bool equal_nodes(const struct value *a, const struct value *b, uint64_t *looked_at)
{
        value_each (a, node) {
                const struct value *other = value_get(b, node->key);

                if (!other || !cel_equal_counted(&node->value, other, looked_at))
                        return false;
        }
        return true;
}

static bool equal_maps(const struct value *a, const struct value *b, uint64_t *looked_at)
{
        if (a->len != b->len)
                return false;
        if (a->kind == VALUE_MAP && b->kind == VALUE_MAP)
                return equal_nodes(a, b, looked_at);
        for (uint32_t i = 0; i < a->len; i++) {
                struct value key = cel_key_at(a, i);
                const struct value *other = cel_member(b, &key);

                if (!other || !cel_equal_counted(cel_value_at(a, i), other, looked_at))
                        return false;
        }
        return true;
}

static bool equal_types(const struct cel_type *a, const struct cel_type *b)
{
        return a->kind == b->kind && (a->kind != CEL_TYPE_OPAQUE || str_equal(a->name, b->name));
}

static bool equal_optionals(const struct value *a, const struct value *b, uint64_t *looked_at)
{
        if (!a->held || !b->held)
                return a->held == b->held;
        return cel_equal_counted(a->held, b->held, looked_at);
}

static bool equal_opaques(const struct value *a, const struct value *b)
{
        return a->tag == b->tag && cel_opaques[a->tag]->equal(a->object, b->object);
}

bool cel_equal_counted(const struct value *a, const struct value *b, uint64_t *looked_at)
{
        ++*looked_at;
        if (value_is_number(a) && value_is_number(b))
                return compare_numbers(a, b) == 0;
        if (cel_is_map(a) && cel_is_map(b))
                return equal_maps(a, b, looked_at);
        if (a->kind != b->kind)
                return false;
        switch ((enum value_kind)a->kind) {
        case VALUE_NULL:
                return true;
        case VALUE_BOOL:
                return a->boolean == b->boolean;
        case VALUE_STRING:
        case VALUE_BYTES:
                *looked_at += a->len == b->len ? a->len / 8 : 0;
                return str_equal(value_text(a), value_text(b));
        case VALUE_LIST:
                return equal_lists(a, b, looked_at);
        case VALUE_DURATION:
        case VALUE_TIMESTAMP:
                return compare_times(a, b) == 0;
        case VALUE_TYPE:
                return equal_types(a->object, b->object);
        case VALUE_OPTIONAL:
                return equal_optionals(a, b, looked_at);
        case VALUE_OPAQUE:
                return equal_opaques(a, b);
        default:
                return false;
        }
}

bool cel_equal(const struct value *a, const struct value *b)
{
        uint64_t looked_at = 0;

        return cel_equal_counted(a, b, &looked_at);
}

bool cel_whole(const struct value *number, int64_t *whole)
{
        switch ((enum value_kind)number->kind) {
        case VALUE_INT:
                *whole = number->i;
                return true;
        case VALUE_UINT:
                *whole = (int64_t)number->u;
                return number->u <= INT64_MAX;
        case VALUE_DOUBLE:
                if (!(number->d >= CEL_LEAST_INT && number->d < CEL_PAST_INT))
                        return false;
                *whole = (int64_t)number->d;
                return (double)*whole == number->d;
        default:
                return false;
        }
}

struct value cel_interned_string(struct str text, uint32_t number)
{
        struct value string = value_string(text);

        string.tag = number <= UINT16_MAX ? (uint16_t)number : 0;
        return string;
}

uint32_t cel_intern_find(const struct value *string)
{
        return string->tag ? string->tag : intern_find(value_text(string));
}

struct value cel_key_at(const struct value *map, size_t place)
{
        uint32_t number;

        if (map->kind == VALUE_ENTRIES)
                return map->entries[place].key;
        number = map->nodes[place].key;
        return cel_interned_string(intern_text(number), number);
}

const struct value *cel_value_at(const struct value *map, size_t place)
{
        return map->kind == VALUE_ENTRIES ? &map->entries[place].value : &map->nodes[place].value;
}

static int rank(const struct value *key)
{
        return key->kind == VALUE_BOOL ? 0 : key->kind == VALUE_STRING ? 2 : 1;
}

static int compare_keys(const struct value *a, const struct value *b)
{
        int difference = rank(a) - rank(b);

        return difference ? difference : cel_compare(a, b);
}

static int by_key(const void *a, const void *b, void *context)
{
        const struct entry *entries = context;

        return compare_keys(&entries[*(const uint32_t *)a].key, &entries[*(const uint32_t *)b].key);
}

/* Binary search by the index behind the entries. */
static const struct value *search(const struct value *map, const struct value *key)
{
        const uint32_t *index = (const uint32_t *)(map->entries + map->len);
        size_t low = 0, high = map->len;

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                const struct entry *entry = &map->entries[index[middle]];
                int found = compare_keys(&entry->key, key);

                if (found == 0)
                        return &entry->value;
                if (found < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return NULL;
}

static const struct value *entry_of(const struct value *map, const struct value *key)
{
        if (!cel_may_be_key(key) && (key->kind != VALUE_DOUBLE || isnan(key->d)))
                return NULL;
        if (map->flags & VALUE_INDEXED)
                return search(map, key);
        for (uint32_t i = 0; i < map->len; i++) {
                if (cel_equal(&map->entries[i].key, key))
                        return &map->entries[i].value;
        }
        return NULL;
}

const struct value *cel_member(const struct value *map, const struct value *key)
{
        uint32_t number;

        if (map->kind == VALUE_ENTRIES)
                return entry_of(map, key);
        if (key->kind != VALUE_STRING)
                return NULL;
        number = cel_intern_find(key);
        return number ? value_get(map, number) : NULL;
}

const struct value *cel_member_by_text(const struct value *map, struct str text, uint32_t number)
{
        struct value key = value_string(text);

        return map->kind == VALUE_ENTRIES ? entry_of(map, &key) : value_get(map, number);
}

static const struct value *twice_among_few(const struct entry *entries, size_t count)
{
        for (size_t i = 1; i < count; i++) {
                for (size_t j = 0; j < i; j++) {
                        if (cel_equal(&entries[i].key, &entries[j].key))
                                return &entries[i].key;
                }
        }
        return NULL;
}

/* The entries, followed by their indexes sorted by key. */
static const struct entry *with_index(struct arena *arena, const struct entry *entries, size_t count,
                                      const struct value **twice)
{
        size_t size = checked_mul(count, sizeof(*entries));
        struct entry *copy = arena_take(arena, checked_add(size, count * sizeof(uint32_t)));
        uint32_t *index = (uint32_t *)(copy + count);

        memcpy(copy, entries, size);
        for (size_t i = 0; i < count; i++)
                index[i] = (uint32_t)i;
        qsort_r(index, count, sizeof(*index), by_key, copy);
        for (size_t i = 1; i < count && !*twice; i++) {
                if (compare_keys(&copy[index[i - 1]].key, &copy[index[i]].key) == 0)
                        *twice = &copy[index[i]].key;
        }
        return copy;
}

bool cel_map_of_entries(struct arena *arena, const struct entry *entries, size_t count, struct value *map,
                        const struct value **twice)
{
        *twice = NULL;
        *map = (struct value){.kind = VALUE_ENTRIES, .len = (uint32_t)count, .entries = entries};
        if (count > VALUE_SCAN_LIMIT) {
                map->entries = with_index(arena, entries, count, twice);
                map->flags = VALUE_INDEXED;
        } else {
                *twice = twice_among_few(entries, count);
        }
        return *twice == NULL;
}
