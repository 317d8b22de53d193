/* image_map.h - where images are that containers name: a person says so, in a YAML file or on the command line.
 *
 *     registry.example/shop/web: oci:web               # every tag and digest of it
 *     registry.example/shop/web:2.0: docker-archive:web-2.tar
 *     redis: mirror.example/library/redis              # the same tag there
 *
 * A name is what containers write: without a host, on Docker Hub. What the manifests say exactly goes before what is said for every tag,
 * and the command line before files. The other side is what `strake image` takes; paths in a file begin at its folder. */
#pragma once

#include "base/vec.h"
#include "image/open/registry.h"

struct image_map_entry {
        struct registry_reference name;
        bool every;           /* without tag and digest: all of them are meant */
        struct str reference; /* what is read instead */
        struct str place;     /* where it is said: "images.yaml:3:1", or the whole assignment */
        bool is_given;        /* on the command line */
};

struct image_map {
        VEC(struct image_map_entry) entries;
        struct map names; /* "DOMAIN/NAME:TAG@DIGEST" of the command line, and of files: number of the entry + 1 */
};

/* Adds what a file says; `name` is how messages call it. False with `err`, which has the name, line and column. Text must outlive the map. */
bool image_map_add_file(struct arena *arena, struct image_map *map, struct str name, struct str text, struct err *err);

/* Adds "NAME=REFERENCE". */
bool image_map_add(struct arena *arena, struct image_map *map, struct str assignment, struct err *err);

/* The entry for an image, and what is to be read for it; NULL if it is not in the map. */
const struct image_map_entry *image_map_find(struct arena *arena, const struct image_map *map,
                                             const struct registry_reference *name, struct str *reference);

/* "registry.example/shop/web:2.0@sha256:…": the same for all ways to write a name. */
struct str registry_print_reference(struct arena *arena, const struct registry_reference *reference);
