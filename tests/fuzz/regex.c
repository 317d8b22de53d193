/* regex.c - hostile patterns, texts and replacements, separated by zero bytes. */

#include "base/regex.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct err err = {0};
        struct str input = {(const char *)data, size}, pattern, replacement, result, group;
        struct regex *regex;

        if (!str_split(&input, '\0', &pattern) || !str_split(&input, '\0', &replacement) || !input.data)
                return 0;
        regex = regex_new(&arena, pattern, &err);
        if (!regex)
                return 0;
        for (struct regex_walk walk = {.regex = regex, .text = input}; regex_next(&walk, &group, 1);) {
                if (group.data < input.data || group.data + group.len > input.data + input.len)
                        __builtin_trap();
        }
        if (regex_replace(&arena, regex, input, replacement, -1, &result, &err) && !result.data)
                __builtin_trap();
        return 0;
}
