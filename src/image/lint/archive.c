/* archive.c - archives in archives, one level for each that is open. */

#include "image/lint/archive.h"

#include <stdlib.h>

#include "base/buf.h"
#include "image/archive/packing.h"
#include "image/archive/paths.h"
#include "image/archive/tar.h"
#include "image/archive/zip.h"

enum {
        BEGIN = 512,                    /* bytes that say what a file is */
        LEVELS = 2 * ARCHIVE_DEPTH + 1, /* a tar in a packing takes two, and the file in the innermost one */
        ROOM = 64 << 10,
        WINDOW_LOG = 23, /* of zstd: 8 MiB, as far as its levels go without --ultra */
        NAME_MOST = 4096,
};

#define OUT_FREE ((uint64_t)16 << 20) /* so many bytes are fine whatever the ratio */
#define OUT_MOST ((uint64_t)2 << 30)  /* bytes that come out of all archives in a file */
#define SUM_FREE ((uint64_t)1 << 30)  /* the same for all files together */

enum kind { KIND_UNKNOWN, KIND_FILE, KIND_PACKED, KIND_TAR, KIND_ZIP };

/* A file that passes by, in so many archives. */
struct level {
        struct archive *archive;
        struct level *inner;
        enum kind kind;
        unsigned depth;    /* archives around it */
        bool from_packing; /* it is what a packing holds, which with a tar counts as one archive */
        bool open, over;   /* over: what follows does not matter */
        bool told;         /* that something is left */
        struct arena arena;
        struct str place, path;
        struct buf begin; /* until it is known what it is */
        struct unpacker *unpacker;
        struct tar *tar;
        struct zip *zip;
        char *room; /* for what is unpacked */
};

struct archive {
        struct archive_visitor visitor;
        void *context;
        struct level levels[LEVELS];
        uint64_t in, out;         /* bytes of the outermost file, and that came out of archives */
        uint64_t sum_in, sum_out; /* of all archives before it */
        bool full;                /* too many did */
};

struct archive *archive_new(const struct archive_visitor *visitor, void *context)
{
        struct archive *archive = calloc(1, sizeof(*archive));

        if (!archive)
                abort();
        archive->visitor = *visitor;
        archive->context = context;
        for (size_t i = 0; i < LEVELS; i++) {
                archive->levels[i].archive = archive;
                archive->levels[i].inner = i + 1 < LEVELS ? &archive->levels[i + 1] : NULL;
        }
        return archive;
}

static void drop_readers(struct level *level)
{
        unpacker_free(level->unpacker);
        tar_free(level->tar);
        level->unpacker = NULL;
        level->tar = NULL;
        level->zip = NULL; /* lies in the arena */
}

void archive_free(struct archive *archive)
{
        if (!archive)
                return;
        for (size_t i = 0; i < LEVELS; i++) {
                drop_readers(&archive->levels[i]);
                arena_free(&archive->levels[i].arena);
                buf_free(&archive->levels[i].begin);
                free(archive->levels[i].room);
        }
        free(archive);
}

static void tell(struct level *level, struct str place, struct str why)
{
        struct archive *archive = level->archive;

        if (!level->told && !archive->full)
                archive->visitor.left(archive->context, place, why);
        level->told = true;
}

static void fail(struct level *level, const struct err *err)
{
        tell(level, level->place, err_text(err));
        level->over = true;
}

/* Counts what comes out of an archive; false when it is too much. */
static bool count(struct archive *archive, size_t bytes)
{
        archive->out += bytes;
        if (archive->out > OUT_MOST)
                archive_cut(archive, STR("more than 2 GiB come out of it"));
        else if (archive->out > OUT_FREE && archive->out / ARCHIVE_RATIO > archive->in)
                archive_cut(archive, STR("it unpacks to more than 250 times its size"));
        else if (archive->sum_out + archive->out > SUM_FREE
                 && (archive->sum_out + archive->out) / ARCHIVE_SUM_RATIO > archive->sum_in + archive->in)
                archive_cut(archive, STR("it and the archives before it unpack to more than 50 times their size"));
        return !archive->full;
}

static bool feed_level(struct level *level, struct str piece);
static void close_level(struct level *level);

static void open_level(struct level *level, unsigned depth, bool from_packing, struct str place, struct str path)
{
        level->kind = KIND_UNKNOWN;
        level->depth = depth;
        level->from_packing = from_packing;
        level->open = true;
        level->over = level->told = false;
        level->place = place;
        level->path = path;
        level->begin.len = 0;
}

/* --- files in an archive --- */

static unsigned depth_inside(const struct level *level)
{
        return level->depth + (level->kind == KIND_TAR && level->from_packing ? 0 : 1);
}

static struct str place_of(struct arena *arena, const struct level *level, struct str name, char between)
{
        struct str outer = between == '/' ? level->path : level->place;

        return str_format(arena, "%.*s%c%.*s", STR_ARG(outer), between, STR_ARG(str_sub(name, 0, NAME_MOST)));
}

static void open_entry(struct level *level, struct str name)
{
        struct level *inner = level->inner;

        arena_reset(&inner->arena);
        open_level(inner, depth_inside(level), false, place_of(&inner->arena, level, name, '!'),
                   place_of(&inner->arena, level, name, '/'));
}

/* False when nothing more of the entry is needed. */
static bool feed_entry(struct level *level, struct str piece)
{
        if (!level->inner->open || !count(level->archive, piece.len))
                return false;
        if (feed_level(level->inner, piece))
                return true;
        close_level(level->inner);
        return false;
}

static void close_entry(struct level *level)
{
        if (level->inner->open)
                close_level(level->inner);
}

/* --- tar --- */

static bool on_entry(void *context, const struct tar_entry *entry, bool *wants, struct err *err)
{
        struct level *level = context;
        struct arena scratch CLEANUP(arena_free) = {0};
        struct str name;

        (void)err;
        *wants = entry->kind == TAR_FILE && entry->size;
        if (*wants)
                open_entry(level, path_clean(&scratch, entry->path, &name) ? name : entry->path);
        return true;
}

static bool on_piece(void *context, uint64_t at, struct str piece, struct err *err)
{
        struct level *level = context;

        (void)at;
        if (!level->inner->open)
                count(level->archive, piece.len);
        feed_entry(level, piece);
        return !level->archive->full || err_set(err, "too much");
}

static bool on_end(void *context, struct err *err)
{
        (void)err;
        close_entry(context);
        return true;
}

static void begin_tar(struct level *level)
{
        level->tar = tar_new(&(struct tar_visitor){level, on_entry, on_piece, on_end});
}

static void feed_tar(struct level *level, struct str piece)
{
        struct err err = {0};

        if (!tar_feed(level->tar, piece, &err))
                fail(level, &err);
}

static void end_tar(struct level *level)
{
        struct err err = {0};

        close_entry(level);
        if (!level->over && !tar_finish(level->tar, &err))
                fail(level, &err);
}

/* --- zip --- */

/* Classes are binary, and most of what is in a jar. */
static bool zip_wants(void *context, struct str name)
{
        (void)context;
        return !str_ends(name, STR("/")) && !str_ends(name, STR(".class"));
}

static bool zip_begin(void *context, size_t number, struct str name, struct err *err)
{
        (void)number, (void)err;
        open_entry(context, name);
        return true;
}

static bool zip_piece(void *context, struct str piece, struct err *err)
{
        (void)err;
        return feed_entry(context, piece);
}

static bool zip_end(void *context, struct err *err)
{
        (void)err;
        close_entry(context);
        return true;
}

static void zip_failed(void *context, struct str name, const struct err *err)
{
        struct level *level = context;

        if (name.data) /* it did not begin */
                open_entry(level, name);
        tell(level, level->inner->place, err_text(err));
        if (name.data)
                level->inner->open = false;
        else
                close_entry(level);
}

static void begin_zip(struct level *level)
{
        const struct zip_visitor visitor = {zip_wants, zip_begin, zip_piece, zip_end, zip_failed};

        level->zip = zip_new(&level->arena, &visitor, level);
}

static void feed_zip(struct level *level, struct str piece)
{
        struct err err = {0};

        if (!zip_feed(level->zip, piece, &err))
                fail(level, &err);
}

static void end_zip(struct level *level)
{
        const struct zip_entry *entries;
        struct err err = {0};
        size_t entry_count;

        close_entry(level);
        if (!level->over && !zip_finish(level->zip, &entries, &entry_count, &err))
                fail(level, &err);
}

/* --- gzip and zstd --- */

/* The name of what is packed: "a.sql.gz" holds a.sql. */
static struct str unpacked_path(struct str path)
{
        static const struct str endings[] = {STR_INIT(".gz"), STR_INIT(".zst"), STR_INIT(".GZ")};

        for (size_t i = 0; i < COUNT_OF(endings); i++)
                if (str_ends(path, endings[i]))
                        return str_sub(path, 0, path.len - endings[i].len);
        return path;
}

static void begin_packed(struct level *level, enum packing packing)
{
        struct err err = {0};

        level->unpacker = unpacker_new(packing, &err);
        if (!level->unpacker) {
                fail(level, &err);
                return;
        }
        unpacker_limit_window(level->unpacker, WINDOW_LOG);
        if (!level->room)
                level->room = malloc(ROOM);
        if (!level->room)
                abort();
        arena_reset(&level->inner->arena);
        open_level(level->inner, level->depth + 1, true, level->place, unpacked_path(level->path));
}

static void feed_packed(struct level *level, struct str piece)
{
        struct err err = {0};
        size_t given;

        do {
                bool fine = unpacker_run(level->unpacker, &piece, level->room, ROOM, &given, &err);

                if (given && !feed_entry(level, (struct str){level->room, given}))
                        level->over = true;
                if (!fine && !level->over)
                        fail(level, &err);
        } while (!level->over && (piece.len || given == ROOM));
}

static void end_packed(struct level *level)
{
        struct err err = {0};

        if (!level->over && !unpacker_end(level->unpacker, &err))
                fail(level, &err);
        close_entry(level);
}

/* --- what a file is --- */

static enum kind kind_of(struct str begin, enum packing *packing)
{
        static const char ustar[] = "ustar";
        enum { MAGIC_AT = 257, MAGIC = 5, DEFLATE = 8, RESERVED = 0xe0 };

        if (begin.len >= 4 && begin.data[0] == 'P' && begin.data[1] == 'K'
            && (memcmp(begin.data + 2, "\3\4", 2) == 0 || memcmp(begin.data + 2, "\5\6", 2) == 0))
                return KIND_ZIP;
        if (begin.len >= BEGIN && memcmp(begin.data + MAGIC_AT, ustar, MAGIC) == 0)
                return KIND_TAR;
        *packing = packing_of(begin);
        if (*packing == PACKING_ZSTD)
                return KIND_PACKED;
        return *packing == PACKING_GZIP && begin.len >= 4 && begin.data[2] == DEFLATE && !(begin.data[3] & RESERVED)
                       ? KIND_PACKED
                       : KIND_FILE;
}

static void decide(struct level *level, struct str begin)
{
        struct archive *archive = level->archive;
        enum packing packing = PACKING_NONE;
        bool is_deep = level->depth >= ARCHIVE_DEPTH;

        level->kind = kind_of(begin, &packing);
        if (level->kind != KIND_FILE && is_deep && !(level->kind == KIND_TAR && level->from_packing)) {
                tell(level, level->place, STR("it is an archive in an archive in an archive"));
                level->over = true;
        } else if (level->kind == KIND_FILE) {
                archive->visitor.begin(archive->context, level->place, level->path);
        } else if (level->kind == KIND_PACKED) {
                begin_packed(level, packing);
        } else if (level->kind == KIND_TAR) {
                begin_tar(level);
        } else {
                begin_zip(level);
        }
}

static void feed_kind(struct level *level, struct str piece)
{
        switch (level->kind) {
        case KIND_PACKED:
                feed_packed(level, piece);
                break;
        case KIND_TAR:
                feed_tar(level, piece);
                break;
        case KIND_ZIP:
                feed_zip(level, piece);
                break;
        default:
                level->over = !level->archive->visitor.piece(level->archive->context, piece);
        }
}

/* False when nothing more of the file is needed. */
static bool feed_level(struct level *level, struct str piece)
{
        if (level->kind == KIND_UNKNOWN && !level->over) {
                size_t some = min_size(BEGIN - level->begin.len, piece.len);

                if (some < BEGIN) {
                        buf_add(&level->begin, str_sub(piece, 0, some));
                        piece = str_from(piece, some);
                        if (level->begin.len < BEGIN)
                                return true;
                        decide(level, buf_text(&level->begin));
                        if (!level->over)
                                feed_kind(level, buf_text(&level->begin));
                } else {
                        decide(level, piece);
                }
        }
        if (!level->over && piece.len)
                feed_kind(level, piece);
        return !level->over;
}

static void close_level(struct level *level)
{
        level->open = false;
        if (level->kind == KIND_UNKNOWN && level->begin.len && !level->over) {
                decide(level, buf_text(&level->begin));
                if (!level->over)
                        feed_kind(level, buf_text(&level->begin));
        }
        if (level->kind == KIND_FILE)
                level->archive->visitor.end(level->archive->context);
        else if (level->tar)
                end_tar(level);
        else if (level->zip)
                end_zip(level);
        else if (level->unpacker)
                end_packed(level);
        drop_readers(level);
}

void archive_begin(struct archive *archive, struct str path)
{
        archive->in = archive->out = 0;
        archive->full = false;
        arena_reset(&archive->levels[0].arena);
        open_level(&archive->levels[0], 0, false, path, path);
}

bool archive_feed(struct archive *archive, struct str piece)
{
        archive->in += piece.len;
        return feed_level(&archive->levels[0], piece);
}

void archive_cut(struct archive *archive, struct str why)
{
        struct level *outermost = &archive->levels[0];

        tell(outermost, outermost->place, why);
        archive->full = outermost->over = true;
}

void archive_end(struct archive *archive)
{
        close_level(&archive->levels[0]);
        archive->sum_in += archive->out ? archive->in : 0;
        archive->sum_out += archive->out;
}
