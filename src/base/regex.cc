// regex.cc - the one file that knows RE2. No exception leaves it: RE2 throws none, and memory that is used up ends the program.

#include <re2/re2.h>

#include <new>

extern "C" {
#include "base/regex.h"
}

struct regex {
        RE2 re2;

        regex(re2::StringPiece pattern, const RE2::Options &options) : re2(pattern, options)
        {
        }
};

static re2::StringPiece piece(struct str text)
{
        return re2::StringPiece(text.data ? text.data : "", text.len);
}

struct regex *regex_compile(struct str pattern, struct err *err)
{
        RE2::Options options;

        options.set_log_errors(false);
        options.set_max_mem(REGEX_MEMORY);

        auto *regex = new (std::nothrow) struct regex(piece(pattern), options);

        if (regex && regex->re2.ok())
                return regex;
        if (regex && regex->re2.error_code() == RE2::ErrorPatternTooLarge)
                err_set(err, "the regular expression takes more than %d MiB: make its repetitions smaller",
                        REGEX_MEMORY >> 20);
        else if (regex)
                err_set(err, "'%.*s' is no regular expression: %s", STR_ARG(pattern), regex->re2.error().c_str());
        else
                err_set(err, "no memory for the regular expression");
        delete regex;
        return nullptr;
}

void regex_free(struct regex *regex)
{
        delete regex;
}

static void release(void *object)
{
        delete static_cast<struct regex *>(object);
}

struct regex *regex_new(struct arena *arena, struct str pattern, struct err *err)
{
        struct regex *regex = regex_compile(pattern, err);

        if (regex)
                arena_at_end(arena, release, regex);
        return regex;
}

bool regex_matches(const struct regex *regex, struct str text)
{
        return regex->re2.Match(piece(text), 0, text.len, RE2::UNANCHORED, nullptr, 0);
}

bool regex_matches_whole(const struct regex *regex, struct str text)
{
        return regex->re2.Match(piece(text), 0, text.len, RE2::ANCHOR_BOTH, nullptr, 0);
}

unsigned regex_group_count(const struct regex *regex)
{
        return static_cast<unsigned>(regex->re2.NumberOfCapturingGroups());
}

bool regex_find(const struct regex *regex, struct str text, size_t from, struct str *groups, unsigned count)
{
        re2::StringPiece pieces[REGEX_GROUPS];

        if (count > REGEX_GROUPS)
                count = REGEX_GROUPS;
        if (from > text.len
            || !regex->re2.Match(piece(text), from, text.len, RE2::UNANCHORED, pieces, static_cast<int>(count)))
                return false;
        for (unsigned i = 0; i < count; i++)
                groups[i] = {pieces[i].data(), pieces[i].size()};
        return true;
}

/* The end of the character at `at`, so that an empty match does not split one. */
static size_t past_character(struct str text, size_t at)
{
        at++;
        while (at < text.len && (static_cast<unsigned char>(text.data[at]) & 0xc0) == 0x80)
                at++;
        return at;
}

bool regex_next(struct regex_walk *walk, struct str *groups, unsigned count)
{
        struct str text = walk->text.data ? walk->text : STR("");

        while (regex_find(walk->regex, text, walk->at, groups, count ? count : 1)) {
                size_t begin = static_cast<size_t>(groups[0].data - text.data);
                size_t end = begin + groups[0].len;
                bool counts = groups[0].len > 0 || !walk->matched || begin != walk->last_end;

                walk->at = groups[0].len > 0 ? end : past_character(text, end);
                walk->last_end = end;
                walk->matched = true;
                if (counts)
                        return true;
        }
        return false;
}

/* Writes one match's replacement behind the others; with no `groups`, only checks the replacement's words. */
static bool expand(std::string *out, struct str replacement, const struct str *groups, unsigned count, struct err *err)
{
        for (size_t i = 0; i < replacement.len; i++) {
                char c = replacement.data[i];

                if (c != '\\') {
                        out->push_back(c);
                        continue;
                }
                c = ++i < replacement.len ? replacement.data[i] : '\0';
                if (c == '\\') {
                        out->push_back(c);
                } else if (c < '0' || c > '9') {
                        return err_set(
                                err,
                                "invalid replacement string '%.*s': a backslash is followed by a digit or another "
                                "backslash",
                                STR_ARG(replacement));
                } else if (static_cast<unsigned>(c - '0') >= count) {
                        return err_set(err,
                                       "replacement string references group %c, but the regular expression has only %u",
                                       c, count - 1);
                } else if (groups && groups[c - '0'].data) {
                        out->append(groups[c - '0'].data, groups[c - '0'].len);
                }
        }
        return true;
}

bool regex_replace(struct arena *arena, const struct regex *regex, struct str text, struct str replacement,
                   int64_t limit, struct str *result, struct err *err)
{
        struct regex_walk walk = {};
        struct str groups[10] = {};
        unsigned in_pattern = regex_group_count(regex) + 1, count = in_pattern < 10 ? in_pattern : 10;
        size_t done = 0;
        std::string out;

        if (!expand(&out, replacement, nullptr, count, err))
                return false;
        out.clear();
        walk.regex = regex;
        walk.text = text.data ? text : STR("");
        for (; limit != 0 && regex_next(&walk, groups, count); limit -= limit > 0) {
                out.append(walk.text.data + done, static_cast<size_t>(groups[0].data - walk.text.data) - done);
                expand(&out, replacement, groups, count, err);
                done = static_cast<size_t>(groups[0].data - walk.text.data) + groups[0].len;
                if (out.size() > REGEX_REPLACED)
                        return err_set(err, "what the replacement makes is longer than %d MiB", REGEX_REPLACED >> 20);
        }
        out.append(walk.text.data + done, walk.text.len - done);
        *result = str_copy(arena, {out.data(), out.size()});
        return true;
}
