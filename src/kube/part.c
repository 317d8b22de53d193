/* part.c - large streams of YAML in parts: a file of a whole cluster is read and judged by as many threads as two hundred files.
 *
 * Where a stream is cut does not depend on the number of threads. When a part has a problem that may be another in the whole, the
 * whole is read as one. */

#include "base/pool.h"
#include "kube/internal.h"

enum { PART = 1 << 20, LEAST_PARTS = 2 };

/* A file whose text is cut. */
struct cut_file {
        struct arena arena; /* of the text */
        struct str text;
        size_t *begins; /* of its parts */
        size_t count;
        size_t first; /* index of its first source */
        bool failed;
};

/* One source to read. */
struct part_task {
        const struct found *found;
        struct cut_file *cut; /* NULL: the file is read whole */
        bool failed;
};

struct parts {
        struct estate *estate;
        struct arena arena;
        VEC(struct part_task) tasks;
        VEC(struct cut_file *) cuts;
};

static void cut(struct arena *arena, struct cut_file *file)
{
        size_t at = 0;

        file->begins = arena_take(arena, checked_mul(file->text.len / PART + 1, sizeof(*file->begins)));
        do
                file->begins[file->count++] = at;
        while (at + PART < file->text.len && (at = yaml_cut(file->text, at + PART)) < file->text.len);
}

static void free_text(void *object)
{
        arena_free(&((struct cut_file *)object)->arena);
}

/* The parts of a file, or NULL when it is to be read whole; what is wrong with it is told then. */
static struct cut_file *try_to_cut(struct parts *parts, const struct found *found)
{
        struct cut_file *file;
        struct file_text text;

        if (found->size < (size_t)PART * LEAST_PARTS || found->role != ROLE_PLAIN || !found->is_regular)
                return NULL;
        file = arena_new(&parts->estate->arena, struct cut_file);
        arena_at_end(&parts->estate->arena, free_text, file);
        if (found_read(&file->arena, found, &text) == FILE_OK && !source_is_json(text.text)) {
                file->text = text.text;
                cut(&parts->arena, file);
        }
        if (file->count >= LEAST_PARTS)
                return file;
        arena_free(&file->arena);
        return NULL;
}

static void plan(struct parts *parts, const struct found *found)
{
        struct cut_file *file = try_to_cut(parts, found);

        if (file) {
                file->first = parts->tasks.count;
                *vec_push(&parts->arena, &parts->cuts) = file;
        }
        for (size_t i = 0; i < (file ? file->count : 1); i++)
                *vec_push(&parts->arena, &parts->tasks) = (struct part_task){.found = found, .cut = file};
}

static void begin_source(struct estate_source *source, const struct part_task *task)
{
        source->source = (struct source){.name = task->found->name, .text = task->cut->text};
        source->is_file = source->is_read = true;
}

static void read_task(void *context, size_t index, unsigned worker)
{
        struct parts *parts = context;
        struct part_task *task = &parts->tasks.items[index];
        struct estate_source *source = &parts->estate->sources[index];
        const struct cut_file *file = task->cut;
        size_t part;

        (void)worker;
        if (!file) {
                estate_source_open(source, task->found);
                return;
        }
        part = index - file->first;
        begin_source(source, task);
        source->source.part.begin = file->begins[part];
        source->source.part.end = part + 1 < file->count ? file->begins[part + 1] : file->text.len;
        source->source.part.lines =
                source_count_lines(str_sub(file->text, source->source.part.begin, source->source.part.end));
        task->failed = !source_understand_part(source);
}

/* The first source becomes the whole file, the others stay empty. */
static void read_whole(struct parts *parts, const struct cut_file *file)
{
        struct estate_source *sources = &parts->estate->sources[file->first];

        for (size_t i = 0; i < file->count; i++) {
                estate_source_free(&sources[i]);
                memset(&sources[i], 0, sizeof(sources[i]));
                begin_source(&sources[i], &parts->tasks.items[file->first]);
        }
        estate_source_read(sources, file->text);
}

static void count_from(struct estate_source *source, uint32_t documents)
{
        for (size_t i = 0; i < source->objects.count; i++)
                source->objects.items[i].document += documents;
        for (size_t i = 0; i < source->problems.count; i++)
                source->problems.items[i].document += documents;
}

/* Documents and lines are counted from the begin of the text. */
static void join(struct parts *parts, const struct cut_file *file)
{
        struct estate_source *sources = &parts->estate->sources[file->first];
        uint32_t documents = 0, lines = 0;

        for (size_t i = 0; i < file->count; i++) {
                uint32_t lines_here = sources[i].source.part.lines;

                count_from(&sources[i], documents);
                documents += sources[i].documents;
                sources[i].source.part.lines = lines;
                lines += lines_here;
        }
        for (size_t i = 0; i < file->count; i++)
                sources[i].documents = documents;
}

void estate_read_in_parts(struct estate *estate, const struct found_files *files, unsigned threads)
{
        struct parts parts = {.estate = estate};

        for (size_t i = 0; i < files->files.count; i++)
                plan(&parts, &files->files.items[i]);
        estate->source_count = parts.tasks.count;
        estate->sources = arena_array(&estate->arena, struct estate_source, parts.tasks.count);
        pool_run(threads, parts.tasks.count, read_task, &parts);
        for (size_t i = 0; i < parts.cuts.count; i++) {
                struct cut_file *file = parts.cuts.items[i];

                for (size_t k = 0; k < file->count; k++)
                        file->failed |= parts.tasks.items[file->first + k].failed;
                if (file->failed)
                        read_whole(&parts, file);
                else
                        join(&parts, file);
        }
        arena_free(&parts.arena);
}
