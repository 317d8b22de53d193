/* sbom.c - hostile bills of materials: read, written in both formats, and what was written is read again with as many packages. */

#include "image/sbom/sbom.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_again(const struct image *image, struct str text)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct image again = {0};
        struct err err = {0};

        if (!sbom_read(&arena, text, &again, &err) || again.bill->package_count != image->bill->package_count
            || again.bill->problems.count)
                __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        CLEANUP(buf_free) struct buf cyclonedx = {0}, spdx = {0};
        struct sbom_settings settings = {.time = -1};
        struct image image = {.name = STR("sbom:file")};
        struct err err = {0};

        if (!sbom_read(&arena, (struct str){(const char *)data, size}, &image, &err)) {
                if (!err.length)
                        __builtin_trap();
                return 0;
        }
        sbom_print_cyclonedx(&cyclonedx, &image, image.bill, &settings);
        read_again(&image, buf_text(&cyclonedx));
        sbom_print_spdx(&spdx, &image, image.bill, &settings);
        read_again(&image, buf_text(&spdx));
        return 0;
}
