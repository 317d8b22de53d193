/* audit.c - from the bytes of a log to its events.
 *
 * A piece of the log stands in a buffer that moves along it and grows only for an event that is longer. The bytes behind what
 * was read are zero, so that the skimmer stops there. */

#include "kube/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/file.h"
#include "doc/document.h"
#include "doc/key.h"

enum {
        READ_AT_ONCE = 1 << 20,
        LONGEST_EVENT = 256 << 20, /* of one event, or of one List of them */
        DEEPEST = 512,
        UNZIP_BUFFER = 1 << 17,
};

struct log {
        const struct audit_listener *listener;
        int file;       /* -1: everything is in the buffer */
        gzFile packed;  /* NULL: not compressed */
        struct buf buf; /* what was read and is still needed */
        size_t at;      /* where in it the reader is */
        uint64_t line;  /* of `at`, from 1 */
        bool ended;     /* nothing comes behind the buffer */
        struct err *err;
        struct audit_event event;
        struct arena arena; /* for what the readers of doc/ give, one document at a time */
        size_t known_at;    /* in the text at hand, where the line `known_line` (from 0) begins or goes on */
        uint64_t known_line;
};

static void log_free(struct log *log)
{
        buf_free(&log->buf);
        arena_free(&log->arena);
        if (log->packed)
                gzclose(log->packed);
        else if (log->file > STDIN_FILENO)
                close(log->file);
}

/* --- bytes --- */

static ssize_t read_plain(struct log *log, char *to)
{
        ssize_t got;

        do {
                got = read(log->file, to, READ_AT_ONCE);
        } while (got < 0 && errno == EINTR);
        if (got < 0)
                err_set(log->err, "%s", strerror(errno));
        return got;
}

static ssize_t read_packed(struct log *log, char *to)
{
        int number, got = gzread(log->packed, to, READ_AT_ONCE);
        const char *why;

        if (got >= 0 && !gzeof(log->packed))
                return got;
        why = gzerror(log->packed, &number);
        if (number == Z_ERRNO)
                why = strerror(errno);
        if (strstr(why, ">: ")) /* the library's name for the file */
                why = strstr(why, ">: ") + strlen(">: ");
        if (number != Z_OK && number != Z_STREAM_END) {
                err_set(log->err, "it cannot be decompressed (%s): it may have been cut short",
                        number == Z_BUF_ERROR ? "unexpected end" : why);
                log->ended = true;
        }
        return got;
}

/* Reads on. False at the end, and then nothing has moved. What stood before `at` is forgotten. */
static bool fill(struct log *log)
{
        ssize_t got = 0;

        if (log->ended)
                return false;
        if (log->at > log->buf.len / 2) {
                memmove(log->buf.data, log->buf.data + log->at, log->buf.len - log->at);
                log->buf.len -= log->at;
                log->at = 0;
        }
        buf_reserve(&log->buf, READ_AT_ONCE + 2 * AUDIT_MARGIN);
        got = log->packed ? read_packed(log, log->buf.data + log->buf.len)
                          : read_plain(log, log->buf.data + log->buf.len);
        log->buf.len += got > 0 ? (size_t)got : 0;
        memset(log->buf.data + log->buf.len, 0, 2 * AUDIT_MARGIN);
        log->ended |= got <= 0;
        return got > 0;
}

/* Whether there is a byte `ahead` of the reader. */
static bool has(struct log *log, size_t ahead)
{
        while (log->buf.len - log->at <= ahead)
                TRY(fill(log));
        return true;
}

static const char *here(const struct log *log)
{
        return log->buf.data + log->at;
}

/* The first end of a line at or behind `ahead`; where the log ends if it has none. */
static size_t find_line_end(struct log *log, size_t ahead)
{
        while (has(log, ahead)) {
                size_t have = log->buf.len - log->at;
                const char *end = memchr(here(log) + ahead, '\n', have - ahead);

                if (end)
                        return (size_t)(end - here(log));
                ahead = have;
                if (ahead > LONGEST_EVENT)
                        break;
        }
        return ahead;
}

static void advance(struct log *log, size_t bytes)
{
        const char *at = here(log), *end = at + bytes;

        while ((at = memchr(at, '\n', (size_t)(end - at)))) {
                log->line++;
                at++;
        }
        log->at += bytes;
}

static void complain(struct log *log, uint64_t line, struct str message)
{
        log->listener->problem(log->listener->context, line, message);
}

/* --- documents --- */

static void tell_value(struct log *log, const struct node *node, struct str text);

/* The line in the log of an offset in the text that begins at the reader. Quick where offsets ascend. */
static uint64_t line_of(struct log *log, struct str text, size_t at)
{
        const char *from, *end = text.data + at;

        if (at < log->known_at)
                log->known_at = log->known_line = 0;
        from = text.data + log->known_at;
        while ((from = memchr(from, '\n', (size_t)(end - from)))) {
                log->known_line++;
                from++;
        }
        log->known_at = at;
        return log->line + log->known_line;
}

static bool is_list(const struct value *value)
{
        struct str kind = value_get_text(value, KEY_kind);

        return value_is(value, VALUE_LIST)
               || (value_is(value_get(value, KEY_items), VALUE_LIST)
                   && (str_is(kind, "List") || str_is(kind, "EventList")));
}

static void tell_list(struct log *log, const struct value *list, struct str text)
{
        if (list->kind == VALUE_MAP)
                list = value_get(list, KEY_items);
        value_each (list, item) {
                if (is_list(&item->value))
                        complain(log, line_of(log, text, item->at),
                                 STR("a list stands in a list: events were expected here"));
                else
                        tell_value(log, item, text);
        }
}

static void tell_value(struct log *log, const struct node *node, struct str text)
{
        struct err err = {0};

        if (is_list(&node->value))
                return tell_list(log, &node->value, text);
        if (!audit_event_read(&node->value, &log->event, &err))
                return complain(log, line_of(log, text, node->at), err_text(&err));
        log->event.line = line_of(log, text, node->at);
        log->listener->event(log->listener->context, &log->event);
}

/* Tells what a text holds that a reader of doc/ has read. Returns whether all of it could be read. */
static bool tell_documents(struct log *log, const struct document_stream *stream, struct str text)
{
        log->known_at = log->known_line = 0;
        for (size_t i = 0; i < stream->problems.count; i++) {
                const struct document_problem *problem = &stream->problems.items[i];
                uint32_t column = place_in(text, problem->at).column;

                complain(log, line_of(log, text, problem->at),
                         str_format(&log->arena, "column %u: %.*s", column, STR_ARG(problem->message)));
        }
        for (size_t i = 0; i < stream->documents.count; i++) {
                const struct document *document = &stream->documents.items[i];
                struct node root = {.at = document->at, .value = document->root};

                tell_value(log, &root, text);
        }
        return stream->problems.count == 0;
}

/* --- JSON --- */

/* What a look over JSON has open. */
struct extent {
        unsigned depth;
        bool in_text;
        char last; /* byte that was no space */
};

/* Looks at one more byte. Returns whether the value cannot go on behind it. */
static bool extent_ends(struct extent *extent, const char *byte, bool *escaped)
{
        if (extent->in_text) {
                if (*escaped)
                        *escaped = false;
                else if (*byte == '\\')
                        *escaped = true;
                else if (*byte == '"')
                        extent->in_text = false;
                return *byte == '\n';
        }
        if (*byte == ' ' || *byte == '\r' || *byte == '\t' || *byte == '\n')
                return false;
        if (*byte == '"')
                extent->in_text = true;
        if (*byte == '{' || *byte == '[') {
                /* A line that begins like a new event where no value can: the one before it was cut short. */
                if (extent->depth && byte[-1] == '\n' && !strchr(",[:", extent->last))
                        return true;
                extent->depth++;
        }
        if ((*byte == '}' || *byte == ']') && extent->depth)
                extent->depth--;
        extent->last = *byte;
        return extent->depth == 0 || extent->depth > DEEPEST;
}

static bool is_blank(char byte)
{
        return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* How long the list or map at the reader is; to where it is broken if it is not whole. */
static size_t find_extent(struct log *log)
{
        struct extent extent = {0};
        bool escaped = false;
        size_t length = 0;

        for (; has(log, length) && length < LONGEST_EVENT; length++) {
                if (extent_ends(&extent, here(log) + length, &escaped))
                        return extent.depth && *(here(log) + length) == '{' ? length : length + 1;
        }
        return length;
}

/* Behind what could not be read: to the next line that begins as an event does. */
static void resume(struct log *log)
{
        do {
                size_t end = find_line_end(log, 0);

                advance(log, has(log, end) ? end + 1 : end);
        } while (has(log, 0) && *here(log) != '{');
}

static void read_json_slowly(struct log *log)
{
        struct document_stream stream = {0};
        size_t length = *here(log) == '{' || *here(log) == '[' ? find_extent(log) : find_line_end(log, 0);
        struct str text;

        if (length >= LONGEST_EVENT) {
                complain(log, log->line, STR("an event or list here is longer than 256 MiB: write one event a line"));
                return resume(log);
        }
        text = (struct str){here(log), length};
        while (text.len && is_blank(text.data[text.len - 1]))
                text.len--;
        json_read(&log->arena, text, &document_default_limits, &stream);
        if (tell_documents(log, &stream, text))
                advance(log, length);
        else
                resume(log);
        arena_reset(&log->arena);
}

static bool skip_blanks(struct log *log)
{
        for (; has(log, 0); log->at++) {
                char byte = *here(log);

                if (byte == '\n')
                        log->line++;
                else if (byte != ' ' && byte != '\t' && byte != '\r')
                        return true;
        }
        return false;
}

static void read_json(struct log *log)
{
        while (skip_blanks(log)) {
                size_t end = find_line_end(log, 0);
                struct str line = {here(log), end};

                if (line.len && line.data[line.len - 1] == '\r')
                        line.len--;
                if (!audit_skim(line, &log->event)) {
                        read_json_slowly(log);
                        continue;
                }
                log->event.line = log->line;
                log->listener->event(log->listener->context, &log->event);
                log->at += end;
        }
}

/* --- YAML --- */

/* Whether a line that begins at `ahead` separates documents. */
static bool separates(struct log *log, size_t ahead)
{
        const char *at;

        has(log, ahead + 3);
        at = here(log) + ahead;
        return memcmp(at, "---", 3) == 0 && (at[3] == '\n' || at[3] == '\r' || at[3] == ' ' || at[3] == 0);
}

static void read_yaml(struct log *log)
{
        while (has(log, 0)) {
                struct document_stream stream = {0};
                size_t length = 0;
                struct str text;

                do {
                        length = find_line_end(log, length);
                        length += has(log, length);
                } while (has(log, length) && !separates(log, length) && length < LONGEST_EVENT);
                text = (struct str){here(log), length};
                if (length >= LONGEST_EVENT)
                        complain(log, log->line,
                                 STR("a document here is longer than 256 MiB: write one event a document"));
                else if (str_trim(text).len) {
                        yaml_read(&log->arena, text, &document_default_limits, &stream);
                        tell_documents(log, &stream, text);
                }
                arena_reset(&log->arena);
                advance(log, length);
        }
}

/* --- a whole log --- */

static void read_all(struct log *log)
{
        struct str bom = STR("\xEF\xBB\xBF");

        log->line = 1;
        if (has(log, bom.len) && memcmp(here(log), bom.data, bom.len) == 0)
                log->at += bom.len;
        if (!skip_blanks(log))
                return;
        if (*here(log) == '{' || *here(log) == '[')
                read_json(log);
        else
                read_yaml(log);
}

static bool open_log(struct log *log, const char *name)
{
        struct str magic = STR("\x1F\x8B");

        log->file = strcmp(name, "-") == 0 ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (log->file < 0)
                return err_set(log->err, "%s", strerror(errno));
        if (has(log, magic.len) && memcmp(here(log), magic.data, magic.len) == 0
            && lseek(log->file, 0, SEEK_SET) == 0) {
                log->packed = gzdopen(log->file, "rb");
                if (!log->packed)
                        return err_set(log->err, "no memory is left to decompress it");
                gzbuffer(log->packed, UNZIP_BUFFER);
                log->buf.len = log->at = 0;
                log->ended = false;
        } else if (log->buf.len > 1 && memcmp(here(log), magic.data, magic.len) == 0) {
                return err_set(log->err, "it is compressed: write gunzip -c LOG | strake ... -");
        }
        return !log->err->length;
}

bool audit_read(const char *name, const struct audit_listener *listener, struct err *err)
{
        struct log log CLEANUP(log_free) = {.listener = listener, .err = err};

        TRY(open_log(&log, name));
        read_all(&log);
        return !err->length;
}

void audit_read_text(struct str text, const struct audit_listener *listener)
{
        struct log log CLEANUP(log_free) = {.listener = listener, .file = -1, .ended = true};

        buf_add(&log.buf, text);
        memset(buf_reserve(&log.buf, 2 * AUDIT_MARGIN), 0, 2 * AUDIT_MARGIN);
        read_all(&log);
}
