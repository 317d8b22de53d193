/* quantity.h - amounts as Kubernetes writes them: "500m", "1.5Gi", "12e6".
 *
 * Exact decimal numbers, not floating point: mantissa × 10^exponent. Follows k8s.io/apimachinery/pkg/api/resource: nothing is
 * finer than one nano (what is finer is rounded away from zero) and an amount in powers of 1024 goes up to 2^63 - 1. A number
 * of more than 37 significant digits is refused. */
#pragma once

#include "base/str.h"

enum quantity_format {
        QUANTITY_DECIMAL,  /* n u m k M G T P E, or no suffix */
        QUANTITY_BINARY,   /* Ki Mi Gi Ti Pi Ei */
        QUANTITY_EXPONENT, /* e3, E-6 */
};

struct quantity {
        __int128 mantissa; /* no factor of ten in it; 0 for zero */
        int32_t exponent;  /* from -9 */
        enum quantity_format format;
};

/* Reads a whole text; false if it is no quantity. */
bool quantity_read(struct str text, struct quantity *out);

struct quantity quantity_of(int64_t number);

/* -1, 0, 1. */
int quantity_sign(const struct quantity *quantity);
int quantity_compare(const struct quantity *a, const struct quantity *b);

/* The sum and the difference, in the format of `a` (of `b` if `a` is zero); false if it has too many digits. */
bool quantity_add(const struct quantity *a, const struct quantity *b, struct quantity *out);
bool quantity_subtract(const struct quantity *a, const struct quantity *b, struct quantity *out);

/* The whole number that it is; false if it is none, or none of 64 bits. */
bool quantity_integer(const struct quantity *quantity, int64_t *out);

/* Rounded away from zero and cut to 64 bits, as Value() does; with `scale` -3, in thousandths, as MilliValue() does. */
int64_t quantity_value(const struct quantity *quantity, int scale);

/* The nearest floating point number, or infinity. */
double quantity_double(const struct quantity *quantity);

/* The canonical text: the largest suffix with which no fraction is left. */
struct str quantity_print(struct arena *arena, const struct quantity *quantity);
