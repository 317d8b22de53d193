/* source.h - where bytes come from, in pieces. */
#pragma once

#include "base/err.h"

/* Several may be open at once, on several threads. */
struct byte_source {
        /* Fills at most `room` bytes; 0 at the end, -1 with `err`. */
        int64_t (*read)(struct byte_source *source, char *to, size_t room, struct err *err);
        void (*close)(struct byte_source *source); /* gives its memory back, too */
};

/* The bytes of an open file from `offset` on, `length` of them at most. The file is not closed. */
struct byte_source *source_of_file(int file, uint64_t offset, uint64_t length);

/* A text, which must stay. */
struct byte_source *source_of_text(struct str text);

static inline void source_close(struct byte_source *source)
{
        if (source)
                source->close(source);
}
