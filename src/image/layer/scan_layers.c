/* scan_layers.c - the layers of an image read, on several threads. */

#include "image/layer/scan_layers.h"

#include <errno.h>
#include <fcntl.h>

#include "base/file.h"
#include "base/pool.h"
#include "image/archive/store.h"
#include "image/archive/unpack.h"
#include "image/layer/folder.h"

static bool feed(struct unpack *unpack, struct tar *tar, struct err *err)
{
        struct str piece;

        do {
                TRY(unpack_next(unpack, &piece, err));
                TRY(tar_feed(tar, piece, err));
        } while (piece.len);
        return tar_finish(tar, err);
}

static bool read_tar(const struct image *image, const struct image_layer *layer, bool threads,
                     const struct tar_visitor *visitor, struct digest *diff_id, struct err *err)
{
        struct unpack_settings settings = {
                .stored = &layer->digest,
                .plain = &layer->diff_id,
                .compute_plain = true,
                .size = layer->size,
                .has_size = layer->has_size,
                .threads = threads,
        };
        struct byte_source *source = image_open_layer(image, layer, err);
        CLEANUP(tar_free_at) struct tar *tar = tar_new(visitor);
        struct unpack *unpack;
        bool fine;

        TRY(source);
        unpack = unpack_new(source, &settings, err);
        fine = feed(unpack, tar, err) && unpack_finish(unpack, diff_id, err);
        unpack_free(unpack);
        return fine;
}

bool visit_layer(const struct image *image, size_t index, bool threads, const struct tar_visitor *visitor,
                 struct layer_found *found, struct err *err)
{
        struct folder_settings settings = {.overlay = image->kind == IMAGE_FOLDERS};
        CLEANUP(file_close) int folder = -1;

        if (image->kind == IMAGE_FOLDERS) {
                folder = file_open_beneath(store_folder(image->store), image->layers[index].file.data,
                                           O_RDONLY | O_DIRECTORY);
                if (folder < 0)
                        return err_set(err, "%.*s: %s", STR_ARG(image->layers[index].file), strerror(errno));
                return folder_visit(folder, &settings, visitor, found, err);
        }
        if (image->kind == IMAGE_FOLDER)
                return folder_visit(store_folder(image->store), &settings, visitor, found, err);
        return read_tar(image, &image->layers[index], threads, visitor, &found->diff_id, err);
}

static bool read_layer(const struct scan_layers *scan, size_t index, struct layer_found *found, struct err *err)
{
        struct layer_reading *reading = layer_reading_new(&scan->wishes[scan->one_wish ? 0 : index], found);
        struct tar_visitor visitor = layer_visitor(reading);
        bool fine = visit_layer(scan->image, index, scan->threads > 1, &visitor, found, err);

        layer_reading_end(reading);
        layer_reading_free(reading);
        return fine;
}

static void read_one(void *context, size_t index, unsigned worker)
{
        struct scan_layers *scan = context;
        struct layer_found *found = &scan->found[index];
        struct err err = {0};

        (void)worker;
        if ((scan->wanted && !scan->wanted[index]) || read_layer(scan, index, found, &err))
                return;
        /* What was found before it failed is not to be trusted: the digests were not checked. */
        layer_found_free(found);
        *found = (struct layer_found){0};
        layer_problem(found, "%.*s", STR_ARG(err_text(&err)));
        scan->failed[index] = true;
}

void scan_layers(struct scan_layers *scan)
{
        size_t count = scan->image->kind == IMAGE_FOLDER ? 1 : scan->image->layer_count;

        pool_run(scan->threads, count, read_one, scan);
}
