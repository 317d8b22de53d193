/* file.c - reading whole files. Files are read, not mapped: a mapped file that shrinks kills the program. */

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"

enum { STREAM_CHUNK = 64 << 10 };

void file_close(int *file)
{
        if (*file >= 0)
                close(*file);
        *file = -1;
}

int file_open_folder(const char *name)
{
        return open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
}

int file_open_beneath(int folder, const char *below, int flags)
{
        struct open_how how = {
                .flags = (uint64_t)(flags | O_CLOEXEC),
                .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
        };
        long file;

        /* EAGAIN: something was renamed meanwhile, and the kernel cannot be sure where `..` led. */
        for (int tries = 0; tries < 8; tries++) {
                file = syscall(SYS_openat2, folder, below, &how, sizeof(how));
                if (file >= 0 || (errno != EAGAIN && errno != EINTR))
                        break;
        }
        /* EPERM comes from sandboxes that do not know the call. */
        if (file < 0 && (errno == ENOSYS || errno == EPERM))
                return openat(folder, below, flags | O_CLOEXEC | O_NOFOLLOW);
        return (int)file;
}

static const char *kind_of(mode_t mode)
{
        return S_ISDIR(mode)    ? "a folder"
               : S_ISFIFO(mode) ? "a FIFO"
               : S_ISSOCK(mode) ? "a socket"
               : S_ISBLK(mode)  ? "a block device"
                                : "a device";
}

static enum file_result failed(struct file_text *out)
{
        switch (errno) {
        case ENOENT:
        case ENOTDIR:
                out->why = strerror(errno);
                return FILE_ABSENT;
        case EXDEV:
                out->why = "a link that leads out of the folder";
                return FILE_OUTSIDE;
        case ELOOP:
                out->why = "a link that is not followed, or leads in a circle";
                return FILE_OUTSIDE;
        case ENXIO: /* what open(2) says of sockets */
        case ENODEV:
                out->why = "a socket or a device";
                return FILE_NOT_REGULAR;
        default:
                out->why = strerror(errno);
                return FILE_UNREADABLE;
        }
}

/* Reads until `size` bytes are there or the file ends; the number of bytes, -1 with errno. */
static ssize_t read_up_to(int file, char *bytes, size_t size)
{
        size_t done = 0;

        while (done < size) {
                ssize_t got = read(file, bytes + done, size - done);

                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        return -1;
                if (got == 0)
                        break;
                done += (size_t)got;
        }
        return (ssize_t)done;
}

/* Reads what has no size: pipes, terminals, files that grow. `begin` is what was read before. */
static enum file_result read_stream(struct arena *arena, int file, struct str begin, uint64_t most,
                                    struct file_text *out)
{
        CLEANUP(buf_free) struct buf buf = {0};
        ssize_t got;

        buf_add(&buf, begin);
        do {
                got = read_up_to(file, buf_reserve(&buf, STREAM_CHUNK), STREAM_CHUNK);
                if (got < 0)
                        return failed(out);
                buf.len += (size_t)got;
                if (buf.len > most)
                        return FILE_TOO_LARGE;
        } while (got == STREAM_CHUNK);
        out->text = (struct str){arena_take_text(arena, buf.len + 1), buf.len};
        memcpy((char *)out->text.data, buf.data, buf.len);
        return FILE_OK;
}

static enum file_result read_sized(struct arena *arena, int file, uint64_t size, uint64_t most, struct file_text *out)
{
        char *bytes;
        ssize_t got;

        out->size = size;
        if (size > most)
                return FILE_TOO_LARGE;
        /* One byte more than there should be tells whether the file has grown. */
        bytes = arena_take_text(arena, (size_t)size + 1);
        got = read_up_to(file, bytes, (size_t)size + 1);
        if (got < 0)
                return failed(out);
        if ((uint64_t)got > size)
                return read_stream(arena, file, (struct str){bytes, (size_t)got}, most, out);
        out->text = (struct str){bytes, (size_t)got};
        return FILE_OK;
}

static enum file_result read_any(struct arena *arena, int file, uint64_t most, bool regular_only, struct file_text *out)
{
        struct stat status;

        *out = (struct file_text){.why = ""};
        if (fstat(file, &status) < 0)
                return failed(out);
        if (S_ISREG(status.st_mode) && status.st_size > 0)
                return read_sized(arena, file, (uint64_t)status.st_size, most, out);
        /* A file of /proc says that it is empty, and some give all they have to the first read alone. */
        if (S_ISREG(status.st_mode))
                return read_stream(arena, file, (struct str){0}, most, out);
        if (!regular_only && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode) || S_ISCHR(status.st_mode)))
                return read_stream(arena, file, (struct str){0}, most, out);
        out->why = kind_of(status.st_mode);
        return FILE_NOT_REGULAR;
}

enum file_result file_read_open(struct arena *arena, int file, uint64_t most, struct file_text *out)
{
        return read_any(arena, file, most, false, out);
}

enum file_result file_read_beneath(struct arena *arena, int folder, const char *below, uint64_t most,
                                   struct file_text *out)
{
        CLEANUP(file_close) int file = file_open_beneath(folder, below, O_RDONLY | O_NONBLOCK | O_NOCTTY);

        *out = (struct file_text){.why = ""};
        if (file < 0)
                return failed(out);
        return read_any(arena, file, most, true, out);
}

enum file_result file_read(struct arena *arena, const char *name, uint64_t most, struct file_text *out)
{
        CLEANUP(file_close) int file = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);

        *out = (struct file_text){.why = ""};
        if (file < 0)
                return failed(out);
        return read_any(arena, file, most, false, out);
}
