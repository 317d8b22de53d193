/* rule_tidy.c - rules as short as people want to read them. */

#include <stdlib.h>

#include "access/rule_set.h"

static const struct str verb_order[] = {STR_INIT("*"),     STR_INIT("get"),    STR_INIT("list"),
                                        STR_INIT("watch"), STR_INIT("create"), STR_INIT("update"),
                                        STR_INIT("patch"), STR_INIT("delete"), STR_INIT("deletecollection")};

static size_t rank_of(struct str verb)
{
        size_t rank = 0;

        while (rank < COUNT_OF(verb_order) && !str_equal(verb_order[rank], verb))
                rank++;
        return rank;
}

static int compare_verbs(const void *left, const void *right)
{
        struct str one = intern_text(*(const uint32_t *)left), other = intern_text(*(const uint32_t *)right);
        size_t a = rank_of(one), b = rank_of(other);

        return a != b ? (a < b ? -1 : 1) : str_compare(one, other);
}

static struct access_words sort_verbs(struct arena *arena, const struct access_words *verbs)
{
        uint32_t *items = arena_array(arena, uint32_t, verbs->count), count = 0;

        if (verbs->count) {
                memcpy(items, verbs->items, verbs->count * sizeof(*items));
                qsort(items, verbs->count, sizeof(*items), compare_verbs);
        }
        for (uint32_t i = 0; i < verbs->count; i++)
                if (!count || items[count - 1] != items[i])
                        items[count++] = items[i];
        return (struct access_words){items, count};
}

static bool same_words(const struct access_words *one, const struct access_words *other)
{
        return one->count == other->count
               && (!one->count || memcmp(one->items, other->items, one->count * sizeof(*one->items)) == 0);
}

static struct access_words join(struct arena *arena, const struct access_words *one, const struct access_words *other)
{
        uint32_t *items = arena_array(arena, uint32_t, one->count + other->count);

        if (one->count)
                memcpy(items, one->items, one->count * sizeof(*items));
        if (other->count)
                memcpy(items + one->count, other->items, other->count * sizeof(*items));
        return (struct access_words){items, one->count + other->count};
}

/* Whether two differ in their resources alone, or in their URLs alone. */
static bool goes_with(const struct access_rule *one, const struct access_rule *other)
{
        if (!same_words(&one->verbs, &other->verbs) || !same_words(&one->names, &other->names))
                return false;
        return one->urls.count ? other->urls.count && !one->resources.count && !other->resources.count
                               : !other->urls.count && same_words(&one->groups, &other->groups);
}

struct access_rules access_rules_tidy(struct arena *arena, const struct access_rules *rules)
{
        struct access_rules compact = access_rules_compact(arena, rules);
        struct access_rule *out = arena_array(arena, struct access_rule, compact.count);
        size_t count = 0;

        for (size_t i = 0; i < compact.count; i++) {
                out[i] = compact.items[i];
                out[i].verbs = sort_verbs(arena, &out[i].verbs);
        }
        access_rules_sort(arena, out, compact.count);
        for (size_t i = 0; i < compact.count; i++) {
                size_t at = 0;

                while (at < count && !goes_with(&out[at], &out[i]))
                        at++;
                if (at == count) {
                        out[count++] = out[i];
                } else {
                        out[at].resources = join(arena, &out[at].resources, &out[i].resources);
                        out[at].urls = join(arena, &out[at].urls, &out[i].urls);
                }
        }
        return (struct access_rules){out, count};
}

/* --- in words --- */

static void put_words(struct buf *out, const struct access_words *words)
{
        for (uint32_t i = 0; i < words->count; i++) {
                if (i)
                        buf_add_literal(out, ", ");
                buf_add(out, intern_text(words->items[i]));
        }
}

/* RESOURCE[.GROUP][/SUBRESOURCE] */
static void put_resource(struct buf *out, struct str rest, struct str group)
{
        struct str name;

        str_split(&rest, '/', &name);
        buf_add(out, name);
        if (group.len) {
                buf_add_char(out, '.');
                buf_add(out, group);
        }
        if (rest.data) {
                buf_add_char(out, '/');
                buf_add(out, rest);
        }
}

static void put_resources(struct buf *out, const struct access_rule *rule)
{
        for (uint32_t g = 0; g < rule->groups.count; g++)
                for (uint32_t r = 0; r < rule->resources.count; r++) {
                        struct str resource = intern_text(rule->resources.items[r]),
                                   group = intern_text(rule->groups.items[g]);

                        if (g || r)
                                buf_add_literal(out, ", ");
                        if (str_is(resource, "*") && str_is(group, "*"))
                                buf_add_literal(out, "every resource");
                        else
                                put_resource(out, resource, group);
                }
}

void access_rule_put_words(struct buf *out, const struct access_rule *rule)
{
        bool everything = rule->verbs.count == 1 && rule->verbs.items[0] == access_star();

        if (everything)
                buf_add_literal(out, "do anything with");
        else
                put_words(out, &rule->verbs);
        buf_add_char(out, ' ');
        put_resources(out, rule);
        if (rule->urls.count && rule->resources.count)
                buf_add_literal(out, ", ");
        for (uint32_t i = 0; i < rule->urls.count; i++) {
                struct str url = intern_text(rule->urls.items[i]);

                buf_add(out, i ? STR(", ") : STR(""));
                buf_add(out, str_is(url, "*") ? STR("every path") : url);
        }
        if (!rule->names.count)
                return;
        buf_add_literal(out, " named ");
        put_words(out, &rule->names);
}
