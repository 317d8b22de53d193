/* secret_book.h - all kinds of secrets made ready to be looked for at once.
 *
 * Hyperscan looks for the patterns of all rules in one pass over a text, at the speed of memory rather than of patterns; what it
 * points at is then looked at exactly (secret_scan.h). Nothing here ever backtracks. Made once, then shared by threads. */
#pragma once

#include "policy/pattern/secret_rule.h"

struct secret_book;

enum {
        SECRET_LONGEST = 16 << 10, /* bytes that a match may take; of what is longer, so much is looked at */
        SECRET_RULES_MOST = 2000
};

/* Loads the library and compiles; the book lives as long as the arena, and rules and allowance must, too. NULL with `err`, which
 * begins with the rule's id or names the package that is missing. */
struct secret_book *secret_book_new(struct arena *arena, const struct secret_rule *rules, size_t count,
                                    const struct secret_allowance *allowance, struct err *err);

/* The same with the rules of Strake itself. */
struct secret_book *secret_book_builtin(struct arena *arena, struct err *err);
