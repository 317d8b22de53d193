/* learn_compact.c - many rules as few that allow the same. */

#include <stdlib.h>

#include "access/learn_internal.h"

static bool same_words(const struct access_words *one, const struct access_words *other)
{
        return one->count == other->count
               && (!one->count || memcmp(one->items, other->items, one->count * sizeof(*one->items)) == 0);
}

static int compare_words(const void *left, const void *right)
{
        return str_compare(intern_text(*(const uint32_t *)left), intern_text(*(const uint32_t *)right));
}

/* Both lists in one, sorted, each word once. */
static struct access_words join_words(struct arena *arena, const struct access_words *one,
                                      const struct access_words *other)
{
        uint32_t *items = arena_array(arena, uint32_t, (size_t)one->count + other->count), count = 0, kept = 0;

        for (uint32_t i = 0; i < one->count; i++)
                items[count++] = one->items[i];
        for (uint32_t i = 0; i < other->count; i++)
                items[count++] = other->items[i];
        if (count)
                qsort(items, count, sizeof(*items), compare_words);
        for (uint32_t i = 0; i < count; i++) {
                if (!kept || items[kept - 1] != items[i])
                        items[kept++] = items[i];
        }
        return (struct access_words){items, kept};
}

static struct access_rules break_down(struct arena *arena, const struct learn_role *role)
{
        VEC(struct access_rule) atoms = {0};

        for (size_t i = 0; i < role->rule_count; i++) {
                struct access_rules parts = access_rule_break_down(arena, &role->rules[i].rule);

                for (size_t p = 0; p < parts.count; p++)
                        *vec_push(arena, &atoms) = parts.items[p];
        }
        return (struct access_rules){atoms.items, atoms.count};
}

/* Whether a rule was put into one of those before it: the first that differs by names only, or by resources only. */
static bool join(struct arena *arena, struct access_rule *rules, size_t count, const struct access_rule *rule)
{
        for (size_t i = 0; i < count; i++) {
                struct access_rule *into = &rules[i];

                if (!same_words(&into->verbs, &rule->verbs) || !same_words(&into->groups, &rule->groups)
                    || into->urls.count)
                        continue;
                if (same_words(&into->resources, &rule->resources)) {
                        into->names = join_words(arena, &into->names, &rule->names);
                        return true;
                }
                if (same_words(&into->names, &rule->names)) {
                        into->resources = join_words(arena, &into->resources, &rule->resources);
                        return true;
                }
        }
        return false;
}

/* Leaves out what another rule allows, too: where audit2rbac makes one rule of one with and one without names, the one without is
 * lost. Verbs of the same rule are in one by now, so only names decide. */
static size_t drop_covered(struct access_rule *rules, size_t count)
{
        size_t kept = 0;

        for (size_t i = 0; i < count; i++) {
                bool covered = false;

                for (size_t k = 0; k < count && !covered; k++)
                        covered = k != i && access_rule_covers(&rules[k], &rules[i])
                                  && !(k > i && access_rule_covers(&rules[i], &rules[k]));
                if (!covered)
                        rules[kept++] = rules[i];
        }
        return kept;
}

struct printed_rule {
        struct access_rule rule;
        struct str groups, text;
        size_t index;
};

static int compare_rules(const void *left, const void *right)
{
        const struct printed_rule *one = left, *other = right;
        int order = str_compare(one->groups, other->groups);

        if (!order)
                order = str_compare(one->text, other->text);
        return order ? order : (one->index > other->index) - (one->index < other->index);
}

static struct str print_groups(struct arena *arena, const struct access_rule *rule)
{
        CLEANUP(buf_free) struct buf text = {0};

        for (uint32_t i = 0; i < rule->groups.count; i++) {
                buf_add(&text, i ? STR(",") : STR(""));
                buf_add(&text, intern_text(rule->groups.items[i]));
        }
        return str_copy(arena, buf_text(&text));
}

/* By API group, then by what a rule is printed as. */
static void sort(struct arena *arena, struct access_rule *rules, size_t count)
{
        struct printed_rule *printed = arena_array(arena, struct printed_rule, count);
        CLEANUP(buf_free) struct buf text = {0};

        for (size_t i = 0; i < count; i++) {
                text.len = 0;
                access_rule_print(&text, &rules[i]);
                printed[i] = (struct printed_rule){rules[i], print_groups(arena, &rules[i]),
                                                   str_copy(arena, buf_text(&text)), i};
        }
        if (count)
                qsort(printed, count, sizeof(*printed), compare_rules);
        for (size_t i = 0; i < count; i++)
                rules[i] = printed[i].rule;
}

void learn_compact(struct arena *arena, const struct learn_settings *settings, struct learn_role *role)
{
        struct access_rules atoms = break_down(arena, role), compact = access_rules_compact(arena, &atoms);
        struct access_rule *rules = arena_array(arena, struct access_rule, compact.count);
        static const struct access_words none;
        size_t count = compact.count, joined = 0;

        for (size_t i = 0; i < count; i++) {
                rules[i] = compact.items[i];
                rules[i].verbs = join_words(arena, &rules[i].verbs, &none);
        }
        if (!settings->like_audit2rbac)
                count = drop_covered(rules, count);
        for (size_t i = 0; i < count; i++) {
                if (!rules[i].resources.count || !join(arena, rules, joined, &rules[i]))
                        rules[joined++] = rules[i];
        }
        sort(arena, rules, joined);
        role->rules = arena_array(arena, struct learn_rule, joined);
        role->rule_count = joined;
        for (size_t i = 0; i < joined; i++)
                role->rules[i].rule = rules[i];
}
