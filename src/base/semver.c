/* semver.c - reading and comparing semantic versions. */

#include "base/semver.h"

#include "base/reader.h"

static bool all_are(struct str text, bool (*belongs)(int byte))
{
        for (size_t i = 0; i < text.len; i++)
                TRY(belongs((unsigned char)text.data[i]));
        return true;
}

static bool is_identifier(int byte)
{
        return is_digit(byte) || is_letter(byte) || byte == '-';
}

static bool has_leading_zero(struct str digits)
{
        return digits.len > 1 && digits.data[0] == '0';
}

static bool take_number(struct reader *reader, uint64_t *number)
{
        size_t begin = reader->at;

        return reader_take_number(reader, UINT64_MAX, number)
               && !has_leading_zero(str_sub(reader->text, begin, reader->at));
}

/* Identifiers with dots between them. Numbers among those of a prerelease have no leading zeros. */
static bool check_identifiers(struct str text, bool of_prerelease)
{
        struct str part;

        while (str_split(&text, '.', &part)) {
                TRY(part.len > 0 && all_are(part, is_identifier));
                TRY(!of_prerelease || !all_are(part, is_digit) || !has_leading_zero(part));
        }
        return true;
}

bool semver_read(struct str text, struct semver *out)
{
        struct reader reader = reader_over(text);
        size_t plus = min_size(str_find(text, STR("+"), 0), text.len);

        *out = (struct semver){0};
        TRY(take_number(&reader, &out->major) && reader_take(&reader, '.'));
        TRY(take_number(&reader, &out->minor) && reader_take(&reader, '.'));
        TRY(take_number(&reader, &out->patch));
        if (reader_take(&reader, '-')) {
                out->prerelease = str_sub(text, reader.at, plus);
                TRY(check_identifiers(out->prerelease, true));
                reader.at = plus;
        }
        if (reader_take(&reader, '+')) {
                out->build = str_from(text, reader.at);
                TRY(check_identifiers(out->build, false));
                reader.at = text.len;
        }
        return reader_done(&reader);
}

/* A number without the zeros in front of it; what follows it stays. */
static struct str without_zeros(struct str part)
{
        while (part.len > 1 && part.data[0] == '0' && is_digit((unsigned char)part.data[1]))
                part = str_from(part, 1);
        return part;
}

struct str semver_normalize(struct arena *arena, struct str text)
{
        struct str parts[3] = {{0}}, rest = str_from(text, str_starts(text, STR("v")) ? 1 : 0);
        size_t count = 0;

        while (count < 2 && str_split(&rest, '.', &parts[count]))
                count++;
        if (rest.data)
                parts[count++] = rest;
        if (text.len && memchr(text.data, '\0', text.len))
                return (struct str){0}; /* which str_format() would take for the end */
        if (count > 0 && count < 3
            && (str_find(parts[count - 1], STR("-"), 0) != SIZE_MAX
                         || str_find(parts[count - 1], STR("+"), 0) != SIZE_MAX))
                return (struct str){0};
        for (size_t i = 0; i < 3; i++)
                parts[i] = i < count ? without_zeros(parts[i]) : STR("0");
        return str_format(arena, "%.*s.%.*s.%.*s", STR_ARG(parts[0]), STR_ARG(parts[1]), STR_ARG(parts[2]));
}

static int sign_of(int number)
{
        return (number > 0) - (number < 0);
}

/* Numbers by size, before words, which stand in the order of their letters. */
static int compare_identifiers(struct str a, struct str b)
{
        bool a_is_number = all_are(a, is_digit), b_is_number = all_are(b, is_digit);

        if (a_is_number != b_is_number)
                return a_is_number ? -1 : 1;
        if (a_is_number && a.len != b.len)
                return a.len < b.len ? -1 : 1;
        return sign_of(str_compare(a, b));
}

static int compare_prereleases(struct str a, struct str b)
{
        struct str left, right;

        if (!a.len || !b.len)
                return a.len ? -1 : b.len ? 1 : 0; /* a release comes after its prereleases */
        for (;;) {
                bool more_left = str_split(&a, '.', &left), more_right = str_split(&b, '.', &right);
                int order;

                if (!more_left || !more_right)
                        return more_left - more_right;
                order = compare_identifiers(left, right);
                if (order)
                        return order;
        }
}

int semver_compare(const struct semver *a, const struct semver *b)
{
        if (a->major != b->major)
                return a->major < b->major ? -1 : 1;
        if (a->minor != b->minor)
                return a->minor < b->minor ? -1 : 1;
        if (a->patch != b->patch)
                return a->patch < b->patch ? -1 : 1;
        return compare_prereleases(a->prerelease, b->prerelease);
}

struct str semver_print(struct arena *arena, const struct semver *version)
{
        return str_format(arena, "%" PRIu64 ".%" PRIu64 ".%" PRIu64 "%s%.*s%s%.*s", version->major, version->minor,
                          version->patch, version->prerelease.len ? "-" : "", STR_ARG(version->prerelease),
                          version->build.len ? "+" : "", STR_ARG(version->build));
}
