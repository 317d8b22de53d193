/* lib_standard.h - standard functions that the compiler knows and has instructions for. */
#pragma once

#include "policy/cel/library.h"

bool lib_standard_add_lists(struct cel_call *call, const struct value *arguments, struct value *result);
bool lib_standard_size_of_list(struct cel_call *call, const struct value *arguments, struct value *result);
bool lib_standard_contains(struct cel_call *call, const struct value *arguments, struct value *result);
bool lib_standard_starts_with(struct cel_call *call, const struct value *arguments, struct value *result);
bool lib_standard_ends_with(struct cel_call *call, const struct value *arguments, struct value *result);
bool lib_standard_matches(struct cel_call *call, const struct value *arguments, struct value *result);

/* What a search of a text for a pattern costs, as Kubernetes counts. */
static inline uint64_t lib_standard_matching_cost(size_t text, size_t pattern)
{
        return (uint64_t)(text / 10 + 1) * (pattern / 4 + 1);
}
