/* rpc.h - messages on a stream, as the Language Server Protocol frames them ("Base Protocol"): header lines, an empty line, and
 * as many bytes of JSON as Content-Length says. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/* Beyond these a stream is broken: nobody sends that. */
enum { RPC_MOST_HEADER = 4 << 10, RPC_MOST_CONTENT = 64 << 20 };

struct rpc_reader {
        struct buf bytes;
        size_t at; /* how much of it was taken */
};

enum rpc_result {
        RPC_MESSAGE,
        RPC_MORE,  /* the rest of a message has not come yet */
        RPC_BROKEN /* the stream cannot be followed any more; `err` says why */
};

/* More bytes of the stream. What rpc_take() gave is gone then. */
void rpc_feed(struct rpc_reader *reader, struct str bytes);

/* Takes the next message off. Its content stays until the next rpc_feed(). */
enum rpc_result rpc_take(struct rpc_reader *reader, struct str *content, struct err *err);

/* Writes a message in its frame. */
void rpc_write(struct buf *out, struct str content);

void rpc_free(struct rpc_reader *reader);
