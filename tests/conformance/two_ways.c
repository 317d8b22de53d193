/* two_ways.c - every example of every rule and every YAML and JSON file of the corpus, judged with all rules of Strake as one
 * program and with each rule by itself: the same findings, word for word.
 *
 *     conformance-two_ways FOLDER
 *
 * In $STRAKE_CORPUS, or else FOLDER. A point for the examples and each folder directly below. */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "../two_ways.h"
#include "base/file.h"
#include "base/walk.h"

enum { LEAST_FILES = 10000, LARGEST_FILE = 1 << 28, MOST_SHOWN = 20, OLD_MINOR = 18 };

struct share {
        size_t texts, findings, differing;
};

static struct two_ways newest, oldest;

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

static void try_text(struct two_ways *ways, struct str text, struct str name, struct share *share)
{
        struct str differs = two_ways_differ(ways, name, text, &share->findings);

        share->differing += differs.len > 0;
        if (differs.len && share->differing <= MOST_SHOWN)
                printf("# %.*s: %.*s differs\n", STR_ARG(name), STR_ARG(differs));
}

static void try_both(struct str text, struct str name, struct share *share)
{
        share->texts++;
        try_text(&newest, text, name, share);
        try_text(&oldest, text, name, share);
}

static void try_file(int folder, const struct walk_entry *entry, struct share *share)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct file_text file;

        if (file_read_beneath(&arena, folder, entry->below.data, LARGEST_FILE, &file) == FILE_OK)
                try_both(file.text, entry->below, share);
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

static int print_share(int number, const char *name, const struct share *share)
{
        printf("%sok %d - %s: %zu texts, %zu findings, %zu differ\n", share->differing ? "not " : "", number, name,
               share->texts, share->findings, share->differing);
        fflush(stdout);
        return number + 1;
}

/* The files of one folder stand together. */
static int try_folder(struct arena *arena, int folder, const struct walk *walk, size_t begin, size_t end, int number,
                      size_t *files)
{
        struct str name = str_copy(arena, top_of(walk->entries.items[begin].below));
        struct share share = {0};

        for (size_t i = begin; i < end; i++) {
                if (walk->entries.items[i].kind == WALK_FILE)
                        try_file(folder, &walk->entries.items[i], &share);
        }
        *files += share.texts;
        return share.texts ? print_share(number, name.data, &share) : number;
}

static int try_examples(int number)
{
        struct share share = {0};

        for (size_t i = 0; i < rulebook_builtin_count; i++) {
                for (size_t k = 0; k < rulebook_builtin[i].example_count; k++)
                        try_both(rulebook_builtin[i].examples[k].manifest, rulebook_builtin[i].id, &share);
        }
        return print_share(number, "examples", &share);
}

static int try_corpus(int number, const char *corpus)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct walk_guide guide = {.enter = enter, .wants = wants};
        struct walk walk = {0};
        size_t begin = 0, files = 0;
        int folder = file_open_folder(corpus);

        if (folder < 0) {
                printf("ok %d # SKIP there is no corpus in %s: at least %d files not judged\n", number, corpus,
                       LEAST_FILES);
                return number + 1;
        }
        walk_folder(&arena, folder, &guide, &walk);
        qsort(walk.entries.items, walk.entries.count, sizeof(*walk.entries.items), by_path);
        for (size_t end = 1; end <= walk.entries.count; end++) {
                if (end < walk.entries.count
                    && str_equal(top_of(walk.entries.items[end].below), top_of(walk.entries.items[begin].below)))
                        continue;
                number = try_folder(&arena, folder, &walk, begin, end, number, &files);
                begin = end;
        }
        file_close(&folder);
        if (files < LEAST_FILES)
                printf("ok %d # SKIP %zu files are here, %zu not\n", number++, files, LEAST_FILES - files);
        return number;
}

int main(int argc, char **argv)
{
        static const struct value none = {.kind = VALUE_NULL};
        struct str json =
                STR("{\"image\": \"registry.example.com/web:1.2\", \"maxCPU\": \"2\", \"maxMemory\": \"1Gi\"}");
        const char *corpus = getenv("STRAKE_CORPUS");
        struct arena arena CLEANUP(arena_free) = {0};
        struct document params;
        struct err err = {0};

        if (!corpus || !*corpus)
                corpus = argc > 1 ? argv[1] : "";
        if (!json_read_one(&arena, json, &params, &err) || !two_ways_begin(&newest, KUBERNETES_NEWEST_MINOR, none)
            || !two_ways_begin(&oldest, OLD_MINOR, params.root)) {
                printf("Bail out! the rules do not compile\n");
                return 2;
        }
        printf("1..%d\n", try_corpus(try_examples(1), corpus) - 1);
        arena_free(&newest.arena);
        arena_free(&oldest.arena);
        return 0;
}
