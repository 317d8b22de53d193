/* format.h - one way in which packages are written down, and the table of all of them.
 *
 * A format is a constant in a file of its own: which files it wants, and the function that reads one. Files of an image are
 * read once, as its layers pass by, each by itself and on several threads; whether a file is still there in the merged image
 * is decided later. So a parser sees nothing but its file. What several files say together (a go.mod and its go.sum, a pom.xml
 * and its parent) is put together in conclude(), from the packages and notes of those files that are there in the end.
 *
 * Parsed results are kept in a cache under the layer's digest and the versions of the formats: whoever changes what a parser
 * adds raises `version`. */
#pragma once

#include "image/package/package.h"

/* A file as a parser gets it. */
struct package_file {
        struct str path; /* in the image, without a slash at its beginning: "var/lib/dpkg/status" */
        struct str text; /* the whole of it; empty for a format that reads as the file passes by */
        uint64_t size;
};

enum stream_wish {
        STREAM_MORE,   /* go on */
        STREAM_ENOUGH, /* the rest of the file does not matter */
        STREAM_AGAIN,  /* from feed or end: pass the whole file by once more, with the state as it is */
        STREAM_BAD,    /* `err` says why */
};

/* For files that may be too large to be held: programs, archives. A state of `state_size` bytes, cleared, is kept for each file.
 * Pieces come in order and without gaps; `at` is where the piece begins in the file. At most STREAM_PASSES passes are made. */
struct package_stream {
        size_t state_size;
        enum stream_wish (*feed)(void *state, struct package_sink *sink, const struct package_file *file, uint64_t at,
                                 struct str piece, struct err *err);
        enum stream_wish (*end)(void *state, struct package_sink *sink, const struct package_file *file,
                                struct err *err);
};

enum { STREAM_PASSES = 3 };

/* What the files of one format said, those that are there in the merged image, in the order of their paths. */
struct package_result {
        struct str path;
        struct package_sink *found; /* its packages may be changed, taken away and added */
};

struct package_format {
        const char *name;         /* "dpkg": what it is called in messages */
        unsigned version;         /* raised when what it adds changes */
        const char *const *paths; /* patterns, NULL at the end; below */
        bool programs;            /* wants also every file that begins as an ELF, PE or Mach-O program */
        bool folders_only; /* a lock file: says what will be installed, so it counts in a folder (dir:) but not in an image */
        const char *owner_type; /* the type of the packages that package_owns() names, where it is given a name */
        uint64_t most;          /* bytes of the largest file that it takes; 0: FORMAT_MOST */

        /* Reads a whole file, or, where `stream` is set, is NULL. False: the file as a whole is wrong; `err` has line and column
         * where there are any. */
        bool (*parse)(struct package_sink *sink, const struct package_file *file, struct err *err);
        const struct package_stream *stream;

        /* NULL for most. */
        bool (*conclude)(struct arena *arena, struct package_result *results, size_t count, struct err *err);
};

enum { FORMAT_MOST = 32 << 20 };

/* Patterns: parts of a path between slashes; in a part, '*' stands for any bytes; a part that is "**" for any number of parts,
 * none as well. "var/lib/dpkg/status.d/" followed by "*" is a whole path; "**" "/package.json" is found everywhere. Letters count
 * as they are. A pattern whose first part is "**" is looked for by its last part only when that holds no '*', so give it one
 * where you can. */
bool format_path_matches(const char *pattern, struct str path);

/* All formats, in the order in which they are asked; a file may belong to several. Formats are added in formats.c. */
extern const struct package_format *const package_formats[];
extern const size_t package_format_count;

/* Runs a format over a text as if it were a file at `path`: for tests, fuzz targets and folders. */
bool format_parse_text(const struct package_format *format, struct package_sink *sink, struct str path, struct str text,
                       struct err *err);
