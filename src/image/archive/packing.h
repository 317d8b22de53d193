/* packing.h - the ways in which a layer is packed: not at all, gzip (RFC 1952, by ISA-L), zstd (RFC 8878, by libzstd).
 *
 * Packed bytes go in piece by piece, plain bytes come out; what is needed in between has a fixed size. Which way it is, the
 * first bytes say, as they do for container engines: media types are often wrong about it. */
#pragma once

#include "base/err.h"

enum packing { PACKING_NONE, PACKING_GZIP, PACKING_ZSTD };

enum { PACKING_MAGIC = 4, PACKING_WINDOW_LOG = 27 };

/* What the first bytes say, PACKING_MAGIC of them if there are so many. */
enum packing packing_of(struct str begin);

/* The name of a way that is known, but in which nothing is read: "xz"; NULL if it is none. No tar archive begins so. */
const char *packing_foreign(struct str begin);

/* "gzip", "zstd", "plain". */
const char *packing_name(enum packing packing);

struct unpacker;

/* Loads the library for gzip, which later may no longer be reached. What fails is told when it is needed. */
void packing_load(void);

/* NULL with `err` when the library is not there. Fits CLEANUP(unpacker_free_at). */
struct unpacker *unpacker_new(enum packing packing, struct err *err);
void unpacker_free(struct unpacker *unpacker);

static inline void unpacker_free_at(struct unpacker **unpacker)
{
        unpacker_free(*unpacker);
}

/* Takes only zstd whose window is not larger: it is held in memory. */
void unpacker_limit_window(struct unpacker *unpacker, int log);

/* Unpacks what it can of `*in`, which is moved over what was used, into `room` bytes; `*given` says how many it wrote. All
 * input is used unless the room is full. False with `err` when the bytes are wrong; what stands before that may be given. */
bool unpacker_run(struct unpacker *unpacker, struct str *in, char *out, size_t room, size_t *given, struct err *err);

/* Whether packed bytes may end here; false with `err` in the middle of a member or frame. */
bool unpacker_end(const struct unpacker *unpacker, struct err *err);

/* A copy that goes on from the same place, with other input. */
struct unpacker *unpacker_copy(const struct unpacker *unpacker);
