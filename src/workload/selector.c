/* selector.c - a workload's selector and the labels of its own template. */

#include "workload/joins.h"

static const struct str kinds[] = {
        STR_INIT("Deployment"), STR_INIT("ReplicaSet"), STR_INIT("StatefulSet"), STR_INIT("DaemonSet"),
        STR_INIT("Job"),        STR_INIT("CronJob"),    STR_INIT("ReplicationController"),
};

/* Where the selector stands, beside the template. */
static const struct value *find_selector(const struct object *object, const char **path)
{
        const struct value *spec = value_get(&object->root.value, KEY_spec);

        *path = "/spec/selector";
        if (str_is(object->kind, "CronJob")) {
                spec = value_get(value_get(spec, KEY_jobTemplate), KEY_spec);
                *path = "/spec/jobTemplate/spec/selector";
        }
        return value_get(spec, KEY_selector);
}

/* `selector`. */
static void judge_mismatch(struct join_run *run)
{
        const char *path;
        const struct value *value = find_selector(run->object, &path);
        struct selector selector;
        struct err err = {0};
        bool read = str_is(run->object->kind, "ReplicationController")
                            ? selector_from_labels(run->arena, value, &selector, &err)
                            : selector_from_value(run->arena, value, &selector, &err);

        if (value && read && !selector_has(&selector, object_pod_labels(run->object)))
                join_tell_selector(run, join_find(run, "%s", path), "selector", &selector);
}

const struct join join_selector_mismatch = {
        .name = STR_INIT("selector-mismatch"),
        .kinds = kinds,
        .kind_count = COUNT_OF(kinds),
        .judge = judge_mismatch,
};
