/* fast_scan_x86.c - blocks by SSE2, which every x86-64 has, or by AVX2. */

#include "doc/fast_scan.h"

#include <immintrin.h>

/* `[` and `]` differ from `{` and `}` in this bit only. */
enum { BRACE = 0x20 };

static inline __m128i is_16(__m128i bytes, char byte)
{
        return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte));
}

static inline void put_16(__m128i found, unsigned shift, uint64_t *bits)
{
        *bits |= (uint64_t)(unsigned)_mm_movemask_epi8(found) << shift;
}

static inline void look_16(const char *from, unsigned shift, struct fast_bytes *is)
{
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)from);
        __m128i braced = _mm_or_si128(bytes, _mm_set1_epi8(BRACE));

        put_16(is_16(bytes, ' '), shift, &is->space);
        put_16(is_16(bytes, '\t'), shift, &is->tab);
        put_16(is_16(bytes, '\n'), shift, &is->line);
        put_16(is_16(bytes, '\r'), shift, &is->carriage);
        put_16(is_16(bytes, ':'), shift, &is->colon);
        put_16(is_16(bytes, '#'), shift, &is->hash);
        put_16(_mm_or_si128(is_16(bytes, ','), _mm_or_si128(is_16(braced, '{'), is_16(braced, '}'))), shift, &is->flow);
        put_16(_mm_or_si128(is_16(bytes, '"'), _mm_or_si128(is_16(bytes, '\''), is_16(bytes, '\\'))), shift,
               &is->quote);
}

static void make_sse2(const char *bytes, size_t count, struct fast_carry *carry, struct fast_block *out)
{
        for (size_t i = 0; i < count; i++, bytes += FAST_BLOCK) {
                struct fast_bytes is = {0};

                for (unsigned at = 0; at < FAST_BLOCK; at += 16)
                        look_16(bytes + at, at, &is);
                fast_block_of(&is, carry, &out[i]);
        }
}

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i is_32(__m256i bytes, char byte)
{
        return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte));
}

AVX2 static inline void put_32(__m256i found, unsigned shift, uint64_t *bits)
{
        *bits |= (uint64_t)(unsigned)_mm256_movemask_epi8(found) << shift;
}

AVX2 static inline void look_32(const char *from, unsigned shift, struct fast_bytes *is)
{
        __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)from);
        __m256i braced = _mm256_or_si256(bytes, _mm256_set1_epi8(BRACE));

        put_32(is_32(bytes, ' '), shift, &is->space);
        put_32(is_32(bytes, '\t'), shift, &is->tab);
        put_32(is_32(bytes, '\n'), shift, &is->line);
        put_32(is_32(bytes, '\r'), shift, &is->carriage);
        put_32(is_32(bytes, ':'), shift, &is->colon);
        put_32(is_32(bytes, '#'), shift, &is->hash);
        put_32(_mm256_or_si256(is_32(bytes, ','), _mm256_or_si256(is_32(braced, '{'), is_32(braced, '}'))), shift,
               &is->flow);
        put_32(_mm256_or_si256(is_32(bytes, '"'), _mm256_or_si256(is_32(bytes, '\''), is_32(bytes, '\\'))), shift,
               &is->quote);
}

AVX2 static void make_avx2(const char *bytes, size_t count, struct fast_carry *carry, struct fast_block *out)
{
        for (size_t i = 0; i < count; i++, bytes += FAST_BLOCK) {
                struct fast_bytes is = {0};

                look_32(bytes, 0, &is);
                look_32(bytes + 32, 32, &is);
                fast_block_of(&is, carry, &out[i]);
        }
}

size_t fast_blocks_choices(fast_blocks *out[FAST_CHOICES])
{
        size_t count = 0;

        if (__builtin_cpu_supports("avx2"))
                out[count++] = make_avx2;
        out[count++] = make_sse2;
        out[count++] = fast_blocks_any;
        return count;
}
