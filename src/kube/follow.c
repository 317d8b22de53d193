/* follow.c - the thread that follows a cluster, and the news that it hands over. */

#include "kube/follow.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/file.h"
#include "base/pool.h"
#include "kube/followed.h"
#include "kube/internal.h"

enum {
        LINES = 4,
        SECOND = 1000,
        PATIENCE = 30, /* seconds */
        STEP = 1000,   /* milliseconds between looks at what is due */
        DISCOVER_PAUSE = 300 * SECOND,
        DISCOVER_SOON = 1500,  /* after a definition has changed: the server takes a moment to know it */
        DISCOVER_LATER = 6000, /* and again */
        DISCOVER_RETRY = 2000, /* after it failed */
};

struct cluster_follow {
        struct arena arena; /* of the thread, but for what `lock` guards */
        struct cluster_settings settings;
        struct followed_settings how;
        struct config_access access;
        struct api *api;
        struct api_line *lines[LINES];
        struct http_streams *streams;
        struct arena discovered;
        struct discovery discovery;
        struct followed **kinds; /* malloc, each too */
        size_t kind_count;
        uint64_t discover_at, discover_again; /* the second: 0 if it need not be */
        bool changed;                         /* the problems */
        struct err why_not;                   /* the server cannot be asked what it has */
        struct err away;                      /* it cannot be asked any more */
        bool is_ready;                        /* everything was listed, or cannot be */
        pthread_t thread;
        bool has_thread;
        _Atomic bool stop;
        int file;
        pthread_mutex_t lock; /* for `news` */
        struct cluster_news news;
};

/* --- news --- */

static void signal_news(struct cluster_follow *follow)
{
        uint64_t one = 1;

        if (write(follow->file, &one, sizeof(one)) < 0)
                return; /* it is readable already */
}

static void tell(void *context, struct str name, struct str text)
{
        struct cluster_follow *follow = context;
        struct cluster_news *news = &follow->news;

        pthread_mutex_lock(&follow->lock);
        *vec_push(&news->arena, &news->changes) = (struct cluster_change){
                .name = str_copy(&news->arena, name), .text = str_copy(&news->arena, text), .is_gone = !text.len};
        pthread_mutex_unlock(&follow->lock);
        if (follow->is_ready)
                signal_news(follow);
}

/* All that was lost is told in one, and in the same words until everything is back. */
static void add_away(struct cluster_follow *follow, struct arena *arena, struct entries *out)
{
        const struct followed *first = NULL;

        for (size_t i = 0; i < follow->kind_count && !first; i++) {
                if (follow->kinds[i]->is_trouble && follow->kinds[i]->is_away)
                        first = follow->kinds[i];
        }
        if (!first)
                follow->away = (struct err){0};
        else if (!follow->away.length)
                err_set(&follow->away, "the server is away: what changes is not known until it is back (%.*s)",
                        STR_ARG(buf_text(&first->why)));
        if (first)
                cluster_add_problem(arena, out, PROBLEM_NO_CLUSTER, STR("cluster"), err_text(&follow->away));
}

/* Under the lock. */
static void list_problems(struct cluster_follow *follow, struct cluster_news *news)
{
        struct entries out = {0};

        if (follow->why_not.length)
                cluster_add_problem(&news->arena, &out, PROBLEM_NO_CLUSTER, STR("cluster"), err_text(&follow->why_not));
        cluster_add_gaps(&news->arena, &follow->settings, &follow->discovery, &out);
        for (size_t i = 0; i < follow->kind_count; i++) {
                const struct followed *kind = follow->kinds[i];

                if (kind->is_trouble && !kind->is_away)
                        cluster_add_problem(&news->arena, &out, PROBLEM_NOT_LISTED,
                                            str_format(&news->arena, "cluster/%.*s", STR_ARG(kind->name)),
                                            buf_text(&kind->why));
        }
        add_away(follow, &news->arena, &out);
        entries_sort(&out);
        news->problems.items = out.problems.items;
        news->problems.count = news->problems.capacity = out.problems.count;
        news->problems_changed = true;
}

static void add_notes(const struct cluster_follow *follow, struct cluster_news *news)
{
        for (size_t i = 0; i < follow->kind_count; i++) {
                struct followed *kind = follow->kinds[i];

                if (!kind->is_note_due)
                        continue;
                kind->is_note_due = false;
                *vec_push(&news->arena, &news->notes) = str_format(
                        &news->arena,
                        "may not watch %.*s: they are listed again every 30 s instead; allow the verb \"watch\"",
                        STR_ARG(kind->name));
        }
}

/* Hands over what has changed, once there is something whole. */
static void publish(struct cluster_follow *follow)
{
        bool is_first = !follow->is_ready, has_note = false;

        for (size_t i = 0; i < follow->kind_count; i++) {
                struct followed *kind = follow->kinds[i];

                if (is_first && !kind->is_listed)
                        return;
                has_note |= kind->is_note_due;
                follow->changed |= kind->changed_trouble;
                kind->changed_trouble = false;
        }
        if (!is_first && !follow->changed && !has_note)
                return;
        pthread_mutex_lock(&follow->lock);
        list_problems(follow, &follow->news);
        add_notes(follow, &follow->news);
        follow->news.kind_count = follow->kind_count;
        pthread_mutex_unlock(&follow->lock);
        follow->changed = false;
        follow->is_ready = true;
        signal_news(follow);
}

int cluster_follow_file(const struct cluster_follow *follow)
{
        return follow->file;
}

void cluster_follow_take(struct cluster_follow *follow, struct cluster_news *news)
{
        uint64_t count;

        if (read(follow->file, &count, sizeof(count)) < 0)
                count = 0;
        pthread_mutex_lock(&follow->lock);
        *news = follow->news;
        follow->news = (struct cluster_news){.kind_count = news->kind_count};
        pthread_mutex_unlock(&follow->lock);
}

/* --- which resources --- */

static struct followed *find_kind(const struct cluster_follow *follow, struct str name)
{
        for (size_t i = 0; i < follow->kind_count; i++) {
                if (str_equal(follow->kinds[i]->name, name))
                        return follow->kinds[i];
        }
        return NULL;
}

static void add_kind(struct cluster_follow *follow, const struct api_resource *resource)
{
        struct followed *kind = malloc(sizeof(*kind));
        struct followed **kinds = realloc(follow->kinds, (follow->kind_count + 1) * sizeof(*kinds));

        if (!kind || !kinds) {
                fputs("strake: out of memory\n", stderr);
                abort();
        }
        followed_begin(kind, &follow->how, resource);
        follow->kinds = kinds;
        follow->kinds[follow->kind_count++] = kind;
}

static bool is_in_gap(const struct discovery *discovery, struct str group)
{
        for (size_t i = 0; i < discovery->gaps.count; i++) {
                if (str_equal(discovery->gaps.items[i].group, group))
                        return true;
        }
        return false;
}

static bool is_discovered(const struct discovery *discovery, const struct followed *kind)
{
        for (size_t i = 0; i < discovery->resources.count; i++) {
                if (str_equal(discovery->resources.items[i].group, kind->resource.group)
                    && str_equal(discovery->resources.items[i].name, kind->resource.name))
                        return true;
        }
        return false;
}

static void take_resource(struct cluster_follow *follow, const struct api_resource *resource)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct str name = cluster_kind_name(&scratch, resource);
        struct followed *known = find_kind(follow, name);

        if (!cluster_kind_is_wanted(&follow->settings, resource, name))
                return;
        if (!known)
                add_kind(follow, resource);
        else if (!str_equal(known->resource.version, resource->version))
                followed_set_version(known, resource->version);
        else if (known->is_unknown && known->stage == FOLLOWED_LIST)
                known->due = followed_now();
}

/* What is gone; not what a group has that could not be asked just now. */
static void drop_kinds(struct cluster_follow *follow)
{
        size_t kept = 0;

        for (size_t i = 0; i < follow->kind_count; i++) {
                struct followed *kind = follow->kinds[i];

                if (is_discovered(&follow->discovery, kind) || is_in_gap(&follow->discovery, kind->resource.group)) {
                        follow->kinds[kept++] = kind;
                        continue;
                }
                followed_drop(kind);
                free(kind);
        }
        follow->changed |= kept < follow->kind_count;
        follow->kind_count = kept;
}

static void discover_kinds(struct cluster_follow *follow)
{
        struct arena arena = {0};
        struct discovery discovery;
        struct err err = {0};
        uint64_t now;

        if (!discover(follow->lines[0], &arena, &discovery, &err)) {
                arena_free(&arena);
                if (!follow->kind_count) {
                        follow->changed |= !str_equal(err_text(&err), err_text(&follow->why_not));
                        follow->why_not = err;
                }
                follow->discover_at = followed_now() + DISCOVER_RETRY;
                return;
        }
        follow->changed |= follow->why_not.length || follow->discovery.gaps.count || discovery.gaps.count;
        follow->why_not = (struct err){0};
        arena_free(&follow->discovered);
        follow->discovered = arena;
        follow->discovery = discovery;
        for (size_t i = 0; i < discovery.resources.count; i++)
                take_resource(follow, &discovery.resources.items[i]);
        drop_kinds(follow);
        now = followed_now();
        follow->discover_at = follow->discover_again ? now + follow->discover_again : now + DISCOVER_PAUSE;
        follow->discover_again = 0;
}

static void discover_soon(struct cluster_follow *follow)
{
        uint64_t soon = followed_now() + DISCOVER_SOON;

        if (follow->discover_at > soon)
                follow->discover_at = soon;
        follow->discover_again = DISCOVER_LATER;
}

/* --- what is due --- */

struct listing_kinds {
        struct cluster_follow *follow;
        struct followed **due;
};

static void list_one(void *context, size_t index, unsigned worker)
{
        const struct listing_kinds *listing = context;

        if (!atomic_load(&listing->follow->stop))
                followed_list(listing->due[index], listing->follow->lines[worker]);
}

static void list_due(struct cluster_follow *follow)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct listing_kinds listing = {follow, arena_array(&scratch, struct followed *, follow->kind_count)};
        uint64_t now = followed_now();
        size_t count = 0;

        for (size_t i = 0; i < follow->kind_count; i++) {
                if (follow->kinds[i]->stage == FOLLOWED_LIST && follow->kinds[i]->due <= now)
                        listing.due[count++] = follow->kinds[i];
        }
        pool_run(LINES, count, list_one, &listing);
        for (size_t i = 0; i < count; i++) {
                if (listing.due[i]->is_unknown && follow->is_ready)
                        discover_soon(follow);
        }
}

static void open_due(struct cluster_follow *follow)
{
        uint64_t now = followed_now();

        for (size_t i = 0; i < follow->kind_count; i++) {
                if (follow->kinds[i]->stage == FOLLOWED_OPEN && follow->kinds[i]->due <= now)
                        followed_open(follow->kinds[i], follow->lines[0], follow->streams);
        }
}

static uint64_t wait_of(const struct cluster_follow *follow)
{
        uint64_t now = followed_now(), due = now + STEP;

        if (follow->discover_at < due)
                due = follow->discover_at;
        for (size_t i = 0; i < follow->kind_count; i++) {
                if (follow->kinds[i]->stage != FOLLOWED_RUNS && follow->kinds[i]->due < due)
                        due = follow->kinds[i]->due;
        }
        return due > now ? due - now : 0;
}

static void take_ends(struct cluster_follow *follow)
{
        struct http_stream *stream;

        while ((stream = http_streams_ended(follow->streams)))
                followed_ended(http_stream_context(stream), follow->lines[0]);
        for (size_t i = 0; i < follow->kind_count; i++) {
                followed_check(follow->kinds[i]);
                if (follow->kinds[i]->changed_kinds)
                        discover_soon(follow);
                follow->kinds[i]->changed_kinds = false;
        }
}

static void *run(void *context)
{
        struct cluster_follow *follow = context;
        struct err ignored = {0};

        while (!atomic_load(&follow->stop)) {
                if (follow->discover_at <= followed_now())
                        discover_kinds(follow);
                list_due(follow);
                if (atomic_load(&follow->stop))
                        break;
                publish(follow);
                open_due(follow);
                http_streams_run(follow->streams, (unsigned)wait_of(follow), &ignored);
                take_ends(follow);
        }
        return NULL;
}

/* --- all --- */

static bool begin(struct cluster_follow *follow, struct err *err)
{
        struct arena *arena = &follow->arena;
        uint64_t seconds = follow->settings.seconds ? follow->settings.seconds : PATIENCE;

        TRY(config_access_find(arena, &follow->settings.choice, &follow->access, err));
        follow->api = api_new(arena,
                              &(struct api_settings){.access = &follow->access,
                                                     .patience = follow->settings.seconds,
                                                     .silence = follow->settings.seconds,
                                                     .cancel = &follow->stop},
                              err);
        TRY(follow->api);
        for (size_t i = 0; i < LINES; i++) {
                follow->lines[i] = api_line_new(arena, follow->api, err);
                TRY(follow->lines[i]);
        }
        follow->streams = http_streams_new(arena, err);
        TRY(follow->streams);
        follow->how = (struct followed_settings){
                .cluster = &follow->settings,
                .user = follow->access.as.len ? follow->access.as : follow->access.user,
                .patience = seconds * SECOND,
                .silence = seconds * SECOND,
                .tell = tell,
                .context = follow,
        };
        follow->has_thread = pthread_create(&follow->thread, NULL, run, follow) == 0;
        return follow->has_thread || err_set(err, "no thread can be started to follow the cluster");
}

struct cluster_follow *cluster_follow_begin(const struct cluster_settings *settings, struct err *err)
{
        struct cluster_follow *follow = calloc(1, sizeof(*follow));

        if (!follow) {
                fputs("strake: out of memory\n", stderr);
                abort();
        }
        follow->settings = *settings;
        pthread_mutex_init(&follow->lock, NULL);
        follow->file = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (follow->file < 0)
                err_set(err, "cannot wait for news of the cluster: %s", strerror(errno));
        else if (begin(follow, err))
                return follow;
        cluster_follow_end(follow);
        return NULL;
}

void cluster_follow_end(struct cluster_follow *follow)
{
        if (!follow)
                return;
        atomic_store(&follow->stop, true);
        if (follow->has_thread) {
                http_streams_wake(follow->streams);
                pthread_join(follow->thread, NULL);
        }
        for (size_t i = 0; i < follow->kind_count; i++) {
                followed_end(follow->kinds[i]);
                free(follow->kinds[i]);
        }
        free(follow->kinds);
        arena_free(&follow->discovered);
        arena_free(&follow->news.arena);
        arena_free(&follow->arena);
        pthread_mutex_destroy(&follow->lock);
        file_close(&follow->file);
        free(follow);
}
