/* source.h - a file, a stream, an API answer: text with a name, what findings point into. */
#pragma once

#include "base/str.h"

/* The part of a large text that is worked on by itself; places in it are counted from the begin of the text. */
struct source_part {
        size_t begin, end; /* bytes; end 0: the source is the whole text */
        uint32_t lines;    /* that stand before it */
};

/* Where lines stand at the begin of a block of SOURCE_BLOCK bytes, counted from the begin of the part. */
struct source_mark {
        uint32_t line;  /* lines of the part that begin before or with the block, but for the first */
        uint32_t begin; /* offset of the last of them */
};

enum { SOURCE_BLOCK = 1024 };

struct source {
        struct str name; /* as the person gave it, joined with what was found below it; "<stdin>" for "-" */
        struct str text; /* the whole text, of a part too */
        struct source_part part;
        struct source_mark *marks; /* one for each block; made by source_place() when first asked */
        bool has_returns;          /* lines may end with a carriage return; known with the marks */
        uint32_t *points;          /* code points before each SOURCE_BLOCK bytes; only for texts with a longer line */
};

/* Line and column from 1; the column counts code points. A line ends with LF, CR LF or CR. */
struct place {
        uint32_t line, column;
};

/* Where a byte offset stands. Makes the source's line index in the arena the first time, so only the thread that works on
 * the source may ask. An offset past the end is the place behind the last byte. */
struct place source_place(struct arena *arena, struct source *source, size_t at);

/* Before the arena that source_place() was given is dropped, if places will be asked for again. */
static inline void source_forget_places(struct source *source)
{
        source->marks = NULL;
        source->points = NULL;
}

/* How many lines end in a text; a line end at its very end counts. */
uint32_t source_count_lines(struct str text);

/* The text of a line from 1, without its end; empty past the last, and outside of the source's part.
 * Same rules as source_place(). */
struct str source_line(struct arena *arena, struct source *source, uint32_t line);

/* The place of an offset in a text that has no source, counted from the start: for error messages. */
struct place place_in(struct str text, size_t at);
