/* word.c - words of a shell: quotes, escapes, and the commands in substitutions. */

#include "image/script/internal.h"

/* A part of the text belongs to the word as it stands there. */
static void add_span(struct script_reader *reader, size_t begin, size_t end)
{
        struct str *last =
                reader->spans.items && reader->spans.count ? &reader->spans.items[reader->spans.count - 1] : NULL;

        if (begin == end)
                return;
        if (last && last->data + last->len == reader->text.data + begin)
                last->len += end - begin;
        else
                *vec_push(reader->arena, &reader->spans) = str_sub(reader->text, begin, end);
}

/* The spans of an outer word wait while those of a word within it are gathered. */
struct outer {
        struct str *items;
        size_t count, capacity;
};

static struct outer spans_put_away(struct script_reader *reader)
{
        struct outer outer = {reader->spans.items, reader->spans.count, reader->spans.capacity};

        reader->spans.items = NULL;
        reader->spans.count = reader->spans.capacity = 0;
        return outer;
}

static void spans_take_back(struct script_reader *reader, struct outer outer)
{
        reader->spans.items = outer.items;
        reader->spans.count = outer.count;
        reader->spans.capacity = outer.capacity;
}

bool script_skip_brackets(struct script_reader *reader)
{
        size_t begin = reader->at, open = 1;

        for (; open && reader->at < reader->text.len; reader->at++) {
                char byte = reader->text.data[reader->at];

                if (byte == '\\')
                        reader->at++;
                else
                        open = open + (byte == '(') - (byte == ')');
        }
        return !open || script_fail(reader, begin, "the bracket ( is not closed");
}

static bool read_list_in_word(struct script_reader *reader)
{
        struct outer outer = spans_put_away(reader);
        bool well = script_read_list(reader, ')', 0, 0);

        spans_take_back(reader, outer);
        return well;
}

static bool read_quotes(struct script_reader *reader, bool *dynamic);
static bool read_dollar(struct script_reader *reader, bool in_quotes, bool *dynamic);
static bool read_backquotes(struct script_reader *reader);

/* ${…}; the reader stands behind the brace. */
static bool skip_braces(struct script_reader *reader)
{
        size_t begin = reader->at;
        bool dynamic = false;

        if (++reader->depth > SCRIPT_DEPTH)
                return script_too_large(reader, begin, "expansions are nested too deeply");
        for (int byte; (byte = script_peek(reader, 0)) != '}';) {
                if (byte < 0)
                        return script_fail(reader, begin, "the brace of ${ is not closed");
                if (byte == '\\') {
                        reader->at = min_size(reader->at + 2, reader->text.len);
                } else if (byte == '"') {
                        TRY(read_quotes(reader, &dynamic));
                } else if (byte == '$') {
                        TRY(read_dollar(reader, false, &dynamic));
                } else if (byte == '`') {
                        TRY(read_backquotes(reader));
                } else {
                        reader->at++;
                }
        }
        reader->at++;
        reader->depth--;
        return true;
}

/* $'…', where a backslash keeps a quote from ending it. */
static bool skip_ansi_quotes(struct script_reader *reader)
{
        size_t begin = reader->at;

        for (reader->at += 2; script_peek(reader, 0) != '\''; reader->at++) {
                if (script_peek(reader, 0) < 0)
                        return script_fail(reader, begin, "the quote $' does not end");
                reader->at += script_peek(reader, 0) == '\\';
        }
        add_span(reader, begin + 2, reader->at);
        reader->at++;
        return true;
}

static bool is_name_byte(int byte)
{
        return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9')
               || byte == '_';
}

static bool read_dollar(struct script_reader *reader, bool in_quotes, bool *dynamic)
{
        size_t begin = reader->at;
        int next = script_peek(reader, 1);
        struct outer outer;
        bool well = true;

        if (next == '\'' && !in_quotes)
                return skip_ansi_quotes(reader);
        outer = spans_put_away(reader);
        if (next == '(' && script_peek(reader, 2) == '(') {
                reader->at += 2;
                well = script_skip_brackets(reader);
        } else if (next == '(') {
                reader->at += 2;
                well = read_list_in_word(reader);
        } else if (next == '{') {
                reader->at += 2;
                well = skip_braces(reader);
        } else {
                reader->at++;
                if (next > 0 && strchr("@*#?-$!", next))
                        reader->at++;
                else
                        while (is_name_byte(script_peek(reader, 0)))
                                reader->at++;
        }
        spans_take_back(reader, outer);
        *dynamic |= reader->at - begin > 1;
        add_span(reader, begin, reader->at);
        return well;
}

/* What stands between backquotes, with the backslashes taken off that only those need. */
static struct pieced backquoted(struct script_reader *reader, size_t begin, size_t end)
{
        VEC(struct piece) pieces = {0};
        char *text = arena_take_text(reader->arena, end - begin + 1);
        size_t len = 0;
        bool begins = true;

        for (size_t i = begin; i < end; i++) {
                const char *byte = reader->text.data + i;

                if (*byte == '\\' && i + 1 < end && strchr("`\\$", byte[1])) {
                        begins = true;
                        byte++, i++;
                }
                if (begins)
                        *vec_push(reader->arena, &pieces) =
                                (struct piece){(uint32_t)len, pieced_at(reader->script, byte)};
                begins = false;
                text[len++] = *byte;
        }
        if (!pieces.count)
                *vec_push(reader->arena, &pieces) =
                        (struct piece){0, pieced_at(reader->script, reader->text.data + begin)};
        return (struct pieced){{text, len}, pieces.items, pieces.count};
}

static bool read_backquotes(struct script_reader *reader)
{
        size_t begin = reader->at;
        struct pieced script;
        struct outer outer;
        bool well;

        for (reader->at++; script_peek(reader, 0) != '`'; reader->at++) {
                reader->at += script_peek(reader, 0) == '\\';
                if (script_peek(reader, 0) < 0)
                        return script_fail(reader, begin, "the quote ` does not end");
        }
        reader->at++;
        script = backquoted(reader, begin + 1, reader->at - 1);
        outer = spans_put_away(reader);
        well = script_read_within(reader, &script, SIZE_MAX);
        spans_take_back(reader, outer);
        add_span(reader, begin, reader->at);
        return well;
}

/* In double quotes a backslash keeps only some bytes from what they mean. */
static bool read_quotes(struct script_reader *reader, bool *dynamic)
{
        size_t begin = reader->at++;

        for (int byte; (byte = script_peek(reader, 0)) != '"';) {
                int next = script_peek(reader, 1);

                if (byte < 0)
                        return script_fail(reader, begin, "the quote \" does not end");
                if (byte == '\\' && next == '\n') {
                        reader->at += 2;
                } else if (byte == '\\' && next > 0 && strchr("$`\"\\", next)) {
                        add_span(reader, reader->at + 1, reader->at + 2);
                        reader->at += 2;
                } else if (byte == '$') {
                        TRY(read_dollar(reader, true, dynamic));
                } else if (byte == '`') {
                        *dynamic = true;
                        TRY(read_backquotes(reader));
                } else {
                        add_span(reader, reader->at, reader->at + 1);
                        reader->at++;
                }
        }
        reader->at++;
        return true;
}

static bool read_single_quotes(struct script_reader *reader)
{
        const char *begin = reader->text.data + reader->at + 1, *end;

        end = memchr(begin, '\'', reader->text.len - reader->at - 1);
        if (!end)
                return script_fail(reader, reader->at, "the quote ' does not end");
        add_span(reader, reader->at + 1, (size_t)(end - reader->text.data));
        reader->at = (size_t)(end - reader->text.data) + 1;
        return true;
}

static bool read_escape(struct script_reader *reader)
{
        size_t end = min_size(reader->at + 2, reader->text.len);

        if (script_peek(reader, 1) != '\n')
                add_span(reader, min_size(reader->at + 1, end), end);
        reader->at = end;
        return true;
}

/* NAME=( … ): the words of an array. */
static bool read_array(struct script_reader *reader)
{
        size_t begin = reader->at;
        struct outer outer = spans_put_away(reader);
        struct script_word word;
        bool well = ++reader->depth <= SCRIPT_DEPTH || script_too_large(reader, begin, "arrays are nested too deeply");

        for (reader->at++; well && script_peek(reader, 0) != ')';) {
                int byte = script_peek(reader, 0);

                if (byte < 0)
                        well = script_fail(reader, begin, "the bracket ( is not closed");
                else if (strchr(" \t\r\n;&|<>(", byte))
                        reader->at++;
                else
                        well = script_read_word(reader, &word);
        }
        reader->at += well;
        reader->depth--;
        spans_take_back(reader, outer);
        add_span(reader, begin, reader->at);
        return well;
}

/* The spans as one text, with its pieces. */
static void join_spans(struct script_reader *reader, struct script_word *out)
{
        size_t count = reader->spans.count, len = 0;
        struct piece *pieces = arena_array(reader->arena, struct piece, count ? count : 1);
        char *text;

        out->pieces = pieces;
        out->piece_count = count ? count : 1;
        pieces[0] = (struct piece){0, out->at};
        for (size_t i = 0; i < count; i++) {
                pieces[i] = (struct piece){(uint32_t)len, pieced_at(reader->script, reader->spans.items[i].data)};
                len += reader->spans.items[i].len;
        }
        if (count <= 1) {
                out->text = count ? reader->spans.items[0] : STR("");
                return;
        }
        text = arena_take_text(reader->arena, len);
        out->text = (struct str){text, len};
        for (size_t i = 0; i < count; i++) {
                memcpy(text, reader->spans.items[i].data, reader->spans.items[i].len);
                text += reader->spans.items[i].len;
        }
}

static bool read_part(struct script_reader *reader, int byte, bool *dynamic)
{
        size_t begin = reader->at;

        switch (byte) {
        case '\\':
                return read_escape(reader);
        case '\'':
                return read_single_quotes(reader);
        case '"':
                return read_quotes(reader, dynamic);
        case '$':
                return read_dollar(reader, false, dynamic);
        case '`':
                *dynamic = true;
                return read_backquotes(reader);
        default:
                while (reader->at < reader->text.len && !strchr("\\'\"$` \t\r\n;&|<>()", reader->text.data[reader->at]))
                        reader->at++;
                reader->at += reader->at == begin; /* a zero byte */
                add_span(reader, begin, reader->at);
                return true;
        }
}

/* <(…) and >(…) are words, and the commands in them count. */
static bool read_process(struct script_reader *reader)
{
        size_t begin = reader->at;

        reader->at += 2;
        TRY(read_list_in_word(reader));
        add_span(reader, begin, reader->at);
        return true;
}

bool script_read_word(struct script_reader *reader, struct script_word *out)
{
        size_t begin = reader->at;
        int byte = script_peek(reader, 0);

        reader->spans.count = 0;
        *out = (struct script_word){.at = pieced_at(reader->script, reader->text.data + begin)};
        if ((byte == '<' || byte == '>') && script_peek(reader, 1) == '(') {
                out->dynamic = true;
                TRY(read_process(reader));
        }
        while ((byte = script_peek(reader, 0)) >= 0) {
                if (byte == '(' && reader->at > begin && reader->text.data[reader->at - 1] == '=')
                        TRY(read_array(reader));
                else if (byte && strchr(" \t\r\n;&|<>()", byte))
                        break;
                else
                        TRY(read_part(reader, byte, &out->dynamic));
        }
        out->raw = str_sub(reader->text, begin, reader->at);
        join_spans(reader, out);
        return true;
}
