/* repair.h - what a finding's fix changes in the text of its file, for the formats that show it. */
#pragma once

#include "doc/edit.h"
#include "report/finding.h"

/* The edits in the finding's source. False if there is nothing to show: no fix, no source, an edit that cannot be made, or a
 * document so long that planning would take longer than the scan. Only the document that the finding is in is read again. */
bool repair_plan(struct arena *arena, const struct finding *finding, struct text_edits *edits);

/* The edit of a text that puts the object of a repair behind its last document: as YAML, or where the text is JSON as that. */
struct text_edit repair_addition(struct arena *arena, struct str text, const struct finding_fix_more *more);

/* Whole lines of the old text, and what stands there afterwards. */
struct line_change {
        size_t begin, end; /* bytes of the old text */
        struct str fresh;
};

struct line_changes {
        VEC(struct line_change) list;
};

/* What the edits do, by lines, without those that are the same before and after at both ends. */
void repair_lines(struct arena *arena, struct str text, const struct text_edits *edits, struct line_changes *out);

/* A diff of the lines that the edits touch, with one line around them; each line begins with `margin` and ' ', '-' or '+'.
 * Fit for a terminal; with `color`, removed lines are red and added ones green. */
void repair_print(struct buf *out, struct str text, const struct text_edits *edits, struct str margin, bool color);
