/* buf.c - growing output. */

#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buf_free(struct buf *buf)
{
        free(buf->data);
        *buf = (struct buf){0};
}

char *buf_grow(struct buf *buf, size_t more)
{
        size_t wanted = checked_add(buf->len, more);
        size_t capacity = checked_add(wanted, wanted / 2 + 256);
        char *data = realloc(buf->data, capacity);

        if (!data) {
                fputs("strake: out of memory\n", stderr);
                abort();
        }
        buf->data = data;
        buf->capacity = capacity;
        return data + buf->len;
}

void buf_add_repeat(struct buf *buf, char byte, size_t times)
{
        if (times) {
                memset(buf_reserve(buf, times), byte, times);
                buf->len += times;
        }
}

void buf_add_format(struct buf *buf, const char *format, ...)
{
        va_list arguments, again;
        int length;

        va_start(arguments, format);
        va_copy(again, arguments);
        length = vsnprintf(NULL, 0, format, arguments);
        va_end(arguments);
        if (length > 0) {
                vsnprintf(buf_reserve(buf, (size_t)length + 1), (size_t)length + 1, format, again);
                buf->len += (size_t)length;
        }
        va_end(again);
}
