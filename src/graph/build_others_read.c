/* build_others_read.c - reading policies besides NetworkPolicy into rules of one form. */

#include <stdlib.h>

#include "base/reader.h"
#include "graph/build_others_internal.h"

#define WORLD_4 "0.0.0.0/0"
#define WORLD_6 "::/0"

static struct other_rule *new_rule(struct builder *builder, struct other_policy *policy, enum other_action action,
                                   bool leaves)
{
        struct other_rule *rule = vec_push(builder->arena, &policy->rules);

        *rule = (struct other_rule){.action = action, .leaves = leaves};
        return rule;
}

static struct other_peer *new_peer(struct builder *builder, struct other_rule *rule, struct str path)
{
        struct other_peer *peer = vec_push(builder->arena, &rule->peers);

        *peer = (struct other_peer){.path = path};
        return peer;
}

static struct str doubt_about(struct builder *builder, const struct object *object, const char *what)
{
        return build_words(builder, "%s of %.*s is not understood, and was taken as open", what,
                           STR_ARG(build_object_words(builder, object)));
}

static void limit(struct builder *builder, const struct other_policy *policy, struct other_rule *rule, const char *what)
{
        rule->limited = true;
        if (!rule->doubt.len)
                rule->doubt = doubt_about(builder, policy->object, what);
}

/* Addresses, as one rule names them. */
static void add_block(struct builder *builder, struct other_rule *rule, struct str block, bool has_exception,
                      bool in_cluster, struct str path)
{
        struct other_peer *peer = new_peer(builder, rule, path);
        bool all = !has_exception && (str_is(block, WORLD_4) || str_is(block, WORLD_6));

        peer->world = all;
        peer->in_cluster = in_cluster;
        peer->some_world = all || policies_is_public(block);
}

/* --- ports --- */

static bool number_is(const struct value *value, int64_t *out)
{
        struct reader reader;
        uint64_t number;

        if (value_is(value, VALUE_INT)) {
                *out = value->i;
                return true;
        }
        if (!value_is(value, VALUE_STRING))
                return false;
        reader = reader_over(value_text(value));
        if (!reader_take_number(&reader, UINT16_MAX, &number) || !reader_done(&reader))
                return false;
        *out = (int64_t)number;
        return true;
}

static bool is_between(const struct network_port *port, const struct value *begin, const struct value *end)
{
        int64_t low, high;

        if (!number_is(begin, &low))
                return false;
        if (!number_is(end, &high) || !high)
                high = low;
        return !port->number || (low <= port->number && port->number <= high);
}

static bool is_name(const struct network_port *port, struct str name)
{
        return name.len && (!port->name.len || str_equal(name, port->name));
}

/* A denial of UDP denies no TCP. */
static bool is_tcp(const struct value *map, const char *key)
{
        struct str protocol = value_member_text(map, key);

        return !protocol.len || str_is(protocol, "TCP") || str_is(protocol, "ANY") || str_is(protocol, "tcp");
}

static bool admin_port(const struct value *item, const struct network_port *port, bool surely)
{
        static const char *const protocols[] = {"tcp", "udp", "sctp"};
        const struct value *number = value_member(item, "portNumber"), *range = value_member(item, "portRange");

        if (number)
                return (!surely || is_tcp(number, "protocol")) && is_between(port, value_member(number, "port"), NULL);
        if (range)
                return (!surely || is_tcp(range, "protocol"))
                       && is_between(port, value_member(range, "start"), value_member(range, "end"));
        for (size_t i = 0; i < COUNT_OF(protocols); i++) {
                const struct value *protocol = value_member(item, protocols[i]),
                                   *target = value_member(protocol, "destinationPort");

                if (!protocol || (surely && i))
                        continue;
                range = value_member(target, "range");
                return !target
                       || (range ? is_between(port, value_member(range, "start"), value_member(range, "end"))
                                 : is_between(port, value_member(target, "number"), NULL));
        }
        return is_name(port, value_member_text(item, "namedPort"))
               || is_name(port, value_member_text(item, "destinationNamedPort"));
}

static bool cilium_port(const struct value *item, const struct network_port *port, bool surely)
{
        const struct value *number = value_member(item, "port");
        int64_t ignored;

        if (surely && !is_tcp(item, "protocol"))
                return false;
        if (number_is(number, &ignored))
                return !ignored || is_between(port, number, value_member(item, "endPort"));
        return value_is(number, VALUE_STRING) && is_name(port, value_text(number));
}

/* A number, a name, or "80:90". */
static bool calico_port(const struct value *item, const struct network_port *port)
{
        struct str rest, low;
        struct value begin, end;

        if (!value_is(item, VALUE_STRING) || !memchr(item->text, ':', item->len))
                return is_between(port, item, NULL)
                       || (value_is(item, VALUE_STRING) && is_name(port, value_text(item)));
        rest = value_text(item);
        str_split(&rest, ':', &low);
        begin = value_string(low);
        end = value_string(rest);
        return is_between(port, &begin, &end);
}

bool others_has_port(const struct other_policy *policy, const struct other_rule *rule, const struct network_port *port,
                     bool surely)
{
        if (rule->no_port)
                return false;
        if (!rule->ports.count)
                return true;
        if (!port) /* any: who denies some ports leaves others */
                return !surely;
        for (size_t i = 0; i < rule->ports.count; i++) {
                const struct value *item = rule->ports.items[i];

                if (policy->tier == OTHER_ADMIN || policy->tier == OTHER_BASELINE ? admin_port(item, port, surely)
                    : policy->tier == OTHER_CILIUM                                ? cilium_port(item, port, surely)
                                                                                  : calico_port(item, port))
                        return true;
        }
        return false;
}

/* --- AdminNetworkPolicy and what came after it --- */

/* `namespaces`, or `pods` with both selectors; false if it is neither, or cannot be read. */
static bool read_pods(struct builder *builder, const struct value *value, struct other_peer *out)
{
        const struct value *pods = value_member(value, "pods"), *spaces = value_member(value, "namespaces");
        struct err err = {0};

        out->is_pods = true;
        if (pods) {
                spaces = value_get(pods, KEY_namespaceSelector);
                TRY(selector_from_value(builder->arena, value_get(pods, KEY_podSelector), &out->pods, &err));
        } else if (!value_is(spaces, VALUE_MAP)) {
                return false;
        }
        TRY(selector_from_value(builder->arena, spaces, &out->spaces, &err));
        out->any_space = !out->spaces.count;
        return true;
}

static void read_admin_peer(struct builder *builder, struct other_rule *rule, const struct value *item, struct str path)
{
        const struct value *networks = value_member(item, "networks");
        struct other_peer peer = {.path = path};

        if (read_pods(builder, item, &peer)) {
                *vec_push(builder->arena, &rule->peers) = peer;
        } else if (networks) {
                value_each (networks, network) {
                        if (value_is(&network->value, VALUE_STRING))
                                add_block(builder, rule, value_text(&network->value), false, true, path);
                }
        } else if (!value_member(item, "nodes") && !value_member(item, "domainNames") && rule->action != OTHER_ALLOW) {
                rule->anybody = true; /* a peer of a kind that nobody knows: denied is everything */
                rule->action = OTHER_DENY;
        }
}

static void read_admin_rules(struct builder *builder, struct other_policy *policy, const struct value *spec,
                             bool leaves)
{
        const char *list = leaves ? "egress" : "ingress", *side = leaves ? "to" : "from";
        unsigned number = 0;

        value_each (value_member(spec, list), item) {
                struct str action = value_member_text(&item->value, "action");
                struct other_rule *rule = new_rule(builder, policy,
                                                   str_is(action, "Allow") || str_is(action, "Accept") ? OTHER_ALLOW
                                                   : str_is(action, "Pass")                            ? OTHER_PASS
                                                                                                       : OTHER_DENY,
                                                   leaves);
                unsigned index = 0;

                value_each (value_member(&item->value, side), peer) {
                        read_admin_peer(
                                builder, rule, &peer->value,
                                build_path(builder, policy->object, "/spec/%s/%u/%s/%u", list, number, side, index));
                        index++;
                }
                value_each (value_member(&item->value, "ports"), port)
                        *vec_push(builder->arena, &rule->ports) = &port->value;
                value_each (value_member(&item->value, "protocols"), port)
                        *vec_push(builder->arena, &rule->ports) = &port->value;
                number++;
        }
}

bool others_read_admin(struct builder *builder, const struct object *object, struct other_policy *out,
                       struct other_peer *subject)
{
        const struct value *spec = value_get(&object->root.value, KEY_spec), *priority = value_member(spec, "priority");
        bool baseline = str_is(object->kind, "BaselineAdminNetworkPolicy")
                        || str_is(value_member_text(spec, "tier"), "Baseline");

        *out = (struct other_policy){
                .object = object,
                .tier = baseline ? OTHER_BASELINE : OTHER_ADMIN,
                .order = value_is(priority, VALUE_INT) ? (double)priority->i : 0,
        };
        TRY(read_pods(builder, value_member(spec, "subject"), subject));
        read_admin_rules(builder, out, spec, false);
        read_admin_rules(builder, out, spec, true);
        return true;
}

/* --- Cilium --- */

struct requirements {
        VEC(struct requirement) pods, spaces;
        struct str ns; /* the one that is named */
        bool unknown;
};

/* "k8s:app", "any:app", "app"; namespaces are labels there, too. */
static void take_requirement(struct builder *builder, struct requirements *all, struct requirement one)
{
        static const struct str of_space = STR_INIT("io.cilium.k8s.namespace.labels.");

        if (str_starts(one.key, STR("k8s:")) || str_starts(one.key, STR("any:")))
                one.key = str_from(one.key, 4);
        if (str_starts(one.key, of_space)) {
                one.key = str_from(one.key, of_space.len);
                *vec_push(builder->arena, &all->spaces) = one;
        } else if (!str_is(one.key, "io.kubernetes.pod.namespace")) {
                bool unknown = memchr(one.key.data ? one.key.data : "", ':', one.key.len)
                               || str_starts(one.key, STR("io.cilium.")) || str_starts(one.key, STR("io.kubernetes."));

                all->unknown |= unknown;
                if (!unknown) /* without it, more are meant */
                        *vec_push(builder->arena, &all->pods) = one;
        } else if (one.op == SELECTOR_IN && one.value_count == 1) {
                all->ns = one.values[0];
        } else {
                one.key = STR("kubernetes.io/metadata.name");
                *vec_push(builder->arena, &all->spaces) = one;
        }
}

static bool read_operator(struct str word, enum selector_operator *out)
{
        static const struct {
                const char *word;
                enum selector_operator op;
        } words[] = {{"In", SELECTOR_IN},
                     {"NotIn", SELECTOR_NOT_IN},
                     {"Exists", SELECTOR_EXISTS},
                     {"DoesNotExist", SELECTOR_NOT_EXISTS}};

        for (size_t i = 0; i < COUNT_OF(words); i++) {
                *out = words[i].op;
                if (str_equal(word, str_of(words[i].word)))
                        return true;
        }
        return false;
}

static struct str *texts_of(struct builder *builder, const struct value *list, size_t *count)
{
        struct str *texts = arena_array(builder->arena, struct str, value_count(list));

        *count = 0;
        value_each (list, item) {
                if (value_is(&item->value, VALUE_STRING))
                        texts[(*count)++] = value_text(&item->value);
        }
        return texts;
}

/* False if it holds something that is not understood. `own` is the namespace of the policy, empty for all. */
static bool read_endpoints(struct builder *builder, const struct value *selector, struct str own,
                           struct other_peer *out)
{
        const struct value *labels = value_get(selector, KEY_matchLabels);
        struct requirements all = {.unknown = labels && labels->kind != VALUE_MAP && labels->kind != VALUE_NULL};

        value_each (value_is(labels, VALUE_MAP) ? labels : NULL, label) {
                struct str *value = arena_new(builder->arena, struct str);

                all.unknown |= !value_is(&label->value, VALUE_STRING);
                *value = value_is(&label->value, VALUE_STRING) ? value_text(&label->value) : STR("");
                take_requirement(
                        builder, &all,
                        (struct requirement){
                                .key = intern_text(label->key), .op = SELECTOR_IN, .values = value, .value_count = 1});
        }
        value_each (value_get(selector, KEY_matchExpressions), item) {
                struct requirement one = {.key = value_member_text(&item->value, "key")};

                one.values = texts_of(builder, value_member(&item->value, "values"), &one.value_count);
                all.unknown |= !one.key.len || !read_operator(value_member_text(&item->value, "operator"), &one.op);
                take_requirement(builder, &all, one);
        }
        *out = (struct other_peer){
                .is_pods = true,
                .ns = all.ns.len        ? all.ns
                                        : all.spaces.count
                              ? STR("") : own, .spaces = {all.spaces.items, all.spaces.count},
                                    .pods = {all.pods.items, all.pods.count},
                };
        out->any_space = !out->ns.len && !all.spaces.count;
        return !all.unknown;
}

static void read_entity(struct builder *builder, struct other_rule *rule, struct str entity, struct str path)
{
        struct other_peer *peer;

        if (str_is(entity, "all")) {
                rule->anybody = true;
                return;
        }
        if (!str_is(entity, "world")
            && !str_starts(entity, STR("world-")) && !str_is(entity, "cluster") && !str_is(entity, "ingress"))
                return; /* nodes, health checks: no Pod, and nobody outside */
        peer = new_peer(builder, rule, path);
        peer->world = peer->some_world = str_starts(entity, STR("world"));
        peer->is_pods = str_is(entity, "cluster");
        peer->any_space = true;
}

static void read_cilium_peers(struct builder *builder, const struct other_policy *policy, struct other_rule *rule,
                              const struct value *item, struct str own, struct str path)
{
        const char *side = rule->leaves ? "to" : "from";
        const struct value *endpoints = value_member(item, rule->leaves ? "toEndpoints" : "fromEndpoints");
        const struct value *entities = value_member(item, rule->leaves ? "toEntities" : "fromEntities");
        const struct value *blocks = value_member(item, rule->leaves ? "toCIDR" : "fromCIDR");
        const struct value *sets = value_member(item, rule->leaves ? "toCIDRSet" : "fromCIDRSet");

        value_each (endpoints, selector) {
                struct other_peer *peer = new_peer(builder, rule, path);

                if (!read_endpoints(builder, &selector->value, own, peer))
                        limit(builder, policy, rule, "a selector");
                peer->path = path;
        }
        value_each (entities, entity)
                read_entity(builder, rule,
                            value_is(&entity->value, VALUE_STRING) ? value_text(&entity->value) : STR(""), path);
        value_each (blocks, block)
                add_block(builder, rule,
                          value_is(&block->value, VALUE_STRING) ? value_text(&block->value)
                                                                : STR(""), false, false, path);
        value_each (sets, set)
                add_block(builder, rule, value_member_text(&set->value, "cidr"),
                          value_count(value_member(&set->value, "except")) > 0, false, path);
        rule->anybody |= !endpoints && !entities && !blocks && !sets
                         && !value_member(item, rule->leaves ? "toGroups" : "fromGroups")
                         && !value_member(item, rule->leaves ? "toNodes" : "fromNodes")
                         && !value_member(item, "toServices") && !value_member(item, "toFQDNs");
        if (value_member(item, rule->leaves ? "toRequires" : "fromRequires"))
                limit(builder, policy, rule, rule->leaves ? "toRequires" : "fromRequires");
        if (value_member(item, "toServices") || value_member(item, rule->leaves ? "toGroups" : "fromGroups")) {
                rule->anybody |= rule->action == OTHER_ALLOW;
                limit(builder, policy, rule, str_is(str_of(side), "to") ? "toServices or toGroups" : "fromGroups");
        }
}

static void read_cilium_ports(struct builder *builder, const struct other_policy *policy, struct other_rule *rule,
                              const struct value *item)
{
        const struct value *lists = value_member(item, "toPorts");

        value_each (lists, list) {
                const struct value *ports = value_member(&list->value, "ports");

                if (value_member(&list->value, "rules"))
                        limit(builder, policy, rule, "what is allowed within connections (toPorts.rules)");
                value_each (ports, port)
                        *vec_push(builder->arena, &rule->ports) = &port->value;
        }
        rule->no_port = value_member(item, "icmps") && !value_count(lists);
}

static void read_cilium_rules(struct builder *builder, struct other_policy *policy, const struct value *spec,
                              struct str own, bool leaves, bool denies)
{
        const char *list = leaves ? denies ? "egressDeny" : "egress" : denies ? "ingressDeny" : "ingress";
        const struct value *rules = value_member(spec, list), *default_deny = value_member(spec, "enableDefaultDeny");
        const struct value *set = value_member(default_deny, leaves ? "egress" : "ingress");
        unsigned index = 0;

        if (!value_count(rules))
                return;
        policy->isolates[leaves] |= !set || value_is_true(set);
        value_each (rules, item) {
                struct other_rule *rule = new_rule(builder, policy, denies ? OTHER_DENY : OTHER_ALLOW, leaves);
                struct str path = build_path(builder, policy->object, "/spec/%s/%u", list, index++);

                if (!value_count(&item->value)) { /* nobody: the way to isolate and allow nothing */
                        rule->no_port = true;
                        continue;
                }
                read_cilium_peers(builder, policy, rule, &item->value, own, path);
                read_cilium_ports(builder, policy, rule, &item->value);
        }
}

bool others_read_cilium(struct builder *builder, const struct object *object, const struct value *spec,
                        struct other_policy *out, struct other_peer *subject)
{
        bool of_cluster = str_is(object->kind, "CiliumClusterwideNetworkPolicy");
        struct str own = of_cluster ? STR("") : build_space(builder, object->ns)->name;
        const struct value *selector = value_member(spec, "endpointSelector");

        *out = (struct other_policy){.object = object, .tier = OTHER_CILIUM};
        if (!value_is(selector, VALUE_MAP)) /* of nodes */
                return false;
        if (!read_endpoints(builder, selector, own, subject)) {
                out->doubt = doubt_about(builder, object, "endpointSelector");
                subject->pods = (struct selector){0}; /* whomever it means, nothing is closed by it */
                return true;
        }
        if (!of_cluster) {
                subject->ns = own;
                subject->any_space = false;
        }
        for (int i = 0; i < 4; i++)
                read_cilium_rules(builder, out, spec, own, i & 1, i & 2);
        return true;
}

/* --- Calico --- */

static void skip_blanks(struct reader *reader)
{
        while (reader_take(reader, ' ')) {}
}

static bool take_word(struct reader *reader, struct str *out)
{
        size_t begin;

        skip_blanks(reader);
        begin = reader->at;
        while (reader_peek(reader, 0) > ' ' && !strchr("()={}!&|,'\"<>", reader_peek(reader, 0)))
                reader->at++;
        *out = str_sub(reader->text, begin, reader->at);
        return out->len;
}

static bool take_quoted(struct reader *reader, struct str *out)
{
        int quote;
        size_t begin;

        skip_blanks(reader);
        quote = reader_peek(reader, 0);
        if (quote != '\'' && quote != '"')
                return false;
        begin = ++reader->at;
        while (!reader_done(reader) && reader_peek(reader, 0) != quote)
                reader->at++;
        *out = str_sub(reader->text, begin, reader->at);
        return reader_take(reader, (char)quote);
}

static bool take_set(struct builder *builder, struct reader *reader, struct requirement *out)
{
        VEC(struct str) values = {0};
        struct str value;

        skip_blanks(reader);
        TRY(reader_take(reader, '{'));
        while (take_quoted(reader, &value)) {
                *vec_push(builder->arena, &values) = value;
                skip_blanks(reader);
                if (!reader_take(reader, ','))
                        break;
        }
        skip_blanks(reader);
        out->values = values.items;
        out->value_count = values.count;
        return reader_take(reader, '}');
}

static bool take_key(struct reader *reader, struct str *out)
{
        struct str word;

        TRY(take_word(reader, &word) && str_is(word, "has"));
        TRY(reader_take(reader, '('));
        TRY(take_word(reader, out));
        skip_blanks(reader);
        return reader_take(reader, ')');
}

static bool take_comparison(struct builder *builder, struct reader *reader, struct requirement *out)
{
        struct str *value = arena_new(builder->arena, struct str), word;
        size_t begin;

        TRY(take_word(reader, &out->key));
        skip_blanks(reader);
        out->values = value;
        out->value_count = 1;
        if (reader_take_str(reader, STR("==")) || reader_take_str(reader, STR("!="))) {
                out->op = reader->text.data[reader->at - 2] == '=' ? SELECTOR_IN : SELECTOR_NOT_IN;
                return take_quoted(reader, value);
        }
        begin = reader->at;
        TRY(take_word(reader, &word));
        out->op = SELECTOR_IN;
        if (str_is(word, "not")) {
                out->op = SELECTOR_NOT_IN;
                TRY(take_word(reader, &word));
        }
        reader->at = str_is(word, "in") ? reader->at : begin;
        return str_is(word, "in") && take_set(builder, reader, out);
}

/* One term; `*all` if it is all(). */
static bool take_term(struct builder *builder, struct reader *reader, struct requirement *out, bool *all)
{
        size_t begin;

        skip_blanks(reader);
        *all = reader_take_str(reader, STR("all()"));
        if (*all)
                return true;
        *out = (struct requirement){.op = SELECTOR_EXISTS};
        if (reader_peek(reader, 0) == '!') {
                reader->at++;
                skip_blanks(reader);
                out->op = SELECTOR_NOT_EXISTS;
                return take_key(reader, &out->key);
        }
        begin = reader->at;
        if (take_key(reader, &out->key))
                return true;
        reader->at = begin;
        return take_comparison(builder, reader, out);
}

/* Terms with && between them; what else the language has (||, parentheses, contains, ...) is not understood. */
static bool read_expression(struct builder *builder, struct str text, bool of_spaces, struct selector *out)
{
        struct reader reader = reader_over(text);
        VEC(struct requirement) terms = {0};

        do {
                struct requirement term;
                bool all;

                TRY(take_term(builder, &reader, &term, &all));
                if (!all && of_spaces && str_is(term.key, "projectcalico.org/name"))
                        term.key = STR("kubernetes.io/metadata.name");
                TRY(all || !str_starts(term.key, STR("projectcalico.org/")));
                if (!all)
                        *vec_push(builder->arena, &terms) = term;
                skip_blanks(&reader);
        } while (reader_take_str(&reader, STR("&&")));
        *out = (struct selector){terms.items, terms.count};
        return reader_done(&reader);
}

/* Pods by two expressions; without one for namespaces those of the policy's own. */
static bool read_calico_pods(struct builder *builder, struct str spaces, struct str pods, struct str own,
                             struct other_peer *out)
{
        out->is_pods = true;
        out->ns = spaces.len ? STR("") : own;
        TRY(!spaces.len || read_expression(builder, spaces, true, &out->spaces));
        TRY(!pods.len || read_expression(builder, pods, false, &out->pods));
        out->any_space = !out->ns.len && !out->spaces.count;
        return true;
}

static bool has_other_members(const struct value *entity, bool is_peer)
{
        static const char *const of_peer[] = {"nets", "selector", "namespaceSelector"};

        if (value_is(entity, VALUE_LIST))
                return true;
        value_each (entity, member) {
                struct str key = intern_text(member->key);
                bool known = is_peer ? false : str_is(key, "ports");

                for (size_t i = 0; is_peer && i < COUNT_OF(of_peer); i++)
                        known |= str_equal(key, str_of(of_peer[i]));
                if (!known)
                        return true;
        }
        return false;
}

static void read_calico_peer(struct builder *builder, const struct other_policy *policy, struct other_rule *rule,
                             const struct value *peer, struct str own, struct str path)
{
        const struct value *nets = value_member(peer, "nets");
        struct str pods = value_member_text(peer, "selector"), spaces = value_member_text(peer, "namespaceSelector");
        struct other_peer found = {.path = path};

        rule->anybody = !nets && !pods.len && !spaces.len;
        if (has_other_members(peer, true))
                limit(builder, policy, rule, "a peer");
        value_each (nets, net)
                add_block(builder, rule,
                          value_is(&net->value, VALUE_STRING) ? value_text(&net->value) : STR(""), false, true, path);
        if (!pods.len && !spaces.len)
                return;
        if (nets)
                limit(builder, policy, rule, "a peer with nets and a selector");
        if (read_calico_pods(builder, spaces, pods, own, &found)) {
                *vec_push(builder->arena, &rule->peers) = found;
        } else {
                rule->anybody |= rule->action == OTHER_ALLOW;
                limit(builder, policy, rule, "a selector");
        }
}

static void read_calico_rules(struct builder *builder, struct other_policy *policy, const struct value *spec,
                              struct str own, bool leaves)
{
        const char *list = leaves ? "egress" : "ingress";
        unsigned index = 0;

        value_each (value_member(spec, list), item) {
                const struct value *source = value_member(&item->value, "source"),
                                   *target = value_member(&item->value, "destination");
                struct str action = value_member_text(&item->value, "action"),
                           protocol = value_member_text(&item->value, "protocol");
                struct str path = build_path(builder, policy->object, "/spec/%s/%u", list, index++);
                struct other_rule *rule;

                if (str_is(action, "Log"))
                        continue;
                rule = new_rule(builder, policy,
                                str_is(action, "Allow")  ? OTHER_ALLOW
                                : str_is(action, "Pass") ? OTHER_PASS
                                                         : OTHER_DENY,
                                leaves);
                rule->no_port = str_starts(protocol, STR("ICMP"));
                rule->limited = protocol.len && !str_is(protocol, "TCP") && rule->action != OTHER_ALLOW;
                value_each (value_member(target, "ports"), port)
                        *vec_push(builder->arena, &rule->ports) = &port->value;
                read_calico_peer(builder, policy, rule, leaves ? target : source, own, path);
                if (!leaves && has_other_members(target, false))
                        limit(builder, policy, rule, "destination");
                if (leaves && value_count(source))
                        limit(builder, policy, rule, "source");
                if (value_member(&item->value, "http") || value_member(&item->value, "notProtocol"))
                        limit(builder, policy, rule, "http or notProtocol");
        }
}

static bool has_type(const struct value *spec, const char *type)
{
        const struct value *types = value_member(spec, "types");

        value_each (types, item) {
                if (value_is(&item->value, VALUE_STRING) && str_equal(value_text(&item->value), str_of(type)))
                        return true;
        }
        if (value_count(types))
                return false;
        return str_is(str_of(type), "Egress")
                       ? value_count(value_member(spec, "egress")) > 0
                       : value_member(spec, "ingress") || !value_count(value_member(spec, "egress"));
}

bool others_read_calico(struct builder *builder, const struct object *object, struct other_policy *out,
                        struct other_peer *subject)
{
        static const double of_network_policies = 1000, last = 1e300;
        const struct value *spec = value_get(&object->root.value, KEY_spec), *order = value_member(spec, "order");
        bool global = str_is(object->kind, "GlobalNetworkPolicy");
        struct str own = global ? STR("") : build_space(builder, object->ns)->name,
                                      tier = value_member_text(spec, "tier");

        *out = (struct other_policy){
                .object = object,
                .order = value_is(order, VALUE_INT)      ? (double)order->i
                         : value_is(order, VALUE_DOUBLE) ? order->d
                                                         : last,
        };
        out->tier = out->order < of_network_policies ? OTHER_CALICO_BEFORE : OTHER_CALICO_AFTER;
        if (value_is_true(value_member(spec, "doNotTrack"))
            || value_is_true(value_member(spec, "preDNAT"))) /* of hosts */
                return false;
        if ((tier.len && !str_is(tier, "default")) || value_member(spec, "serviceAccountSelector")
            || !read_calico_pods(builder, value_member_text(spec, "namespaceSelector"),
                                 value_member_text(spec, "selector"), own, subject)) {
                *subject = (struct other_peer){.is_pods = true, .ns = own, .any_space = global};
                out->doubt = doubt_about(builder, object, tier.len ? "the tier" : "whom it selects");
                return true;
        }
        out->isolates[0] = has_type(spec, "Ingress");
        out->isolates[1] = has_type(spec, "Egress");
        for (int i = 0; i < 2; i++) {
                if (out->isolates[i])
                        read_calico_rules(builder, out, spec, own, i);
        }
        return true;
}
