/* make.c - values that stand in no text. */

#include "doc/make.h"

#include "base/buf.h"
#include "base/intern.h"

void make_named(struct value_maker *maker, struct str key, struct value value)
{
        *vec_push(maker->arena, &maker->nodes) = (struct node){.key = intern(key), .value = value};
}

void make_member(struct value_maker *maker, const char *key, struct value value)
{
        make_named(maker, str_of(key), value);
}

void make_text(struct value_maker *maker, const char *key, struct str text)
{
        make_member(maker, key, make_string(maker->arena, text));
}

void make_text_if(struct value_maker *maker, const char *key, struct str text)
{
        if (text.len)
                make_text(maker, key, text);
}

void make_number(struct value_maker *maker, const char *key, uint64_t number)
{
        make_member(maker, key, make_unsigned(number));
}

void make_bool(struct value_maker *maker, const char *key, bool boolean)
{
        make_member(maker, key, value_bool(boolean));
}

void make_item(struct value_maker *maker, struct value value)
{
        *vec_push(maker->arena, &maker->nodes) = (struct node){.value = value};
}

static const struct node *take_nodes(struct value_maker *maker, size_t *count)
{
        const struct node *nodes = maker->nodes.items;

        *count = maker->nodes.count;
        maker->nodes.items = NULL;
        maker->nodes.count = maker->nodes.capacity = 0;
        return nodes;
}

struct value make_map(struct value_maker *maker)
{
        size_t count;
        const struct node *nodes = take_nodes(maker, &count);

        return value_map(maker->arena, nodes, count);
}

struct value make_list(struct value_maker *maker)
{
        size_t count;
        const struct node *nodes = take_nodes(maker, &count);

        return value_list(nodes, count);
}

struct value make_string(struct arena *arena, struct str text)
{
        CLEANUP(buf_free) struct buf valid = {0};
        uint32_t code_point;

        text = str_sub(text, 0, UINT32_MAX / 4);
        if (utf8_check(text) == text.len)
                return value_string(text.len ? text : STR(""));
        while (text.len) {
                size_t length = utf8_take(text, &code_point);

                buf_add(&valid, length ? str_sub(text, 0, length) : STR("\xef\xbf\xbd"));
                text = str_from(text, length ? length : 1);
        }
        return value_string(str_copy(arena, buf_text(&valid)));
}

struct value make_unsigned(uint64_t number)
{
        return number <= INT64_MAX ? value_int((int64_t)number) : value_uint(number);
}

struct value make_copy(struct arena *arena, const struct value *value)
{
        struct node *nodes;

        if (value->kind == VALUE_STRING || value->kind == VALUE_BYTES) {
                struct value copy = *value;

                copy.text = str_copy(arena, value_text(value)).data;
                return copy;
        }
        if (value->kind != VALUE_LIST && value->kind != VALUE_MAP)
                return *value;
        nodes = arena_array(arena, struct node, value->len);
        for (uint32_t i = 0; i < value->len; i++) {
                nodes[i] = value->nodes[i];
                nodes[i].value = make_copy(arena, &value->nodes[i].value);
        }
        return value->kind == VALUE_LIST ? value_list(nodes, value->len) : value_map(arena, nodes, value->len);
}
