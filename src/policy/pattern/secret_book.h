/* secret_book.h - all kinds of secrets made ready to be looked for at once.
 *
 * Hyperscan looks for the patterns of all rules in one pass over a text, at the speed of memory rather than of patterns; what it
 * points at is then looked at exactly (secret_scan.h). Nothing here ever backtracks. Made once, then shared by threads.
 *
 * Compiling the patterns takes a quarter of a second, so what comes out is kept in a folder, named after the rules and the version of
 * the library. A kept book that is damaged, or was made for another processor, is made anew. */
#pragma once

#include "crypto/digest.h"
#include "policy/pattern/secret_rule.h"

struct secret_book;

enum {
        SECRET_LONGEST = 16 << 10, /* bytes that a match may take; of what is longer, so much is looked at */
        SECRET_RULES_MOST = 2000
};

/* Loads the library and compiles, or takes what is kept in `cache`, a folder; empty: none. The book lives as long as the arena, and
 * rules and allowance must, too. NULL with `err`, which begins with the rule's id or names the package that is missing. */
struct secret_book *secret_book_new(struct arena *arena, const struct secret_rule *rules, size_t count,
                                    const struct secret_allowance *allowance, struct str cache, struct err *err);

/* The same with the rules of Strake itself. */
struct secret_book *secret_book_builtin(struct arena *arena, struct str cache, struct err *err);

/* What says the same as long as the same is found in the same text: for caches of what was found. */
const struct digest *secret_book_digest(const struct secret_book *book);

/* The rule of this id; NULL if there is none. */
const struct secret_rule *secret_book_find(const struct secret_book *book, struct str id);
