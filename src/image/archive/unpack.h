/* unpack.h - a layer's bytes on their way: read, unpacked, and both sides hashed at the same time on another thread.
 *
 * Memory is a fixed number of buffers, whatever the layer's size. */
#pragma once

#include "crypto/digest.h"
#include "image/archive/source.h"

struct unpack;

struct unpack_settings {
        const struct digest *stored,
                *plain;     /* what to hash: of the bytes as stored, of the plain ones; NULL or DIGEST_NONE: not */
        bool compute_plain; /* hash the plain bytes by SHA-256 though nobody says what comes out */
        uint64_t size;      /* of the bytes as stored, checked */
        bool has_size;
        bool threads; /* hash on another thread */
};

/* Takes the source over. NULL with `err`. */
struct unpack *unpack_new(struct byte_source *source, const struct unpack_settings *settings, struct err *err);

/* The next piece of plain bytes, valid until the next call but one; empty at the end. False with `err`, which names the offset in the
 * stored bytes. */
bool unpack_next(struct unpack *unpack, struct str *piece, struct err *err);

/* After the end: whether the digests and the size are right. `plain`, unless NULL, is the digest of the plain bytes. */
bool unpack_finish(struct unpack *unpack, struct digest *plain, struct err *err);

void unpack_free(struct unpack *unpack);

/* Bytes read, and bytes given, so far. */
uint64_t unpack_stored(const struct unpack *unpack);
uint64_t unpack_plain(const struct unpack *unpack);
