/* replace.c - write beside, then rename. */

#include "base/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum { WRITERS = 0222, MODE = 07777 };

struct replacing {
        struct arena arena;
        char *name;      /* without links */
        char *temporary; /* NULL: there is none */
        int file;        /* the temporary one, or -1 */
        struct stat status;
};

static void clean_up(struct replacing *replacing)
{
        file_close(&replacing->file);
        if (replacing->temporary)
                unlink(replacing->temporary);
        free(replacing->name);
        arena_free(&replacing->arena);
}

static bool failed(struct err *err, const char *what)
{
        return err_set(err, "%s: %s", what, strerror(errno));
}

/* Also root, who may write everything, does not write what somebody made read-only. */
static bool check_status(const struct replacing *replacing, struct err *err)
{
        if (!S_ISREG(replacing->status.st_mode))
                return err_set(err, "it is no regular file, so it cannot be replaced");
        if (!(replacing->status.st_mode & WRITERS) || faccessat(AT_FDCWD, replacing->name, W_OK, AT_EACCESS) < 0)
                return err_set(err, "the file is read-only: make it writable first (chmod u+w)");
        return true;
}

static bool is_unchanged(struct replacing *replacing, struct str before, struct err *err)
{
        struct file_text now;
        CLEANUP(file_close) int file = open(replacing->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

        if (file < 0 || file_read_open(&replacing->arena, file, (uint64_t)before.len + 1, &now) != FILE_OK
            || !str_equal(now.text, before))
                return err_set(err,
                               "the file has changed since it was read, and nothing was written to it: run it again");
        return true;
}

static bool write_all(int file, struct str text)
{
        while (text.len) {
                ssize_t written = write(file, text.data, min_size(text.len, 1 << 30));

                if (written < 0 && errno == EINTR)
                        continue;
                TRY(written >= 0);
                text = str_from(text, (size_t)written);
        }
        return true;
}

/* The temporary file has the owner before it has the access rights, which giving it away may take from it. */
static bool write_beside(struct replacing *replacing, struct str after, struct err *err)
{
        const struct stat *old = &replacing->status;
        struct stat fresh;

        replacing->temporary = (char *)str_format(&replacing->arena, "%s.XXXXXX", replacing->name).data;
        replacing->file = mkostemp(replacing->temporary, O_CLOEXEC);
        if (replacing->file < 0) {
                replacing->temporary = NULL;
                return failed(err, "no file can be written beside it");
        }
        if (fstat(replacing->file, &fresh) < 0)
                return failed(err, "no file can be written beside it");
        if ((fresh.st_uid != old->st_uid || fresh.st_gid != old->st_gid)
            && fchown(replacing->file, old->st_uid, old->st_gid) < 0)
                return failed(err, "the new file cannot be given to the owner of the old one");
        if (fchmod(replacing->file, old->st_mode & MODE) < 0 || !write_all(replacing->file, after)
            || fsync(replacing->file) < 0)
                return failed(err, "cannot write");
        return true;
}

bool file_replace(const char *name, struct str before, struct str after, struct err *err)
{
        CLEANUP(clean_up) struct replacing replacing = {.file = -1, .name = realpath(name, NULL)};

        if (!replacing.name || stat(replacing.name, &replacing.status) < 0)
                return failed(err, "it cannot be found any more");
        TRY(check_status(&replacing, err));
        TRY(write_beside(&replacing, after, err));
        TRY(is_unchanged(&replacing, before, err));
        if (rename(replacing.temporary, replacing.name) < 0)
                return failed(err, "cannot rename");
        replacing.temporary = NULL;
        return true;
}
