/* rule_index.c - rules by group, resource and name. */

#include "access/rule_index.h"

static bool has_word(const struct access_words *words, uint32_t word)
{
        for (uint32_t i = 0; i < words->count; i++)
                if (words->items[i] == word)
                        return true;
        return false;
}

static uint32_t hash_key(uint32_t group, uint32_t resource, uint32_t name)
{
        uint64_t hash = ((uint64_t)resource << 32 | group) * 0x9e3779b97f4a7c15u;

        hash = (hash ^ hash >> 32 ^ name) * 0xd6e8feb86659fd93u;
        return (uint32_t)(hash >> 32);
}

/* --- building --- */

struct maker {
        struct arena *arena;
        struct rule_index *index;
        uint32_t count; /* slots in use */
        VEC(struct rule_link) links;
        VEC(uint32_t) paths, rest;
};

static size_t combinations(const struct access_rule *rule)
{
        size_t names = rule->names.count ? rule->names.count : 1;

        return checked_mul(checked_mul(rule->groups.count, rule->resources.count), names);
}

static struct rule_slot *slot_of(const struct rule_index *index, uint32_t group, uint32_t resource, uint32_t name)
{
        uint32_t at = hash_key(group, resource, name) & index->mask;

        for (;; at = (at + 1) & index->mask) {
                struct rule_slot *slot = &index->slots[at];

                if (!slot->resource || (slot->resource == resource && slot->group == group && slot->name == name))
                        return slot;
        }
}

static void grow(struct maker *maker)
{
        struct rule_index *index = maker->index;
        struct rule_slot *old = index->slots;
        uint32_t count = old ? index->mask + 1 : 0;

        index->mask = old ? index->mask * 2 + 1 : 7;
        index->slots = arena_array(maker->arena, struct rule_slot, (size_t)index->mask + 1);
        for (uint32_t i = 0; i < count; i++)
                if (old[i].resource)
                        *slot_of(index, old[i].group, old[i].resource, old[i].name) = old[i];
}

static void add_key(struct maker *maker, uint32_t group, uint32_t resource, uint32_t name, uint64_t verbs,
                    uint32_t rule)
{
        struct rule_slot *slot;

        if (!maker->index->slots || maker->count * 2 > maker->index->mask)
                grow(maker);
        slot = slot_of(maker->index, group, resource, name);
        if (!slot->resource) {
                *slot = (struct rule_slot){.group = group, .resource = resource, .name = name};
                maker->count++;
        }
        slot->verbs |= verbs;
        if (slot->last && maker->links.items[slot->last - 1].rule == rule)
                return;
        *vec_push(maker->arena, &maker->links) = (struct rule_link){verbs, rule, 0};
        if (slot->last)
                maker->links.items[slot->last - 1].next = (uint32_t)maker->links.count;
        else
                slot->first = (uint32_t)maker->links.count;
        slot->last = (uint32_t)maker->links.count;
}

static void add_keys(struct maker *maker, const struct access_rule *rule, uint32_t number)
{
        uint64_t verbs = access_verb_bits(&rule->verbs);

        for (uint32_t g = 0; g < rule->groups.count; g++)
                for (uint32_t r = 0; r < rule->resources.count; r++) {
                        uint32_t group = rule->groups.items[g], resource = rule->resources.items[r];

                        add_key(maker, group, resource, rule->names.count ? RULE_INDEX_ANY_NAME : 0, verbs, number);
                        for (uint32_t n = 0; n < rule->names.count; n++)
                                add_key(maker, group, resource, rule->names.items[n], verbs, number);
                }
}

/* What kinds of keys there are, so that those that are not are never looked up. */
static void note_kinds(struct rule_index *index, const struct access_rule *rule)
{
        uint32_t star = access_star();

        index->star_group |= has_word(&rule->groups, star);
        index->star_resource |= has_word(&rule->resources, star);
        index->names |= rule->names.count > 0;
        index->no_names |= !rule->names.count;
        for (uint32_t r = 0; r < rule->resources.count; r++)
                index->any_of_sub |= str_starts(intern_text(rule->resources.items[r]), STR("*/"));
}

void rule_index_make(struct arena *arena, const struct access_rules *rules, struct rule_index *out)
{
        struct maker maker = {.arena = arena, .index = out};

        *out = (struct rule_index){.rules = rules};
        grow(&maker);
        for (uint32_t i = 0; i < rules->count; i++) {
                const struct access_rule *rule = &rules->items[i];

                if (rule->urls.count)
                        *vec_push(arena, &maker.paths) = i;
                if (!combinations(rule))
                        continue;
                note_kinds(out, rule);
                if (combinations(rule) > RULE_INDEX_MOST)
                        *vec_push(arena, &maker.rest) = i;
                else
                        add_keys(&maker, rule, i);
        }
        out->links = maker.links.items;
        out->paths = maker.paths.items;
        out->path_count = (uint32_t)maker.paths.count;
        out->rest = maker.rest.items;
        out->rest_count = (uint32_t)maker.rest.count;
}

/* --- asking --- */

/* The first rule of a slot whose verbs fit; SIZE_MAX if there is none. */
static size_t look_up(const struct rule_index *index, const struct access_question *question, uint32_t group,
                      uint32_t resource, uint32_t name)
{
        const struct rule_slot *slot = slot_of(index, group, resource, name);

        if (!(slot->verbs & question->verb_bits))
                return SIZE_MAX;
        for (uint32_t at = slot->first; at; at = index->links[at - 1].next) {
                const struct rule_link *link = &index->links[at - 1];

                if (!(link->verbs & question->verb_bits))
                        continue;
                if (link->verbs & question->verb_bits & ~ACCESS_OTHER_VERBS
                    || has_word(&index->rules->items[link->rule].verbs, question->verb))
                        return link->rule;
        }
        return SIZE_MAX;
}

static size_t find_of(const struct rule_index *index, const struct access_question *question, uint32_t group,
                      uint32_t resource)
{
        size_t best = SIZE_MAX;

        if (!resource || !group)
                return SIZE_MAX;
        if (index->no_names)
                best = look_up(index, question, group, resource, 0);
        if (index->names && question->name)
                best = min_size(best, look_up(index, question, group, resource, question->name));
        return best;
}

static size_t find_of_resource(const struct rule_index *index, const struct access_question *question,
                               uint32_t resource)
{
        size_t best = find_of(index, question, question->group, resource);

        if (index->star_group)
                best = min_size(best, find_of(index, question, access_star(), resource));
        return best;
}

static size_t find_asked(const struct rule_index *index, const uint32_t *rules, uint32_t count,
                         const struct access_question *question)
{
        for (uint32_t i = 0; i < count; i++)
                if (access_rule_allows(&index->rules->items[rules[i]], question))
                        return rules[i];
        return SIZE_MAX;
}

size_t rule_index_find(const struct rule_index *index, const struct access_question *question)
{
        size_t best;

        if (question->is_path)
                return find_asked(index, index->paths, index->path_count, question);
        best = find_of_resource(index, question, question->resource);
        if (index->star_resource)
                best = min_size(best, find_of_resource(index, question, access_star()));
        if (index->any_of_sub)
                best = min_size(best, find_of_resource(index, question, question->any_of_sub));
        return min_size(best, find_asked(index, index->rest, index->rest_count, question));
}

/* As look_up(), but the slot itself is enough where its verbs are all bits. */
static inline bool has_key(const struct rule_index *index, const struct access_question *question, uint32_t group,
                           uint32_t resource, uint32_t name)
{
        const struct rule_slot *slot = slot_of(index, group, resource, name);
        uint64_t verbs = slot->verbs & question->verb_bits;

        return verbs && (verbs & ~ACCESS_OTHER_VERBS || look_up(index, question, group, resource, name) != SIZE_MAX);
}

static bool has_resource(const struct rule_index *index, const struct access_question *question, uint32_t resource)
{
        const uint32_t groups[] = {question->group, index->star_group ? access_star() : 0};

        for (size_t i = 0; resource && i < COUNT_OF(groups); i++) {
                if (!groups[i])
                        continue;
                if (index->no_names && has_key(index, question, groups[i], resource, 0))
                        return true;
                if (index->names && question->name && has_key(index, question, groups[i], resource, question->name))
                        return true;
        }
        return false;
}

bool rule_index_allows(const struct rule_index *index, const struct access_question *question)
{
        if (question->is_path)
                return rule_index_find(index, question) != SIZE_MAX;
        return has_resource(index, question, question->resource)
               || (index->star_resource && has_resource(index, question, access_star()))
               || (index->any_of_sub && has_resource(index, question, question->any_of_sub))
               || (index->rest_count && find_asked(index, index->rest, index->rest_count, question) != SIZE_MAX);
}

/* --- all verbs at once --- */

static void add_verbs(const struct rule_index *index, uint32_t group, uint32_t resource, uint64_t *all, uint64_t *some)
{
        if (!group || !resource)
                return;
        if (index->no_names)
                *all |= slot_of(index, group, resource, 0)->verbs;
        if (index->names)
                *some |= slot_of(index, group, resource, RULE_INDEX_ANY_NAME)->verbs;
}

static void add_verbs_of_rest(const struct rule_index *index, const struct access_question *question, uint64_t *all,
                              uint64_t *some)
{
        const uint32_t star = access_star();

        for (uint32_t i = 0; i < index->rest_count; i++) {
                struct access_rule rule = index->rules->items[index->rest[i]];
                uint64_t verbs = access_verb_bits(&rule.verbs);
                bool named = rule.names.count > 0;

                rule.verbs = (struct access_words){&star, 1};
                rule.names.count = 0;
                if (access_rule_allows(&rule, question))
                        *(named ? some : all) |= verbs;
        }
}

uint64_t rule_index_verbs(const struct rule_index *index, const struct access_question *question, uint64_t *some)
{
        const uint32_t resources[] = {question->resource, index->star_resource ? access_star() : 0,
                                      index->any_of_sub ? question->any_of_sub : 0};
        uint64_t all = 0;

        *some = 0;
        for (size_t i = 0; i < COUNT_OF(resources); i++) {
                add_verbs(index, question->group, resources[i], &all, some);
                if (index->star_group)
                        add_verbs(index, access_star(), resources[i], &all, some);
        }
        if (index->rest_count)
                add_verbs_of_rest(index, question, &all, some);
        return all;
}
