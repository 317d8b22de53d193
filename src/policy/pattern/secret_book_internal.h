/* secret_book_internal.h - what a book is to those who look things up in it. */
#pragma once

#include "base/regex.h"
#include "policy/pattern/hyperscan.h"
#include "policy/pattern/secret_book.h"

/* A rule made ready. */
struct secret_made {
        const struct secret_rule *rule;
        struct regex *regex;
        struct regex *allow; /* all of them as one; NULL: none */
        struct regex *
                path; /* of a rule for few files: it looks at all of them by itself; NULL: Hyperscan looks for it in every text */
        size_t width; /* bytes that a match takes at most */
};

struct secret_book {
        const struct hyperscan *hyperscan;
        hs_database_t *database;
        hs_scratch_t *scratch;              /* threads work with copies of it */
        struct secret_made *rules;          /* those with a path stand last */
        size_t count, searched;             /* searched: how many Hyperscan looks for */
        struct regex *placeholders, *paths; /* NULL: none */
};
