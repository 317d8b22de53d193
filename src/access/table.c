/* table.c - numbers by pairs of numbers, and rule sets that equal roles share. */

#include "access/internal.h"

static size_t slot_of(const struct access_table *table, uint32_t first, uint32_t second)
{
        uint64_t hash = ((uint64_t)first << 32 | second) * 0x9e3779b97f4a7c15u;
        size_t at = (size_t)(hash >> 32) & table->mask;

        while (table->slots[at].first && (table->slots[at].first != first || table->slots[at].second != second))
                at = (at + 1) & table->mask;
        return at;
}

static void grow(struct arena *arena, struct access_table *table)
{
        struct access_table larger = {.mask = table->slots ? table->mask * 2 + 1 : 15, .count = table->count};

        larger.slots = arena_array(arena, struct access_slot, larger.mask + 1);
        for (size_t i = 0; table->slots && i <= table->mask; i++) {
                const struct access_slot *slot = &table->slots[i];

                if (slot->first)
                        larger.slots[slot_of(&larger, slot->first, slot->second)] = *slot;
        }
        *table = larger;
}

void access_table_put(struct arena *arena, struct access_table *table, uint32_t first, uint32_t second, uint32_t value)
{
        struct access_slot *slot;

        if (!table->slots || table->count * 2 > table->mask)
                grow(arena, table);
        slot = &table->slots[slot_of(table, first, second)];
        table->count += !slot->first;
        *slot = (struct access_slot){first, second, value};
}

uint32_t access_table_get(const struct access_table *table, uint32_t first, uint32_t second)
{
        const struct access_slot *slot;

        if (!table->slots || !first)
                return ACCESS_NONE;
        slot = &table->slots[slot_of(table, first, second)];
        return slot->first ? slot->value : ACCESS_NONE;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
        hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
        return hash ^ hash >> 32;
}

static uint64_t mix_words(uint64_t hash, const struct access_words *words)
{
        hash = mix(hash, words->count);
        for (uint32_t i = 0; i < words->count; i++)
                hash = mix(hash, words->items[i]);
        return hash;
}

uint64_t access_hash_rules(const struct access_rules *rules)
{
        uint64_t hash = rules->count;

        for (size_t i = 0; i < rules->count; i++) {
                hash = mix_words(hash, &rules->items[i].verbs);
                hash = mix_words(hash, &rules->items[i].groups);
                hash = mix_words(hash, &rules->items[i].resources);
                hash = mix_words(hash, &rules->items[i].names);
                hash = mix_words(hash, &rules->items[i].urls);
        }
        return hash;
}

bool access_rules_equal(const struct access_rules *one, const struct access_rules *other)
{
        if (one->count != other->count)
                return false;
        for (size_t i = 0; i < one->count; i++)
                if (!access_rule_equal(&one->items[i], &other->items[i]))
                        return false;
        return true;
}

static size_t set_slot(const struct access *access, const struct access_sets *sets, const struct access_rules *rules)
{
        size_t at = (size_t)access_hash_rules(rules) & sets->mask;

        while (sets->slots[at] && !access_rules_equal(&access->rule_sets.items[sets->slots[at] - 1], rules))
                at = (at + 1) & sets->mask;
        return at;
}

static void grow_sets(struct access *access, struct access_sets *sets)
{
        sets->mask = sets->slots ? sets->mask * 2 + 1 : 63;
        sets->slots = arena_array(access->arena, uint32_t, sets->mask + 1);
        for (size_t i = 0; i < access->rule_sets.count; i++)
                sets->slots[set_slot(access, sets, &access->rule_sets.items[i])] = (uint32_t)i + 1;
}

uint32_t access_share_rules(struct access *access, struct access_sets *sets, struct access_rules rules)
{
        size_t at;

        if (!sets->slots || access->rule_sets.count * 2 > sets->mask)
                grow_sets(access, sets);
        at = set_slot(access, sets, &rules);
        if (!sets->slots[at]) {
                *vec_push(access->arena, &access->rule_sets) = rules;
                sets->slots[at] = (uint32_t)access->rule_sets.count;
        }
        return sets->slots[at] - 1;
}
