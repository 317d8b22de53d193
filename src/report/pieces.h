/* pieces.h - long reports printed in pieces, on several threads, joined in order. */
#pragma once

#include "report/format.h"

/* Prints the items from `begin` up to `end` (not with it). Called from several threads, each with its own `out`. */
typedef void pieces_print(struct buf *out, const void *context, size_t begin, size_t end);

/* Prints `count` items, handing over what is printed as the settings say; the same bytes whatever the threads. */
void pieces_run(struct buf *out, size_t count, const struct format_settings *settings, pieces_print *print,
                const void *context);
