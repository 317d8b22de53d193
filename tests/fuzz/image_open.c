/* image_open.c - hostile archives of images, plain or packed: found out, opened, and their layers read. */

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "image/catalog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct catalog_settings reading = {.threads = 1};
        struct image_settings settings = {0};
        CLEANUP(file_close) int file = memfd_create("image", MFD_CLOEXEC);
        struct catalog catalog = {0};
        struct err err = {0};
        struct image *image;

        if (file < 0 || write(file, data, size) != (ssize_t)size)
                return 0;
        image = image_open(&arena, str_format(&arena, "/proc/self/fd/%d", file), &settings, &err);
        if (!image) {
                if (!err.length)
                        __builtin_trap();
                return 0;
        }
        if (image->layer_count > 8)
                return 0;
        catalog_read(&arena, image, &reading, &catalog);
        for (size_t i = 0; i < catalog.package_count; i++)
                if (!str_starts(catalog.packages[i].purl, STR("pkg:")))
                        __builtin_trap();
        return 0;
}
