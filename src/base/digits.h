/* digits.h - doubles and decimal digits: what the C++ library does exactly and C does not. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DIGITS_ROOM = 32 };

/* The fewest digits that read back as `number`, which is finite: "-1.5e+00", not terminated. Returns how many bytes. */
size_t digits_of_double(char out[DIGITS_ROOM], double number);

/* The double nearest to a JSON number, which must be well formed. False if it is too large for one. */
bool double_of_digits(const char *text, size_t len, double *number);
