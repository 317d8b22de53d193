/* excerpt.h - the line that a finding is about, as a terminal can show it, with a caret below the column. */
#pragma once

#include "base/buf.h"
#include "doc/source.h"

/* A part of one line around a place. Lines longer than EXCERPT_BYTES are cut on one or both sides. */
struct excerpt {
        struct str text; /* of the line, without its end */
        size_t caret;    /* byte offset in `text` */
        bool cut_left, cut_right;
};

enum { EXCERPT_BYTES = 160 };

/* Around a byte offset of a text. Looks at no more than EXCERPT_BYTES on each side, so it is quick in any text. */
struct excerpt excerpt_at(struct str text, size_t at);

/* Around line and column, from 1, the column in code points. Counts lines from the beginning: for short texts. */
struct excerpt excerpt_of_line(struct str text, uint32_t line, uint32_t column);

/* Two lines: the text, tabs as spaces and controls made visible, and a caret below the place. Both begin with `margin`. */
void excerpt_print_line(struct buf *out, struct excerpt excerpt, struct str margin);

/* Only the text, in the way of the above, without a line end; returns how many columns lie before the caret. */
size_t excerpt_print_text(struct buf *out, struct excerpt excerpt);

/* How many columns a terminal takes for a code point: 0 for marks that combine, 2 for wide ones. */
unsigned excerpt_columns(uint32_t code_point);
