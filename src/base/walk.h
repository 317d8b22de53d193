/* walk.h - which files there are in a folder and below.
 *
 * Folders are listed, nothing is opened but folders. No link is followed into another folder, so the walk ends; depth and
 * number are bounded by what the system can name. Names are bytes: they may hold anything but a zero. */
#pragma once

#include "base/str.h"
#include "base/vec.h"

enum walk_kind {
        WALK_FILE,         /* a regular file, or a link to one beneath the folder */
        WALK_NOT_FOLLOWED, /* `why` says what it is: a FIFO, a link that leads nowhere, … */
        WALK_UNREADABLE,   /* a folder, or something whose nature could not be found out; `why` */
};

struct walk_entry {
        struct str below; /* path below the folder of the walk, without "./", followed by a zero */
        enum walk_kind kind;
        bool is_link;
        uint64_t device, inode, size; /* of a WALK_FILE; of a link, those of the file that it leads to */
        uint64_t changed;             /* of a WALK_FILE: when it last changed (st_ctim), in nanoseconds since 1970 */
        const char *why;
};

/* Who asks for the walk decides what belongs to it. */
struct walk_guide {
        void *context;

        /* NULL, which keeps nothing; or called once for each folder, before its entries, with what it returned for the folder
         * above (NULL for the first). `folder` is open, `below` its path with a slash behind it, empty for the first. */
        void *(*enter)(void *context, void *above, int folder, struct str below);

        /* Whether a folder is walked, or a file listed. `here` is what enter() returned for the folder that holds it. */
        bool (*wants)(void *context, void *here, struct str below, bool is_folder);
};

struct walk {
        VEC(struct walk_entry) entries; /* in no order that means anything, but always in the same */
};

/* Lists what is in an open folder and below. Adds to `out`; all memory comes from the arena. */
void walk_folder(struct arena *arena, int folder, const struct walk_guide *guide, struct walk *out);

/* Puts the entries into the order of their paths. */
void walk_sort(struct walk *walk);
