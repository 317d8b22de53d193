/* build_policies.c - NetworkPolicies: whom a Pod lets in, and whether it may leave. */

#include "graph/build_others.h"

#include "base/address.h"

struct policies {
        struct builder *builder;
        const struct selector_index *ingress, *egress; /* those that isolate */
        const struct others *others;                   /* besides NetworkPolicies */
};

struct entry_list {
        VEC(struct selector_entry) entries;
};

static bool is_of_type(const struct value *spec, const char *type)
{
        const struct value *types = value_get(spec, KEY_policyTypes);

        value_each (types, item) {
                if (value_is(&item->value, VALUE_STRING) && str_equal(value_text(&item->value), str_of(type)))
                        return true;
        }
        if (value_count(types))
                return false;
        return str_is(str_of(type), "Ingress") || value_get(spec, KEY_egress);
}

static void add(struct builder *builder, struct entry_list *list, const struct object *object, const struct value *spec)
{
        struct selector_entry *entry = vec_push(builder->arena, &list->entries);
        struct err err = {0};

        *entry = (struct selector_entry){.ns = object->ns, .object = object};
        if (!selector_from_value(builder->arena, value_get(spec, KEY_podSelector), &entry->selector, &err))
                list->entries.count--;
}

struct policies *policies_read(struct builder *builder)
{
        struct policies *policies = arena_new(builder->arena, struct policies);
        const struct object_list *list = index_all(builder->index, STR("NetworkPolicy.networking.k8s.io"));
        struct entry_list ingress = {0}, egress = {0};

        policies->builder = builder;
        for (size_t i = 0; i < list->objects.count; i++) {
                const struct object *object = list->objects.items[i];
                const struct value *spec = value_get(&object->root.value, KEY_spec);

                if (is_of_type(spec, "Ingress"))
                        add(builder, &ingress, object, spec);
                if (is_of_type(spec, "Egress"))
                        add(builder, &egress, object, spec);
        }
        policies->ingress = selector_index_new(builder->arena, ingress.entries.items, ingress.entries.count);
        policies->egress = selector_index_new(builder->arena, egress.entries.items, egress.entries.count);
        policies->others = others_read(builder);
        return policies;
}

bool policies_is_public(struct str block)
{
        static const char *const ranges[] = {"10.0.0.0/8",     "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8",
                                             "169.254.0.0/16", "100.64.0.0/10", "fc00::/7",       "fe80::/10"};
        struct address_block asked, range;

        if (!address_read_block(block, &asked))
                return true;
        for (size_t i = 0; i < COUNT_OF(ranges); i++) {
                if (address_read_block(str_of(ranges[i]), &range) && address_block_in_block(&asked, &range))
                        return false;
        }
        return true;
}

static bool is_whole_world(struct str block)
{
        return str_is(block, "0.0.0.0/0") || str_is(block, "::/0");
}

/* A selector that holds for everything: given, and empty. */
static bool is_empty(const struct value *selector)
{
        return value_is(selector, VALUE_MAP) && !value_count(value_get(selector, KEY_matchLabels))
               && !value_count(value_get(selector, KEY_matchExpressions));
}

static bool peer_admits(const struct value *peer, enum network_source source)
{
        const struct value *block = value_get(peer, KEY_ipBlock);
        const struct value *spaces = value_get(peer, KEY_namespaceSelector), *pods = value_get(peer, KEY_podSelector);
        struct str cidr = value_get_text(block, KEY_cidr);

        if (block)
                return source == SOURCE_INTERNET ? policies_is_public(cidr) : is_whole_world(cidr);
        if (source == SOURCE_INTERNET || !spaces)
                return false;
        return source == SOURCE_INGRESS || (is_empty(spaces) && (!pods || is_empty(pods)));
}

static bool rule_has_port(const struct value *rule, const struct network_port *port)
{
        const struct value *ports = value_get(rule, KEY_ports);

        value_each (ports, item) {
                const struct value *number = value_get(&item->value, KEY_port);
                const struct value *end = value_member(&item->value, "endPort");

                if (!number)
                        return true;
                if (value_is(number, VALUE_STRING) && (!port->name.len || str_equal(value_text(number), port->name)))
                        return true;
                if (value_is(number, VALUE_INT)
                    && (!port->number || number->i == port->number
                        || (value_is(end, VALUE_INT) && number->i <= port->number && port->number <= end->i)))
                        return true;
        }
        return !value_count(ports);
}

static bool policy_admits(const struct object *policy, const struct network_port *port, enum network_source source)
{
        value_each (value_get(value_get(&policy->root.value, KEY_spec), KEY_ingress), rule) {
                const struct value *from = value_get(&rule->value, KEY_from);

                if (!rule_has_port(&rule->value, port))
                        continue;
                if (!value_count(from))
                        return true;
                value_each (from, peer) {
                        if (peer_admits(&peer->value, source))
                                return true;
                }
        }
        return false;
}

bool policies_admit(const struct policies *policies, const struct pod *pod, const struct network_port *port,
                    enum network_source source, struct str *doubt)
{
        struct selector_search search = {.ns = pod->object->ns, .labels = object_pod_labels(pod->object)};
        struct others_question question = {.pod = pod, .port = port, .source = source};
        const struct selector_entry *entry;

        if (pod->host_network)
                return true;
        while (!question.admitted && (entry = selector_index_next(policies->ingress, &search))) {
                question.isolated = true;
                question.admitted = policy_admits(entry->object, port, source);
        }
        return others_admit(policies->others, &question, doubt);
}

/* --- whom a policy lets in by name --- */

static void add_sources(const struct policies *policies, uint32_t hub, const struct object *policy, struct str path,
                        struct str ns, const struct value *pods)
{
        struct builder *builder = policies->builder;
        struct selector selector = {0};
        struct pod_search search = {.ns = ns, .selector = &selector};
        const struct object *object;
        struct err err = {0};

        if (pods && !selector_from_value(builder->arena, pods, &selector, &err))
                return;
        while ((object = index_next_pod(builder->index, &search))) {
                const struct pod *pod = build_pod_of(builder, object);

                for (size_t i = 0; pod && i < pod->box_count; i++)
                        build_step(builder, EDGE_NETWORK_ADMITTED, pod->boxes[i].node, hub, policy, path,
                                   (struct str){0}, GRAPH_NONE);
        }
}

bool policies_select_space(const struct space *space, const struct selector *selector)
{
        const struct value *labels = space->object ? object_labels(space->object) : NULL;
        const struct requirement *only = selector->count == 1 ? selector->requirements : NULL;

        if (only && str_is(only->key, "kubernetes.io/metadata.name") && only->op == SELECTOR_IN) {
                for (size_t i = 0; i < only->value_count; i++) {
                        if (str_equal(only->values[i], space->name))
                                return true;
                }
        }
        return selector_has(selector, labels);
}

static void add_peer(const struct policies *policies, uint32_t hub, const struct object *policy, struct str path,
                     const struct value *peer)
{
        struct builder *builder = policies->builder;
        const struct value *spaces = value_get(peer, KEY_namespaceSelector), *pods = value_get(peer, KEY_podSelector);
        struct selector selector;
        struct err err = {0};

        if (!spaces) {
                if (pods)
                        add_sources(policies, hub, policy, path, policy->ns, pods);
                return;
        }
        if (!selector_from_value(builder->arena, spaces, &selector, &err))
                return;
        for (size_t i = 0; i < builder->spaces.count; i++) {
                const struct space *space = builder->spaces.entries[i].value;

                if (policies_select_space(space, &selector))
                        add_sources(policies, hub, policy, path, space->name, pods);
        }
}

/* The hub of those whom a policy lets in; made the first time. */
static uint32_t neighbours_of(const struct policies *policies, const struct object *policy)
{
        struct builder *builder = policies->builder;
        struct space *space = build_space(builder, policy->ns);
        size_t before = builder->graph->nodes.count;
        uint32_t hub = build_node(builder, GRAPH_NEIGHBOURS, space->name, policy->name);
        unsigned rule_index = 0;

        if (builder->graph->nodes.count == before)
                return hub;
        builder->graph->nodes.items[hub].object = policy;
        value_each (value_get(value_get(&policy->root.value, KEY_spec), KEY_ingress), rule) {
                unsigned index = 0;

                value_each (value_get(&rule->value, KEY_from), peer) {
                        add_peer(policies, hub, policy,
                                 build_path(builder, policy, "/spec/ingress/%u/from/%u", rule_index, index),
                                 &peer->value);
                        index++;
                }
                rule_index++;
        }
        return hub;
}

static bool is_isolated(const struct policies *policies, const struct pod *pod)
{
        struct selector_search search = {.ns = pod->object->ns, .labels = object_pod_labels(pod->object)};

        return selector_index_next(policies->ingress, &search);
}

void policies_add_neighbours(const struct policies *policies, const struct pod *pod, const struct network_port *port,
                             uint32_t endpoint)
{
        struct builder *builder = policies->builder;
        struct selector_search search = {.ns = pod->object->ns, .labels = object_pod_labels(pod->object)};
        const struct selector_entry *entry;

        if (!others_add_neighbours(policies->others, pod, port, endpoint, is_isolated(policies, pod)))
                return;
        while ((entry = selector_index_next(policies->ingress, &search))) {
                bool any = false;

                value_each (value_get(value_get(&entry->object->root.value, KEY_spec), KEY_ingress), rule)
                        any |= rule_has_port(&rule->value, port) && value_count(value_get(&rule->value, KEY_from));
                if (any)
                        graph_edge(builder->graph, EDGE_MEMBER, neighbours_of(policies, entry->object), endpoint);
        }
}

/* Whether a rule lets out to some Pod. */
static bool lets_out(const struct value *rule)
{
        const struct value *to = value_get(rule, KEY_to);

        value_each (to, peer) {
                if (!value_get(&peer->value, KEY_ipBlock)
                    || is_whole_world(value_get_text(value_get(&peer->value, KEY_ipBlock), KEY_cidr)))
                        return true;
        }
        return !value_count(to);
}

bool policies_keep_in(const struct policies *policies, const struct pod *pod)
{
        struct selector_search search = {.ns = pod->object->ns, .labels = object_pod_labels(pod->object)};
        struct others_question question = {.pod = pod, .leaves = true, .source = SOURCE_PODS};
        const struct selector_entry *entry;

        if (pod->host_network)
                return false;
        while (!question.admitted && (entry = selector_index_next(policies->egress, &search))) {
                question.isolated = true;
                value_each (value_get(value_get(&entry->object->root.value, KEY_spec), KEY_egress), rule)
                        question.admitted |= lets_out(&rule->value);
        }
        return !others_admit(policies->others, &question, NULL);
}
