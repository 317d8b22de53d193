/* limits.c - how much of a cluster a namespace may take. */

#include "workload/joins.h"

/* Of each Namespace: `quota` and `range` (whether it has a ResourceQuota, a LimitRange), `pods` (how many workloads). */
static void judge(struct join_run *run)
{
        struct str ns = run->object->name;
        struct join_fact *fact = join_find(run, "/metadata/name");

        join_tell(run, fact, "quota", value_bool(index_has_kind(run->index, STR("ResourceQuota"), ns)));
        join_tell(run, fact, "range", value_bool(index_has_kind(run->index, STR("LimitRange"), ns)));
        join_tell(run, fact, "pods", value_int((int64_t)index_pod_count(run->index, ns)));
}

static const struct str kinds[] = {STR_INIT("Namespace")};

const struct join join_namespace_limits = {
        .name = STR_INIT("namespace-limits"),
        .kinds = kinds,
        .kind_count = COUNT_OF(kinds),
        .judge = judge,
};
