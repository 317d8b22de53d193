/* pattern.c - see pattern.h. */

#include "policy/cel/pattern.h"

static void release(void *object)
{
        struct cel_pattern *pattern = object;

        regex_free(atomic_load(&pattern->regex));
        arena_free(&pattern->arena);
        pthread_mutex_destroy(&pattern->lock);
}

struct cel_pattern *cel_pattern_new(struct arena *arena, struct str text)
{
        bool can_wait = automaton_can(text);
        struct regex *regex = NULL;
        struct cel_pattern *pattern;
        struct err err = {0};

        if (!can_wait)
                TRY(regex = regex_compile(text, &err));
        pattern = arena_new(arena, struct cel_pattern);
        pattern->text = text;
        atomic_init(&pattern->regex, regex);
        atomic_init(&pattern->is_tried, !can_wait);
        pthread_mutex_init(&pattern->lock, NULL);
        arena_at_end(arena, release, pattern);
        return pattern;
}

static void try_automaton(struct cel_pattern *pattern)
{
        pthread_mutex_lock(&pattern->lock);
        if (!atomic_load_explicit(&pattern->is_tried, memory_order_relaxed)) {
                pattern->automaton = automaton_new(&pattern->arena, pattern->text);
                atomic_store_explicit(&pattern->is_tried, true, memory_order_release);
        }
        pthread_mutex_unlock(&pattern->lock);
}

static struct regex *make_regex(struct cel_pattern *pattern)
{
        struct err err = {0};
        struct regex *regex;

        pthread_mutex_lock(&pattern->lock);
        regex = atomic_load_explicit(&pattern->regex, memory_order_relaxed);
        if (!regex) {
                regex = regex_compile(pattern->text, &err);
                if (!regex) /* what automata are made for is a small part of what RE2 takes */
                        __builtin_trap();
                atomic_store_explicit(&pattern->regex, regex, memory_order_release);
        }
        pthread_mutex_unlock(&pattern->lock);
        return regex;
}

const struct regex *cel_pattern_regex(struct cel_pattern *pattern)
{
        struct regex *regex = atomic_load_explicit(&pattern->regex, memory_order_acquire);

        return LIKELY(regex) ? regex : make_regex(pattern);
}

bool cel_pattern_matches(struct cel_pattern *pattern, struct str text)
{
        enum automaton_answer answer;

        if (UNLIKELY(!atomic_load_explicit(&pattern->is_tried, memory_order_acquire)))
                try_automaton(pattern);
        if (pattern->automaton) {
                answer = automaton_matches(pattern->automaton, text);
                if (LIKELY(answer != AUTOMATON_UNSURE))
                        return answer == AUTOMATON_YES;
        }
        return regex_matches(cel_pattern_regex(pattern), text);
}
