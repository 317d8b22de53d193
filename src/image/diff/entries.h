/* entries.h - the entries of two images compared: files when all layers are merged, and archives layer by layer.
 *
 * An image may have a million entries, so only two hashes of each are kept; what differs is then looked up by reading once more. */
#pragma once

#include "image/diff/diff.h"

enum {
        ENTRIES_MOST = 4 << 20,  /* of an image; each takes up to 50 bytes */
        CHANGES_MOST = 256 << 10 /* files that are listed, each with its name */
};

/* Fills files and layers of `out`, and adds problems. Links in folders are not followed: a path counts as it is written. */
void diff_entries(struct arena *arena, unsigned threads, struct image_diff *out);
