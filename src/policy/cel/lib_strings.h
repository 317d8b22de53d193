/* lib_strings.h - the two files of the strings library to each other. */
#pragma once

#include "base/buf.h"
#include "policy/cel/lib.h"

/* string.format(list): %s %d %f %e %b %o %x %X and %%, as cel-go's ext.Strings defines them. */
bool lib_strings_format(struct cel_call *call, const struct value *arguments, struct value *result);
