/* account.c - the service account that a Pod runs as. */

#include "access/joins.h"

#include "base/map.h"
#include "kube/owner.h"

/* The account that a Pod names; empty if it names none, and for `default`, which every namespace has. */
static struct str account_of(const struct object *object)
{
        const struct value *spec = value_get(&object->pod.value, KEY_spec);
        struct str name = value_get_text(spec, KEY_serviceAccountName);

        if (!name.len)
                name = value_get_text(spec, KEY_serviceAccount);
        return str_is(name, "default") ? (struct str){0} : name;
}

/* Of each namespace without any account: the first workload that names one, and how many do. */
struct first {
        const struct object *object;
        int64_t count;
};

static const void *prepare(struct arena *arena, const struct index *index)
{
        struct map *spaces = arena_new(arena, struct map);
        const struct object_list *list = index_pods(index);

        for (size_t i = 0; i < list->objects.count; i++) {
                const struct object *object = list->objects.items[i];
                void **slot;
                struct owner owner;

                if (!account_of(object).len || object_controller(object, &owner))
                        continue;
                slot = map_slot(arena, spaces, object->ns);
                if (!*slot) {
                        struct first *first = arena_new(arena, struct first);

                        first->object = object;
                        *slot = first;
                }
                ((struct first *)*slot)->count++;
        }
        return spaces;
}

/* `account`, `namespace`, `shown` (whether any account of the namespace was), `count`. Where none was shown it is said once in
 * the namespace, of the first workload, with the number of all. */
static void judge(struct join_run *run)
{
        struct str name = account_of(run->object), ns = run->object->ns;
        bool shown = index_has_kind(run->index, STR("ServiceAccount"), ns);
        const struct first *first = map_get(run->prepared, ns);
        struct join_fact *fact;
        struct owner owner;

        if (!name.len || index_find(run->index, STR("ServiceAccount"), ns, name)
            || object_controller(run->object, &owner))
                return;
        if (!shown && !(first && object_is(first->object, run->object)))
                return;
        fact = join_find_in_pod(run, value_get_text(value_get(&run->object->pod.value, KEY_spec),
                                                    KEY_serviceAccountName).len
                                             ? "/spec/serviceAccountName"
                                             : "/spec/serviceAccount");
        join_tell_text(run, fact, "account", name);
        join_tell_text(run, fact, "namespace", namespace_name(ns));
        join_tell(run, fact, "shown", value_bool(shown));
        join_tell(run, fact, "count", value_int(shown ? 1 : first->count));
}

const struct join join_account_missing = {
        .name = STR_INIT("account-missing"),
        .prepare = prepare,
        .judge = judge,
};
