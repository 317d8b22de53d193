/* packagist.c - versions of PHP packages, in the order of PHP's version_compare() (php.net). */

#include "image/version/part.h"
#include "image/version/version.h"

/* A word counts as the first of these that it begins with, others as before all. A number counts as # among words. */
static const struct {
        struct str word;
        int rank;
} ranks[] = {
        {STR_INIT("dev"), 1}, {STR_INIT("alpha"), 2}, {STR_INIT("a"), 2}, {STR_INIT("beta"), 3}, {STR_INIT("b"), 3},
        {STR_INIT("RC"), 4},  {STR_INIT("rc"), 4},    {STR_INIT("#"), 5}, {STR_INIT("pl"), 6},   {STR_INIT("p"), 6},
};

enum { RANK_OF_NUMBER = 5 };

static bool separates(int byte)
{
        return byte == '.' || byte == '-' || byte == '_' || byte == '+';
}

static bool is_of_word(int byte)
{
        return !is_digit(byte) && !separates(byte);
}

/* The next number or word; false at the end. */
static bool take(struct str *text, struct str *part)
{
        take_run(text, separates);
        *part = is_digit(byte_of(*text)) ? take_digits(text) : take_run(text, is_of_word);
        return part->len > 0;
}

static int rank_of(struct str part)
{
        if (is_digit(byte_of(part)))
                return RANK_OF_NUMBER;
        for (size_t i = 0; i < COUNT_OF(ranks); i++)
                if (str_starts(part, ranks[i].word))
                        return ranks[i].rank;
        return 0;
}

/* What follows the end of the other version: a number makes it later, a word puts it where the word stands among numbers. */
static int rank_rest(struct str part, struct str rest)
{
        do {
                int rank = rank_of(part);

                if (is_digit(byte_of(part)))
                        return 1;
                if (rank != RANK_OF_NUMBER)
                        return rank - RANK_OF_NUMBER;
        } while (take(&rest, &part));
        return 0;
}

static const char *fault(struct str text)
{
        struct str part;

        return take(&text, &part) ? NULL : "there is no number and no word in it";
}

static void pass_v(struct str *text)
{
        if (!take_byte(text, 'v'))
                take_byte(text, 'V');
}

static int compare(struct str a, struct str b)
{
        pass_v(&a);
        pass_v(&b);
        for (;;) {
                struct str left, right;
                bool more_left = take(&a, &left), more_right = take(&b, &right);
                int order;

                if (!more_left || !more_right)
                        return more_left ? rank_rest(left, a) : more_right ? -rank_rest(right, b) : 0;
                if (is_digit(byte_of(left)) && is_digit(byte_of(right)))
                        order = compare_numbers(left, right);
                else
                        order = rank_of(left) - rank_of(right);
                if (order)
                        return order;
        }
}

const struct version_scheme version_packagist = {"packagist", "packagist.org", fault, compare};
