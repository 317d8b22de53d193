/* diff.c - comparing subject by subject, namespace by namespace, and only where roles differ. */

#include "access/diff.h"

#include <stdlib.h>

#include "access/internal.h"

struct comparer {
        struct arena *arena;
        struct access_diff *out;
        const uint64_t *hashes[2]; /* of the rule sets of each side */
};

/* --- are they the same at a glance? --- */

static const uint64_t *hash_sets(struct arena *arena, const struct access *access)
{
        uint64_t *hashes = arena_array(arena, uint64_t, access->rule_sets.count);

        for (size_t i = 0; i < access->rule_sets.count; i++)
                hashes[i] = access_hash_rules(&access->rule_sets.items[i]);
        return hashes;
}

static const struct access_scope *scope_of(const struct access *access, uint32_t subject, uint32_t space)
{
        uint32_t number;

        if (subject == ACCESS_NONE)
                return NULL;
        number = space ? access_table_get(&access->local_scopes, subject + 1, space)
                       : access->quick[subject].cluster_scope;
        return number == ACCESS_NONE ? NULL : &access->scopes.items[number];
}

static const struct access_bundle *bundle_of(const struct access *access, const struct access_scope *scope)
{
        static const struct access_bundle nothing;

        return scope ? &access->bundles.items[scope->bundle] : &nothing;
}

/* Whether every rule set of one has its equal in the other. Few rule sets, or the same order: no more than a glance. */
static bool has_all_sets(const struct access *one, const uint64_t *one_hashes, const struct access_bundle *mine,
                         const struct access *other, const uint64_t *other_hashes, const struct access_bundle *others)
{
        for (uint32_t i = 0; i < mine->count; i++) {
                bool found = false;

                for (uint32_t k = 0; k < others->count && !found; k++) {
                        uint32_t at = (i + k) % others->count;

                        found = one_hashes[mine->sets[i]] == other_hashes[others->sets[at]]
                                && access_rules_equal(&one->rule_sets.items[mine->sets[i]],
                                                      &other->rule_sets.items[others->sets[at]]);
                }
                if (!found)
                        return false;
        }
        return true;
}

/* --- what one side has more --- */

/* Rules as they count: a RoleBinding gives no paths, and names narrow resources only (a rule with both is one that the API
 * server refuses; what it would mean is two). */
static struct access_rules counting(struct arena *arena, const struct access_rules *rules, bool local)
{
        VEC(struct access_rule) out = {0};

        for (size_t r = 0; r < rules->count; r++) {
                struct access_rule resources = rules->items[r],
                                   paths = {.verbs = resources.verbs, .urls = resources.urls};

                resources.urls.count = 0;
                if (resources.resources.count)
                        *vec_push(arena, &out) = resources;
                if (paths.urls.count && !local)
                        *vec_push(arena, &out) = paths;
        }
        return (struct access_rules){out.items, out.count};
}

static struct access_rules rules_of_scopes(struct arena *arena, const struct access *access,
                                           const struct access_scope *const *scopes, size_t count)
{
        VEC(struct access_rule) rules = {0};

        for (size_t s = 0; s < count; s++) {
                const struct access_bundle *bundle = bundle_of(access, scopes[s]);
                bool local = scopes[s] && scopes[s]->space;

                for (uint32_t i = 0; i < bundle->count; i++) {
                        struct access_rules set = counting(arena, &access->rule_sets.items[bundle->sets[i]], local);

                        for (size_t r = 0; r < set.count; r++)
                                *vec_push(arena, &rules) = set.items[r];
                }
        }
        return (struct access_rules){rules.items, rules.count};
}

static const struct access_binding *find_binding(const struct access *access, const struct access_binding *like,
                                                 uint32_t *number)
{
        uint32_t low = like->ns.len ? access->cluster_bindings : 0;
        uint32_t high = like->ns.len ? (uint32_t)access->bindings.count : access->cluster_bindings;

        while (low < high) {
                uint32_t middle = low + (high - low) / 2;
                const struct access_binding *binding = &access->bindings.items[middle];
                int order = str_compare(binding->ns, like->ns);

                if (!order)
                        order = str_compare(binding->name, like->name);
                if (!order) {
                        *number = middle;
                        return binding;
                }
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return NULL;
}

static bool names_subject(const struct access *access, const struct access_binding *binding,
                          const struct access_subject *subject)
{
        for (uint32_t i = 0; i < binding->subject_count; i++) {
                const struct access_subject *other = access_subject(access, binding->subjects[i]);

                if ((other->kind == ACCESS_GROUP) == (subject->kind == ACCESS_GROUP)
                    && str_equal(other->user, subject->user))
                        return true;
        }
        return false;
}

static enum access_cause cause_of(const struct access *other, const struct access_subject *subject,
                                  const struct access_binding *binding)
{
        uint32_t number;
        const struct access_binding *same = find_binding(other, binding, &number);

        if (!same)
                return ACCESS_BINDING;
        if (!names_subject(other, same, subject))
                return ACCESS_SUBJECT;
        if (same->cluster_role != binding->cluster_role || !str_equal(same->role_name, binding->role_name))
                return ACCESS_REFERENCE;
        return ACCESS_ROLE;
}

/* Whether a binding gives any of the rules. */
static bool gives_any(struct arena *arena, const struct access *access, const struct access_binding *binding,
                      const struct access_rules *rules)
{
        struct access_rules given;

        if (binding->role == ACCESS_NONE)
                return false;
        given = counting(arena, access_role(access, binding->role)->rules, binding->ns.len > 0);
        for (size_t i = 0; i < rules->count; i++) {
                struct access_rules parts = access_rule_break_down(arena, &rules->items[i]);

                for (size_t p = 0; p < parts.count; p++)
                        if (access_rules_cover(arena, &given, &(struct access_rules){&parts.items[p], 1}, NULL))
                                return true;
        }
        return false;
}

static void find_causes(struct comparer *comparer, const struct access *other, uint32_t space,
                        struct access_change *change)
{
        const struct access_subject *subject = access_subject(change->side, change->subject);
        struct arena scratch CLEANUP(arena_free) = {0};

        for (uint32_t i = 0; i < subject->binding_count; i++) {
                const struct access_binding *binding = access_binding(change->side, subject->bindings[i]);

                if (change->side->spaces[subject->bindings[i]] != space
                    || !gives_any(&scratch, change->side, binding, &change->rules))
                        continue;
                *vec_push(comparer->arena, &change->because) =
                        (struct access_because){cause_of(other, subject, binding), subject->bindings[i]};
        }
}

/* What `side` gives in a namespace that `other` gives neither there nor in the cluster. */
static void compare_way(struct comparer *comparer, bool gained, const struct access *side, uint32_t subject,
                        const struct access *other, uint32_t other_subject, uint32_t space)
{
        const struct access_scope *mine = scope_of(side, subject, space);
        const struct access_scope *others[] = {scope_of(other, other_subject, space),
                                               scope_of(other, other_subject, 0)};
        struct access_change change = {.gained = gained, .side = side, .subject = subject};
        struct access_rules has, had, more;

        if (!mine)
                return;
        has = rules_of_scopes(comparer->arena, side, &mine, 1);
        had = rules_of_scopes(comparer->arena, other, others, space ? 2 : 1);
        if (access_rules_cover(comparer->arena, &had, &has, &more))
                return;
        change.rules = access_rules_tidy(comparer->arena, &more);
        if (space)
                change.ns = intern_text(space);
        find_causes(comparer, other, space, &change);
        *vec_push(comparer->arena, &comparer->out->changes) = change;
}

static uint32_t find_subject(const struct access *access, const struct access_subject *like)
{
        return like->kind == ACCESS_GROUP ? access_find_group(access, like->user)
                                          : access_find_user(access, like->user);
}

/* Every scope of a side against the same one of the other. */
static void compare_side(struct comparer *comparer, bool gained)
{
        const struct access *side = gained ? comparer->out->after : comparer->out->before;
        const struct access *other = gained ? comparer->out->before : comparer->out->after;

        for (size_t i = 0; i < side->scopes.count; i++) {
                const struct access_scope *scope = &side->scopes.items[i];
                uint32_t same = find_subject(other, access_subject(side, scope->subject));
                const struct access_scope *there = scope_of(other, same, scope->space);

                if (has_all_sets(side, comparer->hashes[gained], bundle_of(side, scope), other,
                                 comparer->hashes[!gained], bundle_of(other, there)))
                        continue;
                compare_way(comparer, gained, side, scope->subject, other, same, scope->space);
        }
}

static int compare_changes(const void *left, const void *right)
{
        const struct access_change *one = left, *other = right;
        const struct access_subject *a = access_subject(one->side, one->subject),
                                    *b = access_subject(other->side, other->subject);
        int order = (int)a->kind - (int)b->kind;

        if (!order)
                order = str_compare(a->ns, b->ns);
        if (!order)
                order = str_compare(a->name, b->name);
        if (!order)
                order = str_compare(one->ns, other->ns);
        return order ? order : (int)other->gained - (int)one->gained;
}

void access_diff_make(struct arena *arena, const struct access *before, const struct access *after,
                      struct access_diff *out)
{
        struct comparer comparer = {.arena = arena, .out = out};

        *out = (struct access_diff){.before = before, .after = after};
        comparer.hashes[0] = hash_sets(arena, before);
        comparer.hashes[1] = hash_sets(arena, after);
        compare_side(&comparer, true);
        compare_side(&comparer, false);
        if (out->changes.count)
                qsort(out->changes.items, out->changes.count, sizeof(*out->changes.items), compare_changes);
}
