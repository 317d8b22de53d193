/* jsonpath_parse.c - reading JSONPath templates. */

#include "doc/jsonpath_internal.h"

#include "base/reader.h"

#include <errno.h>
#include <stdlib.h>

enum { DEEPEST = 32, LONGEST = 64 * 1024, LONGEST_NUMBER = 40 };

struct parser {
        struct arena *arena;
        struct reader reader; /* over what has to be read now: the template, or a part of it */
        struct str text;      /* the template */
        unsigned depth;
        bool is_range, is_end; /* the expression at hand has this word */
        struct err *err;
};

static bool fail(const struct parser *parser, const char *what)
{
        size_t at = (size_t)(parser->reader.text.data - parser->text.data) + parser->reader.at;
        size_t column = utf8_count(str_sub(parser->text, 0, at)) + 1;

        return err_set_at(parser->err, 1, (uint32_t)column, "JSONPath, column %zu: %s", column, what);
}

static int peek(const struct parser *parser)
{
        return reader_peek(&parser->reader, 0);
}

static bool looks_at(const struct parser *parser, struct str text)
{
        return str_starts(str_from(parser->reader.text, parser->reader.at), text);
}

/* What ends a name. */
static bool is_terminator(int byte)
{
        return byte < 0 || strchr(" \t\r\n.,[]$@{}", byte);
}

/* Letters of other alphabets are not told apart from other signs. */
static bool is_word(int byte)
{
        return byte == '_' || is_letter(byte) || is_digit(byte) || byte >= 0x80;
}

static struct step *push(struct parser *parser, struct steps *steps, enum step_kind kind)
{
        struct step *step = vec_push(parser->arena, &steps->list);

        *step = (struct step){.kind = kind};
        return step;
}

static bool parse_steps(struct parser *parser, struct steps *steps);

/* A part of the text as an expression of its own. */
static bool parse_part(struct parser *parser, struct str text, struct steps *steps)
{
        struct parser inner = *parser;

        if (parser->depth == DEEPEST)
                return fail(parser, "too many filters and unions in one another: at most 32");
        inner.reader = reader_over(text);
        inner.depth++;
        inner.is_range = inner.is_end = false;
        TRY(parse_steps(&inner, steps));
        if (!reader_done(&inner.reader))
                return fail(&inner, "a '}' stands here, inside of brackets: close them first");
        return (!inner.is_range && !inner.is_end) || fail(parser, "range and end cannot stand in brackets");
}

/* ---- Names and literals ---- */

static struct str without_backslashes(struct arena *arena, struct str text)
{
        char *out = arena_take_text(arena, text.len);
        size_t len = 0;

        for (size_t i = 0; i < text.len; i++) {
                if (text.data[i] != '\\')
                        out[len++] = text.data[i];
        }
        return (struct str){out, len};
}

static void parse_field(struct parser *parser, struct steps *steps)
{
        struct reader *reader = &parser->reader;
        size_t begin = reader->at;
        struct str name;

        while (!is_terminator(reader_peek(reader, 0)))
                reader->at = min_size(reader->at + (reader_peek(reader, 0) == '\\' ? 2 : 1), reader->text.len);
        name = str_sub(reader->text, begin, reader->at);
        if (str_is(name, "*"))
                push(parser, steps, STEP_WILDCARD);
        else if (name.len)
                push(parser, steps, STEP_FIELD)->name = without_backslashes(parser->arena, name);
}

static bool parse_recursive(struct parser *parser, struct steps *steps)
{
        if (steps->list.count && steps->list.items[steps->list.count - 1].kind == STEP_RECURSIVE)
                return fail(parser, "'..' cannot follow '..'");
        parser->reader.at += 2;
        push(parser, steps, STEP_RECURSIVE);
        if (is_word(peek(parser)))
                parse_field(parser, steps);
        return true;
}

static bool parse_number(struct parser *parser, struct steps *steps)
{
        struct reader *reader = &parser->reader;
        char copy[LONGEST_NUMBER + 1], *end;
        size_t begin = reader->at;
        struct value value;
        struct str text;

        reader->at++;
        while (is_digit(peek(parser)) || peek(parser) == '.')
                reader->at++;
        text = str_sub(reader->text, begin, reader->at);
        if (text.len > LONGEST_NUMBER)
                return fail(parser, "the number before this is too long");
        memcpy(copy, text.data, text.len);
        copy[text.len] = '\0';
        errno = 0;
        value = value_int(strtoll(copy, &end, 10));
        if (errno || end != copy + text.len)
                value = value_double(strtod(copy, &end));
        if (end != copy + text.len || !strpbrk(copy, "0123456789"))
                return fail(parser, "what stands before this is no number");
        push(parser, steps, STEP_LITERAL)->literal = value;
        return true;
}

static bool parse_word(struct parser *parser, struct steps *steps)
{
        struct reader *reader = &parser->reader;
        size_t begin = reader->at;
        struct str word;

        while (!is_terminator(peek(parser)))
                reader->at++;
        word = str_sub(reader->text, begin, reader->at);
        if (str_is(word, "true") || str_is(word, "false")) {
                push(parser, steps, STEP_LITERAL)->literal = value_bool(str_is(word, "true"));
                return true;
        }
        parser->is_range |= str_is(word, "range");
        parser->is_end |= str_is(word, "end");
        if (str_is(word, "range") || str_is(word, "end"))
                return true;
        reader->at = begin;
        return fail(
                parser,
                "unknown word: write .name for a member, \"text\" for text; the words are range, end, true and false");
}

/* The code point of \x, \u, \U and their digits, or of three octal ones. */
static bool take_code(struct reader *reader, unsigned digits, unsigned base, uint32_t *code)
{
        *code = 0;
        for (unsigned i = 0; i < digits; i++, reader->at++) {
                int byte = reader_peek(reader, 0);
                int digit = is_digit(byte) ? byte - '0' : is_letter(byte) ? (byte | 0x20) - 'a' + 10 : 99;

                if ((unsigned)digit >= base)
                        return false;
                *code = *code * base + (uint32_t)digit;
        }
        return *code < 0xD800 || (*code > 0xDFFF && *code < 0x110000);
}

/* An escape as Go has it, behind the backslash. */
static bool take_escape(struct reader *reader, struct buf *out)
{
        static const char names[] = "abfnrtv\\'\"", bytes[] = "\a\b\f\n\r\t\v\\'\"";
        int byte = reader_peek(reader, 0);
        const char *known = byte > 0 ? strchr(names, byte) : NULL;
        char utf8[4];
        uint32_t code;

        if (known) {
                reader->at++;
                buf_add_char(out, bytes[known - names]);
                return true;
        }
        if (byte == 'x' || byte == 'u' || byte == 'U') {
                reader->at++;
                TRY(take_code(reader, byte == 'x' ? 2 : byte == 'u' ? 4 : 8, 16, &code));
        } else {
                TRY(take_code(reader, 3, 8, &code) && code < 0x100);
        }
        buf_add(out, (struct str){utf8, utf8_put(utf8, code)});
        return true;
}

static bool parse_text(struct parser *parser, struct steps *steps)
{
        struct buf out CLEANUP(buf_free) = {0};
        struct reader *reader = &parser->reader;
        int quote = peek(parser);

        for (reader->at++; peek(parser) != quote;) {
                if (peek(parser) < 0 || peek(parser) == '\n')
                        return fail(parser, "a text in quotes has no end: close it with the quote that it began with");
                if (!reader_take(reader, '\\')) {
                        buf_add_char(&out, (char)peek(parser));
                        reader->at++;
                } else if (!take_escape(reader, &out)) {
                        return fail(parser, "unknown escape: write \\\\ for a backslash");
                }
        }
        reader->at++;
        push(parser, steps, STEP_TEXT)->literal = value_string(str_copy(parser->arena, buf_text(&out)));
        return true;
}

/* ---- Brackets ---- */

/* Where the bracket or parenthesis that is open closes, quotes heeded; SIZE_MAX if nowhere on the line. */
static size_t find_close(const struct parser *parser, size_t at, char open, char close)
{
        struct str text = parser->reader.text;
        unsigned depth = 0;
        char quote = 0;

        for (; at < text.len && text.data[at] != '\n'; at++) {
                char byte = text.data[at];

                if (quote && byte == '\\')
                        at++;
                else if (quote)
                        quote = byte == quote ? 0 : quote;
                else if (byte == '"' || byte == '\'')
                        quote = byte;
                else if (byte == open)
                        depth++;
                else if (byte == close && depth-- == 0)
                        return at;
        }
        return SIZE_MAX;
}

/* Where a text has one of some bytes outside quotes and brackets; its length if nowhere. */
static size_t find_outside(struct str text, const char *bytes, size_t at)
{
        int depth = 0;
        char quote = 0;

        for (; at < text.len; at++) {
                char byte = text.data[at];

                if (quote && byte == '\\')
                        at++;
                else if (quote)
                        quote = byte == quote ? 0 : quote;
                else if (byte == '"' || byte == '\'')
                        quote = byte;
                else if (depth == 0 && byte && strchr(bytes, byte))
                        return at;
                else
                        depth += (byte == '(' || byte == '[') - (byte == ')' || byte == ']');
        }
        return text.len;
}

static bool parse_filter_sides(struct parser *parser, struct str text, struct step_filter *filter)
{
        static const struct {
                struct str text;
                enum filter_op op;
        } ops[] = {
                {STR_INIT("=="), FILTER_EQUAL},      {STR_INIT("!="), FILTER_UNEQUAL},
                {STR_INIT("<="), FILTER_LESS_EQUAL}, {STR_INIT(">="), FILTER_GREATER_EQUAL},
                {STR_INIT("<"), FILTER_LESS},        {STR_INIT(">"), FILTER_GREATER},
        };
        size_t begin = find_outside(text, "!<>=", 0), end = begin;
        struct str op;

        if (begin == text.len || begin == 0)
                return parse_part(parser, text, &filter->left);
        while (end < text.len && text.data[end] && strchr("!<>=", text.data[end]))
                end++;
        op = str_sub(text, begin, end);
        for (size_t i = 0; i < COUNT_OF(ops); i++) {
                if (str_equal(op, ops[i].text)) {
                        filter->op = ops[i].op;
                        TRY(parse_part(parser, str_sub(text, 0, begin), &filter->left));
                        return parse_part(parser, str_from(text, end), &filter->right);
                }
        }
        return fail(parser, "unknown operator in a filter: write one of == != < <= > >=");
}

static bool parse_filter(struct parser *parser, struct steps *steps)
{
        struct step_filter *filter = arena_new(parser->arena, struct step_filter);
        size_t begin = parser->reader.at + 3, end = find_close(parser, begin, '(', ')');

        if (end == SIZE_MAX || end + 1 >= parser->reader.text.len || parser->reader.text.data[end + 1] != ']')
                return fail(parser, "a filter has no end: write [?(@.name == \"value\")]");
        TRY(parse_filter_sides(parser, str_sub(parser->reader.text, begin, end), filter));
        push(parser, steps, STEP_FILTER)->filter = filter;
        parser->reader.at = end + 2;
        return true;
}

/* [a, b]: each as if it stood in brackets of its own. */
static bool parse_bracket(struct parser *parser, struct str text, struct steps *steps);

static bool parse_union(struct parser *parser, struct str text, struct steps *steps)
{
        size_t count = 1, at = 0, end;
        struct steps *parts;
        struct step *step;

        for (size_t i = find_outside(text, ",", 0); i < text.len; i = find_outside(text, ",", i + 1))
                count++;
        parts = arena_array(parser->arena, struct steps, count);
        for (size_t i = 0; i < count; i++) {
                end = find_outside(text, ",", at);
                TRY(parse_bracket(parser, str_trim(str_sub(text, at, end)), &parts[i]));
                at = end + 1;
        }
        step = push(parser, steps, STEP_UNION);
        step->parts = parts;
        step->part_count = count;
        return true;
}

/* A whole number with a sign, of at most nine digits, or nothing. */
static bool take_bound(struct reader *reader, struct slice_bound *bound)
{
        bool negative = reader_take(reader, '-');
        uint64_t number;

        *bound = (struct slice_bound){0};
        if (!reader_take_number(reader, 999999999, &number))
                return !negative && !is_digit(reader_peek(reader, 0));
        bound->value = negative ? -(int64_t)number : (int64_t)number;
        bound->known = true;
        return true;
}

static bool parse_slice(struct parser *parser, struct str text, struct steps *steps)
{
        struct reader reader = reader_over(text);
        struct slice_bound slice[3] = {0};
        unsigned count = 0;

        do {
                if (count == 3 || !take_bound(&reader, &slice[count++]))
                        return fail(parser, "this is no index: write [0], [-1], [1:3], [0:9:2], [*] or ['name']");
        } while (reader_take(&reader, ':'));
        if (!reader_done(&reader) || (count == 1 && !slice[0].known))
                return fail(parser, "this is no index: write [0], [-1], [1:3], [0:9:2], [*] or ['name']");
        if (count == 1)
                slice[1] = (struct slice_bound){slice[0].value + 1, true, true};
        memcpy(push(parser, steps, STEP_SLICE)->slice, slice, sizeof(slice));
        return true;
}

static bool parse_bracket(struct parser *parser, struct str text, struct steps *steps)
{
        struct parser inner = *parser;
        char quote = text.len ? text.data[0] : 0;

        if (find_outside(text, ",", 0) < text.len)
                return parse_union(parser, text, steps);
        if (str_is(text, "*"))
                return parse_slice(parser, STR(":"), steps);
        if ((quote != '\'' && quote != '"') || text.len < 2 || text.data[text.len - 1] != quote)
                return parse_slice(parser, text, steps);
        inner.reader = reader_over(str_sub(text, 1, text.len - 1));
        do /* ['a.b'] is .a.b */
                parse_field(&inner, steps);
        while (reader_take(&inner.reader, '.'));
        return reader_done(&inner.reader) || fail(&inner, "this cannot stand in a name: write \\ before it");
}

static bool parse_brackets(struct parser *parser, struct steps *steps)
{
        size_t begin = parser->reader.at + 1, end = find_close(parser, begin, '[', ']');

        if (end == SIZE_MAX)
                return fail(parser, "a '[' is not closed: write ] on the same line");
        TRY(parse_bracket(parser, str_sub(parser->reader.text, begin, end), steps));
        parser->reader.at = end + 1;
        return true;
}

/* ---- The whole ---- */

static bool parse_step(struct parser *parser, struct steps *steps)
{
        int byte = peek(parser);

        if (looks_at(parser, STR("[?(")))
                return parse_filter(parser, steps);
        if (looks_at(parser, STR("..")))
                return parse_recursive(parser, steps);
        if (byte == '[')
                return parse_brackets(parser, steps);
        if (byte == '"' || byte == '\'')
                return parse_text(parser, steps);
        if (byte == '+' || byte == '-' || is_digit(byte))
                return parse_number(parser, steps);
        if (is_word(byte))
                return parse_word(parser, steps);
        if (byte != '.' && byte != ' ' && byte != '@' && byte != '$')
                return fail(parser, byte == '\n' || byte == '\r' ? "the line ends inside of braces: close them with }"
                                                                 : "this cannot stand in braces");
        parser->reader.at++; /* @ and $ are the object at hand, which is what everything begins with */
        if (byte == '.')
                parse_field(parser, steps);
        return true;
}

/* Up to a brace or the end. */
static bool parse_steps(struct parser *parser, struct steps *steps)
{
        while (!reader_done(&parser->reader) && peek(parser) != '}')
                TRY(parse_step(parser, steps));
        return true;
}

static bool parse_expression(struct parser *parser, struct template_part *part)
{
        parser->reader.at++;
        parser->is_range = parser->is_end = false;
        TRY(parse_steps(parser, &part->steps));
        if (!reader_take(&parser->reader, '}'))
                return fail(parser, "a '{' is not closed: write }");
        part->is_range = parser->is_range;
        part->is_end = parser->is_end;
        return !(part->is_range && part->is_end) || fail(parser, "range and end need braces of their own");
}

/* Finds each range's end. */
static bool match_ranges(struct parser *parser, struct jsonpath *path)
{
        VEC(size_t) open = {0};

        for (size_t i = 0; i < path->parts.count; i++) {
                struct template_part *part = &path->parts.items[i];

                if (part->is_range) {
                        *vec_push(parser->arena, &open) = i;
                        if (open.count > DEEPEST)
                                return fail(parser, "too many ranges in one another: at most 32");
                } else if (part->is_end) {
                        if (!open.count)
                                return fail(parser, "not in range, nothing to end: there are more {end} than {range}");
                        path->parts.items[open.items[--open.count]].end = i;
                }
        }
        return !open.count || fail(parser, "a {range} has no {end}");
}

const struct jsonpath *jsonpath_compile(struct arena *arena, struct str text, struct err *err)
{
        struct parser parser = {.arena = arena, .reader = reader_over(text), .text = text, .err = err};
        struct jsonpath *path = arena_new(arena, struct jsonpath);

        if (text.len > LONGEST) {
                err_set(err, "a JSONPath of %zu bytes is too long: at most %d", text.len, LONGEST);
                return NULL;
        }
        while (!reader_done(&parser.reader)) {
                struct template_part *part = vec_push(arena, &path->parts);
                size_t begin = parser.reader.at, brace = str_find(text, STR("{"), begin);

                *part = (struct template_part){0};
                if (brace == begin) {
                        TRY(parse_expression(&parser, part));
                        continue;
                }
                parser.reader.at = min_size(brace, text.len);
                push(&parser, &part->steps, STEP_TEXT)->literal = value_string(str_sub(text, begin, parser.reader.at));
        }
        TRY(match_ranges(&parser, path));
        return path;
}
