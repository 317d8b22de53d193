/* key.h - what is known of a public key; for the files of this room that read them. */
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "crypto/certificate.h"

/* What a key is. `key` may be NULL: of a kind that the library does not know. `info` is how a certificate or request has it; NULL:
 * made of the key. */
void public_key_of(struct arena *arena, EVP_PKEY *key, X509_PUBKEY *info, struct public_key *out);
