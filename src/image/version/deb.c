/* deb.c - Debian versions: [epoch:]upstream[-revision] (deb-version(7), Debian Policy 5.6.12). */

#include "image/version/part.h"
#include "image/version/version.h"

enum { WORD = 1, HYPHEN = 2, COLON = 4, OTHER = 8 };

struct deb {
        struct str epoch, upstream, revision;
};

/* The epoch, which is taken off the text; empty if there is none, which means 0. */
static struct str take_epoch(struct str *text)
{
        size_t at = 0;

        while (at < text->len && is_digit((unsigned char)text->data[at]))
                at++;
        if (at == text->len || text->data[at] != ':')
                return (struct str){0};
        struct str epoch = str_sub(*text, 0, at);

        *text = str_from(*text, at + 1);
        return epoch;
}

/* Where the last hyphen is; SIZE_MAX if there is none. */
static size_t last_hyphen(struct str text)
{
        size_t at = text.len;

        while (at && text.data[at - 1] != '-')
                at--;
        return at ? at - 1 : SIZE_MAX;
}

static struct deb read(struct str text)
{
        struct deb deb = {.epoch = take_epoch(&text)};
        size_t hyphen = last_hyphen(text);

        deb.upstream = str_sub(text, 0, hyphen);
        deb.revision = hyphen == SIZE_MAX ? (struct str){0} : str_from(text, hyphen + 1);
        return deb;
}

static int kind_of(int byte)
{
        if (is_word_byte(byte) || byte == '.' || byte == '+' || byte == '~')
                return WORD;
        return byte == '-' ? HYPHEN : byte == ':' ? COLON : OTHER;
}

static int kinds_of(struct str text)
{
        int kinds = 0;

        for (size_t i = 0; i < text.len; i++)
                kinds |= kind_of((unsigned char)text.data[i]);
        return kinds;
}

static const char *fault(struct str text)
{
        struct deb deb = read(text);

        if (kinds_of(text) & OTHER)
                return "only letters, digits and . + ~ - : can stand in it";
        if (!deb.epoch.len && (kinds_of(text) & COLON))
                return "its epoch, before the colon, is no number";
        if (!deb.upstream.len)
                return "there is no upstream version in it";
        if (deb.revision.data && !deb.revision.len)
                return "there is nothing behind its last hyphen";
        if (kinds_of(deb.revision) & COLON)
                return "its revision has a colon";
        return NULL;
}

/* How text without digits sorts: a tilde before the end, the end (and so a digit) before letters, these before the rest. */
static int weight_at(const char *at, const char *end)
{
        int byte = at < end ? (unsigned char)*at : '0';

        if (is_digit(byte))
                return 0;
        if (is_letter(byte))
                return byte;
        return byte == '~' ? -1 : byte + UINT8_MAX;
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

/* How far both are the same, but for a number that may go on differently. */
static size_t common_length(struct str a, struct str b)
{
        size_t most = min_size(a.len, b.len), at = 0;

        while (at < most && a.data[at] == b.data[at])
                at++;
        if (at == a.len && at == b.len)
                return at;
        while (at && is_digit((unsigned char)a.data[at - 1]))
                at--;
        return at;
}

/* Most versions that are compared begin in the same way, which need not be looked at again: the difference decides, if it is in
 * the same part of both. */
static int compare(struct str a, struct str b)
{
        struct str left = a, right = b;
        int order = compare_numbers(take_epoch(&left), take_epoch(&right));
        size_t same, left_hyphen, right_hyphen;

        if (order)
                return order;
        same = common_length(left, right);
        left = str_from(left, same);
        right = str_from(right, same);
        left_hyphen = last_hyphen(left);
        right_hyphen = last_hyphen(right);
        if ((left_hyphen == SIZE_MAX) != (right_hyphen == SIZE_MAX)) {
                struct deb whole_left = read(a), whole_right = read(b);

                order = compare_part(whole_left.upstream, whole_right.upstream);
                return order ? order : compare_part(whole_left.revision, whole_right.revision);
        }
        if (left_hyphen == SIZE_MAX)
                return compare_part(left, right);
        order = compare_part(str_sub(left, 0, left_hyphen), str_sub(right, 0, right_hyphen));
        return order ? order : compare_part(str_from(left, left_hyphen + 1), str_from(right, right_hyphen + 1));
}

const struct version_scheme version_deb = {"deb", "Debian, Ubuntu and their kin", fault, compare};
