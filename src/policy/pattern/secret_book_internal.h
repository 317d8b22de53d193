/* secret_book_internal.h - what a book is to those who look things up in it. */
#pragma once

#include <stdatomic.h>

#include "base/regex.h"
#include "policy/pattern/hyperscan.h"
#include "policy/pattern/secret_book.h"

/* A regular expression that is compiled when it is first needed, by whichever thread: most rules of a book never are. */
struct secret_regex {
        struct str pattern; /* empty: there is none, which matches nothing */
        _Atomic(struct regex *) compiled;
};

/* A rule made ready. */
struct secret_made {
        const struct secret_rule *rule;
        struct secret_regex regex;
        struct secret_regex allow; /* all of them as one */
        struct secret_regex
                path;   /* of a rule for few files: it looks at all of them by itself; else Hyperscan looks for it */
        uint32_t width; /* bytes that a match takes at most */
};

struct secret_book {
        const struct hyperscan *hyperscan;
        hs_database_t *database;
        hs_scratch_t *scratch;     /* threads work with copies of it */
        struct secret_made *rules; /* those with a path stand last */
        size_t count, searched;    /* searched: how many Hyperscan looks for */
        struct secret_regex placeholders, paths;
        struct digest digest;
};

/* The regular expression; NULL if there is none. */
const struct regex *secret_regex_get(struct secret_regex *regex);

/* Whether it is found in a text. */
bool secret_regex_matches(struct secret_regex *regex, struct str text);

/* Gives back what was compiled. */
void secret_regex_free(struct secret_regex *regex);

/* Takes a book's database and widths from what is kept in a folder; false if they are not there (secret_book_cache.c). */
bool secret_book_load(struct secret_book *book, struct str folder);

/* Keeps them; what fails is no error. */
void secret_book_keep(const struct secret_book *book, struct str folder);
