/* pieces.c - a report in pieces; only a few are kept in memory besides the report itself. */

#include "report/pieces.h"

#include "base/pool.h"

enum { PIECE = 256, PIECES_AT_ONCE = 64 };

struct pieces {
        struct buf bufs[PIECES_AT_ONCE];
        size_t begin, count;
        pieces_print *print;
        const void *context;
};

static void print_piece(void *context, size_t index, unsigned worker)
{
        struct pieces *pieces = context;
        size_t begin = pieces->begin + index * PIECE;

        (void)worker;
        pieces->print(&pieces->bufs[index], pieces->context, begin, min_size(begin + PIECE, pieces->count));
}

void pieces_run(struct buf *out, size_t count, unsigned threads, pieces_print *print, const void *context)
{
        struct pieces pieces = {.count = count, .print = print, .context = context};

        if (threads <= 1 || count <= PIECE) {
                print(out, context, 0, count);
                return;
        }
        while (pieces.begin < count) {
                size_t wanted = min_size((count - pieces.begin + PIECE - 1) / PIECE, PIECES_AT_ONCE);

                pool_run(threads, wanted, print_piece, &pieces);
                for (size_t i = 0; i < wanted; i++) {
                        buf_add(out, buf_text(&pieces.bufs[i]));
                        buf_free(&pieces.bufs[i]);
                }
                pieces.begin += wanted * PIECE;
        }
}
