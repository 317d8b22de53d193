/* version_golang.c - versions of Go modules and of Go itself (go.dev/ref/mod, Versions; go.dev/doc/toolchain).
 *
 * Modules have semantic versions with a v in front. Go's own begin with go and have no hyphen before a prerelease: go1.21rc2. */

#include "image/version.h"
#include "image/version_semantic.h"

static const char *read(struct str text, struct semantic *out)
{
        struct str begin;

        take_text(&text, STR("go"));
        begin = text;
        while (take_digits(&text).len && take_byte(&text, '.'))
                continue;
        if (!is_letter(byte_of(text)) || text.data == begin.data)
                return semantic_read(begin, out);
        *out = (struct semantic){.numbers = str_span(begin.data, text.data), .prerelease = text};
        take_run(&text, is_letter);
        take_digits(&text);
        return text.len ? "behind its numbers, only a word with a number can follow" : NULL;
}

static const char *fault(struct str text)
{
        struct semantic semantic;

        return read(text, &semantic);
}

/* Words with a number behind them, as in rc2, are compared by word, then by number. */
static int compare_toolchains(struct str a, struct str b)
{
        struct str left = take_run(&a, is_letter), right = take_run(&b, is_letter);
        int order = str_compare(left, right);

        return order ? order : compare_numbers(a, b);
}

static bool is_toolchain(struct str prerelease)
{
        return take_run(&prerelease, is_letter).len && (all_digits(prerelease) || !prerelease.len);
}

static int compare(struct str a, struct str b)
{
        struct semantic left, right;
        int order;

        if (read(a, &left) || read(b, &right))
                return 0;
        order = semantic_compare_numbers(left.numbers, right.numbers);
        if (order)
                return order;
        if (str_starts(a, STR("go"))
                       && str_starts(b, STR("go")) && is_toolchain(left.prerelease) && is_toolchain(right.prerelease))
                return compare_toolchains(left.prerelease, right.prerelease);
        return semantic_compare_prereleases(left.prerelease, right.prerelease);
}

const struct version_scheme version_golang = {"golang", "Go modules and Go itself", fault, compare};
