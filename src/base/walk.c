/* walk.c - one folder after the other, from a list of those that were found. */

#include "base/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

struct pending {
        struct str below; /* with a slash at its end; empty for the first */
        void *above;
};

struct walker {
        struct arena *arena;
        int root;
        const struct walk_guide *guide;
        struct walk *out;
        VEC(struct pending) pending;
};

struct folder {
        DIR *listing;
        struct str below;
        void *here;
};

static int by_name(const void *a, const void *b)
{
        return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static void add(struct walker *walker, struct walk_entry entry)
{
        *vec_push(walker->arena, &walker->out->entries) = entry;
}

static void add_unreadable(struct walker *walker, struct str below, int error)
{
        add(walker, (struct walk_entry){.below = below, .kind = WALK_UNREADABLE, .why = strerror(error)});
}

static const char *what_is(mode_t mode)
{
        return S_ISFIFO(mode) ? "a FIFO" : S_ISSOCK(mode) ? "a socket" : "a device";
}

static const char *why_not(int error)
{
        return error == EXDEV    ? "an absolute link, or one that leads out of the folder"
               : error == ELOOP  ? "a link that leads in a circle or is not followed"
               : error == ENOENT ? "a link that leads nowhere"
                                 : strerror(error);
}

static void add_file(struct walker *walker, struct str below, const struct stat *status, bool is_link)
{
        if (S_ISREG(status->st_mode))
                add(walker, (struct walk_entry){.below = below,
                                                .kind = WALK_FILE,
                                                .is_link = is_link,
                                                .device = status->st_dev,
                                                .inode = status->st_ino,
                                                .size = (uint64_t)status->st_size,
                                                .changed = (uint64_t)status->st_ctim.tv_sec * 1000000000U
                                                           + (uint64_t)status->st_ctim.tv_nsec});
        else
                add(walker, (struct walk_entry){.below = below,
                                                .kind = WALK_NOT_FOLLOWED,
                                                .is_link = is_link,
                                                .why = what_is(status->st_mode)});
}

/* A link to a file beneath the folder stands for that file. A link to a folder is never followed: if the folder is beneath,
 * it is found by itself; if it is not, that is worth a word. */
static void visit_link(struct walker *walker, const struct folder *folder, struct str below)
{
        CLEANUP(file_close) int target = file_open_beneath(walker->root, below.data, O_PATH);
        bool wanted = walker->guide->wants(walker->guide->context, folder->here, below, false);
        struct stat status;
        int error = errno;

        if (target >= 0 && fstat(target, &status) == 0 && !S_ISLNK(status.st_mode)) {
                if (!S_ISDIR(status.st_mode) && wanted)
                        add_file(walker, below, &status, true);
                return;
        }
        if (target >= 0)
                error = ELOOP; /* the system cannot say where the link leads */
        if (!wanted && fstatat(walker->root, below.data, &status, 0) == 0 && S_ISDIR(status.st_mode))
                wanted = walker->guide->wants(walker->guide->context, folder->here, below, true);
        if (wanted)
                add(walker, (struct walk_entry){
                                    .below = below, .kind = WALK_NOT_FOLLOWED, .is_link = true, .why = why_not(error)});
}

static void visit(struct walker *walker, const struct folder *folder, struct str name)
{
        struct str below = str_format(walker->arena, "%.*s%.*s", STR_ARG(folder->below), STR_ARG(name));
        const struct walk_guide *guide = walker->guide;
        struct stat status;

        if (fstatat(dirfd(folder->listing), name.data, &status, AT_SYMLINK_NOFOLLOW) < 0) {
                if (errno != ENOENT && guide->wants(guide->context, folder->here, below, false))
                        add_unreadable(walker, below, errno);
                return; /* what was removed meanwhile is not there */
        }
        if (S_ISLNK(status.st_mode)) {
                visit_link(walker, folder, below);
        } else if (S_ISDIR(status.st_mode)) {
                if (guide->wants(guide->context, folder->here, below, true))
                        *vec_push(walker->arena, &walker->pending) =
                                (struct pending){str_format(walker->arena, "%.*s/", STR_ARG(below)), folder->here};
        } else if (guide->wants(guide->context, folder->here, below, false)) {
                add_file(walker, below, &status, false);
        }
}

static void visit_all(struct walker *walker, struct folder *folder)
{
        VEC(struct str) names = {0};
        const struct dirent *entry;

        for (errno = 0; (entry = readdir(folder->listing)); errno = 0) {
                struct str name = str_of(entry->d_name);

                if (!str_is(name, ".") && !str_is(name, ".."))
                        *vec_push(walker->arena, &names) = str_copy(walker->arena, name);
        }
        if (errno)
                add_unreadable(walker, str_copy(walker->arena, folder->below), errno);
        if (names.count)
                qsort(names.items, names.count, sizeof(*names.items), by_name);
        for (size_t i = 0; i < names.count; i++)
                visit(walker, folder, names.items[i]);
}

static void walk_one(struct walker *walker, const struct pending *pending)
{
        const char *name = pending->below.len ? pending->below.data : ".";
        int file = file_open_beneath(walker->root, name, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
        struct folder folder = {.below = pending->below, .listing = file < 0 ? NULL : fdopendir(file)};

        if (!folder.listing) {
                if (errno != ENOENT)
                        add_unreadable(walker, str_copy(walker->arena, pending->below), errno);
                file_close(&file);
                return;
        }
        if (walker->guide->enter)
                folder.here = walker->guide->enter(walker->guide->context, pending->above, file, pending->below);
        visit_all(walker, &folder);
        closedir(folder.listing);
}

void walk_folder(struct arena *arena, int folder, const struct walk_guide *guide, struct walk *out)
{
        struct walker walker = {.arena = arena, .root = folder, .guide = guide, .out = out};

        *vec_push(arena, &walker.pending) = (struct pending){0};
        for (size_t i = 0; i < walker.pending.count; i++) {
                struct pending pending = walker.pending.items[i];

                walk_one(&walker, &pending);
        }
}

static int by_path(const void *a, const void *b)
{
        return str_compare(((const struct walk_entry *)a)->below, ((const struct walk_entry *)b)->below);
}

void walk_sort(struct walk *walk)
{
        if (walk->entries.count)
                qsort(walk->entries.items, walk->entries.count, sizeof(*walk->entries.items), by_path);
}
