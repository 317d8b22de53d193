/* archive.h - the files that are in an archive, as it passes by: zip and what is one (jars, wheels, documents), tar, and what gzip and zstd
 * packed, alone or around a tar.
 *
 *     struct archive *archive = archive_new(&visitor, context);
 *     archive_begin(archive, path);
 *     archive_feed(archive, piece); ...
 *     archive_end(archive);
 *
 * What a file is, its first bytes say. One that is no archive is handed on as it is. Of an archive those inside are handed on, one after
 * the other, and also those of archives in it, but not those of archives in these. Whether a directory names a file does not matter: it is
 * there. Memory is bounded, and so is what may come out of a file; what is not handed on to its end is told, the first of each archive. */
#pragma once

#include "base/str.h"

enum { ARCHIVE_DEPTH = 2, ARCHIVE_RATIO = 250, ARCHIVE_SUM_RATIO = 50 };

struct archive_visitor {
        /* A file begins. `place` says where it is ("app.war!lib/a.jar!key"), `path` what it would be called if archives were folders
         * ("app.war/lib/a.jar/key"). Both stay until its end. */
        void (*begin)(void *context, struct str place, struct str path);

        /* The next bytes of it; false: the rest does not matter. The end comes in any case. */
        bool (*piece)(void *context, struct str piece);
        void (*end)(void *context);

        /* Not all of a file, or of an archive, was handed on. */
        void (*left)(void *context, struct str place, struct str why);
};

struct archive;

struct archive *archive_new(const struct archive_visitor *visitor, void *context) NONNULL_RESULT;
void archive_free(struct archive *archive);

/* A file begins; the path stays until its end. */
void archive_begin(struct archive *archive, struct str path);

/* False: the rest does not matter. */
bool archive_feed(struct archive *archive, struct str piece);

/* What follows of the file is not handed on; tells so. */
void archive_cut(struct archive *archive, struct str why);
void archive_end(struct archive *archive);
