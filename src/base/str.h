/* str.h - a piece of text: where it begins and how long it is.
 *
 * Nothing here assumes a terminating zero. Text comes from outside and may hold any byte. */
#pragma once

#include <string.h>
#include <strings.h>

#include "base/arena.h"

struct str {
        const char *data;
        size_t len;
};

/* For printf: printf("%.*s", STR_ARG(text)). */
#define STR_ARG(text) (int)min_size((text).len, INT32_MAX), (text).data

/* A literal as str; STR_INIT is the same for static initialisers. */
#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_INIT(literal)                                                                                              \
        {                                                                                                              \
                (literal), sizeof(literal) - 1                                                                         \
        }

static inline struct str str_of(const char *text)
{
        return (struct str){text, text ? strlen(text) : 0};
}

static inline struct str str_span(const char *begin, const char *end)
{
        return (struct str){begin, (size_t)(end - begin)};
}

static inline bool str_equal(struct str a, struct str b)
{
        return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

#define str_is(text, literal) str_equal((text), STR(literal))

/* Whatever the case of ASCII letters. */
static inline bool str_equal_nocase(struct str a, struct str b)
{
        return a.len == b.len && (a.len == 0 || strncasecmp(a.data, b.data, a.len) == 0);
}

static inline bool str_starts(struct str text, struct str prefix)
{
        return text.len >= prefix.len && (prefix.len == 0 || memcmp(text.data, prefix.data, prefix.len) == 0);
}

static inline bool str_ends(struct str text, struct str suffix)
{
        return text.len >= suffix.len
               && (suffix.len == 0 || memcmp(text.data + text.len - suffix.len, suffix.data, suffix.len) == 0);
}

static inline struct str str_from(struct str text, size_t begin)
{
        begin = min_size(begin, text.len);
        return (struct str){text.data + begin, text.len - begin};
}

static inline struct str str_sub(struct str text, size_t begin, size_t end)
{
        end = min_size(end, text.len);
        begin = min_size(begin, end);
        return (struct str){text.data + begin, end - begin};
}

/* Byte order, shorter first when one begins the other: the order of every sorted list in Strake. */
int str_compare(struct str a, struct str b);

/* Where `needle` first stands in `text` from `begin` on; SIZE_MAX if nowhere. */
size_t str_find(struct str text, struct str needle, size_t begin);

/* Without spaces, tabs and line ends at both ends. */
struct str str_trim(struct str text);

/* The part before the first `separator`, which is removed from `text` together with the part; the rest if there is none.
 * False when `text` is used up (its data is then NULL). */
bool str_split(struct str *text, char separator, struct str *part);

/* A copy in the arena, followed by a zero that does not count, so that it can be handed to C libraries. */
struct str str_copy(struct arena *arena, struct str text);

/* As printf, in the arena, followed by a zero that does not count. */
struct str str_format(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

/* The word among `words` that `text` was most likely meant to be; empty if none is near (more than a third of the letters
 * wrong). For "did you mean". Damerau-Levenshtein distance. */
struct str str_nearest(struct str text, const struct str *words, size_t count);

/* Takes one code point off the front of UTF-8 text. Returns the number of bytes, 0 at the end or when they are no UTF-8. */
size_t utf8_take(struct str text, uint32_t *code_point);

/* Writes a code point as UTF-8 into 4 bytes. Returns how many were used. */
size_t utf8_put(char out[4], uint32_t code_point);

/* The offset of the first byte that is not valid UTF-8 (RFC 3629); text.len if there is none. */
size_t utf8_check(struct str text);

/* How many bytes at the beginning of the text are a byte order mark: 3 or 0. */
static inline size_t utf8_mark(struct str text)
{
        return str_starts(text, STR("\xef\xbb\xbf")) ? 3 : 0;
}

/* How many code points valid UTF-8 has. */
size_t utf8_count(struct str text);
