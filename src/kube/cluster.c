/* cluster.c - which resources of a cluster are read, and what becomes of them. */

#include "kube/cluster.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/pool.h"
#include "kube/discover.h"
#include "kube/internal.h"
#include "kube/keep.h"
#include "kube/list.h"

enum { LOST = 3, LINES = 4, MOST_OBJECTS = 5000000 };

/* What changes all the time, says nothing of its own, or is a report of somebody else: no rule reads it. */
static const char *const passed_over[] = {
        "events",
        "events.events.k8s.io",
        "leases.coordination.k8s.io",
        "leasecandidates.coordination.k8s.io",
        "componentstatuses",
        "endpoints",
        "endpointslices.discovery.k8s.io",
        "controllerrevisions.apps",
        "csistoragecapacities.storage.k8s.io",
        "ipaddresses.networking.k8s.io",
};

static const char *const passed_over_groups[] = {
        "metrics.k8s.io",          "custom.metrics.k8s.io",
        "external.metrics.k8s.io", "wgpolicyk8s.io",
        "aquasecurity.github.io",  "reports.kyverno.io",
        "openreports.io",          "spdx.softwarecomposition.kubescape.io",
};

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

static struct str full_name_of(struct arena *arena, struct str name, struct str group)
{
        return group.len ? str_format(arena, "%.*s.%.*s", STR_ARG(name), STR_ARG(group)) : name;
}

/* --- objects --- */

/* Part of a path: names of some resources may hold anything but a slash. */
static struct str name_of_entry(struct listed *listed, const struct value *metadata)
{
        struct str ns = value_get_text(metadata, KEY_namespace), name = value_get_text(metadata, KEY_name);

        if (listed->resource->namespaced)
                return str_format(&listed->arena, "cluster/namespaces/%.*s/%.*s/%.*s.yaml", STR_ARG(ns),
                                  STR_ARG(listed->name), STR_ARG(name));
        return str_format(&listed->arena, "cluster/%.*s/%.*s.yaml", STR_ARG(listed->name), STR_ARG(name));
}

static bool take_object(void *context, struct arena *scratch, const struct value *object, struct err *err)
{
        struct listed *listed = context;
        const struct api_resource *resource = listed->resource;
        const struct value *metadata = value_get(object, KEY_metadata);
        struct str name = name_of_entry(listed, metadata), version;
        CLEANUP(buf_free) struct buf text = {0};
        void **known;

        if (!value_get_text(metadata, KEY_name).len)
                return err_set(err, "an item of the list has no name");
        known = map_slot(&listed->arena, &listed->names, name);
        if (*known)
                return err_set(err, "the list names %.*s twice: it does not end, or the server is broken",
                               STR_ARG(name));
        *known = listed;
        if (listed->entries.count == MOST_OBJECTS)
                return err_set(err, "the list does not end: more than %d objects came", MOST_OBJECTS);
        version = full_name_of(scratch, resource->version, STR(""));
        if (resource->group.len)
                version = str_format(scratch, "%.*s/%.*s", STR_ARG(resource->group), STR_ARG(resource->version));
        keep_object(scratch, object, version, resource->kind, &text);
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

static struct str path_of(struct listed *listed)
{
        const struct api_resource *resource = listed->resource;
        struct str ns = listed->settings->ns;
        struct str root = resource->group.len ? str_format(&listed->arena, "/apis/%.*s/%.*s", STR_ARG(resource->group),
                                                           STR_ARG(resource->version))
                                              : str_format(&listed->arena, "/api/%.*s", STR_ARG(resource->version));

        if (resource->namespaced && ns.len)
                return str_format(&listed->arena, "%.*s/namespaces/%.*s/%.*s", STR_ARG(root), STR_ARG(ns),
                                  STR_ARG(resource->name));
        return str_format(&listed->arena, "%.*s/%.*s", STR_ARG(root), STR_ARG(resource->name));
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
        listed->failed = !list_read(reading->lines[worker], &listed->arena, path_of(listed), &taker, &listed->result,
                                    &listed->err);
        if (listed->failed)
                note_loss(reading, listed);
}

/* --- which resources --- */

static bool is_in(const char *const *list, size_t count, struct str name)
{
        for (size_t i = 0; i < count; i++) {
                if (str_equal(name, str_of(list[i])))
                        return true;
        }
        return false;
}

static bool is_left_out(const struct cluster_settings *settings, struct str name)
{
        for (size_t i = 0; i < settings->without_count; i++) {
                if (str_equal(settings->without[i], name))
                        return true;
        }
        return false;
}

/* With a namespace, what belongs to no namespace is not read. */
static bool is_wanted(const struct reading_cluster *reading, const struct api_resource *resource, struct str name)
{
        return resource->can_list && (resource->namespaced || !reading->settings->ns.len)
               && !is_in(passed_over, COUNT_OF(passed_over), name)
               && !is_in(passed_over_groups, COUNT_OF(passed_over_groups), resource->group)
               && !is_left_out(reading->settings, name);
}

static void choose(struct reading_cluster *reading, struct arena *arena, const struct discovery *discovery)
{
        reading->listed = arena_array(arena, struct listed, discovery->resources.count);
        for (size_t i = 0; i < discovery->resources.count; i++) {
                const struct api_resource *resource = &discovery->resources.items[i];
                struct str name = full_name_of(arena, resource->name, resource->group);

                if (is_wanted(reading, resource, name))
                        reading->listed[reading->count++] =
                                (struct listed){.resource = resource, .name = name, .settings = reading->settings};
        }
}

/* --- what could not be had --- */

static void add_problem(struct arena *arena, struct entries *out, enum problem_kind kind, struct str file,
                        struct str message)
{
        *vec_push(arena, &out->problems) =
                problem_of_file(arena, kind, file, "%.*s", STR_ARG(str_copy(arena, message)));
}

static void add_gaps(struct arena *arena, const struct cluster_settings *settings, const struct discovery *discovery,
                     struct entries *out)
{
        for (size_t i = 0; i < discovery->gaps.count; i++) {
                const struct discovery_gap *gap = &discovery->gaps.items[i];

                if (is_in(passed_over_groups, COUNT_OF(passed_over_groups), gap->group)
                    || is_left_out(settings, gap->group))
                        continue;
                add_problem(
                        arena, out, PROBLEM_NOT_LISTED,
                        str_format(arena, "cluster/%.*s", STR_ARG(gap->group.len ? gap->group : gap->version)),
                        str_format(
                                arena,
                                "which objects %.*s/%.*s has is not known: %.*s; its objects were not judged (leave the group "
                                "out with --without %.*s)",
                                STR_ARG(gap->group), STR_ARG(gap->version), STR_ARG(gap->why), STR_ARG(gap->group)));
        }
}

/* "may not list secrets in namespace x as user y: …". */
static struct str why_not_listed(struct arena *arena, const struct listed *listed, struct str user)
{
        struct str where = listed->settings->ns, who = listed->result.who.len ? listed->result.who : user;
        const char *scope = !listed->resource->namespaced ? "" : where.len ? " in namespace " : " in all namespaces";

        if (listed->result.status != 403)
                return str_format(
                        arena, "cannot list %.*s%s%.*s: %.*s; they were not judged", STR_ARG(listed->name), scope,
                        STR_ARG(listed->resource->namespaced ? where : STR("")), STR_ARG(err_text(&listed->err)));
        return str_format(
                arena,
                "may not list %.*s%s%.*s as user %.*s: the scan went on without them; allow it, or leave them out with "
                "--without %.*s%s",
                STR_ARG(listed->name), scope,
                STR_ARG(listed->resource->namespaced ? where : STR("")),
                        STR_ARG(who.len ? who : STR("(unknown)")), STR_ARG(listed->name),
                                listed->resource->namespaced && !where.len ? ", or name a namespace with -n" : "");
}

/* A resource that went away since it was discovered has no objects; one that cannot be listed after all has none to show. */
static bool is_gone(const struct listed *listed)
{
        return listed->result.status == 404 || listed->result.status == 405;
}

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
                add_problem(
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
                if (listed->failed && !listed->was_lost && !is_gone(listed))
                        add_problem(arena, out, PROBLEM_NOT_LISTED,
                                    str_format(arena, "cluster/%.*s", STR_ARG(listed->name)),
                                    why_not_listed(arena, listed, user));
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
        add_gaps(arena, &settings, &discovery, out);
        gather(arena, &reading, access.as.len ? access.as : access.user, out);
        return true;
}

void cluster_read(struct arena *arena, const struct cluster_settings *settings, struct entries *out)
{
        struct err err = {0};

        *out = (struct entries){0};
        if (!read_all(arena, settings, out, &err))
                add_problem(arena, out, PROBLEM_NO_CLUSTER, STR("cluster"), err_text(&err));
        entries_sort(out);
}
