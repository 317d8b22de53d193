/* yaml_text.c - folding lines and reading escapes. */

#include "doc/yaml_text.h"

#include "base/reader.h"

bool yaml_begins_line(struct str text, size_t at)
{
        for (size_t bytes = 1; bytes <= 3 && bytes <= at; bytes++) {
                if (yaml_break(text, at - bytes) == bytes)
                        return true;
        }
        return at == 0;
}

size_t yaml_line_begin(struct str text, size_t at)
{
        while (!yaml_begins_line(text, at))
                at--;
        return at;
}

static bool is_blank(char byte)
{
        return byte == ' ' || byte == '\t';
}

static char *put_break(char *to, struct str text, size_t at, size_t bytes)
{
        if (bytes < 3) {
                *to = '\n';
                return to + 1;
        }
        memcpy(to, text.data + at, bytes);
        return to + bytes;
}

char *yaml_put_breaks(char *to, struct str run)
{
        for (size_t at = 0, bytes; at < run.len; at += bytes ? bytes : 1) {
                bytes = yaml_break(run, at);
                if (bytes)
                        to = put_break(to, run, at, bytes);
        }
        return to;
}

struct folding {
        struct str raw;
        size_t at;
        char *to;
        char *keep; /* blanks before this do not go away at the end of a line */
};

static struct folding begin_folding(struct arena *arena, struct str raw)
{
        /* "\L" is three bytes, and utf8_put() wants room for four. */
        char *text = arena_take_text(arena, checked_add(raw.len, raw.len / 2 + 4));

        return (struct folding){.raw = raw, .to = text, .keep = text};
}

/* The run of blanks and breaks at hand, which begins with a break. */
static struct str take_run(struct folding *folding)
{
        size_t begin = folding->at, bytes;

        while (folding->at < folding->raw.len
               && ((bytes = yaml_break(folding->raw, folding->at)) || is_blank(folding->raw.data[folding->at])))
                folding->at += bytes ? bytes : 1;
        return str_sub(folding->raw, begin, folding->at);
}

/* One line break between two lines is a space, more of them are one less; blanks around them do not count. */
static void fold(struct folding *folding)
{
        struct str run = take_run(folding);
        size_t first = yaml_break(run, 0);
        char *end;

        while (folding->to > folding->keep && is_blank(folding->to[-1]))
                folding->to--;
        if (first == 3)
                folding->to = put_break(folding->to, run, 0, first);
        end = yaml_put_breaks(folding->to, str_from(run, first));
        if (end == folding->to && first < 3)
                *end++ = ' ';
        folding->to = folding->keep = end;
}

struct str yaml_plain_text(struct arena *arena, struct str raw)
{
        struct folding folding = begin_folding(arena, raw);
        char *begin = folding.to;

        while (folding.at < raw.len) {
                if (yaml_break(raw, folding.at))
                        fold(&folding);
                else
                        *folding.to++ = raw.data[folding.at++];
        }
        return str_span(begin, folding.to);
}

struct str yaml_single_quoted_text(struct arena *arena, struct str raw)
{
        struct folding folding = begin_folding(arena, raw);
        char *begin = folding.to;

        while (folding.at < raw.len) {
                if (yaml_break(raw, folding.at)) {
                        fold(&folding);
                        continue;
                }
                *folding.to++ = raw.data[folding.at];
                folding.at += raw.data[folding.at] == '\'' ? 2 : 1;
        }
        return str_span(begin, folding.to);
}

static uint32_t hex(struct str text, size_t at, size_t digits)
{
        uint32_t number = 0;

        for (size_t i = at; i < min_size(at + digits, text.len); i++) {
                unsigned char byte = (unsigned char)text.data[i];

                number = number << 4 | (is_digit(byte) ? byte - (uint32_t)'0' : ((byte | 32U) - 'a' + 10U) & 15);
        }
        return number;
}

/* Code points by number. Two halves of a pair, as JSON writes them, are one; half a pair alone is U+FFFD. */
static uint32_t numbered(struct folding *folding, size_t digits)
{
        struct str raw = folding->raw;
        uint32_t high = hex(raw, folding->at, digits), low;

        folding->at = min_size(folding->at + digits, raw.len);
        if (high >= 0xD800 && high < 0xDC00 && str_starts(str_from(raw, folding->at), STR("\\u"))) {
                low = hex(raw, folding->at + 2, 4);
                if (low >= 0xDC00 && low < 0xE000) {
                        folding->at = min_size(folding->at + 6, raw.len);
                        return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                }
        }
        return (high >= 0xD800 && high < 0xE000) || high > 0x10FFFF ? 0xFFFD : high;
}

static void unescape(struct folding *folding)
{
        static const struct {
                char letter, digits;
                uint16_t code_point;
        } escapes[] = {
                {'0', 0, 0},    {'a', 0, '\a'},  {'b', 0, '\b'}, {'t', 0, '\t'}, {'\t', 0, '\t'},  {'n', 0, '\n'},
                {'v', 0, '\v'}, {'f', 0, '\f'},  {'r', 0, '\r'}, {'e', 0, 0x1B}, {' ', 0, ' '},    {'"', 0, '"'},
                {'/', 0, '/'},  {'\\', 0, '\\'}, {'N', 0, 0x85}, {'_', 0, 0xA0}, {'L', 0, 0x2028}, {'P', 0, 0x2029},
                {'x', 2, 0},    {'u', 4, 0},     {'U', 8, 0},
        };
        size_t bytes = yaml_break(folding->raw, ++folding->at);

        if (bytes) {
                struct str run = take_run(folding);

                folding->to = folding->keep = yaml_put_breaks(folding->to, str_from(run, bytes));
                return;
        }
        for (size_t i = 0; folding->at < folding->raw.len && i < COUNT_OF(escapes); i++) {
                uint32_t code_point = escapes[i].code_point;

                if (escapes[i].letter != folding->raw.data[folding->at])
                        continue;
                folding->at++;
                if (escapes[i].digits)
                        code_point = numbered(folding, (size_t)escapes[i].digits);
                folding->to += utf8_put(folding->to, code_point);
                break;
        }
        folding->keep = folding->to;
}

struct str yaml_double_quoted_text(struct arena *arena, struct str raw)
{
        struct folding folding = begin_folding(arena, raw);
        char *begin = folding.to;

        while (folding.at < raw.len) {
                if (yaml_break(raw, folding.at))
                        fold(&folding);
                else if (raw.data[folding.at] == '\\')
                        unescape(&folding);
                else
                        *folding.to++ = raw.data[folding.at++];
        }
        return str_span(begin, folding.to);
}
