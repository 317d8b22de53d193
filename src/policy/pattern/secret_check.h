/* secret_check.h - what a secret says about itself: check sums and shapes of the kinds that have one.
 *
 * What looks like a token but fails its check never was one, so rules with a check stay quiet on look-alikes. */
#pragma once

#include "base/str.h"

struct secret_check {
        struct str name;
        /* `secret` was captured; `around` is the text where it stands, with what comes before and after it. */
        bool (*holds)(struct arena *scratch, struct str secret, struct str around);
};

/* Sorted by name. */
extern const struct secret_check secret_checks[];
extern const size_t secret_check_count;

/* NULL if there is none of that name. */
const struct secret_check *secret_check_find(struct str name);

/* Shannon's entropy of a text, in bits for each byte: 0 for "aaaa", at most 8. */
double secret_entropy(struct str text);

/* Checks of private keys (secret_check_key.c). */
bool secret_check_key_open(struct arena *scratch, struct str secret, struct str around);
bool secret_check_key_locked(struct arena *scratch, struct str secret, struct str around);
bool secret_check_pgp(struct arena *scratch, struct str secret, struct str around);
bool secret_check_putty_open(struct arena *scratch, struct str secret, struct str around);
bool secret_check_encoded_key(struct arena *scratch, struct str secret, struct str around);
bool secret_check_service_account(struct arena *scratch, struct str secret, struct str around);

/* Reads base64 or base64url, padded or not, over line ends and over `\n` as JSON writes them. False at any other byte. */
bool secret_decode(struct arena *scratch, struct str text, struct str *out);
