/* version.h - which of two versions is older, by the rules of where they come from.
 *
 * Each packaging system orders versions in its own way; 1.0-1 follows 1.0 for Maven and goes before it for npm. A scheme is a
 * constant: its name, how to tell that a text is no version, and the order. Nothing here allocates, numbers may have any
 * count of digits, and the time is linear in the length of the texts. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct version_scheme {
        const char *name;
        const char *origin; /* whose versions these are */

        /* NULL if the text is a version of this scheme, otherwise what is wrong with it: "its epoch is no number". */
        const char *(*fault)(struct str text);

        /* Negative, 0 or positive, as a is before, the same as or after b. Both are versions; for other texts the result means
         * nothing, but nothing bad happens. */
        int (*compare)(struct str a, struct str b);
};

extern const struct version_scheme version_apk, version_bitnami, version_cargo, version_cran, version_deb,
        version_golang, version_hackage, version_hex, version_jvm, version_maven, version_npm, version_nuget,
        version_packagist, version_pacman, version_portage, version_pub, version_pypi, version_rpm, version_rubygems,
        version_semver;

/* All of them, by name. */
extern const struct version_scheme *const version_schemes[];
extern const size_t version_scheme_count;

/* NULL if there is none of that name. */
const struct version_scheme *version_scheme_find(struct str name);

/* Sets the order to -1, 0 or 1. False, with what is wrong in `err`, if one of the texts is no version. */
bool version_compare(const struct version_scheme *scheme, struct str a, struct str b, int *order,
                     struct err *err) MUST_USE;

/* What version_judge() found. */
struct version_verdict {
        size_t judged, failed; /* lines */
        size_t faults;         /* lines that could not be judged */
};

/* Judges lines "A OP B", where OP is <, = or >. Lines that do not hold are added to `out` as they are. A line that cannot be
 * judged is told to `tell`, with the number of the line, from 1. Empty lines are passed over. */
void version_judge(const struct version_scheme *scheme, struct str lines, struct buf *out,
                   struct version_verdict *verdict, void (*tell)(void *whom, size_t line, const struct err *err),
                   void *whom);
