/* pointer.c - finding a node by its JSON Pointer (RFC 6901). */

#include "doc/pointer.h"

bool pointer_check(struct str pointer, struct err *err)
{
        if (pointer.len && pointer.data[0] != '/')
                return err_set(err,
                               "the path '%.*s' does not begin with '/': write /a/b, or nothing for the whole document",
                               STR_ARG(pointer));
        for (size_t i = 0; i < pointer.len; i++) {
                if (pointer.data[i] != '~')
                        continue;
                if (i + 1 == pointer.len || (pointer.data[i + 1] != '0' && pointer.data[i + 1] != '1'))
                        return err_set(err, "the path '%.*s' has a '~' that is neither ~0 nor ~1: write ~0 for a '~'",
                                       STR_ARG(pointer));
        }
        return true;
}

void pointer_add(struct buf *pointer, struct str name)
{
        size_t begin = 0;

        buf_add_char(pointer, '/');
        for (size_t i = 0; i < name.len; i++) {
                if (name.data[i] != '~' && name.data[i] != '/')
                        continue;
                buf_add(pointer, str_sub(name, begin, i));
                buf_add(pointer, name.data[i] == '~' ? STR("~0") : STR("~1"));
                begin = i + 1;
        }
        buf_add(pointer, str_from(name, begin));
}

static struct str unescape(struct arena *arena, struct str part)
{
        char *text = arena_take_text(arena, part.len);
        size_t len = 0;

        for (size_t i = 0; i < part.len; i++) {
                if (part.data[i] == '~' && i + 1 < part.len)
                        text[len++] = part.data[++i] == '1' ? '/' : '~';
                else
                        text[len++] = part.data[i];
        }
        return (struct str){text, len};
}

bool pointer_take(struct arena *arena, struct str *pointer, struct str *part)
{
        const char *slash;

        TRY(pointer->len);
        *pointer = str_from(*pointer, 1);
        slash = pointer->len ? memchr(pointer->data, '/', pointer->len) : NULL;
        *part = slash ? str_span(pointer->data, slash) : *pointer;
        *pointer = str_from(*pointer, part->len);
        if (part->len && memchr(part->data, '~', part->len))
                *part = unescape(arena, *part);
        return true;
}

bool pointer_index(struct str part, uint32_t *index)
{
        uint64_t number = 0;

        if (!part.len || part.len > 10 || (part.data[0] == '0' && part.len > 1))
                return false;
        for (size_t i = 0; i < part.len; i++) {
                if (part.data[i] < '0' || part.data[i] > '9')
                        return false;
                number = number * 10 + (uint64_t)(part.data[i] - '0');
        }
        *index = (uint32_t)number;
        return number <= UINT32_MAX;
}

static const struct node *child(const struct node *parent, struct str part)
{
        uint32_t index;

        if (parent->value.kind == VALUE_MAP)
                return value_node(&parent->value, intern_find(part));
        if (parent->value.kind == VALUE_LIST && pointer_index(part, &index))
                return value_item(&parent->value, index);
        return NULL;
}

const struct node *pointer_find(const struct node *root, struct str pointer, const struct node **nearest)
{
        struct arena arena CLEANUP(arena_free) = {0};
        const struct node *node = root;
        struct str part;

        if (nearest)
                *nearest = root;
        if (pointer.len && pointer.data[0] != '/')
                return NULL;
        while (pointer_take(&arena, &pointer, &part)) {
                node = child(node, part);
                if (!node)
                        return NULL;
                if (nearest)
                        *nearest = node;
        }
        return node;
}
