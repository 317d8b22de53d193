/* automaton.c - hostile patterns and texts, separated by a zero byte: what an automaton says of a text is what RE2 says. */

#include "base/automaton.h"
#include "base/regex.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct err err = {0};
        struct str input = {(const char *)data, size}, pattern;
        const struct automaton *automaton;
        enum automaton_answer answer;
        struct regex *regex;

        if (!str_split(&input, '\0', &pattern) || !input.data || !automaton_can(pattern))
                return 0;
        regex = regex_new(&arena, pattern, &err);
        if (!regex)
                __builtin_trap();
        automaton = automaton_new(&arena, pattern);
        if (!automaton)
                return 0;
        answer = automaton_matches(automaton, input);
        if (answer != AUTOMATON_UNSURE && (answer == AUTOMATON_YES) != regex_matches(regex, input))
                __builtin_trap();
        return 0;
}
