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

static void add_tidy(struct buf *out, struct str text)
{
        for (size_t i = 0; i < text.len; i++) {
                bool blank =
                        text.data[i] == ' ' || text.data[i] == '\t' || text.data[i] == '\n' || text.data[i] == '\r';

                if (!blank)
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
