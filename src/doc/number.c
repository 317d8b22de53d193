/* number.c - decimal numbers of documents, and whether a double says the same as the text. */

#include "doc/number.h"

#include <float.h>
#include <stdio.h>

#include "base/reader.h"
#include "base/digits.h"

/* A decimal number taken apart: 0.DIGITS times ten to the power of `point`, the digits without zeros at either end. */
struct decimal {
        struct str digits; /* with the point among them, which does not count */
        size_t count;      /* of digits that count */
        int64_t point;
};

static size_t take_digits(struct reader *reader)
{
        return reader_take_while(reader, is_digit).len;
}

bool number_is_decimal(struct str text)
{
        struct reader reader = reader_over(text);
        size_t digits;

        if (!reader_take(&reader, '-'))
                reader_take(&reader, '+');
        digits = take_digits(&reader);
        if (reader_take(&reader, '.'))
                digits += take_digits(&reader);
        if (digits && (reader_take(&reader, 'e') || reader_take(&reader, 'E'))) {
                if (!reader_take(&reader, '-'))
                        reader_take(&reader, '+');
                digits = take_digits(&reader);
        }
        return digits && reader_done(&reader);
}

static int64_t exponent_of(struct str text)
{
        int64_t exponent = 0;
        bool negative = text.len && text.data[0] == '-';

        for (size_t i = negative || str_starts(text, STR("+")); i < text.len && exponent < INT32_MAX; i++)
                exponent = exponent * 10 + (text.data[i] - '0');
        return negative ? -exponent : exponent;
}

static struct decimal take_apart(struct str text)
{
        struct decimal decimal = {0};
        size_t end = 0, first = SIZE_MAX, last = 0, whole = 0;
        bool has_point = false;

        for (; end < text.len && text.data[end] != 'e' && text.data[end] != 'E'; end++) {
                has_point |= text.data[end] == '.';
                if (!is_digit(text.data[end]))
                        continue;
                whole += !has_point;
                if (text.data[end] != '0') {
                        first = min_size(first, end);
                        last = end;
                }
        }
        if (first == SIZE_MAX)
                return decimal;
        decimal.digits = str_sub(text, first, last + 1);
        decimal.count = decimal.digits.len - (memchr(decimal.digits.data, '.', decimal.digits.len) != NULL);
        decimal.point = (int64_t)whole;
        for (size_t i = 0; i < first; i++)
                decimal.point -= is_digit(text.data[i]);
        if (end < text.len)
                decimal.point += exponent_of(str_from(text, end + 1));
        return decimal;
}

static bool same_digits(struct str a, struct str b)
{
        size_t i = 0, j = 0;

        for (;; i++, j++) {
                while (i < a.len && !is_digit(a.data[i]))
                        i++;
                while (j < b.len && !is_digit(b.data[j]))
                        j++;
                if (i == a.len || j == b.len)
                        return i == a.len && j == b.len;
                if (a.data[i] != b.data[j])
                        return false;
        }
}

/* All digits of a double are written out and compared. One has no more than 767 of them. */
static bool is_exact_slowly(const struct decimal *decimal, double number)
{
        enum { MOST_DIGITS = 767 };
        char text[MOST_DIGITS + 32];
        struct decimal exact;

        if (decimal->count > MOST_DIGITS)
                return false;
        snprintf(text, sizeof(text), "%.*e", MOST_DIGITS - 1, number);
        for (char *at = text; *at && *at != 'e'; at++) {
                if (!is_digit(*at) && *at != '-')
                        *at = '.'; /* the locale may have another point */
        }
        exact = take_apart(str_of(text));
        return exact.point == decimal->point && same_digits(exact.digits, decimal->digits);
}

/* Whether digits * 10^power has at most 53 bits, from the lowest that is set to the highest. */
static bool fits_fraction(uint64_t digits, int64_t power)
{
        uint64_t fives = 1;
        enum { MOST_FIVES = 27 }; /* 5^27 is the largest power that fits 64 bits */

        if (power > MOST_FIVES || power < -MOST_FIVES)
                return false;
        for (int64_t i = power < 0 ? -power : power; i > 0; i--)
                fives *= 5;
        if (power < 0 && digits % fives)
                return false;
        if (power < 0)
                digits /= fives;
        else if (__builtin_mul_overflow(digits, fives, &digits))
                return false;
        return digits >> __builtin_ctzll(digits) < (uint64_t)1 << DBL_MANT_DIG;
}

static bool is_exact(struct str text, double number)
{
        struct decimal decimal = take_apart(text);
        uint64_t digits = 0;

        if (!decimal.count || number == 0)
                return !decimal.count && number == 0;
        if (decimal.count > 19)
                return is_exact_slowly(&decimal, number);
        for (size_t i = 0; i < decimal.digits.len; i++) {
                if (is_digit(decimal.digits.data[i]))
                        digits = digits * 10 + (uint64_t)(decimal.digits.data[i] - '0');
        }
        return fits_fraction(digits, decimal.point - (int64_t)decimal.count) || is_exact_slowly(&decimal, number);
}

bool number_double(struct str decimal, struct value *out)
{
        struct str text = str_starts(decimal, STR("+")) ? str_from(decimal, 1) : decimal;
        double number;

        TRY(double_of_digits(text.data, text.len, &number));
        *out = value_double(number);
        if (!is_exact(text, number))
                out->flags = VALUE_INEXACT;
        return true;
}

bool number_whole(struct str digits, struct value *out)
{
        bool negative = str_starts(digits, STR("-"));
        struct reader reader = reader_over(str_from(digits, negative || str_starts(digits, STR("+"))));
        uint64_t number;
        /* Go takes a sign for a number of 63 bits */
        uint64_t most = negative ? (uint64_t)1 << 63 : digits.data[0] == '+' ? INT64_MAX : UINT64_MAX;

        if (!reader_take_number(&reader, most, &number) || !reader_done(&reader))
                return number_double(digits, out);
        if (negative)
                *out = value_int((int64_t)(0 - number));
        else
                *out = number > INT64_MAX ? value_uint(number) : value_int((int64_t)number);
        return true;
}
