/* image_layer.c - hostile layers: gzip, zstd or plain, unpacked, checked, and read by every format and observer. What an observer found
 * comes back whole from the cache. */

#include "image/archive/unpack.h"
#include "image/layer/layer.h"
#include "image/lint/surface.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_PLAIN = 16 << 20 };

static bool feed(struct unpack *unpack, struct tar *tar, struct err *err)
{
        struct str piece;

        do {
                TRY(unpack_next(unpack, &piece, err));
                TRY(tar_feed(tar, piece, err));
        } while (piece.len && unpack_plain(unpack) < MOST_PLAIN);
        return tar_finish(tar, err) && unpack_finish(unpack, NULL, err);
}

static const struct layer_observers observers = {{&surface_observer}, 1};

static void keep_and_load(struct layer_found *found)
{
        CLEANUP(buf_free) struct buf kept = {0}, again = {0};
        void *state = NULL;

        surface_observer.write(found->observed[0], &kept);
        if (!surface_observer.read(found, buf_text(&kept), NULL, &state))
                __builtin_trap();
        surface_observer.write(state, &again);
        if (!str_equal(buf_text(&kept), buf_text(&again)))
                __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct matcher matcher = {0};
        struct path_key key = {{1, 2, 3}};
        struct layer_wish wish = {.matcher = &matcher, .key = &key, .observers = &observers};
        struct layer_found found = {0};
        struct layer_reading *reading = layer_reading_new(&wish, &found);
        struct tar_visitor visitor = layer_visitor(reading);
        CLEANUP(tar_free_at) struct tar *tar = tar_new(&visitor);
        struct unpack_settings settings = {.compute_plain = true};
        struct err err = {0};
        struct unpack *unpack = unpack_new(source_of_text((struct str){(const char *)data, size}), &settings, &err);

        matcher_fill(&arena, &matcher, true);
        if (!feed(unpack, tar, &err) && !err.length)
                __builtin_trap();
        layer_reading_end(reading);
        keep_and_load(&found);
        layer_reading_free(reading);
        unpack_free(unpack);
        layer_found_free(&found);
        return 0;
}
