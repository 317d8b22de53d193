/* lines.c - from lines to instructions: directives, comments, continued lines, here-documents. */

#include "base/err.h"
#include "base/reader.h"
#include "doc/source.h"
#include "image/dockerfile/internal.h"

bool dockerfile_wrong(struct dockerfile_reader *reader, enum dockerfile_problem_kind kind, uint32_t at,
                      const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        if (reader->out->problems.count < DOCKERFILE_PROBLEMS)
                *vec_push(reader->arena, &reader->out->problems) =
                        (struct dockerfile_problem){kind, at, err_message(reader->arena, format, arguments)};
        va_end(arguments);
        return false;
}

static uint32_t at_of(const struct dockerfile_reader *reader, const char *where)
{
        return (uint32_t)(where - reader->text.data);
}

static bool is_space(int byte)
{
        return dockerfile_is_blank(byte) || byte == '\n';
}

static struct str trim_left(struct str text)
{
        while (text.len && is_space(text.data[0]))
                text = str_from(text, 1);
        return text;
}

/* The next line without its end; false at the end of the text. */
static bool take_line(struct dockerfile_reader *reader, struct str *line)
{
        struct str rest = str_from(reader->text, reader->at);
        const char *feed;

        if (!rest.len)
                return false;
        feed = memchr(rest.data, '\n', rest.len);
        *line = feed ? str_span(rest.data, feed) : rest;
        reader->at += line->len + (feed != NULL);
        if (line->len && line->data[line->len - 1] == '\r')
                line->len--;
        return true;
}

/* --- directives: # NAME = VALUE at the very begin --- */

static bool is_word_byte(int byte)
{
        return is_letter(byte) || is_digit(byte);
}

static bool split_directive(struct str line, struct str *name, struct str *value)
{
        struct reader reader = reader_over(str_from(line, 1));

        reader_take_while(&reader, is_space);
        *name = reader_take_while(&reader, is_word_byte);
        reader_take_while(&reader, is_space);
        TRY(name->len && is_letter(name->data[0]) && reader_take(&reader, '='));
        *value = str_trim(str_from(reader.text, reader.at));
        return value->len > 0;
}

static void use_escape(struct dockerfile_reader *reader, struct str value)
{
        if (value.len == 1 && (value.data[0] == '\\' || value.data[0] == '`'))
                reader->escape = value.data[0];
        else
                dockerfile_wrong(reader, DOCKERFILE_WRONG, at_of(reader, value.data),
                                 "\"%.*s\" cannot be the escape: write `# escape=\\` or `# escape=``", STR_ARG(value));
}

/* Directives end with the first line that is none; one with a name that is not known is a comment. */
static void read_directive(struct dockerfile_reader *reader, struct str line)
{
        uint32_t *seen = NULL;
        struct str name, value;

        if (reader->directives_done)
                return;
        if (!line.len || line.data[0] != '#' || !split_directive(line, &name, &value)) {
                reader->directives_done = true;
                return;
        }
        if (str_equal_nocase(name, STR("escape")))
                seen = &reader->escape_at;
        else if (str_equal_nocase(name, STR("syntax")))
                seen = &reader->syntax_at;
        else if (str_equal_nocase(name, STR("check")))
                seen = &reader->check_at;
        if (!seen)
                return;
        if (*seen) {
                dockerfile_wrong(reader, DOCKERFILE_WRONG, at_of(reader, name.data),
                                 "the directive %.*s stands here a second time: take one away", STR_ARG(name));
                return;
        }
        *seen = at_of(reader, value.data);
        if (seen == &reader->escape_at)
                use_escape(reader, value);
        else if (seen == &reader->syntax_at)
                reader->syntax = value;
        else
                reader->check = value;
}

/* --- continued lines --- */

/* Whether the line goes on: it ends with the escape, perhaps with blanks behind, which are taken off. */
static bool is_continued(const struct dockerfile_reader *reader, struct str *line)
{
        size_t end = line->len;

        while (end && (line->data[end - 1] == ' ' || line->data[end - 1] == '\t'))
                end--;
        if (!end || line->data[end - 1] != reader->escape || (end > 1 && line->data[end - 2] == reader->escape))
                return false;
        line->len = end - 1;
        return true;
}

static void add_comment(struct dockerfile_reader *reader, struct str line)
{
        struct str text = str_trim(str_from(line, 1));

        *vec_push(reader->arena, &reader->comments) =
                (struct dockerfile_comment){text, at_of(reader, text.len ? text.data : line.data)};
}

struct parts {
        VEC(struct str) lines;
        size_t len;
};

static void join_parts(struct dockerfile_reader *reader, const struct parts *parts, struct pieced *out)
{
        struct piece *pieces = arena_array(reader->arena, struct piece, parts->lines.count);
        char *text = NULL;
        size_t len = 0;

        if (parts->lines.count > 1)
                text = arena_take_text(reader->arena, parts->len);
        for (size_t i = 0; i < parts->lines.count; i++) {
                struct str line = parts->lines.items[i];

                pieces[i] = (struct piece){(uint32_t)len, at_of(reader, line.data)};
                if (text)
                        memcpy(text + len, line.data, line.len);
                len += line.len;
        }
        *out = (struct pieced){text ? (struct str){text, len} : parts->lines.items[0], pieces, parts->lines.count};
}

/* The lines that continue the first. */
static bool read_continued(struct dockerfile_reader *reader, struct parts *parts, struct dockerfile_line *out)
{
        struct str line;
        bool more = true;

        while (more && take_line(reader, &line)) {
                struct str bare = trim_left(line);

                out->end = (uint32_t)reader->at;
                if (bare.len && bare.data[0] == '#')
                        continue;
                out->has_empty |= !bare.len;
                if (!bare.len)
                        continue;
                more = is_continued(reader, &line);
                *vec_push(reader->arena, &parts->lines) = line;
                parts->len += line.len;
                if (parts->len > DOCKERFILE_LINE)
                        return dockerfile_wrong(reader, DOCKERFILE_TOO_LARGE, out->begin,
                                                "this instruction has more than 1 MiB: put what it does into a file");
        }
        return true;
}

/* --- here-documents --- */

/* Words as heredocs are looked for: blanks part them, quotes keep them together and stay. */
static struct str take_raw_word(struct dockerfile_reader *reader, struct str *rest)
{
        size_t begin = 0, i;
        struct str word;
        char quote = 0;

        while (begin < rest->len && is_space(rest->data[begin]))
                begin++;
        for (i = begin; i < rest->len; i++) {
                char byte = rest->data[i];

                if (byte == reader->escape && quote != '\'')
                        i++;
                else if (quote ? byte == quote : byte == '\'' || byte == '"')
                        quote = quote ? 0 : byte;
                else if (!quote && is_space(byte))
                        break;
        }
        word = str_sub(*rest, begin, i);
        *rest = str_from(*rest, i);
        return word;
}

/* [N]<<[-]NAME, the name perhaps in quotes, which keep variables in the body from being expanded. */
static bool is_heredoc(struct dockerfile_reader *reader, struct str word, struct dockerfile_heredoc *out)
{
        struct reader cursor = reader_over(word);
        struct str name, bare;

        *out = (struct dockerfile_heredoc){0};
        reader_take_while(&cursor, is_digit);
        TRY(reader_take_str(&cursor, STR("<<")));
        out->tabs = reader_take(&cursor, '-');
        name = str_from(word, cursor.at);
        TRY(name.len && !memchr(name.data, '<', name.len));
        bare = dockerfile_expand(reader, NULL, name, 0);
        out->expand = str_equal(bare, name);
        out->name = bare;
        return bare.len > 0;
}

static bool read_body(struct dockerfile_reader *reader, struct dockerfile_heredoc *heredoc)
{
        struct parts parts = {0};
        size_t begin = reader->at;
        struct str line;

        for (;;) {
                const char *start = reader->text.data + reader->at;

                /* All that follows may have been meant for it. */
                if (!take_line(reader, &line))
                        return dockerfile_wrong(reader, DOCKERFILE_WRONG, heredoc->at,
                                                "the here-document has no end: a line with nothing but %.*s is missing",
                                                STR_ARG(heredoc->name));
                while (heredoc->tabs && line.len && line.data[0] == '\t')
                        line = str_from(line, 1);
                if (str_equal(line, heredoc->name))
                        break;
                /* With its end. */
                line = str_span(heredoc->tabs ? line.data : start, reader->text.data + reader->at);
                *vec_push(reader->arena, &parts.lines) = line;
                parts.len += line.len;
        }
        if (!parts.lines.count)
                *vec_push(reader->arena, &parts.lines) = str_sub(reader->text, begin, begin);
        if (heredoc->tabs || parts.lines.count == 1) {
                join_parts(reader, &parts, &heredoc->body);
        } else {
                struct piece *piece = arena_new(reader->arena, struct piece);

                heredoc->body = pieced_whole(str_sub(reader->text, begin, begin + parts.len), (uint32_t)begin, piece);
        }
        return true;
}

/* Only ADD, COPY and RUN have them, also behind ONBUILD, and not in JSON form. */
static bool may_have_heredocs(struct dockerfile_reader *reader, const struct pieced *line)
{
        struct str rest = line->text, keyword = dockerfile_take_word(&rest);
        struct dockerfile_words words = {0};

        if (str_equal_nocase(keyword, STR("ONBUILD")))
                keyword = dockerfile_take_word(&rest);
        TRY(str_equal_nocase(keyword, STR("ADD"))
                             || str_equal_nocase(keyword, STR("COPY")) || str_equal_nocase(keyword, STR("RUN")));
        rest = trim_left(rest);
        while (str_starts(rest, STR("--"))) {
                take_raw_word(reader, &rest);
                rest = trim_left(rest);
        }
        return !str_starts(rest, STR("[")) || dockerfile_read_json(reader, line, rest, &words) == JSON_NONE;
}

static bool read_heredocs(struct dockerfile_reader *reader, struct dockerfile_line *out)
{
        struct str rest = out->text.text;

        if (str_find(rest, STR("<<"), 0) == SIZE_MAX || !may_have_heredocs(reader, &out->text))
                return true;
        for (;;) {
                struct str word = take_raw_word(reader, &rest);
                struct dockerfile_heredoc heredoc;

                if (!word.len)
                        return true;
                if (!is_heredoc(reader, word, &heredoc))
                        continue;
                heredoc.at = pieced_at(&out->text, word.data);
                if (out->heredocs.count >= DOCKERFILE_HEREDOCS)
                        return dockerfile_wrong(reader, DOCKERFILE_TOO_LARGE, heredoc.at,
                                                "this instruction has more than %d here-documents: use files",
                                                DOCKERFILE_HEREDOCS);
                TRY(read_body(reader, &heredoc));
                *vec_push(reader->arena, &out->heredocs) = heredoc;
                out->end = (uint32_t)reader->at;
        }
}

/* --- instructions --- */

static bool read_instruction(struct dockerfile_reader *reader, struct str line, bool more, struct dockerfile_line *out)
{
        struct parts parts = {0};

        *out = (struct dockerfile_line){.begin = at_of(reader, line.data), .end = (uint32_t)reader->at};
        reader->line_count += source_count_lines(str_sub(reader->text, reader->counted, out->begin));
        reader->counted = out->begin;
        out->number = reader->line_count + 1;
        *vec_push(reader->arena, &parts.lines) = line;
        parts.len = line.len;
        if (more)
                TRY(read_continued(reader, &parts, out));
        if (parts.len > DOCKERFILE_LINE)
                return dockerfile_wrong(reader, DOCKERFILE_TOO_LARGE, out->begin,
                                        "this line has more than 1 MiB: put what it does into a file");
        join_parts(reader, &parts, &out->text);
        return read_heredocs(reader, out);
}

bool dockerfile_next(struct dockerfile_reader *reader, struct dockerfile_line *out)
{
        struct str line;

        reader->comments.count = 0;
        while (take_line(reader, &line)) {
                bool more;

                line = trim_left(line);
                read_directive(reader, line);
                if (line.len && line.data[0] == '#') {
                        add_comment(reader, line);
                        continue;
                }
                more = is_continued(reader, &line);
                if (!line.len && !more) {
                        reader->comments.count = 0;
                        continue;
                }
                if (read_instruction(reader, line, more, out) && str_trim(out->text.text).len)
                        return true;
                reader->comments.count = 0;
        }
        return false;
}
