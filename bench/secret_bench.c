/* secret_bench.c - how fast secrets are looked for, on one thread, and what is found.
 *
 *     secret_bench FILE|FOLDER...          prints each find, then counts and speed
 *     secret_bench --speed TIMES FILE...   prints MB/s of looking through texts in memory, again and again, and of making the book */

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "policy/pattern/secret_scan.h"

static struct secret_scan *scan;
static uint64_t bytes, files, texts, finds, spared;
static double seconds;

static double now(void)
{
        struct timespec time;

        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
        return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void print(const char *path, const struct secret_found *found)
{
        texts += !found->binary;
        finds += found->count;
        spared += found->spared;
        for (size_t i = 0; i < found->count; i++)
                printf("%.*s %s:%" PRIu64 ": %.*s\n", STR_ARG(found->hits[i].rule->id), path, found->hits[i].line,
                       STR_ARG(found->hits[i].masked));
        if (found->more)
                printf("more %s\n", path);
}

static int look(const char *path, const struct stat *about, int kind, struct FTW *place)
{
        static char piece[1 << 16];
        struct arena arena CLEANUP(arena_free) = {0};
        struct secret_found found;
        ssize_t count;
        double begin;
        int file;

        (void)place;
        if (kind != FTW_F || !S_ISREG(about->st_mode))
                return 0;
        file = open(path, O_RDONLY | O_NOFOLLOW);
        if (file < 0)
                return 0;
        files++;
        begin = now();
        secret_scan_begin(scan, str_of(path));
        while ((count = read(file, piece, sizeof(piece))) > 0) {
                bytes += (uint64_t)count;
                if (!secret_scan_feed(scan, (struct str){piece, (size_t)count}))
                        break;
        }
        close(file);
        secret_scan_end(scan, &arena, &found);
        seconds += now() - begin;
        print(path, &found);
        return 0;
}

static void measure(const char *path, unsigned times)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct file_text file;
        struct secret_found found = {0};
        double begin;

        if (file_read(&arena, path, UINT32_MAX, &file) != FILE_OK) {
                fprintf(stderr, "%s: %s\n", path, file.why);
                exit(2);
        }
        begin = now();
        for (unsigned i = 0; i < times; i++)
                secret_scan_text(scan, &arena, str_of(path), file.text, &found);
        printf("%s: %.0f MB/s, %zu found\n", path, (double)file.text.len * times / (now() - begin) / 1e6, found.count);
}

int main(int argc, char **argv)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct err err = {0};
        double begin = now();
        struct secret_book *book = secret_book_builtin(&arena, str_of(getenv("BENCH_CACHE")), &err);
        unsigned times = argc > 3 && strcmp(argv[1], "--speed") == 0 ? (unsigned)atoi(argv[2]) : 0;

        if (!book) {
                fprintf(stderr, "%.*s\n", STR_ARG(err_text(&err)));
                return 2;
        }
        printf("book: %.0f ms\n", (now() - begin) * 1e3);
        scan = secret_scan_new(book);
        for (int i = times ? 3 : 1; i < argc; i++) {
                if (times)
                        measure(argv[i], times);
                else
                        nftw(argv[i], look, 64, FTW_PHYS);
        }
        if (!times)
                printf("%" PRIu64 " files, %" PRIu64 " texts, %.1f MB, %.2f s, %.0f MB/s, %" PRIu64 " found, %" PRIu64
                       " spared\n",
                       files, texts, (double)bytes / 1e6, seconds, (double)bytes / 1e6 / seconds, finds, spared);
        secret_scan_free(scan);
        return 0;
}
