/* layer.c - one layer read once: a visitor of its entries. */

#include "image/layer/layer.h"

#include <stdlib.h>

#include "base/buf.h"

enum {
        MOST_LINK_BYTES = 64 << 20,
        MOST_FOUND_BYTES = 1 << 30,
        MOST_PROBLEMS = 200,
        MOST_FILES = 1 << 20,
        MAGIC_BYTES = 4
};

/* A stream at work on the file at hand. */
struct stream {
        uint32_t format;
        struct package_sink *sink;
        void *state;
        enum stream_wish wish;
};

struct layer_reading {
        struct layer_wish wish;
        struct layer_found *out;
        struct arena scratch;     /* of the entry at hand */
        struct arena passing;     /* of the streams at work on it: most find nothing, and leave nothing behind */
        struct str path;          /* of the file at hand */
        struct package_file file; /* its path is what the formats look for: mostly the same */
        struct buf content;
        uint32_t formats[MATCHER_MOST];
        size_t format_count;
        struct stream streams[MATCHER_MOST];
        size_t stream_count;
        bool whole; /* a format wants all of it in one piece */
        bool maybe_program;
        bool observed[OBSERVERS_MOST]; /* by observer: it wants the content of the file at hand */
        bool goes_on[OBSERVERS_MOST];  /* and what is left of it */
        bool is_observed;              /* one does */
        size_t link_bytes;
        bool links_full;
};

void layer_found_free(struct layer_found *found)
{
        path_table_free(&found->table);
        arena_free(&found->arena);
}

void layer_problem(struct layer_found *found, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        if (found->problems.count < MOST_PROBLEMS)
                *vec_push(&found->arena, &found->problems) = err_message(&found->arena, format, arguments);
        va_end(arguments);
}

static size_t observer_count(const struct layer_reading *reading)
{
        return reading->wish.observers ? reading->wish.observers->count : 0;
}

struct layer_reading *layer_reading_new(const struct layer_wish *wish, struct layer_found *out)
{
        struct layer_reading *reading = calloc(1, sizeof(*reading));

        if (!reading)
                abort();
        reading->wish = *wish;
        reading->out = out;
        for (size_t i = 0; i < observer_count(reading); i++) {
                out->table.has_notes |= wish->observers->items[i]->takes_notes;
                out->observed[i] = wish->observers->items[i]->begin(out, wish->key, wish->observers->contexts[i]);
        }
        return reading;
}

void layer_reading_free(struct layer_reading *reading)
{
        if (!reading)
                return;
        arena_free(&reading->scratch);
        arena_free(&reading->passing);
        buf_free(&reading->content);
        free(reading);
}

static enum path_kind kind_of(const struct tar_entry *entry, struct str path)
{
        if (str_starts(path_name(path), STR(".wh.")))
                return PATH_WHITEOUT;
        switch (entry->kind) {
        case TAR_FILE:
                return PATH_FILE;
        case TAR_FOLDER:
                return PATH_FOLDER;
        case TAR_SYMLINK:
                return PATH_SYMLINK;
        case TAR_HARDLINK:
                return PATH_HARDLINK;
        default:
                return PATH_OTHER;
        }
}

/* The file of this path, new if it was not there; what an earlier entry of the same path held is forgotten. */
static struct layer_file *file_of(struct layer_reading *reading, struct str path, enum path_kind kind)
{
        struct layer_found *out = reading->out;
        void *known = map_get(&out->by_path, path);
        struct layer_file *file;

        if (known) {
                file = &out->files.items[(uintptr_t)known - 1];
        } else {
                struct str kept = str_copy(&out->arena, path);

                file = vec_push(&out->arena, &out->files);
                *file = (struct layer_file){.path = kept};
                *map_slot(&out->arena, &out->by_path, kept) = (void *)(uintptr_t)out->files.count;
        }
        file->kind = kind;
        file->target = (struct str){"", 0};
        file->parts.count = 0;
        return file;
}

static bool take_link(struct layer_reading *reading, const struct tar_entry *entry, struct str path,
                      enum path_kind kind, struct err *err)
{
        struct layer_found *out = reading->out;
        struct str target = {"", 0};
        bool wanted = reading->format_count > 0;

        if (kind == PATH_SYMLINK || wanted) {
                reading->link_bytes += entry->link.len + sizeof(struct layer_link);
                if (reading->link_bytes > MOST_LINK_BYTES)
                        return err_set(err, "its links take more than %d bytes", MOST_LINK_BYTES);
                target = str_copy(&out->arena, entry->link);
        }
        if (kind == PATH_SYMLINK && !reading->wish.only_files)
                *vec_push(&out->arena, &out->links) =
                        (struct layer_link){path_hash(reading->wish.key, path), (uint32_t)out->links.count, target};
        if (wanted) {
                struct layer_file *file = file_of(reading, path, kind);

                file->target = target;
                for (size_t i = 0; i < reading->format_count; i++)
                        *vec_push(&out->arena, &file->parts) = (struct layer_part){.format = reading->formats[i]};
        }
        return true;
}

static struct package_sink *new_sink(struct layer_reading *reading, struct arena *arena)
{
        struct package_sink *sink = arena_new(arena, struct package_sink);

        sink->arena = arena;
        sink->paths = reading->wish.key;
        return sink;
}

static void add_part(struct layer_reading *reading, uint32_t format, struct package_sink *sink, void *state)
{
        struct layer_found *out = reading->out;
        void *known = map_get(&out->by_path, reading->path);
        struct layer_file *file = known ? &out->files.items[(uintptr_t)known - 1] : NULL;

        if (!file)
                file = file_of(reading, reading->path, PATH_FILE);
        vec_reserve(&out->arena, &file->parts, 1);
        *vec_push(&out->arena, &file->parts) = (struct layer_part){format, sink, state};
        out->wants_again = out->wants_again || state;
}

/* A stream that asked in an earlier pass to see the file again goes on with the state that it had. */
static bool continue_stream(const struct layer_reading *reading, uint32_t format, struct stream *out)
{
        const struct layer_found *earlier = reading->wish.continue_with;
        void *known = earlier ? map_get(&earlier->by_path, reading->path) : NULL;
        const struct layer_file *file = known ? &earlier->files.items[(uintptr_t)known - 1] : NULL;

        for (size_t i = 0; file && i < file->parts.count; i++)
                if (file->parts.items[i].format == format && file->parts.items[i].state) {
                        *out = (struct stream){format, file->parts.items[i].found, file->parts.items[i].state,
                                               STREAM_MORE};
                        return true;
                }
        return false;
}

static void begin_stream(struct layer_reading *reading, uint32_t format)
{
        struct stream *stream = &reading->streams[reading->stream_count];

        if (!continue_stream(reading, format, stream)) {
                if (reading->wish.continue_with)
                        return;
                *stream = (struct stream){
                        .format = format,
                        .sink = new_sink(reading, &reading->passing),
                        .state = arena_clear(&reading->passing, package_formats[format]->stream->state_size),
                };
        }
        reading->stream_count++;
}

/* The name by which formats know a file. */
static struct str name_of(struct layer_reading *reading, struct str path)
{
        const struct layer_wish *wish = &reading->wish;
        const struct str *name = wish->names ? map_get(wish->names, path) : NULL;

        if (name)
                return *name;
        for (size_t i = 0; i < wish->move_count; i++) {
                struct str folder = wish->moves[i].folder;

                if (!folder.len || (path.len > folder.len && str_starts(path, folder) && path.data[folder.len] == '/'))
                        return str_format(&reading->scratch, "%.*s/%.*s", STR_ARG(wish->moves[i].name),
                                          STR_ARG(str_from(path, folder.len ? folder.len + 1 : 0)));
        }
        return path;
}

static void begin_file(struct layer_reading *reading, const struct tar_entry *entry, struct str path)
{
        reading->path = path;
        reading->file = (struct package_file){.path = name_of(reading, path), .size = entry->size};
        reading->content.len = 0;
        reading->stream_count = 0;
        reading->whole = false;
        for (size_t i = 0; i < reading->format_count; i++) {
                const struct package_format *format = package_formats[reading->formats[i]];
                uint64_t most = format->most ? format->most : FORMAT_MOST;

                if (entry->size > most)
                        layer_problem(reading->out, "%.*s: it has %" PRIu64 " bytes; %s reads at most %" PRIu64,
                                      STR_ARG(path), entry->size, format->name, most);
                else if (format->stream)
                        begin_stream(reading, reading->formats[i]);
                else
                        reading->whole = true;
        }
}

static bool on_file(struct layer_reading *reading, const struct tar_entry *entry, struct str path, bool *wants,
                    struct err *err)
{
        reading->out->bytes += entry->size;
        if (reading->out->files.count >= MOST_FILES)
                return err_set(err, "more than %d files that may name packages", MOST_FILES);
        if (reading->format_count || map_get(&reading->out->by_path, path))
                file_of(reading, path, PATH_FILE);
        reading->maybe_program = reading->wish.matcher->programs && entry->size > MAGIC_BYTES;
        begin_file(reading, entry, path);
        *wants = reading->whole || reading->stream_count || reading->maybe_program || reading->is_observed;
        return true;
}

static void observe(struct layer_reading *reading, const struct layer_entry *entry)
{
        reading->is_observed = false;
        for (size_t i = 0; i < observer_count(reading); i++) {
                reading->observed[i] = reading->wish.observers->items[i]->entry(reading->out->observed[i], entry)
                                       && entry->kind == PATH_FILE;
                reading->goes_on[i] = reading->observed[i];
                reading->is_observed |= reading->observed[i];
        }
}

/* Enters the path into the table of the layer. */
static void note_path(struct layer_reading *reading, const struct tar_entry *tar, struct str path, enum path_kind kind)
{
        uint64_t hash = path_hash(reading->wish.key, path);
        struct layer_entry entry = {tar, path, kind, hash, false, NULL};

        entry.again = path_table_set(&reading->out->table, hash, kind, &entry.note) != PATH_ABSENT;
        observe(reading, &entry);
}

static bool on_entry(void *context, const struct tar_entry *entry, bool *wants, struct err *err)
{
        struct layer_reading *reading = context;
        struct layer_found *out = reading->out;
        enum path_kind kind;
        struct str path;

        arena_reset(&reading->scratch);
        out->entries++;
        if (!path_clean(&reading->scratch, entry->path, &path)) {
                layer_problem(out,
                              "offset %" PRIu64 " of the tar: the name \"%.*s\" leads out of the image or is too long",
                              entry->offset, STR_ARG(str_sub(entry->path, 0, 200)));
                return true;
        }
        if (!path.len)
                return true;
        path = str_copy(&reading->scratch, path); /* it outlives the block that it stands in */
        kind = kind_of(entry, path);
        if (!reading->wish.only_files)
                note_path(reading, entry, path, kind);
        out->has_whiteouts = out->has_whiteouts || kind == PATH_WHITEOUT;
        if (kind != PATH_FILE && kind != PATH_SYMLINK && kind != PATH_HARDLINK)
                return true;
        reading->format_count = matcher_find(reading->wish.matcher, path, reading->formats);
        if (kind != PATH_FILE)
                return take_link(reading, entry, path, kind, err);
        return on_file(reading, entry, path, wants, err);
}

/* ELF; PE; Mach-O in its four forms, and several in one. */
static bool is_program(struct str begin)
{
        static const unsigned char magics[][MAGIC_BYTES] = {
                {0x7f, 'E', 'L', 'F'},    {0xfe, 0xed, 0xfa, 0xce}, {0xfe, 0xed, 0xfa, 0xcf},
                {0xce, 0xfa, 0xed, 0xfe}, {0xcf, 0xfa, 0xed, 0xfe}, {0xca, 0xfe, 0xba, 0xbe},
        };

        if (begin.len >= 2 && begin.data[0] == 'M' && begin.data[1] == 'Z')
                return true;
        for (size_t i = 0; begin.len >= MAGIC_BYTES && i < COUNT_OF(magics); i++)
                if (memcmp(begin.data, magics[i], MAGIC_BYTES) == 0)
                        return true;
        return false;
}

/* The first piece shows whether it is a program; formats that want those join in. */
static void begin_programs(struct layer_reading *reading, struct str begin)
{
        reading->maybe_program = false;
        if (!is_program(begin))
                return;
        for (size_t i = 0; i < package_format_count && reading->stream_count < MATCHER_MOST; i++)
                if (package_formats[i]->programs && package_formats[i]->stream)
                        begin_stream(reading, (uint32_t)i);
}

static void complain(struct layer_reading *reading, uint32_t format, const struct err *err)
{
        struct str path = reading->path;

        if (err->line && err->column)
                layer_problem(reading->out, "%.*s:%u:%u: %.*s", STR_ARG(path), err->line, err->column,
                              STR_ARG(err_text(err)));
        else if (err->line)
                layer_problem(reading->out, "%.*s:%u: %.*s", STR_ARG(path), err->line, STR_ARG(err_text(err)));
        else
                layer_problem(reading->out, "%.*s: %.*s (read as %s)", STR_ARG(path), STR_ARG(err_text(err)),
                              package_formats[format]->name);
}

static void feed_streams(struct layer_reading *reading, uint64_t at, struct str piece)
{
        for (size_t i = 0; i < reading->stream_count; i++) {
                struct stream *stream = &reading->streams[i];
                struct err err = {0};

                if (stream->wish != STREAM_MORE)
                        continue;
                stream->wish = package_formats[stream->format]->stream->feed(stream->state, stream->sink,
                                                                             &reading->file, at, piece, &err);
                if (stream->wish == STREAM_BAD)
                        complain(reading, stream->format, &err);
        }
}

static bool on_piece(void *context, uint64_t at, struct str piece, struct err *err)
{
        struct layer_reading *reading = context;

        (void)err;
        if (reading->maybe_program && at == 0)
                begin_programs(reading, piece);
        if (reading->whole)
                buf_add(&reading->content, piece);
        if (reading->stream_count)
                feed_streams(reading, at, piece);
        for (size_t i = 0; reading->is_observed && i < observer_count(reading); i++)
                if (reading->goes_on[i])
                        reading->goes_on[i] =
                                reading->wish.observers->items[i]->piece(reading->out->observed[i], at, piece);
        return true;
}

static bool on_more(void *context)
{
        const struct layer_reading *reading = context;
        bool more = reading->whole || reading->maybe_program;

        for (size_t i = 0; i < reading->stream_count; i++)
                more |= reading->streams[i].wish == STREAM_MORE;
        for (size_t i = 0; reading->is_observed && i < observer_count(reading); i++)
                more |= reading->goes_on[i];
        return more;
}

static bool has_found(const struct stream *stream)
{
        const struct package_sink *sink = stream->sink;

        return stream->wish == STREAM_AGAIN || sink->packages.count || sink->notes.count || sink->owned.count
               || sink->problems.count;
}

static void end_stream(struct layer_reading *reading, struct stream *stream)
{
        struct err err = {0};

        if (stream->wish != STREAM_MORE)
                return;
        stream->wish = package_formats[stream->format]->stream->end(stream->state, stream->sink, &reading->file, &err);
        if (stream->wish == STREAM_BAD)
                complain(reading, stream->format, &err);
}

static void end_streams(struct layer_reading *reading)
{
        bool found = false;

        for (size_t i = 0; i < reading->stream_count; i++) {
                end_stream(reading, &reading->streams[i]);
                found = found || has_found(&reading->streams[i]);
        }
        if (found)
                arena_adopt(&reading->out->arena, &reading->passing);
        for (size_t i = 0; found && i < reading->stream_count; i++) {
                struct stream *stream = &reading->streams[i];

                if (stream->sink->arena == &reading->passing)
                        stream->sink->arena = &reading->out->arena;
                if (has_found(stream))
                        add_part(reading, stream->format, stream->sink,
                                 stream->wish == STREAM_AGAIN ? stream->state : NULL);
        }
        arena_reset(&reading->passing);
}

static void parse_whole(struct layer_reading *reading)
{
        reading->file.text = buf_text(&reading->content);
        for (size_t i = 0; i < reading->format_count; i++) {
                const struct package_format *format = package_formats[reading->formats[i]];
                struct package_sink *sink;
                struct err err = {0};

                if (!format->parse || reading->file.size > (format->most ? format->most : FORMAT_MOST))
                        continue;
                sink = new_sink(reading, &reading->out->arena);
                if (!format->parse(sink, &reading->file, &err))
                        complain(reading, reading->formats[i], &err);
                add_part(reading, reading->formats[i], sink, NULL);
        }
        reading->file.text = (struct str){NULL, 0};
        /* One huge file shall not make all that follow huge. */
        if (reading->content.capacity > (size_t)4 << 20)
                buf_free(&reading->content);
}

static bool on_end(void *context, struct err *err)
{
        struct layer_reading *reading = context;

        if (reading->whole)
                parse_whole(reading);
        end_streams(reading);
        for (size_t i = 0; reading->is_observed && i < observer_count(reading); i++)
                if (reading->observed[i])
                        reading->wish.observers->items[i]->end(reading->out->observed[i]);
        return reading->out->arena.taken <= MOST_FOUND_BYTES
               || err_set(err, "what its files say takes more than %d bytes", MOST_FOUND_BYTES);
}

struct tar_visitor layer_visitor(struct layer_reading *reading)
{
        return (struct tar_visitor){reading, on_entry, on_piece, on_end, on_more};
}

static int compare_links(const void *a, const void *b)
{
        const struct layer_link *x = a, *y = b;

        if (x->path != y->path)
                return x->path < y->path ? -1 : 1;
        return x->number < y->number ? -1 : x->number > y->number;
}

/* Sorted by path, and of links with the same path only the last: it is the one that counts. */
void layer_reading_end(struct layer_reading *reading)
{
        struct layer_found *out = reading->out;
        size_t kept = 0;

        for (size_t i = 0; i < observer_count(reading); i++)
                if (reading->wish.observers->items[i]->finish)
                        reading->wish.observers->items[i]->finish(out->observed[i]);
        if (out->links.count < 2)
                return;
        qsort(out->links.items, out->links.count, sizeof(out->links.items[0]), compare_links);
        for (size_t i = 0; i < out->links.count; i++) {
                if (i + 1 < out->links.count && out->links.items[i].path == out->links.items[i + 1].path)
                        continue;
                out->links.items[kept++] = out->links.items[i];
        }
        out->links.count = kept;
}

struct str layer_link_target(const struct layer_found *found, uint64_t path)
{
        size_t low = 0, high = found->links.count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (found->links.items[middle].path < path)
                        low = middle + 1;
                else
                        high = middle;
        }
        if (low < found->links.count && found->links.items[low].path == path)
                return found->links.items[low].target;
        return (struct str){NULL, 0};
}
