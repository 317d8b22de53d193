/* tar_header.c - the blocks of a tar archive, field by field. */

#include "image/archive/tar_header.h"

#include "base/reader.h"
#include "image/archive/tar.h"

/* Where the fields of a header stand (POSIX ustar), and those of GNU's sparse form. */
enum {
        NAME = 0,
        NAME_LEN = 100,
        MODE = 100,
        UID = 108,
        GID = 116,
        SIZE = 124,
        MTIME = 136,
        SUM = 148,
        SUM_LEN = 8,
        TYPE = 156,
        LINK = 157,
        MAGIC = 257,
        MAJOR = 329,
        MINOR = 337,
        PREFIX = 345,
        PREFIX_LEN = 155,
        SPARSE = 386,
        SPARSE_COUNT = 4,
        SPARSE_MORE = 482,
        SPARSE_REAL = 483,
        EXTENSION_COUNT = 21,
        EXTENSION_MORE = 504,
        SHORT = 8,
        LONG = 12,
};

bool tar_is_zero(const char block[TAR_BLOCK_BYTES])
{
        return block[0] == 0 && memcmp(block, block + 1, TAR_BLOCK_BYTES - 1) == 0;
}

/* Octal digits, blanks around them; or base 256 when the highest bit is set. */
static bool read_number(struct str field, int64_t *out)
{
        uint64_t value = 0;
        size_t at = 0;

        if (field.len && ((unsigned char)field.data[0] & 0x80)) {
                bool negative = (unsigned char)field.data[0] & 0x40;

                value = negative ? UINT64_MAX : 0;
                for (; at < field.len; at++) {
                        unsigned char byte = (unsigned char)field.data[at];

                        if (at == 0)
                                byte = negative ? byte : byte & 0x7f;
                        if (at < field.len - 8 && byte != (negative ? 0xff : 0))
                                return false;
                        value = value << 8 | byte;
                }
                *out = (int64_t)value;
                return negative == (*out < 0);
        }
        while (at < field.len && field.data[at] == ' ')
                at++;
        for (; at < field.len && field.data[at] >= '0' && field.data[at] <= '7'; at++) {
                if (value >> 60)
                        return false;
                value = value << 3 | (uint64_t)(field.data[at] - '0');
        }
        for (; at < field.len; at++)
                if (field.data[at] != ' ' && field.data[at] != 0)
                        return false;
        *out = (int64_t)value;
        return true;
}

static struct str field_of(const char *block, size_t at, size_t len)
{
        return (struct str){block + at, len};
}

static struct str text_of(const char *block, size_t at, size_t len)
{
        const char *end = memchr(block + at, 0, len);

        return str_span(block + at, end ? end : block + at + len);
}

bool tar_sum_is_right(const char block[TAR_BLOCK_BYTES])
{
        int64_t plain = SUM_LEN * ' ', with_sign = SUM_LEN * ' ', wanted;

        for (size_t i = 0; i < TAR_BLOCK_BYTES; i++)
                if (i < SUM || i >= SUM + SUM_LEN) {
                        plain += (unsigned char)block[i];
                        with_sign += (signed char)block[i];
                }
        return read_number(field_of(block, SUM, SUM_LEN), &wanted) && (wanted == plain || wanted == with_sign);
}

bool tar_read_header(const char block[TAR_BLOCK_BYTES], struct tar_header *out, struct err *err)
{
        int64_t size, number;

        *out = (struct tar_header){
                .name = text_of(block, NAME, NAME_LEN),
                .link = text_of(block, LINK, NAME_LEN),
                .type = block[TYPE],
                .gnu = memcmp(block + MAGIC, "ustar  ", 8) == 0,
        };
        if (memcmp(block + MAGIC, "ustar", 6) == 0)
                out->prefix = text_of(block, PREFIX, PREFIX_LEN);
        if (!read_number(field_of(block, SIZE, LONG), &size) || size < 0)
                return err_set(err, "the size of \"%.*s\" is no number", STR_ARG(out->name));
        out->size = (uint64_t)size;
        /* Owner, mode and time matter less: what is no number there is 0. */
        out->mode = read_number(field_of(block, MODE, SHORT), &number) ? (uint32_t)number & 07777 : 0;
        out->uid = read_number(field_of(block, UID, SHORT), &number) ? (uint64_t)number : 0;
        out->gid = read_number(field_of(block, GID, SHORT), &number) ? (uint64_t)number : 0;
        out->mtime = read_number(field_of(block, MTIME, LONG), &number) ? number : 0;
        if (read_number(field_of(block, MAJOR, SHORT), &number))
                out->device = (uint64_t)number << 32;
        if (read_number(field_of(block, MINOR, SHORT), &number))
                out->device |= (uint32_t)number;
        return true;
}

bool tar_add_segment(struct arena *arena, struct tar_sparse *sparse, uint64_t offset, uint64_t length, struct err *err)
{
        const struct tar_segment *last =
                sparse->segments.count ? &sparse->segments.items[sparse->segments.count - 1] : NULL;

        if (offset > TAR_SIZE_MOST || length > TAR_SIZE_MOST || (last && offset < last->offset + last->length))
                return err_set(err, "the map of a sparse file is wrong");
        if (sparse->segments.count >= TAR_SEGMENTS_MOST)
                return err_set(err, "a sparse file has more than %d pieces", TAR_SEGMENTS_MOST);
        *vec_push(arena, &sparse->segments) = (struct tar_segment){offset, length};
        return true;
}

bool tar_read_gnu_sparse(struct arena *arena, const char block[TAR_BLOCK_BYTES], bool extension, struct tar_sparse *out,
                         bool *more, struct err *err)
{
        size_t at = extension ? 0 : SPARSE, count = extension ? EXTENSION_COUNT : SPARSE_COUNT;
        int64_t offset, length, real;

        out->is = true;
        if (!extension) {
                if (!read_number(field_of(block, SPARSE_REAL, LONG), &real) || real < 0)
                        return err_set(err, "the size of a sparse file is no number");
                out->real_size = (uint64_t)real;
                out->has_real_size = true;
        }
        for (size_t i = 0; i < count; i++, at += 2 * LONG) {
                if (!block[at])
                        break;
                if (!read_number(field_of(block, at, LONG), &offset)
                    || !read_number(field_of(block, at + LONG, LONG), &length) || offset < 0 || length < 0)
                        return err_set(err, "the map of a sparse file is wrong");
                TRY(tar_add_segment(arena, out, (uint64_t)offset, (uint64_t)length, err));
        }
        *more = block[extension ? EXTENSION_MORE : SPARSE_MORE] != 0;
        return true;
}

static bool read_decimal(struct str text, uint64_t *out)
{
        struct reader reader = reader_over(text);

        return reader_take_number(&reader, INT64_MAX, out) && reader_done(&reader);
}

/* Seconds, with a fraction that is left out. */
static bool read_time(struct str text, int64_t *out)
{
        bool negative = str_starts(text, STR("-"));
        struct reader reader = reader_over(str_from(text, negative));
        uint64_t seconds;

        TRY(reader_take_number(&reader, INT64_MAX, &seconds));
        *out = negative ? -(int64_t)seconds : (int64_t)seconds;
        return true;
}

/* "0,512,1024,512": offsets and lengths (pax 0.1). */
static bool read_map(struct arena *arena, struct str text, struct tar_sparse *sparse, struct err *err)
{
        struct str rest = text, offset_text, length_text;
        uint64_t offset, length;

        while (str_split(&rest, ',', &offset_text)) {
                if (!offset_text.len && !rest.data)
                        return true;
                if (!str_split(&rest, ',', &length_text) || !read_decimal(offset_text, &offset)
                    || !read_decimal(length_text, &length))
                        return err_set(err, "the map of a sparse file is wrong");
                TRY(tar_add_segment(arena, sparse, offset, length, err));
        }
        return true;
}

static bool read_sparse(struct arena *arena, struct str key, struct str value, struct tar_extra *out, uint64_t *offset,
                        struct err *err)
{
        struct tar_sparse *sparse = &out->sparse;
        uint64_t length;

        if (str_is(key, "name")) {
                out->path = value;
                out->has_path = true;
        } else if (str_is(key, "size") || str_is(key, "realsize")) {
                sparse->is = true;
                sparse->has_real_size = true;
                if (!read_decimal(value, &sparse->real_size))
                        return err_set(err, "the size of a sparse file is no number");
        } else if (str_is(key, "major")) {
                sparse->is = true;
                sparse->map_in_content = str_is(value, "1");
        } else if (str_is(key, "map")) {
                sparse->is = true;
                return read_map(arena, value, sparse, err);
        } else if (str_is(key, "offset")) {
                if (!read_decimal(value, offset))
                        return err_set(err, "the map of a sparse file is wrong");
        } else if (str_is(key, "numbytes")) {
                sparse->is = true;
                if (!read_decimal(value, &length))
                        return err_set(err, "the map of a sparse file is wrong");
                return tar_add_segment(arena, sparse, *offset, length, err);
        }
        return true;
}

static bool read_record(struct arena *arena, struct str key, struct str value, struct tar_extra *out, uint64_t *offset,
                        struct err *err)
{
        struct str sparse = STR("GNU.sparse."), attribute = STR("SCHILY.xattr.");

        if (str_starts(key, sparse))
                return read_sparse(arena, str_from(key, sparse.len), value, out, offset, err);
        if (str_is(key, "path") && !out->sparse.is) {
                out->path = value;
                out->has_path = true;
        } else if (str_is(key, "linkpath")) {
                out->link = value;
                out->has_link = true;
        } else if (str_is(key, "size")) {
                out->has_size = true;
                if (!read_decimal(value, &out->size))
                        return err_set(err, "the size \"%.*s\" is no number", STR_ARG(value));
        } else if (str_is(key, "uid")) {
                out->has_uid = read_decimal(value, &out->uid);
        } else if (str_is(key, "gid")) {
                out->has_gid = read_decimal(value, &out->gid);
        } else if (str_is(key, "mtime")) {
                out->has_mtime = read_time(value, &out->mtime);
        } else if (str_starts(key, attribute)) {
                *vec_push(arena, &out->attributes) = str_span(key.data + attribute.len, value.data + value.len);
                if (str_is(key, "SCHILY.xattr.security.capability"))
                        out->capability = value;
        }
        return true;
}

bool tar_read_pax(struct arena *arena, struct str text, struct tar_extra *out, struct err *err)
{
        struct reader reader = reader_over(text);
        uint64_t offset = 0;

        while (!reader_done(&reader)) {
                size_t begin = reader.at;
                struct str record, key;
                uint64_t length;

                if (reader_peek(&reader, 0) == 0)
                        break; /* padding that counts as content */
                if (!reader_take_number(&reader, text.len, &length) || !reader_take(&reader, ' ')
                    || length < reader.at - begin + 1 || length > text.len - begin
                    || text.data[begin + length - 1] != '\n')
                        return err_set(err, "a pax record is wrong");
                record = str_sub(text, reader.at, begin + length - 1);
                reader.at = begin + length;
                str_split(&record, '=', &key);
                if (!record.data || !key.len)
                        return err_set(err, "a pax record is wrong");
                TRY(read_record(arena, key, record, out, &offset, err));
        }
        return true;
}
