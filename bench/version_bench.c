/* version_bench.c - how many comparisons of versions one thread makes in a second.
 *
 *     version_bench SCHEME FILE
 *
 * FILE has lines "A OP B". Prints millions of comparisons per second; the texts were
 * checked when they were read, as those of an advisory are. */

#include <stdio.h>
#include <time.h>

#include "base/file.h"
#include "base/vec.h"
#include "image/version/version.h"

enum { LARGEST_FILE = 64 << 20, LEAST_COMPARISONS = 20000000 };

struct pair {
        struct str a, b;
};

static double seconds(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
        const struct version_scheme *scheme = argc == 3 ? version_scheme_find(str_of(argv[1])) : NULL;
        VEC(struct pair) pairs = {0};
        struct file_text file = {0};
        struct arena arena = {0};
        struct err err = {0};
        struct str line;
        size_t done = 0;
        long sum = 0;
        double begin;

        if (!scheme || file_read(&arena, argv[2], LARGEST_FILE, &file) != FILE_OK) {
                fprintf(stderr, "usage: version_bench SCHEME FILE\n");
                return 2;
        }
        while (str_split(&file.text, '\n', &line)) {
                struct pair pair = {{0}, {0}};
                struct str sign;
                int order;

                if (str_split(&line, ' ', &pair.a) && str_split(&line, ' ', &sign) && str_split(&line, ' ', &pair.b)
                    && version_compare(scheme, pair.a, pair.b, &order, &err))
                        *vec_push(&arena, &pairs) = pair;
        }
        if (!pairs.count) {
                fprintf(stderr, "version_bench: no comparison in %s\n", argv[2]);
                return 2;
        }
        begin = seconds();
        for (; done < LEAST_COMPARISONS; done += pairs.count)
                for (size_t i = 0; i < pairs.count; i++)
                        sum += scheme->compare(pairs.items[i].a, pairs.items[i].b) < 0;
        printf("%.1f\n", (double)done / (seconds() - begin) / 1e6);
        fprintf(stderr, "# %zu pairs, %.3f rising\n", pairs.count, (double)sum / (double)done);
        arena_free(&arena);
        return 0;
}
