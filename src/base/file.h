/* file.h - reading whole files without being made to wait, to follow links or to swell.
 *
 * A file that is read because it was found in a folder is opened beneath that folder: no link leads out of it, and what is
 * not a regular file is not opened at all. What a person names is opened as it is named. */
#pragma once

#include "base/str.h"

enum file_result {
        FILE_OK,
        FILE_ABSENT,      /* there is no such file */
        FILE_UNREADABLE,  /* `why` says what the system says */
        FILE_NOT_REGULAR, /* a folder, FIFO, socket or device; `why` says which */
        FILE_OUTSIDE,     /* a link that leads out of the folder, nowhere, or in a circle; `why` says which */
        FILE_TOO_LARGE,   /* more than the caller takes */
};

struct file_text {
        struct str text; /* in the arena */
        const char *why; /* a constant, or of strerror; for everything but FILE_OK */
        uint64_t size;   /* for FILE_TOO_LARGE, where it is known */
};

/* Opens a folder that a person named; -1 with errno. */
int file_open_folder(const char *name);

/* Opens a file or folder below an open folder, never outside of it: beneath, without magic links. `flags` as for open(2).
 * On a system without openat2(2) no link is followed at all. -1 with errno; EXDEV: it leads outside. */
int file_open_beneath(int folder, const char *below, int flags);

/* Reads a regular file beneath an open folder. The memory for the text, `most` bytes at most, comes from the arena. */
enum file_result file_read_beneath(struct arena *arena, int folder, const char *below, uint64_t most,
                                   struct file_text *out);

/* Reads what a person named: a file, or a pipe to its end. */
enum file_result file_read(struct arena *arena, const char *name, uint64_t most, struct file_text *out);

/* Reads an open file, pipe or terminal to its end. */
enum file_result file_read_open(struct arena *arena, int file, uint64_t most, struct file_text *out);

/* Closes a file descriptor unless it is negative. For CLEANUP(file_close). */
void file_close(int *file);
