/* lib_strings.h - what the files of the strings library share, and what the compiler knows of it. */
#pragma once

#include "base/buf.h"
#include "policy/cel/lib.h"

/* string.format(list): %s %d %f %e %b %o %x %X and %%, as cel-go's ext.Strings defines them. */
bool lib_strings_format(struct cel_call *call, const struct value *arguments, struct value *result);

/* string.split(string), and the number of parts that it makes, without making them. */
bool lib_strings_split(struct cel_call *call, const struct value *arguments, struct value *result);
bool lib_strings_count_split(struct cel_call *call, const struct value *arguments, struct value *result);
