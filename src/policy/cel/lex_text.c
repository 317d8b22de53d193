/* lex_text.c - the escapes in string and bytes literals (doc/langdef.md, "String and Bytes Values"). */

#include "policy/cel/ast.h"
#include "policy/cel/lex.h"

/* What stands for itself behind a backslash, and what it means. */
static const char escapes[128] = {
        ['a'] = '\a', ['b'] = '\b', ['f'] = '\f',  ['n'] = '\n', ['r'] = '\r',  ['t'] = '\t',
        ['v'] = '\v', ['"'] = '"',  ['\''] = '\'', ['`'] = '`',  ['\\'] = '\\', ['?'] = '?',
};

static bool fail(struct cel_lexer *lexer, const char *place, const char *message)
{
        return cel_err_at(lexer->err, lexer->text, (uint32_t)(place - lexer->text.data), "%s", message);
}

static bool take_digits(struct str text, size_t count, unsigned base, uint32_t *number)
{
        *number = 0;
        TRY(text.len >= count);
        for (size_t i = 0; i < count; i++) {
                char c = text.data[i];
                unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a') + 10;

                TRY(digit < base && (digit < 10 || (c | 0x20) >= 'a'));
                *number = *number * base + digit;
        }
        return true;
}

/* A number behind a backslash: \x41, \u0041, \U00000041, \101. `text` begins behind the backslash. */
static bool take_number(struct cel_lexer *lexer, struct str text, uint32_t *number, size_t *taken)
{
        char kind = text.data[0];

        if (kind >= '0' && kind <= '3') {
                *taken = 3;
                return take_digits(text, 3, 8, number)
                       || fail(lexer, text.data - 1, "an octal escape has three digits, from \\000 to \\377");
        }
        *taken = kind == 'U' ? 8 : kind == 'u' ? 4 : 2;
        if (!take_digits(str_from(text, 1), *taken, 16, number))
                return fail(lexer, text.data - 1,
                            *taken == 2   ? "\\x needs two hexadecimal digits"
                            : *taken == 4 ? "\\u needs four hexadecimal digits"
                                          : "\\U needs eight hexadecimal digits");
        ++*taken;
        return true;
}

/* One escape; `text` begins behind the backslash. Gives how many bytes of it were used. */
static bool put_escape(struct cel_lexer *lexer, struct str text, bool is_bytes, char **out, size_t *taken)
{
        unsigned char kind = text.len ? (unsigned char)text.data[0] : 0;
        uint32_t number;

        *taken = 1;
        if (kind < 128 && escapes[kind]) {
                *(*out)++ = escapes[kind];
                return true;
        }
        if (!kind || !strchr("xXuU0123", kind))
                return fail(lexer, text.data - 1,
                            "no such escape: a backslash is written \\\\, or the string as r\"…\" without escapes");
        if (is_bytes && (kind == 'u' || kind == 'U'))
                return fail(lexer, text.data - 1, "bytes have no \\u and \\U: write the character itself, or \\x");
        TRY(take_number(lexer, text, &number, taken));
        if (is_bytes) {
                *(*out)++ = (char)number;
                return true;
        }
        if (number > 0x10FFFF || (number >= 0xD800 && number <= 0xDFFF))
                return fail(lexer, text.data - 1,
                            "no such code point: surrogates and what lies above U+10FFFF are none");
        *out += utf8_put(*out, number);
        return true;
}

/* No escape is longer than what is written for it, so the text fits in its own length. */
bool cel_lex_escapes(struct cel_lexer *lexer, struct str inside, bool is_bytes, struct str *out)
{
        char *begin = arena_take_text(lexer->arena, inside.len + 4), *at = begin;

        for (size_t i = 0, taken; i < inside.len; i++) {
                char byte = inside.data[i];

                if (byte == '\r' && i + 1 < inside.len && inside.data[i + 1] == '\n')
                        continue;
                if (byte != '\\') {
                        *at++ = byte == '\r' ? '\n' : byte;
                        continue;
                }
                TRY(put_escape(lexer, str_from(inside, i + 1), is_bytes, &at, &taken));
                i += taken;
        }
        *out = (struct str){begin, (size_t)(at - begin)};
        return true;
}
