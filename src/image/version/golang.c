/* golang.c - versions of Go modules and of Go itself (go.dev/ref/mod, Versions; go.dev/doc/toolchain).
 *
 * Modules have semantic versions with a v in front. Go's own begin with go and have no hyphen before a prerelease: go1.21rc2. */

#include "image/version/semantic.h"
#include "image/version/version.h"

struct golang {
        struct semantic semantic;
        bool is_tight; /* the prerelease is a word with a number behind it: rc2, which means rc.2 */
};

static const char *read(struct str text, struct golang *out)
{
        struct str begin;

        *out = (struct golang){.is_tight = false};
        take_text(&text, STR("go"));
        begin = text;
        while (take_digits(&text).len && take_byte(&text, '.'))
                continue;
        if (!is_letter(byte_of(text)) || text.data == begin.data)
                return semantic_read(begin, &out->semantic);
        out->semantic = (struct semantic){.numbers = str_span(begin.data, text.data), .prerelease = text};
        out->is_tight = true;
        take_run(&text, is_letter);
        take_digits(&text);
        return text.len ? "behind its numbers, only a word with a number can follow" : NULL;
}

static const char *fault(struct str text)
{
        struct golang golang;

        return read(text, &golang);
}

static struct str take_identifier(struct golang *golang)
{
        struct str part = {0}, *text = &golang->semantic.prerelease;

        if (!golang->is_tight)
                str_split(text, '.', &part);
        else
                part = is_letter(byte_of(*text)) ? take_run(text, is_letter) : take_digits(text);
        return part;
}

static int compare_prereleases(struct golang *a, struct golang *b)
{
        const struct str *left_rest = &a->semantic.prerelease, *right_rest = &b->semantic.prerelease;

        if (!left_rest->len || !right_rest->len)
                return compare_bools(right_rest->len > 0, left_rest->len > 0);
        while (left_rest->len && right_rest->len) {
                int order = semantic_compare_identifiers(take_identifier(a), take_identifier(b), str_compare);

                if (order)
                        return order;
        }
        return compare_bools(left_rest->len > 0, right_rest->len > 0);
}

static int compare(struct str a, struct str b)
{
        struct golang left, right;
        int order;

        if (read(a, &left) || read(b, &right))
                return 0;
        order = compare_padded_numbers(left.semantic.numbers, right.semantic.numbers);
        return order ? order : compare_prereleases(&left, &right);
}

const struct version_scheme version_golang = {"golang", "Go modules and Go itself", fault, compare};
