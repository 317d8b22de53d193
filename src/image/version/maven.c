/* maven.c - versions of Java packages (maven.apache.org, POM Reference, Version Order Specification).
 *
 * A version is a row of numbers and qualifiers, each with a dot or a hyphen before it; a change between digits and letters
 * counts as a hyphen, and nothing between two separators as 0. Numbers that are 0 and qualifiers that mean the release do not
 * count at the end or before a hyphen. */

#include "image/version/part.h"
#include "image/version/version.h"

struct token {
        bool hyphen; /* before it; otherwise a dot */
        bool is_number;
        struct str text; /* of a number, or of a qualifier that is not known */
        int rank;        /* of a qualifier */
};

struct maven {
        struct str rest;
        const char *kept; /* tokens before this count, even if they are null */
        bool begun;
};

/* Before all others, in their order; a release stands between snapshot and sp. */
static const struct {
        struct str name;
        int rank;
} qualifiers[] = {
        {STR_INIT("alpha"), -5}, {STR_INIT("beta"), -4},   {STR_INIT("milestone"), -3}, {STR_INIT("rc"), -2},
        {STR_INIT("cr"), -2},    {STR_INIT("ga"), 0},      {STR_INIT("snapshot"), -1},  {STR_INIT("final"), 0},
        {STR_INIT("sp"), 1},     {STR_INIT("release"), 0},
};

enum { RANK_OF_OTHERS = 2 };

/* Before a digit, one letter stands for a word. */
static const struct str words_of_letters[] = {
        ['a' - 'a'] = STR_INIT("alpha"), ['b' - 'a'] = STR_INIT("beta"), ['m' - 'a'] = STR_INIT("milestone")};

static bool is_of_qualifier(int byte)
{
        return !is_digit(byte) && byte != '.' && byte != '-';
}

static struct token qualifier_of(struct str text, bool before_digit)
{
        struct token token = {.text = text, .rank = RANK_OF_OTHERS};
        size_t letter = (size_t)lower_of(byte_of(text)) - 'a';

        if (text.len == 1 && before_digit && letter < COUNT_OF(words_of_letters) && words_of_letters[letter].len)
                token.text = words_of_letters[letter];
        for (size_t i = 0; i < COUNT_OF(qualifiers); i++)
                if (is_caseless(token.text, qualifiers[i].name))
                        token.rank = qualifiers[i].rank;
        return token;
}

static bool is_null(const struct token *token)
{
        return token->is_number ? is_zero(token->text) : token->rank == 0;
}

/* The next token as it is written; false at the end. */
static bool take_written(struct str *text, bool begun, struct token *token)
{
        bool hyphen = true;
        struct str word;

        TRY(text->len);
        if (begun) {
                hyphen = !take_byte(text, '.');
                if (hyphen)
                        take_byte(text, '-');
        }
        word = take_run(text, is_of_qualifier);
        if (word.len)
                *token = qualifier_of(word, is_digit(byte_of(*text)));
        else
                *token = (struct token){.is_number = true, .text = take_digits(text)};
        token->hyphen = hyphen;
        return true;
}

/* Passes over null tokens up to the end or a hyphen, before which they do not count. Otherwise remembers that they do. */
static bool pass_nulls(struct maven *maven)
{
        struct str rest = maven->rest, after = rest;
        struct token token;

        for (bool first = true; take_written(&after, true, &token); first = false) {
                if (!first && token.hyphen)
                        break;
                if (!is_null(&token)) {
                        maven->kept = after.data;
                        return false;
                }
                rest = after;
        }
        maven->rest = rest;
        return true;
}

/* The next token that counts; false at the end. */
static bool take(struct maven *maven, struct token *token)
{
        for (;;) {
                struct str rest = maven->rest;

                TRY(take_written(&rest, maven->begun, token));
                if (!maven->begun || !is_null(token) || rest.data < maven->kept || !pass_nulls(maven)) {
                        maven->begun = true;
                        maven->rest = rest;
                        return true;
                }
        }
}

/* Qualifiers behind dots, qualifiers behind hyphens, numbers behind hyphens, numbers behind dots. */
static int kind_of(const struct token *token)
{
        return !token->is_number ? (token->hyphen ? 1 : 0) : token->hyphen ? 2 : 3;
}

static int compare_tokens(const struct token *a, const struct token *b)
{
        if (kind_of(a) != kind_of(b))
                return kind_of(a) - kind_of(b);
        if (a->is_number)
                return compare_numbers(a->text, b->text);
        if (a->rank != b->rank || a->rank != RANK_OF_OTHERS)
                return a->rank - b->rank;
        return compare_caseless(a->text, b->text);
}

/* What a missing token counts as beside another. */
static struct token null_beside(const struct token *token)
{
        return (struct token){.hyphen = token->hyphen, .is_number = token->is_number};
}

static const char *fault(struct str text)
{
        (void)text;
        return NULL;
}

static int compare(struct str a, struct str b)
{
        struct maven left = {.rest = a, .kept = a.data}, right = {.rest = b, .kept = b.data};

        for (;;) {
                struct token left_token, right_token;
                bool more_left = take(&left, &left_token), more_right = take(&right, &right_token);
                int order;

                if (!more_left && !more_right)
                        return 0;
                if (!more_left)
                        left_token = null_beside(&right_token);
                if (!more_right)
                        right_token = null_beside(&left_token);
                order = compare_tokens(&left_token, &right_token);
                if (order)
                        return order;
        }
}

const struct version_scheme version_maven = {"maven", "Maven Central", fault, compare};
