/* pack.h - numbers and texts as bytes and back, for what observers keep in the cache. Bytes from a file are not trusted. */
#pragma once

#include "base/buf.h"

static inline void pack_number(struct buf *out, uint64_t number)
{
        buf_add(out, (struct str){(const char *)&number, sizeof(number)});
}

static inline void pack_text(struct buf *out, struct str text)
{
        pack_number(out, text.len);
        buf_add(out, text);
}

static inline bool unpack_number(struct str *text, uint64_t *out)
{
        TRY(text->len >= sizeof(*out));
        memcpy(out, text->data, sizeof(*out));
        *text = str_from(*text, sizeof(*out));
        return true;
}

/* A number of things that take `least` bytes each. */
static inline bool unpack_count(struct str *text, size_t least, size_t *out)
{
        uint64_t count;

        TRY(unpack_number(text, &count) && count <= text->len / least);
        *out = (size_t)count;
        return true;
}

/* The text is a part of the bytes. */
static inline bool unpack_text(struct str *text, struct str *out)
{
        size_t len;

        TRY(unpack_count(text, 1, &len));
        *out = str_sub(*text, 0, len);
        *text = str_from(*text, len);
        return true;
}
