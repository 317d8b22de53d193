/* owners.h - which package of the operating system brought a file. */
#pragma once

#include "image/archive/paths.h"
#include "image/package/package.h"

struct owners {
        struct arena *arena;
        const struct path_key *key;
        VEC(struct package_owned) owned; /* by path, after owners_close(); `package` is an index among all packages */
        VEC(struct str) names;           /* "type\nname" of owners that another file describes */
        bool closed;
};

/* Adds what a file says. `indexes` tells which packages of the image its own are; `type` is that of owners known by name. */
void owners_add(struct owners *owners, const struct package_sink *found, const uint32_t *indexes, const char *type);

/* No more is added: looks the names up among all packages and sorts. */
void owners_close(struct owners *owners, const struct package *packages, size_t count);

/* The purl of the package that owns a path ("a.jar!b.jar": of the file before the '!'); empty if none does. */
struct str owners_find(const struct owners *owners, const struct package *packages, struct str path);
