/* fingerprint.c - XXH3 with 128 bits over the parts, in hexadecimal. */

#include "rulebook/fingerprint.h"

#include "base/buf.h"
#include "base/map.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { FEW = 16 };

static void write_hash(struct str text, char out[FINGERPRINT + 1])
{
        static const char digits[] = "0123456789abcdef";
        XXH128_canonical_t hash;

        XXH128_canonicalFromHash(&hash, XXH3_128bits(text.data, text.len));
        for (size_t i = 0; i < FINGERPRINT / 2; i++) {
                out[2 * i] = digits[hash.digest[i] >> 4];
                out[2 * i + 1] = digits[hash.digest[i] & 15];
        }
        out[FINGERPRINT] = '\0';
}

/* A part of the identity, ended by a zero, which no name has. */
static void add_part(struct buf *out, struct str part)
{
        buf_add(out, part);
        buf_add_char(out, '\0');
}

void fingerprint_of(struct buf *scratch, const struct str *parts, size_t count, char out[FINGERPRINT + 1])
{
        scratch->len = 0;
        for (size_t i = 0; i < count; i++)
                add_part(scratch, parts[i]);
        write_hash(buf_text(scratch), out);
}

/* Makes the fingerprint that of the same finding for the n-th time. */
static void mark(struct finding *finding, size_t n)
{
        char text[FINGERPRINT + sizeof(n)];

        memcpy(text, finding->fingerprint, FINGERPRINT);
        for (size_t i = 0; i < sizeof(n); i++)
                text[FINGERPRINT + i] = (char)(n >> 8 * i);
        write_hash((struct str){text, sizeof(text)}, finding->fingerprint);
}

static bool all_differ(const struct finding *findings, size_t count)
{
        for (size_t i = 1; i < count; i++) {
                for (size_t k = 0; k < i; k++) {
                        if (memcmp(findings[i].fingerprint, findings[k].fingerprint, FINGERPRINT) == 0)
                                return false;
                }
        }
        return true;
}

void fingerprint_separate(struct arena *scratch, struct finding *findings, size_t count)
{
        struct map seen = {0};

        if (count <= FEW && all_differ(findings, count))
                return;
        for (size_t i = 0; i < count; i++) {
                struct str fingerprint = str_copy(scratch, (struct str){findings[i].fingerprint, FINGERPRINT});
                void **times = map_slot(scratch, &seen, fingerprint);
                size_t n = (size_t)(uintptr_t)*times;

                *times = (void *)(uintptr_t)(n + 1);
                if (n)
                        mark(&findings[i], n);
        }
}
