/* scope.c - what each subject has in the cluster and in each namespace, and which rule sets name a resource.
 *
 * Subjects with the same roles share a bundle of rule sets. Only a bundle of many rule sets gets an index of its own; few are asked
 * one after the other. */

#include <stdlib.h>

#include "access/internal.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { FEW_SETS = 8 };

/* --- bundles --- */

struct bundler {
        struct access *access;
        struct arena *arena;
        uint32_t *slots; /* bundles, from 1 */
        size_t mask;
        VEC(uint32_t) sets; /* those of the scope at hand */
};

static size_t bundle_slot(const struct bundler *bundler, const uint32_t *sets, uint32_t count)
{
        uint64_t hash = count;
        size_t at;

        for (uint32_t i = 0; i < count; i++) {
                hash = (hash ^ sets[i]) * 0x9e3779b97f4a7c15u;
                hash ^= hash >> 32;
        }
        for (at = (size_t)hash & bundler->mask; bundler->slots[at]; at = (at + 1) & bundler->mask) {
                const struct access_bundle *other = &bundler->access->bundles.items[bundler->slots[at] - 1];

                if (other->count == count && (!count || memcmp(other->sets, sets, count * sizeof(*sets)) == 0))
                        break;
        }
        return at;
}

static void grow_bundles(struct bundler *bundler)
{
        bundler->mask = bundler->slots ? bundler->mask * 2 + 1 : 63;
        bundler->slots = arena_array(bundler->arena, uint32_t, bundler->mask + 1);
        for (size_t i = 0; i < bundler->access->bundles.count; i++) {
                const struct access_bundle *bundle = &bundler->access->bundles.items[i];

                bundler->slots[bundle_slot(bundler, bundle->sets, bundle->count)] = (uint32_t)i + 1;
        }
}

static int compare_numbers(const void *left, const void *right)
{
        const uint32_t *one = left, *other = right;

        return (*one > *other) - (*one < *other);
}

static uint32_t sort_sets(struct bundler *bundler)
{
        uint32_t *sets = bundler->sets.items, count = 0;

        if (bundler->sets.count)
                qsort(sets, bundler->sets.count, sizeof(*sets), compare_numbers);
        for (size_t i = 0; i < bundler->sets.count; i++)
                if (!count || sets[count - 1] != sets[i])
                        sets[count++] = sets[i];
        return count;
}

static uint32_t share_bundle(struct bundler *bundler)
{
        struct access *access = bundler->access;
        uint32_t count = sort_sets(bundler), *sets;
        size_t at;

        if (!bundler->slots || access->bundles.count * 2 > bundler->mask)
                grow_bundles(bundler);
        at = bundle_slot(bundler, bundler->sets.items, count);
        if (!bundler->slots[at]) {
                sets = arena_array(bundler->arena, uint32_t, count);
                if (count)
                        memcpy(sets, bundler->sets.items, count * sizeof(*sets));
                *vec_push(bundler->arena, &access->bundles) = (struct access_bundle){.sets = sets, .count = count};
                bundler->slots[at] = (uint32_t)access->bundles.count;
        }
        return bundler->slots[at] - 1;
}

/* All rules of many rule sets as one. */
static void index_bundle(struct access *access, struct access_bundle *bundle)
{
        struct access_rules *all = arena_new(access->arena, struct access_rules);
        struct access_rule *rules;
        size_t count = 0;

        for (uint32_t i = 0; i < bundle->count; i++)
                count += access->rule_sets.items[bundle->sets[i]].count;
        rules = arena_array(access->arena, struct access_rule, count);
        all->items = rules;
        for (uint32_t i = 0; i < bundle->count; i++) {
                const struct access_rules *set = &access->rule_sets.items[bundle->sets[i]];

                for (size_t r = 0; r < set->count; r++)
                        rules[all->count++] = set->items[r];
        }
        bundle->rules = all;
        rule_index_make(access->arena, all, &bundle->index);
}

bool access_bundle_allows(const struct access *access, const struct access_bundle *bundle,
                          const struct access_question *question)
{
        if (bundle->rules)
                return rule_index_allows(&bundle->index, question);
        for (uint32_t i = 0; i < bundle->count; i++)
                if (rule_index_allows(&access->indexes[bundle->sets[i]], question))
                        return true;
        return false;
}

/* --- scopes --- */

/* The bindings from `begin` on that are of the same namespace as the first. Returns where the others begin. */
static uint32_t add_scope(struct bundler *bundler, uint32_t subject, uint32_t begin)
{
        struct access *access = bundler->access;
        const struct access_subject *of = &access->subjects.items[subject];
        struct access_scope scope = {.subject = subject, .space = access->spaces[of->bindings[begin]]};
        uint32_t at = begin;

        bundler->sets.count = 0;
        for (; at < of->binding_count && access->spaces[of->bindings[at]] == scope.space; at++) {
                uint32_t role = access->bindings.items[of->bindings[at]].role;

                if (role == ACCESS_NONE || access->roles.items[role].error)
                        scope.unresolved = true;
                if (role != ACCESS_NONE)
                        *vec_push(bundler->arena, &bundler->sets) = access->roles.items[role].rule_set;
        }
        scope.bundle = share_bundle(bundler);
        scope.only_set = ACCESS_NONE;
        if (access->bundles.items[scope.bundle].count == 1)
                scope.only_set = access->bundles.items[scope.bundle].sets[0];
        *vec_push(bundler->arena, &access->scopes) = scope;
        return at;
}

static void add_scopes(struct bundler *bundler, uint32_t number, struct access_quick *quick)
{
        struct access *access = bundler->access;
        const struct access_subject *subject = &access->subjects.items[number];

        *quick = (struct access_quick){.name = subject->user, .cluster_scope = ACCESS_NONE};
        for (uint32_t b = 0; b < subject->binding_count;) {
                uint32_t scope = (uint32_t)access->scopes.count, space;

                b = add_scope(bundler, number, b);
                space = access->scopes.items[scope].space;
                if (!space) {
                        quick->cluster_scope = scope;
                        continue;
                }
                quick->has_local = true;
                access_table_put(access->arena, &access->local_scopes, number + 1, space, scope);
        }
}

static void make_scopes(struct bundler *bundler)
{
        struct access *access = bundler->access;
        struct access_quick *quick = arena_array(access->arena, struct access_quick, access->subjects.count);

        for (uint32_t s = 0; s < access->subjects.count; s++)
                add_scopes(bundler, s, &quick[s]);
        access->quick = quick;
}

/* --- subjects by name --- */

static uint32_t hash_name(struct str name)
{
        return (uint32_t)(XXH3_64bits(name.data, name.len) >> 32);
}

static void make_names(struct access *access, struct access_names *names, bool groups)
{
        uint32_t slots = 8;

        while (slots < access->subjects.count * 2)
                slots *= 2;
        names->slots = arena_array(access->arena, struct access_name_slot, slots);
        names->mask = slots - 1;
        for (uint32_t s = 0; s < access->subjects.count; s++) {
                uint32_t hash = hash_name(access->subjects.items[s].user), at = hash & names->mask;

                if ((access->subjects.items[s].kind == ACCESS_GROUP) != groups)
                        continue;
                while (names->slots[at].subject)
                        at = (at + 1) & names->mask;
                names->slots[at] = (struct access_name_slot){hash, s + 1};
        }
}

uint32_t access_name_find(const struct access *access, const struct access_names *names, struct str name)
{
        uint32_t hash = hash_name(name);

        for (uint32_t at = hash & names->mask; names->slots[at].subject; at = (at + 1) & names->mask)
                if (names->slots[at].hash == hash && str_equal(access->quick[names->slots[at].subject - 1].name, name))
                        return names->slots[at].subject - 1;
        return ACCESS_NONE;
}

/* --- from a resource to rule sets, and on to bindings --- */

static void post(struct access *access, uint32_t resource, uint32_t set)
{
        uint32_t number = access_table_get(&access->postings, resource, 0);
        struct access_posting *posting;

        if (number == ACCESS_NONE) {
                number = (uint32_t)access->resource_sets.count;
                *vec_push(access->arena, &access->resource_sets) = (struct access_posting){0};
                access_table_put(access->arena, &access->postings, resource, 0, number);
        }
        posting = &access->resource_sets.items[number];
        if (!posting->sets.count || posting->sets.items[posting->sets.count - 1] != set)
                *vec_push(access->arena, &posting->sets) = set;
}

static void make_postings(struct access *access)
{
        for (uint32_t s = 0; s < access->rule_sets.count; s++) {
                const struct access_rules *rules = &access->rule_sets.items[s];

                for (size_t r = 0; r < rules->count; r++)
                        for (uint32_t i = 0; i < rules->items[r].resources.count; i++)
                                post(access, rules->items[r].resources.items[i], s);
                if (access->indexes[s].path_count)
                        *vec_push(access->arena, &access->path_sets) = s;
        }
}

static void make_set_bindings(struct access *access)
{
        uint32_t *begin = arena_array(access->arena, uint32_t, access->rule_sets.count + 1);
        uint32_t *bindings = arena_array(access->arena, uint32_t, access->bindings.count);
        uint32_t *at = arena_array(access->arena, uint32_t, access->rule_sets.count);

        for (size_t pass = 0; pass < 2; pass++) {
                for (uint32_t b = 0; b < access->bindings.count; b++) {
                        uint32_t role = access->bindings.items[b].role, set;

                        if (role == ACCESS_NONE)
                                continue;
                        set = access->roles.items[role].rule_set;
                        if (pass == 0)
                                begin[set + 1]++;
                        else
                                bindings[begin[set] + at[set]++] = b;
                }
                for (uint32_t s = 0; pass == 0 && s < access->rule_sets.count; s++)
                        begin[s + 1] += begin[s];
        }
        access->set_bindings = bindings;
        access->set_bindings_begin = begin;
}

void access_scopes_make(struct access *access)
{
        struct bundler bundler = {.access = access, .arena = access->arena};
        struct rule_index *indexes = arena_array(access->arena, struct rule_index, access->rule_sets.count);
        uint32_t *spaces = arena_array(access->arena, uint32_t, access->bindings.count);

        for (size_t i = 0; i < access->rule_sets.count; i++)
                rule_index_make(access->arena, &access->rule_sets.items[i], &indexes[i]);
        access->indexes = indexes;
        for (size_t b = 0; b < access->bindings.count; b++)
                spaces[b] = access->bindings.items[b].ns.len ? intern(access->bindings.items[b].ns) : 0;
        access->spaces = spaces;
        make_scopes(&bundler);
        make_names(access, &access->user_names, false);
        make_names(access, &access->group_names, true);
        for (size_t i = 0; i < access->bundles.count; i++)
                if (access->bundles.items[i].count > FEW_SETS)
                        index_bundle(access, &access->bundles.items[i]);
        make_postings(access);
        make_set_bindings(access);
}

/* --- which rule sets allow it --- */

static const struct access_posting *posting_of(const struct access *access, uint32_t resource)
{
        static const struct access_posting nothing;
        uint32_t number = access_table_get(&access->postings, resource, 0);

        return number == ACCESS_NONE ? &nothing : &access->resource_sets.items[number];
}

void access_candidates(struct arena *arena, const struct access *access, const struct access_question *question,
                       struct access_set_list *out)
{
        const struct access_posting *lists[3];
        uint32_t next;
        size_t at[3] = {0};

        *out = (struct access_set_list){0};
        for (size_t i = 0; question->is_path && i < access->path_sets.count; i++)
                *vec_push(arena, &out->items) = access->path_sets.items[i];
        if (question->is_path)
                return;
        lists[0] = posting_of(access, question->resource);
        lists[1] = posting_of(access, access_star());
        lists[2] = posting_of(access, question->any_of_sub);
        /* The three lists ascend: each set once. */
        for (;;) {
                next = UINT32_MAX;
                for (size_t i = 0; i < COUNT_OF(lists); i++)
                        if (at[i] < lists[i]->sets.count && lists[i]->sets.items[at[i]] < next)
                                next = lists[i]->sets.items[at[i]];
                if (next == UINT32_MAX)
                        return;
                for (size_t i = 0; i < COUNT_OF(lists); i++)
                        at[i] += at[i] < lists[i]->sets.count && lists[i]->sets.items[at[i]] == next;
                *vec_push(arena, &out->items) = next;
        }
}

void access_find_sets(struct arena *arena, const struct access *access, const struct access_question *question,
                      struct access_sets_found *out)
{
        struct access_set_list candidates;

        *out = (struct access_sets_found){0};
        access_candidates(arena, access, question, &candidates);
        for (size_t i = 0; i < candidates.items.count; i++) {
                uint32_t set = candidates.items.items[i];
                size_t rule = rule_index_find(&access->indexes[set], question);

                if (rule != SIZE_MAX)
                        *vec_push(arena, &out->items) = (struct access_set_found){set, (uint32_t)rule};
        }
}
