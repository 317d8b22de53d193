/* edit_change.h - one step of a patch as edits of the text. */
#pragma once

#include "doc/edit.h"
#include "doc/edit_scan.h"
#include "doc/edit_write.h"

struct change {
        struct arena *arena;
        struct str text; /* of one document */
        bool json;
        bool beside_dashes;      /* the first line of the text stands behind `---` */
        struct layout root;      /* of the text */
        struct value value;      /* what the text says before the step */
        struct value after;      /* what it has to say then */
        struct edit_style style; /* of the document */
        struct str anchor;       /* the innermost on the way to what is changed that is used again, if there is one */
        struct text_edits edits; /* the result, in any order */
};

/* Works out the edits that make one step. False with `err` when there is no way to write it down. */
bool change_plan(struct change *change, const struct patch_step *step, struct err *err);
