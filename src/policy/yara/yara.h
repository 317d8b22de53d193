/* yara.h - malware by rules in YARA's language (yara.readthedocs.io), which people bring.
 *
 * Rules are compiled once, before anything else is given up, and then used by many threads. They may ask for `filename`, `filepath` and
 * `extension`, as collections of rules do. */
#pragma once

#include "base/err.h"
#include "base/vec.h"
#include "crypto/digest.h"

struct yara_book;

enum {
        YARA_FILES_MOST = 20000,
        YARA_FILE_BYTES = 64 << 20, /* of one file of rules */
        YARA_ERRORS_MOST = 20,      /* so many are told */
        YARA_SECONDS = 60           /* for looking through one text */
};

/* Messages, each with file and line. */
struct yara_errors {
        VEC(struct str) messages;
        size_t count; /* of all, those that are not told too */
};

/* Reads files, and of folders every *.yar and *.yara below. The book lives as long as the arena. NULL with what is wrong in `errors`. */
struct yara_book *yara_book_new(struct arena *arena, const struct str *paths, size_t count, struct yara_errors *errors);

/* What says the same for the same rules: for caches of what was found. */
const struct digest *yara_book_digest(const struct yara_book *book);

struct yara_meta {
        struct str name, value;
};

struct yara_match {
        struct str rule, space; /* space: the file that the rule is from, below the folder that was named */
        const struct str *tags;
        size_t tag_count;
        const struct yara_meta *metas;
        size_t meta_count;
};

struct yara_matches {
        VEC(struct yara_match) items;
};

struct yara_scan;

/* For one thread, again and again. NULL when there is no memory. */
struct yara_scan *yara_scan_new(const struct yara_book *book);
void yara_scan_free(struct yara_scan *scan);

/* Adds the rules that match a text; their texts lie in the arena. False with `err` when it took too long or failed. */
bool yara_scan_text(struct yara_scan *scan, struct arena *arena, struct str path, struct str text,
                    struct yara_matches *out, struct err *err);
