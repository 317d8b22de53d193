/* yaml_readers.c - every YAML and JSON file of the corpus with both readers: what the fast one reads, the other reads the same.
 *
 *     conformance-yaml_readers FOLDER
 *
 * In $STRAKE_CORPUS, or else FOLDER. A point for each folder directly below, and how much of it the fast reader took. */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "../two_readers.h"
#include "base/file.h"
#include "base/walk.h"

enum { LEAST_FILES = 10000, LARGEST_FILE = 1 << 28, MOST_SHOWN = 20 };

struct share {
        size_t files, bytes, fast_files, fast_bytes, differing;
};

static void *enter(void *context, void *above, int folder, struct str below)
{
        (void)above;
        (void)folder;
        (void)below;
        return context;
}

static bool wants(void *context, void *here, struct str below, bool is_folder)
{
        (void)context;
        (void)here;
        return is_folder
               || str_ends(below, STR(".yaml"))
                           || str_ends(below, STR(".yml")) || str_ends(below, STR(".json")); /* which is YAML */
}

static void try_text(struct arena *arena, struct str text, struct str name, struct share *share)
{
        const char *what = readers_differ(arena, text, &document_default_limits);
        size_t taken = fast_bytes(arena, text, &document_default_limits);

        share->files++;
        share->bytes += text.len;
        share->fast_files += taken == text.len;
        share->fast_bytes += taken;
        share->differing += what != NULL;
        if (what && share->differing <= MOST_SHOWN)
                printf("# %.*s: %s differs\n", STR_ARG(name), what);
        if (taken < text.len && getenv("STRAKE_SHOW_SLOW"))
                printf("# %.*s: not fast from byte %zu on\n", STR_ARG(name), taken);
}

static void try_file(int folder, const struct walk_entry *entry, struct share *share)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct file_text file;

        if (file_read_beneath(&arena, folder, entry->below.data, LARGEST_FILE, &file) == FILE_OK)
                try_text(&arena, file.text, entry->below, share);
}

static void add(struct share *sum, const struct share *share)
{
        sum->files += share->files;
        sum->bytes += share->bytes;
        sum->fast_files += share->fast_files;
        sum->fast_bytes += share->fast_bytes;
        sum->differing += share->differing;
}

static void print_share(const char *name, const struct share *share)
{
        printf("%s: %zu files, %zu differ; fast: %.2f %% of the files, %.2f %% of the bytes\n", name, share->files,
               share->differing, 100.0 * (double)share->fast_files / (double)share->files,
               100.0 * (double)share->fast_bytes / (double)(share->bytes ? share->bytes : 1));
}

static int by_path(const void *a, const void *b)
{
        return str_compare(((const struct walk_entry *)a)->below, ((const struct walk_entry *)b)->below);
}

static struct str top_of(struct str below)
{
        const char *slash = memchr(below.data, '/', below.len);

        return slash ? str_span(below.data, slash) : below;
}

/* The files of one folder stand together. */
static int try_folder(struct arena *arena, int folder, const struct walk *walk, size_t begin, size_t end, int number,
                      struct share *sum)
{
        struct str name = str_copy(arena, top_of(walk->entries.items[begin].below));
        struct share share = {0};

        for (size_t i = begin; i < end; i++) {
                if (walk->entries.items[i].kind == WALK_FILE)
                        try_file(folder, &walk->entries.items[i], &share);
        }
        if (!share.files)
                return number;
        printf("%sok %d - ", share.differing ? "not " : "", number);
        print_share(name.data, &share);
        fflush(stdout);
        add(sum, &share);
        return number + 1;
}

int main(int argc, char **argv)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct walk_guide guide = {.enter = enter, .wants = wants};
        const char *corpus = getenv("STRAKE_CORPUS");
        struct walk walk = {0};
        struct share sum = {0};
        int number = 1, folder;
        size_t begin = 0;

        if (!corpus || !*corpus)
                corpus = argc > 1 ? argv[1] : "";
        folder = file_open_folder(corpus);
        if (folder < 0) {
                printf("1..1\nok 1 # SKIP there is no corpus in %s: at least %d files not read\n", corpus, LEAST_FILES);
                return 0;
        }
        walk_folder(&arena, folder, &guide, &walk);
        qsort(walk.entries.items, walk.entries.count, sizeof(*walk.entries.items), by_path);
        for (size_t end = 1; end <= walk.entries.count; end++) {
                if (end < walk.entries.count
                    && str_equal(top_of(walk.entries.items[end].below), top_of(walk.entries.items[begin].below)))
                        continue;
                number = try_folder(&arena, folder, &walk, begin, end, number, &sum);
                begin = end;
        }
        file_close(&folder);
        if (sum.files < LEAST_FILES)
                printf("ok %d # SKIP %zu files are here, %d not\n", number, sum.files, LEAST_FILES - (int)sum.files);
        else
                printf("ok %d - enough files\n", number);
        printf("1..%d\n", number);
        if (sum.files)
                print_share("# all", &sum);
        return sum.differing > 0;
}
