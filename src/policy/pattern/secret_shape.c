/* secret_shape.c - text or not. */

#include "policy/pattern/secret_shape.h"

enum { PART = 4096 };

/* What holds text though it has zeros in it: compiled Python, and what vi keeps of a text that is being written. */
static const struct str known_names[] = {STR_INIT(".pyc"), STR_INIT(".pyo"), STR_INIT(".swp"), STR_INIT(".swo")};

void secret_shape_begin(struct secret_shape *shape, struct str path)
{
        shape->kind = SECRET_UNKNOWN;
        shape->head_len = shape->unit_len = 0;
        shape->any_bytes = false;
        for (size_t i = 0; i < COUNT_OF(known_names); i++)
                shape->any_bytes = shape->any_bytes || str_ends(path, known_names[i]);
}

static enum secret_kind kind_of(const struct secret_shape *shape)
{
        struct str head = {shape->head, shape->head_len}, sqlite = {"SQLite format 3", sizeof("SQLite format 3")};

        if (str_starts(head, STR("\xff\xfe")))
                return SECRET_UTF16_LE;
        if (str_starts(head, STR("\xfe\xff")))
                return SECRET_UTF16_BE;
        if (!head.len || shape->any_bytes || str_starts(head, sqlite))
                return SECRET_TEXT;
        return memchr(head.data, 0, head.len) ? SECRET_BINARY : SECRET_TEXT;
}

/* One code unit of UTF-16. */
static uint32_t unit_at(const struct secret_shape *shape, size_t at)
{
        unsigned low = shape->kind == SECRET_UTF16_LE ? 0 : 1;

        return (uint32_t)shape->unit[at + low] | (uint32_t)shape->unit[at + 1 - low] << 8;
}

/* The character that stands in `unit`; 0 if more is needed. What is half a pair becomes U+FFFD. */
static uint32_t take_unit(struct secret_shape *shape)
{
        uint32_t first = unit_at(shape, 0), second;

        if ((first & 0xf800) != 0xd800) {
                shape->unit_len = 0;
                return first ? first : ' ';
        }
        if (shape->unit_len < 4)
                return 0;
        second = unit_at(shape, 2);
        shape->unit_len = 0;
        return (first & 0xfc00) == 0xd800 && (second & 0xfc00) == 0xdc00
                       ? 0x10000 + ((first & 0x3ff) << 10 | (second & 0x3ff))
                       : 0xfffd;
}

static void give_utf16(struct secret_shape *shape, struct str text, secret_take *take, void *context)
{
        char part[PART];
        size_t len = 0;

        for (size_t i = 0; i < text.len; i++) {
                uint32_t point;

                shape->unit[shape->unit_len++] = (unsigned char)text.data[i];
                if (shape->unit_len % 2)
                        continue;
                point = take_unit(shape);
                if (!point)
                        continue;
                len += utf8_put(part + len, point);
                if (len > PART - 4) {
                        take(context, (struct str){part, len});
                        len = 0;
                }
        }
        take(context, (struct str){part, len});
}

static void give(struct secret_shape *shape, struct str text, secret_take *take, void *context)
{
        if (shape->kind == SECRET_UTF16_LE || shape->kind == SECRET_UTF16_BE)
                give_utf16(shape, text, take, context);
        else if (shape->kind == SECRET_TEXT)
                take(context, text);
}

static void decide(struct secret_shape *shape, secret_take *take, void *context)
{
        struct str head = {shape->head, shape->head_len};

        shape->kind = kind_of(shape);
        if (shape->kind == SECRET_UTF16_LE || shape->kind == SECRET_UTF16_BE)
                head = str_from(head, 2); /* the byte order mark */
        give(shape, head, take, context);
}

void secret_shape_feed(struct secret_shape *shape, struct str piece, secret_take *take, void *context)
{
        if (shape->kind == SECRET_UNKNOWN) {
                size_t count = min_size(piece.len, SECRET_HEAD_BYTES - shape->head_len);

                if (count)
                        memcpy(shape->head + shape->head_len, piece.data, count);
                shape->head_len += count;
                piece = str_from(piece, count);
                if (shape->head_len < SECRET_HEAD_BYTES)
                        return;
                decide(shape, take, context);
        }
        give(shape, piece, take, context);
}

void secret_shape_end(struct secret_shape *shape, secret_take *take, void *context)
{
        if (shape->kind == SECRET_UNKNOWN)
                decide(shape, take, context);
}
