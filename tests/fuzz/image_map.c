/* image_map.c - hostile maps of images: read, and each entry found again by its own name. */

#include "image/open/image_map.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void add_again(struct arena *arena, const struct image_map_entry *entry)
{
        struct str name = registry_print_reference(arena, &entry->name);
        struct image_map map = {0};
        struct err err = {0};

        if (!image_map_add(arena, &map, str_format(arena, "%.*s=oci:x", STR_ARG(name)), &err) || map.entries.count != 1
            || map.entries.items[0].every != entry->every)
                __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct image_map map = {0};
        struct err err = {0};
        struct str text = {(const char *)data, size};

        if (!image_map_add_file(&arena, &map, STR("maps/m.yaml"), text, &err)) {
                if (!err.length)
                        __builtin_trap();
                return 0;
        }
        for (size_t i = 0; i < map.entries.count; i++) {
                struct str reference = STR("");

                if (image_map_find(&arena, &map, &map.entries.items[i].name, &reference) != &map.entries.items[i]
                    || !reference.len)
                        __builtin_trap();
                add_again(&arena, &map.entries.items[i]);
        }
        return 0;
}
