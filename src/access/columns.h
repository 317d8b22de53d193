/* columns.h - text in columns, each as wide as its widest cell. */
#pragma once

#include "base/buf.h"
#include "base/vec.h"

enum { COLUMNS_MOST = 8 };

struct columns {
        struct arena *arena;
        size_t count, padding; /* how many; spaces behind each but the last */
        VEC(struct str) cells; /* row by row */
};

/* The next cell, row by row; the text is copied. */
void columns_add(struct columns *columns, struct str text);

/* Writes all rows; nothing stands behind a row's last text. */
void columns_print(struct buf *out, const struct columns *columns);
