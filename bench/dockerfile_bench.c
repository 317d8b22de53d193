/* dockerfile_bench.c - how many bytes of a Dockerfile one processor reads in a second, as a value with every command in it.
 *
 *     dockerfile_bench FILE
 *
 * Prints MB/s. */

#include <stdio.h>
#include <time.h>

#include "base/file.h"
#include "image/dockerfile/dockerfile.h"

enum { LARGEST_FILE = 64 << 20, LEAST_BYTES = 100000000 };

static double seconds(void)
{
        struct timespec now;

        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
        return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
        struct arena arena = {0}, values = {0};
        struct file_text file = {0};
        size_t done = 0, instructions = 0;
        double begin;

        if (argc != 2 || file_read(&arena, argv[1], LARGEST_FILE, &file) != FILE_OK || !file.text.len) {
                fprintf(stderr, "usage: dockerfile_bench FILE\n");
                return 2;
        }
        begin = seconds();
        for (; done < LEAST_BYTES; done += file.text.len) {
                struct dockerfile read;

                dockerfile_read(&values, STR("Dockerfile"), file.text, &read);
                instructions += read.instruction_count;
                arena_free(&values);
        }
        printf("%.1f\n", (double)done / 1e6 / (seconds() - begin));
        arena_free(&arena);
        return instructions == 0;
}
