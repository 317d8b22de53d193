/* build_others.c - rules of several kinds of policies, asked in their order. */

#include "graph/build_others_internal.h"

#include <stdlib.h>

struct others {
        struct builder *builder;
        const struct selector_index *index;
        VEC(struct selector_entry) entries;
        VEC(struct other_policy *) items;
};

/* --- reading --- */

static void add_entry(struct others *others, struct other_policy *policy, const struct other_peer *subject,
                      struct str ns, bool everywhere)
{
        *vec_push(others->builder->arena, &others->entries) = (struct selector_entry){
                .ns = ns,
                .everywhere = everywhere,
                .selector = subject->pods,
                .object = (const struct object *)(const void *)policy, /* what the entry is found by */
        };
}

static void add_policy(struct others *others, struct other_policy *policy, const struct other_peer *subject)
{
        const struct builder *builder = others->builder;

        *vec_push(builder->arena, &others->items) = policy;
        if (subject->any_space || subject->ns.len) {
                add_entry(others, policy, subject, subject->ns, subject->any_space);
                return;
        }
        for (size_t i = 0; i < builder->spaces.count; i++) {
                const struct space *space = builder->spaces.entries[i].value;

                if (policies_select_space(space, &subject->spaces))
                        add_entry(others, policy, subject, space->name, false);
        }
}

static void read_kind(struct others *others, const char *kind,
                      bool (*read)(struct builder *builder, const struct object *object, struct other_policy *out,
                                   struct other_peer *subject))
{
        struct builder *builder = others->builder;
        const struct object_list *list = index_all(builder->index, str_of(kind));

        for (size_t i = 0; i < list->objects.count; i++) {
                struct other_policy *policy = arena_new(builder->arena, struct other_policy);
                struct other_peer subject = {0};

                if (read(builder, list->objects.items[i], policy, &subject))
                        add_policy(others, policy, &subject);
        }
}

/* One or several specifications in an object. */
static void read_cilium_kind(struct others *others, const char *kind)
{
        struct builder *builder = others->builder;
        const struct object_list *list = index_all(builder->index, str_of(kind));

        for (size_t i = 0; i < list->objects.count; i++) {
                const struct object *object = list->objects.items[i];
                const struct value *root = &object->root.value, *specs = value_member(root, "specs");

                for (uint32_t k = 0; k <= (value_is(specs, VALUE_LIST) ? specs->len : 0); k++) {
                        const struct value *spec = k ? &value_item(specs, k - 1)->value : value_get(root, KEY_spec);
                        struct other_policy *policy = arena_new(builder->arena, struct other_policy);
                        struct other_peer subject = {0};

                        if (value_is(spec, VALUE_MAP) && others_read_cilium(builder, object, spec, policy, &subject))
                                add_policy(others, policy, &subject);
                }
        }
}

struct others *others_read(struct builder *builder)
{
        struct others *others = arena_new(builder->arena, struct others);

        others->builder = builder;
        read_kind(others, "AdminNetworkPolicy.policy.networking.k8s.io", others_read_admin);
        read_kind(others, "BaselineAdminNetworkPolicy.policy.networking.k8s.io", others_read_admin);
        read_kind(others, "ClusterNetworkPolicy.policy.networking.k8s.io", others_read_admin);
        read_cilium_kind(others, "CiliumNetworkPolicy.cilium.io");
        read_cilium_kind(others, "CiliumClusterwideNetworkPolicy.cilium.io");
        read_kind(others, "NetworkPolicy.projectcalico.org", others_read_calico);
        read_kind(others, "NetworkPolicy.crd.projectcalico.org", others_read_calico);
        read_kind(others, "GlobalNetworkPolicy.projectcalico.org", others_read_calico);
        read_kind(others, "GlobalNetworkPolicy.crd.projectcalico.org", others_read_calico);
        others->index = selector_index_new(builder->arena, others->entries.items, others->entries.count);
        return others;
}

/* --- those of a Pod --- */

struct of_pod {
        VEC(const struct other_policy *) items;
};

static int by_order(const void *a, const void *b)
{
        const struct other_policy *left = *(const struct other_policy *const *)a;
        const struct other_policy *right = *(const struct other_policy *const *)b;

        if (left->tier != right->tier)
                return left->tier < right->tier ? -1 : 1;
        if (left->order != right->order)
                return left->order < right->order ? -1 : 1;
        return str_compare(left->object->name, right->object->name);
}

static void find_policies(const struct others *others, const struct pod *pod, struct arena *arena, struct of_pod *out)
{
        struct selector_search search = {.ns = pod->space->name, .labels = object_pod_labels(pod->object)};
        const struct selector_entry *entry;

        while ((entry = selector_index_next(others->index, &search)))
                *vec_push(arena, &out->items) = (const struct other_policy *)(const void *)entry->object;
        if (out->items.count)
                qsort(out->items.items, out->items.count, sizeof(*out->items.items), by_order);
}

/* --- one rule --- */

enum { NONE_OF_THEM, SOME_OF_THEM, ALL_OF_THEM };

/* How many of those who may come, or whom a Pod may reach, a peer means. */
static int peer_covers(const struct other_peer *peer, enum network_source source)
{
        if (source == SOURCE_INTERNET)
                return peer->world ? ALL_OF_THEM : peer->some_world ? SOME_OF_THEM : NONE_OF_THEM;
        if (peer->world && peer->in_cluster)
                return ALL_OF_THEM;
        if (!peer->is_pods)
                return NONE_OF_THEM;
        return peer->any_space && !peer->pods.count ? ALL_OF_THEM : SOME_OF_THEM;
}

static int rule_covers(const struct other_rule *rule, enum network_source source)
{
        int most = rule->anybody ? ALL_OF_THEM : NONE_OF_THEM;

        for (size_t i = 0; i < rule->peers.count; i++) {
                int one = peer_covers(&rule->peers.items[i], source);

                most = one > most ? one : most;
        }
        return most;
}

static bool rule_holds(const struct other_policy *policy, const struct other_rule *rule,
                       const struct others_question *question, struct str *doubt)
{
        bool allows = rule->action == OTHER_ALLOW;
        int covers = rule_covers(rule, question->source);
        int least = allows && (question->leaves || question->source != SOURCE_PODS) ? SOME_OF_THEM : ALL_OF_THEM;

        if (rule->leaves != question->leaves)
                return false;
        if (covers && rule->doubt.len && doubt && !doubt->len)
                *doubt = rule->doubt;
        if (covers < least || (!allows && rule->limited))
                return false;
        return others_has_port(policy, rule, question->port, !allows);
}

/* --- all --- */

enum said { SAID_NOTHING, SAID_YES, SAID_NO, SAID_PASS };

/* The first rule of a tier that holds. */
static enum said ask_tier(const struct of_pod *policies, enum other_tier tier, const struct others_question *question,
                          struct str *doubt)
{
        for (size_t i = 0; i < policies->items.count; i++) {
                const struct other_policy *policy = policies->items.items[i];

                for (size_t k = 0; policy->tier == tier && k < policy->rules.count; k++) {
                        const struct other_rule *rule = &policy->rules.items[k];

                        if (rule_holds(policy, rule, question, doubt))
                                return rule->action == OTHER_ALLOW  ? SAID_YES
                                       : rule->action == OTHER_DENY ? SAID_NO
                                                                    : SAID_PASS;
                }
        }
        return SAID_NOTHING;
}

/* What one of them denies is denied, whatever the others say. */
static enum said ask_cilium(const struct of_pod *policies, const struct others_question *question, struct str *doubt)
{
        enum said said = SAID_NOTHING;

        for (size_t i = 0; i < policies->items.count; i++) {
                const struct other_policy *policy = policies->items.items[i];

                for (size_t k = 0; policy->tier == OTHER_CILIUM && k < policy->rules.count; k++) {
                        const struct other_rule *rule = &policy->rules.items[k];

                        if (!rule_holds(policy, rule, question, doubt))
                                continue;
                        if (rule->action == OTHER_DENY)
                                return SAID_NO;
                        said = SAID_YES;
                }
        }
        return said;
}

static bool isolates(const struct of_pod *policies, bool leaves)
{
        bool isolated = false;

        for (size_t i = 0; i < policies->items.count; i++)
                isolated |= policies->items.items[i]->isolates[leaves];
        return isolated;
}

static void note_doubts(const struct of_pod *policies, struct str *doubt)
{
        for (size_t i = 0; doubt && !doubt->len && i < policies->items.count; i++)
                *doubt = policies->items.items[i]->doubt;
}

static bool decide(const struct of_pod *policies, const struct others_question *question, struct str *doubt)
{
        enum said said = ask_tier(policies, OTHER_ADMIN, question, doubt);

        if (said == SAID_YES || said == SAID_NO)
                return said == SAID_YES;
        said = ask_tier(policies, OTHER_CALICO_BEFORE, question, doubt);
        if (said != SAID_NOTHING)
                return said != SAID_NO;
        said = ask_cilium(policies, question, doubt);
        if (said != SAID_NOTHING || question->admitted)
                return said != SAID_NO;
        said = ask_tier(policies, OTHER_CALICO_AFTER, question, doubt);
        if (said != SAID_NOTHING)
                return said != SAID_NO;
        if (question->isolated || isolates(policies, question->leaves))
                return false;
        return ask_tier(policies, OTHER_BASELINE, question, doubt) != SAID_NO;
}

bool others_admit(const struct others *others, const struct others_question *question, struct str *doubt)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct of_pod policies = {0};
        bool admits;

        if (!others->items.count)
                return question->admitted || !question->isolated;
        find_policies(others, question->pod, &scratch, &policies);
        admits = decide(&policies, question, doubt);
        if (admits)
                note_doubts(&policies, doubt);
        return admits;
}

/* --- whom they let in by name --- */

static void add_sources(const struct others *others, uint32_t hub, const struct object *object,
                        const struct other_peer *peer, struct str ns)
{
        struct builder *builder = others->builder;
        struct pod_search search = {.ns = ns, .selector = &peer->pods};
        const struct object *found;

        while ((found = index_next_pod(builder->index, &search))) {
                const struct pod *pod = build_pod_of(builder, found);

                for (size_t i = 0; pod && i < pod->box_count; i++)
                        build_step(builder, EDGE_NETWORK_ADMITTED, pod->boxes[i].node, hub, object, peer->path,
                                   (struct str){0}, GRAPH_NONE);
        }
}

static void add_peer(const struct others *others, uint32_t hub, const struct object *object,
                     const struct other_peer *peer)
{
        const struct builder *builder = others->builder;

        if (!peer->is_pods)
                return;
        if (peer->ns.len) {
                add_sources(others, hub, object, peer, peer->ns);
                return;
        }
        for (size_t i = 0; i < builder->spaces.count; i++) {
                const struct space *space = builder->spaces.entries[i].value;

                if (peer->any_space || policies_select_space(space, &peer->spaces))
                        add_sources(others, hub, object, peer, space->name);
        }
}

static bool denies_all(const struct other_policy *policy, const struct other_rule *rule,
                       const struct network_port *port)
{
        return !rule->leaves && rule->action == OTHER_DENY && !rule->limited
               && rule_covers(rule, SOURCE_PODS) == ALL_OF_THEM && others_has_port(policy, rule, port, true);
}

/* The hub of those whom a policy lets in; made the first time. */
static uint32_t neighbours_of(const struct others *others, const struct other_policy *policy, const struct pod *pod)
{
        struct builder *builder = others->builder;
        const struct object *object = policy->object;
        size_t before = builder->graph->nodes.count;
        uint32_t hub = build_node(builder, GRAPH_NEIGHBOURS, object->ns.len ? object->ns : pod->space->name,
                                  build_words(builder, "%.*s:%.*s", STR_ARG(object->kind), STR_ARG(object->name)));

        if (builder->graph->nodes.count == before)
                return hub;
        builder->graph->nodes.items[hub].object = object;
        for (size_t i = 0; i < policy->rules.count && !denies_all(policy, &policy->rules.items[i], NULL); i++) {
                const struct other_rule *rule = &policy->rules.items[i];

                for (size_t k = 0; !rule->leaves && rule->action == OTHER_ALLOW && k < rule->peers.count; k++)
                        add_peer(others, hub, object, &rule->peers.items[k]);
        }
        return hub;
}

/* Whether some rule lets Pods in; `*done` if none behind it counts. */
static bool lets_some_in(const struct other_policy *policy, const struct network_port *port, bool *done)
{
        bool lets = false;

        for (size_t i = 0; i < policy->rules.count && !*done; i++) {
                const struct other_rule *rule = &policy->rules.items[i];

                *done = denies_all(policy, rule, port);
                lets |= !rule->leaves && rule->action == OTHER_ALLOW && rule_covers(rule, SOURCE_PODS)
                        && others_has_port(policy, rule, port, false);
        }
        return lets;
}

/* What Cilium denies is denied, wherever the rule stands. */
static bool is_denied(const struct of_pod *policies, const struct network_port *port)
{
        bool denied = false;

        for (size_t i = 0; i < policies->items.count; i++) {
                const struct other_policy *policy = policies->items.items[i];

                for (size_t k = 0; policy->tier == OTHER_CILIUM && k < policy->rules.count; k++)
                        denied |= denies_all(policy, &policy->rules.items[k], port);
        }
        return denied;
}

bool others_add_neighbours(const struct others *others, const struct pod *pod, const struct network_port *port,
                           uint32_t endpoint, bool isolated)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct of_pod policies = {0};
        bool done = false, before = true, denied;

        if (!others->items.count)
                return true;
        find_policies(others, pod, &scratch, &policies);
        denied = is_denied(&policies, port);
        isolated |= isolates(&policies, false);
        for (size_t i = 0; i < policies.items.count && !done; i++) {
                const struct other_policy *policy = policies.items.items[i];

                if ((denied && policy->tier >= OTHER_CILIUM) || (isolated && policy->tier == OTHER_BASELINE))
                        break;
                if (lets_some_in(policy, port, &done))
                        graph_edge(others->builder->graph, EDGE_MEMBER, neighbours_of(others, policy, pod), endpoint);
                before &= !done || policy->tier >= OTHER_CILIUM;
        }
        return before && !denied;
}
