/* source.c - bytes of files and texts. */

#include "image/archive/source.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct file_source {
        struct byte_source source; /* first */
        int file;
        uint64_t at, left;
};

static int64_t read_file(struct byte_source *source, char *to, size_t room, struct err *err)
{
        struct file_source *file = (struct file_source *)source;
        size_t wanted = (size_t)(file->left < room ? file->left : room);
        ssize_t count;

        do
                count = pread(file->file, to, wanted, (off_t)file->at);
        while (count < 0 && errno == EINTR);
        if (count < 0) {
                err_set(err, "%s", strerror(errno));
                return -1;
        }
        file->at += (uint64_t)count;
        file->left -= (uint64_t)count;
        return count;
}

static void close_plain(struct byte_source *source)
{
        free(source);
}

static void *take(size_t size)
{
        void *memory = calloc(1, size);

        if (!memory)
                abort();
        return memory;
}

struct byte_source *source_of_file(int file, uint64_t offset, uint64_t length)
{
        struct file_source *source = take(sizeof(*source));

        *source = (struct file_source){{read_file, close_plain}, file, offset, length};
        return &source->source;
}

struct text_source {
        struct byte_source source; /* first */
        struct str left;
};

static int64_t read_text(struct byte_source *source, char *to, size_t room, struct err *err)
{
        struct text_source *text = (struct text_source *)source;
        size_t count = min_size(text->left.len, room);

        (void)err;
        if (count)
                memcpy(to, text->left.data, count);
        text->left = str_from(text->left, count);
        return (int64_t)count;
}

struct byte_source *source_of_text(struct str text)
{
        struct text_source *source = take(sizeof(*source));

        *source = (struct text_source){{read_text, close_plain}, text};
        return &source->source;
}
