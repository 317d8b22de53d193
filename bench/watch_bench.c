/* watch_bench.c - from a write to the new verdict: one value of one file in a watched tree changes back and forth.
 *
 *     watch_bench FOLDER ROUNDS
 *
 * Prints medians in microseconds: of the whole, and of each phase. */

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "scan/watch.h"

enum { MOST_ROUNDS = 1000, PAUSE = 60000 };

static double now(void)
{
        struct timespec time;

        clock_gettime(CLOCK_MONOTONIC, &time);
        return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static int ascending(const void *a, const void *b)
{
        double one = *(const double *)a, other = *(const double *)b;

        return (one > other) - (one < other);
}

static double median(double *values, size_t count)
{
        qsort(values, count, sizeof(*values), ascending);
        return values[count / 2];
}

static void fail(const char *what)
{
        fprintf(stderr, "watch_bench: %s\n", what);
        exit(2);
}

static void write_file(const char *name, struct str text)
{
        int file = open(name, O_WRONLY | O_TRUNC | O_CLOEXEC);

        if (file < 0 || write(file, text.data, text.len) != (ssize_t)text.len)
                fail("cannot write");
        close(file);
}

/* The text with one container's image changed, so that its verdict is another one. */
static struct str changed(struct arena *arena, struct str text)
{
        size_t at = str_find(text, STR("image: "), text.len / 2), end = str_find(text, STR("\n"), at);

        if (at == SIZE_MAX || end == SIZE_MAX)
                fail("no image in the file");
        return str_format(arena, "%.*simage: other:latest%.*s", (int)at, text.data, (int)(text.len - end),
                          text.data + end);
}

static double one_round(struct watch *watch, const char *name, struct str text)
{
        struct pollfd file = {.fd = watch->notify.file, .events = POLLIN};
        struct err err = {0};
        double begin;

        write_file(name, text);
        begin = now();
        while (watch_wait(watch) != 0) {
                poll(&file, 1, watch_wait(watch));
                watch_notice(watch);
        }
        if (!watch_settle(watch, &err) || !(watch->live.changes.new.count + watch->live.changes.gone.count))
                fail("the change was not seen");
        return now() - begin;
}

int main(int argc, char **argv)
{
        static const char *const phases[LIVE_PHASE_COUNT] = {"read", "index", "joins", "judge", "compare"};
        static double whole[MOST_ROUNDS], spent[LIVE_PHASE_COUNT][MOST_ROUNDS];
        struct str input = str_of(argc > 1 ? argv[1] : NULL);
        size_t rounds = argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 20;
        struct scan_settings settings = {
                .input = {.inputs = &input, .input_count = 1},
                .rules = {.minor = KUBERNETES_NEWEST_MINOR},
                .min_severity = SEVERITY_INFO,
                .today = STR("2026-01-01"),
                };
        struct arena arena = {0};
        struct watch watch;
        struct err err = {0};
        struct str texts[2];
        const char *name;

        if (argc < 2 || rounds < 1 || rounds > MOST_ROUNDS || !watch_open(&watch, &settings, NULL, NULL, 0, &err)
            || !watch_follow(&watch, &err))
                fail(err.length ? err.text : "usage: watch_bench FOLDER ROUNDS");
        if (!watch.live.sources.count)
                fail("the folder has no manifest");
        name = str_copy(&arena, watch.live.sources.items[watch.live.sources.count / 2]->name).data;
        texts[0] =
                str_copy(&arena, watch.live.sources.items[watch.live.sources.count / 2]->version->source->source.text);
        texts[1] = changed(&arena, texts[0]);
        for (size_t i = 0; i < rounds; i++) {
                usleep(PAUSE);
                whole[i] = one_round(&watch, name, texts[1 - i % 2]);
                for (size_t k = 0; k < LIVE_PHASE_COUNT; k++)
                        spent[k][i] = (double)watch.live.spent[k] / 1e3;
        }
        write_file(name, texts[0]);
        printf("objects %" PRIu64 "\nbytes %zu\njudged %zu\nwhole %.0f\n", watch.live.counts.objects, texts[0].len,
               watch.live.changes.judged.count, median(whole, rounds));
        for (size_t k = 0; k < LIVE_PHASE_COUNT; k++)
                printf("%s %.0f\n", phases[k], median(spent[k], rounds));
        watch_close(&watch);
        arena_free(&arena);
        return 0;
}
