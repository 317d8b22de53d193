/* ignore.h - .strakeignore: which files a walk passes over, in the syntax of gitignore(5).
 *
 * Each folder may have such a file; it speaks for what is in the folder and below. The last pattern that matches decides,
 * and a deeper file overrules one above it. */
#pragma once

#include "base/str.h"
#include "base/vec.h"

struct ignore_pattern {
        struct str glob;
        bool negated;      /* !pattern: not ignored after all */
        bool folders_only; /* pattern/ */
        bool anchored;     /* has a slash at its beginning or in its middle: matches from the folder of the file on */
};

struct ignore {
        const struct ignore *above; /* of the folders above; NULL if there is none */
        struct str folder; /* path of the folder that has the file, with a slash behind it; empty for the first */
        VEC(struct ignore_pattern) patterns;
};

/* Reads the text of a .strakeignore. Every line is valid; strings point into `text`. */
const struct ignore *ignore_read(struct arena *arena, const struct ignore *above, struct str folder, struct str text);

/* Whether a path, given from the folder of the walk on, is ignored. The folders above it are not looked at: who walks does
 * not enter an ignored one. `ignore` may be NULL. */
bool ignore_has(const struct ignore *ignore, struct str path, bool is_folder);

/* Whether a glob matches a whole path: ? and [a-z] match one byte and * any number, none of them a slash; a part that is **
 * matches any number of parts. */
bool ignore_glob(struct str glob, struct str path);
