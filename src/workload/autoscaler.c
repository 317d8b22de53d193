/* autoscaler.c - HorizontalPodAutoscalers and what they scale. */

#include "base/map.h"
#include "workload/autoscaler.h"
#include "workload/joins.h"

/* The kind of a target as an index knows it; empty if it is none of Kubernetes itself: others may be anywhere. */
static struct str target_kind(const struct value *target)
{
        static const struct {
                struct str kind, key;
        } known[] = {
                {STR_INIT("Deployment"), STR_INIT("Deployment.apps")},
                {STR_INIT("StatefulSet"), STR_INIT("StatefulSet.apps")},
                {STR_INIT("ReplicaSet"), STR_INIT("ReplicaSet.apps")},
                {STR_INIT("ReplicationController"), STR_INIT("ReplicationController")},
        };
        struct str version = value_get_text(target, KEY_apiVersion), kind = value_get_text(target, KEY_kind);
        bool own = str_starts(version, STR("apps/")) || str_is(version, "v1")
                              || str_starts(version, STR("extensions/")) || !version.len;

        for (size_t i = 0; own && i < COUNT_OF(known); i++) {
                if (str_equal(known[i].kind, kind))
                        return known[i].key;
        }
        return (struct str){0};
}

static const struct object *find_target(const struct index *index, const struct object *scaler, struct str *kind)
{
        const struct value *target = value_get(value_get(&scaler->root.value, KEY_spec), KEY_scaleTargetRef);

        *kind = target_kind(target);
        return kind->len ? index_find(index, *kind, scaler->ns, value_get_text(target, KEY_name)) : NULL;
}

/* `target`, `namespace`, `shown` (whether anything of the target's kind and namespace was). */
static void judge_target(struct join_run *run)
{
        const struct value *target = value_get(value_get(&run->object->root.value, KEY_spec), KEY_scaleTargetRef);
        struct str name = value_get_text(target, KEY_name), kind;
        const struct object *found = find_target(run->index, run->object, &kind);
        struct join_fact *fact;

        if (found || !kind.len || !name.len)
                return;
        fact = join_find(run, "/spec/scaleTargetRef/name");
        join_tell_text(run, fact, "target",
                       str_format(run->arena, "%.*s %.*s", STR_ARG(value_get_text(target, KEY_kind)), STR_ARG(name)));
        join_tell_text(run, fact, "namespace", namespace_name(run->object->ns));
        join_tell(run, fact, "shown", value_bool(index_has_kind(run->index, kind, run->object->ns)));
}

static const struct str scaler_kinds[] = {STR_INIT("HorizontalPodAutoscaler.autoscaling")};

const struct join join_autoscaler_target = {
        .name = STR_INIT("autoscaler-target"),
        .kinds = scaler_kinds,
        .kind_count = COUNT_OF(scaler_kinds),
        .judge = judge_target,
};

/* --- from the workload --- */

/* The autoscaler of an object: objects are told apart by where they stand in memory. */
struct targets {
        struct map scalers;
};

static struct str identity(const struct object *const *object)
{
        return (struct str){(const char *)object, sizeof(*object)};
}

const void *autoscalers_prepare(struct arena *arena, const struct index *index)
{
        struct targets *targets = arena_new(arena, struct targets);
        const struct object_list *list = index_all(index, scaler_kinds[0]);

        for (size_t i = 0; i < list->objects.count; i++) {
                const struct object **target = arena_new(arena, const struct object *);
                struct str kind;

                *target = find_target(index, list->objects.items[i], &kind);
                if (*target)
                        *map_slot(arena, &targets->scalers, identity(target)) = (void *)list->objects.items[i];
        }
        return targets->scalers.count ? targets : NULL;
}

const struct object *autoscaler_of(const void *prepared, const struct index *index, const struct object *object)
{
        const struct targets *targets = prepared;
        char bytes[128];
        struct str kind = {bytes, object->kind.len + object->group.len + 1};
        const struct object *self;

        if (!targets || kind.len > sizeof(bytes))
                return NULL;
        memcpy(bytes, object->kind.data, object->kind.len);
        bytes[object->kind.len] = '.';
        memcpy(bytes + object->kind.len + 1, object->group.data, object->group.len);
        if (!object->group.len)
                kind.len--;
        self = index_find(index, kind, object->ns, object->name);
        return self ? map_get(&targets->scalers, identity(&self)) : NULL;
}

/* A workload that is scaled: `scaler`, `replicas` (what the workload states). The fact stands at the number. */
static void judge_scaled(struct join_run *run)
{
        const struct value *replicas = value_get(value_get(&run->object->root.value, KEY_spec), KEY_replicas);
        const struct object *scaler;
        struct join_fact *fact;

        if (!value_is(replicas, VALUE_INT))
                return;
        scaler = autoscaler_of(run->prepared, run->index, run->object);
        if (!scaler)
                return;
        fact = join_find(run, "/spec/replicas");
        join_tell_object(run, fact, "scaler", scaler);
        join_tell(run, fact, "replicas", *replicas);
}

static const struct str scaled_kinds[] = {STR_INIT("Deployment.apps"), STR_INIT("StatefulSet.apps")};

const struct join join_autoscaled_workload = {
        .name = STR_INIT("autoscaled-workload"),
        .kinds = scaled_kinds,
        .kind_count = COUNT_OF(scaled_kinds),
        .prepare = autoscalers_prepare,
        .judge = judge_scaled,
};
