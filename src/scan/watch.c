/* watch.c - from what happens in folders to what is read again. */

#include "scan/watch.h"

#include <stdlib.h>

#include "scan/live_judge.h"

enum {
        MILLISECOND = 1000000,
        QUIET = 25,       /* milliseconds without an event before what may be half of something counts */
        MOST_QUIET = 300, /* but not longer than this after the first */
        MOST_WALKS = 16,  /* folders that appear while folders are looked for */
};

/* --- which folders --- */

/* Part of a name up to its last slash, with it. */
static struct str folder_of(struct str name)
{
        const char *slash = name.len ? memrchr(name.data, '/', name.len) : NULL;

        return slash ? str_span(name.data, slash + 1) : (struct str){0};
}

static struct str without_slash(struct str name)
{
        while (name.len > 1 && str_ends(name, STR("/")))
                name.len--;
        return name;
}

/* A link stands for a file that may lie in a folder which is not walked. */
static bool add_target(struct watch *watch, const struct found *found, bool *added, struct err *err)
{
        char *target = found->is_link ? realpath(found->name.data, NULL) : NULL;
        bool well = !target || notify_add(&watch->notify, folder_of(str_of(target)), added, err);

        free(target);
        return well;
}

static bool add_folders(struct watch *watch, bool *added, struct err *err)
{
        const struct found_files *files = &watch->live.files;

        for (size_t i = 0; i < files->walked.count; i++)
                TRY(notify_add(&watch->notify, files->walked.items[i], added, err));
        for (size_t i = 0; i < files->files.count; i++)
                TRY(add_target(watch, &files->files.items[i], added, err));
        return true;
}

/* Inputs and settings are watched in the folders that hold them, so that they can be replaced, or go and come back. */
static bool add_files(struct watch *watch, struct err *err)
{
        bool added;

        for (size_t i = 0; i < watch->inputs.count; i++) {
                if (!str_is(watch->inputs.items[i], ".") && !str_is(watch->inputs.items[i], "/"))
                        TRY(notify_add(&watch->notify, folder_of(watch->inputs.items[i]), &added, err));
        }
        for (size_t i = 0; i < watch->settings.count; i++)
                TRY(notify_add(&watch->notify, folder_of(watch->settings.items[i]), &added, err));
        return true;
}

/* Folders with rules, and all below. */
static void list_rules(struct watch *watch, const struct rulebook_settings *rules)
{
        const struct estate_settings below = {.inputs = rules->folders, .input_count = rules->folder_count};
        struct found_files files;

        if (!rules->folder_count)
                return;
        found_files_find(&files, &watch->arena, &below);
        for (size_t i = 0; i < files.walked.count; i++)
                *vec_push(&watch->arena, &watch->settings) = files.walked.items[i];
        found_files_free(&files);
}

static bool is_listed(const struct str *names, size_t count, struct str name)
{
        for (size_t i = 0; i < count; i++) {
                if (str_equal(names[i], name))
                        return true;
        }
        return false;
}

/* --- beginning --- */

/* Files that appear in a folder before it is watched would not be seen: once all are watched it is looked again, and so on until
 * there is no new folder. */
static bool follow_folders(struct watch *watch, struct err *err)
{
        for (int i = 0; i < MOST_WALKS; i++) {
                bool added = false;

                TRY(add_folders(watch, &added, err));
                if (!added)
                        break;
                live_walk(&watch->live);
        }
        return true;
}

bool watch_open(struct watch *watch, const struct scan_settings *settings, const struct baseline *baseline,
                const struct str *more, size_t more_count, struct err *err)
{
        const struct estate_settings *input = &settings->input;

        *watch = (struct watch){.notify.file = -1};
        for (size_t i = 0; i < input->input_count; i++)
                *vec_push(&watch->arena, &watch->inputs) = without_slash(input->inputs[i]);
        for (size_t i = 0; i < more_count; i++)
                *vec_push(&watch->arena, &watch->settings) = more[i];
        list_rules(watch, &settings->rules);
        return live_open(&watch->live, settings, baseline, err);
}

bool watch_follow(struct watch *watch, struct err *err)
{
        TRY(notify_open(&watch->notify, err));
        TRY(add_files(watch, err));
        TRY(follow_folders(watch, err));
        live_settle(&watch->live);
        return true;
}

/* --- noticing --- */

static void note_walk(struct watch *watch)
{
        watch->walk = watch->wants_quiet = true;
}

/* A file that is being written is whole again when it is closed. */
static void note_source(struct watch *watch, struct live_source *source, bool is_whole)
{
        uint64_t key = (uint64_t)(uintptr_t)source;

        if (!key_set_has(&watch->dirty_set, key))
                *vec_push(&watch->arena, &watch->dirty) = source;
        key_set_add(&watch->dirty_set, key);
        watch->half_count -= source->is_half;
        source->is_half = !is_whole;
        watch->half_count += source->is_half;
}

static bool has_links(const struct watch *watch)
{
        for (size_t i = 0; i < watch->live.files.files.count; i++) {
                if (watch->live.files.files.items[i].is_link)
                        return true;
        }
        return false;
}

/* Whether all files of a folder are looked for, and not only one of them, or the folder below. */
static bool is_walked(const struct watch *watch, struct str prefix)
{
        return is_listed(watch->live.files.walked.items, watch->live.files.walked.count, prefix);
}

/* A name that no source has. */
static void note_other(struct watch *watch, const struct notify_event *event, struct str name)
{
        bool comes = event->kind == NOTIFY_APPEARED || event->kind == NOTIFY_WRITTEN || event->kind == NOTIFY_VANISHED;

        if (str_is(event->name, ".strakeignore") || is_listed(watch->inputs.items, watch->inputs.count, name))
                note_walk(watch);
        else if (has_links(watch))
                note_walk(watch);
        else if (is_walked(watch, event->prefix)
                 && ((event->is_folder && !str_starts(event->name, STR(".")))
                      || (comes && found_is_manifest(event->name))))
                note_walk(watch);
}

static void notice(void *context, const struct notify_event *event)
{
        struct watch *watch = context;
        struct arena scratch CLEANUP(arena_free) = {0};
        struct str name = str_format(&scratch, "%.*s%.*s", STR_ARG(event->prefix), STR_ARG(event->name));
        struct live_source *source = live_find(&watch->live, name);

        if (is_listed(watch->settings.items, watch->settings.count, name)
            || (event->prefix.len && is_listed(watch->settings.items, watch->settings.count, event->prefix)))
                watch->settings_changed = watch->wants_quiet = true;
        if (event->kind == NOTIFY_LOST)
                note_walk(watch);
        else if (source && !event->is_folder && event->kind != NOTIFY_VANISHED)
                note_source(watch, source, event->kind == NOTIFY_WRITTEN);
        else if (source)
                note_walk(watch);
        else
                note_other(watch, event, name);
}

static bool has_work(const struct watch *watch)
{
        return watch->walk || watch->dirty.count || watch->settings_changed || watch->cluster_changed;
}

void watch_notice(struct watch *watch)
{
        bool had = has_work(watch);
        uint64_t now = live_clock();

        /* Soon after something was judged more may come of the same: then it is no single change. */
        if (!had)
                watch->wants_quiet = now - watch->settled < (uint64_t)QUIET * MILLISECOND;
        notify_take(&watch->notify, notice, watch);
        if (!had)
                watch->first = now;
        watch->last = now;
}

/* --- a cluster --- */

bool watch_follow_cluster(struct watch *watch, const struct cluster_settings *settings, struct err *err)
{
        watch->cluster = cluster_follow_begin(settings, err);
        return watch->cluster;
}

static void take_news(struct watch *watch, const struct cluster_news *news)
{
        for (size_t i = 0; i < news->changes.count; i++) {
                const struct cluster_change *change = &news->changes.items[i];

                if (change->is_gone)
                        live_release(&watch->live, change->name);
                else
                        live_keep(&watch->live, change->name, change->text);
        }
        if (news->problems_changed)
                live_set_problems(&watch->live, news->problems.items, news->problems.count);
}

void watch_notice_cluster(struct watch *watch, void (*say)(void *context, struct str note), void *context)
{
        struct cluster_news news;
        uint64_t now;

        cluster_follow_take(watch->cluster, &news);
        take_news(watch, &news);
        for (size_t i = 0; i < news.notes.count; i++)
                say(context, news.notes.items[i]);
        watch->kind_count = news.kind_count;
        arena_free(&news.arena);
        now = live_clock();
        if (!has_work(watch))
                watch->first = now;
        watch->last = now;
        watch->cluster_changed = watch->wants_quiet = true;
}

/* --- settling --- */

int watch_wait(const struct watch *watch)
{
        uint64_t now = live_clock(), due;

        if (!has_work(watch))
                return -1;
        if (!watch->wants_quiet && !watch->half_count)
                return 0;
        due = watch->last + (uint64_t)QUIET * MILLISECOND;
        if (due > watch->first + (uint64_t)MOST_QUIET * MILLISECOND)
                due = watch->first + (uint64_t)MOST_QUIET * MILLISECOND;
        return due <= now ? 0 : (int)((due - now) / MILLISECOND + 1);
}

const struct live_changes *watch_settle(struct watch *watch, struct err *err)
{
        bool walk = watch->walk;

        live_begin(&watch->live);
        for (size_t i = 0; i < watch->dirty.count; i++) {
                watch->dirty.items[i]->is_half = false;
                live_reread(&watch->live, watch->dirty.items[i]);
        }
        watch->dirty.count = watch->half_count = 0;
        watch->walk = watch->cluster_changed = false;
        key_set_clear(&watch->dirty_set);
        if (walk) {
                live_walk(&watch->live);
                TRY(watch->notify.file < 0 || follow_folders(watch, err));
        }
        live_settle(&watch->live);
        watch->settled = live_clock();
        return &watch->live.changes;
}

void watch_close(struct watch *watch)
{
        cluster_follow_end(watch->cluster);
        live_close(&watch->live);
        notify_close(&watch->notify);
        key_set_free(&watch->dirty_set);
        arena_free(&watch->arena);
}
