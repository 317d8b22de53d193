/* owners.h - which package of the operating system brought a file.
 *
 * Databases name many files, and few are asked for: who asks says so first, and of the others nothing is kept. */
#pragma once

#include "image/archive/paths.h"
#include "image/package/package.h"

/* A path that is asked for. */
struct owners_path {
        uint64_t path;    /* hash */
        uint32_t package; /* index among all packages, of the first that owns it; UINT32_MAX: none */
};

/* What a file says. */
struct owners_file {
        const struct package_sink *found;
        const uint32_t *indexes;
        const char *type;
};

struct owners {
        struct arena *arena;
        const struct path_key *key;
        VEC(struct owners_file) files;
        VEC(struct owners_path) paths; /* sorted, after owners_close() */
};

/* Adds what a file says; both stay. `indexes` tells which packages of the image its own are; `type` is that of owners known by name. */
void owners_add(struct owners *owners, const struct package_sink *found, const uint32_t *indexes, const char *type);

/* Says that owners_find() will be called for this path. */
void owners_ask(struct owners *owners, struct str path);

/* No more is added or asked: looks for who owns what is asked for. */
void owners_close(struct owners *owners, const struct package *packages, size_t count);

/* The purl of the package that owns a path ("a.jar!b.jar": of the file before the '!'); empty if none does. */
struct str owners_find(const struct owners *owners, const struct package *packages, struct str path);
