/* surface_internal.h - the state of the observer of one layer. */
#pragma once

#include "image/surface.h"

enum { SURFACE_CHUNK = 4096 };

/* The lowest bits of a hash, which tables of paths do not look at. */
enum surface_flags {
        SURFACE_EXECUTABLE = 1,
        SURFACE_HUGE = 2,
        SURFACE_DEAD = 4,
        SURFACE_FLAGS = 7,
        SURFACE_FLAG_BITS = 3
};

struct surface_file {
        uint64_t hash; /* of the path, with flags */
        uint32_t folder;
        uint32_t size; /* with SURFACE_HUGE an index in `huge` */
};

struct surface_chunk {
        struct surface_chunk *next;
        uint32_t count;
        struct surface_file files[SURFACE_CHUNK];
};

struct surface_folder {
        uint64_t hash;
        uint32_t parent; /* always a lower number; the root, 0, is its own */
        uint32_t heap;   /* from 1; 0: in none */
};

struct surface {
        struct arena *arena;
        const struct path_key *key;
        VEC(struct surface_item) items; /* in the order of the layer; one without traits does not count */
        VEC(struct surface_heap) heaps;
        VEC(struct surface_folder) folders;
        VEC(uint64_t) gone;   /* hashes of paths that whiteouts name, sorted in the end */
        VEC(uint64_t) opaque; /* of folders that hide what lower layers have in them */
        VEC(uint64_t) huge;
        struct surface_chunk *chunks, *last;
        uint64_t file_count;
        uint64_t left_out[SURFACE_TRAITS];
        bool repeats; /* an entry had the path of another */

        /* While the layer is read. */
        struct map items_by_path; /* index + 1 */
        uint32_t *folder_table;   /* numbers of folders by hash; 0: free */
        size_t folder_capacity;
        uint64_t last_hash;
        uint32_t last_folder;
        uint32_t kept[SURFACE_TRAITS];
        size_t item_bytes;
};

static inline uint64_t surface_size(const struct surface *surface, const struct surface_file *file)
{
        return file->hash & SURFACE_HUGE ? surface->huge.items[file->size] : file->size;
}

/* A state without anything. */
struct surface *surface_new(struct arena *arena, const struct path_key *key);

/* The state as bytes, and back (observe.h). */
void surface_write(const void *state, struct buf *out);
bool surface_read(struct layer_found *found, struct str text, void *context, void **state);
