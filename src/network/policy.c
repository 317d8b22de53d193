/* policy.c - network policies and the Pods that they isolate: NetworkPolicy, and those of Cilium.
 *
 * What other networks bring (Calico, Antrea, AdminNetworkPolicy) has selectors in languages of its own. Where one of those was
 * shown, nothing is said about Pods that no policy selects. */

#include "kube/operator.h"
#include "kube/owner.h"
#include "network/joins.h"

static const struct str policy_kinds[] = {STR_INIT("NetworkPolicy.networking.k8s.io"),
                                          STR_INIT("NetworkPolicy.extensions")};

static const struct str cilium_kinds[] = {
        STR_INIT("CiliumNetworkPolicy.cilium.io"),
        STR_INIT("CiliumClusterwideNetworkPolicy.cilium.io"),
};

static const struct str foreign_kinds[] = {
        STR_INIT("NetworkPolicy.crd.projectcalico.org"),
        STR_INIT("NetworkPolicy.projectcalico.org"),
        STR_INIT("GlobalNetworkPolicy.crd.projectcalico.org"),
        STR_INIT("GlobalNetworkPolicy.projectcalico.org"),
        STR_INIT("NetworkPolicy.crd.antrea.io"),
        STR_INIT("ClusterNetworkPolicy.crd.antrea.io"),
        STR_INIT("AdminNetworkPolicy.policy.networking.k8s.io"),
        STR_INIT("BaselineAdminNetworkPolicy.policy.networking.k8s.io"),
        STR_INIT("ClusterNetworkPolicy.policy.networking.k8s.io"),
};

/* --- a policy and its Pods --- */

/* The Pods of a policy: `selector`, `namespace`, `shown` (whether any Pod of the namespace was). */
static void judge_selects_nothing(struct join_run *run)
{
        const struct value *pods = value_get(value_get(&run->object->root.value, KEY_spec), KEY_podSelector);
        struct selector selector;
        struct pod_search search = {.ns = run->object->ns, .selector = &selector};
        struct err err = {0};
        struct join_fact *fact;

        if (!selector_from_value(run->arena, pods, &selector, &err) || !selector.count
            || index_next_pod(run->index, &search) || operator_runs(run->arena, run->index, search.ns, &selector))
                return;
        fact = join_find(run, "/spec/podSelector");
        join_tell_selector(run, fact, "selector", &selector);
        join_tell_text(run, fact, "namespace", namespace_name(run->object->ns));
        join_tell(run, fact, "shown", value_bool(index_pod_count(run->index, run->object->ns) > 0));
}

const struct join join_policy_selects_nothing = {
        .name = STR_INIT("network-policy-selects-nothing"),
        .kinds = policy_kinds,
        .kind_count = COUNT_OF(policy_kinds),
        .judge = judge_selects_nothing,
};

/* A peer in the policy's own namespace: `selector`, `namespace`. Silent while no Pod of the namespace was shown. */
static void judge_peer(struct join_run *run, const struct value *peer, const char *list, unsigned rule,
                       const char *side, unsigned index)
{
        const struct value *pods = value_get(peer, KEY_podSelector);
        struct selector selector;
        struct pod_search search = {.ns = run->object->ns, .selector = &selector};
        struct err err = {0};
        struct join_fact *fact;

        if (!pods || value_get(peer, KEY_namespaceSelector) || !selector_from_value(run->arena, pods, &selector, &err)
            || !selector.count || index_next_pod(run->index, &search)
            || operator_runs(run->arena, run->index, search.ns, &selector))
                return;
        fact = join_find(run, "/spec/%s/%u/%s/%u/podSelector", list, rule, side, index);
        join_tell_selector(run, fact, "selector", &selector);
        join_tell_text(run, fact, "namespace", namespace_name(run->object->ns));
}

static void judge_peers(struct join_run *run, uint32_t list_key, const char *list, uint32_t side_key, const char *side)
{
        const struct value *rules = value_get(value_get(&run->object->root.value, KEY_spec), list_key);
        unsigned rule_index = 0;

        value_each (rules, rule) {
                unsigned index = 0;

                value_each (value_get(&rule->value, side_key), peer)
                        judge_peer(run, &peer->value, list, rule_index, side, index++);
                rule_index++;
        }
}

static void judge_peer_selects_nothing(struct join_run *run)
{
        if (!index_pod_count(run->index, run->object->ns))
                return;
        judge_peers(run, KEY_ingress, "ingress", KEY_from, "from");
        judge_peers(run, KEY_egress, "egress", KEY_to, "to");
}

const struct join join_policy_peer_selects_nothing = {
        .name = STR_INIT("network-policy-peer-selects-nothing"),
        .kinds = policy_kinds,
        .kind_count = COUNT_OF(policy_kinds),
        .judge = judge_peer_selects_nothing,
};

/* --- a Pod and its policies --- */

struct entry_list {
        VEC(struct selector_entry) entries;
};

/* What is known of a namespace. */
struct space {
        const struct object *first; /* by name, of what runs Pods there */
        bool has_policies;          /* some may be for its Pods */
        bool speaks;                /* the Namespace itself was shown: what is wrong with all of it is said there */
};

struct policies {
        const struct selector_index *index;
        bool everywhere; /* some are not for one namespace only */
        bool foreign;    /* policies were shown that nobody here understands */
};

/* A policy whose selector cannot be read is taken for one that selects everything: nothing is said about its Pods. */
static void add_entry(struct arena *arena, struct entry_list *list, const struct object *object,
                      const struct value *selector, bool everywhere)
{
        struct selector_entry *entry = vec_push(arena, &list->entries);
        struct err err = {0};

        *entry = (struct selector_entry){.ns = object->ns, .everywhere = everywhere, .object = object};
        if (!selector_from_value(arena, selector, &entry->selector, &err))
                entry->selector = (struct selector){0};
}

static void add_cilium(struct arena *arena, struct entry_list *list, const struct object *object, bool everywhere)
{
        const struct value *spec = value_get(&object->root.value, KEY_spec);
        const struct value *selector = value_get(spec, KEY_endpointSelector);

        if (selector)
                add_entry(arena, list, object, selector, everywhere);
        value_each (value_get(&object->root.value, KEY_specs), item) {
                selector = value_get(&item->value, KEY_endpointSelector);
                if (selector)
                        add_entry(arena, list, object, selector, everywhere);
        }
}

static struct policies *read_policies(struct arena *arena, const struct index *index)
{
        struct policies *policies = arena_new(arena, struct policies);
        struct entry_list list = {0};
        const struct object_list *objects = index_all(index, policy_kinds[0]);

        for (size_t i = 0; i < objects->objects.count; i++) {
                const struct object *object = objects->objects.items[i];

                add_entry(arena, &list, object, value_get(value_get(&object->root.value, KEY_spec), KEY_podSelector),
                          false);
        }
        for (size_t k = 0; k < COUNT_OF(cilium_kinds); k++) {
                objects = index_all(index, cilium_kinds[k]);
                for (size_t i = 0; i < objects->objects.count; i++)
                        add_cilium(arena, &list, objects->objects.items[i], k == 1);
        }
        for (size_t k = 0; k < COUNT_OF(foreign_kinds); k++)
                policies->foreign |= index_all(index, foreign_kinds[k])->objects.count > 0;
        policies->everywhere = index_all(index, cilium_kinds[1])->objects.count > 0;
        policies->index = selector_index_new(arena, list.entries.items, list.entries.count);
        return policies;
}

static const struct object *first_of(const struct object_list *pods)
{
        const struct object *first = pods->objects.items[0];

        for (size_t i = 1; i < pods->objects.count; i++) {
                if (object_is_before(pods->objects.items[i], first))
                        first = pods->objects.items[i];
        }
        return first;
}

static const void *prepare_space(struct arena *arena, const struct index *index, const void *prepared, struct str ns)
{
        const struct policies *policies = prepared;
        struct space *space = arena_new(arena, struct space);

        space->first = first_of(index_pods_of(index, ns));
        space->has_policies = policies->everywhere || selector_index_has(policies->index, ns);
        space->speaks = index_find(index, STR("Namespace"), (struct str){0}, ns);
        return space;
}

static bool is_same_space(const void *one, const void *other)
{
        const struct space *a = one, *b = other;

        return object_is(a->first, b->first) && a->has_policies == b->has_policies && a->speaks == b->speaks;
}

/* NULL if there are policies that nobody here understands. */
static const void *prepare_policies(struct arena *arena, const struct index *index)
{
        struct policies *policies = read_policies(arena, index);

        return policies->foreign ? NULL : policies;
}

/* `namespace`, `count`: how many of the namespace it is said of. Where a namespace has no policy at all it is said once, of
 * its first workload by name, unless the Namespace was shown: then there. A Pod on its node's network is none of a policy's business; one with an owner is repaired there. */
static void judge_without_policy(struct join_run *run)
{
        const struct policies *policies = run->prepared;
        const struct object *object = run->object;
        struct selector_search search = {.ns = object->ns, .labels = object_pod_labels(object)};
        const struct space *space = run->space;
        struct owner owner;
        struct join_fact *fact;

        if (!space
            || (space->has_policies ? selector_index_next(policies->index, &search) != NULL
                                    : space->speaks || !object_is(space->first, object)))
                return;
        if (value_is_true(value_get(value_get(&object->pod.value, KEY_spec), KEY_hostNetwork))
            || object_controller(object, &owner))
                return;
        fact = join_find_in_pod(run, "/metadata/labels");
        join_tell_text(run, fact, "namespace", namespace_name(object->ns));
        join_tell(run, fact, "count",
                  value_int(space->has_policies ? 1 : (int64_t)index_pod_count(run->index, object->ns)));
}

const struct join join_pod_without_policy = {
        .name = STR_INIT("pod-without-network-policy"),
        .prepare = prepare_policies,
        .prepare_space = prepare_space,
        .is_same_space = is_same_space,
        .judge = judge_without_policy,
};

/* --- a namespace and its policies --- */

/* Whether a policy denies a direction by default: for all Pods, with no rule that lets everything pass. */
static bool denies(const struct object *object, const char *type, uint32_t rules_key)
{
        const struct value *spec = value_get(&object->root.value, KEY_spec);
        const struct value *types = value_get(spec, KEY_policyTypes), *rules = value_get(spec, rules_key);
        bool named = !value_count(types) && (rules_key == KEY_ingress || value_is(rules, VALUE_LIST));

        value_each (types, item)
                named |= value_is(&item->value, VALUE_STRING) && str_equal(value_text(&item->value), str_of(type));
        value_each (rules, rule) {
                if (!value_count(&rule->value))
                        return false;
        }
        return named;
}

/* `policies` (whether there is any), `everyPod` (whether one is for all Pods), `ingress` and `egress` (whether that is denied
 * by default), `pods` (how many workloads there are). */
static void judge_namespace(struct join_run *run)
{
        const struct policies *policies = run->prepared;
        struct selector_search search = {.ns = run->object->name};
        const struct selector_entry *entry;
        bool any = selector_index_has(policies->index, run->object->name), every = false, ingress = false,
             egress = false;
        struct join_fact *fact;

        while ((entry = selector_index_next(policies->index, &search))) {
                bool cilium = str_is(entry->object->group, "cilium.io");

                if (entry->selector.count)
                        continue;
                any = every = true;
                ingress |= cilium || denies(entry->object, "Ingress", KEY_ingress);
                egress |= cilium || denies(entry->object, "Egress", KEY_egress);
        }
        fact = join_find(run, "/metadata/name");
        join_tell(run, fact, "policies", value_bool(any));
        join_tell(run, fact, "everyPod", value_bool(every));
        join_tell(run, fact, "ingress", value_bool(ingress));
        join_tell(run, fact, "egress", value_bool(egress));
        join_tell(run, fact, "pods", value_int((int64_t)index_pod_count(run->index, run->object->name)));
}

static const struct str namespace_kinds[] = {STR_INIT("Namespace")};

const struct join join_namespace_policies = {
        .name = STR_INIT("namespace-policies"),
        .kinds = namespace_kinds,
        .kind_count = COUNT_OF(namespace_kinds),
        .prepare = prepare_policies,
        .judge = judge_namespace,
};
