/* followed.c - list, watch, and what to do when either ends. */

#include "kube/followed.h"

#include <stdlib.h>
#include <time.h>

#include "base/url.h"
#include "doc/key.h"

enum {
        FIRST_PAUSE = 500, /* milliseconds; twice as long each time */
        LONGEST_PAUSE = 15000,
        POLL_PAUSE = 30000,    /* between lists of what cannot be watched */
        REFUSED_PAUSE = 60000, /* before something that is not allowed is tried again */
        LEAST_LIFE = 2000,     /* a watch that lived so long went well */
        MOST_OPENINGS = 3,     /* that failed, before it is listed again */
        LEAST_WATCH = 240,     /* seconds that a watch is to last; up to twice that, so that not all end at once */
        SECOND = 1000,
};

uint64_t followed_now(void)
{
        struct timespec time;

        clock_gettime(CLOCK_MONOTONIC, &time);
        return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec / 1000000;
}

/* A number below `most`, other each time. */
static uint64_t some_number(uint64_t most)
{
        struct timespec time;

        clock_gettime(CLOCK_MONOTONIC, &time);
        return (uint64_t)time.tv_nsec / 1000 % (most ? most : 1);
}

void followed_begin(struct followed *followed, const struct followed_settings *settings,
                    const struct api_resource *resource)
{
        struct arena *arena = &followed->arena;

        *followed = (struct followed){.settings = settings, .resource = *resource};
        followed->resource.group = str_copy(arena, resource->group);
        followed->resource.version = str_copy(arena, resource->version);
        followed->resource.name = str_copy(arena, resource->name);
        followed->resource.kind = str_copy(arena, resource->kind);
        followed->name = cluster_kind_name(arena, &followed->resource);
        followed->is_polled = !resource->can_watch;
        followed->is_definition = str_is(followed->name, "customresourcedefinitions.apiextensions.k8s.io")
                                  || str_is(followed->name, "apiservices.apiregistration.k8s.io");
}

static void set_version(struct followed *followed, struct str version)
{
        followed->version.len = 0;
        buf_add(&followed->version, version);
}

/* --- well and ill --- */

static void set_stage(struct followed *followed, enum followed_stage stage, uint64_t pause)
{
        followed->stage = stage;
        followed->due = followed_now() + pause;
}

static void note_success(struct followed *followed)
{
        followed->failures = 0;
        followed->failing_since = 0;
        followed->changed_trouble |= followed->is_trouble;
        followed->is_trouble = followed->is_away = false;
}

/* The first reason stays: a person need not know each try. */
static void set_trouble(struct followed *followed, bool is_away, bool at_once, struct str why)
{
        if (followed->is_trouble && followed->is_away == is_away && !at_once)
                return;
        followed->changed_trouble |= !followed->is_trouble || !str_equal(buf_text(&followed->why), why);
        followed->is_trouble = true;
        followed->is_away = is_away;
        followed->why.len = 0;
        buf_add(&followed->why, why);
}

/* What may pass is a problem only if it has not after a while. */
static uint64_t note_failure(struct followed *followed, const char *verb, const struct list_result *result,
                             bool at_once, const struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        uint64_t now = followed_now(), pause = FIRST_PAUSE;

        for (unsigned i = 0; i < followed->failures && pause < LONGEST_PAUSE; i++)
                pause *= 2;
        followed->failures++;
        if (!followed->failing_since)
                followed->failing_since = now;
        if (at_once || now - followed->failing_since >= followed->settings->patience)
                set_trouble(followed, !result->status && result->failure != HTTP_FAILED_SINK, at_once,
                            cluster_kind_why(&scratch, followed->settings->cluster, &followed->resource, verb,
                                             followed->settings->user, result, err_text(err)));
        return pause + some_number(pause / 4);
}

/* --- listing --- */

static bool take_object(void *context, struct arena *scratch, const struct value *object, struct err *err)
{
        struct followed *followed = context;
        CLEANUP(buf_free) struct buf text = {0};
        struct str name;
        void **known;

        TRY(cluster_kind_entry(scratch, &followed->resource, object, &name, err));
        known = map_slot_copy(&followed->arena, &followed->names, name);
        if ((uintptr_t)*known == followed->list_number)
                return err_set(err, "the list names %.*s twice: it does not end, or the server is broken",
                               STR_ARG(name));
        *known = (void *)followed->list_number;
        cluster_kind_keep(scratch, &followed->resource, object, &text);
        followed->settings->tell(followed->settings->context, name, buf_text(&text));
        if (followed->settings->cluster->read_count)
                atomic_fetch_add_explicit(followed->settings->cluster->read_count, 1, memory_order_relaxed);
        return true;
}

static void begin_list(void *context)
{
        struct followed *followed = context;

        followed->list_number++;
}

/* What an older list had, and the newest has not. */
static void drop_older(struct followed *followed, uintptr_t kept)
{
        for (size_t i = 0; i < followed->names.count; i++) {
                struct map_entry *entry = &followed->names.entries[i];

                if (!entry->value || (uintptr_t)entry->value == kept)
                        continue;
                entry->value = NULL;
                followed->settings->tell(followed->settings->context, entry->key, STR(""));
        }
}

static void list_failed(struct followed *followed, const struct list_result *result, const struct err *err)
{
        uint64_t pause;

        if (cluster_kind_is_gone(result)) { /* a resource that is gone has no objects */
                drop_older(followed, 0);
                note_success(followed);
                followed->is_unknown = followed->is_listed = true;
                set_stage(followed, FOLLOWED_LIST, REFUSED_PAUSE);
                return;
        }
        pause = note_failure(followed, "list", result, !followed->is_listed || result->status == 403, err);
        if (result->status == 403) {
                drop_older(followed, 0);
                pause = REFUSED_PAUSE;
        }
        followed->is_listed = true;
        set_stage(followed, FOLLOWED_LIST, pause);
}

void followed_list(struct followed *followed, struct api_line *line)
{
        const struct list_taker taker = {followed, take_object, begin_list};
        struct arena scratch CLEANUP(arena_free) = {0};
        struct list_result result;
        struct err err = {0};

        begin_list(followed);
        if (!list_read(line, &scratch, cluster_kind_path(&scratch, followed->settings->cluster, &followed->resource),
                       &taker, &result, &err)) {
                list_failed(followed, &result, &err);
                return;
        }
        drop_older(followed, followed->list_number);
        followed->is_listed = true;
        followed->is_unknown = false;
        set_version(followed, result.version);
        if (followed->is_polled || !result.version.len) {
                note_success(followed);
                set_stage(followed, FOLLOWED_LIST, POLL_PAUSE);
        } else {
                set_stage(followed, FOLLOWED_OPEN, 0);
        }
}

/* --- watching --- */

static bool take_change(struct followed *followed, struct arena *scratch, const struct event *event, struct err *err)
{
        bool is_gone = event->kind == EVENT_DELETED;
        CLEANUP(buf_free) struct buf text = {0};
        struct str name;

        TRY(cluster_kind_entry(scratch, &followed->resource, event->object, &name, err));
        *map_slot_copy(&followed->arena, &followed->names, name) = is_gone ? NULL : (void *)followed->list_number;
        if (!is_gone)
                cluster_kind_keep(scratch, &followed->resource, event->object, &text);
        followed->changed_kinds |= followed->is_definition;
        followed->settings->tell(followed->settings->context, name, buf_text(&text));
        return true;
}

static bool take_event(void *context, struct arena *scratch, const struct event *event, struct err *err)
{
        struct followed *followed = context;

        if (event->kind == EVENT_ERROR) {
                followed->error = (struct event){.kind = EVENT_ERROR, .code = event->code};
                return err_set(err, "the server broke off: %.*s", STR_ARG(event->message));
        }
        followed->had_event = true;
        if (event->kind != EVENT_BOOKMARK)
                TRY(take_change(followed, scratch, event, err));
        if (event->version.len)
                set_version(followed, event->version);
        return true;
}

static bool take_part(void *context, struct str part, struct err *err)
{
        struct followed *followed = context;

        return event_read(&followed->reader, part, take_event, followed, err);
}

/* Bookmarks say how far the watch has come though nothing happened. The server is to end it by itself, so that one that is dead and
 * does not know is not waited for forever. */
void followed_open(struct followed *followed, struct api_line *line, struct http_streams *streams)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct list_result result = {0};
        struct err err = {0};
        struct str path =
                str_format(&scratch, "%.*s?watch=true&allowWatchBookmarks=true&resourceVersion=%.*s&timeoutSeconds=%u",
                           STR_ARG(cluster_kind_path(&scratch, followed->settings->cluster, &followed->resource)),
                           STR_ARG(url_escape(&scratch, buf_text(&followed->version))),
                           (unsigned)(LEAST_WATCH + some_number(LEAST_WATCH)));

        event_reset(&followed->reader);
        followed->error = (struct event){0};
        followed->had_event = false;
        followed->opened = followed_now();
        followed->stream = api_stream(line, streams, path, take_part, followed, &err);
        if (followed->stream)
                followed->stage = FOLLOWED_RUNS;
        else
                set_stage(followed, FOLLOWED_OPEN, note_failure(followed, "watch", &result, false, &err));
}

/* Tries it again from where it was; after some tries from the list. */
static void try_again(struct followed *followed, const struct list_result *result, uint64_t least,
                      const struct err *err)
{
        uint64_t pause = note_failure(followed, "watch", result, false, err);
        bool is_answer = result->status || result->failure == HTTP_FAILED_SINK;

        set_stage(followed, followed->failures >= MOST_OPENINGS && is_answer ? FOLLOWED_LIST : FOLLOWED_OPEN,
                  pause > least ? pause : least);
}

static void list_again(struct followed *followed)
{
        uint64_t pause = followed_now() - followed->opened < LEAST_LIFE ? FIRST_PAUSE << followed->failures : 0;

        followed->failures += pause > 0;
        set_stage(followed, FOLLOWED_LIST, pause < LONGEST_PAUSE ? pause : LONGEST_PAUSE);
}

static void close_stream(struct followed *followed)
{
        http_stream_close(followed->stream);
        followed->stream = NULL;
        event_reset(&followed->reader);
}

/* A server that ends a watch at once, again and again, is not asked as fast as it goes. */
static void ended_well(struct followed *followed)
{
        static const struct list_result broken = {.failure = HTTP_FAILED_BROKEN};
        struct err err = {0};

        if (followed->had_event || followed_now() - followed->opened >= LEAST_LIFE) {
                note_success(followed);
                set_stage(followed, FOLLOWED_OPEN, 0);
                return;
        }
        err_set(&err, "the server ends the watch at once");
        try_again(followed, &broken, 0, &err);
}

void followed_ended(struct followed *followed, struct api_line *line)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct api_answer answer;
        struct list_result result;
        struct err err = {0};
        uint64_t pause = 0;
        bool well = api_stream_end(line, &scratch, followed->stream, &answer, &pause, &err);

        close_stream(followed);
        result = (struct list_result){.status = answer.status, .failure = answer.failure, .who = answer.who};
        if (well) {
                ended_well(followed);
        } else if (answer.status == 410 || followed->error.code == 410) {
                list_again(followed);
        } else if (answer.status == 403 || answer.status == 405) {
                followed->is_note_due |= !followed->is_polled;
                followed->is_polled = true;
                note_success(followed);
                set_stage(followed, FOLLOWED_LIST, POLL_PAUSE);
        } else if (answer.status == 404) {
                set_stage(followed, FOLLOWED_LIST, 0);
        } else {
                if (followed->had_event) /* what came was well: this is the first failure */
                        note_success(followed);
                try_again(followed, &result, pause, &err);
        }
}

void followed_check(struct followed *followed)
{
        static const struct list_result silent = {.failure = HTTP_FAILED_SILENCE};
        uint64_t quiet, silence = followed->settings->silence;
        bool is_open;
        struct err err = {0};

        if (followed->stage != FOLLOWED_RUNS)
                return;
        quiet = http_stream_quiet(followed->stream);
        is_open = http_stream_is_open(followed->stream);
        if (is_open && (followed->had_event || followed_now() - followed->opened >= LEAST_LIFE))
                note_success(followed);
        if ((is_open && !event_is_half(&followed->reader)) ? quiet < 2 * LEAST_WATCH * SECOND + silence
                                                           : quiet < silence)
                return;
        close_stream(followed);
        err_set(&err, "the server said nothing more");
        try_again(followed, &silent, 0, &err);
}

void followed_set_version(struct followed *followed, struct str version)
{
        if (followed->stream)
                close_stream(followed);
        followed->resource.version = str_copy(&followed->arena, version);
        set_stage(followed, FOLLOWED_LIST, 0);
}

void followed_drop(struct followed *followed)
{
        drop_older(followed, 0);
        followed_end(followed);
}

void followed_end(struct followed *followed)
{
        if (followed->stream)
                close_stream(followed);
        event_reset(&followed->reader);
        buf_free(&followed->version);
        buf_free(&followed->why);
        arena_free(&followed->arena);
}
