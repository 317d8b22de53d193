/* history.c - a line of an image's history. */

#include "image/lint/history.h"

#include "base/buf.h"

enum { WORDS_POINTS = 60 };

static const struct str instructions[] = {
        STR_INIT("ADD"),         STR_INIT("ARG"),     STR_INIT("CMD"),        STR_INIT("COPY"),
        STR_INIT("ENTRYPOINT"),  STR_INIT("ENV"),     STR_INIT("EXPOSE"),     STR_INIT("FROM"),
        STR_INIT("HEALTHCHECK"), STR_INIT("LABEL"),   STR_INIT("ONBUILD"),    STR_INIT("MAINTAINER"),
        STR_INIT("RUN"),         STR_INIT("SHELL"),   STR_INIT("STOPSIGNAL"), STR_INIT("USER"),
        STR_INIT("VOLUME"),      STR_INIT("WORKDIR"),
};

static bool is_blank(char byte)
{
        return byte == ' ' || byte == '\t';
}

/* The next word, which is taken off the text with the blanks behind it. */
static struct str take_word(struct str *text)
{
        size_t end = 0;
        struct str word;

        while (end < text->len && !is_blank(text->data[end]))
                end++;
        word = str_sub(*text, 0, end);
        while (end < text->len && is_blank(text->data[end]))
                end++;
        *text = str_from(*text, end);
        return word;
}

/* "|2 A=1 B=2 ": a value may hold blanks; what looks like the shell ends it. */
static void take_build_args(struct str *text, struct history_line *out)
{
        struct str begin;

        if (!str_starts(*text, STR("|")))
                return;
        take_word(text);
        begin = *text;
        while (text->len && !str_starts(*text, STR("/")))
                take_word(text);
        out->build_args = str_trim(str_sub(begin, 0, begin.len - text->len));
}

/* Takes "/bin/bash -o pipefail -c " off the text; false if it does not begin so. */
static bool take_shell(struct str *text)
{
        struct str rest = *text, word = take_word(&rest);

        if (!str_starts(word, STR("/")) || !str_ends(word, STR("sh")))
                return false;
        for (unsigned i = 0; i < 8 && rest.len; i++) {
                word = take_word(&rest);
                if (str_starts(word, STR("-")) && str_ends(word, STR("c"))) {
                        *text = rest;
                        return true;
                }
        }
        return false;
}

static bool take_instruction(struct str *text, struct history_line *out)
{
        struct str rest = *text, word = take_word(&rest);

        for (size_t i = 0; i < COUNT_OF(instructions); i++)
                if (str_equal(instructions[i], word)) {
                        out->instruction = word;
                        *text = rest;
                        return true;
                }
        return false;
}

struct history_line history_read(struct str text)
{
        struct history_line line = {.instruction = STR(""), .build_args = STR("")};
        struct str nop = STR("#(nop)"), mark = STR("# buildkit");

        text = str_trim(text);
        if (str_ends(text, mark))
                text = str_trim(str_sub(text, 0, text.len - mark.len));
        if (take_instruction(&text, &line)) {
                if (str_is(line.instruction, "RUN")) {
                        take_build_args(&text, &line);
                        take_shell(&text);
                }
        } else {
                take_build_args(&text, &line);
                if (take_shell(&text)) {
                        line.instruction = STR("RUN");
                        if (str_starts(text, nop)) {
                                text = str_trim(str_from(text, nop.len));
                                line.instruction = STR("");
                                take_instruction(&text, &line);
                        }
                } else if (line.build_args.len) {
                        line.instruction = STR("RUN");
                }
        }
        line.arguments = text;
        return line;
}

static bool is_space(char byte)
{
        return is_blank(byte) || byte == '\n' || byte == '\r';
}

/* Whether a backslash takes what the next byte means. */
static bool escapes(char next, char quote)
{
        return quote ? quote == '"' && strchr("$`\"\\\n", next) : next;
}

static struct str take_unquoted(struct arena *arena, struct str *text)
{
        CLEANUP(buf_free) struct buf word = {0};
        char quote = 0;
        size_t at = 0;

        for (; at < text->len && (quote || !is_space(text->data[at])); at++) {
                char byte = text->data[at], next = at + 1 < text->len ? text->data[at + 1] : 0;

                if (quote && byte == quote)
                        quote = 0;
                else if (!quote && (byte == '\'' || byte == '"')
                         && memchr(text->data + at + 1, byte, text->len - at - 1))
                        quote = byte;
                else if (byte != '\\' || !escapes(next, quote))
                        buf_add_char(&word, byte);
                else if (at++, next != '\n')
                        buf_add_char(&word, next);
        }
        *text = str_from(*text, at);
        return str_copy(arena, buf_text(&word));
}

bool history_take_variable(struct arena *arena, struct str *text, struct str *name, struct str *value)
{
        while (text->len && is_space(text->data[0]))
                *text = str_from(*text, 1);
        if (!text->len)
                return false;
        *value = take_unquoted(arena, text);
        str_split(value, '=', name);
        if (!value->data)
                *value = STR("");
        return true;
}

static void add_tidy(struct buf *out, struct str text)
{
        for (size_t i = 0; i < text.len; i++) {
                if (!is_space(text.data[i]))
                        buf_add_char(out, text.data[i]);
                else if (out->len && out->data[out->len - 1] != ' ')
                        buf_add_char(out, ' ');
        }
}

struct str history_words(struct arena *arena, struct str created_by)
{
        struct history_line line = history_read(created_by);
        CLEANUP(buf_free) struct buf out = {0};
        size_t len = 0;

        if (line.instruction.len && !str_is(line.instruction, "RUN")) {
                buf_add(&out, line.instruction);
                buf_add_char(&out, ' ');
        }
        add_tidy(&out, line.arguments);
        for (size_t points = 0; len < out.len && points < WORDS_POINTS; points++) {
                uint32_t point;
                size_t length = utf8_take(str_from(buf_text(&out), len), &point);

                len += length ? length : 1;
        }
        if (len == out.len)
                return str_copy(arena, buf_text(&out));
        out.len = len;
        buf_add_literal(&out, "…");
        return str_copy(arena, buf_text(&out));
}
