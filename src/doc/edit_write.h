/* edit_write.h - values as text in the style of what stands around them. */
#pragma once

#include "base/buf.h"
#include "doc/edit_scan.h"
#include "doc/value.h"

/* How a document is laid out: taken from its first list or map that shows it, or from a given one before that. */
struct edit_style {
        unsigned step;        /* columns that a map's members stand right of their parent */
        unsigned list_offset; /* the same for the items of a member's list; may be 0 */
        unsigned dash_gap;    /* spaces behind a dash */
        char key_quote;       /* " or ' when keys are written so, else 0 */
        char quote;           /* the same for strings; what cannot be written so is written as it needs to be */
        bool json;            /* keys and strings in double quotes always */
        bool lines;           /* in brackets: each entry on a line of its own */
        struct str colon;     /* in brackets: ": " or ":" */
        struct str comma;     /* in brackets, on one line: ", " or "," */
        struct str unit;      /* in brackets, with lines: what each level is indented by */
        struct str end;       /* LF or CR LF */
        bool is_unended;      /* the document's last line has no end */
};

/* The style of a document's text. */
struct edit_style style_of_document(struct str text, const struct layout *root, bool json);

/* The document's style with what a list or map in it does in its own way. */
struct edit_style style_near(const struct edit_style *style, struct str text, const struct layout *near);

/* A value in block style, at a column where its first line stands already; nothing ends the last line. What stands on lines of
 * its own below a key is written by write_below(), and a scalar that takes several lines indents them by two from `indent`. */
void write_block(struct buf *out, const struct edit_style *style, const struct value *value, unsigned column,
                 unsigned indent);

/* A list or map on the lines below its key, which stands at `column`: each line begins with a line end. */
void write_below(struct buf *out, const struct edit_style *style, const struct value *value, unsigned column);

/* A key, a colon and a value in block style. */
void write_member(struct buf *out, const struct edit_style *style, struct str key, const struct value *value,
                  unsigned column);

/* A value in brackets; `margin` is what its own line begins with, for entries on lines of their own. */
void write_flow(struct buf *out, const struct edit_style *style, const struct value *value, struct str margin);

/* A key, a colon and a value in brackets. */
void write_flow_member(struct buf *out, const struct edit_style *style, struct str key, const struct value *value,
                       struct str margin);

/* Whether a value is a list or map that holds something. */
static inline bool is_filled(const struct value *value)
{
        return value_count(value) > 0;
}
