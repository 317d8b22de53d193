/* estate.c - from what a person names to sources: finding files, reading them on several threads. */

#include "kube/estate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/map.h"
#include "base/pool.h"
#include "base/walk.h"
#include "kube/cluster.h"
#include "kube/ignore.h"
#include "kube/internal.h"
#include "kube/snapshot.h"

enum { IGNORE_FILE_MOST = 1 << 20, SMALLEST_BLOCK = 256, LARGEST_BLOCK = 32 << 10 };

/* A file to read. */
struct found {
        struct str name;  /* in findings */
        const char *path; /* how to open it: below `folder`, or as it was named */
        int folder;       /* open, or -1 */
        bool is_input, is_link, known, is_regular;
        uint64_t device, inode, size; /* if known */
        enum source_role role;
        bool is_read; /* already, with this result */
        enum file_result result;
        struct file_text file;
};

struct finder {
        struct estate *estate;
        struct arena arena; /* what is only needed until everything is read */
        VEC(struct found) found;
        VEC(int) folders;
        struct str prefix; /* of the folder that is walked: its name with a slash, empty for "." */
        int folder;
        bool has_standard_input;
};

/* What findings call something below the folder that is walked. */
static struct str full_name(struct finder *finder, struct str below)
{
        struct str name = str_format(&finder->estate->arena, "%.*s%.*s", STR_ARG(finder->prefix), STR_ARG(below));

        if (!name.len)
                return STR(".");
        return str_ends(name, STR("/")) && name.len > 1 ? str_sub(name, 0, name.len - 1) : name;
}

static void add_problem(struct finder *finder, enum problem_kind kind, struct str file, const char *what,
                        const char *why)
{
        *vec_push(&finder->estate->arena, &finder->estate->problems) =
                problem_of_file(&finder->estate->arena, kind, file, "%s: %s", what, why);
}

static bool ends_like(struct str name, const char *end)
{
        size_t len = strlen(end);

        return name.len >= len && strncasecmp(name.data + name.len - len, end, len) == 0;
}

static bool wants(void *context, void *here, struct str below, bool is_folder)
{
        const char *slash = memrchr(below.data, '/', below.len);
        struct str name = slash ? str_span(slash + 1, below.data + below.len) : below;

        (void)context;
        if (is_folder              ? str_starts(name, STR("."))
                                   : !ends_like(name, ".yaml") && !ends_like(name, ".yml") && !ends_like(name, ".json"))
                return false;
        return !ignore_has(here, below, is_folder);
}

static void *enter(void *context, void *above, int folder, struct str below)
{
        struct finder *finder = context;
        struct file_text file;
        enum file_result result = file_read_beneath(&finder->arena, folder, ".strakeignore", IGNORE_FILE_MOST, &file);
        struct str name;

        if (result == FILE_OK)
                return (void *)ignore_read(&finder->arena, above, below, file.text);
        if (result == FILE_ABSENT)
                return above;
        name = full_name(finder, str_format(&finder->arena, "%.*s.strakeignore", STR_ARG(below)));
        if (result == FILE_TOO_LARGE)
                add_problem(finder, PROBLEM_TOO_LARGE, name, "ignored nothing", "the file is larger than 1 MiB");
        else if (result == FILE_UNREADABLE)
                add_problem(finder, PROBLEM_UNREADABLE, name, "cannot be read, ignored nothing", file.why);
        else
                add_problem(finder, PROBLEM_NOT_FOLLOWED, name, "passed over, ignored nothing", file.why);
        return above;
}

static void add_entry(struct finder *finder, const struct walk_entry *entry)
{
        struct str name = full_name(finder, entry->below);

        switch (entry->kind) {
        case WALK_FILE:
                *vec_push(&finder->arena, &finder->found) = (struct found){
                        .name = name,
                        .path = entry->below.data,
                        .folder = finder->folder,
                        .is_link = entry->is_link,
                        .known = true,
                        .is_regular = true,
                        .device = entry->device,
                        .inode = entry->inode,
                        .size = entry->size,
                };
                break;
        case WALK_NOT_FOLLOWED:
                add_problem(finder, PROBLEM_NOT_FOLLOWED, name, "passed over", entry->why);
                break;
        case WALK_UNREADABLE:
                add_problem(finder, PROBLEM_UNREADABLE, name, "cannot be read", entry->why);
                break;
        }
}

static struct str prefix_of(struct finder *finder, struct str input)
{
        while (input.len > 1 && str_ends(input, STR("/")))
                input.len--;
        if (str_is(input, "."))
                return STR("");
        return str_is(input, "/") ? input : str_format(&finder->arena, "%.*s/", STR_ARG(input));
}

static void find_below(struct finder *finder, struct str input)
{
        struct walk_guide guide = {.context = finder, .enter = enter, .wants = wants};
        struct walk walk = {0};

        finder->folder = file_open_folder(input.data);
        if (finder->folder < 0) {
                add_problem(finder, PROBLEM_UNREADABLE, input, "cannot be read", strerror(errno));
                return;
        }
        *vec_push(&finder->arena, &finder->folders) = finder->folder;
        finder->prefix = prefix_of(finder, input);
        walk_folder(&finder->arena, finder->folder, &guide, &walk);
        for (size_t i = 0; i < walk.entries.count; i++)
                add_entry(finder, &walk.entries.items[i]);
}

/* What comes as texts: of a cluster, or of a snapshot. */
static void add_entries(struct finder *finder, const struct entries *entries)
{
        for (size_t i = 0; i < entries->items.count; i++)
                *vec_push(&finder->arena, &finder->found) = (struct found){
                        .name = entries->items.items[i].name,
                        .folder = -1,
                        .size = entries->items.items[i].text.len,
                        .is_read = true,
                        .file.text = entries->items.items[i].text,
                };
        for (size_t i = 0; i < entries->problems.count; i++)
                *vec_push(&finder->estate->arena, &finder->estate->problems) = entries->problems.items[i];
}

static void add_snapshot(struct finder *finder, struct str name, struct str text)
{
        struct entries entries;

        snapshot_read(&finder->estate->arena, name, text, &entries);
        add_entries(finder, &entries);
}

/* What comes once is read at once. */
static void find_standard_input(struct finder *finder)
{
        struct found found = {.name = STR("<stdin>"), .folder = -1, .is_input = true, .is_read = true};

        if (finder->has_standard_input)
                return;
        finder->has_standard_input = true;
        found.result =
                file_read_open(&finder->estate->arena, STDIN_FILENO, document_default_limits.text_bytes, &found.file);
        if (found.result == FILE_OK && snapshot_is(found.file.text))
                add_snapshot(finder, found.name, found.file.text);
        else
                *vec_push(&finder->arena, &finder->found) = found;
}

static bool begins_like_snapshot(const char *path)
{
        CLEANUP(file_close) int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        char begin[64];
        ssize_t got = file < 0 ? -1 : read(file, begin, sizeof(begin));

        return got > 0 && snapshot_is((struct str){begin, (size_t)got});
}

/* The packed text is not needed any more when its entries are there. */
static void find_snapshot(struct finder *finder, struct str name)
{
        struct arena packed CLEANUP(arena_free) = {0};
        struct file_text file = {.why = ""};

        if (file_read(&packed, name.data, document_default_limits.text_bytes, &file) == FILE_OK)
                add_snapshot(finder, name, file.text);
        else
                add_problem(finder, PROBLEM_UNREADABLE, name, "cannot be read", file.why);
}

static void find_input(struct finder *finder, struct str given)
{
        struct str input = str_copy(&finder->estate->arena, given);
        struct found found = {.name = input, .path = input.data, .folder = -1, .is_input = true};
        struct stat status;

        if (str_is(input, "-")) {
                find_standard_input(finder);
                return;
        }
        if (stat(input.data, &status) < 0) {
                add_problem(finder, PROBLEM_UNREADABLE, input, "cannot be read", strerror(errno));
                return;
        }
        if (S_ISDIR(status.st_mode)) {
                find_below(finder, input);
                return;
        }
        if (S_ISREG(status.st_mode) && begins_like_snapshot(input.data)) {
                find_snapshot(finder, input);
                return;
        }
        found.known = true;
        found.device = status.st_dev;
        found.inode = status.st_ino;
        found.is_regular = S_ISREG(status.st_mode);
        found.size = found.is_regular ? (uint64_t)status.st_size : 0;
        *vec_push(&finder->arena, &finder->found) = found;
}

static void find_cluster(struct finder *finder, const struct cluster_settings *settings)
{
        struct entries entries;

        cluster_read(&finder->estate->arena, settings, &entries);
        add_entries(finder, &entries);
}

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

static int by_name(const void *a, const void *b)
{
        const struct found *left = a, *right = b;
        int order = str_compare(left->name, right->name);

        return order ? order : ORDER(left->is_input, right->is_input);
}

/* Puts what is the same file together, and in front what names it best: no link, then the first name. */
static int by_identity(const void *a, const void *b)
{
        const struct found *left = a, *right = b;
        int order = ORDER(left->known, right->known);

        order = order ? order : ORDER(left->device, right->device);
        order = order ? order : ORDER(left->inode, right->inode);
        order = order ? order : ORDER(left->is_link, right->is_link);
        return order ? order : by_name(a, b);
}

static bool same_file(const struct found *a, const struct found *b)
{
        return a->known && b->known && a->device == b->device && a->inode == b->inode;
}

static void drop_repeated(struct finder *finder)
{
        struct found *found = finder->found.items;
        size_t kept = 0;

        if (!finder->found.count)
                return;
        qsort(found, finder->found.count, sizeof(*found), by_identity);
        for (size_t i = 0; i < finder->found.count; i++) {
                if (!kept || !same_file(&found[kept - 1], &found[i]))
                        found[kept++] = found[i];
        }
        finder->found.count = kept;
        qsort(found, kept, sizeof(*found), by_name);
}

/* Part of a name up to its last slash, with it. */
static struct str folder_of(struct str name)
{
        const char *slash = memrchr(name.data, '/', name.len);

        return slash ? str_span(name.data, slash + 1) : (struct str){name.data, 0};
}

static enum source_role role_in(const struct map *charts, struct str name)
{
        struct str folder = folder_of(name);
        bool is_chart = map_get(charts, folder);

        if (is_chart)
                return str_is(str_from(name, folder.len), "Chart.yaml") ? ROLE_CHART : ROLE_CHART_SETTINGS;
        for (size_t at = 0; (at = str_find(folder, STR("templates/"), at)) != SIZE_MAX; at++) {
                struct str above = str_sub(name, 0, at);

                if ((!at || str_ends(above, STR("/"))) && map_get(charts, above))
                        return ROLE_CHART_TEMPLATE;
        }
        return ROLE_PLAIN;
}

/* A chart is known by its Chart.yaml; what its other files are follows from where they lie. */
static void find_charts(struct finder *finder)
{
        struct map charts = {0};

        for (size_t i = 0; i < finder->found.count; i++) {
                struct str name = finder->found.items[i].name, folder = folder_of(name);

                if (str_is(str_from(name, folder.len), "Chart.yaml"))
                        *map_slot(&finder->arena, &charts, folder) = finder;
        }
        for (size_t i = 0; charts.count && i < finder->found.count; i++)
                finder->found.items[i].role = role_in(&charts, finder->found.items[i].name);
}

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

static enum file_result read_found(struct arena *arena, const struct found *found, struct file_text *file)
{
        uint64_t most = document_default_limits.text_bytes;

        *file = found->file;
        if (found->is_read)
                return found->result;
        if (found->folder >= 0)
                return file_read_beneath(arena, found->folder, found->path, most, file);
        return file_read(arena, found->path, most, file);
}

static void read_one(void *context, size_t index, unsigned worker)
{
        struct finder *finder = context;
        const struct found *found = &finder->found.items[index];
        struct estate_source *source = &finder->estate->sources[index];
        enum file_result result;
        struct file_text file;

        (void)worker;
        source->source.name = found->name;
        /* The text and the values read from it are about as large as this; small files should not cost more. */
        source->arena.next_block = min_size(SMALLEST_BLOCK + (size_t)found->size * 3, LARGEST_BLOCK);
        result = read_found(&source->arena, found, &file);
        if (result == FILE_NOT_REGULAR && found->is_input)
                result = FILE_UNREADABLE;
        source->role = found->role;
        source->is_file = found->is_regular;
        if (result == FILE_OK) {
                estate_source_read(source, file.text);
        } else {
                report_failure(source, result, &file);
        }
}

void estate_read(struct estate *estate, const struct estate_settings *settings)
{
        struct finder finder = {.estate = estate};

        *estate = (struct estate){0};
        for (size_t i = 0; i < settings->input_count; i++)
                find_input(&finder, settings->inputs[i]);
        if (settings->cluster)
                find_cluster(&finder, settings->cluster);
        else if (!settings->input_count)
                find_input(&finder, STR("."));
        drop_repeated(&finder);
        find_charts(&finder);
        estate->source_count = finder.found.count;
        estate->sources = arena_array(&estate->arena, struct estate_source, finder.found.count);
        pool_run(settings->threads ? settings->threads : pool_threads(), finder.found.count, read_one, &finder);
        for (size_t i = 0; i < finder.folders.count; i++)
                file_close(&finder.folders.items[i]);
        arena_free(&finder.arena);
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
        if (text.len > document_default_limits.text_bytes)
                report_failure(estate->sources, FILE_TOO_LARGE, NULL);
        else
                estate_source_read(estate->sources, text);
}

void estate_free(struct estate *estate)
{
        for (size_t i = 0; i < estate->source_count; i++)
                arena_free(&estate->sources[i].arena);
        arena_free(&estate->arena);
        *estate = (struct estate){0};
}
