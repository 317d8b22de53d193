/* json_shim.h - what C++ does for us: the shortest digits of a double, and the double nearest to digits. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHIM_DIGITS = 32 };

/* The fewest digits that read back as `number`, which is finite: "-1.5e+00", not terminated. Returns how many bytes. */
size_t json_shim_digits(char out[SHIM_DIGITS], double number);

/* The double nearest to a JSON number, which must be well formed. False if it is too large for one. */
bool json_shim_double(const char *text, size_t len, double *number);
