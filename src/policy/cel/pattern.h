/* pattern.h - a pattern that stands in an expression: understood when the expression is compiled, made ready to be matched when it
 * is first needed, by whichever thread comes first. Most patterns of most rules never are. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "base/automaton.h"
#include "base/regex.h"

struct cel_pattern {
        struct str text;
        struct cel_pattern *next; /* of the program */
        _Atomic(struct regex *) regex;
        const struct automaton *automaton; /* NULL: none; set once `is_tried` is */
        atomic_bool is_tried;
        pthread_mutex_t lock;
        struct arena arena;
};

/* A pattern that lives as long as the arena; NULL when it is no regular expression. `text` must outlive it. */
struct cel_pattern *cel_pattern_new(struct arena *arena, struct str text);

/* Whether it matches somewhere in a text. */
bool cel_pattern_matches(struct cel_pattern *pattern, struct str text);

/* The pattern for everything else. */
const struct regex *cel_pattern_regex(struct cel_pattern *pattern) NONNULL_RESULT;
