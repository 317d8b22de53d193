/* surface_internal.h - the state of the observer of one layer. */
#pragma once

#include "image/lint/surface.h"

/* The note of a file in the table of the layer: whether it can be run, the number of its folder, and its size. */
enum {
        SURFACE_EXECUTABLE = 1,
        SURFACE_HUGE = 2,
        SURFACE_FOLDER_AT = 2,
        SURFACE_FOLDER_BITS = 21,
        SURFACE_SIZE_AT = 23
};

#define SURFACE_SIZE_MOST (((uint64_t)1 << (PATH_NOTE_BITS - SURFACE_SIZE_AT)) - 1)

static inline uint32_t surface_folder_of(uint64_t note)
{
        return (uint32_t)(note >> SURFACE_FOLDER_AT) & ((1u << SURFACE_FOLDER_BITS) - 1);
}

struct surface_folder {
        uint64_t hash;
        uint32_t parent; /* always a lower number; the root, 0, is its own */
        uint32_t heap;   /* from 1; 0: in none */
};

struct surface {
        struct arena *arena;
        struct layer_found *found; /* whose table has the notes */
        const struct path_key *key;
        VEC(struct surface_item) items; /* in the order of the layer; one without traits does not count */
        VEC(struct surface_heap) heaps;
        VEC(struct surface_folder) folders;
        VEC(uint64_t) gone;   /* hashes of paths that whiteouts name, sorted in the end */
        VEC(uint64_t) opaque; /* of folders that hide what lower layers have in them */
        VEC(uint64_t) huge;   /* sizes that are too large for a note, which has the index instead */
        uint64_t left_out[SURFACE_TRAITS];

        /* While the layer is read. */
        struct map items_by_path; /* index + 1 */
        uint32_t *folder_table;   /* numbers of folders by hash; 0: free */
        size_t folder_capacity;
        uint64_t last_hash;
        uint32_t last_folder;
        bool too_many_folders;
        uint32_t kept[SURFACE_TRAITS];
        size_t item_bytes;
};

static inline uint64_t surface_size(const struct surface *surface, uint64_t note)
{
        uint64_t size = note >> SURFACE_SIZE_AT;

        return note & SURFACE_HUGE ? surface->huge.items[size] : size;
}

/* A state without anything. */
struct surface *surface_new(struct layer_found *found, const struct path_key *key);

/* The state as bytes, and back (observe.h). */
void surface_write(const void *state, struct buf *out);
bool surface_read(struct layer_found *found, struct str text, void *context, void **state);
