/* fast_text.c - plain scalars and keys, text in quotes, literal and folded blocks. */

#include "base/reader.h"
#include "doc/fast.h"
#include "doc/yaml_block.h"
#include "doc/yaml_scalar.h"
#include "doc/yaml_text.h"

/* --- plain scalars --- */

enum { MOST_DIGITS = 18, LONGEST_WORD = 5 };

/* Bytes with which neither a word nor a number of YAML begins: what they begin is text. */
static const unsigned char begins_text[256] = {
        ['a' ... 'e'] = 1, ['g' ... 'm'] = 1, ['p' ... 's'] = 1, ['u' ... 'x'] = 1, ['z'] = 1,
        ['A' ... 'E'] = 1, ['G' ... 'M'] = 1, ['P' ... 'S'] = 1, ['U' ... 'X'] = 1, ['Z'] = 1,
        ['/'] = 1,         ['_'] = 1,         ['$'] = 1,         ['('] = 1,
};

/* A decimal integer without sign or leading zero, and what cannot be a number: digits and a letter that no number has. */
static bool resolve_digits(struct str text, struct value *out)
{
        int64_t number = 0;
        size_t at = 0;

        while (at < text.len && at < MOST_DIGITS && is_digit(text.data[at]))
                number = number * 10 + (text.data[at++] - '0');
        if (at == text.len) {
                *out = value_int(number);
                return true;
        }
        *out = value_string(text);
        return !is_digit(text.data[at]) && text.data[at] != '.' && text.data[at] != '_' && (text.data[at] | 32) != 'e';
}

bool fast_plain(struct fast *fast, struct str text, struct value *out)
{
        unsigned char first = (unsigned char)text.data[0];

        TRY(text.len <= fast->limits.scalar_bytes);
        if (begins_text[first] || (text.len > LONGEST_WORD && is_letter(first))) {
                *out = value_string(text);
                return true;
        }
        if (first >= '1' && first <= '9' && resolve_digits(text, out))
                return true;
        if (str_is(text, "true") || str_is(text, "false")) {
                *out = value_bool(text.len == 4);
                return true;
        }
        yaml_resolve(text, out);
        return !yaml_to_json(out);
}

/* --- keys --- */

/* The first and last eight bytes of a text as numbers, without a branch; the last 0 if there are no more than eight. */
static inline void ends_of(const char *text, size_t len, uint64_t *head, uint64_t *tail)
{
        size_t missing = sizeof(*head) - min_size(len, sizeof(*head));
        const char *last = len > sizeof(*tail) ? text + len - sizeof(*tail) : text;

        memcpy(head, text, sizeof(*head));
        memcpy(tail, last, sizeof(*tail));
        *head = *head << missing * 8 >> missing * 8;
        *tail = len > sizeof(*tail) ? *tail : 0;
}

FAST_RARE static bool add_key(struct fast *fast, struct str text, uint32_t *key)
{
        struct value value;
        struct str name;

        TRY(!str_is(text, "<<"));
        TRY(text.len <= fast->limits.scalar_bytes);
        yaml_resolve(text, &value);
        TRY(!yaml_key_text(fast->reading->arena, &value, &name));
        *key = intern(name);
        return true;
}

bool fast_plain_key(struct fast *fast, size_t begin, size_t end, uint32_t *key)
{
        const char *text = fast->text.data + begin;
        size_t len = fast_trim(fast, begin, end) - begin;
        uint64_t head, tail;
        struct fast_key *known;

        TRY(end - begin <= FAST_LONGEST_KEY);
        if (UNLIKELY(fast->text.len - begin < sizeof(head)))
                return add_key(fast, (struct str){text, len}, key);
        ends_of(text, len, &head, &tail);
        known = &fast->keys[(head ^ tail * 31 ^ len) * 0x9E3779B97F4A7C15ULL >> (64 - FAST_KEY_BITS)];
        if (UNLIKELY(known->head != head || known->tail != tail || known->len != len
                     || (len > 2 * sizeof(head) && memcmp(known->text, text, len) != 0))) {
                TRY(add_key(fast, (struct str){text, len}, key));
                *known = (struct fast_key){head, tail, text, (uint32_t)len, *key};
        }
        *key = known->key;
        return true;
}

/* --- text in quotes --- */

static bool is_hex(char byte)
{
        return is_digit(byte) || ((byte | 32) >= 'a' && (byte | 32) <= 'f');
}

/* A number of so many digits; UINT32_MAX if they are not there. */
static uint32_t hex(struct str text, size_t digits)
{
        uint32_t number = 0;

        if (text.len < digits)
                return UINT32_MAX;
        for (size_t i = 0; i < digits; i++) {
                char byte = text.data[i];

                if (!is_hex(byte))
                        return UINT32_MAX;
                number = number << 4 | (uint32_t)(is_digit(byte) ? byte - '0' : (byte | 32) - 'a' + 10);
        }
        return number;
}

/* How many bytes the escape has that the backslash at `at` begins; 0 if it needs a second look. */
FAST_RARE static size_t escape_len(const struct fast *fast, size_t at)
{
        static const char letters[] = "0abtnvfre \"/\\N_LP\n";
        char letter = fast_byte(fast, at + 1);
        size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
        struct str rest = str_from(fast->text, at + 2 + digits);
        uint32_t number, low;

        if (!digits)
                return letter && strchr(letters, letter) ? 2 : 0;
        number = hex(str_from(fast->text, at + 2), digits);
        if (number < 0xD800 || (number > 0xDFFF && number <= 0x10FFFF))
                return 2 + digits;
        if (digits != 4 || number > 0xDBFF || !str_starts(rest, STR("\\u")))
                return 0;
        low = hex(str_from(rest, 2), digits);
        return low >= 0xDC00 && low <= 0xDFFF ? 12 : 0;
}

/* The closing quote. */
static bool find_quote(struct fast *fast, size_t at, size_t *end, bool *has_escapes)
{
        char quote = fast->text.data[at++];

        for (;;) {
                char byte;

                at = fast_next(&fast->scan, at, FAST_QUOTE);
                TRY(at < fast->text.len);
                byte = fast->text.data[at];
                if (byte == quote && (quote == '"' || fast_byte(fast, at + 1) != '\'')) {
                        *end = at;
                        return true;
                }
                if (byte == quote || (byte == '\\' && quote == '"')) {
                        size_t len = byte == quote ? 2 : escape_len(fast, at);

                        TRY(len);
                        *has_escapes = true;
                        at += len;
                } else {
                        at++;
                }
        }
}

/* Whether no line of a quoted text but the first begins with a tab, or like another document. How far they are indented does
 * not count. */
FAST_RARE static bool are_lines_right(struct fast *fast, size_t line, size_t end)
{
        while (line <= end) {
                size_t ink = fast_next(&fast->scan, line, FAST_INK);

                TRY(fast_byte(fast, ink) != '\t' && !fast_at_marker(fast, line));
                line = fast_next(&fast->scan, ink, FAST_LINE) + 1;
        }
        return true;
}

bool fast_quoted(struct fast *fast, size_t at, struct fast_quoted *out)
{
        bool is_single = fast->text.data[at] == '\'', has_escapes = false;
        size_t end, line = fast_next(&fast->scan, at, FAST_LINE);
        struct arena *arena = fast->reading->arena;

        TRY(find_quote(fast, at, &end, &has_escapes));
        out->text = str_sub(fast->text, at + 1, end);
        out->end = end + 1;
        out->has_lines = line < end;
        if (UNLIKELY(out->has_lines))
                TRY(are_lines_right(fast, line + 1, end));
        if (UNLIKELY(out->has_lines || has_escapes))
                out->text = is_single ? yaml_single_quoted_text(arena, out->text)
                                      : yaml_double_quoted_text(arena, out->text);
        return out->text.len <= fast->limits.scalar_bytes;
}

bool fast_quoted_key(struct fast *fast, size_t at, uint32_t *key, size_t *colon)
{
        struct fast_quoted quoted;

        TRY(fast_quoted(fast, at, &quoted) && !quoted.has_lines && quoted.end - at <= FAST_LONGEST_KEY);
        *colon = fast_next(&fast->scan, quoted.end, FAST_INK);
        TRY(fast_byte(fast, *colon) == ':' && *colon - at <= FAST_LONGEST_KEY);
        *key = reading_key(fast->reading, quoted.text);
        return true;
}

/* --- literal and folded blocks --- */

struct block {
        size_t begin, end; /* of its lines */
        size_t indent;     /* of those */
        size_t last_end;   /* behind the last letter of the last line that is not blank */
        int chomping;      /* -1: no line end behind it, 1: all of them */
        bool is_folded, is_set;
        bool has_text; /* anything but spaces */
};

/* Behind the sign: an indicator for the end, one for the indentation, a comment. */
static bool read_header(struct fast *fast, size_t at, int64_t parent, struct block *out)
{
        char byte = fast->text.data[at];
        size_t ink;

        *out = (struct block){.is_folded = byte == '>'};
        for (int i = 0; i < 2; i++) {
                byte = fast_byte(fast, at + 1);
                if ((byte == '+' || byte == '-') && !out->chomping)
                        out->chomping = byte == '+' ? 1 : -1;
                else if (byte >= '1' && byte <= '9' && !out->is_set)
                        out->indent = (size_t)(parent < 0 ? 0 : parent) + (size_t)(byte - '0');
                else
                        break;
                out->is_set = out->indent > 0;
                at++;
        }
        ink = fast_next(&fast->scan, at + 1, FAST_INK);
        byte = fast_byte(fast, ink);
        TRY(byte == '\n' || byte == '\r' || (byte == '#' && ink > at + 1));
        out->begin = fast_next(&fast->scan, ink, FAST_LINE) + 1;
        return true;
}

static bool is_line_end(char byte)
{
        return byte == '\n' || byte == '\r';
}

/* From the first line to the first that is indented less. A block without text is for the other reader. */
static bool find_lines(struct fast *fast, int64_t parent, struct block *block)
{
        size_t line = block->begin, deepest = 0;

        while (line < fast->text.len) {
                size_t ink = fast_next(&fast->scan, line, FAST_INK), column = ink - line;
                char byte = fast_byte(fast, ink);

                if (is_line_end(byte) && (!block->indent || column <= block->indent)) {
                        deepest = column > deepest && !block->last_end ? column : deepest;
                        line = fast_next(&fast->scan, ink, FAST_LINE) + 1;
                        continue;
                }
                if (!block->indent) {
                        TRY((int64_t)column > parent && deepest <= column && byte != '\t');
                        block->indent = column ? column : 1;
                }
                if (column < block->indent) {
                        TRY(byte != '\t');
                        break;
                }
                block->has_text |= !is_line_end(byte);
                block->last_end = fast_next(&fast->scan, ink, FAST_LINE);
                line = block->last_end + 1;
                block->last_end -= fast->text.data[block->last_end - 1] == '\r';
        }
        block->end = min_size(line, fast->text.len);
        return block->has_text;
}

static char *put_literal(struct fast *fast, const struct block *block, char *to)
{
        size_t line = block->begin;

        while (line < block->last_end) {
                size_t feed = fast_next(&fast->scan, line, FAST_LINE);
                size_t end = feed - (fast->text.data[feed - (feed > 0)] == '\r'),
                       begin = min_size(line + block->indent, end);

                memcpy(to, fast->text.data + begin, end - begin);
                to += end - begin;
                line = feed + 1;
                if (line < block->last_end)
                        *to++ = '\n';
        }
        if (block->chomping >= 0 && block->last_end < fast->text.len)
                *to++ = '\n';
        while (block->chomping > 0 && line < block->end) {
                size_t feed = fast_next(&fast->scan, line, FAST_LINE);

                if (feed < fast->text.len)
                        *to++ = '\n';
                line = feed + 1;
        }
        return to;
}

bool fast_block_text(struct fast *fast, size_t at, int64_t parent, size_t *end, struct value *out)
{
        struct arena *arena = fast->reading->arena;
        struct yaml_block folded;
        struct block block;
        struct str text;

        TRY(read_header(fast, at, parent, &block));
        fast->scan.keep = block.begin;
        TRY(find_lines(fast, parent, &block));
        if (block.is_folded) {
                yaml_block_read(arena, fast->text, at, parent, &folded);
                TRY(folded.tab == SIZE_MAX);
                text = folded.text;
        } else {
                char *space = arena_take_text(arena, block.end - block.begin + 1);

                text = str_span(space, put_literal(fast, &block, space));
        }
        *end = block.end;
        *out = fast_quoted_value(text);
        return text.len <= fast->limits.scalar_bytes;
}
