/* aggregate.c - ClusterRoles that collect the rules of others, as the controller does it.
 *
 * The controller writes into an aggregated role the rules of every ClusterRole that one of its selectors takes, without those that
 * are there already, and does so again whenever one of them changes: in the end a role has the rules of all that can be reached
 * from it. Rules that an aggregated role has itself stay: what was saved of a cluster has them filled in, and not every role
 * that they came from must have been shown. */

#include "access/internal.h"

#include "kube/index.h"
#include "kube/selector.h"

struct collector {
        struct access *access;
        struct arena *arena;
        uint32_t **chosen; /* for each role: the roles that its selectors take */
        uint32_t *chosen_count;
        const struct access_rules *own; /* of each role, before anything was collected */
        uint32_t *seen;                 /* for each role: the round in which it was visited, from 1 */
        uint32_t round;
        VEC(struct access_rule) rules;
        VEC(struct access_rule_origin) origins;
        VEC(uint32_t) stack;
};

static const struct value *selectors_of(const struct access_role *role)
{
        const struct value *rule =
                role->object && !role->ns.len ? value_get(&role->object->root.value, KEY_aggregationRule) : NULL;

        return value_get(rule, KEY_clusterRoleSelectors);
}

static void choose(struct collector *collector, uint32_t number)
{
        struct access *access = collector->access;
        const struct access_role *role = &access->roles.items[number];
        VEC(uint32_t) chosen = {0};
        unsigned place = 0;

        value_each (selectors_of(role), node) {
                struct selector selector;
                struct err err = {0};
                bool usable = selector_from_value(collector->arena, &node->value, &selector, &err);

                if (!usable)
                        access_tell(access, role->object,
                                    str_format(collector->arena, "/aggregationRule/clusterRoleSelectors/%u", place),
                                    "%.*s: it collects nothing", STR_ARG(err_text(&err)));
                place++;
                for (uint32_t r = 0; usable && r < access->roles.count; r++) {
                        const struct access_role *other = &access->roles.items[r];

                        if (r != number && !other->ns.len && other->object
                            && selector_has(&selector, object_labels(other->object)))
                                *vec_push(collector->arena, &chosen) = r;
                }
        }
        collector->chosen[number] = chosen.items;
        collector->chosen_count[number] = (uint32_t)chosen.count;
}

static bool has_rule(const struct collector *collector, const struct access_rule *rule)
{
        for (size_t i = 0; i < collector->rules.count; i++)
                if (access_rule_equal(&collector->rules.items[i], rule))
                        return true;
        return false;
}

static void take_rules(struct collector *collector, uint32_t number)
{
        const struct access_rules *rules = &collector->own[number];

        for (size_t i = 0; i < rules->count; i++) {
                if (has_rule(collector, &rules->items[i]))
                        continue;
                *vec_push(collector->arena, &collector->rules) = rules->items[i];
                *vec_push(collector->arena, &collector->origins) = (struct access_rule_origin){number, (uint32_t)i};
        }
}

static void collect(struct collector *collector, struct access_sets *sets, uint32_t number)
{
        struct access_role *role = &collector->access->roles.items[number];

        collector->rules.items = NULL;
        collector->rules.count = collector->rules.capacity = 0;
        collector->origins.items = NULL;
        collector->origins.count = collector->origins.capacity = 0;
        collector->stack.count = 0;
        collector->round++;
        collector->seen[number] = collector->round;
        *vec_push(collector->arena, &collector->stack) = number;
        while (collector->stack.count) {
                uint32_t at = collector->stack.items[--collector->stack.count];

                take_rules(collector, at);
                if (!role->error)
                        role->error = collector->access->roles.items[at].error;
                for (uint32_t i = collector->chosen_count[at]; i-- > 0;) {
                        uint32_t next = collector->chosen[at][i];

                        if (collector->seen[next] == collector->round)
                                continue;
                        collector->seen[next] = collector->round;
                        *vec_push(collector->arena, &collector->stack) = next;
                }
        }
        role->origins = collector->origins.items;
        role->rule_set = access_share_rules(collector->access, sets,
                                            (struct access_rules){collector->rules.items, collector->rules.count});
}

void access_aggregate(struct access *access, struct access_sets *sets)
{
        size_t count = access->roles.count;
        struct collector collector = {
                .access = access,
                .arena = access->arena,
                .chosen = arena_array(access->arena, uint32_t *, count),
                .chosen_count = arena_array(access->arena, uint32_t, count),
                .seen = arena_array(access->arena, uint32_t, count),
        };
        struct access_rules *own = arena_array(access->arena, struct access_rules, count);

        for (uint32_t r = 0; r < count; r++) {
                own[r] = access->rule_sets.items[access->roles.items[r].rule_set];
                choose(&collector, r);
        }
        collector.own = own;
        for (uint32_t r = 0; r < count; r++)
                if (collector.chosen_count[r])
                        collect(&collector, sets, r);
}
