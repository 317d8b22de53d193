/* selector.c - a workload's selector and the labels of its own template. */

#include "workload/joins.h"

static const struct str kinds[] = {
        STR_INIT("Deployment"), STR_INIT("ReplicaSet"), STR_INIT("StatefulSet"),           STR_INIT("DaemonSet"),
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

/* Whether all labels are there and nothing else is asked: what nearly every workload has, at a glance. */
static bool is_plain_match(const struct value *selector, const struct value *labels)
{
        value_each (value_get(selector, KEY_matchLabels), wanted) {
                const struct value *label = value_get(labels, wanted->key);

                if (!value_is(label, VALUE_STRING) || wanted->value.kind != VALUE_STRING
                    || !str_equal(value_text(label), value_text(&wanted->value)))
                        return false;
        }
        return !value_get(selector, KEY_matchExpressions);
}

/* `selector`. */
static void judge_mismatch(struct join_run *run)
{
        const char *path;
        const struct value *value = find_selector(run->object, &path);
        struct selector selector;
        struct err err = {0};
        bool controller = str_is(run->object->kind, "ReplicationController"), read;

        if (!value || (!controller && is_plain_match(value, object_pod_labels(run->object))))
                return;
        read = controller ? selector_from_labels(run->arena, value, &selector, &err)
                          : selector_from_value(run->arena, value, &selector, &err);
        if (read && !selector_has(&selector, object_pod_labels(run->object)))
                join_tell_selector(run, join_find(run, "%s", path), "selector", &selector);
}

const struct join join_selector_mismatch = {
        .name = STR_INIT("selector-mismatch"),
        .kinds = kinds,
        .kind_count = COUNT_OF(kinds),
        .judge = judge_mismatch,
};
