/* patch.h - changes to a document: JSON Patch (RFC 6902) and JSON Merge Patch (RFC 7386).
 *
 * Values are immutable: a patched document is a new root that shares all that did not change. */
#pragma once

#include "base/err.h"
#include "doc/value.h"

enum patch_op { PATCH_ADD, PATCH_REMOVE, PATCH_REPLACE, PATCH_MOVE, PATCH_COPY, PATCH_TEST };

struct patch_step {
        enum patch_op op;
        struct str path, from; /* JSON Pointers; `from` for move and copy */
        struct value value;    /* for add, replace, test */
};

struct patch {
        const struct patch_step *steps;
        size_t count;
};

/* "add", "remove", … */
struct str patch_op_name(enum patch_op op);

/* Reads a patch from its JSON form, a list of operations. */
bool patch_read(struct arena *arena, const struct value *operations, struct patch *out, struct err *err);

/* The document after all steps; false with `err`, naming the step, if one cannot be done (then nothing was). */
bool patch_apply(struct arena *arena, const struct value *root, const struct patch *patch, struct value *out,
                 struct err *err);

/* RFC 7386: null removes, maps merge, everything else replaces. */
struct value patch_merge(struct arena *arena, const struct value *root, const struct value *changes);
