/* fast_scan.h - where in a text the bytes stand that a reader of YAML stops at, found 64 bytes at a look.
 *
 * A block is 64 bytes of the text as sets of bits, one bit for each byte. Blocks are made ahead of the reader and forgotten behind
 * it, so that they stay in the processor's cache. The end of the text counts as the end of a line. */
#pragma once

#include "base/buf.h"

enum { FAST_BLOCK = 64 };

enum fast_set {
        FAST_INK,   /* no space: a letter, the end of a line, a tab */
        FAST_LINE,  /* LF */
        FAST_STOP,  /* LF, CR, tab, what stands behind a colon if it is blank, a `#` behind a blank */
        FAST_FLOW,  /* FAST_STOP and , [ ] { } */
        FAST_QUOTE, /* " ' \ */
        FAST_SETS,
};

struct fast_block {
        uint64_t sets[FAST_SETS];
};

/* What the last byte of a block means for the first of the next. */
struct fast_carry {
        uint64_t blank, colon, carriage;
        uint64_t lone; /* any CR so far without LF behind it */
};

/* Makes `count` blocks of as many times 64 bytes. */
typedef void fast_blocks(const char *bytes, size_t count, struct fast_carry *carry, struct fast_block *out);

/* For every processor. */
fast_blocks fast_blocks_any;

/* Those that this processor can run, the fastest first; the last is fast_blocks_any(). Returns how many. */
enum { FAST_CHOICES = 3 };
size_t fast_blocks_choices(fast_blocks *out[FAST_CHOICES]);

struct fast_scan {
        struct str text;
        size_t first, count; /* of the blocks at hand, counted from the begin of the text */
        size_t keep;         /* nobody asks for what stands before this byte again */
        struct fast_carry carry;
        fast_blocks *make; /* the fastest if NULL at the begin */
        struct buf blocks;
};

/* From here on `at` is where the reader begins. */
void fast_scan_begin(struct fast_scan *scan, struct str text, size_t at);

/* The slow path of fast_next(). */
size_t fast_next_far(struct fast_scan *scan, size_t at, enum fast_set set);

/* The first byte of a set, at or behind `at`; the end of the text when there is none. */
static inline size_t fast_next(struct fast_scan *scan, size_t at, enum fast_set set)
{
        const struct fast_block *blocks = (const struct fast_block *)(const void *)scan->blocks.data;
        size_t block = at / FAST_BLOCK - scan->first;

        if (LIKELY(block < scan->count)) {
                uint64_t bits = blocks[block].sets[set] >> at % FAST_BLOCK;

                if (LIKELY(bits))
                        return at + (size_t)__builtin_ctzll(bits);
        }
        return fast_next_far(scan, at, set);
}

/* The bytes of a block by what they are, each a bit. */
struct fast_bytes {
        uint64_t space, tab, line, carriage, colon, hash, flow, quote;
};

static inline void fast_block_of(const struct fast_bytes *is, struct fast_carry *carry, struct fast_block *out)
{
        uint64_t blank = is->space | is->tab | is->line | is->carriage;
        uint64_t pair = blank & (is->colon << 1 | carry->colon), comment = is->hash & (blank << 1 | carry->blank);

        carry->lone |= (is->carriage << 1 | carry->carriage) & ~is->line;
        carry->blank = blank >> 63;
        carry->colon = is->colon >> 63;
        carry->carriage = is->carriage >> 63;
        out->sets[FAST_INK] = ~is->space;
        out->sets[FAST_LINE] = is->line;
        out->sets[FAST_STOP] = pair | comment | is->line | is->carriage | is->tab;
        out->sets[FAST_FLOW] = out->sets[FAST_STOP] | is->flow;
        out->sets[FAST_QUOTE] = is->quote;
}
