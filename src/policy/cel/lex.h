/* lex.h - the tokens of an expression, one after the other. Only parse.c and macro.c look here. */
#pragma once

#include "base/err.h"
#include "doc/value.h"

enum cel_token_kind {
        CEL_TOKEN_END,
        CEL_TOKEN_NAME,
        CEL_TOKEN_QUOTED_NAME, /* `a-b`: only behind a dot, and as a field of a message */
        CEL_TOKEN_INT,         /* value.u: without its sign, which is a token of its own */
        CEL_TOKEN_LITERAL,     /* value: everything else that is written out */
        CEL_TOKEN_DOUBLE,      /* value.d, without its sign, too */
        CEL_TOKEN_IN,
        CEL_TOKEN_EQUAL,
        CEL_TOKEN_NOT_EQUAL,
        CEL_TOKEN_LESS,
        CEL_TOKEN_LESS_EQUAL,
        CEL_TOKEN_GREATER,
        CEL_TOKEN_GREATER_EQUAL,
        CEL_TOKEN_AND,
        CEL_TOKEN_OR,
        CEL_TOKEN_NOT,
        CEL_TOKEN_QUESTION,
        CEL_TOKEN_COLON,
        CEL_TOKEN_PLUS,
        CEL_TOKEN_MINUS,
        CEL_TOKEN_TIMES,
        CEL_TOKEN_DIVIDE,
        CEL_TOKEN_MODULO,
        CEL_TOKEN_DOT,
        CEL_TOKEN_COMMA,
        CEL_TOKEN_OPEN,
        CEL_TOKEN_CLOSE,
        CEL_TOKEN_OPEN_LIST,
        CEL_TOKEN_CLOSE_LIST,
        CEL_TOKEN_OPEN_MAP,
        CEL_TOKEN_CLOSE_MAP,
        CEL_TOKEN_COUNT
};

struct cel_token {
        enum cel_token_kind kind;
        bool is_reserved; /* a name that may stand behind a dot only */
        uint32_t at, end; /* bytes of the text */
        struct str text;  /* as written; of a quoted name without its quotes */
        struct value value;
};

struct cel_lexer {
        struct arena *arena; /* for text with escapes */
        struct str text;     /* valid UTF-8, at most CEL_MOST_TEXT */
        uint32_t at;
        struct err *err;
};

/* The next token. False with the error set when there is none: an unknown character, a string without end, … */
bool cel_lex(struct cel_lexer *lexer, struct cel_token *token);

/* The text between the quotes of a string or bytes literal, escapes replaced (lex_text.c). `at` is where it begins. */
bool cel_lex_escapes(struct cel_lexer *lexer, struct str inside, bool is_bytes, struct str *out);
