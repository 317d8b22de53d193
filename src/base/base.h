/* base.h - words that every file uses: failing early, cleaning up, checked arithmetic.
 *
 * A function that can fail returns bool (or a pointer that may be NULL) and takes `struct err *err` last. TRY() leaves the
 * function at the first failure, so that the way of success reads straight down. */
#pragma once

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Leaves a bool function with false, or a pointer function with NULL, when the expression is false. */
#define TRY(expression)                                                                                                \
        do {                                                                                                           \
                if (!(expression))                                                                                     \
                        return 0;                                                                                      \
        } while (0)

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Put behind what one thread writes often and stands beside what another writes: processors pass memory on in such lines. */
enum { CACHE_LINE = 64 };

#define CLEANUP(function) __attribute__((cleanup(function)))
#define PRINTF_LIKE(at, first) __attribute__((format(printf, at, first)))
#define MUST_USE __attribute__((warn_unused_result))
#define NONNULL_RESULT __attribute__((returns_nonnull))
#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

static inline size_t min_size(size_t a, size_t b)
{
        return a < b ? a : b;
}

/* Sizes that come from outside are added and multiplied here: the program ends rather than wrap around. */
static inline size_t checked_add(size_t a, size_t b)
{
        size_t sum;

        if (UNLIKELY(__builtin_add_overflow(a, b, &sum)))
                __builtin_trap();
        return sum;
}

static inline size_t checked_mul(size_t a, size_t b)
{
        size_t product;

        if (UNLIKELY(__builtin_mul_overflow(a, b, &product)))
                __builtin_trap();
        return product;
}
