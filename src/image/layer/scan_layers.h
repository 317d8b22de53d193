/* scan_layers.h - the layers of an image read, on several threads. */
#pragma once

#include "image/catalog.h"
#include "image/layer/layer.h"

/* Reads the layers for which `wanted` is true (all, if it is NULL) into `found`, one for each layer of the image. `wishes` has one for
 * each layer, or with `one_wish` a single one for all. A layer that fails gets its reason as a problem and is left empty. */
struct scan_layers {
        const struct image *image;
        const struct layer_wish *wishes;
        bool one_wish;
        const bool *wanted;
        unsigned threads;
        struct layer_found *found;
        bool *failed;
};

void scan_layers(struct scan_layers *scan);

/* Sends the entries of one layer to a visitor and checks its digests. Of a folder, what cannot be read becomes a problem of `found`. */
bool visit_layer(const struct image *image, size_t index, bool threads, const struct tar_visitor *visitor,
                 struct layer_found *found, struct err *err);
