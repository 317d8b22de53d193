/* duplicate.c - the same object twice: the second that is applied replaces the first.
 *
 * Only in one folder: a base and its overlays, or the same thing for two environments, stand in several. */

#include "workload/joins.h"

static struct str folder_of(struct str file)
{
        const char *slash = file.len ? memrchr(file.data, '/', file.len) : NULL;

        return slash ? str_span(file.data, slash) : (struct str){0};
}

static const void *prepare(struct arena *arena, const struct index *index)
{
        static const bool yes = true;

        (void)arena;
        return index_has_twins(index) ? &yes : NULL;
}

/* `first`: the file of the object that is shown first. */
static void judge_duplicate(struct join_run *run)
{
        const struct object *object = run->object, *first;
        struct str kind = object->group.len
                                  ? str_format(run->arena, "%.*s.%.*s", STR_ARG(object->kind), STR_ARG(object->group))
                                  : object->kind;
        struct join_fact *fact;

        if (!object->name.len || !value_get_text(value_get(&object->root.value, KEY_metadata), KEY_name).len)
                return;
        first = index_find(run->index, kind, object->ns, object->name);
        if (!first || !str_equal(first->ns, object->ns) || object_is(first, object)
            || !str_equal(folder_of(first->source->name), folder_of(object->source->name)))
                return;
        fact = join_find(run, "/metadata/name");
        join_tell_text(run, fact, "first", first->source->name);
}

/* What has a name of its own in a cluster and is applied from files. */
static const struct str kinds[] = {
        STR_INIT("Deployment"),    STR_INIT("StatefulSet"),
        STR_INIT("DaemonSet"),     STR_INIT("Job"),
        STR_INIT("CronJob"),       STR_INIT("Pod"),
        STR_INIT("Service"),       STR_INIT("ConfigMap"),
        STR_INIT("Secret"),        STR_INIT("ServiceAccount"),
        STR_INIT("Role"),          STR_INIT("ClusterRole"),
        STR_INIT("RoleBinding"),   STR_INIT("ClusterRoleBinding"),
        STR_INIT("NetworkPolicy"), STR_INIT("Ingress"),
        STR_INIT("Namespace"),
};

const struct join join_duplicate_object = {
        .name = STR_INIT("duplicate-object"),
        .kinds = kinds,
        .kind_count = COUNT_OF(kinds),
        .prepare = prepare,
        .judge = judge_duplicate,
};
