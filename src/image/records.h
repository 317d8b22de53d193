/* records.h - every entry of a layer with all that can differ about it, and the files of an image put together of them. */
#pragma once

#include "base/map.h"
#include "image/scan_layers.h"

enum { RECORDS_MOST = 2 << 20 }; /* entries of a layer */

struct record {
        struct str path; /* clean */
        struct str link;
        enum tar_kind kind;
        uint32_t mode;
        uint64_t uid, gid, size;
        int64_t mtime;
        unsigned char content[32]; /* SHA-256, of a file */
};

struct layer_records {
        VEC(struct record) records; /* in the order of the archive */
};

/* Reads a layer; problems of files in a folder go to `found`. */
bool records_read(struct arena *arena, const struct image *image, size_t layer, bool threads, struct layer_records *out,
                  struct layer_found *found, struct err *err);

/* The files of an image: path → const struct record *, of what is there when all layers are merged. Links in folders are not followed: a
 * path counts as it is written. NULL stands for what was taken away. */
void records_merge(struct arena *arena, const struct layer_records *layers, size_t count, struct map *out);

/* In what two records differ, other than the path: a list of words with commas; empty if in nothing. */
struct str records_differ(struct arena *arena, const struct record *a, const struct record *b, bool times);
