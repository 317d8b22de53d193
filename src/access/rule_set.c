/* rule_set.c - what a rule allows and covers, and rules taken apart and put together. */

#include "access/rule_set.h"

#include <pthread.h>

enum { SHORT_RESOURCE = 512 };

uint32_t access_star(void)
{
        static uint32_t star;
        uint32_t known = __atomic_load_n(&star, __ATOMIC_RELAXED);

        if (UNLIKELY(!known)) {
                known = intern(STR("*"));
                __atomic_store_n(&star, known, __ATOMIC_RELAXED);
        }
        return known;
}

/* --- verbs as bits --- */

static const struct str verbs_with_bits[] = {
        STR_INIT("*"),           STR_INIT("get"),     STR_INIT("list"),
        STR_INIT("watch"),       STR_INIT("create"),  STR_INIT("update"),
        STR_INIT("patch"),       STR_INIT("delete"),  STR_INIT("deletecollection"),
        STR_INIT("use"),         STR_INIT("bind"),    STR_INIT("escalate"),
        STR_INIT("impersonate"), STR_INIT("approve"), STR_INIT("sign"),
        STR_INIT("attest"),      STR_INIT("post"),    STR_INIT("put"),
        STR_INIT("head"),        STR_INIT("options"),
};

static uint32_t verb_numbers[COUNT_OF(verbs_with_bits)];
static pthread_once_t verbs_known = PTHREAD_ONCE_INIT;

static void know_verbs(void)
{
        for (size_t i = 0; i < COUNT_OF(verbs_with_bits); i++)
                verb_numbers[i] = intern(verbs_with_bits[i]);
}

uint64_t access_verb_bit(uint32_t verb)
{
        pthread_once(&verbs_known, know_verbs);
        for (size_t i = 0; i < COUNT_OF(verb_numbers); i++)
                if (verb_numbers[i] == verb)
                        return UINT64_C(1) << i;
        return ACCESS_OTHER_VERBS;
}

uint64_t access_verb_bits(const struct access_words *verbs)
{
        uint64_t bits = 0;

        for (uint32_t i = 0; i < verbs->count; i++)
                bits |= access_verb_bit(verbs->items[i]);
        return bits;
}

struct access_words access_words_of(struct arena *arena, const struct str *texts, size_t count)
{
        uint32_t *items = arena_array(arena, uint32_t, count);

        for (size_t i = 0; i < count; i++)
                items[i] = intern(texts[i]);
        return (struct access_words){items, (uint32_t)count};
}

/* --- what a rule allows --- */

static bool has(const struct access_words *words, uint32_t word)
{
        for (uint32_t i = 0; i < words->count; i++)
                if (words->items[i] == word)
                        return true;
        return false;
}

/* A word that is 0 stands in no list. */
static bool has_or_star(const struct access_words *words, uint32_t word)
{
        uint32_t star = access_star();

        for (uint32_t i = 0; i < words->count; i++)
                if (words->items[i] == word || words->items[i] == star)
                        return true;
        return false;
}

bool access_url_covers(struct str url, struct str path)
{
        if (str_equal(url, path))
                return true;
        if (!str_ends(url, STR("*")))
                return false;
        while (str_ends(url, STR("*")))
                url.len--;
        return str_starts(path, url);
}

static uint32_t find_joined(struct str first, struct str second)
{
        CLEANUP(buf_free) struct buf large = {0};
        char small[SHORT_RESOURCE];

        if (first.len + 1 + second.len <= sizeof(small)) {
                memcpy(small, first.data, first.len);
                small[first.len] = '/';
                memcpy(small + first.len + 1, second.data, second.len);
                return intern_find((struct str){small, first.len + 1 + second.len});
        }
        buf_add(&large, first);
        buf_add_char(&large, '/');
        buf_add(&large, second);
        return intern_find(buf_text(&large));
}

struct access_question access_question_of(const struct access_request *request)
{
        struct access_question question = {
                .verb = intern_find(request->verb),
                .path = request->path,
                .is_path = request->is_path,
        };

        question.verb_bits = access_verb_bit(question.verb) | 1;
        if (request->is_path)
                return question;
        question.group = intern_find(request->group);
        question.name = intern_find(request->name);
        if (request->subresource.len) {
                question.resource = find_joined(request->resource, request->subresource);
                question.any_of_sub = find_joined(STR("*"), request->subresource);
        } else {
                question.resource = intern_find(request->resource);
        }
        return question;
}

static bool allows_path(const struct access_rule *rule, struct str path)
{
        for (uint32_t i = 0; i < rule->urls.count; i++)
                if (access_url_covers(intern_text(rule->urls.items[i]), path))
                        return true;
        return false;
}

bool access_rule_allows(const struct access_rule *rule, const struct access_question *question)
{
        if (!has_or_star(&rule->verbs, question->verb))
                return false;
        if (question->is_path)
                return allows_path(rule, question->path);
        if (!has_or_star(&rule->groups, question->group))
                return false;
        if (!has_or_star(&rule->resources, question->resource)
            && !(question->any_of_sub && has(&rule->resources, question->any_of_sub)))
                return false;
        return !rule->names.count || (question->name && has(&rule->names, question->name));
}

size_t access_rules_find(const struct access_rules *rules, const struct access_question *question)
{
        for (size_t i = 0; i < rules->count; i++)
                if (access_rule_allows(&rules->items[i], question))
                        return i;
        return SIZE_MAX;
}

/* --- covering --- */

static bool has_all(const struct access_words *owner, const struct access_words *servant)
{
        for (uint32_t i = 0; i < servant->count; i++)
                if (!has(owner, servant->items[i]))
                        return false;
        return true;
}

static bool has_all_or_star(const struct access_words *owner, const struct access_words *servant)
{
        return has(owner, access_star()) || has_all(owner, servant);
}

static bool covers_resource(const struct access_words *owner, uint32_t resource)
{
        struct str text = intern_text(resource);
        size_t slash = str_find(text, STR("/"), 0);
        uint32_t any;

        if (has(owner, resource))
                return true;
        if (slash == SIZE_MAX)
                return false;
        any = find_joined(STR("*"), str_from(text, slash + 1));
        return any && has(owner, any);
}

static bool covers_resources(const struct access_words *owner, const struct access_words *servant)
{
        if (has(owner, access_star()))
                return true;
        for (uint32_t i = 0; i < servant->count; i++)
                if (!covers_resource(owner, servant->items[i]))
                        return false;
        return true;
}

static bool covers_url(const struct access_words *owner, uint32_t url)
{
        for (uint32_t i = 0; i < owner->count; i++)
                if (access_url_covers(intern_text(owner->items[i]), intern_text(url)))
                        return true;
        return false;
}

static bool covers_urls(const struct access_words *owner, const struct access_words *servant)
{
        for (uint32_t i = 0; i < servant->count; i++)
                if (!covers_url(owner, servant->items[i]))
                        return false;
        return true;
}

bool access_rule_covers(const struct access_rule *owner, const struct access_rule *servant)
{
        return has_all_or_star(&owner->verbs, &servant->verbs) && has_all_or_star(&owner->groups, &servant->groups)
               && covers_resources(&owner->resources, &servant->resources) && covers_urls(&owner->urls, &servant->urls)
               && (!owner->names.count || (servant->names.count && has_all(&owner->names, &servant->names)));
}

/* --- taking apart --- */

struct parts {
        struct arena *arena;
        VEC(struct access_rule) rules;
};

static struct access_words one_word(const uint32_t *word)
{
        return (struct access_words){word, 1};
}

static void break_down_verb(struct parts *parts, const struct access_rule *rule, const uint32_t *group,
                            const uint32_t *resource, const uint32_t *verb)
{
        struct access_rule part = {
                .verbs = one_word(verb),
                .groups = one_word(group),
                .resources = one_word(resource),
        };

        if (!rule->names.count)
                *vec_push(parts->arena, &parts->rules) = part;
        for (uint32_t i = 0; i < rule->names.count; i++) {
                part.names = one_word(&rule->names.items[i]);
                *vec_push(parts->arena, &parts->rules) = part;
        }
}

/* How many parts a rule has; SIZE_MAX if they cannot be counted. */
static size_t count_parts(const struct access_rule *rule)
{
        const size_t factors[] = {rule->groups.count, rule->resources.count, rule->verbs.count,
                                  rule->names.count ? rule->names.count : 1};
        size_t parts = 1, paths;

        for (size_t i = 0; i < COUNT_OF(factors); i++)
                if (__builtin_mul_overflow(parts, factors[i], &parts))
                        return SIZE_MAX;
        if (__builtin_mul_overflow((size_t)rule->urls.count, (size_t)rule->verbs.count, &paths)
            || __builtin_add_overflow(parts, paths, &parts))
                return SIZE_MAX;
        return parts;
}

struct access_rules access_rule_break_down(struct arena *arena, const struct access_rule *rule)
{
        struct parts parts = {.arena = arena};

        if (count_parts(rule) > ACCESS_PARTS_MOST)
                return (struct access_rules){rule, 1};
        for (uint32_t g = 0; g < rule->groups.count; g++)
                for (uint32_t r = 0; r < rule->resources.count; r++)
                        for (uint32_t v = 0; v < rule->verbs.count; v++)
                                break_down_verb(&parts, rule, &rule->groups.items[g], &rule->resources.items[r],
                                                &rule->verbs.items[v]);
        for (uint32_t u = 0; u < rule->urls.count; u++)
                for (uint32_t v = 0; v < rule->verbs.count; v++)
                        *vec_push(arena, &parts.rules) = (struct access_rule){
                                .verbs = one_word(&rule->verbs.items[v]),
                                .urls = one_word(&rule->urls.items[u]),
                        };
        return (struct access_rules){parts.rules.items, parts.rules.count};
}

static bool is_covered(const struct access_rules *owner, const struct access_rule *part)
{
        for (size_t i = 0; i < owner->count; i++)
                if (access_rule_covers(&owner->items[i], part))
                        return true;
        return false;
}

bool access_rules_cover(struct arena *arena, const struct access_rules *owner, const struct access_rules *servant,
                        struct access_rules *uncovered)
{
        struct parts left = {.arena = arena};

        for (size_t i = 0; i < servant->count; i++) {
                struct access_rules parts;

                if (is_covered(owner, &servant->items[i]))
                        continue;
                parts = access_rule_break_down(arena, &servant->items[i]);
                for (size_t p = 0; p < parts.count; p++)
                        if (!is_covered(owner, &parts.items[p]))
                                *vec_push(arena, &left.rules) = parts.items[p];
        }
        if (uncovered)
                *uncovered = (struct access_rules){left.rules.items, left.rules.count};
        return left.rules.count == 0;
}

/* --- putting together --- */

bool access_rule_is_simple(const struct access_rule *rule)
{
        return rule->groups.count == 1 && rule->resources.count == 1 && rule->names.count <= 1 && !rule->urls.count;
}

static bool words_equal(const struct access_words *one, const struct access_words *other)
{
        return one->count == other->count
               && (!one->count || memcmp(one->items, other->items, one->count * sizeof(*one->items)) == 0);
}

bool access_rule_equal(const struct access_rule *one, const struct access_rule *other)
{
        return words_equal(&one->verbs, &other->verbs) && words_equal(&one->groups, &other->groups)
               && words_equal(&one->resources, &other->resources) && words_equal(&one->names, &other->names)
               && words_equal(&one->urls, &other->urls);
}

/* A simple rule that collects the verbs of others. */
struct heap {
        struct access_rule rule;
        VEC(uint32_t) verbs;
        bool several;
        size_t next; /* the next one with the same hash, from 1 */
};

struct heaps {
        struct arena *arena;
        VEC(struct heap) items;
        size_t *slots;
        size_t mask;
};

static size_t hash_simple(const struct access_rule *rule)
{
        uint64_t hash = rule->groups.items[0];

        hash = (hash ^ rule->resources.items[0]) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 29;
        hash = (hash ^ (rule->names.count ? rule->names.items[0] : 0)) * 0x9e3779b97f4a7c15u;
        return (size_t)(hash >> 32);
}

static void add_to_heap(struct heaps *heaps, const struct access_rule *rule)
{
        size_t *slot = &heaps->slots[hash_simple(rule) & heaps->mask];
        struct heap *heap = NULL;

        for (size_t i = *slot; i && !heap; i = heaps->items.items[i - 1].next) {
                struct heap *other = &heaps->items.items[i - 1];

                if (words_equal(&other->rule.groups, &rule->groups)
                    && words_equal(&other->rule.resources, &rule->resources)
                    && words_equal(&other->rule.names, &rule->names))
                        heap = other;
        }
        if (!heap) {
                *vec_push(heaps->arena, &heaps->items) = (struct heap){.rule = *rule, .next = *slot};
                *slot = heaps->items.count;
                return;
        }
        for (uint32_t v = 0; !heap->several && v < heap->rule.verbs.count; v++)
                *vec_push(heaps->arena, &heap->verbs) = heap->rule.verbs.items[v];
        heap->several = true;
        for (uint32_t v = 0; v < rule->verbs.count; v++)
                *vec_push(heaps->arena, &heap->verbs) = rule->verbs.items[v];
}

struct access_rules access_rules_compact(struct arena *arena, const struct access_rules *rules)
{
        static const uint32_t nothing[1];
        struct access_rule *out = arena_array(arena, struct access_rule, rules->count);
        struct heaps heaps = {.arena = arena};
        size_t slots = 16, count = 0;

        while (slots < rules->count)
                slots *= 2;
        heaps.slots = arena_array(arena, size_t, slots);
        heaps.mask = slots - 1;
        for (size_t i = 0; i < rules->count; i++) {
                if (access_rule_is_simple(&rules->items[i]))
                        add_to_heap(&heaps, &rules->items[i]);
                else
                        out[count++] = rules->items[i];
        }
        for (size_t i = 0; i < heaps.items.count; i++) {
                struct heap *heap = &heaps.items.items[i];

                if (heap->several)
                        heap->rule.verbs = (struct access_words){heap->verbs.items ? heap->verbs.items : nothing,
                                                                 (uint32_t)heap->verbs.count};
                out[count++] = heap->rule;
        }
        return (struct access_rules){out, count};
}
