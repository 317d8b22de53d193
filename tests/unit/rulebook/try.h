/* try.h - a rule and a manifest in, findings out: for tests of what rules find. */
#pragma once

#include "rulebook/internal.h"

struct
try {
        struct arena arena, scratch;
        struct estate estate;
        struct rule_text rule;
        struct finding_list found;
};

/* Judges a manifest by one rule: `fields` in front of an id, title, severity, area and description. */
static inline struct finding_list *try_rule(struct try *try, const char *fields, const char *manifest)
{
        struct str text;
        struct origin origin = {0};
        struct rule_checker checker = {.arena = &try->arena};
        struct err err = {0};

        text = str_format(&try->arena, "%s\nid: a-rule\ntitle: Title\nseverity: low\narea: apps\ndescription: Why.\n",
                          fields);
        if (!rule_read_origin(&try->arena, text, STR(""), &try->rule, &origin, &err)
                              || !rule_check(&checker, &try->rule, &origin, &err))
                fail_msg("%s", err.text);
        estate_read_text(&try->estate, STR("a.yaml"), str_of(manifest));
        for (size_t i = 0; i < try->estate.sources->problems.count; i++) {
                const struct problem *problem = &try->estate.sources->problems.items[i];

                if (problem->kind != PROBLEM_UNKNOWN_FIELD)
                        fail_msg("%.*s", STR_ARG(problem->message));
        }
        rulebook_judge(rulebook_of_rule(&try->arena, &try->rule), try->estate.sources, &try->scratch, &try->found);
        return &try->found;
}

static inline void try_free(struct try *try)
{
        finding_list_free(&try->found);
        estate_free(&try->estate);
        arena_free(&try->scratch);
        arena_free(&try->arena);
        *try = (struct try){0};
}

#define assert_text(text, literal)                                                                                     \
        do {                                                                                                           \
                struct str text_is = (text);                                                                           \
                if (!str_equal(text_is, str_of(literal)))                                                              \
                        fail_msg("\"%.*s\", not \"%s\"", STR_ARG(text_is), literal);                                   \
        } while (0)
