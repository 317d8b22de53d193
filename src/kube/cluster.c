/* cluster.c - which resources of a cluster are read, and what becomes of them. */

#include "kube/cluster.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/pool.h"
#include "kube/cluster_kind.h"

enum { LOST = 3, LINES = 4, MOST_OBJECTS = 5000000 };

/* One resource to list, and what came of it. */
struct listed {
        struct arena arena;
        const struct api_resource *resource;
        struct str name; /* "deployments.apps" */
        const struct cluster_settings *settings;
        VEC(struct entry_text) entries;
        struct map names;
        struct list_result result;
        bool failed, was_lost; /* lost: not asked any more */
        struct err err;
};

struct reading_cluster {
        const struct cluster_settings *settings;
        struct api_line **lines; /* one for each worker */
        struct listed *listed;
        size_t count;
        _Atomic unsigned losses; /* from LOST on nobody is asked any more: the server is away */
};

/* --- objects --- */

static bool take_object(void *context, struct arena *scratch, const struct value *object, struct err *err)
{
        struct listed *listed = context;
        const struct api_resource *resource = listed->resource;
        CLEANUP(buf_free) struct buf text = {0};
        struct str name;
        void **known;

        TRY(cluster_kind_entry(&listed->arena, resource, object, &name, err));
        known = map_slot(&listed->arena, &listed->names, name);
        if (*known)
                return err_set(err, "the list names %.*s twice: it does not end, or the server is broken",
                               STR_ARG(name));
        *known = listed;
        if (listed->entries.count == MOST_OBJECTS)
                return err_set(err, "the list does not end: more than %d objects came", MOST_OBJECTS);
        cluster_kind_keep(scratch, resource, object, &text);
        *vec_push(&listed->arena, &listed->entries) =
                (struct entry_text){name, str_copy(&listed->arena, buf_text(&text))};
        if (listed->settings->read_count)
                atomic_fetch_add_explicit(listed->settings->read_count, 1, memory_order_relaxed);
        return true;
}

static void forget_objects(void *context)
{
        struct listed *listed = context;

        listed->entries.count = 0;
        listed->names = (struct map){0};
}

/* A server that refuses connections is away; one that is silent or breaks them may do so for one resource only. */
static void note_loss(struct reading_cluster *reading, struct listed *listed)
{
        enum http_failure failure = listed->result.failure;

        if (failure == HTTP_FAILED_REFUSED || failure == HTTP_FAILED_NAME)
                atomic_fetch_add(&reading->losses, LOST);
        else if (failure == HTTP_FAILED_SILENCE || failure == HTTP_FAILED_BROKEN)
                atomic_fetch_add(&reading->losses, 1);
}

static void list_one(void *context, size_t index, unsigned worker)
{
        struct reading_cluster *reading = context;
        struct listed *listed = &reading->listed[index];
        const struct list_taker taker = {listed, take_object, forget_objects};

        if (atomic_load(&reading->losses) >= LOST) {
                listed->failed = listed->was_lost = true;
                return;
        }
        listed->failed = !list_read(reading->lines[worker], &listed->arena,
                                    cluster_kind_path(&listed->arena, listed->settings, listed->resource), &taker,
                                    &listed->result, &listed->err);
        if (listed->failed)
                note_loss(reading, listed);
}

/* --- which resources --- */

static void choose(struct reading_cluster *reading, struct arena *arena, const struct discovery *discovery)
{
        reading->listed = arena_array(arena, struct listed, discovery->resources.count);
        for (size_t i = 0; i < discovery->resources.count; i++) {
                const struct api_resource *resource = &discovery->resources.items[i];
                struct str name = cluster_kind_name(arena, resource);

                if (cluster_kind_is_wanted(reading->settings, resource, name))
                        reading->listed[reading->count++] =
                                (struct listed){.resource = resource, .name = name, .settings = reading->settings};
        }
}

/* --- what could not be had --- */

static void keep_arena(struct arena *arena, struct arena *other)
{
        struct arena *kept = arena_new(arena, struct arena);

        *kept = *other;
        arena_at_end(arena, (void (*)(void *))arena_free, kept);
}

/* All that was not asked for, in one. */
static void tell_lost(struct arena *arena, const struct reading_cluster *reading, struct entries *out)
{
        CLEANUP(buf_free) struct buf names = {0};

        for (size_t i = 0; i < reading->count; i++) {
                if (reading->listed[i].was_lost)
                        buf_add_format(&names, "%s%.*s", names.len ? ", " : "", STR_ARG(reading->listed[i].name));
        }
        if (names.len)
                cluster_add_problem(
                        arena, out, PROBLEM_NO_CLUSTER,
                        STR("cluster"),
                            str_format(arena,
                                       "the server was lost on the way, so these were not read and not judged: %.*s",
                                       STR_ARG(buf_text(&names))));
}

static void gather(struct arena *arena, struct reading_cluster *reading, struct str user, struct entries *out)
{
        for (size_t i = 0; i < reading->count; i++) {
                struct listed *listed = &reading->listed[i];

                for (size_t j = 0; !listed->failed && j < listed->entries.count; j++)
                        *vec_push(arena, &out->items) = listed->entries.items[j];
                if (listed->failed && !listed->was_lost && !cluster_kind_is_gone(&listed->result))
                        cluster_add_problem(arena, out, PROBLEM_NOT_LISTED,
                                            str_format(arena, "cluster/%.*s", STR_ARG(listed->name)),
                                            cluster_kind_why(arena, listed->settings, listed->resource, "list", user,
                                                             &listed->result, err_text(&listed->err)));
                keep_arena(arena, &listed->arena);
        }
        tell_lost(arena, reading, out);
}

static int entry_by_name(const void *a, const void *b)
{
        return str_compare(((const struct entry_text *)a)->name, ((const struct entry_text *)b)->name);
}

static int problem_by_file(const void *a, const void *b)
{
        const struct problem *left = a, *right = b;
        int order = str_compare(left->file, right->file);

        return order ? order : str_compare(left->message, right->message);
}

void entries_sort(struct entries *entries)
{
        if (entries->items.count)
                qsort(entries->items.items, entries->items.count, sizeof(*entries->items.items), entry_by_name);
        if (entries->problems.count)
                qsort(entries->problems.items, entries->problems.count, sizeof(*entries->problems.items),
                      problem_by_file);
}

static bool open_lines(struct arena *arena, struct reading_cluster *reading, struct api *api, unsigned count,
                       struct err *err)
{
        reading->lines = arena_array(arena, struct api_line *, count);
        for (unsigned i = 0; i < count; i++) {
                reading->lines[i] = api_line_new(arena, api, err);
                TRY(reading->lines[i]);
        }
        return true;
}

static bool read_all(struct arena *arena, const struct cluster_settings *given, struct entries *out, struct err *err)
{
        unsigned threads = given->threads ? given->threads : LINES;
        struct arena scratch CLEANUP(arena_free) = {0};
        struct cluster_settings settings = *given;
        struct reading_cluster reading = {.settings = &settings};
        struct config_access access;
        struct discovery discovery;
        struct api *api;

        TRY(config_access_find(&scratch, &settings.choice, &access, err));
        api = api_new(
                &scratch,
                &(struct api_settings){.access = &access, .patience = settings.seconds, .silence = settings.seconds},
                err);
        TRY(api);
        TRY(open_lines(&scratch, &reading, api, threads, err));
        TRY(discover(reading.lines[0], &scratch, &discovery, err));
        choose(&reading, &scratch, &discovery);
        pool_run(threads, reading.count, list_one, &reading);
        cluster_add_gaps(arena, &settings, &discovery, out);
        gather(arena, &reading, access.as.len ? access.as : access.user, out);
        return true;
}

void cluster_read(struct arena *arena, const struct cluster_settings *settings, struct entries *out)
{
        struct err err = {0};

        *out = (struct entries){0};
        if (!read_all(arena, settings, out, &err))
                cluster_add_problem(arena, out, PROBLEM_NO_CLUSTER, STR("cluster"), err_text(&err));
        entries_sort(out);
}
