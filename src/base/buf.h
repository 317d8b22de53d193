/* buf.h - output that is being written: a text that grows at its end.
 *
 * Reports are built in a buf and written out whole. Uses malloc, not an arena: outputs are large and short-lived. */
#pragma once

#include "base/str.h"

struct buf {
        char *data;
        size_t len, capacity;
};

/* Gives the memory back; the buf is empty and usable again. Fits CLEANUP(buf_free). */
void buf_free(struct buf *buf);

/* The slow path of buf_reserve(). */
char *buf_grow(struct buf *buf, size_t more) NONNULL_RESULT;

/* Room for `more` bytes at the end; returns where they go. The caller adds what it wrote to `len`. */
NONNULL_RESULT static inline char *buf_reserve(struct buf *buf, size_t more)
{
        if (UNLIKELY(more >= buf->capacity - buf->len))
                return buf_grow(buf, more);
        return buf->data + buf->len;
}

static inline void buf_add(struct buf *buf, struct str text)
{
        if (text.len) {
                memcpy(buf_reserve(buf, text.len), text.data, text.len);
                buf->len += text.len;
        }
}

static inline void buf_add_char(struct buf *buf, char byte)
{
        *buf_reserve(buf, 1) = byte;
        buf->len++;
}

#define buf_add_literal(buf, literal) buf_add((buf), STR(literal))

void buf_add_repeat(struct buf *buf, char byte, size_t times);
void buf_add_format(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);

static inline struct str buf_text(const struct buf *buf)
{
        return (struct str){buf->data, buf->len};
}
