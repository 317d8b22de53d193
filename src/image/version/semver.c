/* semver.c - semantic versions (semver.org 2.0.0). */

#include "image/version/semantic.h"
#include "image/version/version.h"

static bool is_identifier_byte(int byte)
{
        return is_word_byte(byte) || byte == '-';
}

static const char *check_identifiers(struct str text)
{
        do {
                if (!take_run(&text, is_identifier_byte).len)
                        return "identifiers have letters, digits and hyphens in them, and dots between them";
        } while (take_byte(&text, '.'));
        return text.len ? "only letters, digits, hyphens and dots can stand in its identifiers" : NULL;
}

const char *semantic_read(struct str text, struct semantic *out)
{
        struct str begin;

        *out = (struct semantic){0};
        if (!take_byte(&text, 'v'))
                take_byte(&text, 'V');
        begin = text;
        do
                if (!take_digits(&text).len)
                        return "it does not begin with numbers that have dots between them";
        while (take_byte(&text, '.'));
        out->numbers = str_span(begin.data, text.data);
        if (take_byte(&text, '-')) {
                const char *plus = text.len ? memchr(text.data, '+', text.len) : NULL;
                const char *wrong;

                out->prerelease = plus ? str_span(text.data, plus) : text;
                wrong = check_identifiers(out->prerelease);
                if (wrong)
                        return wrong;
                text = str_from(text, out->prerelease.len);
        }
        if (take_byte(&text, '+')) {
                out->build = text;
                return check_identifiers(text);
        }
        return text.len ? "behind its numbers, only - and + can follow" : NULL;
}

int semantic_compare_identifiers(struct str a, struct str b, version_order *words)
{
        while (a.len && b.len) {
                struct str left, right;
                bool left_is_number, right_is_number;
                int order;

                str_split(&a, '.', &left);
                str_split(&b, '.', &right);
                left_is_number = all_digits(left);
                right_is_number = all_digits(right);
                if (left_is_number != right_is_number)
                        return left_is_number ? -1 : 1;
                order = left_is_number ? compare_numbers(left, right) : words(left, right);
                if (order)
                        return order;
        }
        return compare_bools(a.len > 0, b.len > 0);
}

int semantic_compare_prereleases(struct str a, struct str b)
{
        if (!a.len || !b.len)
                return compare_bools(b.len > 0, a.len > 0);
        return semantic_compare_identifiers(a, b, str_compare);
}

int semantic_compare(const struct semantic *a, const struct semantic *b)
{
        int order = compare_padded_numbers(a->numbers, b->numbers);

        return order ? order : semantic_compare_prereleases(a->prerelease, b->prerelease);
}

const char *semantic_fault(struct str text)
{
        struct semantic semantic;

        return semantic_read(text, &semantic);
}

int semantic_compare_texts(struct str a, struct str b)
{
        struct semantic left, right;

        if (semantic_read(a, &left) || semantic_read(b, &right))
                return 0;
        return semantic_compare(&left, &right);
}

const struct version_scheme version_semver = {"semver", "semantic versioning", semantic_fault, semantic_compare_texts};
