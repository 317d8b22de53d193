/* number.h - decimal numbers of documents as values. */
#pragma once

#include "doc/value.h"

/* Whether the text is a decimal number: a sign, digits with a point before, among or behind them, an exponent. JSON's numbers
 * are among these; so are "+1", ".5", "1." and "007". */
bool number_is_decimal(struct str text);

/* The double nearest to a decimal number, marked VALUE_INEXACT if it is not the very same. False if it is too large for one. */
bool number_double(struct str decimal, struct value *out);

/* A decimal number without point and exponent as an integer if it is one of 64 bits, as a double if it is larger. False if it
 * is too large even for that. */
bool number_whole(struct str digits, struct value *out);
