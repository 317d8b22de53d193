/* uuid.c - version 5 is made of SHA-1 (FIPS 180-4), which is no secret-keeper any more but still names things well. */

#include "base/bytes.h"
#include "base/uuid.h"

#include <stdio.h>

enum { BLOCK = 64, ROUNDS = 80 };

struct sha1 {
        uint32_t state[5];
        unsigned char block[BLOCK];
        uint64_t length; /* bytes so far */
};

static uint32_t rotate(uint32_t word, unsigned bits)
{
        return word << bits | word >> (32 - bits);
}

static void spread(uint32_t words[ROUNDS], const unsigned char *block)
{
        for (size_t i = 0; i < 16; i++)
                words[i] = be_32((const char *)block + 4 * i);
        for (size_t i = 16; i < ROUNDS; i++)
                words[i] = rotate(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
}

/* The function and the constant of a round. */
static uint32_t mix(size_t round, uint32_t b, uint32_t c, uint32_t d)
{
        if (round < 20)
                return ((b & c) | (~b & d)) + 0x5A827999;
        if (round < 40)
                return (b ^ c ^ d) + 0x6ED9EBA1;
        if (round < 60)
                return ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDC;
        return (b ^ c ^ d) + 0xCA62C1D6;
}

static void take_block(struct sha1 *sha)
{
        uint32_t words[ROUNDS], a = sha->state[0], b = sha->state[1], c = sha->state[2], d = sha->state[3],
                                e = sha->state[4];

        spread(words, sha->block);
        for (size_t i = 0; i < ROUNDS; i++) {
                uint32_t next = rotate(a, 5) + mix(i, b, c, d) + e + words[i];

                e = d;
                d = c;
                c = rotate(b, 30);
                b = a;
                a = next;
        }
        sha->state[0] += a;
        sha->state[1] += b;
        sha->state[2] += c;
        sha->state[3] += d;
        sha->state[4] += e;
}

static void add_byte(struct sha1 *sha, unsigned char byte)
{
        sha->block[sha->length++ % BLOCK] = byte;
        if (sha->length % BLOCK == 0)
                take_block(sha);
}

static void add(struct sha1 *sha, const void *bytes, size_t count)
{
        for (size_t i = 0; i < count; i++)
                add_byte(sha, ((const unsigned char *)bytes)[i]);
}

static void finish(struct sha1 *sha)
{
        uint64_t bits = sha->length * 8;

        add_byte(sha, 0x80);
        while (sha->length % BLOCK != BLOCK - 8)
                add_byte(sha, 0);
        for (unsigned shift = 64; shift > 0; shift -= 8)
                add_byte(sha, (unsigned char)(bits >> (shift - 8)));
}

struct uuid uuid_of_name(struct uuid space, struct str name)
{
        struct sha1 sha = {.state = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0}};
        struct uuid uuid;

        add(&sha, space.bytes, sizeof(space.bytes));
        add(&sha, name.data, name.len);
        finish(&sha);
        for (size_t i = 0; i < sizeof(uuid.bytes); i++)
                uuid.bytes[i] = (unsigned char)(sha.state[i / 4] >> (24 - i % 4 * 8));
        uuid.bytes[6] = (unsigned char)((uuid.bytes[6] & 0x0F) | 0x50); /* version 5 */
        uuid.bytes[8] = (unsigned char)((uuid.bytes[8] & 0x3F) | 0x80); /* variant 10 */
        return uuid;
}

void uuid_print(struct uuid uuid, char text[UUID_TEXT])
{
        for (size_t i = 0, at = 0; i < sizeof(uuid.bytes); i++) {
                if (i == 4 || i == 6 || i == 8 || i == 10)
                        text[at++] = '-';
                snprintf(text + at, 3, "%02x", uuid.bytes[i]);
                at += 2;
        }
}
