/* place.h - positions as editors count them: lines from 0, and in a line UTF-16 code units, or bytes where both sides agreed on
 * UTF-8 (Language Server Protocol, "Position"). A line ends with LF, CR LF or CR. */
#pragma once

#include "base/str.h"
#include "base/vec.h"

enum place_encoding { PLACE_UTF16, PLACE_UTF8 };

struct spot {
        uint32_t line, character;
};

/* Where the lines of a text begin. */
struct line_table {
        struct str text;
        VEC(uint32_t) begins;
};

void line_table_make(struct arena *arena, struct str text, struct line_table *out);

/* The position of a byte offset; past the end: of the end. */
struct spot spot_of(const struct line_table *table, size_t offset, enum place_encoding encoding);

/* The offset of a position. A character past the end of its line is the end of the line, a line past the last the end of the
 * text. */
size_t offset_of(const struct line_table *table, struct spot spot, enum place_encoding encoding);
