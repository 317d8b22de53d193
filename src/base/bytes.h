/* bytes.h - whole numbers as files store them: le_ with the least byte first, be_ with the greatest.
 *
 * `at` needs no alignment, and has as many bytes as the name says. */
#pragma once

#include <endian.h>

#include "base/str.h"

static inline uint16_t be_16(const char *at)
{
        uint16_t number;

        memcpy(&number, at, sizeof(number));
        return be16toh(number);
}

static inline uint32_t be_32(const char *at)
{
        uint32_t number;

        memcpy(&number, at, sizeof(number));
        return be32toh(number);
}

static inline uint64_t be_64(const char *at)
{
        uint64_t number;

        memcpy(&number, at, sizeof(number));
        return be64toh(number);
}

static inline uint32_t le_32(const char *at)
{
        uint32_t number;

        memcpy(&number, at, sizeof(number));
        return le32toh(number);
}

/* The number in `bytes` (at most 8) bytes of the text from `at` on, the least first; 0 where the text ends before. */
static inline uint64_t le_within(struct str text, size_t at, unsigned bytes)
{
        uint64_t value = 0;

        if (at > text.len || text.len - at < bytes)
                return 0;
        for (unsigned i = bytes; i-- > 0;)
                value = value << 8 | (unsigned char)text.data[at + i];
        return value;
}
