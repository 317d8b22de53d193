/* str.c - comparing, splitting and formatting pieces of text. */

#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>

enum { NEAREST_LONGEST = 63 };

int str_compare(struct str a, struct str b)
{
        size_t both = min_size(a.len, b.len);
        int order = both ? memcmp(a.data, b.data, both) : 0;

        if (order)
                return order;
        return (a.len > b.len) - (a.len < b.len);
}

enum { SHORT_NEEDLE = 32 };

typedef unsigned char sixteen __attribute__((vector_size(16)));

static sixteen load(const char *text)
{
        sixteen bytes;

        memcpy(&bytes, text, sizeof(bytes));
        return bytes;
}

/* The first place among sixteen where the needle stands, of those where its first and last byte do. */
static const char *check_hits(const char *text, struct str needle, sixteen hits)
{
        unsigned char marks[16];

        memcpy(marks, &hits, sizeof(marks));
        for (size_t i = 0; i < sizeof(marks); i++) {
                if (marks[i] && memcmp(text + i, needle.data, needle.len) == 0)
                        return text + i;
        }
        return NULL;
}

/* A needle of 2 to SHORT_NEEDLE bytes. memmem() prepares for long texts, which takes longer than most texts do. */
static const char *find_short(const char *text, size_t len, struct str needle)
{
        sixteen first = (sixteen){0} + (unsigned char)needle.data[0];
        sixteen last = (sixteen){0} + (unsigned char)needle.data[needle.len - 1];
        const char *at = text, *end; /* of the places where it may begin */

        if (len < needle.len)
                return NULL;
        end = text + len - needle.len + 1;
        while (at < end) {
                const char *found;
                sixteen hits;
                uint64_t any[2];

                if (end - at < 16 && end - text >= 16)
                        at = end - 16;
                if (end - at < 16) {
                        if (at[0] == needle.data[0] && memcmp(at, needle.data, needle.len) == 0)
                                return at;
                        at++;
                        continue;
                }
                hits = (sixteen)(load(at) == first) & (sixteen)(load(at + needle.len - 1) == last);
                memcpy(any, &hits, sizeof(any));
                if (any[0] | any[1]) {
                        found = check_hits(at, needle, hits);
                        if (found)
                                return found;
                }
                at += 16;
        }
        return NULL;
}

size_t str_find(struct str text, struct str needle, size_t begin)
{
        const char *found;

        if (begin > text.len)
                return SIZE_MAX;
        if (needle.len == 0)
                return begin;
        if (begin == text.len)
                return SIZE_MAX;
        if (needle.len == 1)
                found = memchr(text.data + begin, needle.data[0], text.len - begin);
        else if (needle.len <= SHORT_NEEDLE)
                found = find_short(text.data + begin, text.len - begin, needle);
        else
                found = memmem(text.data + begin, text.len - begin, needle.data, needle.len);
        return found ? (size_t)(found - text.data) : SIZE_MAX;
}

static bool is_blank(char byte)
{
        return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

struct str str_trim(struct str text)
{
        while (text.len && is_blank(text.data[0]))
                text = str_from(text, 1);
        while (text.len && is_blank(text.data[text.len - 1]))
                text.len--;
        return text;
}

bool str_split(struct str *text, char separator, struct str *part)
{
        const char *found;

        TRY(text->data);
        found = text->len ? memchr(text->data, separator, text->len) : NULL;
        if (!found) {
                *part = *text;
                *text = (struct str){0};
                return true;
        }
        *part = str_span(text->data, found);
        *text = str_span(found + 1, text->data + text->len);
        return true;
}

struct str str_copy(struct arena *arena, struct str text)
{
        char *copy = arena_take_text(arena, checked_add(text.len, 1));

        if (text.len)
                memcpy(copy, text.data, text.len);
        copy[text.len] = 0;
        return (struct str){copy, text.len};
}

struct str str_format(struct arena *arena, const char *format, ...)
{
        va_list arguments, again;
        char *text;
        int length;

        va_start(arguments, format);
        va_copy(again, arguments);
        length = vsnprintf(NULL, 0, format, arguments);
        va_end(arguments);
        if (length < 0)
                length = 0;
        text = arena_take_text(arena, (size_t)length + 1);
        vsnprintf(text, (size_t)length + 1, format, again);
        va_end(again);
        return (struct str){text, (size_t)length};
}

static unsigned smaller(unsigned a, unsigned b)
{
        return a < b ? a : b;
}

/* Damerau-Levenshtein distance with adjacent swaps (optimal string alignment). */
static unsigned distance(struct str a, struct str b)
{
        unsigned rows[3][NEAREST_LONGEST + 1];
        unsigned *before = rows[0], *last = rows[1], *row = rows[2];

        for (size_t j = 0; j <= b.len; j++)
                last[j] = (unsigned)j;
        for (size_t i = 1; i <= a.len; i++) {
                unsigned *free_row = before;

                row[0] = (unsigned)i;
                for (size_t j = 1; j <= b.len; j++) {
                        unsigned change = last[j - 1] + (a.data[i - 1] != b.data[j - 1]);

                        row[j] = smaller(change, smaller(last[j], row[j - 1]) + 1);
                        if (i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] && a.data[i - 2] == b.data[j - 1])
                                row[j] = smaller(row[j], before[j - 2] + 1);
                }
                before = last;
                last = row;
                row = free_row;
        }
        return last[b.len];
}

struct str str_nearest(struct str text, const struct str *words, size_t count)
{
        struct str best = {0};
        unsigned least = (unsigned)(text.len / 3 + 1);

        if (text.len > NEAREST_LONGEST)
                return best;
        for (size_t i = 0; i < count; i++) {
                unsigned far;

                if (words[i].len > NEAREST_LONGEST)
                        continue;
                far = distance(text, words[i]);
                if (far < least || (far == least && !best.data)) {
                        least = far;
                        best = words[i];
                }
        }
        return best;
}

static bool is_continuation(unsigned char byte)
{
        return (byte & 0xC0) == 0x80;
}

size_t utf8_take(struct str text, uint32_t *code_point)
{
        const unsigned char *at = (const unsigned char *)text.data;
        static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
        size_t bytes;
        uint32_t value;

        if (!text.len)
                return 0;
        if (at[0] < 0x80) {
                *code_point = at[0];
                return 1;
        }
        bytes = at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : 2;
        if (at[0] < 0xC2 || at[0] > 0xF4 || text.len < bytes)
                return 0;
        value = at[0] & (0x7FU >> bytes);
        for (size_t i = 1; i < bytes; i++) {
                if (!is_continuation(at[i]))
                        return 0;
                value = value << 6 | (at[i] & 0x3F);
        }
        if (value < least[bytes] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
                return 0;
        *code_point = value;
        return bytes;
}

size_t utf8_put(char out[4], uint32_t code_point)
{
        if (code_point < 0x80) {
                out[0] = (char)code_point;
                return 1;
        }
        if (code_point < 0x800) {
                out[0] = (char)(0xC0 | code_point >> 6);
                out[1] = (char)(0x80 | (code_point & 0x3F));
                return 2;
        }
        if (code_point < 0x10000) {
                out[0] = (char)(0xE0 | code_point >> 12);
                out[1] = (char)(0x80 | (code_point >> 6 & 0x3F));
                out[2] = (char)(0x80 | (code_point & 0x3F));
                return 3;
        }
        out[0] = (char)(0xF0 | code_point >> 18);
        out[1] = (char)(0x80 | (code_point >> 12 & 0x3F));
        out[2] = (char)(0x80 | (code_point >> 6 & 0x3F));
        out[3] = (char)(0x80 | (code_point & 0x3F));
        return 4;
}

/* Eight bytes at a time while they are all ASCII. */
static size_t skip_ascii(struct str text, size_t at)
{
        uint64_t bytes;

        while (text.len - at >= sizeof(bytes)) {
                memcpy(&bytes, text.data + at, sizeof(bytes));
                if (bytes & 0x8080808080808080ULL)
                        break;
                at += sizeof(bytes);
        }
        while (at < text.len && !((unsigned char)text.data[at] & 0x80))
                at++;
        return at;
}

size_t utf8_check(struct str text)
{
        size_t at = 0;

        while ((at = skip_ascii(text, at)) < text.len) {
                uint32_t code_point;
                size_t bytes = utf8_take(str_from(text, at), &code_point);

                if (!bytes)
                        return at;
                at += bytes;
        }
        return text.len;
}

size_t utf8_count(struct str text)
{
        const uint64_t ones = UINT64_C(0x0101010101010101);
        size_t count = 0, i = 0;
        uint64_t word;

        /* A continuation is a byte 10xxxxxx; those of eight are added up by one multiplication. */
        for (; i + 8 <= text.len; i += 8) {
                memcpy(&word, text.data + i, 8);
                count += 8 - (size_t)(((word >> 7 & ~(word >> 6) & ones) * ones) >> 56);
        }
        for (; i < text.len; i++)
                count += !is_continuation((unsigned char)text.data[i]);
        return count;
}
