/* edit.h - a patch applied to the text of a YAML or JSON document, keeping every byte that it does not concern: comments,
 * quoting, indentation, order, line ends.
 *
 * New text is laid out as the text around it: a new member stands behind the last line of its map and before the comments that
 * follow, indented as its neighbours; lists and maps in brackets stay there; strings keep their quotes where they still mean
 * the same. What is removed goes with its lines and the comment on its last one. A member that is there by a merge key only is
 * written beside that key; a value with an anchor that is used again, or behind an alias, is not edited. */
#pragma once

#include "base/buf.h"
#include "doc/document.h"
#include "doc/patch.h"

/* One replacement of bytes; edits of a patch come sorted and do not overlap. */
struct text_edit {
        uint32_t begin, end; /* byte offsets into the text */
        struct str text;     /* what stands there afterwards */
};

struct text_edits {
        VEC(struct text_edit) edits;
};

/* What has to change in `text`, which is UTF-8, so that its document number `index` (as document.index) is what the patch makes
 * of it. Only add, remove, replace and test are understood. The result is read back and compared with patch_apply(): an edit
 * that would give anything else, or change another document, is refused with `err`. The text is read a few times, and its
 * document once for each lot of steps that stand one after the other, are as deep as each other and change different lists and
 * maps: of a long stream, hand over only the part that the document is in. */
bool edit_plan(struct arena *arena, struct str text, uint32_t index, const struct patch *patch, struct text_edits *out,
               struct err *err);

/* The text with the edits made. */
void edit_apply(struct str text, const struct text_edits *edits, struct buf *out);

/* The edits that make of a text of `length` bytes what `first` and then `second`, edits of the edited text, do. */
void edit_compose(struct arena *arena, size_t length, const struct text_edits *first, const struct text_edits *second,
                  struct text_edits *out);
