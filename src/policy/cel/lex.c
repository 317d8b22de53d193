/* lex.c - text to tokens (doc/langdef.md, "Syntax"). */

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "policy/cel/ast.h"
#include "policy/cel/lex.h"

/* What a byte may be part of. */
enum {
        SPACE = 1,
        LETTER = 2, /* and _ */
        DIGIT = 4,
        HEX = 8,
};

static const uint8_t classes[256] = {
        ['\t'] = SPACE,
        ['\n'] = SPACE,
        ['\f'] = SPACE,
        ['\r'] = SPACE,
        [' '] = SPACE,
        ['0' ... '9'] = DIGIT | HEX,
        ['A' ... 'F'] = LETTER | HEX,
        ['G' ... 'Z'] = LETTER,
        ['a' ... 'f'] = LETTER | HEX,
        ['g' ... 'z'] = LETTER,
        ['_'] = LETTER,
};

static const struct str reserved[] = {
        STR_INIT("as"),   STR_INIT("break"),    STR_INIT("const"),     STR_INIT("continue"), STR_INIT("else"),
        STR_INIT("for"),  STR_INIT("function"), STR_INIT("if"),        STR_INIT("import"),   STR_INIT("let"),
        STR_INIT("loop"), STR_INIT("package"),  STR_INIT("namespace"), STR_INIT("return"),   STR_INIT("var"),
        STR_INIT("void"), STR_INIT("while"),
};

static int byte_at(const struct cel_lexer *lexer, size_t at)
{
        return at < lexer->text.len ? (unsigned char)lexer->text.data[at] : -1;
}

static bool is_in(int byte, int class)
{
        return byte >= 0 && (classes[byte] & class);
}

static uint32_t skip(const struct cel_lexer *lexer, uint32_t at, int class)
{
        while (is_in(byte_at(lexer, at), class))
                at++;
        return at;
}

static void skip_blanks(struct cel_lexer *lexer)
{
        for (;;) {
                lexer->at = skip(lexer, lexer->at, SPACE);
                if (byte_at(lexer, lexer->at) != '/' || byte_at(lexer, lexer->at + 1) != '/')
                        return;
                while (lexer->at < lexer->text.len && lexer->text.data[lexer->at] != '\n')
                        lexer->at++;
        }
}

static bool finish(struct cel_lexer *lexer, struct cel_token *token, enum cel_token_kind kind, uint32_t end)
{
        token->kind = kind;
        token->end = lexer->at = end;
        token->text = str_sub(lexer->text, token->at, end);
        return true;
}

static bool finish_literal(struct cel_lexer *lexer, struct cel_token *token, struct value value, uint32_t end)
{
        token->value = value;
        return finish(lexer, token, CEL_TOKEN_LITERAL, end);
}

static bool lex_word(struct cel_lexer *lexer, struct cel_token *token)
{
        finish(lexer, token, CEL_TOKEN_NAME, skip(lexer, token->at, LETTER | DIGIT));
        if (str_is(token->text, "in"))
                token->kind = CEL_TOKEN_IN;
        else if (str_is(token->text, "true") || str_is(token->text, "false"))
                return finish_literal(lexer, token, value_bool(token->text.data[0] == 't'), token->end);
        else if (str_is(token->text, "null"))
                return finish_literal(lexer, token, VALUE_OF_NULL, token->end);
        for (size_t i = 0; i < COUNT_OF(reserved) && token->text.len <= 9; i++)
                token->is_reserved |= str_equal(token->text, reserved[i]);
        return true;
}

static bool in_quoted_name(int byte)
{
        return is_in(byte, LETTER | DIGIT) || byte == '.' || byte == '-' || byte == '/' || byte == ' ';
}

static bool lex_quoted_name(struct cel_lexer *lexer, struct cel_token *token)
{
        uint32_t end = token->at + 1;

        while (in_quoted_name(byte_at(lexer, end)))
                end++;
        if (end == token->at + 1 || byte_at(lexer, end) != '`')
                return cel_err_at(
                        lexer->err, lexer->text, end,
                        "a name in backquotes has letters, digits, '_', '.', '-', '/' and spaces, and ends with '`'");
        finish(lexer, token, CEL_TOKEN_QUOTED_NAME, end + 1);
        token->text = str_sub(lexer->text, token->at + 1, end);
        return true;
}

static unsigned digit_value(char digit)
{
        return digit <= '9' ? (unsigned)(digit - '0') : (unsigned)((digit | 0x20) - 'a' + 10);
}

/* A whole number, behind its 0x if it is hexadecimal. */
static bool lex_whole(struct cel_lexer *lexer, struct cel_token *token, uint32_t begin, uint32_t end, unsigned base)
{
        uint64_t number = 0;
        bool is_uint = (byte_at(lexer, end) | 0x20) == 'u';

        for (uint32_t i = begin; i < end; i++) {
                if (__builtin_mul_overflow(number, (uint64_t)base, &number)
                    || __builtin_add_overflow(number, (uint64_t)digit_value(lexer->text.data[i]), &number))
                        return cel_err_at(lexer->err, lexer->text, token->at, "the number %.*s is too large for %s",
                                          STR_ARG(str_sub(lexer->text, token->at, end)), is_uint ? "a uint" : "an int");
        }
        if (is_uint)
                return finish_literal(lexer, token, value_uint(number), end + 1);
        token->value = value_uint(number);
        return finish(lexer, token, CEL_TOKEN_INT, end);
}

static bool lex_double(struct cel_lexer *lexer, struct cel_token *token, uint32_t end)
{
        struct str text = str_copy(lexer->arena, str_sub(lexer->text, token->at, end));

        token->value = value_double(strtod(text.data, NULL));
        if (!isfinite(token->value.d))
                return cel_err_at(lexer->err, lexer->text, token->at, "the number %.*s is too large for a double",
                                  STR_ARG(text));
        return finish(lexer, token, CEL_TOKEN_DOUBLE, end);
}

/* Where an exponent that begins at `at` ends; `at` itself if there is none. */
static uint32_t skip_exponent(const struct cel_lexer *lexer, uint32_t at)
{
        uint32_t digits = at + 1;

        if ((byte_at(lexer, at) | 0x20) != 'e')
                return at;
        if (byte_at(lexer, digits) == '+' || byte_at(lexer, digits) == '-')
                digits++;
        return is_in(byte_at(lexer, digits), DIGIT) ? skip(lexer, digits, DIGIT) : at;
}

static bool lex_number(struct cel_lexer *lexer, struct cel_token *token)
{
        uint32_t begin = token->at, whole = skip(lexer, begin, DIGIT), end = whole;

        if (byte_at(lexer, begin) == '0' && byte_at(lexer, begin + 1) == 'x' && is_in(byte_at(lexer, begin + 2), HEX))
                return lex_whole(lexer, token, begin + 2, skip(lexer, begin + 2, HEX), 16);
        if (byte_at(lexer, end) == '.' && is_in(byte_at(lexer, end + 1), DIGIT))
                end = skip(lexer, end + 1, DIGIT);
        end = skip_exponent(lexer, end);
        return end > whole ? lex_double(lexer, token, end) : lex_whole(lexer, token, begin, whole, 10);
}

/* How many bytes the letters in front of a quote take: r, b, br; 0 when the word is a name. */
static uint32_t count_prefix(const struct cel_lexer *lexer, uint32_t at, bool *is_bytes, bool *is_raw)
{
        uint32_t end = at;

        *is_bytes = (byte_at(lexer, end) | 0x20) == 'b';
        end += *is_bytes;
        *is_raw = (byte_at(lexer, end) | 0x20) == 'r';
        end += *is_raw;
        return byte_at(lexer, end) == '"' || byte_at(lexer, end) == '\'' ? end - at : 0;
}

/* Where the text that begins behind the opening quotes ends: at the closing ones. */
static bool find_end(struct cel_lexer *lexer, uint32_t begin, struct str quotes, bool is_raw, uint32_t *end)
{
        uint32_t at = begin;

        while (at < lexer->text.len) {
                char byte = lexer->text.data[at];

                if (byte == quotes.data[0] && str_starts(str_from(lexer->text, at), quotes)) {
                        *end = at;
                        return true;
                }
                if (quotes.len == 1 && (byte == '\n' || byte == '\r'))
                        return cel_err_at(lexer->err, lexer->text, at,
                                          "the string ends with its line: close it, or write it between three quotes");
                at += byte == '\\' && !is_raw ? 2 : 1;
        }
        return cel_err_at(lexer->err, lexer->text, begin - (uint32_t)quotes.len,
                          "the string that begins here has no end");
}

/* Line ends within a string are line feeds, as in cel-go. */
static struct str with_line_feeds(struct arena *arena, struct str text)
{
        char *out;
        size_t len = 0;

        if (!text.len || !memchr(text.data, '\r', text.len))
                return text;
        out = arena_take_text(arena, text.len);
        for (size_t i = 0; i < text.len; i++) {
                if (text.data[i] == '\r' && i + 1 < text.len && text.data[i + 1] == '\n')
                        continue;
                out[len++] = text.data[i] == '\r' ? '\n' : text.data[i];
        }
        return (struct str){out, len};
}

static bool lex_string(struct cel_lexer *lexer, struct cel_token *token, uint32_t quote, bool is_bytes, bool is_raw)
{
        int mark = byte_at(lexer, quote);
        uint32_t size = byte_at(lexer, quote + 1) == mark && byte_at(lexer, quote + 2) == mark ? 3 : 1, end = 0;
        struct str quotes = str_sub(lexer->text, quote, quote + size), inside;
        struct value value;

        TRY(find_end(lexer, quote + size, quotes, is_raw, &end));
        inside = str_sub(lexer->text, quote + size, end);
        if (!is_raw && inside.len && memchr(inside.data, '\\', inside.len))
                TRY(cel_lex_escapes(lexer, inside, is_bytes, &inside));
        else
                inside = with_line_feeds(lexer->arena, inside);
        value = value_string(inside);
        value.kind = is_bytes ? VALUE_BYTES : VALUE_STRING;
        return finish_literal(lexer, token, value, end + size);
}

/* Marks of one byte, and those that a second byte makes longer. */
static const struct {
        char second;
        uint8_t kind, longer;
} marks[128] = {
        ['='] = {'=', 0, CEL_TOKEN_EQUAL},
        ['!'] = {'=', CEL_TOKEN_NOT, CEL_TOKEN_NOT_EQUAL},
        ['<'] = {'=', CEL_TOKEN_LESS, CEL_TOKEN_LESS_EQUAL},
        ['>'] = {'=', CEL_TOKEN_GREATER, CEL_TOKEN_GREATER_EQUAL},
        ['&'] = {'&', 0, CEL_TOKEN_AND},
        ['|'] = {'|', 0, CEL_TOKEN_OR},
        ['?'] = {0, CEL_TOKEN_QUESTION, 0},
        [':'] = {0, CEL_TOKEN_COLON, 0},
        ['+'] = {0, CEL_TOKEN_PLUS, 0},
        ['-'] = {0, CEL_TOKEN_MINUS, 0},
        ['*'] = {0, CEL_TOKEN_TIMES, 0},
        ['/'] = {0, CEL_TOKEN_DIVIDE, 0},
        ['%'] = {0, CEL_TOKEN_MODULO, 0},
        ['.'] = {0, CEL_TOKEN_DOT, 0},
        [','] = {0, CEL_TOKEN_COMMA, 0},
        ['('] = {0, CEL_TOKEN_OPEN, 0},
        [')'] = {0, CEL_TOKEN_CLOSE, 0},
        ['['] = {0, CEL_TOKEN_OPEN_LIST, 0},
        [']'] = {0, CEL_TOKEN_CLOSE_LIST, 0},
        ['{'] = {0, CEL_TOKEN_OPEN_MAP, 0},
        ['}'] = {0, CEL_TOKEN_CLOSE_MAP, 0},
};

static bool fail_at_byte(struct cel_lexer *lexer, int byte)
{
        uint32_t at = lexer->at, code_point = 0;

        if (byte == '=' || byte == '&' || byte == '|')
                return cel_err_at(lexer->err, lexer->text, at, "'%c' means nothing here: did you mean '%c%c'?", byte,
                                  byte, byte);
        utf8_take(str_from(lexer->text, at), &code_point);
        if (code_point < 0x20 || code_point == 0x7f)
                return cel_err_at(lexer->err, lexer->text, at,
                                  "a control character (U+%04" PRIX32 ") outside of a string", code_point);
        if (code_point == 0x201C || code_point == 0x201D || code_point == 0x2018 || code_point == 0x2019)
                return cel_err_at(lexer->err, lexer->text, at, "a typographic quote: strings stand between \" or '");
        return cel_err_at(lexer->err, lexer->text, at, "the character '%.*s' (U+%04" PRIX32 ") outside of a string",
                          STR_ARG(str_sub(lexer->text, at, at + utf8_take(str_from(lexer->text, at), &code_point))),
                          code_point);
}

static bool lex_mark(struct cel_lexer *lexer, struct cel_token *token, int byte)
{
        uint32_t at = token->at;

        if (byte < 128 && marks[byte].second && byte_at(lexer, at + 1) == marks[byte].second)
                return finish(lexer, token, marks[byte].longer, at + 2);
        if (byte < 128 && marks[byte].kind)
                return finish(lexer, token, marks[byte].kind, at + 1);
        return fail_at_byte(lexer, byte);
}

bool cel_lex(struct cel_lexer *lexer, struct cel_token *token)
{
        bool is_bytes = false, is_raw = false;
        uint32_t prefix;
        int byte;

        skip_blanks(lexer);
        token->at = lexer->at;
        token->is_reserved = false;
        byte = byte_at(lexer, lexer->at);
        if (byte < 0)
                return finish(lexer, token, CEL_TOKEN_END, token->at);
        if (is_in(byte, LETTER)) {
                prefix = count_prefix(lexer, token->at, &is_bytes, &is_raw);
                return prefix ? lex_string(lexer, token, token->at + prefix, is_bytes, is_raw) : lex_word(lexer, token);
        }
        if (byte == '"' || byte == '\'')
                return lex_string(lexer, token, token->at, false, false);
        if (is_in(byte, DIGIT) || (byte == '.' && is_in(byte_at(lexer, token->at + 1), DIGIT)))
                return lex_number(lexer, token);
        if (byte == '`')
                return lex_quoted_name(lexer, token);
        return lex_mark(lexer, token, byte);
}
