/* digest.h - digests as container images write them: "sha256:HEX" (OCI image-spec, descriptor.md), and the hashing. */
#pragma once

#include "base/err.h"

enum digest_kind { DIGEST_NONE, DIGEST_SHA256, DIGEST_SHA512 };

enum { DIGEST_BYTES = 64, DIGEST_TEXT = 7 + 2 * DIGEST_BYTES + 1 };

struct digest {
        enum digest_kind kind;
        unsigned char bytes[DIGEST_BYTES]; /* what the kind does not need is 0 */
};

/* Reads "sha256:" and 64, or "sha512:" and 128 hexadecimal digits in lower case, and nothing else; false with `err` if not. */
bool digest_read(struct str text, struct digest *out, struct err *err);

/* Writes it, with a zero at the end; the text, empty for DIGEST_NONE. */
struct str digest_print(const struct digest *digest, char text[DIGEST_TEXT]);

/* The hexadecimal digits alone: the name of a blob's file. */
struct str digest_hex(const struct digest *digest, char text[DIGEST_TEXT]);

bool digest_equal(const struct digest *a, const struct digest *b);

/* How many bytes a digest of this kind has. */
size_t digest_size(enum digest_kind kind);

/* A hash that grows piece by piece. */
struct digest_run {
        enum digest_kind kind;
        void *context; /* EVP_MD_CTX */
};

/* False with `err` when the library has no such hash. */
bool digest_begin(struct digest_run *run, enum digest_kind kind, struct err *err);
void digest_add(struct digest_run *run, const void *bytes, size_t count);

/* Ends the run and gives its memory back. */
struct digest digest_end(struct digest_run *run);

/* Gives the memory of a run back that was not ended; nothing otherwise. Fits CLEANUP. */
void digest_drop(struct digest_run *run);

/* The digest of bytes that are all there. */
struct digest digest_of(enum digest_kind kind, struct str bytes);
