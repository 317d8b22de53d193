/* facts.h - what rules can know of an image: one object, as if somebody had written it down (docs/image-lint.md).
 *
 *     apiVersion: image.strake.dev/v1
 *     kind: Image
 *     metadata: {name: docker-archive:app.tar}
 *     config: …        history: …        layers: …        files: …        packages: …        os: …
 *
 * Each member is made by one part (facts_config.c, facts_files.c, …), all of which stand in the table of facts.c. What layers must be
 * looked through for is found by observers (observe.h) while the packages are read, in the same pass. */
#pragma once

#include "doc/make.h"
#include "image/catalog.h"
#include "image/lint/config_secrets.h"
#include "kube/estate.h"

struct facts_settings {
        unsigned threads;
        struct str cache; /* the folder of the layer cache; empty: none */
        struct str today; /* YYYY-MM-DD: how old the image is, and whether its operating system is still cared for */
        bool no_layers;   /* only what the configuration says: no layer is read */
        struct secret_book *secrets; /* NULL: secrets are not looked for */
        struct yara_book *yara;      /* NULL: malware is not looked for */
};

/* Opens an image, reads all of it, and puts the object into a source of which only the name, the reference, is set. What cannot be
 * read becomes a problem of the source. False when the image cannot be opened: then there is no object. */
bool facts_read(struct estate_source *source, const struct image_settings *image,
                const struct facts_settings *settings);

/* The same of an image that is open, as a value; everything lies in the arena, or points to the image. Problems are added to
 * `catalog->problems`, which must be empty before. */
struct value facts_of(struct arena *arena, const struct image *image, const struct facts_settings *settings,
                      struct catalog *catalog);

struct surface_sum;

/* What a part is made of. */
struct facts {
        struct arena *arena;
        const struct image *image;
        struct catalog *catalog; /* with its merge, but for a bill of materials */
        struct str today;
        const struct surface_sum *surface; /* see facts_surface() */
        const struct facts_settings *settings;
        struct layer_observers observers;
        struct config_secrets config_secrets; /* which `image` no longer shows */
};

/* One member of the object. */
struct facts_part {
        const char *name;
        bool (*make)(struct facts *facts, struct value *out); /* false: the image has nothing of the kind */
};

/* Adds a problem: something of the image could not be read, and the command ends with status 2. */
void facts_problem(struct facts *facts, const char *format, ...) PRINTF_LIKE(2, 3);

/* What an observer found in a layer; NULL if the layer could not be read, or there is none. */
const void *facts_observed(const struct facts *facts, const struct layer_observer *observer, size_t layer);

/* What stands out among the files of all layers (surface.h); not of a bill of materials. */
const struct surface_sum *facts_surface(struct facts *facts);

/* A list of the texts in a list; what is no text is left out. */
struct value facts_texts(struct facts *facts, const struct value *list);

/* "layer 2 of 5 (COPY app /app)", or what else there is, for messages. */
struct str facts_origin(struct facts *facts, size_t layer);

/* Members "layer" (its index), "createdBy" where the history tells, and "origin", of a path that is in a layer. */
void facts_add_layer(struct facts *facts, struct value_maker *maker, size_t layer);

extern const struct facts_part facts_accounts, facts_base, facts_config, facts_files, facts_history, facts_layers,
        facts_malware, facts_os, facts_packages, facts_reference, facts_search, facts_secrets;
