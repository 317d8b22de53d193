/* table.h - which paths a layer has and of what kind they are, eight bytes each. */
#pragma once

#include "base/base.h"

enum path_kind {
        PATH_ABSENT,
        PATH_FILE,
        PATH_FOLDER,
        PATH_SYMLINK,
        PATH_HARDLINK,
        PATH_OTHER,    /* a device, a FIFO */
        PATH_WHITEOUT, /* the path is that of the marker: "etc/.wh.passwd" */
};

struct path_table {
        uint64_t *slots; /* the upper bits of a path's hash, and its kind in the lowest three; 0: free */
        size_t count, capacity;
};

/* Gives the memory back. */
void path_table_free(struct path_table *table);

/* Sets what a path is; returns what it was before, which is forgotten. */
enum path_kind path_table_set(struct path_table *table, uint64_t hash, enum path_kind kind);

enum path_kind path_table_get(const struct path_table *table, uint64_t hash);
