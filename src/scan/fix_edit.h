/* fix_edit.h - many patches of many documents as edits of one text. */
#pragma once

#include "doc/edit.h"

enum fix_edit_outcome {
        FIX_EDIT_WAITS,   /* another patch stands in its way: it can be made when the text has been read again */
        FIX_EDIT_MADE,    /* it is in the edits */
        FIX_EDIT_REFUSED, /* it cannot be written down: `why` */
};

struct fix_edit {
        const struct patch *patch;
        uint32_t document; /* its index in the text */
        enum fix_edit_outcome outcome;
        struct str why;
};

/* The edits of the text that make as many of the patches as possible. */
void fix_edit_text(struct arena *arena, struct str text, struct fix_edit *edits, size_t count, struct text_edits *out);
