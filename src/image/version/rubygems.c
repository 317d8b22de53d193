/* rubygems.c - versions of Ruby gems (guides.rubygems.org; Gem::Version).
 *
 * Numbers and words, which make it a prerelease, in any order; a hyphen stands for the word pre. Zeros at the end of the numbers
 * before the first word do not count, nor do zeros at the end of everything. */

#include "image/version/part.h"
#include "image/version/version.h"

struct gem {
        struct str rest;
        const char *kept; /* zeros before this count */
        bool in_words;    /* a word was taken */
};

struct part {
        struct str text; /* empty for the 0 that follows every version */
        bool is_word, is_end;
};

/* Passes over zeros at the front of what is left, if they do not count. Otherwise remembers that they do, so that each is looked
 * at once. */
static bool pass_zeros(struct gem *gem)
{
        struct str rest = gem->rest;

        if (rest.data < gem->kept)
                return false;
        while (is_digit(byte_of(rest)) || byte_of(rest) == '.') {
                struct str digits = take_digits(&rest);

                if (!is_zero(digits)) {
                        gem->kept = digits.data;
                        return false;
                }
                take_byte(&rest, '.');
        }
        if (rest.len && gem->in_words) {
                gem->kept = rest.data;
                return false;
        }
        gem->rest = rest;
        return true;
}

static struct part take(struct gem *gem)
{
        for (;;) {
                while (take_byte(&gem->rest, '.'))
                        continue;
                if (is_letter(byte_of(gem->rest))) {
                        gem->in_words = true;
                        return (struct part){take_run(&gem->rest, is_letter), true, false};
                }
                if (take_byte(&gem->rest, '-')) {
                        gem->in_words = true;
                        return (struct part){STR("pre"), true, false};
                }
                if (!is_digit(byte_of(gem->rest)))
                        return (struct part){.is_end = true};
                if (!pass_zeros(gem))
                        return (struct part){take_digits(&gem->rest), false, false};
        }
}

static bool is_word_or_hyphen(int byte)
{
        return is_word_byte(byte) || byte == '-';
}

static const char *fault(struct str text)
{
        if (!is_digit(byte_of(text)))
                return "it does not begin with a number";
        do
                if (!take_run(&text, is_word_byte).len)
                        return "letters and digits must stand between its dots";
        while (take_byte(&text, '.'));
        if (!take_byte(&text, '-'))
                return text.len ? "only letters, digits, dots and hyphens can stand in it" : NULL;
        do
                if (!take_run(&text, is_word_or_hyphen).len)
                        return "letters and digits must stand between its dots";
        while (take_byte(&text, '.'));
        return text.len ? "only letters, digits, dots and hyphens can stand in it" : NULL;
}

/* A word is before a number, and so before the end. */
static int compare_parts(struct part a, struct part b)
{
        if (a.is_word != b.is_word)
                return a.is_word ? -1 : 1;
        return a.is_word ? str_compare(a.text, b.text) : compare_numbers(a.text, b.text);
}

static int compare(struct str a, struct str b)
{
        struct gem left = {.rest = a, .kept = a.data}, right = {.rest = b, .kept = b.data};

        for (;;) {
                struct part left_part = take(&left), right_part = take(&right);
                int order = compare_parts(left_part, right_part);

                if (order)
                        return order;
                if (left_part.is_end && right_part.is_end)
                        return 0;
        }
}

const struct version_scheme version_rubygems = {"rubygems", "rubygems.org", fault, compare};
