/* view.h - layers put one upon the other (image-spec, layer.md): what a path is in the end, and by which layer.
 *
 * A layer hides what lower layers have: by an entry of the same path, by an entry that is no folder where a folder was, by a
 * whiteout of the path or of a folder above it, by an opaque marker in a folder above it. Whiteouts never hide what their own
 * layer has. Links are followed inside the image only: ".." stops at its root, an absolute target begins there. */
#pragma once

#include "image/layer/layer.h"

struct view {
        struct layer_found *const *layers; /* the lowest first */
        size_t count;
        const struct path_key *key;
};

enum { VIEW_LINKS = 40 };

/* The hashes that decide about one path: of itself, of the folders above it, and of the markers that would hide it. */
struct trail {
        size_t depth;                       /* parts of the path */
        uint64_t *self, *whiteout, *opaque; /* of the first part, the first two, ...; opaque: the marker beside it */
};

struct trail view_trail(struct arena *arena, const struct view *view, struct str path);

/* What the path is in the lowest `top` layers, without following a link; `*layer` says which one has it. */
enum path_kind view_find(const struct view *view, const struct trail *trail, size_t top, size_t *layer);

/* Whether layers from `from` on, below `to`, hide what lower layers have at the path; an entry of the path itself in the layer
 * `to - 1` counts only if `with_entry`. */
bool view_hides(const struct view *view, const struct trail *trail, size_t from, size_t to, bool with_entry);

/* The first layer above `layer` that hides what it has at a clean path; SIZE_MAX if it is there in the end. */
size_t view_hidden_by(struct arena *scratch, const struct view *view, struct str path, size_t layer);

/* Follows links in the folders of a clean path, and with `last` in its last part, too, in the lowest `top` layers. False when there
 * are more than VIEW_LINKS or the path gets too long. `*followed` tells whether there was one. */
bool view_resolve(struct arena *arena, const struct view *view, struct str path, size_t top, bool last, struct str *out,
                  bool *followed);
