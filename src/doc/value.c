/* value.c - building, looking up and comparing values. */

#include "doc/value.h"

#include <stdlib.h>

struct value value_list(const struct node *nodes, size_t count)
{
        return (struct value){.kind = VALUE_LIST, .len = (uint32_t)count, .nodes = nodes};
}

static int by_key(const void *a, const void *b, void *context)
{
        const struct node *nodes = context;
        uint32_t left = nodes[*(const uint32_t *)a].key, right = nodes[*(const uint32_t *)b].key;

        return (left > right) - (left < right);
}

/* The members, followed by their indexes sorted by key. */
static const struct node *with_index(struct arena *arena, const struct node *nodes, size_t count)
{
        size_t size = checked_mul(count, sizeof(*nodes));
        struct node *copy = arena_take(arena, checked_add(size, count * sizeof(uint32_t)));
        uint32_t *index = (uint32_t *)(copy + count);

        memcpy(copy, nodes, size);
        for (size_t i = 0; i < count; i++)
                index[i] = (uint32_t)i;
        qsort_r(index, count, sizeof(*index), by_key, copy);
        return copy;
}

struct value value_map(struct arena *arena, const struct node *nodes, size_t count)
{
        struct value map = {.kind = VALUE_MAP, .len = (uint32_t)count, .nodes = nodes};

        if (count > VALUE_SCAN_LIMIT) {
                map.nodes = with_index(arena, nodes, count);
                map.flags = VALUE_INDEXED;
        }
        return map;
}

static const struct node *search(const struct value *map, uint32_t key)
{
        const uint32_t *index = (const uint32_t *)(map->nodes + map->len);
        size_t low = 0, high = map->len;

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                const struct node *node = &map->nodes[index[middle]];

                if (node->key == key)
                        return node;
                if (node->key < key)
                        low = middle + 1;
                else
                        high = middle;
        }
        return NULL;
}

const struct node *value_node(const struct value *map, uint32_t key)
{
        if (!value_is(map, VALUE_MAP))
                return NULL;
        if (map->flags & VALUE_INDEXED)
                return search(map, key);
        for (uint32_t i = 0; i < map->len; i++) {
                if (map->nodes[i].key == key)
                        return &map->nodes[i];
        }
        return NULL;
}

struct str value_get_text(const struct value *map, uint32_t key)
{
        const struct value *value = value_get(map, key);

        return value_is(value, VALUE_STRING) ? value_text(value) : (struct str){0};
}

/* A text that was never interned is no key of any map. */
const struct value *value_member(const struct value *map, const char *key)
{
        uint32_t number = intern_find(str_of(key));

        return number ? value_get(map, number) : NULL;
}

struct str value_member_text(const struct value *map, const char *key)
{
        const struct value *value = value_member(map, key);

        return value_is(value, VALUE_STRING) ? value_text(value) : (struct str){0};
}

static bool numbers_equal(const struct value *a, const struct value *b)
{
        if (a->kind == b->kind && a->kind != VALUE_DOUBLE)
                return a->u == b->u;
        if (a->kind != VALUE_DOUBLE && b->kind != VALUE_DOUBLE)
                return false; /* VALUE_UINT holds only what VALUE_INT cannot */
        return value_as_double(a) == value_as_double(b);
}

static bool maps_equal(const struct value *a, const struct value *b)
{
        if (a->len != b->len)
                return false;
        value_each (a, node) {
                const struct value *other = value_get(b, node->key);

                if (!other || !value_equal(&node->value, other))
                        return false;
        }
        return true;
}

static bool lists_equal(const struct value *a, const struct value *b)
{
        if (a->len != b->len)
                return false;
        for (uint32_t i = 0; i < a->len; i++) {
                if (!value_equal(&a->nodes[i].value, &b->nodes[i].value))
                        return false;
        }
        return true;
}

bool value_equal(const struct value *a, const struct value *b)
{
        if (value_is_number(a) && value_is_number(b))
                return numbers_equal(a, b);
        if (a->kind != b->kind)
                return false;
        switch ((enum value_kind)a->kind) {
        case VALUE_NULL:
                return true;
        case VALUE_BOOL:
                return a->boolean == b->boolean;
        case VALUE_STRING:
        case VALUE_BYTES:
                return str_equal(value_text(a), value_text(b));
        case VALUE_LIST:
                return lists_equal(a, b);
        case VALUE_MAP:
                return maps_equal(a, b);
        default:
                return false; /* engines compare their own kinds */
        }
}

const char *value_kind_name(const struct value *value)
{
        static const char *const names[] = {
                [VALUE_NULL] = "null",   [VALUE_BOOL] = "boolean",      [VALUE_INT] = "number",
                [VALUE_UINT] = "number", [VALUE_DOUBLE] = "number",     [VALUE_STRING] = "string",
                [VALUE_BYTES] = "bytes", [VALUE_LIST] = "list",         [VALUE_MAP] = "map",
                [VALUE_ENTRIES] = "map", [VALUE_DURATION] = "duration", [VALUE_TIMESTAMP] = "timestamp",
                [VALUE_TYPE] = "type",   [VALUE_OPTIONAL] = "optional", [VALUE_OPAQUE] = "object",
                [VALUE_ERROR] = "error",
        };

        return value ? names[value->kind] : "nothing";
}
