/* two_ways.c - every example of every rule and every YAML and JSON file of the corpus, judged with all rules of Strake as one
 * program and with each rule by itself: the same findings, word for word.
 *
 *     conformance-two_ways FOLDER
 *
 * In $STRAKE_CORPUS, or else FOLDER. A point for the examples and each folder directly below. */

#include <stdio.h>

#include "../two_ways.h"
#include "corpus.h"

enum { MOST_SHOWN = 20, OLD_MINOR = 18 };

struct share {
        size_t texts, findings, differing;
};

struct tally {
        struct share share; /* of the folder so far */
        size_t files;
        int number;
};

static struct two_ways newest, oldest;

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

static void print_share(struct tally *tally, struct str name)
{
        const struct share *share = &tally->share;

        if (share->texts)
                printf("%sok %d - %.*s: %zu texts, %zu findings, %zu differ\n", share->differing ? "not " : "",
                       tally->number++, STR_ARG(name), share->texts, share->findings, share->differing);
        fflush(stdout);
        tally->share = (struct share){0};
}

static void try_examples(struct tally *tally)
{
        for (size_t i = 0; i < rulebook_builtin_count; i++) {
                for (size_t k = 0; k < rulebook_builtin[i].example_count; k++)
                        try_both(rulebook_builtin[i].examples[k].manifest, rulebook_builtin[i].id, &tally->share);
        }
        print_share(tally, STR("examples"));
}

static void try_file(void *context, struct str text, struct str name)
{
        struct tally *tally = context;

        tally->files++;
        try_both(text, name, &tally->share);
}

static void end_folder(void *context, struct str name)
{
        print_share(context, name);
}

static void try_corpus(struct tally *tally, const char *corpus)
{
        static const struct corpus_visitor visitor = {.file = try_file, .folder = end_folder};

        if (!corpus_visit(corpus, &visitor, tally))
                printf("ok %d # SKIP there is no corpus in %s: at least %d files not judged\n", tally->number++, corpus,
                       CORPUS_LEAST_FILES);
        else if (tally->files < CORPUS_LEAST_FILES)
                printf("ok %d # SKIP %zu files are here, %zu not\n", tally->number++, tally->files,
                       CORPUS_LEAST_FILES - tally->files);
}

int main(int argc, char **argv)
{
        static const struct value none = {.kind = VALUE_NULL};
        struct str json =
                STR("{\"image\": \"registry.example.com/web:1.2\", \"maxCPU\": \"2\", \"maxMemory\": \"1Gi\"}");
        struct tally tally = {.number = 1};
        struct arena arena CLEANUP(arena_free) = {0};
        struct document params;
        struct err err = {0};

        if (!json_read_one(&arena, json, &params, &err) || !two_ways_begin(&newest, KUBERNETES_NEWEST_MINOR, none)
            || !two_ways_begin(&oldest, OLD_MINOR, params.root)) {
                printf("Bail out! the rules do not compile\n");
                return 2;
        }
        try_examples(&tally);
        try_corpus(&tally, corpus_folder(argc, argv));
        printf("1..%d\n", tally.number - 1);
        arena_free(&newest.arena);
        arena_free(&oldest.arena);
        return 0;
}
