/* secret_shape.h - is it text? What a file is, by its first bytes and its name, and UTF-16 made UTF-8. */
#pragma once

#include "base/str.h"

enum secret_kind { SECRET_UNKNOWN, SECRET_TEXT, SECRET_BINARY, SECRET_UTF16_LE, SECRET_UTF16_BE };

enum { SECRET_HEAD_BYTES = 8000, SECRET_UNIT_BYTES = 4 };

struct secret_shape {
        enum secret_kind kind;
        bool any_bytes; /* its name says that zeros do not make it binary */
        size_t head_len, unit_len;
        char head[SECRET_HEAD_BYTES];
        unsigned char unit[SECRET_UNIT_BYTES]; /* of UTF-16: the begin of a character that goes on in the next piece */
};

typedef void secret_take(void *context, struct str text);

void secret_shape_begin(struct secret_shape *shape, struct str path);

/* Gives on what is text, as UTF-8 where it was UTF-16; nothing before it is known what it is. */
void secret_shape_feed(struct secret_shape *shape, struct str piece, secret_take *take, void *context);
void secret_shape_end(struct secret_shape *shape, secret_take *take, void *context);
