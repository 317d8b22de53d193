/* secrets.h - secrets in the files of a layer, and in archives: an observer (observe.h) whose context is a struct secret_book.
 *
 * Every regular file is looked through while it passes by, also what a later layer deletes: it is still in the image. Of a file only
 * what was found is kept, masked. */
#pragma once

#include "image/layer/observe.h"
#include "image/layer/unsearched.h"
#include "image/lint/archive.h"
#include "policy/pattern/secret_scan.h"

extern const struct layer_observer secrets_observer;

enum { SECRETS_MOST = 1000 };
#define SECRETS_FILE_MOST ((uint64_t)1 << 30)

struct secrets_item {
        struct str path, rule, masked; /* rule: its id; path: "app.war!lib/a.jar!key" in archives */
        uint64_t line;
        uint64_t file_length; /* of the path: that of the file of the image */
};

struct secrets {
        VEC(struct secrets_item) items;
        struct unsearched left;
        uint64_t spared; /* what would be one, but stands in documentation or tests */

        /* While the layer is read. */
        struct arena *arena;
        struct secret_book *book;
        struct secret_scan *scan;
        struct archive *archive;
        struct str path;  /* of the file at hand */
        struct str place; /* of what is looked through: the same, or something in it */
};
