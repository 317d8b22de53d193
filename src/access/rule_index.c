/* rule_index.c - rules by group, resource and name. */

#include "access/rule_index.h"

/* Rules with so few words are sooner asked than looked up. */
enum { FEW_WORDS = 32 };

static bool has_or_star(const struct access_words *words, uint32_t word, uint32_t star)
{
        for (uint32_t i = 0; i < words->count; i++)
                if (words->items[i] == word || words->items[i] == star)
                        return true;
        return false;
}

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
        VEC(struct rule_key) keys;
        VEC(uint32_t) paths, rest;
};

static size_t combinations(const struct access_rule *rule)
{
        size_t names = rule->names.count ? rule->names.count : 1;

        return checked_mul(checked_mul(rule->groups.count, rule->resources.count), names);
}

static void add_keys(struct maker *maker, const struct access_rule *rule, uint32_t number, uint32_t group)
{
        for (uint32_t r = 0; r < rule->resources.count; r++)
                for (uint32_t n = 0; n == 0 || n < rule->names.count; n++)
                        *vec_push(maker->arena, &maker->keys) =
                                (struct rule_key){group, rule->resources.items[r],
                                                  rule->names.count ? rule->names.items[n] : 0, number, 0};
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

static bool same_key(const struct rule_key *one, const struct rule_key *other)
{
        return one->group == other->group && one->resource == other->resource && one->name == other->name;
}

/* From the last key to the first, so that chains ascend. */
static void link_keys(struct maker *maker)
{
        uint32_t slots = 8, *table;

        while (slots < maker->keys.count * 2)
                slots *= 2;
        table = arena_array(maker->arena, uint32_t, slots);
        maker->index->mask = slots - 1;
        for (size_t i = maker->keys.count; i-- > 0;) {
                struct rule_key *key = &maker->keys.items[i];
                uint32_t at = hash_key(key->group, key->resource, key->name) & maker->index->mask;

                while (table[at] && !same_key(&maker->keys.items[table[at] - 1], key))
                        at = (at + 1) & maker->index->mask;
                key->next = table[at];
                table[at] = (uint32_t)i + 1;
        }
        maker->index->slots = table;
        maker->index->keys = maker->keys.items;
}

static bool is_short(const struct access_rules *rules)
{
        size_t words = 0;

        for (size_t i = 0; i < rules->count && words <= FEW_WORDS; i++) {
                const struct access_rule *rule = &rules->items[i];

                words += 1 + rule->verbs.count + rule->groups.count + rule->resources.count + rule->names.count;
        }
        return words <= FEW_WORDS;
}

void rule_index_make(struct arena *arena, const struct access_rules *rules, struct rule_index *out)
{
        struct maker maker = {.arena = arena, .index = out};

        *out = (struct rule_index){.rules = rules, .is_plain = is_short(rules)};
        for (uint32_t i = 0; i < rules->count; i++) {
                const struct access_rule *rule = &rules->items[i];

                note_kinds(out, rule);
                if (rule->urls.count)
                        *vec_push(arena, &maker.paths) = i;
                if (out->is_plain || !combinations(rule))
                        continue;
                if (combinations(rule) > RULE_INDEX_MOST) {
                        *vec_push(arena, &maker.rest) = i;
                        continue;
                }
                for (uint32_t g = 0; g < rule->groups.count; g++)
                        add_keys(&maker, rule, i, rule->groups.items[g]);
        }
        if (!out->is_plain)
                link_keys(&maker);
        out->paths = maker.paths.items;
        out->path_count = (uint32_t)maker.paths.count;
        out->rest = maker.rest.items;
        out->rest_count = (uint32_t)maker.rest.count;
}

/* --- asking --- */

/* The first rule of a key whose verbs fit; SIZE_MAX if there is none. */
static size_t look_up(const struct rule_index *index, uint32_t verb, uint32_t group, uint32_t resource, uint32_t name)
{
        uint32_t at = hash_key(group, resource, name) & index->mask, star = access_star();
        const struct rule_key wanted = {group, resource, name, 0, 0};
        uint32_t number;

        while ((number = index->slots[at]) && !same_key(&index->keys[number - 1], &wanted))
                at = (at + 1) & index->mask;
        for (; number; number = index->keys[number - 1].next)
                if (has_or_star(&index->rules->items[index->keys[number - 1].rule].verbs, verb, star))
                        return index->keys[number - 1].rule;
        return SIZE_MAX;
}

static size_t find_of(const struct rule_index *index, const struct access_question *question, uint32_t group,
                      uint32_t resource)
{
        size_t best = SIZE_MAX;

        if (!resource || !group)
                return SIZE_MAX;
        if (index->no_names)
                best = look_up(index, question->verb, group, resource, 0);
        if (index->names && question->name)
                best = min_size(best, look_up(index, question->verb, group, resource, question->name));
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
        if (index->is_plain)
                return access_rules_find(index->rules, question);
        best = find_of_resource(index, question, question->resource);
        if (index->star_resource)
                best = min_size(best, find_of_resource(index, question, access_star()));
        if (index->any_of_sub && question->any_of_sub)
                best = min_size(best, find_of_resource(index, question, question->any_of_sub));
        return min_size(best, find_asked(index, index->rest, index->rest_count, question));
}

bool rule_index_allows(const struct rule_index *index, const struct access_question *question)
{
        if (question->is_path || index->is_plain)
                return rule_index_find(index, question) != SIZE_MAX;
        return find_of_resource(index, question, question->resource) != SIZE_MAX
               || (index->star_resource && find_of_resource(index, question, access_star()) != SIZE_MAX)
               || (index->any_of_sub && find_of_resource(index, question, question->any_of_sub) != SIZE_MAX)
               || find_asked(index, index->rest, index->rest_count, question) != SIZE_MAX;
}
