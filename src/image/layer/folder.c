/* folder.c - a folder as the content of an image. */

#include "image/layer/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"

enum { PIECE = 64 << 10 };

struct visit {
        const struct folder_settings *settings;
        const struct tar_visitor *visitor;
        struct layer_found *found;
        struct err *err;
        struct buf path;
        uint64_t number;
        char piece[PIECE];
};

struct names {
        struct arena arena;
        VEC(const char *) list;
};

static int compare_names(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void complain(struct visit *visit, const char *why)
{
        struct str path = buf_text(&visit->path);

        layer_problem(visit->found, "%.*s: %s", STR_ARG(path.len ? path : STR(".")), why);
}

static bool list_names(struct visit *visit, int folder, struct names *out)
{
        int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;
        struct dirent *entry;

        if (!dir) {
                complain(visit, strerror(errno));
                file_close(&copy);
                return false;
        }
        while ((entry = readdir(dir)))
                if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
                        *vec_push(&out->arena, &out->list) = str_copy(&out->arena, str_of(entry->d_name)).data;
        closedir(dir);
        if (out->list.count)
                qsort(out->list.items, out->list.count, sizeof(out->list.items[0]), compare_names);
        return true;
}

/* Sends the content of a file that the visitor wants. */
static bool send_content(struct visit *visit, int folder, const char *name)
{
        CLEANUP(file_close) int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        uint64_t at = 0;
        ssize_t count = 0;

        while (file >= 0 && (count = read(file, visit->piece, PIECE)) > 0) {
                TRY(visit->visitor->piece(visit->visitor->context, at, (struct str){visit->piece, (size_t)count},
                                          visit->err));
                at += (uint64_t)count;
                if (visit->visitor->more && !visit->visitor->more(visit->visitor->context))
                        break; /* nothing is hashed here: what nobody looks at need not be read */
        }
        if (file < 0 || count < 0) {
                complain(visit, strerror(errno));
                return true;
        }
        return visit->visitor->end(visit->visitor->context, visit->err);
}

static enum tar_kind kind_of(mode_t mode)
{
        return S_ISREG(mode)   ? TAR_FILE
               : S_ISDIR(mode) ? TAR_FOLDER
               : S_ISLNK(mode) ? TAR_SYMLINK
               : S_ISBLK(mode) ? TAR_BLOCK
               : S_ISCHR(mode) ? TAR_CHARACTER
                               : TAR_FIFO;
}

/* The capabilities of a program. Where it cannot be opened, nobody but root could see them. */
static struct str capability_of(int folder, const char *name, const struct stat *about, char *room, size_t size)
{
        CLEANUP(file_close) int file = -1;
        ssize_t len = 0;

        if (S_ISREG(about->st_mode) && about->st_mode & 0111)
                file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (file >= 0)
                len = fgetxattr(file, "security.capability", room, size);
        return (struct str){room, len > 0 ? (size_t)len : 0};
}

static bool tell(struct visit *visit, const struct stat *about, struct str link, struct str capability, bool *wants)
{
        struct tar_entry entry = {
                .path = buf_text(&visit->path),
                .link = link,
                .kind = kind_of(about->st_mode),
                .size = S_ISREG(about->st_mode) ? (uint64_t)about->st_size : 0,
                .number = visit->number++,
                .mode = about->st_mode & 07777,
                .uid = about->st_uid,
                .gid = about->st_gid,
                .mtime = about->st_mtime,
                .device = S_ISCHR(about->st_mode) || S_ISBLK(about->st_mode)
                                  ? (uint64_t)major(about->st_rdev) << 32 | minor(about->st_rdev)
                                  : 0,
                .capability = capability,
        };

        *wants = false;
        return visit->visitor->entry(visit->visitor->context, &entry, wants, visit->err);
}

/* File systems that the kernel makes up: nothing in them belongs to an image. */
static bool is_made_up(int folder)
{
        static const unsigned long kinds[] = {PROC_SUPER_MAGIC,   SYSFS_MAGIC,         DEVPTS_SUPER_MAGIC,
                                              CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, DEBUGFS_MAGIC,
                                              TRACEFS_MAGIC,      SECURITYFS_MAGIC,    BPF_FS_MAGIC};
        struct statfs about;

        if (fstatfs(folder, &about))
                return false;
        for (size_t i = 0; i < COUNT_OF(kinds); i++)
                if ((unsigned long)about.f_type == kinds[i])
                        return true;
        return false;
}

/* A whiteout of overlayfs is told as one of a tar. */
static bool tell_whiteout(struct visit *visit, size_t parent, const char *name)
{
        struct stat about = {.st_mode = S_IFREG};
        bool wants;

        visit->path.len = parent;
        buf_add_literal(&visit->path, ".wh.");
        buf_add(&visit->path, str_of(name));
        return tell(visit, &about, STR(""), STR(""), &wants);
}

static bool is_opaque(int folder)
{
        char value;

        return (fgetxattr(folder, "trusted.overlay.opaque", &value, 1) == 1 && value == 'y')
               || (fgetxattr(folder, "user.overlay.opaque", &value, 1) == 1 && value == 'y');
}

static bool visit_folder(struct visit *visit, int folder, unsigned depth);

static bool visit_below(struct visit *visit, int folder, const char *name, unsigned depth)
{
        CLEANUP(file_close) int below = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

        if (below < 0) {
                complain(visit, strerror(errno));
                return true;
        }
        if (is_made_up(below))
                return true;
        if (depth == FOLDER_DEPTH) {
                complain(visit, "folders stand too deep in each other; what is below is not read");
                return true;
        }
        return visit_folder(visit, below, depth + 1);
}

static bool visit_one(struct visit *visit, int folder, const char *name, unsigned depth)
{
        size_t parent = visit->path.len;
        char target[4096], attribute[64];
        struct str link = {"", 0};
        struct stat about;
        bool wants, fine;

        buf_add(&visit->path, str_of(name));
        if (fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW)) {
                complain(visit, strerror(errno));
                return true;
        }
        if (S_ISLNK(about.st_mode)) {
                ssize_t len = readlinkat(folder, name, target, sizeof(target));

                link = (struct str){target, len > 0 ? (size_t)len : 0};
        }
        if (visit->settings->overlay && S_ISCHR(about.st_mode) && about.st_rdev == 0)
                return tell_whiteout(visit, parent, name);
        fine = tell(visit, &about, link, capability_of(folder, name, &about, attribute, sizeof(attribute)), &wants);
        if (fine && wants && S_ISREG(about.st_mode))
                return send_content(visit, folder, name);
        if (fine && S_ISDIR(about.st_mode)) {
                buf_add_char(&visit->path, '/');
                return visit_below(visit, folder, name, depth);
        }
        return fine;
}

static bool visit_folder(struct visit *visit, int folder, unsigned depth)
{
        struct names names = {0};
        size_t len = visit->path.len;
        bool fine = true;

        if (visit->settings->overlay && is_opaque(folder)) {
                fine = tell_whiteout(visit, len, ".wh..opq");
                visit->path.len = len;
        }
        list_names(visit, folder, &names);
        for (size_t i = 0; fine && i < names.list.count; i++) {
                fine = visit_one(visit, folder, names.list.items[i], depth);
                visit->path.len = len;
        }
        arena_free(&names.arena);
        return fine;
}

bool folder_visit(int folder, const struct folder_settings *settings, const struct tar_visitor *visitor,
                  struct layer_found *found, struct err *err)
{
        struct visit *visit = calloc(1, sizeof(*visit));
        bool fine;

        if (!visit)
                abort();
        visit->settings = settings;
        visit->visitor = visitor;
        visit->found = found;
        visit->err = err;
        fine = visit_folder(visit, folder, 0);
        buf_free(&visit->path);
        free(visit);
        return fine;
}
