/* rpc.c - frames of messages. */

#include "editor/rpc.h"

#include "base/reader.h"

void rpc_feed(struct rpc_reader *reader, struct str bytes)
{
        size_t left = reader->bytes.len - reader->at;

        if (reader->at && left)
                memmove(reader->bytes.data, reader->bytes.data + reader->at, left);
        reader->bytes.len = left;
        reader->at = 0;
        buf_add(&reader->bytes, bytes);
}

/* One header line: only Content-Length says anything that is needed. */
static bool read_line(struct str line, bool *has_length, uint64_t *length, struct err *err)
{
        struct str name, value = line;
        struct reader reader;

        if (!str_split(&value, ':', &name) || !value.data || !name.len)
                return err_set(err, "\"%.*s\" is no header line", STR_ARG(str_sub(line, 0, 60)));
        value = str_trim(value);
        if (!str_equal_nocase(name, STR("Content-Length")))
                return true;
        reader = reader_over(value);
        if (*has_length || !reader_take_number(&reader, RPC_MOST_CONTENT, length) || !reader_done(&reader))
                return err_set(err, "\"%.*s\" is no length from 0 to %d, or stands twice",
                               STR_ARG(str_sub(value, 0, 60)), RPC_MOST_CONTENT);
        *has_length = true;
        return true;
}

static bool read_header(struct str header, uint64_t *length, struct err *err)
{
        bool has_length = false;

        while (header.len) {
                size_t end = str_find(header, STR("\r\n"), 0);

                TRY(read_line(str_sub(header, 0, end), &has_length, length, err));
                header = end == SIZE_MAX ? (struct str){0} : str_from(header, end + 2);
        }
        return has_length || err_set(err, "a message has no Content-Length");
}

enum rpc_result rpc_take(struct rpc_reader *reader, struct str *content, struct err *err)
{
        struct str rest = str_from(buf_text(&reader->bytes), reader->at);
        struct str head = str_sub(rest, 0, RPC_MOST_HEADER);
        size_t end = str_find(head, STR("\r\n\r\n"), 0);
        uint64_t length = 0;

        if (end == SIZE_MAX) {
                if (head.len < RPC_MOST_HEADER)
                        return RPC_MORE;
                err_set(err, "a header is longer than %d bytes", RPC_MOST_HEADER);
                return RPC_BROKEN;
        }
        if (!read_header(str_sub(head, 0, end), &length, err))
                return RPC_BROKEN;
        rest = str_from(rest, end + 4);
        if (rest.len < length)
                return RPC_MORE;
        *content = str_sub(rest, 0, (size_t)length);
        reader->at = reader->bytes.len - rest.len + (size_t)length;
        return RPC_MESSAGE;
}

void rpc_write(struct buf *out, struct str content)
{
        buf_add_format(out, "Content-Length: %zu\r\n\r\n", content.len);
        buf_add(out, content);
}

void rpc_free(struct rpc_reader *reader)
{
        buf_free(&reader->bytes);
        reader->at = 0;
}
