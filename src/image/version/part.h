/* part.h - what the version schemes share: numbers of any length, and words taken off a text. */
#pragma once

#include "base/reader.h"

static inline int sign_of(int number)
{
        return (number > 0) - (number < 0);
}

static inline int compare_bools(bool a, bool b)
{
        return (int)a - (int)b;
}

static inline int byte_of(struct str text)
{
        return text.len ? (unsigned char)text.data[0] : -1;
}

static inline int lower_of(int byte)
{
        return byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte;
}

static inline bool is_word_byte(int byte)
{
        return is_digit(byte) || is_letter(byte);
}

static inline struct str take_run(struct str *text, bool (*belongs)(int byte))
{
        size_t end = 0;

        while (end < text->len && belongs((unsigned char)text->data[end]))
                end++;
        struct str run = str_sub(*text, 0, end);

        *text = str_from(*text, end);
        return run;
}

static inline struct str take_digits(struct str *text)
{
        return take_run(text, is_digit);
}

static inline bool take_byte(struct str *text, char wanted)
{
        if (byte_of(*text) != (unsigned char)wanted)
                return false;
        *text = str_from(*text, 1);
        return true;
}

static inline bool take_text(struct str *text, struct str wanted)
{
        if (!str_starts(*text, wanted))
                return false;
        *text = str_from(*text, wanted.len);
        return true;
}

static inline bool all_digits(struct str text)
{
        for (size_t i = 0; i < text.len; i++)
                TRY(is_digit((unsigned char)text.data[i]));
        return text.len > 0;
}

static inline struct str without_zeros(struct str digits)
{
        while (digits.len && digits.data[0] == '0')
                digits = str_from(digits, 1);
        return digits;
}

static inline bool is_zero(struct str digits)
{
        return without_zeros(digits).len == 0;
}

/* Runs of digits by value; an empty one is 0. */
static inline int compare_numbers(struct str a, struct str b)
{
        a = without_zeros(a);
        b = without_zeros(b);
        if (a.len != b.len)
                return a.len < b.len ? -1 : 1;
        return a.len ? sign_of(memcmp(a.data, b.data, a.len)) : 0;
}

/* As str_compare(), without regard to upper and lower case. */
static inline int compare_caseless(struct str a, struct str b)
{
        for (size_t i = 0; i < min_size(a.len, b.len); i++) {
                int order = lower_of((unsigned char)a.data[i]) - lower_of((unsigned char)b.data[i]);

                if (order)
                        return sign_of(order);
        }
        return (a.len > b.len) - (a.len < b.len);
}

static inline bool is_caseless(struct str text, struct str word)
{
        return text.len == word.len && compare_caseless(text, word) == 0;
}

static inline bool starts_caseless(struct str text, struct str word)
{
        return text.len >= word.len && compare_caseless(str_sub(text, 0, word.len), word) == 0;
}

/* Numbers with dots, or another separator, between them: the next one. False at the end. */
static inline bool take_number(struct str *numbers, struct str *number)
{
        *number = take_digits(numbers);
        if (numbers->len)
                *numbers = str_from(*numbers, 1);
        return number->len > 0;
}

typedef int version_order(struct str a, struct str b);

/* Numbers one by one, those behind the first by `later`; what has more of them is later. */
static inline int compare_more_numbers(struct str a, struct str b, version_order *later)
{
        for (version_order *compare = compare_numbers;; compare = later) {
                struct str left, right;
                bool more_left = take_number(&a, &left), more_right = take_number(&b, &right);
                int order;

                if (!more_left || !more_right)
                        return compare_bools(more_left, more_right);
                order = compare(left, right);
                if (order)
                        return order;
        }
}

/* Numbers one by one; what is missing is 0. */
static inline int compare_padded_numbers(struct str a, struct str b)
{
        while (a.len || b.len) {
                struct str left, right;
                int order;

                take_number(&a, &left);
                take_number(&b, &right);
                order = compare_numbers(left, right);
                if (order)
                        return order;
        }
        return 0;
}

/* Suffixes one by one, each a word, by the rank that `take` gives it, and a number. */
static inline int compare_ranked_suffixes(struct str a, struct str b, int (*take)(struct str *text, struct str *number))
{
        while (a.len || b.len) {
                struct str left, right;
                int order = take(&a, &left) - take(&b, &right);

                if (!order)
                        order = compare_numbers(left, right);
                if (order)
                        return order;
        }
        return 0;
}
