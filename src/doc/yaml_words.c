/* yaml_words.c - the library's reasons, translated.
 *
 * Its reasons are for those who know the grammar, and its places are often where a token began. */

#include "doc/yaml_words.h"

#include "base/reader.h"

static size_t here(struct str text, size_t begin, size_t end)
{
        (void)text;
        (void)end;
        return begin;
}

static size_t line_begin(struct str text, size_t at)
{
        while (at > 0 && text.data[at - 1] != '\n' && text.data[at - 1] != '\r')
                at--;
        return at;
}

/* The first letter of the line on which it ends. */
static size_t at_last_line(struct str text, size_t begin, size_t end)
{
        size_t at = line_begin(text, end);

        (void)begin;
        while (at < end && (text.data[at] == ' ' || text.data[at] == '\t'))
                at++;
        return at;
}

/* Whether the line on which it ends begins with a tab among its blanks. */
static bool ends_behind_tab(struct str text, size_t end)
{
        size_t at = line_begin(text, end);

        return memchr(text.data + at, '\t', at_last_line(text, at, end) - at) != NULL;
}

/* The first tab on the line, or on the one before: some reasons come a line late. */
static size_t at_tab(struct str text, size_t begin, size_t end)
{
        size_t at = line_begin(text, end);
        const char *tab = memchr(text.data + at, '\t', min_size(text.len, end + 1) - at);

        if (!tab && at > 0) {
                at = line_begin(text, at - 1);
                tab = memchr(text.data + at, '\t', end - at);
        }
        return tab ? (size_t)(tab - text.data) : begin;
}

static size_t before(struct str text, size_t begin, size_t end)
{
        (void)text;
        (void)end;
        return begin ? begin - 1 : 0;
}

static bool is_hex(unsigned char byte)
{
        return is_digit(byte) || ((byte | 32) >= 'a' && (byte | 32) <= 'f');
}

/* Whether an escape that begins at the backslash is one of YAML's. */
static bool is_escape(struct str text, size_t at)
{
        static const char letters[] = "0abtnvfre \"/\\N_LP\n\r\t";
        int letter = at + 1 < text.len ? (unsigned char)text.data[at + 1] : 0;
        size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;

        for (size_t i = 0; i < digits; i++) {
                if (at + 2 + i >= text.len || !is_hex((unsigned char)text.data[at + 2 + i]))
                        return false;
        }
        return digits || (letter && strchr(letters, letter));
}

/* The first escape that is none. */
static size_t at_escape(struct str text, size_t begin, size_t end)
{
        for (size_t at = begin; at < end; at++) {
                if (text.data[at] != '\\')
                        continue;
                if (!is_escape(text, at))
                        return at;
                at++;
        }
        return begin;
}

static const struct {
        const char *reason; /* what the library's words contain */
        size_t (*place)(struct str text, size_t begin, size_t end);
        const char *message;
} words[] = {
        {"tab", at_tab, "a tab stands in the indentation here: YAML wants spaces"},
        {"multiline plain key", at_last_line,
         "the value above runs on into this line: begin all keys of a map in the same column, and write a space behind "
         "each colon"},
        {"multiline", here, "a key has to stand on one line"},
        {"expected ':'", here, "this is no `key: value`: a colon with a space behind it is missing"},
        {"missing ':'", here, "this is no `key: value`: a colon with a space behind it is missing"},
        {"closing quote", before, "this quote is never closed"},
        {"document-", here, "the document ends inside of a text in quotes: the closing quote is missing"},
        {"escape", at_escape,
         "YAML has no such escape: double the backslash, or put the text in single quotes, where it means itself"},
        {"trailing content", here, "something stands behind the closing quote: put the whole value in quotes"},
        {"cannot start with", here, "a value cannot begin with this character: put the value in quotes"},
        {"invalid alias", before, "`*` begins an alias, whose name is missing: put text in quotes"},
        {"invalid anchor", before, "`&` begins an anchor, whose name is missing: put text in quotes"},
        {"sequence on the same line", here, "a list cannot begin on this line: begin a new one with `- `"},
        {"sequence entries not allowed", here, "a list cannot begin on the line of its key: begin a new one with `- `"},
        {"extra closing", here, "this bracket closes nothing: put it in quotes, or remove it"},
        {"mismatched", here, "this bracket does not belong to the one that is open: `[` wants `]`, `{` wants `}`"},
        {"undefined tag prefix", here,
         "the prefix of this tag is declared nowhere: remove the tag, or put text in quotes"},
        {"directive", at_last_line, "this line begins with `%` but is no directive: put text in quotes"},
        {"tag", here, "`!` begins a tag, and this is none: put text in quotes"},
        {"URI", here, "`!` begins a tag, and this is none: put text in quotes"},
        {"no linebreak", here, "behind `|` or `>` there may only be `+`, `-` and one digit from 1 to 9"},
        {"indentation indicator", here, "behind `|` or `>` there may only be `+`, `-` and one digit from 1 to 9"},
        {"spaces only", here, "a blank line in front of the text of this block is indented further than the text"},
        {"comment", here, "a space is missing before the `#` of this comment"},
        {"document end marker", here, "nothing may stand behind `...` on its line"},
        {"value indicator", here, "a colon stands where no key is before it: put text in quotes"},
        {"':' indicator", here, "a colon stands where no key is before it: put text in quotes"},
        {"mapping key", here, "a key cannot stand here: begin a new line"},
        {"indented", here, "the indentation is wrong here"},
        {"indent", here, "the indentation is wrong here"},
};

/* Some mistakes the library finds without saying so. */
static const char *own_words(struct str text, size_t at)
{
        struct str rest = str_from(text, at);

        if (!rest.len)
                return NULL;
        if (rest.data[0] == '|' || rest.data[0] == '>')
                return "behind `|` or `>` there may only be `+`, `-` and one digit from 1 to 9";
        if (rest.data[0] == '%')
                return "this line begins with `%` but is no directive that is known: remove it";
        return NULL;
}

struct yaml_problem yaml_words(struct str text, size_t begin, size_t end, const char *reason)
{
        const char *message = own_words(text, begin);

        if (strstr(reason, "multiline plain key") && ends_behind_tab(text, end))
                reason = "tab";
        if (!*reason)
                return (struct yaml_problem){(uint32_t)begin, message ? message : "this is not YAML"};
        for (size_t i = 0; i < COUNT_OF(words); i++) {
                if (strstr(reason, words[i].reason))
                        return (struct yaml_problem){(uint32_t)words[i].place(text, begin, end), words[i].message};
        }
        return (struct yaml_problem){(uint32_t)begin, message ? message : "this is not YAML"};
}
