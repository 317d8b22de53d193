/* tar.h - tar archives as they pass by: POSIX ustar and pax (IEEE Std 1003.1, pax), GNU tar, and what is older.
 *
 * Bytes are fed piece by piece, a visitor is told of each entry and gets the content of those that it wants. Nothing is kept
 * but the entry at hand. Names are handed on as they stand in the archive. Read are: the prefix field, GNU long names and
 * links, pax path, linkpath and size, numbers in base 256, sparse files (GNU's old form and pax 0.0, 0.1 and 1.0, with holes as
 * zeros), several archives one behind the other, and archives without an end. */
#pragma once

#include "base/err.h"

enum tar_kind { TAR_FILE, TAR_FOLDER, TAR_SYMLINK, TAR_HARDLINK, TAR_CHARACTER, TAR_BLOCK, TAR_FIFO };

struct tar_entry {
        struct str path, link; /* of a link: what it names */
        enum tar_kind kind;
        uint64_t size;   /* of the content, holes among it */
        uint64_t number; /* counts the entries from 0 */
        uint64_t offset; /* of its header in the archive */
        uint32_t mode;   /* permissions, with set-user-id and the like */
        uint64_t uid, gid;
        int64_t mtime;         /* seconds */
        uint64_t device;       /* of a device: major number, and in the lower half minor */
        struct str capability; /* the attribute security.capability of a file, as the kernel keeps it; empty: none */
        const struct str *attributes; /* all extended ones as "NAME=VALUE", sorted */
        size_t attribute_count;
};

struct tar_visitor {
        void *context;
        /* `*wants` is false before: whether piece() and end() are called for it. False with `err` ends the reading. */
        bool (*entry)(void *context, const struct tar_entry *entry, bool *wants, struct err *err);
        /* Content in order, without gaps; `at` is where the piece begins in the file. */
        bool (*piece)(void *context, uint64_t at, struct str piece, struct err *err);
        bool (*end)(void *context, struct err *err);

        /* Whether the rest of the content matters; asked after each piece of what may be long and costs the archive nothing. NULL: it does. */
        bool (*more)(void *context);
};

enum { TAR_SPECIAL_MOST = 1 << 20, TAR_SEGMENTS_MOST = 1 << 16 };
#define TAR_ENTRIES_MOST ((uint64_t)8 << 20)
#define TAR_SIZE_MOST ((uint64_t)1 << 44)
/* Of holes so much is handed on, of all files: a few bytes of an archive can claim any number. */
#define TAR_HOLES_MOST ((uint64_t)4 << 30)

struct tar;

struct tar *tar_new(const struct tar_visitor *visitor);
void tar_free(struct tar *tar);

static inline void tar_free_at(struct tar **tar)
{
        tar_free(*tar);
}

/* False with `err`, which names the offset, when this is no tar or a limit is reached. */
bool tar_feed(struct tar *tar, struct str piece, struct err *err);

/* The archive ends here; false with `err` when it was cut. */
bool tar_finish(struct tar *tar, struct err *err);

/* How many bytes from here on matter to nobody: they need not be fed. Whoever leaves them out says so. */
uint64_t tar_can_skip(const struct tar *tar);
void tar_skip(struct tar *tar, uint64_t count);

/* Offset of the next byte. */
uint64_t tar_offset(const struct tar *tar);
