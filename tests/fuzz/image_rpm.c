/* image_rpm.c - hostile databases of rpm, in each of their forms, and the headers in them. */

#include "image/archive/paths.h"
#include "image/package/formats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct path_key key = {{1, 2, 3}};
        struct package_sink sink = {.arena = &arena, .paths = &key, .most = 100000};
        struct err err = {0};

        if (!format_parse_text(&format_rpm, &sink,
                               STR("var/lib/rpm/Packages"), (struct str){(const char *)data, size}, &err)
                               && !err.length)
                __builtin_trap();
        for (size_t i = 0; i < sink.packages.count; i++)
                if (!str_starts(package_purl(&arena, &sink.packages.items[i]), STR("pkg:rpm/")))
                        __builtin_trap();
        return 0;
}
