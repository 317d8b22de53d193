/* cel_bench.c - times our CEL on the expressions of a file: one JSON line for each, with nanoseconds for one evaluation.
 *
 * usage: cel_bench cel/expressions.json [SECONDS]. The same measure as cel/main.go takes of cel-go: the median of five rounds. */

#include "base/buf.h"
#include "doc/document.h"
#include "doc/print.h"
#include "policy/cel/cel.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Memory is given back after as many evaluations as an object has rules; the clock is read seldom, as it costs more than one. */
enum { ROUNDS = 5, BATCHES = 10, BATCH = 100 };

static _Noreturn void fail(const char *what, const struct err *err)
{
        struct str why = err ? err_text(err) : STR("cannot be read");

        fprintf(stderr, "cel_bench: %s: %.*s\n", what, STR_ARG(why));
        exit(1);
}

static double now(void)
{
        struct timespec time;

        clock_gettime(CLOCK_MONOTONIC, &time);
        return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static struct str read_file(struct arena *arena, const char *path)
{
        FILE *file = fopen(path, "rb");
        long size;
        char *data;

        if (!file || fseek(file, 0, SEEK_END) || (size = ftell(file)) < 0 || fseek(file, 0, SEEK_SET))
                fail(path, NULL);
        data = arena_take_text(arena, (size_t)size + 1);
        if (fread(data, 1, (size_t)size, file) != (size_t)size)
                fail(path, NULL);
        fclose(file);
        return (struct str){data, (size_t)size};
}

static int compare(const void *a, const void *b)
{
        double first = *(const double *)a, second = *(const double *)b;

        return (first > second) - (first < second);
}

/* `err` is cleared once and not for each evaluation: it is written only when one fails. */
static void run(const struct cel_program *program, struct cel_frame *frame, struct value *result, struct err *err)
{
        if (!cel_run(program, frame, result, err))
                fail("evaluation", err);
}

static double measure(const struct cel_program *program, struct cel_frame *frame, double seconds)
{
        double rounds[ROUNDS];
        struct err err = {0};
        struct value result;

        for (size_t round = 0; round < ROUNDS; round++) {
                double begin = now();
                uint64_t count = 0;

                do {
                        for (int i = 0; i < BATCHES * BATCH; i++) {
                                if (i % BATCH == 0)
                                        arena_reset(frame->arena);
                                run(program, frame, &result, &err);
                        }
                        count += BATCHES * BATCH;
                } while (now() - begin < seconds / ROUNDS);
                rounds[round] = (now() - begin) * 1e9 / (double)count;
        }
        qsort(rounds, ROUNDS, sizeof(*rounds), compare);
        return rounds[ROUNDS / 2];
}

static void bench(const struct cel_env *env, const struct value *inputs, const struct value *each, double seconds)
{
        struct arena arena CLEANUP(arena_free) = {0}, scratch CLEANUP(arena_free) = {0};
        struct buf out CLEANUP(buf_free) = {0};
        struct err err = {0};
        struct str name = value_get_text(each, intern(STR("name")));
        const struct value *input = value_get(inputs, intern(value_get_text(each, intern(STR("input")))));
        struct cel_program *program = cel_compile(&arena, env, value_get_text(each, intern(STR("expression"))), &err);
        struct cel_frame frame = {.arena = &scratch, .variables = input};
        struct value result;
        double nanoseconds;

        if (!program)
                fail("compilation", &err);
        nanoseconds = measure(program, &frame, seconds);
        run(program, &frame, &result, &err);
        json_print(&out, &result, 0);
        printf("{\"name\":\"%.*s\",\"ns\":%.1f,\"result\":%.*s}\n", STR_ARG(name), nanoseconds,
               STR_ARG(buf_text(&out)));
}

int main(int argc, char **argv)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct cel_variable object = {STR("object"), STR("dyn")};
        struct cel_settings settings = {.variables = &object, .variable_count = 1};
        struct err err = {0};
        struct document suite;
        struct cel_env *env = cel_env_new(&arena, &settings, &err);

        if (argc < 2)
                fail("usage: cel_bench expressions.json [SECONDS]", NULL);
        if (!env || !json_read_one(&arena, read_file(&arena, argv[1]), &suite, &err))
                fail(argv[1], &err);
        value_each (value_get(&suite.root, intern(STR("expressions"))), each)
                bench(env, value_get(&suite.root, intern(STR("inputs"))), &each->value, argc > 2 ? atof(argv[2]) : 0.5);
        return 0;
}
