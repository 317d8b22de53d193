/* lib_optionals.h - functions of optionals that the compiler knows. */
#pragma once

#include "policy/cel/library.h"

bool lib_optionals_or(struct cel_call *call, const struct value *arguments, struct value *result);
bool lib_optionals_or_value(struct cel_call *call, const struct value *arguments, struct value *result);
bool lib_optionals_has_value(struct cel_call *call, const struct value *arguments, struct value *result);
