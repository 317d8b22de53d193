/* image_toml.c - hostile TOML: what is read can be walked to its end and lies where it should; what is not has a place. */

#include "image/package/toml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t walk(const struct value *value, unsigned depth)
{
        size_t bytes = 1;

        if (depth > TOML_DEPTH + 1)
                __builtin_trap();
        if (value_is(value, VALUE_STRING))
                for (size_t i = 0; i < value->len; i++)
                        bytes += (unsigned char)value_text(value).data[i];
        value_each (value, member)
                bytes += walk(&member->value, depth + 1);
        return bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct err err = {0};
        struct value root;

        if (toml_read(&arena, (struct str){(const char *)data, size}, &root, &err)) {
                if (root.kind != VALUE_MAP || !walk(&root, 0))
                        __builtin_trap();
        } else if (!err.length || !err.line || !err.column) {
                __builtin_trap();
        }
        return 0;
}
