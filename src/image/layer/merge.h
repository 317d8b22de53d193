/* merge.h - from layers to what their files say in the merged image. */
#pragma once

#include "image/layer/scan_layers.h"
#include "image/layer/view.h"

/* A file that says something, as one layer has it. */
struct candidate {
        struct str path; /* with the links of its folders followed */
        size_t layer;
        uint32_t format;
        struct package_sink *found;
};

/* What a format found in a file that is there in the end, and in older versions of the same file. */
struct merged_file {
        struct str path;
        uint32_t format;
        struct package_sink *found;
        const struct candidate *versions; /* the newest first, then older ones without a break */
        size_t version_count;
};

struct merge {
        struct arena *arena;
        const struct image *image;
        struct catalog *catalog; /* takes the problems */
        unsigned threads;
        struct path_key *key;
        struct layer_found *found; /* by layer */
        bool *failed;
        size_t layer_count;
        struct view view;
        VEC(struct candidate) candidates;
        VEC(struct merged_file) files; /* sorted by format, then path */
};

/* Passes files by again whose streams want it. */
void merge_finish_streams(struct merge *merge);

/* Follows links and passes by once more what has to be, then decides which files are there. */
void merge_run(struct merge *merge);

/* Adds a problem, with the image's and the layer's name before it. */
void merge_problem(struct merge *merge, size_t layer, struct str text);
