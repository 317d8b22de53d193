/* yaml_readers.c - every YAML and JSON file of the corpus with both readers: what the fast one reads, the other reads the same.
 *
 *     conformance-yaml_readers FOLDER
 *
 * In $STRAKE_CORPUS, or else FOLDER. A point for each folder directly below, and how much of it the fast reader took. */

#include <stdio.h>

#include "../two_readers.h"
#include "corpus.h"

enum { MOST_SHOWN = 20 };

struct share {
        size_t files, bytes, fast_files, fast_bytes, differing;
};

struct tally {
        struct share share, sum; /* of the folder so far, of all before */
        int number;
};

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

static void try_file(void *context, struct str text, struct str name)
{
        struct arena arena CLEANUP(arena_free) = {0};

        try_text(&arena, text, name, &((struct tally *)context)->share);
}

static void add(struct share *sum, const struct share *share)
{
        sum->files += share->files;
        sum->bytes += share->bytes;
        sum->fast_files += share->fast_files;
        sum->fast_bytes += share->fast_bytes;
        sum->differing += share->differing;
}

static void print_share(struct str name, const struct share *share)
{
        printf("%.*s: %zu files, %zu differ; fast: %.2f %% of the files, %.2f %% of the bytes\n", STR_ARG(name),
               share->files, share->differing, 100.0 * (double)share->fast_files / (double)share->files,
               100.0 * (double)share->fast_bytes / (double)(share->bytes ? share->bytes : 1));
}

static void end_folder(void *context, struct str name)
{
        struct tally *tally = context;

        if (!tally->share.files)
                return;
        printf("%sok %d - ", tally->share.differing ? "not " : "", tally->number++);
        print_share(name, &tally->share);
        fflush(stdout);
        add(&tally->sum, &tally->share);
        tally->share = (struct share){0};
}

int main(int argc, char **argv)
{
        static const struct corpus_visitor visitor = {.file = try_file, .folder = end_folder};
        const char *corpus = corpus_folder(argc, argv);
        struct tally tally = {.number = 1};
        size_t files;

        if (!corpus_visit(corpus, &visitor, &tally)) {
                printf("1..1\nok 1 # SKIP there is no corpus in %s: at least %d files not read\n", corpus,
                       CORPUS_LEAST_FILES);
                return 0;
        }
        files = tally.sum.files;
        if (files < CORPUS_LEAST_FILES)
                printf("ok %d # SKIP %zu files are here, %zu not\n", tally.number, files, CORPUS_LEAST_FILES - files);
        else
                printf("ok %d - enough files\n", tally.number);
        printf("1..%d\n", tally.number);
        if (files)
                print_share(STR("# all"), &tally.sum);
        return tally.sum.differing > 0;
}
