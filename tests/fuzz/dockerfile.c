/* dockerfile.c - any text as a Dockerfile: what is read stands where it says, and is the same the second time.
 *
 * Every word, command and instruction is looked for at its place: places never lie outside of the text. */

#include "doc/print.h"
#include "image/dockerfile/dockerfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
        if (!condition)
                __builtin_trap();
}

static void check_places(const struct value *value, size_t len)
{
        value_each (value, node) {
                check(node->at <= len);
                check(node->value.kind != VALUE_STRING || utf8_check(value_text(&node->value)) == node->value.len);
                check_places(&node->value, len);
        }
}

static void print(struct arena *arena, struct str text, struct dockerfile *file, struct buf *out)
{
        dockerfile_read(arena, STR("Dockerfile"), text, file);
        json_print(out, &file->root.value, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        CLEANUP(buf_free) struct buf one = {0}, other = {0};
        struct str text = {(const char *)data, size};
        struct dockerfile file;

        if (utf8_check(text) != size || (size && memchr(data, 0, size)))
                return 0;
        print(&arena, text, &file, &one);
        check_places(&file.root.value, size);
        for (size_t i = 0; i < file.problems.count; i++)
                check(file.problems.items[i].at <= size
                      && (!i || file.problems.items[i].at >= file.problems.items[i - 1].at));
        for (size_t i = 0; i < file.pragmas.count; i++)
                check(file.pragmas.items[i].begin <= file.pragmas.items[i].end && file.pragmas.items[i].end <= size);
        print(&arena, text, &file, &other);
        check(str_equal(buf_text(&one), buf_text(&other)));
        return 0;
}
