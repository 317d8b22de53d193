/* catalog.h - the packages of an image: read layer by layer, put together, with where each came from.
 *
 *     struct catalog catalog = {0};
 *     catalog_read(&arena, image, &settings, &catalog);
 *
 * A package of which several files tell is there once, with several locations. The layer of a location is the first from which
 * on the file named the package without a break, so a database that later layers rewrite does not take the credit for what was
 * there before. A package that a package of the operating system brought (its file is owned) names it as owner. */
#pragma once

#include "image/image.h"
#include "image/layer/observe.h"
#include "image/package/package.h"

struct catalog_settings {
        unsigned threads;
        struct str cache; /* the folder of the layer cache; empty: none */
        struct layer_observers observers;
};

/* What the image says about its operating system (os-release(5)). */
struct catalog_system {
        struct str id, version_id, name, pretty_name;
};

struct catalog_layer {
        uint64_t entries, bytes; /* of the contents of its files */
        bool failed;
};

struct merge;

struct catalog {
        struct package *packages; /* sorted by type, name, version, architecture */
        size_t package_count;
        struct catalog_system system;
        struct catalog_layer *layers; /* as in the image */
        uint64_t unnamed;         /* components of a bill of materials that have no purl and so are no packages here */
        VEC(struct str) problems; /* each names the image, and layer and path where there are any */
        const struct merge
                *merge; /* how the layers were put together (merge.h), with what observers found; NULL: of a bill */
};

/* Reads all of the image; everything lies in the arena. What fails becomes a problem, and the rest is still read. */
void catalog_read(struct arena *arena, const struct image *image, const struct catalog_settings *settings,
                  struct catalog *out);

/* Adds a problem, with the image's name before it. */
void catalog_problem(struct arena *arena, struct catalog *catalog, const struct image *image, struct str text);
