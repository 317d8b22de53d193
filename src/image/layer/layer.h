/* layer.h - one layer read once, from its first byte to its last: which paths it has, and what the formats find in its files.
 *
 * Nothing is known here of other layers. What counts in the merged image is decided in view.h. */
#pragma once

#include "crypto/digest.h"
#include "image/archive/paths.h"
#include "image/archive/tar.h"
#include "image/layer/matcher.h"
#include "image/layer/observe.h"
#include "image/layer/table.h"

/* What a format found in a file. */
struct layer_part {
        uint32_t format; /* index in package_formats */
        struct package_sink *found;
        void *state; /* of a stream that wants the file once more; else NULL */
};

/* A file that a format wants, or a link by a name that one wants. */
struct layer_file {
        struct str path; /* clean */
        enum path_kind kind;
        struct str target;            /* of a link, as it stands there */
        VEC(struct layer_part) parts; /* in the order of formats; of a link, `found` is NULL */
};

struct layer_link {
        uint64_t path;   /* hash */
        uint32_t number; /* counts the links of the layer: of two with the same path the later counts */
        struct str target;
};

struct layer_found {
        struct arena arena; /* everything below but the table's slots */
        struct path_table table;
        VEC(struct layer_file) files; /* each path once */
        struct map by_path;           /* of files: index + 1 */
        VEC(struct layer_link) links; /* symbolic ones; sorted by hash, each path once */
        bool has_whiteouts, wants_again;
        uint64_t entries, bytes;        /* bytes: of the contents of its files */
        struct digest diff_id;          /* as it came out */
        void *observed[OBSERVERS_MOST]; /* states, in the order of the observers; NULL where there are none */
        VEC(struct str) problems;
};

/* A folder that is reached by a link: what is in `folder` is read as if it were in `name`, where formats look for it. */
struct layer_move {
        struct str folder, name;
};

/* What is looked for. Shared by threads. */
struct layer_wish {
        const struct matcher *matcher;
        const struct path_key *key;
        bool only_files;         /* no table, no links: for a second pass */
        const struct map *names; /* files read for another name of theirs: path → struct str; or NULL */
        const struct layer_move *moves;
        size_t move_count;
        const struct layer_observers *observers; /* NULL: none */
        const struct layer_found *continue_with; /* files whose streams want them once more */
};

void layer_found_free(struct layer_found *found);

/* A visitor of the entries of one layer (tar.h), for a tar and for a folder. */
struct layer_reading;
struct layer_reading *layer_reading_new(const struct layer_wish *wish, struct layer_found *out);
struct tar_visitor layer_visitor(struct layer_reading *reading);
void layer_reading_free(struct layer_reading *reading);

/* After the last entry. */
void layer_reading_end(struct layer_reading *reading);

/* Notes a problem of the layer. */
void layer_problem(struct layer_found *found, const char *format, ...) PRINTF_LIKE(2, 3);

/* The target of a symbolic link by the hash of its path; data is NULL if there is none. */
struct str layer_link_target(const struct layer_found *found, uint64_t path);
