/* diff.h - two images compared: packages, files, configuration, and whether the second is the first built again.
 *
 * The verdict goes layer by layer: the same; the same content, packed differently; or the first path at which the two archives differ,
 * and in what (order, time, owner, mode, content, ...). Times alone make no difference to the files of an image, but to a layer. */
#pragma once

#include "base/buf.h"
#include "image/catalog.h"

enum change { CHANGE_ADDED, CHANGE_REMOVED, CHANGE_CHANGED };

struct package_change {
        enum change change;
        const struct package *before, *after; /* NULL where there is none */
};

struct file_change {
        enum change change;
        struct str path;
        struct str what; /* of CHANGE_CHANGED: "content, mode" */
};

struct config_change {
        struct str path; /* JSON Pointer */
        const struct value *before, *after;
};

enum layer_verdict { LAYER_SAME, LAYER_REPACKED, LAYER_DIFFERS, LAYER_ONLY_BEFORE, LAYER_ONLY_AFTER };

struct layer_change {
        enum layer_verdict verdict;
        struct str path; /* of LAYER_DIFFERS: the first at which they differ */
        struct str why;
};

struct image_diff {
        const struct image *before, *after;
        VEC(struct package_change) packages;
        VEC(struct file_change) files;
        VEC(struct config_change) config;
        VEC(struct layer_change) layers;
        VEC(struct str) problems;
};

/* Reads both images whole. */
void image_compare(struct arena *arena, const struct image *before, const struct image *after,
                   const struct catalog_settings *settings, struct image_diff *out);

/* Whether nothing differs at all, not even how layers are packed. */
bool image_diff_is_empty(const struct image_diff *diff);

void image_diff_print_text(struct buf *out, const struct image_diff *diff, bool quiet);

/* The document strake.image-diff/1. */
void image_diff_print_json(struct buf *out, const struct image_diff *diff);
