/* pieced.h - a text that was put together of pieces of a source, and where each of its bytes stood there.
 *
 * Lines of a Dockerfile are joined, quotes and escapes of a shell fall away: what is read from such a text must still be
 * found where a person wrote it. */
#pragma once

#include "base/str.h"

struct piece {
        uint32_t begin; /* in the text */
        uint32_t at;    /* in the source */
};

struct pieced {
        struct str text;
        const struct piece *pieces; /* in the order of the text; the first begins at 0 */
        size_t count;
};

/* The text is one piece of its source, as it stands there at `at`; `*piece` must live as long. */
static inline struct pieced pieced_whole(struct str text, uint32_t at, struct piece *piece)
{
        *piece = (struct piece){0, at};
        return (struct pieced){text, piece, 1};
}

/* Where a part of the text, or what is right behind it, stands in the source. */
static inline uint32_t pieced_at(const struct pieced *pieced, const char *part)
{
        uint32_t offset = (uint32_t)(part - pieced->text.data);
        size_t low = 0, high = pieced->count;

        while (high - low > 1) {
                size_t middle = low + (high - low) / 2;

                if (pieced->pieces[middle].begin <= offset)
                        low = middle;
                else
                        high = middle;
        }
        return pieced->pieces[low].at + (offset - pieced->pieces[low].begin);
}
