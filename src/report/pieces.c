/* pieces.c - a report in pieces: each worker prints one and hands it over when those before it were; so no more of the report is
 * kept than a piece for each worker. */

#include "report/pieces.h"

#include <pthread.h>

#include "base/pool.h"
#include "report/formats.h"

enum { PIECE = 64 };

struct printed {
        struct buf text; /* of one worker, kept so that its memory is used again */
        char apart[CACHE_LINE];
};

struct pieces {
        struct buf *out;
        const struct format_settings *settings;
        struct printed *printed;
        size_t count;
        pieces_print *print;
        const void *context;
        pthread_mutex_t lock;
        pthread_cond_t turned;
        size_t turn; /* the piece that is handed over next */
};

static void hand_over(struct pieces *pieces, struct buf *text)
{
        const struct format_settings *settings = pieces->settings;

        if (!settings->flush) {
                buf_add(pieces->out, buf_text(text));
                text->len = 0;
                return;
        }
        if (pieces->out->len)
                settings->flush(settings->context, pieces->out);
        settings->flush(settings->context, text);
}

static void print_piece(void *context, size_t index, unsigned worker)
{
        struct pieces *pieces = context;
        struct buf *text = &pieces->printed[worker].text;

        pieces->print(text, pieces->context, index * PIECE, min_size((index + 1) * PIECE, pieces->count));
        pthread_mutex_lock(&pieces->lock);
        while (pieces->turn != index)
                pthread_cond_wait(&pieces->turned, &pieces->lock);
        hand_over(pieces, text);
        pieces->turn++;
        pthread_cond_broadcast(&pieces->turned);
        pthread_mutex_unlock(&pieces->lock);
}

static void run_parallel(struct pieces *pieces)
{
        struct arena arena = {0};
        unsigned threads = pieces->settings->threads;

        pieces->printed = arena_array(&arena, struct printed, threads);
        pthread_mutex_init(&pieces->lock, NULL);
        pthread_cond_init(&pieces->turned, NULL);
        pool_run(threads, (pieces->count + PIECE - 1) / PIECE, print_piece, pieces);
        pthread_cond_destroy(&pieces->turned);
        pthread_mutex_destroy(&pieces->lock);
        for (unsigned i = 0; i < threads; i++)
                buf_free(&pieces->printed[i].text);
        arena_free(&arena);
}

void pieces_run(struct buf *out, size_t count, const struct format_settings *settings, pieces_print *print,
                const void *context)
{
        struct pieces pieces = {.out = out, .settings = settings, .count = count, .print = print, .context = context};

        if (settings->threads > 1 && count > PIECE) {
                run_parallel(&pieces);
                return;
        }
        for (size_t begin = 0; begin < count; begin += PIECE) {
                print(out, context, begin, min_size(begin + PIECE, count));
                report_flush(out, settings);
        }
}
