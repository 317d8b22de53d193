/* image_surface.c - what a damaged cache says of a layer: refused, or good enough to be put together with that of others. */

#include "image/lint/surface.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LAYERS = 2 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct path_key key = {{1, 2, 3}};
        struct layer_found found[LAYERS] = {0};
        struct layer_found *const pointers[LAYERS] = {&found[0], &found[1]};
        struct merge merge = {
                .arena = &arena, .key = &key, .found = found, .layer_count = LAYERS, .view = {pointers, LAYERS, &key}};
        struct str text = str_copy(&arena, (struct str){(const char *)data, size});
        struct surface_sum sum;
        bool fine = true;

        for (size_t i = 0; i < LAYERS; i++) {
                struct path_note *note;

                found[i].table.has_notes = true;
                path_table_set(&found[i].table, path_hash(&key, STR("a")), PATH_FILE, &note);
                path_note_set(note, 1u << 2 | 5u << 23); /* in the first folder below the root, five bytes */
                fine = fine && surface_observer.read(&found[i], text, NULL, &found[i].observed[0]);
        }
        if (fine)
                surface_add_up(&arena, &merge, 0, &sum);
        for (size_t i = 0; i < LAYERS; i++)
                layer_found_free(&found[i]);
        return 0;
}
