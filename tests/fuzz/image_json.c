/* image_json.c - hostile manifests and configurations: a manifest, a line that is "--", and a configuration. */

#include "image/open/open.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct str text = {(const char *)data, size}, name = STR("manifest");
        size_t end = str_find(text, STR("\n--\n"), 0);
        struct image image = {0};
        struct descriptor config;
        struct value manifest;
        struct err err = {0};

        if (image_read_json(&arena, name, str_sub(text, 0, end), &manifest, &err)
            && image_use_manifest(&arena, &image, name, &manifest, &config, &err) && end != SIZE_MAX
            && image_use_config(&arena, &image, STR("config"), str_from(text, end + 4), &err))
                return 0;
        if (!err.length)
                __builtin_trap();
        return 0;
}
