/* package.h - what a package of an image is, and how a parser says that it found one.
 *
 * A parser is given one file (format.h) and a `struct package_sink`; it adds packages, the files that packages own, and
 * notes for a later step. Whatever it adds is copied, so texts may point into the file, or to the parser's own memory. The
 * sink belongs to one thread. Where a package stands (layer and path) is added by whoever runs the parser. */
#pragma once

#include "base/err.h"
#include "base/vec.h"

struct package_location {
        struct str layer; /* diff id of the layer that brought the package; empty where there are no layers */
        struct str
                path; /* of the file that names it, without a slash at its beginning; of a jar in a jar: "a.jar!lib/b.jar" */
};

/* A relation of a package to the project whose lock file names it. */
enum package_flags {
        PACKAGE_DEVELOPMENT = 1, /* needed for building or testing only */
        PACKAGE_ROOT = 2,        /* the project itself, or a member of its workspace */
};

struct package {
        struct str type;    /* the type of its purl: "deb", "apk", "rpm", "npm", "pypi", "maven", ... */
        struct str name;    /* as its ecosystem writes it: "@scope/name", "group:artifact", "github.com/a/b" */
        struct str version; /* the same: "1:2.3-4" with its epoch for deb and rpm; empty where none is known */
        struct str arch;
        struct str namespace; /* of the purl, where the name does not hold it: filled from os-release for deb, apk and rpm */
        struct str qualifiers; /* of the purl, beyond those that the type asks for: "vcs_url=..."; ready, in order */
        struct str subpath;    /* of the purl */
        struct str source;     /* name of the source package that it was built from; empty: not said */
        struct str source_version;
        struct str vendor; /* who says to have made it: rpm's Vendor, deb's Maintainer */
        const struct str *licenses;
        size_t license_count;
        unsigned flags; /* enum package_flags */

        /* Filled after parsing, for the packages of an image (catalog.h). */
        struct package_location *locations;
        size_t location_count;
        struct str purl;
        struct str owner; /* purl of the package of the operating system that owns the first location */
};

/* A fact about a file that another file needs before packages can be told: what a go.sum says, whose parent a pom.xml has. */
struct package_note {
        struct str key, value;
};

/* Paths of files that one package brought, by the hashes that the image's paths have (paths.h). There may be a million of them: blocks
 * do not move when there are more. */
struct package_owned {
        struct package_owned *next;
        uint32_t package; /* index among the packages of the same file, or, with the highest bit set, among `owners` */
        uint32_t count, capacity;
        uint64_t paths[];
};

enum { PACKAGE_OWNER = 1u << 31 };

struct package_owned_list {
        struct package_owned *first, *last;
        size_t count, runs; /* of paths, of the above */
};

/* What one file says. */
struct package_sink {
        struct arena *arena; /* everything below is in it */
        uint64_t most;       /* packages, notes and owned files that one file may have */
        VEC(struct package) packages;
        VEC(struct package_note) notes;
        struct package_owned_list owned;
        VEC(struct str) owners;   /* names of packages that another file of the same format describes */
        VEC(struct str) problems; /* what could not be read, while the rest could */
        const void *paths;        /* how paths are hashed */
};

/* Adds a package; name and type must not be empty. False when the file has more than one file may have. */
bool package_add(struct package_sink *sink, const struct package *package, struct err *err);

/* Adds a note about the file, for package_format.conclude. */
bool package_note(struct package_sink *sink, struct str key, struct str value, struct err *err);

/* Says that the package that was added last owns a file of the image ("/usr/bin/x", with or without the slash), or, with a
 * name, that the package of this name does, which stands in another file. */
bool package_owns(struct package_sink *sink, struct str name, struct str path, struct err *err);

/* Adds a path that the package owns. */
void package_owned_add(struct arena *arena, struct package_owned_list *list, uint32_t package, uint64_t path);

/* Says that a part of the file could not be read; the rest goes on. The command then ends with status 2. */
bool package_problem(struct package_sink *sink, const char *format, ...) PRINTF_LIKE(2, 3);

/* "key=value", encoded for package.qualifiers. */
struct str package_qualifier(struct arena *arena, const char *key, struct str value);

/* The purl of a package (purl-spec): its name split and written as its type asks. In the arena. */
struct str package_purl(struct arena *arena, const struct package *package);

/* By type, name, version, architecture and purl: for qsort(). */
int package_compare(const void *a, const void *b);

/* What stands in a package's name between namespace and name of its purl: '/' or ':'; 0 if its name is that of the purl alone. */
char package_purl_joint(struct str type);
