/* corpus.h - the corpus, for the tests that read all of it: every YAML and JSON file (JSON is YAML), folder by folder. */
#pragma once

#include <dirent.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/walk.h"

enum { CORPUS_LEAST_FILES = 10000, CORPUS_LARGEST_FILE = 1 << 28 };

struct corpus_visitor {
        void (*file)(void *context, struct str text, struct str name);
        void (*folder)(void *context, struct str name); /* behind the files of a folder directly below the corpus */
};

/* $STRAKE_CORPUS, or else the first argument of the program. */
static inline const char *corpus_folder(int argc, char **argv)
{
        const char *corpus = getenv("STRAKE_CORPUS");

        return corpus && *corpus ? corpus : argc > 1 ? argv[1] : "";
}

static inline void *corpus_enter(void *context, void *above, int folder, struct str below)
{
        (void)above;
        (void)folder;
        (void)below;
        return context;
}

static inline bool corpus_wants(void *context, void *here, struct str below, bool is_folder)
{
        (void)context;
        (void)here;
        return is_folder
               || str_ends(below, STR(".yaml")) || str_ends(below, STR(".yml")) || str_ends(below, STR(".json"));
}

static inline int corpus_by_path(const void *a, const void *b)
{
        return str_compare(((const struct walk_entry *)a)->below, ((const struct walk_entry *)b)->below);
}

static inline struct str corpus_top(const struct walk_entry *entry)
{
        const char *slash = memchr(entry->below.data, '/', entry->below.len);

        return slash ? str_span(entry->below.data, slash) : entry->below;
}

static inline void corpus_visit_entry(int folder, const struct walk_entry *entry, const struct corpus_visitor *visitor,
                                      void *context)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct file_text file;

        if (entry->kind == WALK_FILE
            && file_read_beneath(&arena, folder, entry->below.data, CORPUS_LARGEST_FILE, &file) == FILE_OK)
                visitor->file(context, file.text, entry->below);
}

/* Visits the files in the order of their paths. False when there is no such folder. */
static inline bool corpus_visit(const char *corpus, const struct corpus_visitor *visitor, void *context)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct walk_guide guide = {.enter = corpus_enter, .wants = corpus_wants};
        struct walk walk = {0};
        int folder = file_open_folder(corpus);

        if (folder < 0)
                return false;
        walk_folder(&arena, folder, &guide, &walk);
        qsort(walk.entries.items, walk.entries.count, sizeof(*walk.entries.items), corpus_by_path);
        for (size_t i = 0; i < walk.entries.count; i++) {
                const struct walk_entry *entry = &walk.entries.items[i];
                bool is_last = i + 1 == walk.entries.count || !str_equal(corpus_top(entry), corpus_top(entry + 1));

                corpus_visit_entry(folder, entry, visitor, context);
                if (is_last)
                        visitor->folder(context, corpus_top(entry));
        }
        file_close(&folder);
        return true;
}
