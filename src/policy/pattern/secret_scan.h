/* secret_scan.h - looking for secrets in a text or a stream of any length, with bounded memory.
 *
 *     struct secret_scan *scan = secret_scan_new(book);
 *     secret_scan_begin(scan, path);
 *     while (more && secret_scan_feed(scan, piece)) ...
 *     secret_scan_end(scan, &arena, &found);
 *
 * A secret may stand across the borders of pieces; what is found does not depend on where they are. A scan belongs to one thread
 * and is used again and again. */
#pragma once

#include "policy/pattern/secret_book.h"

enum {
        SECRET_HITS_MOST = 200, /* of one text; of more it is told that there are more */
        SECRET_SHOWN = 4        /* letters of a secret that are shown at most */
};

struct secret_hit {
        const struct secret_rule *rule;
        uint64_t at, len;  /* of the secret, in bytes of the text */
        uint64_t line;     /* from 1 */
        struct str masked; /* "ghp_… (40 characters)" */
};

struct secret_found {
        const struct secret_hit *hits; /* in the order of the text; none overlaps another */
        size_t count;
        size_t spared; /* what would be one, but stands in documentation or tests */
        bool more;     /* than SECRET_HITS_MOST */
        bool binary;   /* the text is none: nothing was looked for */
};

struct secret_scan;

struct secret_scan *secret_scan_new(struct secret_book *book) NONNULL_RESULT;
void secret_scan_free(struct secret_scan *scan);

static inline void secret_scan_free_at(struct secret_scan **scan)
{
        secret_scan_free(*scan);
}

/* A new text begins. What its path says counts: documentation, kinds of files that a rule is about; it may be empty. */
void secret_scan_begin(struct secret_scan *scan, struct str path);

/* The next piece. False when what follows does not matter: the text is binary, or has too many secrets. Texts in UTF-16 with a byte
 * order mark are read; of what has a zero byte in its first 8000 bytes, only compiled Python, SQLite and swap files of vi. */
bool secret_scan_feed(struct secret_scan *scan, struct str piece);

/* The text ends. What was found lies in the arena. */
void secret_scan_end(struct secret_scan *scan, struct arena *arena, struct secret_found *out);

/* All of that for a text that is there. */
void secret_scan_text(struct secret_scan *scan, struct arena *arena, struct str path, struct str text,
                      struct secret_found *out);

/* A text with its secrets masked, as they are in `found`; the text itself if there are none. */
struct str secret_mask(struct arena *arena, struct str text, const struct secret_found *found);
