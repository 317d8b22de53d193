/* repeat.h - long texts for tests of limits. */
#pragma once

#include "base/buf.h"

/* `part` so many times, between a beginning and an end. */
static inline struct str repeat(struct arena *arena, const char *begin, const char *part, size_t times, const char *end)
{
        CLEANUP(buf_free) struct buf buf = {0};

        buf_add(&buf, str_of(begin));
        for (size_t i = 0; i < times; i++)
                buf_add(&buf, str_of(part));
        buf_add(&buf, str_of(end));
        return str_copy(arena, buf_text(&buf));
}
