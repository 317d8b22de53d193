/* zip.h - ZIP archives (APPNOTE 6.3) that pass by in pieces, in little memory whatever their size: jars, eggs.
 *
 * What an archive holds is told by its directory, which stands behind everything else. So the contents of an entry are read when they
 * pass by, and count only if the directory then names them at that place; zip_finish() tells those. */
#pragma once

#include "base/err.h"
#include "base/vec.h"

struct zip;

/* Who looks at the entries of an archive. */
struct zip_visitor {
        /* Whether the contents of an entry of this name are wanted. */
        bool (*wants)(void *context, struct str name);

        /* A wanted entry begins; they are numbered from 0. Its contents follow, unpacked, and then its end. What one of them fails
         * with becomes the problem of the entry, which then is over. */
        bool (*begin)(void *context, size_t number, struct str name, struct err *err);
        bool (*piece)(void *context, struct str piece, struct err *err);
        bool (*end)(void *context, struct err *err);

        /* NULL, or who looks wants all that passes by, whatever the directory says: nothing is kept of entries, zip_finish() tells none, and
         * what is wrong with one is told here. `name` has no data if it had begun; what piece() ends without a message is no mistake. */
        void (*failed)(void *context, struct str name, const struct err *err);
};

/* A wanted entry as the directory names it. */
struct zip_entry {
        struct str name;
        size_t number;      /* as begin() had it; SIZE_MAX if it did not pass by, which `problem` then tells */
        struct str problem; /* why its contents could not be read; empty if they could */
};

enum { ZIP_ENTRIES = 1 << 18 };

/* Everything lies in the arena, or is given back with it. The visitor is copied, its functions are called with `context`. */
struct zip *zip_new(struct arena *arena, const struct zip_visitor *visitor, void *context) NONNULL_RESULT;

/* The next bytes of the archive. Something may stand before it (a program that unpacks itself), and between its entries. False with
 * `err`, after which nothing more may be fed. */
bool zip_feed(struct zip *zip, struct str piece, struct err *err);

/* After the last byte: the wanted entries in the order of the directory. False with `err` if it is no archive, or is cut. */
bool zip_finish(struct zip *zip, const struct zip_entry **entries, size_t *count, struct err *err);

/* Inflates zlib data (RFC 1950) to at most `most` bytes. */
bool zip_inflate(struct arena *arena, struct str packed, uint64_t most, struct str *out, struct err *err);
