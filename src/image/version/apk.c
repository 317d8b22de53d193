/* apk.c - Alpine versions: number{.number}[letter]{_suffix[number]}[~hash][-rnumber] (apk-package(5)).
 *
 * Old package databases hold other texts too, which must not stop a comparison: what does not begin as a version is older than
 * everything that does, and what goes on after the version makes it older than the version. */

#include "image/version/part.h"
#include "image/version/version.h"

struct apk {
        struct str numbers;  /* with dots between them; empty if the text begins otherwise */
        struct str letter;   /* with digits behind it, which old versions had */
        struct str suffixes; /* "_alpha2_pre" */
        struct str hash, revision;
        bool has_revision, whole;
};

/* In their order. An end stands between rc and cvs. */
static const char *const before[] = {"alpha", "beta", "pre", "rc"};
static const char *const after[] = {"cvs", "svn", "git", "hg", "p"};

static bool is_small_letter(int byte)
{
        return byte >= 'a' && byte <= 'z';
}

static bool is_hexadecimal(int byte)
{
        return is_digit(byte) || (byte >= 'a' && byte <= 'f');
}

static int rank_of(struct str name)
{
        for (size_t i = 0; i < COUNT_OF(before); i++)
                if (str_equal(name, str_of(before[i])))
                        return (int)i - (int)COUNT_OF(before);
        for (size_t i = 0; i < COUNT_OF(after); i++)
                if (str_equal(name, str_of(after[i])))
                        return (int)i + 1;
        return 0;
}

/* Takes a suffix off; 0 if there is none, which is the rank of an end. */
static int take_suffix(struct str *text, struct str *number)
{
        struct str rest = *text;
        int rank = 0;

        *number = (struct str){0};
        if (take_byte(&rest, '_'))
                rank = rank_of(take_run(&rest, is_small_letter));
        if (!rank)
                return 0;
        *number = take_digits(&rest);
        *text = rest;
        return rank;
}

static struct str take_numbers(struct str *text)
{
        struct str rest = *text, begin = *text;

        while (take_digits(&rest).len) {
                *text = rest;
                if (!take_byte(&rest, '.'))
                        return str_span(begin.data, text->data);
        }
        return (struct str){0};
}

static void read(struct str text, struct apk *out)
{
        struct str number, begin;

        *out = (struct apk){0};
        out->numbers = take_numbers(&text);
        if (!out->numbers.len)
                return;
        begin = text;
        if (is_small_letter(byte_of(text))) {
                text = str_from(text, 1);
                take_digits(&text);
        }
        out->letter = str_span(begin.data, text.data);
        begin = text;
        while (take_suffix(&text, &number))
                continue;
        out->suffixes = str_span(begin.data, text.data);
        if (take_byte(&text, '~'))
                out->hash = take_run(&text, is_hexadecimal);
        if (str_starts(text, STR("-r")) && !is_letter(byte_of(str_from(text, 2)))) {
                text = str_from(text, 2);
                out->has_revision = true;
                out->revision = take_digits(&text);
        }
        out->whole = !text.len;
}

/* Behind the first, a number that begins with 0 is a fraction: 1.09 is before 1.1. */
static int compare_later(struct str a, struct str b)
{
        return a.data[0] == '0' || b.data[0] == '0' ? str_compare(a, b) : compare_numbers(a, b);
}

static int compare_letters(struct str a, struct str b)
{
        if (byte_of(a) != byte_of(b))
                return byte_of(a) - byte_of(b);
        return compare_numbers(str_from(a, 1), str_from(b, 1));
}

static const char *fault(struct str text)
{
        (void)text;
        return NULL;
}

static int compare(struct str a, struct str b)
{
        struct apk left, right;
        int order;

        read(a, &left);
        read(b, &right);
        if (!left.numbers.len || !right.numbers.len)
                return left.numbers.len ? 1 : right.numbers.len ? -1 : str_compare(a, b);
        order = compare_more_numbers(left.numbers, right.numbers, compare_later);
        if (!order)
                order = compare_letters(left.letter, right.letter);
        if (!order)
                order = compare_ranked_suffixes(left.suffixes, right.suffixes, take_suffix);
        if (!order)
                order = str_compare(left.hash, right.hash);
        if (!order)
                order = compare_bools(left.has_revision, right.has_revision);
        if (!order)
                order = compare_numbers(left.revision, right.revision);
        return order ? order : compare_bools(left.whole, right.whole);
}

const struct version_scheme version_apk = {"apk", "Alpine, Wolfi, Chainguard", fault, compare};
