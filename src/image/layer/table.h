/* table.h - which paths a layer has and of what kind they are, eight bytes each, and six more where notes are kept.
 *
 * An image may have millions of paths, and memory is bounded: the table is at most seven eighths full and grows by a quarter in its
 * place. That works because the order of slots is that of the hashes: what grows moves only upwards. */
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

/* A number of 48 bits. */
struct path_note {
        uint16_t parts[3];
};

enum { PATH_NOTE_BITS = 48 };

static inline uint64_t path_note_get(const struct path_note *note)
{
        return note->parts[0] | (uint64_t)note->parts[1] << 16 | (uint64_t)note->parts[2] << 32;
}

static inline void path_note_set(struct path_note *note, uint64_t number)
{
        *note = (struct path_note){{(uint16_t)number, (uint16_t)(number >> 16), (uint16_t)(number >> 32)}};
}

struct path_table {
        uint64_t *slots;         /* the upper bits of a path's hash, and its kind in the lowest three; 0: free */
        struct path_note *notes; /* by slot, of whoever keeps the table; NULL: none are kept */
        size_t count;
        size_t capacity;   /* slots in which a path may have its place */
        size_t slot_count; /* with those behind, for paths whose place was taken */
        bool has_notes;    /* set before the first path comes in: there are notes */
};

/* Gives the memory back. */
void path_table_free(struct path_table *table);

/* Makes room for so many paths in an empty table. To be called where they come in the order of their hashes, as from another table: a table
 * that grows meanwhile would have them all at its begin. */
void path_table_reserve(struct path_table *table, size_t count);

/* Sets what a path is; returns what it was before, which is forgotten. Where there are notes, `*note` is that of the path until the next
 * call, 0 at first. */
enum path_kind path_table_set(struct path_table *table, uint64_t hash, enum path_kind kind, struct path_note **note);

enum path_kind path_table_get(const struct path_table *table, uint64_t hash);
