/* budget.c - PodDisruptionBudgets: how many Pods may be away when a node is drained, and of which workloads. */

#include "kube/operator.h"
#include "kube/owner.h"
#include "workload/autoscaler.h"
#include "workload/joins.h"

static const struct str budget_kinds[] = {STR_INIT("PodDisruptionBudget.policy")};

static bool budget_selector(struct arena *arena, const struct object *budget, struct selector *selector)
{
        const struct value *value = value_get(value_get(&budget->root.value, KEY_spec), KEY_selector);
        struct err err = {0};

        return value_is(value, VALUE_MAP) && selector_from_value(arena, value, selector, &err);
}

/* `selector`, `namespace`, `shown`. */
static void judge_selects_nothing(struct join_run *run)
{
        struct selector selector;
        struct pod_search search = {.ns = run->object->ns, .selector = &selector};
        struct join_fact *fact;

        if (!budget_selector(run->arena, run->object, &selector) || !selector.count
            || index_next_pod(run->index, &search) || operator_runs(run->arena, run->index, search.ns, &selector))
                return;
        fact = join_find(run, "/spec/selector");
        join_tell_selector(run, fact, "selector", &selector);
        join_tell_text(run, fact, "namespace", namespace_name(run->object->ns));
        join_tell(run, fact, "shown", value_bool(index_pod_count(run->index, run->object->ns) > 0));
}

const struct join join_budget_selects_nothing = {
        .name = STR_INIT("disruption-budget-selects-nothing"),
        .kinds = budget_kinds,
        .kind_count = COUNT_OF(budget_kinds),
        .judge = judge_selects_nothing,
};

/* --- what a budget leaves --- */

/* How many Pods "25%" of some are, rounded up as Kubernetes does; -1 if the text is no percentage. */
static int64_t share(struct str text, int64_t of)
{
        int64_t percent = 0;

        if (of < 0 || of > INT32_MAX)
                return -1;
        if (!str_ends(text, STR("%")) || text.len > 5 || text.len < 2)
                return -1;
        for (size_t i = 0; i + 1 < text.len; i++) {
                if (text.data[i] < '0' || text.data[i] > '9')
                        return -1;
                percent = percent * 10 + text.data[i] - '0';
        }
        return (percent * of + 99) / 100;
}

static int64_t amount(const struct value *value, int64_t of)
{
        if (value_is(value, VALUE_INT))
                return value->i;
        return value_is(value, VALUE_STRING) ? share(value_text(value), of) : -1;
}

/* How many of the Pods may be away at a time: what the disruption controller allows when all are well. -1: not known. */
static int64_t allowed(const struct object *budget, int64_t replicas)
{
        const struct value *spec = value_get(&budget->root.value, KEY_spec);
        int64_t least = amount(value_get(spec, KEY_minAvailable), replicas);
        int64_t most = amount(value_get(spec, KEY_maxUnavailable), replicas);

        if (least >= 0)
                return replicas > least ? replicas - least : 0;
        return most;
}

/* The replicas of a workload that has a number of them; -1: it has none. */
static int64_t replicas_of(const struct object *object)
{
        const struct value *replicas = value_get(value_get(&object->root.value, KEY_spec), KEY_replicas);

        if (!str_is(object->kind, "Deployment") && !str_is(object->kind, "StatefulSet")
            && !str_is(object->kind, "ReplicaSet") && !str_is(object->kind, "ReplicationController"))
                return -1;
        if (!replicas || replicas->kind == VALUE_NULL)
                return 1;
        return value_is(replicas, VALUE_INT) ? replicas->i : -1;
}

struct scalers {
        const void *prepared;
};

static const void *prepare_scalers(struct arena *arena, const struct index *index)
{
        struct scalers *scalers = arena_new(arena, struct scalers);

        scalers->prepared = autoscalers_prepare(arena, index);
        return scalers;
}

/* The least number of Pods behind a budget, and who says so. */
static int64_t pods_behind(struct join_run *run, struct selector *selector, const struct object **who)
{
        const struct scalers *scalers = run->prepared;
        struct pod_search search = {.ns = run->object->ns, .selector = selector};
        const struct object *workload;
        int64_t sum = 0;

        while ((workload = index_next_pod(run->index, &search))) {
                int64_t replicas = replicas_of(workload);
                const struct object *scaler;
                struct owner owner;

                if (object_controller(workload, &owner))
                        continue;
                scaler = replicas >= 0 ? autoscaler_of(scalers->prepared, run->index, workload) : NULL;
                *who = workload;
                if (scaler) {
                        const struct value *least =
                                value_get(value_get(&scaler->root.value, KEY_spec), KEY_minReplicas);

                        replicas = value_is(least, VALUE_INT) ? least->i : 1;
                        *who = scaler;
                }
                if (replicas < 0 || replicas > INT32_MAX)
                        return -1;
                sum += replicas;
        }
        return sum;
}

/* A budget and the workloads it is for: `replicas` (the least there are; -1 if not known), `allowed` (how many of these may be
 * away; -1 if not known), `by` (the workload or autoscaler that says how many there are). */
static void judge_budget(struct join_run *run)
{
        const struct value *spec = value_get(&run->object->root.value, KEY_spec);
        const char *path = value_get(spec, KEY_minAvailable) ? "/spec/minAvailable" : "/spec/maxUnavailable";
        const struct object *who = NULL;
        struct selector selector;
        struct join_fact *fact;
        int64_t replicas;

        if (!budget_selector(run->arena, run->object, &selector))
                return;
        replicas = pods_behind(run, &selector, &who);
        fact = join_find(run, "%s", path);
        join_tell(run, fact, "replicas", value_int(who ? replicas : -1));
        join_tell(run, fact, "allowed", value_int(who && replicas >= 0 ? allowed(run->object, replicas) : -1));
        if (who)
                join_tell_object(run, fact, "by", who);
}

const struct join join_budget = {
        .name = STR_INIT("disruption-budget"),
        .kinds = budget_kinds,
        .kind_count = COUNT_OF(budget_kinds),
        .prepare = prepare_scalers,
        .judge = judge_budget,
};

/* --- from the workload --- */

static const void *prepare_budgets(struct arena *arena, const struct index *index)
{
        const struct object_list *list = index_all(index, budget_kinds[0]);
        VEC(struct selector_entry) entries = {0};

        for (size_t i = 0; i < list->objects.count; i++) {
                struct selector_entry entry = {.ns = list->objects.items[i]->ns, .object = list->objects.items[i]};

                if (budget_selector(arena, entry.object, &entry.selector))
                        *vec_push(arena, &entries) = entry;
        }
        return entries.count ? selector_index_new(arena, entries.items, entries.count) : NULL;
}

/* A workload of several replicas: `budgets` (how many hold for it), `first` and `second` (two of them), `shown` (whether the
 * namespace has any budget). */
static void judge_workload(struct join_run *run)
{
        const struct object *object = run->object;
        struct selector_search search = {.ns = object->ns, .labels = object_pod_labels(object)};
        const struct selector_entry *entry;
        struct join_fact *fact;
        int64_t count = 0;

        if (replicas_of(object) < 2)
                return;
        if (!selector_index_has(run->prepared, object->ns))
                return;
        fact = join_find(run, "/spec/replicas");
        while ((entry = selector_index_next(run->prepared, &search))) {
                if (count < 2)
                        join_tell_text(run, fact, count ? "second" : "first", entry->object->name);
                count++;
        }
        join_tell(run, fact, "budgets", value_int(count));
}

static const struct str workload_kinds[] = {STR_INIT("Deployment.apps"), STR_INIT("StatefulSet.apps")};

const struct join join_workload_budgets = {
        .name = STR_INIT("workload-budgets"),
        .kinds = workload_kinds,
        .kind_count = COUNT_OF(workload_kinds),
        .prepare = prepare_budgets,
        .judge = judge_workload,
};
