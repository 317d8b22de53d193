/* surface.h - what an attacker would look for in the files of an image, and what they weigh: an observer (observe.h), and its findings
 * of all layers put together.
 *
 * Paths are kept only where a rule may name them, and at most SURFACE_ITEMS of a trait in a layer; of all other files a layer has
 * sixteen bytes each, from which it can be told whether a later layer hides them. */
#pragma once

#include "image/layer/layer.h"
#include "image/layer/merge.h"

extern const struct layer_observer surface_observer;

enum surface_trait {
        SURFACE_SETUID,
        SURFACE_SETGID,
        SURFACE_WRITABLE, /* a file that everybody may write */
        SURFACE_OPEN_FOLDER, /* a folder that everybody may write, and from which everybody may remove what others have in it */
        SURFACE_DEVICE,
        SURFACE_CAPABLE, /* a program that gives capabilities to who runs it */
        SURFACE_TOOL,    /* a program by its name: shell, package manager, ... */
        SURFACE_SECRET,  /* a file that mostly holds a secret, by its name */
        SURFACE_LARGE,
        SURFACE_TRAITS
};

enum { SURFACE_ITEMS = 1000, SURFACE_ITEM_BYTES = 1 << 20, SURFACE_HEAPS = 1000, SURFACE_LARGE_BYTES = 1 << 20 };

struct surface_item {
        struct str path;
        enum path_kind kind;
        uint32_t traits; /* a bit each */
        uint32_t mode;
        uint64_t uid, gid, size;
        uint64_t capabilities; /* permitted, a bit each (capabilities(7)) */
        struct str what;       /* of a tool or secret: its kind, "shell" */
};

/* A folder in which things pile up: a cache, what a version control keeps. */
struct surface_heap {
        struct str kind, path; /* "apt", "var/lib/apt/lists" */
};

struct surface;

/* --- of all layers --- */

struct surface_found_item {
        const struct surface_item *item;
        size_t layer;
        size_t hidden_by; /* the layer that deletes or replaces it, SIZE_MAX: it is there in the end */
};

struct surface_found_heap {
        struct str kind, path;
        uint64_t files, bytes;
        size_t layer; /* the lowest that has a part of it */
};

struct surface_layer {
        uint64_t files, bytes, executables;  /* files and what they hold, entries of the same path once */
        uint64_t hidden_files, hidden_bytes; /* of these: deleted or replaced by later layers */
};

struct surface_sum {
        uint64_t files, bytes, executables; /* that are there in the end */
        struct surface_layer *layers;       /* as in the image, the one of a folder too */
        VEC(struct surface_found_item)
        items; /* sorted by path, those of one layer once; hidden ones too, where they are large */
        VEC(struct surface_found_heap) heaps; /* sorted by path; those with at least one file that is there */
        uint64_t left_out[SURFACE_TRAITS];    /* items that were too many to be kept */
};

/* Puts together what was found in the layers of a merge, at `which` among its observers. */
void surface_add_up(struct arena *arena, const struct merge *merge, size_t which, struct surface_sum *out);
