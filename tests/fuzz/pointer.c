/* pointer.c - JSON Pointers: parts that are taken and added again give the same pointer, and what is found is really there.
 *
 * The input is a pointer, a line end, and a JSON document. */

#include "doc/document.h"
#include "doc/pointer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
        if (!condition)
                __builtin_trap();
}

/* Every node below is found by the pointer that is made of the names on its way. */
static void check_all(const struct node *root, const struct node *node, struct buf *path, unsigned depth)
{
        size_t len = path->len;
        uint32_t index = 0;

        check(pointer_find(root, buf_text(path), NULL) == node);
        if (depth == 8)
                return;
        value_each (&node->value, child) {
                if (child->key)
                        pointer_add(path, intern_text(child->key));
                else
                        buf_add_format(path, "/%u", index++);
                check_all(root, child, path, depth + 1);
                path->len = len;
        }
}

static void check_parts(struct arena *arena, struct str pointer)
{
        struct buf again CLEANUP(buf_free) = {0};
        struct str rest = pointer, part;
        uint32_t index;

        while (pointer_take(arena, &rest, &part)) {
                pointer_add(&again, part);
                if (pointer_index(part, &index))
                        check(str_equal(part, str_format(arena, "%u", index)));
        }
        check(str_equal(pointer, buf_text(&again)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct str json = {(const char *)data, size}, pointer;
        const struct node *found, *nearest = NULL;
        struct buf path CLEANUP(buf_free) = {0};
        struct document document;
        struct err err = {0};
        struct node root;

        if (!str_split(&json, '\n', &pointer))
                return 0;
        if (pointer_check(pointer, &err))
                check_parts(&arena, pointer);
        else
                check(err.length > 0);
        if (!json.data || !json_read_one(&arena, json, &document, &err))
                return 0;
        root = (struct node){.at = document.at, .value = document.root};
        found = pointer_find(&root, pointer, &nearest);
        check(nearest && (!found || found == nearest));
        check_all(&root, &root, &path, 0);
        return 0;
}
