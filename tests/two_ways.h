/* two_ways.h - whether all rules of Strake say the same of a text when they are judged as one program and each by itself. */
#pragma once

#include "rulebook/rulebook.h"

struct two_ways {
        struct arena arena;
        struct rulebook *together, *one_by_one;
};

static inline bool two_ways_begin(struct two_ways *ways, uint32_t minor, struct value params)
{
        struct rulebook_settings settings = {.minor = minor, .params = params};
        struct err err = {0};

        ways->together = rulebook_new(&ways->arena, &settings, &err);
        settings.one_by_one = true;
        ways->one_by_one = rulebook_new(&ways->arena, &settings, &err);
        return ways->together && ways->one_by_one;
}

static inline bool same_finding(const struct finding *a, const struct finding *b)
{
        return str_equal(a->rule->id, b->rule->id) && str_equal(a->message, b->message)
               && str_equal(a->container, b->container) && str_equal(a->location.path, b->location.path)
               && a->location.line == b->location.line && a->location.column == b->location.column && a->at == b->at
               && a->document_index == b->document_index && a->reference_count == b->reference_count
               && a->fix.present == b->fix.present && a->severity == b->severity
               && strcmp(a->fingerprint, b->fingerprint) == 0;
}

/* The rule that says something else, empty when none does; *findings counts what they say. */
static inline struct str two_ways_differ(struct two_ways *ways, struct str name, struct str text, size_t *findings)
{
        struct arena scratch CLEANUP(arena_free) = {0}, outlook CLEANUP(arena_free) = {0};
        struct finding_list one CLEANUP(finding_list_free) = {0}, other CLEANUP(finding_list_free) = {0};
        struct estate estate = {0};
        struct str differs = {0};

        estate_read_text(&estate, name, text);
        rulebook_look(&outlook, ways->together, &estate, 1);
        rulebook_look(&outlook, ways->one_by_one, &estate, 1);
        for (size_t i = 0; i < estate.source_count; i++) {
                rulebook_judge(ways->together, &estate.sources[i], &scratch, &one);
                rulebook_judge(ways->one_by_one, &estate.sources[i], &scratch, &other);
        }
        for (size_t i = 0; !differs.len && (i < one.count || i < other.count); i++) {
                if (i < one.count && i < other.count && same_finding(&one.items[i], &other.items[i]))
                        continue;
                differs = (i < one.count ? one : other).items[i].rule->id;
        }
        *findings += one.count;
        estate_free(&estate);
        return differs;
}
