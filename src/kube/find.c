/* find.c - from what a person names to files: inputs, what is in folders, what is a file that was named twice. */

#include "kube/find.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/map.h"
#include "base/walk.h"
#include "kube/cluster.h"
#include "kube/ignore.h"
#include "kube/internal.h"
#include "kube/language.h"
#include "kube/snapshot.h"

enum { IGNORE_FILE_MOST = 1 << 20 };

struct finder {
        struct found_files *out;
        bool languages;    /* of folders, other languages are read and no manifests */
        struct str prefix; /* of the folder that is walked: its name with a slash, empty for "." */
        int folder;
        bool has_standard_input;
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

        return name.len >= len && str_equal_nocase(str_from(name, name.len - len), str_of(end));
}

bool found_is_manifest(struct str name)
{
        return ends_like(name, ".yaml") || ends_like(name, ".yml") || ends_like(name, ".json");
}

static bool wants(void *context, void *here, struct str below, bool is_folder)
{
        const char *slash = memrchr(below.data, '/', below.len);
        struct str name = slash ? str_span(slash + 1, below.data + below.len) : below;
        const struct finder *finder = context;
        bool is_wanted = finder->languages ? source_role_named(name) != ROLE_PLAIN : found_is_manifest(name);

        if (is_folder ? str_starts(name, STR(".")) : !is_wanted)
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
                        .role = finder->languages ? source_role_named(name) : ROLE_PLAIN,
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

/* --- folders of `kubectl cluster-info dump --output-directory` --- */

static bool has_file(const struct walk *walk, const char *end)
{
        for (size_t i = 0; i < walk->entries.count; i++) {
                if (walk->entries.items[i].kind == WALK_FILE && str_ends(walk->entries.items[i].below, str_of(end)))
                        return true;
        }
        return false;
}

/* nodes.json lies at the top, and each namespace has a folder with lists of its own. */
static bool is_dump_folder(const struct walk *walk)
{
        static const struct str nodes = STR_INIT("nodes.json");
        bool at_top = false;

        for (size_t i = 0; i < walk->entries.count && !at_top; i++)
                at_top = str_equal(walk->entries.items[i].below, nodes);
        return at_top && has_file(walk, "/pods.json") && has_file(walk, "/replication-controllers.json");
}

/* What happened is no object to judge. */
static bool is_dump_noise(struct str below)
{
        return str_ends(below, STR("/events.json"));
}

static void note_dump(struct finder *finder, struct str input)
{
        *vec_push(finder->out->names, &finder->out->problems) = problem_of_file(
                finder->out->names, PROBLEM_DUMP, input,
                "a dump of `kubectl cluster-info dump` has nodes, workloads and services only: for roles, bindings, network policies "
                "and the rest, take a snapshot (`strake snapshot --cluster -o FILE`) or scan the cluster (`strake scan --cluster`)");
}

static void find_below(struct finder *finder, struct str input)
{
        struct walk_guide guide = {.context = finder, .enter = enter, .wants = wants};
        struct walk walk = {0};
        bool is_dump;

        finder->folder = file_open_folder(input.data);
        if (finder->folder < 0) {
                add_problem(finder, PROBLEM_UNREADABLE, input, "cannot be read", strerror(errno));
                return;
        }
        *vec_push(&finder->out->arena, &finder->out->folders) = finder->folder;
        finder->prefix = prefix_of(finder, input);
        walk_folder(&finder->out->arena, finder->folder, &guide, &walk);
        is_dump = is_dump_folder(&walk);
        if (is_dump)
                note_dump(finder, input);
        for (size_t i = 0; i < walk.entries.count; i++) {
                if (!is_dump || !is_dump_noise(walk.entries.items[i].below))
                        add_entry(finder, &walk.entries.items[i]);
        }
}

static uint64_t time_of(const struct stat *status)
{
        return (uint64_t)status->st_ctim.tv_sec * 1000000000U + (uint64_t)status->st_ctim.tv_nsec;
}

/* What comes as texts: of a cluster, or of a snapshot, whose file is `of`. */
static void add_entries(struct finder *finder, const struct entries *entries, const struct found *of)
{
        for (size_t i = 0; i < entries->items.count; i++)
                *vec_push(&finder->out->arena, &finder->out->files) = (struct found){
                        .name = entries->items.items[i].name,
                        .folder = -1,
                        .size = entries->items.items[i].text.len,
                        .device = of->device,
                        .inode = of->inode,
                        .changed = of->changed,
                        .file.text = entries->items.items[i].text,
                };
        for (size_t i = 0; i < entries->problems.count; i++)
                *vec_push(finder->out->names, &finder->out->problems) = entries->problems.items[i];
}

static void add_snapshot(struct finder *finder, const struct found *of, struct str text)
{
        struct entries entries;

        snapshot_read(finder->out->names, of->name, text, &entries);
        add_entries(finder, &entries, of);
}

/* Comes once, so it is read at once. */
static void find_standard_input(struct finder *finder, unsigned role)
{
        struct found found = {.name = STR("<stdin>"), .folder = -1, .is_input = true, .role = role};

        if (finder->has_standard_input)
                return;
        finder->has_standard_input = true;
        found.result =
                file_read_open(finder->out->names, STDIN_FILENO, document_default_limits.text_bytes, &found.file);
        if (found.result == FILE_OK && snapshot_is(found.file.text))
                add_snapshot(finder, &found, found.file.text);
        else
                *vec_push(&finder->out->arena, &finder->out->files) = found;
}

static bool begins_like_snapshot(const char *path)
{
        CLEANUP(file_close) int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        char begin[64];
        ssize_t got = file < 0 ? -1 : read(file, begin, sizeof(begin));

        return got > 0 && snapshot_is((struct str){begin, (size_t)got});
}

/* The packed text is not needed any more when its entries are there. */
static void find_snapshot(struct finder *finder, const struct found *of)
{
        struct arena packed CLEANUP(arena_free) = {0};
        struct file_text file = {.why = ""};

        if (file_read(&packed, of->path, document_default_limits.text_bytes, &file) == FILE_OK)
                add_snapshot(finder, of, file.text);
        else
                add_problem(finder, PROBLEM_UNREADABLE, of->name, "cannot be read", file.why);
}

static void find_input(struct finder *finder, struct str given)
{
        unsigned role = finder->languages ? source_role_of_input(&given) : source_role_named(given);
        struct str input = str_copy(finder->out->names, given);
        struct found found = {.name = input, .path = input.data, .folder = -1, .is_input = true, .role = role};
        struct stat status;

        if (str_is(input, "-")) {
                find_standard_input(finder, role);
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
        found.known = true;
        found.device = status.st_dev;
        found.inode = status.st_ino;
        found.is_regular = S_ISREG(status.st_mode);
        found.changed = time_of(&status);
        found.size = found.is_regular ? (uint64_t)status.st_size : 0;
        if (found.is_regular && begins_like_snapshot(found.path))
                find_snapshot(finder, &found);
        else
                *vec_push(&finder->out->arena, &finder->out->files) = found;
}

static void find_cluster(struct finder *finder, const struct cluster_settings *settings)
{
        struct entries entries;

        cluster_read(finder->out->names, settings, &entries);
        add_entries(finder, &entries, &(struct found){0});
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
                if (finder->out->files.items[i].role == ROLE_PLAIN)
                        finder->out->files.items[i].role = role_in(&charts, finder->out->files.items[i].name);
}

void found_files_find(struct found_files *out, struct arena *names, const struct estate_settings *settings)
{
        struct finder finder = {.out = out, .languages = settings->languages};

        *out = (struct found_files){.names = names};
        for (size_t i = 0; i < settings->input_count; i++)
                find_input(&finder, settings->inputs[i]);
        if (settings->cluster)
                find_cluster(&finder, settings->cluster);
        else if (!settings->input_count && !settings->nothing)
                find_input(&finder, STR("."));
        drop_repeated(&finder);
        find_charts(&finder);
}

enum file_result found_read(struct arena *arena, const struct found *found, struct file_text *file)
{
        uint64_t most = document_default_limits.text_bytes;
        enum file_result result;

        *file = found->file;
        if (!found->path)
                return found->result;
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
