/* yaml_text.h - the text of scalars that take more than one line, or have escapes (YAML 1.1, chapters 5 and 9). */
#pragma once

#include "base/str.h"

/* How many bytes the line break at an offset has: LF, CR LF, CR, NEL, and the line and paragraph separators of Unicode. 0: none. */
static inline size_t yaml_break(struct str text, size_t at)
{
        const unsigned char *bytes = (const unsigned char *)text.data + at;
        size_t left = text.len - at;

        if (!left)
                return 0;
        if (bytes[0] == '\n')
                return 1;
        if (bytes[0] == '\r')
                return left > 1 && bytes[1] == '\n' ? 2 : 1;
        if (bytes[0] == 0xC2)
                return left > 1 && bytes[1] == 0x85 ? 2 : 0;
        return bytes[0] == 0xE2 && left > 2 && bytes[1] == 0x80 && (bytes[2] & 0xFE) == 0xA8 ? 3 : 0;
}

/* Whether a line begins at an offset. */
bool yaml_begins_line(struct str text, size_t at);

/* Where the line begins that an offset stands in. */
size_t yaml_line_begin(struct str text, size_t at);

/* Writes the breaks of a run of blanks and breaks; the separators of Unicode stay what they are, others become LF. Returns the
 * end of what was written. */
char *yaml_put_breaks(char *to, struct str run);

/* The text of a plain scalar, and of what stands between single or double quotes, in which escapes have been checked. */
struct str yaml_plain_text(struct arena *arena, struct str raw);
struct str yaml_single_quoted_text(struct arena *arena, struct str raw);
struct str yaml_double_quoted_text(struct arena *arena, struct str raw);
