/* fast_flow.c - lists and maps in brackets. */

#include "doc/fast.h"

#include "base/reader.h"

/* Past blanks, line ends and comments. A marker of documents and a line with `%` are for the other reader. */
static bool skip_lines(struct fast *fast, size_t *at)
{
        for (;;) {
                size_t ink = fast_next(&fast->scan, *at, FAST_INK);
                char byte = fast_byte(fast, ink);

                if (LIKELY(byte != '\n' && byte != '\r' && byte != '#' && byte != '\t')) {
                        *at = ink;
                        return true;
                }
                if (byte == '\t') {
                        *at = ink + 1;
                        continue;
                }
                TRY(byte != '#' || (ink > 0 && fast_is_blank(fast->text.data[ink - 1])));
                *at = fast_next(&fast->scan, ink, FAST_LINE) + 1;
                fast->scan.keep = *at;
                TRY(*at < fast->text.len && fast->text.data[*at] != '%' && !fast_at_marker(fast, *at));
        }
}

/* Mostly there is one space or none. */
static inline bool skip_space(struct fast *fast, size_t *at)
{
        unsigned char byte = (unsigned char)fast_byte(fast, *at);

        if (byte == ' ')
                byte = (unsigned char)fast_byte(fast, ++*at);
        return (byte > ' ' && byte != '#') || skip_lines(fast, at);
}

static bool put_nothing(struct fast *fast, size_t at, struct node *out)
{
        out->at = (uint32_t)at;
        out->value = VALUE_OF_NULL;
        return fast_count(fast);
}

/* Whether a plain scalar can begin: here a dash only before a letter or digit. */
static bool begins_plain(const struct fast *fast, size_t at)
{
        unsigned char next;

        if (fast_start_at(fast, at) != FAST_DASH)
                return fast_start_at(fast, at) == FAST_PLAIN;
        next = (unsigned char)fast_byte(fast, at + 1);
        return is_digit(next) || is_letter(next) || next == '.' || next == '-';
}

/* A plain scalar that ends on its line; what ends it is not known yet. */
static bool read_plain(struct fast *fast, size_t *at, struct node *out)
{
        size_t stop = fast_next(&fast->scan, *at, FAST_FLOW), begin = *at;
        char byte = fast_byte(fast, stop);

        TRY(byte != '\t' && byte != '[' && byte != '{' && fast->text.data[stop - 1] != ':');
        out->at = (uint32_t)begin;
        *at = stop;
        return fast_count(fast)
               && fast_plain(fast, str_sub(fast->text, begin, fast_trim(fast, begin, stop)), &out->value);
}

static bool read_quoted(struct fast *fast, size_t *at, struct node *out)
{
        struct fast_quoted quoted;

        TRY(fast_quoted(fast, *at, &quoted));
        out->at = (uint32_t)*at;
        out->value = fast_quoted_value(quoted.text);
        *at = quoted.end;
        return fast_count(fast);
}

static bool read_value(struct fast *fast, size_t *at, struct node *out)
{
        enum fast_start start = fast_start_at(fast, *at);

        if (start == FAST_DOUBLE || start == FAST_SINGLE)
                return read_quoted(fast, at, out);
        if (start == FAST_LIST || start == FAST_MAP)
                return fast_flow(fast, at, out);
        return begins_plain(fast, *at) && read_plain(fast, at, out);
}

/* A key. `at` becomes what is behind its colon, or behind the key when it has none. */
static bool read_key(struct fast *fast, size_t *at, uint32_t *key, bool *has_value)
{
        enum fast_start start = fast_start_at(fast, *at);
        size_t stop, begin = *at;
        char byte;

        TRY(fast_count(fast));
        *has_value = true;
        if (start == FAST_DOUBLE || start == FAST_SINGLE) {
                TRY(fast_quoted_key(fast, begin, key, &stop));
                *at = stop + 1;
                return true;
        }
        TRY(begins_plain(fast, begin));
        stop = fast_next(&fast->scan, begin, FAST_FLOW);
        byte = fast_byte(fast, stop);
        *at = stop;
        if (byte == ',' || byte == '}') {
                *has_value = false;
                *at = fast_trim(fast, begin, stop);
                return fast->text.data[stop - 1] != ':' && fast_plain_key(fast, begin, stop, key);
        }
        TRY(fast_is_blank(byte) && byte != '\t' && fast->text.data[stop - 1] == ':');
        return fast_plain_key(fast, begin, stop - 1, key);
}

static bool read_member(struct fast *fast, size_t *at, struct node *out)
{
        size_t end;
        bool has_value;

        TRY(read_key(fast, at, &out->key, &has_value));
        end = *at;
        TRY(!has_value || skip_space(fast, at));
        if (!has_value || fast_byte(fast, *at) == ',' || fast_byte(fast, *at) == '}')
                return put_nothing(fast, end, out);
        return read_value(fast, at, out);
}

/* Behind an item: a comma, after which another one or the end may stand, or the end. */
static bool end_item(struct fast *fast, size_t *at, char end)
{
        TRY(skip_space(fast, at));
        if (fast_byte(fast, *at) == ',') {
                ++*at;
                return skip_space(fast, at);
        }
        return fast_byte(fast, *at) == end;
}

bool fast_flow(struct fast *fast, size_t *at, struct node *out)
{
        bool is_map = fast->text.data[*at] == '{';
        char end = is_map ? '}' : ']';
        size_t base = fast->nodes.len;

        out->at = (uint32_t)*at;
        TRY(fast_enter(fast));
        ++*at;
        TRY(skip_space(fast, at));
        while (fast_byte(fast, *at) != end) {
                struct node node;

                node.key = 0;
                TRY(is_map ? read_member(fast, at, &node) : read_value(fast, at, &node));
                TRY(end_item(fast, at, end));
                fast_push(fast, &node);
        }
        ++*at;
        if (is_map)
                return fast_close_map(fast, base, &out->value);
        fast_close_list(fast, base, &out->value);
        return true;
}
