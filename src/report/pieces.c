/* pieces.c - a report in pieces; only a few are kept in memory besides the report itself. */

#include "report/pieces.h"

#include "base/pool.h"
#include "report/formats.h"

enum { PIECE = 64, PIECES_AT_ONCE = 32 };

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
        struct buf out = pieces->bufs[index]; /* of this thread alone, which the array is not */

        (void)worker;
        pieces->print(&out, pieces->context, begin, min_size(begin + PIECE, pieces->count));
        pieces->bufs[index] = out;
}

/* As many pieces as are printed at once, put behind each other. */
static void run_some(struct buf *out, struct pieces *pieces, unsigned threads)
{
        size_t wanted = min_size((pieces->count - pieces->begin + PIECE - 1) / PIECE, PIECES_AT_ONCE);

        pool_run(threads, wanted, print_piece, pieces);
        for (size_t i = 0; i < wanted; i++) {
                buf_add(out, buf_text(&pieces->bufs[i]));
                pieces->bufs[i].len = 0;
        }
        pieces->begin += wanted * PIECE;
}

void pieces_run(struct buf *out, size_t count, const struct format_settings *settings, pieces_print *print,
                const void *context)
{
        struct pieces pieces = {.count = count, .print = print, .context = context};

        if (settings->threads <= 1 || count <= PIECE) {
                for (size_t begin = 0; begin < count; begin += PIECE) {
                        print(out, context, begin, min_size(begin + PIECE, count));
                        report_flush(out, settings);
                }
                return;
        }
        while (pieces.begin < count) {
                run_some(out, &pieces, settings->threads);
                report_flush(out, settings);
        }
        for (size_t i = 0; i < PIECES_AT_ONCE; i++)
                buf_free(&pieces.bufs[i]);
}
