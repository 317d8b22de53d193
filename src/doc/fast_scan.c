/* fast_scan.c - the blocks at hand: made when they are asked for, a few at once. */

#include "doc/fast_scan.h"

enum { AT_ONCE = 64 };

void fast_scan_begin(struct fast_scan *scan, struct str text, size_t at)
{
        char before = at % FAST_BLOCK || !at ? '\n' : text.data[at - 1];

        scan->text = text;
        scan->first = at / FAST_BLOCK;
        scan->count = scan->blocks.len = 0;
        scan->keep = at;
        scan->carry = (struct fast_carry){.blank = before == ' ' || before == '\t' || before == '\n' || before == '\r',
                                          .colon = before == ':'};
        if (!scan->make) {
                fast_blocks *choices[FAST_CHOICES];

                fast_blocks_choices(choices);
                scan->make = choices[0];
        }
}

static void forget(struct fast_scan *scan)
{
        size_t gone = min_size(scan->keep / FAST_BLOCK - scan->first, scan->count);

        scan->first += gone;
        scan->count -= gone;
        scan->blocks.len = scan->count * sizeof(struct fast_block);
        memmove(scan->blocks.data, scan->blocks.data + gone * sizeof(struct fast_block), scan->blocks.len);
}

/* The last bytes are fewer than a block; there may be none. */
static void make_last(struct fast_scan *scan, size_t at, struct fast_block *out)
{
        struct str rest = str_from(scan->text, at);
        char bytes[FAST_BLOCK];

        memset(bytes, '\n', sizeof(bytes));
        memcpy(bytes, rest.data, rest.len);
        scan->make(bytes, 1, &scan->carry, out);
        scan->carry.lone |= str_ends(scan->text, STR("\r"));
}

/* False when all blocks are made. */
static bool make_more(struct fast_scan *scan)
{
        size_t at = (scan->first + scan->count) * FAST_BLOCK, whole, made;
        struct fast_block *out;

        TRY(at <= scan->text.len);
        if (scan->count)
                forget(scan);
        out = (struct fast_block *)(void *)buf_reserve(&scan->blocks, AT_ONCE * sizeof(*out));
        whole = (scan->text.len - at) / FAST_BLOCK;
        made = min_size(whole, AT_ONCE);
        scan->make(scan->text.data + at, made, &scan->carry, out);
        if (made < AT_ONCE) {
                make_last(scan, at + made * FAST_BLOCK, &out[made]);
                made++;
        }
        scan->blocks.len += made * sizeof(*out);
        scan->count += made;
        return true;
}

size_t fast_next_far(struct fast_scan *scan, size_t at, enum fast_set set)
{
        size_t number = at / FAST_BLOCK;
        unsigned skip = at % FAST_BLOCK;

        for (;; number++, skip = 0) {
                const struct fast_block *blocks;
                uint64_t bits;

                while (number - scan->first >= scan->count) {
                        if (!make_more(scan))
                                return scan->text.len;
                }
                blocks = (const struct fast_block *)(const void *)scan->blocks.data;
                bits = blocks[number - scan->first].sets[set] >> skip;
                if (bits)
                        return min_size(number * FAST_BLOCK + skip + (size_t)__builtin_ctzll(bits), scan->text.len);
        }
}
