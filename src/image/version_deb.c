/* version_deb.c - Debian versions: [epoch:]upstream[-revision] (deb-version(7), Debian Policy 5.6.12). */

#include "image/version.h"
#include "image/version_part.h"

enum { OTHER, WORD, HYPHEN, COLON };

#define LETTERS(kind) ['A' ... 'Z'] = (kind), ['a' ... 'z'] = (kind)

static const unsigned char kinds[256] = {
        LETTERS(WORD), ['0' ... '9'] = WORD, ['.'] = WORD, ['+'] = WORD, ['~'] = WORD, ['-'] = HYPHEN, [':'] = COLON,
};

struct deb {
        struct str epoch, upstream, revision;
};

static const char *read(struct str text, struct deb *out)
{
        size_t colon = SIZE_MAX, hyphen = SIZE_MAX, begin;

        for (size_t i = 0; i < text.len; i++) {
                switch (kinds[(unsigned char)text.data[i]]) {
                case OTHER:
                        return "only letters, digits and . + ~ - : can stand in it";
                case HYPHEN:
                        hyphen = i;
                        break;
                case COLON:
                        colon = colon == SIZE_MAX ? i : colon;
                        if (hyphen != SIZE_MAX && hyphen > colon)
                                hyphen = SIZE_MAX - 1; /* a revision has no colon */
                        break;
                default:
                        break;
                }
        }
        begin = colon == SIZE_MAX ? 0 : colon + 1;
        out->epoch = str_sub(text, 0, colon == SIZE_MAX ? 0 : colon);
        if (hyphen == SIZE_MAX - 1)
                return "its revision has a colon";
        if (hyphen == SIZE_MAX || hyphen < begin) {
                out->upstream = str_from(text, begin);
                out->revision = (struct str){0};
        } else {
                out->upstream = str_sub(text, begin, hyphen);
                out->revision = str_from(text, hyphen + 1);
        }
        return NULL;
}

static const char *fault(struct str text)
{
        struct deb deb;
        const char *wrong = read(text, &deb);

        if (wrong)
                return wrong;
        if (deb.upstream.data != text.data && !all_digits(deb.epoch))
                return "its epoch, before the colon, is no number";
        if (!deb.upstream.len)
                return "there is no upstream version in it";
        return NULL;
}

/* How text without digits sorts: a tilde before the end, the end (and so a digit) before letters, these before the rest. */
static const short weights[256] = {
        ['~'] = -1,  ['+'] = 300, ['-'] = 301, ['.'] = 302, [':'] = 303,
#define WEIGHT(letter) [letter] = (letter)
        WEIGHT('A'), WEIGHT('B'), WEIGHT('C'), WEIGHT('D'), WEIGHT('E'), WEIGHT('F'), WEIGHT('G'), WEIGHT('H'),
        WEIGHT('I'), WEIGHT('J'), WEIGHT('K'), WEIGHT('L'), WEIGHT('M'), WEIGHT('N'), WEIGHT('O'), WEIGHT('P'),
        WEIGHT('Q'), WEIGHT('R'), WEIGHT('S'), WEIGHT('T'), WEIGHT('U'), WEIGHT('V'), WEIGHT('W'), WEIGHT('X'),
        WEIGHT('Y'), WEIGHT('Z'), WEIGHT('a'), WEIGHT('b'), WEIGHT('c'), WEIGHT('d'), WEIGHT('e'), WEIGHT('f'),
        WEIGHT('g'), WEIGHT('h'), WEIGHT('i'), WEIGHT('j'), WEIGHT('k'), WEIGHT('l'), WEIGHT('m'), WEIGHT('n'),
        WEIGHT('o'), WEIGHT('p'), WEIGHT('q'), WEIGHT('r'), WEIGHT('s'), WEIGHT('t'), WEIGHT('u'), WEIGHT('v'),
        WEIGHT('w'), WEIGHT('x'), WEIGHT('y'), WEIGHT('z'),
};

static int weight_at(const char *at, const char *end)
{
        return at < end ? weights[(unsigned char)*at] : 0;
}

static bool digit_at(const char *at, const char *end)
{
        return at < end && is_digit((unsigned char)*at);
}

/* Text without digits and numbers in turn (deb-version(7), "Sorting algorithm"). */
static int compare_part(struct str left, struct str right)
{
        const char *a = left.data, *a_end = a + left.len, *b = right.data, *b_end = b + right.len;

        while (a < a_end || b < b_end) {
                int first = 0;

                for (; weight_at(a, a_end) || weight_at(b, b_end); a++, b++)
                        if (weight_at(a, a_end) != weight_at(b, b_end))
                                return weight_at(a, a_end) - weight_at(b, b_end);
                while (a < a_end && *a == '0')
                        a++;
                while (b < b_end && *b == '0')
                        b++;
                for (; digit_at(a, a_end) && digit_at(b, b_end); a++, b++)
                        first = first ? first : *a - *b;
                if (digit_at(a, a_end) || digit_at(b, b_end))
                        return digit_at(a, a_end) ? 1 : -1; /* more digits */
                if (first)
                        return first;
        }
        return 0;
}

static int compare(struct str a, struct str b)
{
        struct deb left, right;
        int order;

        if (read(a, &left) || read(b, &right))
                return 0;
        order = compare_numbers(left.epoch, right.epoch);
        if (!order)
                order = compare_part(left.upstream, right.upstream);
        return order ? order : compare_part(left.revision, right.revision);
}

const struct version_scheme version_deb = {"deb", "Debian, Ubuntu and their kin", fault, compare};
