/* portage.c - Gentoo versions (Package Manager Specification, 3.2 and 3.3). */

#include "image/version/part.h"
#include "image/version/version.h"

struct portage {
        struct str numbers, suffixes, revision;
        int letter; /* -1 if there is none */
};

/* In their order; an end, which has rank 0, stands before p. */
static const char *const suffix_names[] = {"alpha", "beta", "pre", "rc", "", "p"};

enum { RANK_OF_END = 4 };

static bool is_small_letter(int byte)
{
        return byte >= 'a' && byte <= 'z';
}

/* Takes a suffix off; 0 if there is none. */
static int take_suffix(struct str *text, struct str *number)
{
        struct str rest = *text, name = {0};

        *number = (struct str){0};
        if (!take_byte(&rest, '_'))
                return 0;
        name = take_run(&rest, is_small_letter);
        for (int i = 0; i < (int)COUNT_OF(suffix_names); i++)
                if (name.len && str_equal(name, str_of(suffix_names[i]))) {
                        *number = take_digits(&rest);
                        *text = rest;
                        return i - RANK_OF_END;
                }
        return 0;
}

static const char *read(struct str text, struct portage *out)
{
        struct str number, begin = text;

        *out = (struct portage){.letter = -1};
        do
                if (!take_digits(&text).len)
                        return "it does not begin with numbers that have dots between them";
        while (take_byte(&text, '.'));
        out->numbers = str_span(begin.data, text.data);
        if (is_small_letter(byte_of(text))) {
                out->letter = byte_of(text);
                text = str_from(text, 1);
        }
        begin = text;
        while (take_suffix(&text, &number))
                continue;
        out->suffixes = str_span(begin.data, text.data);
        if (take_text(&text, STR("-r"))) {
                out->revision = take_digits(&text);
                if (!out->revision.len)
                        return "there is no number in its revision";
        }
        return text.len ? "behind its numbers, only a letter, _alpha, _beta, _pre, _rc, _p and a revision can follow"
                        : NULL;
}

static struct str without_zeros_behind(struct str digits)
{
        while (digits.len && digits.data[digits.len - 1] == '0')
                digits.len--;
        return digits;
}

/* Behind the first, a number that begins with 0 is a fraction. */
static int compare_later(struct str a, struct str b)
{
        if (a.data[0] == '0' || b.data[0] == '0')
                return str_compare(without_zeros_behind(a), without_zeros_behind(b));
        return compare_numbers(a, b);
}

static const char *fault(struct str text)
{
        struct portage portage;

        return read(text, &portage);
}

static int compare(struct str a, struct str b)
{
        struct portage left, right;
        int order;

        if (read(a, &left) || read(b, &right))
                return 0;
        order = compare_more_numbers(left.numbers, right.numbers, compare_later);
        if (!order)
                order = left.letter - right.letter;
        if (!order)
                order = compare_ranked_suffixes(left.suffixes, right.suffixes, take_suffix);
        return order ? order : compare_numbers(left.revision, right.revision);
}

const struct version_scheme version_portage = {"portage", "Gentoo", fault, compare};
