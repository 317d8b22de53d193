/* fast_scan_any.c - blocks for processors of any kind. */

#include "doc/fast_scan.h"

enum { SPACE = 1, TAB = 2, LINE = 4, CARRIAGE = 8, COLON = 16, HASH = 32, FLOW = 64, QUOTE = 128 };

static const unsigned char kinds[256] = {
        [' '] = SPACE, ['\t'] = TAB, ['\n'] = LINE, ['\r'] = CARRIAGE, [':'] = COLON, ['#'] = HASH,   [','] = FLOW,
        ['['] = FLOW,  [']'] = FLOW, ['{'] = FLOW,  ['}'] = FLOW,      ['"'] = QUOTE, ['\''] = QUOTE, ['\\'] = QUOTE,
};

void fast_blocks_any(const char *bytes, size_t count, struct fast_carry *carry, struct fast_block *out)
{
        for (size_t i = 0; i < count; i++, bytes += FAST_BLOCK) {
                struct fast_bytes is = {0};

                for (unsigned bit = 0; bit < FAST_BLOCK; bit++) {
                        uint64_t kind = kinds[(unsigned char)bytes[bit]];

                        is.space |= (kind & 1) << bit;
                        is.tab |= (kind >> 1 & 1) << bit;
                        is.line |= (kind >> 2 & 1) << bit;
                        is.carriage |= (kind >> 3 & 1) << bit;
                        is.colon |= (kind >> 4 & 1) << bit;
                        is.hash |= (kind >> 5 & 1) << bit;
                        is.flow |= (kind >> 6 & 1) << bit;
                        is.quote |= (kind >> 7) << bit;
                }
                fast_block_of(&is, carry, &out[i]);
        }
}
