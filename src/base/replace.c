/* replace.c - what stands there is checked, the rest is done beside it. */

#include "base/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/beside.h"
#include "base/file.h"

enum { WRITERS = 0222, MODE = 07777 };

static bool failed(struct err *err, const char *what)
{
        return err_set(err, "%s: %s", what, strerror(errno));
}

/* Also root, who may write everything, does not write what somebody made read-only. */
static bool check_status(const char *name, struct stat *status, struct err *err)
{
        if (stat(name, status) < 0)
                return failed(err, "it cannot be found any more");
        if (!S_ISREG(status->st_mode))
                return err_set(err, "it is no regular file, so it cannot be replaced");
        if (!(status->st_mode & WRITERS) || faccessat(AT_FDCWD, name, W_OK, AT_EACCESS) < 0)
                return err_set(err, "the file is read-only: make it writable first (chmod u+w)");
        return true;
}

static bool is_unchanged(struct beside *beside, struct str before, struct err *err)
{
        struct file_text now;
        CLEANUP(file_close) int file = open(beside->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

        if (file < 0 || file_read_open(&beside->arena, file, (uint64_t)before.len + 1, &now) != FILE_OK
            || !str_equal(now.text, before))
                return err_set(err,
                               "the file has changed since it was read, and nothing was written to it: run it again");
        return true;
}

/* What people wrote on the file and whom they let in. The rest, such as labels of SELinux, the system gives to new files. */
static bool is_kept(struct str attribute)
{
        return str_starts(attribute, STR("user.")) || str_is(attribute, "system.posix_acl_access");
}

static bool copy_attribute(struct beside *beside, const char *attribute)
{
        ssize_t size = getxattr(beside->name, attribute, NULL, 0);
        char *value;

        TRY(size >= 0);
        value = arena_take_text(&beside->arena, (size_t)size + 1);
        size = getxattr(beside->name, attribute, value, (size_t)size);
        return size >= 0 && fsetxattr(beside->file, attribute, value, (size_t)size, 0) == 0;
}

static bool copy_attributes(struct beside *beside)
{
        ssize_t size = listxattr(beside->name, NULL, 0);
        struct str names, attribute;
        char *list;

        if (size <= 0)
                return size == 0 || errno == ENOTSUP;
        list = arena_take_text(&beside->arena, (size_t)size + 1);
        size = listxattr(beside->name, list, (size_t)size);
        TRY(size >= 0);
        names = (struct str){list, (size_t)size};
        while (str_split(&names, '\0', &attribute)) {
                if (is_kept(attribute))
                        TRY(copy_attribute(beside, attribute.data));
        }
        return true;
}

/* The new file has the owner before it has the access rights, which giving it away may take from it. */
static bool write_beside(struct beside *beside, const struct stat *old, struct str after, struct err *err)
{
        struct stat fresh;

        if (fstat(beside->file, &fresh) < 0)
                return failed(err, "no file can be written beside it");
        if ((fresh.st_uid != old->st_uid || fresh.st_gid != old->st_gid)
            && fchown(beside->file, old->st_uid, old->st_gid) < 0)
                return failed(err, "the new file cannot be given to the owner of the old one");
        if (!copy_attributes(beside))
                return failed(err, "the new file cannot be given the extended attributes of the old one");
        if (fchmod(beside->file, old->st_mode & MODE) < 0 || !file_write_all(beside->file, after)
            || fsync(beside->file) < 0)
                return failed(err, "cannot write");
        return true;
}

bool file_replace(const char *name, struct str before, struct str after, struct err *err)
{
        CLEANUP(beside_end) struct beside beside = {.file = -1};
        struct stat status;

        TRY(check_status(name, &status, err));
        if (!beside_begin(&beside, name))
                return failed(err, "no file can be written beside it");
        TRY(write_beside(&beside, &status, after, err));
        TRY(is_unchanged(&beside, before, err));
        return beside_commit(&beside) || failed(err, "cannot rename");
}
