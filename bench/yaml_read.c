/* yaml_read.c - the YAML of the files named as values, and nothing else: to compare with yaml_floor. */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "doc/document.h"

enum { LARGEST = 1 << 30 };

static double now(void)
{
        struct timespec time;

        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
        return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* Only reading counts, in time of the processor, not getting the bytes from the disk. */
static double read_file(const char *path, size_t *bytes, size_t *documents)
{
        struct arena texts CLEANUP(arena_free) = {0}, arena CLEANUP(arena_free) = {0};
        struct document_stream stream;
        struct file_text file;
        double begin;

        if (file_read(&texts, path, LARGEST, &file) != FILE_OK) {
                fprintf(stderr, "yaml_read: cannot read %s: %s\n", path, file.why);
                exit(1);
        }
        begin = now();
        yaml_read(&arena, file.text, &document_default_limits, &stream);
        begin = now() - begin;
        *bytes += file.text.len;
        *documents += stream.documents.count;
        return begin;
}

int main(int argc, char **argv)
{
        size_t bytes = 0, documents = 0;
        double seconds = 0;

        for (int i = 1; i < argc; i++)
                seconds += read_file(argv[i], &bytes, &documents);
        printf("%zu documents, %zu bytes in %.1f ms: %.0f MB/s\n", documents, bytes, seconds * 1e3,
               (double)bytes / 1e6 / (seconds > 0 ? seconds : 1));
        return 0;
}
