/* records.h - every entry of a layer with all that can differ about it, as it passes by. */
#pragma once

#include "image/layer/scan_layers.h"

struct record {
        struct str path; /* clean */
        struct str link, capability;
        struct str attributes; /* all extended ones; of a folder none is known but the capability */
        enum tar_kind kind;
        uint32_t mode;
        uint64_t uid, gid, size, device;
        int64_t mtime;
        unsigned char content[32]; /* SHA-256, of a file */
};

struct record_visitor {
        void *context;
        bool (*wants)(void *context, const struct record *record);                 /* its content, too; NULL: always */
        bool (*take)(void *context, const struct record *record, struct err *err); /* valid until it returns */
};

/* Sends the entries of a layer to a visitor, in the order of the archive; problems of files in a folder go to `found`. */
bool records_visit(const struct image *image, size_t layer, bool threads, const struct record_visitor *visitor,
                   struct layer_found *found, struct err *err);

/* In what two records differ, other than the path: a list of words with commas; empty if in nothing. `archive`: also in what makes
 * no other file of it, but other bytes in an archive: times, and extended attributes that are no capability. */
struct str records_differ(struct arena *arena, const struct record *a, const struct record *b, bool archive);

/* A keyed hash of what records_differ() looks at. */
uint64_t record_hash(const struct path_key *key, const struct record *record, bool archive);
