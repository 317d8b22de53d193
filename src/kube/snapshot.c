/* snapshot.c - reading and writing snapshots. */

#include "kube/snapshot.h"

#include <zstd.h>

#include "base/bytes.h"
#include "base/reader.h"
#include "doc/print.h"
#include "kube/internal.h"
#include "kube/keep.h"

enum { LEVEL = 5, MARK_BYTES = 8, MOST_LINE = 1 << 20, MOST_MARK = 64, FLUSH_BYTES = 1 << 20 };

#define SCHEMA "strake.snapshot/"
#define VERSION "1"

static const uint64_t most_bytes = 4ULL << 30;
static const struct str magic = STR_INIT("\x53\x2a\x4d\x18"); /* a frame to pass over (RFC 8878 3.1.2) */

/* The text in the first frame; empty if the file begins otherwise. */
static struct str mark_of(struct str text)
{
        uint32_t length;

        if (!str_starts(text, magic) || text.len < MARK_BYTES)
                return (struct str){0};
        length = le_32(text.data + 4);
        return length > MOST_MARK ? (struct str){0} : str_sub(text, MARK_BYTES, MARK_BYTES + (size_t)length);
}

bool snapshot_is(struct str text)
{
        return str_starts(mark_of(text), STR(SCHEMA));
}

/* --- writing --- */

struct writing {
        struct buf *out, plain; /* what is not compressed yet waits in `plain` */
        ZSTD_CCtx *context;
        bool failed;
};

static void free_context(ZSTD_CCtx **context)
{
        ZSTD_freeCCtx(*context);
}

static void compress(struct writing *writing, ZSTD_EndDirective end)
{
        ZSTD_inBuffer input = {writing->plain.data, writing->plain.len, 0};
        size_t left;

        do {
                size_t room = ZSTD_CStreamOutSize();
                ZSTD_outBuffer output = {buf_reserve(writing->out, room), room, 0};

                left = ZSTD_compressStream2(writing->context, &output, &input, end);
                if (ZSTD_isError(left)) {
                        writing->failed = true;
                        return;
                }
                writing->out->len += output.pos;
        } while (input.pos < input.size || (end == ZSTD_e_end && left));
        writing->plain.len = 0;
}

static void write_entry(struct writing *writing, struct str name, struct str text)
{
        buf_add_literal(&writing->plain, "{\"name\":");
        json_print_string(&writing->plain, name);
        buf_add_format(&writing->plain, ",\"bytes\":%zu}\n", text.len);
        buf_add(&writing->plain, text);
        buf_add_char(&writing->plain, '\n');
        if (writing->plain.len > FLUSH_BYTES)
                compress(writing, ZSTD_e_continue);
}

/* What reading an object again will tell again is not kept. */
static bool is_kept(const struct problem *problem)
{
        return problem->kind != PROBLEM_WRONG_TYPE && problem->kind != PROBLEM_UNKNOWN_FIELD;
}

static void write_problem(struct writing *writing, struct arena *scratch, const struct problem *problem)
{
        struct str message = problem->message;

        if (problem->source && (problem->at || problem->document != UINT32_MAX)) {
                struct place place = source_place(scratch, problem->source, problem->at);

                message = str_format(scratch, "line %u, column %u: %.*s", place.line, place.column, STR_ARG(message));
        }
        buf_add_format(&writing->plain, "{\"problem\":\"%.*s\",\"file\":", STR_ARG(problem_class(problem->kind)->id));
        json_print_string(&writing->plain, problem->file);
        buf_add_literal(&writing->plain, ",\"message\":");
        json_print_string(&writing->plain, message);
        buf_add_literal(&writing->plain, "}\n");
}

/* All objects of a source as documents. False if it has none. */
static bool keep_source(const struct estate_source *source, struct buf *text)
{
        struct arena scratch CLEANUP(arena_free) = {0};

        text->len = 0;
        for (size_t i = 0; i < source->objects.count; i++) {
                const struct object *object = &source->objects.items[i];

                if (str_is(object->kind, "Kustomization")) /* may have values of Secrets to be made */
                        continue;
                if (text->len)
                        buf_add_literal(text, "---\n");
                keep_object(&scratch, &object->root.value, object->api_version, object->kind, text);
        }
        return text->len > 0;
}

static void write_problems(struct writing *writing, const struct estate *estate)
{
        struct arena scratch CLEANUP(arena_free) = {0};

        for (size_t i = 0; i < estate->source_count; i++) {
                for (size_t j = 0; j < estate->sources[i].problems.count; j++) {
                        if (is_kept(&estate->sources[i].problems.items[j]))
                                write_problem(writing, &scratch, &estate->sources[i].problems.items[j]);
                }
        }
        for (size_t i = 0; i < estate->problems.count; i++)
                write_problem(writing, &scratch, &estate->problems.items[i]);
}

static size_t count_problems(const struct estate *estate)
{
        size_t count = estate->problems.count;

        for (size_t i = 0; i < estate->source_count; i++) {
                for (size_t j = 0; j < estate->sources[i].problems.count; j++)
                        count += is_kept(&estate->sources[i].problems.items[j]);
        }
        return count;
}

static size_t count_entries(const struct estate *estate)
{
        size_t count = 0;

        for (size_t i = 0; i < estate->source_count; i++) {
                const struct estate_source *source = &estate->sources[i];
                bool has_any = false;

                for (size_t j = 0; j < source->objects.count; j++)
                        has_any |= !str_is(source->objects.items[j].kind, "Kustomization");
                count += has_any;
        }
        return count;
}

static void write_mark(struct buf *out)
{
        struct str mark = STR(SCHEMA VERSION);

        buf_add(out, magic);
        buf_add_char(out, (char)mark.len);
        buf_add_repeat(out, 0, 3);
        buf_add(out, mark);
}

bool snapshot_write(const struct estate *estate, struct buf *out, struct err *err)
{
        CLEANUP(free_context) ZSTD_CCtx *context = ZSTD_createCCtx();
        CLEANUP(buf_free) struct buf text = {0};
        size_t entries = count_entries(estate), problems = count_problems(estate);
        struct writing writing = {.out = out, .context = context};

        if (!entries)
                return err_set(err, "there is nothing to keep: no Kubernetes object was found");
        if (!context)
                return err_set(err, "no memory to compress the snapshot");
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, LEVEL);
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
        write_mark(out);
        buf_add_format(&writing.plain, "{\"schema\":\"" SCHEMA VERSION "\",\"entries\":%zu,\"problems\":%zu}\n",
                       entries, problems);
        for (size_t i = 0; i < estate->source_count; i++) {
                if (keep_source(&estate->sources[i], &text))
                        write_entry(&writing, estate->sources[i].source.name, buf_text(&text));
        }
        write_problems(&writing, estate);
        buf_add_format(&writing.plain, "{\"end\":%zu}\n", entries + problems);
        compress(&writing, ZSTD_e_end);
        buf_free(&writing.plain);
        return !writing.failed || err_set(err, "the snapshot cannot be compressed");
}

/* --- reading --- */

struct opening {
        struct arena *arena;
        struct str file;
        struct entries *out;
        struct reader reader;
        size_t entries, problems, seen;
        bool ended;
};

static bool damaged(struct opening *opening, struct str message)
{
        *vec_push(opening->arena, &opening->out->problems) = problem_of_file(
                opening->arena, PROBLEM_SNAPSHOT, opening->file, "%.*s", STR_ARG(str_copy(opening->arena, message)));
        return false;
}

static void free_decompressor(ZSTD_DCtx **context)
{
        ZSTD_freeDCtx(*context);
}

/* Everything that can be unpacked. False after saying why that is not all. */
static bool unpack(struct opening *opening, struct str packed, struct buf *plain)
{
        CLEANUP(free_decompressor) ZSTD_DCtx *context = ZSTD_createDCtx();
        ZSTD_inBuffer input = {packed.data, packed.len, 0};
        size_t left = 1, room = ZSTD_DStreamOutSize();
        bool full = false; /* more may be waiting inside */

        if (!context)
                return damaged(opening, STR("no memory to unpack the snapshot"));
        while (left && (input.pos < input.size || full)) {
                ZSTD_outBuffer output = {buf_reserve(plain, room), room, 0};

                left = ZSTD_decompressStream(context, &output, &input);
                if (ZSTD_isError(left))
                        return damaged(opening,
                                       str_format(opening->arena, "the snapshot is damaged (%s): take another one",
                                                  ZSTD_getErrorName(left)));
                plain->len += output.pos;
                if (plain->len > most_bytes)
                        return damaged(opening, STR("the snapshot holds more than 4 GiB"));
                full = output.pos == output.size;
        }
        if (left)
                return damaged(opening, STR("the snapshot is cut short: copy it again, or take another one"));
        if (input.pos < input.size)
                return damaged(opening, STR("something stands behind the end of the snapshot: it is damaged"));
        return true;
}

/* The next line as JSON; NULL at the end or if it is none. */
static const struct value *take_line(struct opening *opening)
{
        struct str rest = str_from(opening->reader.text, opening->reader.at), line;
        const char *end = rest.len ? memchr(rest.data, '\n', min_size(rest.len, MOST_LINE)) : NULL;
        struct document *document = arena_new(opening->arena, struct document);
        struct err ignored = {0};

        if (!end)
                return NULL;
        line = str_span(rest.data, end);
        opening->reader.at += line.len + 1;
        if (!json_read_one(opening->arena, line, document, &ignored) || document->root.kind != VALUE_MAP)
                return NULL;
        return &document->root;
}

static struct str text_of(const struct value *map, const char *key)
{
        return value_get_text(map, intern(str_of(key)));
}

static bool number_of(const struct value *map, const char *key, size_t *out)
{
        const struct value *value = value_get(map, intern(str_of(key)));

        TRY(value_is(value, VALUE_INT) && value->i >= 0);
        *out = (size_t)value->i;
        return true;
}

static struct str named(struct opening *opening, struct str name)
{
        return str_format(opening->arena, "%.*s/%.*s", STR_ARG(opening->file), STR_ARG(name));
}

static bool take_text(struct opening *opening, struct str name, size_t bytes)
{
        struct str rest = str_from(opening->reader.text, opening->reader.at);

        if (bytes >= rest.len || rest.data[bytes] != '\n')
                return damaged(opening, str_format(opening->arena, "the snapshot is damaged at %.*s", STR_ARG(name)));
        *vec_push(opening->arena, &opening->out->items) =
                (struct entry_text){named(opening, name), str_sub(rest, 0, bytes)};
        opening->reader.at += bytes + 1;
        return true;
}

static bool take_problem(struct opening *opening, struct str id, const struct value *line)
{
        for (int kind = 0; kind < PROBLEM_COUNT; kind++) {
                if (!str_equal(problem_class((enum problem_kind)kind)->id, id))
                        continue;
                *vec_push(opening->arena, &opening->out->problems) =
                        problem_of_file(opening->arena, (enum problem_kind)kind, named(opening, text_of(line, "file")),
                                        "%.*s", STR_ARG(text_of(line, "message")));
                return true;
        }
        return damaged(opening, str_format(opening->arena, "the snapshot has a problem of an unknown kind, \"%.*s\"",
                                           STR_ARG(id)));
}

static bool take_one(struct opening *opening)
{
        const struct value *line = take_line(opening);
        size_t bytes, count;

        if (line && number_of(line, "end", &count)) {
                opening->ended = true;
                if (count != opening->seen || count != opening->entries + opening->problems)
                        return damaged(opening, STR("the snapshot is damaged: it has not as many entries as it says"));
                return false;
        }
        opening->seen++;
        if (line && text_of(line, "name").len && number_of(line, "bytes", &bytes))
                return take_text(opening, text_of(line, "name"), bytes);
        if (line && text_of(line, "problem").len)
                return take_problem(opening, text_of(line, "problem"), line);
        return damaged(opening, STR("the snapshot is damaged: a line in it announces nothing"));
}

static bool take_header(struct opening *opening)
{
        const struct value *line = take_line(opening);

        if (!line || !str_is(text_of(line, "schema"), SCHEMA VERSION) || !number_of(line, "entries", &opening->entries)
            || !number_of(line, "problems", &opening->problems))
                return damaged(opening, STR("the snapshot is damaged: it does not begin as one does"));
        return true;
}

static void free_plain(void *plain)
{
        buf_free(plain);
}

void snapshot_read(struct arena *arena, struct str file, struct str text, struct entries *out)
{
        struct opening opening = {.arena = arena, .file = file, .out = out};
        struct str mark = mark_of(text);
        struct buf *plain = arena_new(arena, struct buf);

        *out = (struct entries){0};
        if (!str_is(mark, SCHEMA VERSION)) {
                damaged(&opening, str_format(arena,
                                             "the snapshot is of the form %.*s, and this Strake reads " SCHEMA VERSION
                                             ": use a newer Strake, or take the snapshot again",
                                             STR_ARG(mark)));
                return;
        }
        unpack(&opening, str_from(text, MARK_BYTES + mark.len), plain);
        arena_at_end(arena, free_plain, plain);
        opening.reader = reader_over(plain->len ? buf_text(plain) : STR(""));
        if (!take_header(&opening))
                return;
        while (take_one(&opening))
                ;
        entries_sort(out);
}
