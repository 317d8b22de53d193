/* beside.h - a file that is written beside the place that it is for, and takes its name in one step when it is complete.
 *
 * Whoever opens the name sees the old or the new content and nothing between. A link stays one: the file that it leads to is
 * meant. All functions set errno when they fail. */
#pragma once

#include "base/arena.h"
#include "base/str.h"

struct beside {
        struct arena arena;
        char *name;      /* without links */
        char *temporary; /* NULL: there is none, or not any more */
        int file;        /* the temporary one, open for writing; -1: it is not */
};

/* Makes an empty file beside `name`, which need not be there, with access for its owner only: chmod it. */
bool beside_begin(struct beside *beside, const char *name);

/* Closes the file and gives it the name. */
bool beside_commit(struct beside *beside);

/* Removes what was not committed, and gives the memory back. Fits CLEANUP(beside_end), also where beside_begin() failed. */
void beside_end(struct beside *beside);

/* Writes all of a text to a file descriptor. */
bool file_write_all(int file, struct str text);
