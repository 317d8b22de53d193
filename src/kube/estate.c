/* estate.c - from files to sources, on several threads. */

#include "kube/estate.h"

#include "base/pool.h"
#include "kube/find.h"
#include "kube/internal.h"
#include "kube/language.h"

enum { SMALLEST_BLOCK = 256, LARGEST_BLOCK = 32 << 10 };

static void report_failure(struct estate_source *source, enum file_result result, const struct file_text *file)
{
        const char *limit = "the file is larger than 1 GiB: split it";

        switch (result) {
        case FILE_OK:
                return;
        case FILE_TOO_LARGE:
                problem_add(source, PROBLEM_TOO_LARGE, UINT32_MAX, 0, "%s", limit);
                break;
        case FILE_NOT_REGULAR:
        case FILE_OUTSIDE:
                problem_add(source, PROBLEM_NOT_FOLLOWED, UINT32_MAX, 0, "passed over: %s", file->why);
                break;
        case FILE_ABSENT:
        case FILE_UNREADABLE:
                problem_add(source, PROBLEM_UNREADABLE, UINT32_MAX, 0, "cannot be read: %s", file->why);
                break;
        }
        source->problems.items[source->problems.count - 1].source = NULL;
}

void estate_source_open(struct estate_source *source, const struct found *found)
{
        enum file_result result;
        struct file_text file;

        source->source.name = found->name;
        /* The text and the values read from it are about as large as this; small files should not cost more. */
        source->arena.next_block = min_size(SMALLEST_BLOCK + (size_t)found->size * 3, LARGEST_BLOCK);
        result = found_read(&source->arena, found, &file);
        source->role = found->role;
        source->is_file = found->is_regular;
        if (result == FILE_OK)
                estate_source_read(source, file.text);
        else
                report_failure(source, result, &file);
}

/* Everything that reading one file at a time needs. */
struct reading {
        struct estate *estate;
        const struct found_files *files;
};

static void read_one(void *context, size_t index, unsigned worker)
{
        struct reading *reading = context;
        struct estate_source *source = &reading->estate->sources[index];

        (void)worker;
        estate_source_open(source, &reading->files->files.items[index]);
}

static void take_problems(struct estate *estate, const struct found_files *files)
{
        for (size_t i = 0; i < files->problems.count; i++)
                *vec_push(&estate->arena, &estate->problems) = files->problems.items[i];
}

void estate_read_found(struct estate *estate, const struct found_files *files, unsigned threads)
{
        struct reading reading = {estate, files};

        estate->source_count = files->files.count;
        estate->sources = arena_array(&estate->arena, struct estate_source, files->files.count);
        take_problems(estate, files);
        pool_run(threads ? threads : pool_threads(), files->files.count, read_one, &reading);
}

void estate_read(struct estate *estate, const struct estate_settings *settings)
{
        struct found_files files;

        *estate = (struct estate){0};
        found_files_find(&files, &estate->arena, settings);
        if (settings->whole) {
                estate_read_found(estate, &files, settings->threads);
        } else {
                take_problems(estate, &files);
                estate_read_in_parts(estate, &files, settings->threads ? settings->threads : pool_threads());
        }
        found_files_free(&files);
}

void estate_source_read(struct estate_source *source, struct str text)
{
        source->source.text = text;
        source->is_read = true;
        source_understand(source, (enum source_role)source->role);
}

void estate_read_text(struct estate *estate, struct str name, struct str text)
{
        *estate = (struct estate){.source_count = 1};
        estate->sources = arena_new(&estate->arena, struct estate_source);
        estate->sources->source = (struct source){.name = name, .text = text};
        estate->sources->role = source_role_named(name);
        if (text.len > document_default_limits.text_bytes)
                report_failure(estate->sources, FILE_TOO_LARGE, NULL);
        else
                estate_source_read(estate->sources, text);
}

void estate_source_free(struct estate_source *source)
{
        arena_free(&source->arena);
}

void estate_free(struct estate *estate)
{
        for (size_t i = 0; i < estate->source_count; i++)
                estate_source_free(&estate->sources[i]);
        arena_free(&estate->arena);
        *estate = (struct estate){0};
}

size_t estate_object_count(const struct estate *estate)
{
        size_t count = 0;

        for (size_t i = 0; i < estate->source_count; i++)
                count += estate->sources[i].objects.count;
        return count;
}

static size_t each_failure(const struct problem *problems, size_t count,
                           void (*each)(void *context, const struct problem *problem), void *context)
{
        size_t failures = 0;

        for (size_t i = 0; i < count; i++)
                if (problem_fails(&problems[i])) {
                        each(context, &problems[i]);
                        failures++;
                }
        return failures;
}

size_t estate_each_failure(const struct estate *estate, void (*each)(void *context, const struct problem *problem),
                           void *context)
{
        size_t failures = each_failure(estate->problems.items, estate->problems.count, each, context);

        for (size_t i = 0; i < estate->source_count; i++)
                failures += each_failure(estate->sources[i].problems.items, estate->sources[i].problems.count, each,
                                         context);
        return failures;
}
