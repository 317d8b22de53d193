/* reader.h - a cursor over bytes that cannot leave them.
 *
 * A parser of a small format is a list of takes in the order of its grammar; each take moves the cursor over what it wanted,
 * or leaves it where it was and says so. */
#pragma once

#include "base/str.h"

struct reader {
        struct str text;
        size_t at;
};

static inline struct reader reader_over(struct str text)
{
        return (struct reader){text, 0};
}

static inline bool reader_done(const struct reader *reader)
{
        return reader->at >= reader->text.len;
}

/* The byte at the cursor, or `ahead` bytes after it; -1 past the end. */
static inline int reader_peek(const struct reader *reader, size_t ahead)
{
        size_t at = reader->at + ahead;

        return at < reader->text.len ? (unsigned char)reader->text.data[at] : -1;
}

static inline bool reader_take(struct reader *reader, char wanted)
{
        if (reader_peek(reader, 0) != (unsigned char)wanted)
                return false;
        reader->at++;
        return true;
}

static inline bool reader_take_str(struct reader *reader, struct str wanted)
{
        if (!str_starts(str_from(reader->text, reader->at), wanted))
                return false;
        reader->at += wanted.len;
        return true;
}

/* The longest run of bytes for which `belongs` is true; empty if there is none. */
static inline struct str reader_take_while(struct reader *reader, bool (*belongs)(int byte))
{
        size_t begin = reader->at;

        while (!reader_done(reader) && belongs(reader_peek(reader, 0)))
                reader->at++;
        return str_sub(reader->text, begin, reader->at);
}

static inline bool is_digit(int byte)
{
        return byte >= '0' && byte <= '9';
}

static inline bool is_letter(int byte)
{
        return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* A decimal number without sign; false and no movement if there is none, or if it is larger than `most`. */
static inline bool reader_take_number(struct reader *reader, uint64_t most, uint64_t *number)
{
        size_t at = reader->at;
        uint64_t value = 0;

        for (; at < reader->text.len && is_digit((unsigned char)reader->text.data[at]); at++) {
                uint64_t digit = (uint64_t)(reader->text.data[at] - '0');

                if (value > (most - digit) / 10 || digit > most)
                        return false;
                value = value * 10 + digit;
        }
        if (at == reader->at)
                return false;
        reader->at = at;
        *number = value;
        return true;
}
