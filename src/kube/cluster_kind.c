/* cluster_kind.c - the resources of a cluster, and the names of what they have. */

#include "kube/cluster_kind.h"

#include "kube/internal.h"
#include "kube/keep.h"

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

/* --- names --- */

struct str cluster_kind_name(struct arena *arena, const struct api_resource *resource)
{
        if (!resource->group.len)
                return resource->name;
        return str_format(arena, "%.*s.%.*s", STR_ARG(resource->name), STR_ARG(resource->group));
}

static const struct cluster_only *find_only(const struct cluster_settings *settings, struct str name)
{
        for (size_t i = 0; i < settings->only_count; i++) {
                if (str_equal(settings->only[i].name, name))
                        return &settings->only[i];
        }
        return NULL;
}

struct str cluster_kind_path(struct arena *arena, const struct cluster_settings *settings,
                             const struct api_resource *resource)
{
        const struct cluster_only *only = find_only(settings, cluster_kind_name(arena, resource));
        struct str ns = only && only->ns.len ? only->ns : settings->ns;
        struct str root = resource->group.len ? str_format(arena, "/apis/%.*s/%.*s", STR_ARG(resource->group),
                                                           STR_ARG(resource->version))
                                              : str_format(arena, "/api/%.*s", STR_ARG(resource->version));

        if (resource->namespaced && ns.len)
                return str_format(arena, "%.*s/namespaces/%.*s/%.*s", STR_ARG(root), STR_ARG(ns),
                                  STR_ARG(resource->name));
        return str_format(arena, "%.*s/%.*s", STR_ARG(root), STR_ARG(resource->name));
}

/* Part of a path: names of some resources may hold anything but a slash. */
bool cluster_kind_entry(struct arena *arena, const struct api_resource *resource, const struct value *object,
                        struct str *name, struct err *err)
{
        const struct value *metadata = value_get(object, KEY_metadata);
        struct str ns = value_get_text(metadata, KEY_namespace), own = value_get_text(metadata, KEY_name);
        struct arena scratch CLEANUP(arena_free) = {0};
        struct str kind = cluster_kind_name(&scratch, resource);

        if (!own.len)
                return err_set(err, "an item of the list has no name");
        if (resource->namespaced)
                *name = str_format(arena, "cluster/namespaces/%.*s/%.*s/%.*s.yaml", STR_ARG(ns), STR_ARG(kind),
                                   STR_ARG(own));
        else
                *name = str_format(arena, "cluster/%.*s/%.*s.yaml", STR_ARG(kind), STR_ARG(own));
        return true;
}

void cluster_kind_keep(struct arena *scratch, const struct api_resource *resource, const struct value *object,
                       struct buf *text)
{
        struct str version = resource->version;

        if (resource->group.len)
                version = str_format(scratch, "%.*s/%.*s", STR_ARG(resource->group), STR_ARG(resource->version));
        keep_object(scratch, object, version, resource->kind, text);
}

/* --- which are read --- */

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
bool cluster_kind_is_wanted(const struct cluster_settings *settings, const struct api_resource *resource,
                            struct str name)
{
        return resource->can_list && (resource->namespaced || !settings->ns.len)
               && !is_in(passed_over, COUNT_OF(passed_over), name)
               && !is_in(passed_over_groups, COUNT_OF(passed_over_groups), resource->group)
               && !is_left_out(settings, name) && (!settings->only_count || find_only(settings, name));
}

/* --- what could not be had --- */

void cluster_add_problem(struct arena *arena, struct entries *out, enum problem_kind kind, struct str file,
                         struct str message)
{
        *vec_push(arena, &out->problems) =
                problem_of_file(arena, kind, str_copy(arena, file), "%.*s", STR_ARG(str_copy(arena, message)));
}

/* Whether something of a group is to be read. */
static bool may_matter(const struct cluster_settings *settings, struct str group)
{
        bool any = !settings->only_count;

        for (size_t i = 0; i < settings->only_count; i++)
                any |= str_ends(settings->only[i].name, group);
        return any;
}

void cluster_add_gaps(struct arena *arena, const struct cluster_settings *settings, const struct discovery *discovery,
                      struct entries *out)
{
        for (size_t i = 0; i < discovery->gaps.count; i++) {
                const struct discovery_gap *gap = &discovery->gaps.items[i];

                if (is_in(passed_over_groups, COUNT_OF(passed_over_groups), gap->group)
                    || is_left_out(settings, gap->group) || !may_matter(settings, gap->group))
                        continue;
                cluster_add_problem(
                        arena, out, PROBLEM_NOT_LISTED,
                        str_format(arena, "cluster/%.*s", STR_ARG(gap->group.len ? gap->group : gap->version)),
                        str_format(
                                arena,
                                "which objects %.*s/%.*s has is not known: %.*s; its objects were not judged (leave the group "
                                "out with --without %.*s)",
                                STR_ARG(gap->group), STR_ARG(gap->version), STR_ARG(gap->why), STR_ARG(gap->group)));
        }
}

struct str cluster_kind_why(struct arena *arena, const struct cluster_settings *settings,
                            const struct api_resource *resource, const char *verb, struct str user,
                            const struct list_result *result, struct str why)
{
        struct str name = cluster_kind_name(arena, resource), who = result->who.len ? result->who : user;
        const struct cluster_only *only = find_only(settings, name);
        struct str where = !resource->namespaced ? STR("") : only && only->ns.len ? only->ns : settings->ns;
        const char *scope = !resource->namespaced ? "" : where.len ? " in namespace " : " in all namespaces";

        if (result->status != 403)
                return str_format(arena, "cannot %s %.*s%s%.*s: %.*s; %s", verb, STR_ARG(name), scope, STR_ARG(where),
                                  STR_ARG(why),
                                  strcmp(verb, "watch") == 0 ? "what has changed since is not judged"
                                                             : "they were not judged");
        return str_format(
                arena,
                "may not %s %.*s%s%.*s as user %.*s: the scan went on without them; allow it, or leave them out with "
                "--without %.*s%s",
                verb, STR_ARG(name), scope, STR_ARG(where),
                STR_ARG(who.len ? who : STR("(unknown)")), STR_ARG(name),
                        resource->namespaced && !where.len ? ", or name a namespace with -n" : "");
}

bool cluster_kind_is_gone(const struct list_result *result)
{
        return result->status == 404 || result->status == 405;
}
