/* store.c - where the files of an image lie. */

#include "image/archive/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "image/archive/packing.h"
#include "image/archive/paths.h"
#include "image/archive/tar.h"

enum {
        CHUNK = 64 << 10,
        LINKS = 40,
        CHECKPOINTS = 64,        /* each takes about 90 kB */
        WORTH_A_POINT = 1 << 20, /* bytes of a file for which a checkpoint is made */
        MOST_FILES = 1 << 20,
};

/* A file of an archive. */
struct member {
        uint64_t offset, size; /* of its content, in the plain archive */
        struct str link;       /* of a link: the clean path that it names; data is NULL for a file */
};

/* From where unpacking can go on. */
struct checkpoint {
        struct unpacker *unpacker;
        uint64_t stored, plain; /* offsets that it stands at */
};

struct store {
        struct str name;
        int folder, file;
        struct store_remote *remote;
        struct map members; /* of an archive: path → struct member */
        enum packing packing;
        struct checkpoint points[CHECKPOINTS];
        size_t point_count;
};

static void close_store(void *object)
{
        struct store *store = object;

        file_close(&store->folder);
        file_close(&store->file);
        for (size_t i = 0; i < store->point_count; i++)
                unpacker_free(store->points[i].unpacker);
        store->point_count = 0;
}

static struct store *new_store(struct arena *arena, struct str name)
{
        struct store *store = arena_new(arena, struct store);

        store->name = str_copy(arena, name);
        store->folder = store->file = -1;
        arena_at_end(arena, close_store, store);
        return store;
}

struct store *store_open_folder(struct arena *arena, struct str name, struct err *err)
{
        struct store *store = new_store(arena, name);

        store->folder = file_open_folder(store->name.data);
        if (store->folder >= 0)
                return store;
        err_set(err, "%s", strerror(errno));
        return NULL;
}

struct store *store_open_remote(struct arena *arena, struct str name, struct store_remote *remote)
{
        struct store *store = new_store(arena, name);

        store->remote = remote;
        return store;
}

bool store_is_remote(const struct store *store)
{
        return store->remote;
}

int store_folder(const struct store *store)
{
        return store->folder;
}

/* Going through an archive. */
struct listing {
        struct arena *arena;
        struct store *store;
        struct tar *tar;
        struct checkpoint before; /* the state before the piece at hand */
};

static struct str link_target(struct arena *arena, struct str path, const struct tar_entry *entry)
{
        struct str joined = entry->link, clean;

        /* A symbolic link is relative to its folder, a hard link to the archive. */
        if (entry->kind == TAR_SYMLINK && !str_starts(entry->link, STR("/")))
                joined = str_format(arena, "%.*s/%.*s", STR_ARG(path_parent(path)), STR_ARG(entry->link));
        return path_clean(arena, joined, &clean) ? str_copy(arena, clean) : (struct str){"", 0};
}

static void keep_point(struct listing *listing)
{
        struct store *store = listing->store;

        if (!listing->before.unpacker || store->point_count == CHECKPOINTS)
                return;
        store->points[store->point_count++] = listing->before;
        listing->before.unpacker = NULL;
}

static bool on_entry(void *context, const struct tar_entry *entry, bool *wants, struct err *err)
{
        struct listing *listing = context;
        struct store *store = listing->store;
        struct member *member;
        struct str path;

        (void)wants;
        if (entry->kind != TAR_FILE && entry->kind != TAR_SYMLINK && entry->kind != TAR_HARDLINK)
                return true;
        if (!path_clean(listing->arena, entry->path, &path) || !path.len)
                return true;
        if (store->members.count >= MOST_FILES)
                return err_set(err, "more than %d files", MOST_FILES);
        path = str_copy(listing->arena, path);
        member = arena_new(listing->arena, struct member);
        member->offset = tar_offset(listing->tar);
        member->size = entry->size;
        if (entry->kind != TAR_FILE)
                member->link = link_target(listing->arena, path, entry);
        else if (entry->size >= WORTH_A_POINT)
                keep_point(listing);
        *map_slot(listing->arena, &store->members, path) = member;
        return true;
}

static bool on_piece(void *context, uint64_t at, struct str piece, struct err *err)
{
        (void)context;
        (void)at;
        (void)piece;
        return err_set(err, "nobody asked for it");
}

static bool on_end(void *context, struct err *err)
{
        (void)context;
        (void)err;
        return true;
}

static int64_t read_at(int file, char *to, size_t room, uint64_t offset, struct err *err)
{
        ssize_t count;

        do
                count = pread(file, to, room, (off_t)offset);
        while (count < 0 && errno == EINTR);
        if (count < 0)
                err_set(err, "offset %" PRIu64 ": %s", offset, strerror(errno));
        return count;
}

static bool list_plain(struct listing *listing, uint64_t size, struct err *err)
{
        char chunk[CHUNK];
        uint64_t offset = 0;

        while (offset < size) {
                uint64_t skip = tar_can_skip(listing->tar);
                int64_t count;

                if (skip > size - offset)
                        break; /* cut; tar_finish() says so */
                if (skip) {
                        tar_skip(listing->tar, skip);
                        offset += skip;
                        continue;
                }
                /* Headers stand alone between contents: a small read is enough for them. */
                count = read_at(listing->store->file, chunk, 4096, offset, err);
                TRY(count >= 0);
                if (!count)
                        break;
                for (int64_t fed = 0; fed < count && !tar_can_skip(listing->tar); fed += 512) {
                        size_t some = min_size(512, (size_t)(count - fed));

                        TRY(tar_feed(listing->tar, (struct str){chunk + fed, some}, err));
                        offset += some;
                }
        }
        return tar_finish(listing->tar, err);
}

static void remember(struct listing *listing, const struct unpacker *unpacker, uint64_t stored, uint64_t plain)
{
        if (listing->store->packing != PACKING_GZIP || listing->store->point_count == CHECKPOINTS)
                return;
        unpacker_free(listing->before.unpacker);
        listing->before = (struct checkpoint){unpacker_copy(unpacker), stored, plain};
}

static bool list_packed(struct listing *listing, struct err *err)
{
        CLEANUP(unpacker_free_at) struct unpacker *unpacker = unpacker_new(listing->store->packing, err);
        CLEANUP(buf_free) struct buf plain = {0};
        char chunk[CHUNK];
        uint64_t offset = 0, given_so_far = 0;

        TRY(unpacker);
        for (;;) {
                int64_t count = read_at(listing->store->file, chunk, sizeof(chunk), offset, err);
                struct str in = {chunk, count > 0 ? (size_t)count : 0};
                size_t given = 0;

                TRY(count >= 0);
                do {
                        char *to = (plain.len = 0, buf_reserve(&plain, 2 * CHUNK));

                        remember(listing, unpacker, offset + (uint64_t)count - in.len, given_so_far);
                        if (!unpacker_run(unpacker, &in, to, 2 * CHUNK, &given, err))
                                return err_within(err, "offset %" PRIu64, offset + (uint64_t)count - in.len);
                        TRY(tar_feed(listing->tar, (struct str){to, given}, err));
                        given_so_far += given;
                } while (in.len || given == 2 * CHUNK);
                offset += (uint64_t)count;
                if (!count)
                        break;
        }
        return unpacker_end(unpacker, err) && tar_finish(listing->tar, err);
}

static bool list(struct arena *arena, struct store *store, uint64_t size, struct err *err)
{
        struct listing listing = {.arena = arena, .store = store};
        struct tar_visitor visitor = {&listing, on_entry, on_piece, on_end};
        CLEANUP(tar_free_at) struct tar *tar = tar_new(&visitor);
        bool fine;

        listing.tar = tar;
        fine = store->packing == PACKING_NONE ? list_plain(&listing, size, err) : list_packed(&listing, err);
        unpacker_free(listing.before.unpacker);
        return fine;
}

struct store *store_open_archive(struct arena *arena, struct str name, struct err *err)
{
        struct store *store = new_store(arena, name);
        char begin[PACKING_MAGIC];
        struct stat about;
        int64_t count;

        store->file = open(store->name.data, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (store->file < 0 || fstat(store->file, &about)) {
                err_set(err, "%s", strerror(errno));
                return NULL;
        }
        if (!S_ISREG(about.st_mode)) {
                err_set(err, "it is no regular file; write it into one first");
                return NULL;
        }
        count = read_at(store->file, begin, sizeof(begin), 0, err);
        TRY(count >= 0);
        store->packing = packing_of((struct str){begin, (size_t)count});
        TRY(list(arena, store, (uint64_t)about.st_size, err));
        return store;
}

static const struct member *find_member(const struct store *store, struct str name)
{
        const struct member *member = map_get(&store->members, name);

        for (unsigned links = 0; member && member->link.data; links++)
                member = links < LINKS ? map_get(&store->members, member->link) : NULL;
        return member;
}

static int open_beneath(const struct store *store, struct str name)
{
        struct arena scratch CLEANUP(arena_free) = {0};

        return file_open_beneath(store->folder, str_copy(&scratch, name).data, O_RDONLY | O_NONBLOCK | O_NOCTTY);
}

bool store_has(const struct store *store, struct str name)
{
        CLEANUP(file_close) int file = -1;

        if (store->folder < 0)
                return find_member(store, name) != NULL;
        file = open_beneath(store, name);
        return file >= 0;
}

bool store_identity(struct arena *arena, const struct store *store, struct str name, struct str *out)
{
        const struct member *member = store->folder < 0 ? find_member(store, name) : NULL;
        CLEANUP(file_close) int opened = store->folder < 0 ? -1 : open_beneath(store, name);
        struct stat about;

        TRY((member || opened >= 0) && fstat(opened >= 0 ? opened : store->file, &about) == 0);
        *out = str_format(arena, "%ju %ju %jd %jd.%09ld %jd.%09ld %" PRIu64 " %" PRIu64, (uintmax_t)about.st_dev,
                          (uintmax_t)about.st_ino, (intmax_t)about.st_size, (intmax_t)about.st_mtim.tv_sec,
                          about.st_mtim.tv_nsec, (intmax_t)about.st_ctim.tv_sec, about.st_ctim.tv_nsec,
                          member ? member->offset : 0, member ? member->size : 0);
        return true;
}

/* A file of a folder, closed with its source. */
struct opened {
        struct byte_source source; /* first */
        struct byte_source *inner;
        int file;
};

static int64_t read_opened(struct byte_source *source, char *to, size_t room, struct err *err)
{
        struct opened *opened = (struct opened *)source;

        return opened->inner->read(opened->inner, to, room, err);
}

static void close_opened(struct byte_source *source)
{
        struct opened *opened = (struct opened *)source;

        source_close(opened->inner);
        file_close(&opened->file);
        free(opened);
}

static struct byte_source *open_in_folder(const struct store *store, struct str name, uint64_t *size, struct err *err)
{
        int file = open_beneath(store, name);
        struct opened *opened;
        struct stat about;

        if (file < 0 || fstat(file, &about)) {
                err_set(err, "%.*s: %s", STR_ARG(name),
                        errno == EXDEV ? "a link that leads out of the folder" : strerror(errno));
                file_close(&file);
                return NULL;
        }
        if (!S_ISREG(about.st_mode)) {
                err_set(err, "%.*s: it is no regular file", STR_ARG(name));
                file_close(&file);
                return NULL;
        }
        opened = calloc(1, sizeof(*opened));
        if (!opened)
                abort();
        *size = (uint64_t)about.st_size;
        *opened = (struct opened){{read_opened, close_opened}, source_of_file(file, 0, UINT64_MAX), file};
        return &opened->source;
}

/* A file of a packed archive. */
struct packed {
        struct byte_source source; /* first */
        int file;
        struct unpacker *unpacker;
        uint64_t stored; /* offset of the next byte to read */
        uint64_t skip;   /* plain bytes before the file */
        uint64_t left;   /* of the file */
        struct str in;
        char chunk[CHUNK];
};

static bool unpack_some(struct packed *packed, char *to, size_t room, size_t *given, struct err *err)
{
        for (;;) {
                if (!packed->in.len) {
                        int64_t count = read_at(packed->file, packed->chunk, CHUNK, packed->stored, err);

                        TRY(count >= 0);
                        packed->in = (struct str){packed->chunk, (size_t)count};
                        packed->stored += (uint64_t)count;
                        if (!count)
                                return unpacker_run(packed->unpacker, &packed->in, to, room, given, err);
                }
                TRY(unpacker_run(packed->unpacker, &packed->in, to, room, given, err));
                if (*given)
                        return true;
        }
}

static int64_t read_packed(struct byte_source *source, char *to, size_t room, struct err *err)
{
        struct packed *packed = (struct packed *)source;
        size_t given = 0;

        while (packed->skip) {
                size_t some = (size_t)(packed->skip < room ? packed->skip : room);

                if (!unpack_some(packed, to, some, &given, err))
                        return -1;
                if (!given)
                        return 0;
                packed->skip -= given;
        }
        room = (size_t)(packed->left < room ? packed->left : room);
        if (!room)
                return 0;
        if (!unpack_some(packed, to, room, &given, err))
                return -1;
        packed->left -= given;
        return (int64_t)given;
}

static void close_packed(struct byte_source *source)
{
        unpacker_free(((struct packed *)source)->unpacker);
        free(source);
}

static struct byte_source *open_packed(const struct store *store, const struct member *member, struct err *err)
{
        struct packed *packed = calloc(1, sizeof(*packed));
        const struct checkpoint *best = NULL;

        if (!packed)
                abort();
        for (size_t i = 0; i < store->point_count && store->points[i].plain <= member->offset; i++)
                best = &store->points[i];
        *packed = (struct packed){
                .source = {read_packed, close_packed},
                .file = store->file,
                .unpacker = best ? unpacker_copy(best->unpacker) : unpacker_new(store->packing, err),
                .stored = best ? best->stored : 0,
                .skip = member->offset - (best ? best->plain : 0),
                .left = member->size,
        };
        if (packed->unpacker)
                return &packed->source;
        free(packed);
        return NULL;
}

struct byte_source *store_open(const struct store *store, struct str name, uint64_t *size, struct err *err)
{
        const struct member *member;

        if (store->remote) {
                *size = 0;
                return store->remote->open(store->remote, name, err);
        }
        if (store->folder >= 0)
                return open_in_folder(store, name, size, err);
        member = find_member(store, name);
        if (!member) {
                err_set(err, "there is no %.*s in it", STR_ARG(name));
                return NULL;
        }
        *size = member->size;
        if (store->packing == PACKING_NONE)
                return source_of_file(store->file, member->offset, member->size);
        return open_packed(store, member, err);
}

bool store_read(struct arena *arena, const struct store *store, struct str name, uint64_t most, struct str *out,
                struct err *err)
{
        struct byte_source *source;
        size_t have = 0;
        uint64_t size;
        char *text;

        if (store->remote)
                return store->remote->read(store->remote, arena, name, most, out, err);
        source = store_open(store, name, &size, err);
        TRY(source);
        if (size > most) {
                source_close(source);
                return err_set(err, "%.*s: it has %" PRIu64 " bytes; at most %" PRIu64 " are read", STR_ARG(name), size,
                               most);
        }
        text = arena_take_text(arena, (size_t)size + 1);
        while (have < size) {
                int64_t count = source->read(source, text + have, (size_t)size - have, err);

                if (count < 0) {
                        source_close(source);
                        return err_within(err, "%.*s", STR_ARG(name));
                }
                if (!count)
                        break;
                have += (size_t)count;
        }
        source_close(source);
        *out = (struct str){text, have};
        return true;
}
