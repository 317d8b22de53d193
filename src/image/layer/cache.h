/* cache.h - what was found in layers, kept in a folder, so that a layer is read once ever.
 *
 * An entry is named after the layer's diff id, the digest of what is stored (that it unpacks to the diff id was seen when the entry
 * was made), the formats and their versions. It is written beside and renamed, and ends with its
 * own digest: what is half written, or of another version, is not taken. That the stored bytes of a layer are those that were
 * promised is remembered for the file as it was (device, inode, size, times); when another file holds the layer, its bytes are
 * hashed again, though not unpacked. A cache that cannot be read or written is no error: the layer is read. */
#pragma once

#include "image/image.h"
#include "image/layer/layer.h"

struct layer_cache {
        struct str folder;
        struct path_key key;   /* of the paths in all entries */
        struct digest formats; /* what entries depend on beside the layer */
        struct layer_observers observers;
};

/* The folder for this user, $XDG_CACHE_HOME/strake or ~/.cache/strake, made if it is not there; empty if that cannot be. */
struct str layer_cache_make(struct arena *arena);

/* Makes the folder if it is not there. Entries hold what these observers found, and are others than those without. False when there can
 * be no cache. */
bool layer_cache_open(struct arena *arena, struct str folder, const struct layer_observers *observers,
                      struct layer_cache *out);

/* Fills `out` with what is known of a layer; false if nothing is. */
bool layer_cache_load(const struct layer_cache *cache, const struct image *image, const struct image_layer *layer,
                      struct layer_found *out);

/* Keeps what was found in a layer whose digests were right. */
void layer_cache_keep(const struct layer_cache *cache, const struct image *image, const struct image_layer *layer,
                      const struct layer_found *found);
