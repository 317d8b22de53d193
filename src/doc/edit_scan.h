/* edit_scan.h - where everything stands in the text of one document: what values do not keep.
 *
 * A value knows where it begins, but neither its key, nor its end, nor whether it stands in brackets. An edit needs all of
 * these, so the text is scanned again for its shape. The scan trusts that a reader has accepted the text, and understands no
 * more of it than where things begin and end. JSON is scanned as what it is to YAML: one value in brackets. */
#pragma once

#include "base/str.h"
#include "base/vec.h"

enum layout_kind { LAYOUT_EMPTY, LAYOUT_SCALAR, LAYOUT_ALIAS, LAYOUT_LIST, LAYOUT_MAP };

struct layout_entry;

/* One value. Offsets count bytes; ends are behind the last byte, without the line end. */
struct layout {
        uint8_t kind;
        char style; /* of a scalar: its first byte if it is one of " ' | >, else 0; of a list or map: [ or {, 0 if block */
        bool is_pair; /* a map of one member in a list in brackets, without braces: [a: b] */
        bool tagged;
        struct str anchor;  /* its name, or the name that an alias refers to */
        uint32_t begin;     /* of its anchor or tag, or of the content when it has none */
        uint32_t props_end; /* of its anchor or tag; `begin` when it has none */
        uint32_t content;
        uint32_t end;
        uint32_t count; /* of a list or map */
        const struct layout_entry *entries;
};

/* An item of a list or a member of a map. */
struct layout_entry {
        uint32_t begin;    /* of the dash, the question mark, the key, or of an item in brackets */
        uint32_t mark_end; /* behind the dash or the colon; 0 when there is none */
        struct layout key; /* of a member */
        struct layout value;
};

/* Scans the text of one document. False if it is deeper than 512 levels, or its shape is not understood. */
bool edit_scan(struct arena *arena, struct str text, struct layout *out);

/* Whether a list or map stands in brackets. */
static inline bool layout_is_flow(const struct layout *layout)
{
        return layout->kind >= LAYOUT_LIST && layout->style;
}

static inline bool layout_is_block(const struct layout *layout)
{
        return layout->kind >= LAYOUT_LIST && !layout->style;
}

/* The first byte of the line that `at` stands in, a byte order mark not counted. */
uint32_t line_begin(struct str text, uint32_t at);

/* Where the line that `at` stands in ends, before its CR LF or LF. */
uint32_t line_end(struct str text, uint32_t at);

/* Where the next line begins; the text's end on the last one. */
uint32_t line_next(struct str text, uint32_t at);

/* How far from the line's begin. */
static inline uint32_t column_of(struct str text, uint32_t at)
{
        return at - line_begin(text, at);
}

/* Past spaces, line ends and comments. */
uint32_t skip_blank(struct str text, uint32_t at);

/* Past spaces and tabs on one line. */
uint32_t skip_spaces(struct str text, uint32_t at);
