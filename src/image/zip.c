/* zip.c - reading ZIP archives that lie in memory. */

#include "image/zip.h"

#include <zlib.h>

#include "base/buf.h"

enum {
        END_SIGNATURE = 0x06054b50,
        END_SIZE = 22,
        END_COMMENT = 65535,
        END64_SIGNATURE = 0x06064b50,
        LOCATOR_SIGNATURE = 0x07064b50,
        LOCATOR_SIZE = 20,
        CENTRAL_SIGNATURE = 0x02014b50,
        CENTRAL_SIZE = 46,
        LOCAL_SIGNATURE = 0x04034b50,
        LOCAL_SIZE = 30,
        EXTRA_64 = 1,
        STORED = 0,
        DEFLATED = 8,
};

static uint64_t number(struct str text, size_t at, unsigned bytes)
{
        uint64_t value = 0;

        if (at > text.len || text.len - at < bytes)
                return 0;
        for (unsigned i = bytes; i-- > 0;)
                value = value << 8 | (unsigned char)text.data[at + i];
        return value;
}

/* The end record, looked for from the end: a comment may stand behind it. */
static bool find_end(struct str text, size_t *out, struct err *err)
{
        if (text.len >= END_SIZE)
                for (size_t at = text.len - END_SIZE, tried = 0; tried <= END_COMMENT; at--, tried++) {
                        if (number(text, at, 4) == END_SIGNATURE
                            && at + END_SIZE + number(text, at + 20, 2) <= text.len) {
                                *out = at;
                                return true;
                        }
                        if (!at)
                                break;
                }
        return err_set(err, "it is no ZIP archive, or its end is missing: it has no end of central directory");
}

struct directory {
        uint64_t at, size, count;
        uint64_t before; /* bytes that stand before the archive: offsets do not count them */
};

static bool find_directory(struct str text, size_t end, struct directory *out, struct err *err)
{
        uint64_t end_of_directory = end;

        out->count = number(text, end + 10, 2);
        out->size = number(text, end + 12, 4);
        out->at = number(text, end + 16, 4);
        if (end >= LOCATOR_SIZE && number(text, end - LOCATOR_SIZE, 4) == LOCATOR_SIGNATURE
            && (out->at == UINT32_MAX || out->size == UINT32_MAX || out->count == UINT16_MAX)) {
                uint64_t at = number(text, end - LOCATOR_SIZE + 8, 8);

                if (at > text.len || number(text, at, 4) != END64_SIGNATURE)
                        return err_set(err, "its ZIP64 end record is not where it should be");
                out->count = number(text, at + 32, 8);
                out->size = number(text, at + 40, 8);
                out->at = number(text, at + 48, 8);
                end_of_directory = at;
        }
        if (out->size > end_of_directory || out->at > end_of_directory - out->size)
                return err_set(err, "its central directory goes beyond its end");
        out->before = end_of_directory - out->size - out->at;
        if (number(text, out->at, 4) == CENTRAL_SIGNATURE || !out->count)
                out->before = 0;
        return true;
}

/* Sizes that do not fit stand in an extra field, those that do not only. */
static void read_extra(struct zip_entry *entry, struct str extra)
{
        while (extra.len >= 4) {
                uint64_t id = number(extra, 0, 2), size = number(extra, 2, 2);
                struct str field = str_sub(extra, 4, 4 + size);
                uint64_t *fields[] = {&entry->size, &entry->packed, &entry->at};
                size_t at = 0;

                for (size_t i = 0; id == EXTRA_64 && i < COUNT_OF(fields); i++)
                        if (*fields[i] == UINT32_MAX && field.len >= at + 8) {
                                *fields[i] = number(field, at, 8);
                                at += 8;
                        }
                extra = str_from(extra, 4 + size);
        }
}

bool zip_open(struct arena *arena, struct str text, struct zip *out, struct err *err)
{
        struct directory directory;
        size_t end = 0, at;

        *out = (struct zip){.text = text};
        TRY(find_end(text, &end, err));
        TRY(find_directory(text, end, &directory, err));
        if (directory.count > ZIP_ENTRIES)
                return err_set(err, "it has more than %d entries", ZIP_ENTRIES);
        at = (size_t)(directory.at + directory.before);
        for (uint64_t i = 0; i < directory.count; i++) {
                struct zip_entry entry;
                uint64_t name, extra, comment;

                if (at > text.len || text.len - at < CENTRAL_SIZE || number(text, at, 4) != CENTRAL_SIGNATURE)
                        return err_set(err, "its central directory ends early: entry %" PRIu64 " at offset %zu", i + 1,
                                       at);
                name = number(text, at + 28, 2);
                extra = number(text, at + 30, 2);
                comment = number(text, at + 32, 2);
                entry = (struct zip_entry){
                        .name = str_sub(text, at + CENTRAL_SIZE, at + CENTRAL_SIZE + name),
                        .encrypted = number(text, at + 8, 2) & 1,
                        .method = (uint16_t)number(text, at + 10, 2),
                        .packed = number(text, at + 20, 4),
                        .size = number(text, at + 24, 4),
                        .at = number(text, at + 42, 4),
                };
                read_extra(&entry, str_sub(text, at + CENTRAL_SIZE + name, at + CENTRAL_SIZE + name + extra));
                if (entry.at > UINT64_MAX - directory.before)
                        return err_set(err, "an entry begins beyond the end");
                entry.at += directory.before;
                *vec_push(arena, &out->entries) = entry;
                at += (size_t)(CENTRAL_SIZE + name + extra + comment);
        }
        return true;
}

static bool inflate_all(z_stream *stream, uint64_t most, struct buf *out, struct err *err)
{
        enum { STEP = 64 << 10 };

        for (;;) {
                int status;

                stream->next_out = (unsigned char *)buf_reserve(out, STEP);
                stream->avail_out = STEP;
                status = inflate(stream, Z_NO_FLUSH);
                out->len += STEP - stream->avail_out;
                if (out->len > most)
                        return err_set(err, "it unpacks to more than %" PRIu64 " bytes", most);
                if (status == Z_STREAM_END)
                        return true;
                if (status != Z_OK || (stream->avail_out && !stream->avail_in))
                        return err_set(err, "its packed data is broken at offset %lu", (unsigned long)stream->total_in);
        }
}

bool zip_inflate(struct arena *arena, struct str packed, bool raw, uint64_t most, struct str *out, struct err *err)
{
        CLEANUP(buf_free) struct buf buf = {0};
        z_stream stream = {0};
        bool good;

        if (packed.len > UINT32_MAX || inflateInit2(&stream, raw ? -MAX_WBITS : MAX_WBITS) != Z_OK)
                return err_set(err, "it cannot be unpacked");
        stream.next_in = (unsigned char *)packed.data;
        stream.avail_in = (unsigned)packed.len;
        good = inflate_all(&stream, most, &buf, err);
        inflateEnd(&stream);
        *out = good ? str_copy(arena, buf_text(&buf)) : (struct str){"", 0};
        return good;
}

bool zip_read(struct arena *arena, const struct zip *zip, const struct zip_entry *entry, uint64_t most, struct str *out,
              struct err *err)
{
        uint64_t begin;

        if (entry->encrypted)
                return err_set(err, "it is encrypted");
        if (entry->at > zip->text.len || zip->text.len - entry->at < LOCAL_SIZE
            || number(zip->text, entry->at, 4) != LOCAL_SIGNATURE)
                return err_set(err, "its header is not at offset %" PRIu64, entry->at);
        begin = entry->at + LOCAL_SIZE + number(zip->text, entry->at + 26, 2) + number(zip->text, entry->at + 28, 2);
        if (begin > zip->text.len || zip->text.len - begin < entry->packed)
                return err_set(err, "its data goes beyond the end of the archive");
        if (entry->size > most)
                return err_set(err, "it has more than %" PRIu64 " bytes", most);
        *out = str_sub(zip->text, begin, begin + entry->packed);
        if (entry->method == STORED)
                return true;
        if (entry->method != DEFLATED)
                return err_set(err, "it is packed by method %u, which is not read", entry->method);
        return zip_inflate(arena, *out, true, most, out, err);
}
