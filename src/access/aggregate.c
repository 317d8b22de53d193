/* aggregate.c - ClusterRoles that collect the rules of others, as the controller does it.
 *
 * The controller writes into an aggregated role the rules of every ClusterRole that one of its selectors takes, without those that
 * are there already, and does so again whenever one of them changes: in the end a role has the rules of all that can be reached
 * from it. Rules that an aggregated role has itself stay: what was saved of a cluster has them filled in, and not every role
 * that they came from must have been shown.
 *
 * A short text can ask for very much here: every role that collects every other. What is done is counted, and roles that are not
 * finished when STEPS are used up are told as such that cannot be evaluated. */

#include "access/internal.h"

#include "base/map.h"
#include "doc/print.h"
#include "kube/index.h"
#include "kube/selector.h"

enum { STEPS = 1 << 23, STEPS_OF_RULE = 16 };

/* What equal selectors take, and what comes of it; roles with the same share one. */
struct choice {
        uint32_t *roles;
        uint32_t count;
        uint32_t round; /* in which it was followed last */
        bool collected;
        const struct err *error;
        struct access_rules rules; /* of all that can be reached */
        const struct access_rule_origin *origins;
        uint32_t rule_set;
};

static const struct err too_much = {.length = sizeof("it collects from too many roles") - 1,
                                    .text = "it collects from too many roles"};

struct collector {
        struct access *access;
        struct arena *arena;
        struct map choices;             /* selectors as text: struct choice */
        struct choice **chosen;         /* of each role; NULL: it collects nothing */
        const struct access_rules *own; /* of each role, before anything was collected */
        uint32_t *seen;                 /* of each role: the round in which it was visited, from 1 */
        bool *member;                   /* of each role: whether it is among those that are reached from its choice */
        uint32_t round;
        uint64_t left; /* steps */
        VEC(struct access_rule) rules;
        VEC(struct access_rule_origin) origins;
        VEC(uint32_t) stack;
        uint32_t *slots; /* indexes of rules by their hash, from 1 */
        size_t mask;
};

static bool spend(struct collector *collector, uint64_t steps)
{
        if (collector->left < steps)
                collector->left = 0;
        else
                collector->left -= steps;
        return collector->left > 0;
}

/* --- which roles are taken --- */

static const struct value *selectors_of(const struct access_role *role)
{
        const struct value *rule = !role->ns.len ? value_get(&role->object->root.value, KEY_aggregationRule) : NULL;

        return value_get(rule, KEY_clusterRoleSelectors);
}

static void choose_by(struct collector *collector, const struct selector *selector, struct choice *choice,
                      size_t *capacity)
{
        const struct access *access = collector->access;

        for (uint32_t r = 0; r < access->roles.count && spend(collector, 1 + selector->count); r++) {
                const struct access_role *other = &access->roles.items[r];

                if (other->ns.len || !selector_has(selector, object_labels(other->object)))
                        continue;
                if (choice->count == *capacity)
                        vec_grow(collector->arena, (void **)&choice->roles, capacity, sizeof(*choice->roles));
                choice->roles[choice->count++] = r;
        }
}

static struct choice *make_choice(struct collector *collector, const struct access_role *role)
{
        struct choice *choice = arena_new(collector->arena, struct choice);
        size_t capacity = 0;
        unsigned place = 0;

        value_each (selectors_of(role), node) {
                struct selector selector;
                struct err err = {0};

                if (selector_from_value(collector->arena, &node->value, &selector, &err))
                        choose_by(collector, &selector, choice, &capacity);
                else
                        access_tell(collector->access, role->object,
                                    str_format(collector->arena, "/aggregationRule/clusterRoleSelectors/%u", place),
                                    "%.*s: it collects nothing", STR_ARG(err_text(&err)));
                place++;
        }
        return choice;
}

static void choose(struct collector *collector, uint32_t number)
{
        const struct access_role *role = &collector->access->roles.items[number];
        const struct value *selectors = selectors_of(role);
        CLEANUP(buf_free) struct buf text = {0};
        void **slot;

        if (!value_count(selectors))
                return;
        json_print_canonical(&text, selectors);
        slot = map_slot(collector->arena, &collector->choices, str_copy(collector->arena, buf_text(&text)));
        if (!*slot)
                *slot = make_choice(collector, role);
        collector->chosen[number] = *slot;
}

/* --- what is collected --- */

static void forget(struct collector *collector)
{
        collector->rules.items = NULL;
        collector->rules.count = collector->rules.capacity = 0;
        collector->origins.items = NULL;
        collector->origins.count = collector->origins.capacity = 0;
        collector->slots = NULL;
        collector->mask = 0;
        collector->stack.count = 0;
}

static size_t slot_of(const struct collector *collector, const struct access_rule *rule)
{
        size_t at = (size_t)access_hash_rules(&(struct access_rules){rule, 1}) & collector->mask;

        while (collector->slots[at] && !access_rule_equal(&collector->rules.items[collector->slots[at] - 1], rule))
                at = (at + 1) & collector->mask;
        return at;
}

static void grow(struct collector *collector)
{
        collector->mask = collector->slots ? collector->mask * 2 + 1 : 63;
        collector->slots = arena_array(collector->arena, uint32_t, collector->mask + 1);
        for (size_t i = 0; i < collector->rules.count; i++)
                collector->slots[slot_of(collector, &collector->rules.items[i])] = (uint32_t)i + 1;
}

static void take_rule(struct collector *collector, const struct access_rule *rule, struct access_rule_origin origin)
{
        size_t at;

        if (!collector->slots || collector->rules.count * 2 > collector->mask)
                grow(collector);
        at = slot_of(collector, rule);
        if (collector->slots[at])
                return;
        *vec_push(collector->arena, &collector->rules) = *rule;
        *vec_push(collector->arena, &collector->origins) = origin;
        collector->slots[at] = (uint32_t)collector->rules.count;
}

/* The rules of a role that are not there yet. */
static void take_rules(struct collector *collector, uint32_t number)
{
        const struct access_rules *rules = &collector->own[number];

        for (size_t i = 0; i < rules->count && spend(collector, STEPS_OF_RULE); i++)
                take_rule(collector, &rules->items[i], (struct access_rule_origin){number, (uint32_t)i});
}

static void follow(struct collector *collector, struct choice *choice)
{
        if (!choice || choice->round == collector->round)
                return;
        choice->round = collector->round;
        for (uint32_t i = choice->count; i-- > 0 && spend(collector, 1);) {
                uint32_t next = choice->roles[i];

                if (collector->seen[next] == collector->round)
                        continue;
                collector->seen[next] = collector->round;
                *vec_push(collector->arena, &collector->stack) = next;
        }
}

/* Everything that can be reached from what equal selectors take, once. */
static void collect(struct collector *collector, struct access_sets *sets, struct choice *choice)
{
        struct access *access = collector->access;

        forget(collector);
        collector->round++;
        follow(collector, choice);
        while (collector->stack.count && collector->left) {
                uint32_t at = collector->stack.items[--collector->stack.count];

                take_rules(collector, at);
                collector->member[at] |= collector->chosen[at] == choice;
                if (!choice->error)
                        choice->error = access->roles.items[at].error;
                follow(collector, collector->chosen[at]);
        }
        choice->collected = true;
        choice->rules = (struct access_rules){collector->rules.items, collector->rules.count};
        choice->origins = collector->origins.items;
        if (!collector->left)
                choice->error = &too_much;
        else
                choice->rule_set = access_share_rules(access, sets, choice->rules);
}

/* A role with rules of its own, which is not among those that it collects from. */
static void join_own(struct collector *collector, struct access_sets *sets, uint32_t number)
{
        struct access_role *role = &collector->access->roles.items[number];
        const struct choice *choice = collector->chosen[number];

        forget(collector);
        take_rules(collector, number);
        for (size_t i = 0; i < choice->rules.count && spend(collector, STEPS_OF_RULE); i++)
                take_rule(collector, &choice->rules.items[i], choice->origins[i]);
        role->origins = collector->origins.items;
        role->rule_set = access_share_rules(collector->access, sets,
                                            (struct access_rules){collector->rules.items, collector->rules.count});
}

static void give(struct collector *collector, struct access_sets *sets, uint32_t number)
{
        struct access_role *role = &collector->access->roles.items[number];
        struct choice *choice = collector->chosen[number];
        bool joins;

        if (!choice->collected)
                collect(collector, sets, choice);
        if (!role->error)
                role->error = choice->error;
        joins = collector->own[number].count && !collector->member[number];
        if (choice->error != &too_much && joins)
                join_own(collector, sets, number);
        if (choice->error != &too_much && (!joins || collector->left)) {
                role->origins = joins ? role->origins : choice->origins;
                role->rule_set = joins ? role->rule_set : choice->rule_set;
                return;
        }
        role->error = &too_much;
        access_tell(collector->access, role->object,
                    STR("/aggregationRule"), "%.*s: its rules cannot be evaluated", STR_ARG(err_text(&too_much)));
}

void access_aggregate(struct access *access, struct access_sets *sets)
{
        size_t count = access->roles.count;
        struct collector collector = {
                .access = access,
                .arena = access->arena,
                .chosen = arena_array(access->arena, struct choice *, count),
                .seen = arena_array(access->arena, uint32_t, count),
                .member = arena_array(access->arena, bool, count),
                .left = STEPS,
        };
        struct access_rules *own = arena_array(access->arena, struct access_rules, count);

        for (uint32_t r = 0; r < count; r++) {
                own[r] = access->rule_sets.items[access->roles.items[r].rule_set];
                choose(&collector, r);
        }
        collector.own = own;
        for (uint32_t r = 0; r < count; r++)
                if (collector.chosen[r])
                        give(&collector, sets, r);
}
