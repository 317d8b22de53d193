/* words.c - the words of an instruction: between blanks, in quotes, as flags, as a list of JSON. */

#include "doc/document.h"
#include "image/dockerfile/internal.h"

static struct str without_blanks(struct str text)
{
        while (text.len && (dockerfile_is_blank(text.data[0]) || text.data[0] == '\n'))
                text = str_from(text, 1);
        return text;
}

struct str dockerfile_take_word(struct str *rest)
{
        struct str text = without_blanks(*rest);
        size_t len = 0;

        while (len < text.len && !dockerfile_is_blank(text.data[len]))
                len++;
        *rest = str_from(text, len);
        return str_sub(text, 0, len);
}

static bool add_word(struct dockerfile_reader *reader, const struct pieced *line, struct str raw,
                     struct dockerfile_words *out)
{
        if (out->items.count >= DOCKERFILE_WORDS)
                return dockerfile_wrong(reader, DOCKERFILE_TOO_LARGE, pieced_at(line, raw.data),
                                        "this instruction has more than %d words", DOCKERFILE_WORDS);
        *vec_push(reader->arena, &out->items) =
                (struct dockerfile_word){.raw = raw, .text = raw, .at = pieced_at(line, raw.data)};
        return true;
}

bool dockerfile_split(struct dockerfile_reader *reader, const struct pieced *line, struct str rest,
                      struct dockerfile_words *out)
{
        for (;;) {
                struct str word = dockerfile_take_word(&rest);

                if (!word.len)
                        return true;
                TRY(add_word(reader, line, word, out));
        }
}

/* A word whose blanks may be in quotes or behind the escape. */
static struct str take_quoted(const struct dockerfile_reader *reader, struct str *rest)
{
        struct str text = without_blanks(*rest);
        char quote = 0;
        size_t i;

        for (i = 0; i < text.len; i++) {
                char byte = text.data[i];

                if (byte == reader->escape && quote != '\'')
                        i++;
                else if (quote)
                        quote = byte == quote ? 0 : quote;
                else if (byte == '\'' || byte == '"')
                        quote = byte;
                else if (dockerfile_is_blank(byte))
                        break;
        }
        i = min_size(i, text.len);
        *rest = str_from(text, i);
        return str_sub(text, 0, i);
}

bool dockerfile_split_quoted(struct dockerfile_reader *reader, const struct pieced *line, struct str rest,
                             struct dockerfile_words *out)
{
        for (;;) {
                struct str word = take_quoted(reader, &rest);

                if (!word.len)
                        return true;
                TRY(add_word(reader, line, word, out));
        }
}

bool dockerfile_take_flags(struct dockerfile_reader *reader, const struct pieced *line, struct str *rest,
                           struct dockerfile_words *out)
{
        for (;;) {
                struct str text = without_blanks(*rest), word;

                *rest = text;
                if (!str_starts(text, STR("--")))
                        return true;
                word = take_quoted(reader, &text);
                *rest = text;
                if (str_is(word, "--"))
                        return true;
                TRY(add_word(reader, line, word, out));
        }
}

/* --- JSON --- */

/* The escape of JSON at the front of a text, as UTF-8; the number of bytes it takes. What json_read() took is right. */
static size_t unescape(struct str text, char out[4], size_t *len)
{
        static const char from[] = "btnfr\"\\/", to[] = "\b\t\n\f\r\"\\/";
        const char *known = text.len > 1 ? strchr(from, text.data[1]) : NULL;
        uint32_t code = 0, low = 0;

        if (known && *known) {
                out[0] = to[known - from];
                *len = 1;
                return 2;
        }
        for (size_t i = 2; i < 6 && i < text.len; i++)
                code = code << 4
                       | (uint32_t)(text.data[i] <= '9' ? text.data[i] - '0' : (text.data[i] | 32) - 'a' + 10);
        if (code < 0xd800 || code >= 0xdc00 || text.len < 12) {
                *len = utf8_put(out, code);
                return min_size(6, text.len);
        }
        for (size_t i = 8; i < 12; i++)
                low = low << 4 | (uint32_t)(text.data[i] <= '9' ? text.data[i] - '0' : (text.data[i] | 32) - 'a' + 10);
        *len = utf8_put(out, 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00));
        return 12;
}

/* A string of JSON, from behind its quote on, with the places of its pieces. */
static void read_json_text(struct dockerfile_reader *reader, const struct pieced *line, struct str text,
                           struct dockerfile_word *out)
{
        const char *quote = text.data;
        VEC(struct piece) pieces = {0};
        bool begins = true;
        size_t len = 0;
        char *copy;

        while (*quote != '"')
                quote += *quote == '\\' ? 2 : 1;
        out->raw = str_span(text.data, quote);
        out->text = out->raw;
        out->at = pieced_at(line, text.data);
        if (!memchr(out->raw.data, '\\', out->raw.len) && line->count == 1)
                return;
        copy = arena_take_text(reader->arena, out->raw.len + 4);
        for (size_t i = 0; i < out->raw.len;) {
                size_t more = 1, taken = 1, next = 0;

                /* A new piece where bytes stop following each other. */
                if (!begins && out->raw.data[i] != '\\')
                        next = pieced_at(line, out->raw.data + i) != pieced_at(line, out->raw.data + i - 1) + 1;
                if (begins || next || out->raw.data[i] == '\\')
                        *vec_push(reader->arena, &pieces) =
                                (struct piece){(uint32_t)len, pieced_at(line, out->raw.data + i)};
                begins = out->raw.data[i] == '\\';
                if (begins)
                        taken = unescape(str_from(out->raw, i), copy + len, &more);
                else
                        copy[len] = out->raw.data[i];
                len += more;
                i += taken;
        }
        if (!pieces.count)
                *vec_push(reader->arena, &pieces) = (struct piece){0, out->at};
        out->text = (struct str){copy, len};
        out->pieces = pieces.items;
        out->piece_count = pieces.count;
}

enum dockerfile_json dockerfile_read_json(struct dockerfile_reader *reader, const struct pieced *line, struct str rest,
                                          struct dockerfile_words *out)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct str text = without_blanks(rest);
        struct document document;
        struct err err = {0};

        if (!str_starts(text, STR("[")) || !json_read_one(&arena, text, &document, &err)
                        || document.root.kind != VALUE_LIST)
                return JSON_NONE;
        value_each (&document.root, item)
                if (item->value.kind != VALUE_STRING)
                        return JSON_NOT_STRINGS;
        value_each (&document.root, item) {
                struct dockerfile_word *word;

                if (!add_word(reader, line, str_from(text, item->at), out))
                        break;
                word = &out->items.items[out->items.count - 1];
                read_json_text(reader, line, str_from(text, item->at + 1), word);
        }
        return JSON_LIST;
}
