/* find.c - from what a person names to files: inputs, what is in folders, what is a file that was named twice. */

#include "kube/find.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/map.h"
#include "base/walk.h"
#include "kube/ignore.h"
#include "kube/internal.h"

enum { IGNORE_FILE_MOST = 1 << 20 };

struct finder {
        struct found_files *out;
        struct str prefix; /* of the folder that is walked: its name with a slash, empty for "." */
        int folder;
};

/* What findings call something below the folder that is walked. */
static struct str full_name(struct finder *finder, struct str below)
{
        struct str name = str_format(finder->out->names, "%.*s%.*s", STR_ARG(finder->prefix), STR_ARG(below));

        if (!name.len)
                return STR(".");
        return str_ends(name, STR("/")) && name.len > 1 ? str_sub(name, 0, name.len - 1) : name;
}

static void add_problem(struct finder *finder, enum problem_kind kind, struct str file, const char *what,
                        const char *why)
{
        *vec_push(finder->out->names, &finder->out->problems) =
                problem_of_file(finder->out->names, kind, file, "%s: %s", what, why);
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
        struct str prefix = str_format(finder->out->names, "%.*s%.*s", STR_ARG(finder->prefix), STR_ARG(below));
        enum file_result result =
                file_read_beneath(&finder->out->arena, folder, ".strakeignore", IGNORE_FILE_MOST, &file);
        struct str name;

        *vec_push(&finder->out->arena, &finder->out->walked) = prefix;
        if (result == FILE_OK)
                return (void *)ignore_read(&finder->out->arena, above, below, file.text);
        if (result == FILE_ABSENT)
                return above;
        name = full_name(finder, str_format(&finder->out->arena, "%.*s.strakeignore", STR_ARG(below)));
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
                *vec_push(&finder->out->arena, &finder->out->files) = (struct found){
                        .name = name,
                        .path = entry->below.data,
                        .folder = finder->folder,
                        .is_link = entry->is_link,
                        .known = true,
                        .is_regular = true,
                        .device = entry->device,
                        .inode = entry->inode,
                        .size = entry->size,
                        .changed = entry->changed,
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
        return str_is(input, "/") ? input : str_format(&finder->out->arena, "%.*s/", STR_ARG(input));
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
        *vec_push(&finder->out->arena, &finder->out->folders) = finder->folder;
        finder->prefix = prefix_of(finder, input);
        walk_folder(&finder->out->arena, finder->folder, &guide, &walk);
        for (size_t i = 0; i < walk.entries.count; i++)
                add_entry(finder, &walk.entries.items[i]);
}

static uint64_t time_of(const struct stat *status)
{
        return (uint64_t)status->st_ctim.tv_sec * 1000000000U + (uint64_t)status->st_ctim.tv_nsec;
}

static void find_input(struct finder *finder, struct str given)
{
        struct str input = str_copy(finder->out->names, given);
        struct found found = {.name = input, .path = input.data, .folder = -1, .is_input = true};
        struct stat status;

        if (str_is(input, "-")) {
                found.name = STR("<stdin>");
                found.path = NULL;
        } else if (stat(input.data, &status) < 0) {
                add_problem(finder, PROBLEM_UNREADABLE, input, "cannot be read", strerror(errno));
                return;
        } else if (S_ISDIR(status.st_mode)) {
                find_below(finder, input);
                return;
        } else {
                found.known = true;
                found.device = status.st_dev;
                found.inode = status.st_ino;
                found.is_regular = S_ISREG(status.st_mode);
                found.changed = time_of(&status);
                found.size = found.is_regular ? (uint64_t)status.st_size : 0;
        }
        *vec_push(&finder->out->arena, &finder->out->files) = found;
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
        if (!a->known || !b->known)
                return found_is_standard_input(a) && found_is_standard_input(b);
        return a->device == b->device && a->inode == b->inode;
}

static void drop_repeated(struct finder *finder)
{
        struct found *found = finder->out->files.items;
        size_t kept = 0;

        if (!finder->out->files.count)
                return;
        qsort(found, finder->out->files.count, sizeof(*found), by_identity);
        for (size_t i = 0; i < finder->out->files.count; i++) {
                if (!kept || !same_file(&found[kept - 1], &found[i]))
                        found[kept++] = found[i];
        }
        finder->out->files.count = kept;
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

        for (size_t i = 0; i < finder->out->files.count; i++) {
                struct str name = finder->out->files.items[i].name, folder = folder_of(name);

                if (str_is(str_from(name, folder.len), "Chart.yaml"))
                        *map_slot(&finder->out->arena, &charts, folder) = finder;
        }
        for (size_t i = 0; charts.count && i < finder->out->files.count; i++)
                finder->out->files.items[i].role = role_in(&charts, finder->out->files.items[i].name);
}

void found_files_find(struct found_files *out, struct arena *names, const struct estate_settings *settings)
{
        struct finder finder = {.out = out};

        *out = (struct found_files){.names = names};
        for (size_t i = 0; i < settings->input_count; i++)
                find_input(&finder, settings->inputs[i]);
        if (!settings->input_count)
                find_input(&finder, STR("."));
        drop_repeated(&finder);
        find_charts(&finder);
}

enum file_result found_read(struct arena *arena, const struct found *found, struct file_text *file)
{
        uint64_t most = document_default_limits.text_bytes;
        enum file_result result;

        if (found_is_standard_input(found))
                return file_read_open(arena, STDIN_FILENO, most, file);
        if (found->folder >= 0)
                return file_read_beneath(arena, found->folder, found->path, most, file);
        result = file_read(arena, found->path, most, file);
        return result == FILE_NOT_REGULAR ? FILE_UNREADABLE : result;
}

void found_files_free(struct found_files *files)
{
        for (size_t i = 0; i < files->folders.count; i++)
                file_close(&files->folders.items[i]);
        arena_free(&files->arena);
        *files = (struct found_files){0};
}
