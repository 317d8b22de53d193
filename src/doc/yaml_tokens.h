/* yaml_tokens.h - YAML text as a row of tokens. libfyaml makes them; nobody but yaml_tokens.c knows that.
 *
 * The tokens are those of the YAML 1.1 grammar. Indentation has become BLOCK_..._START and BLOCK_END, and a simple key has KEY
 * in front of it, so that what is left to do is to follow the grammar. One token is at hand, and the places of the one before
 * it are still known. Scalars that stand in the text as they are, are slices of it. */
#pragma once

#include "base/str.h"

enum yaml_token {
        YAML_FAILED, /* no more tokens: the text is no YAML from here on; yaml_tokens_problem() says why */
        YAML_END,
        YAML_DIRECTIVE,
        YAML_DOCUMENT_START,
        YAML_DOCUMENT_END,
        YAML_BLOCK_LIST_START,
        YAML_BLOCK_MAP_START,
        YAML_BLOCK_END,
        YAML_BLOCK_ENTRY,
        YAML_FLOW_LIST_START,
        YAML_FLOW_LIST_END,
        YAML_FLOW_MAP_START,
        YAML_FLOW_MAP_END,
        YAML_FLOW_ENTRY,
        YAML_KEY,
        YAML_VALUE,
        YAML_ALIAS,
        YAML_ANCHOR,
        YAML_TAG,
        YAML_SCALAR,
};

/* What was looked for in a text of `text_len` bytes, from `from` on, and is first at `at`; SIZE_MAX: nowhere. */
struct yaml_found {
        size_t from, at, text_len;
};

struct yaml_tokens {
        enum yaml_token kind; /* of the token at hand */
        struct str text;      /* the whole text */
        size_t from;          /* where in it the library began */
        size_t percent;       /* where the next line begins that looks like a directive and is none */
        size_t tab;           /* a tab that the library must not see; SIZE_MAX most of the time */
        struct yaml_found percents, tabs;
        void *parser, *words, *token, *before;
};

struct yaml_scalar {
        struct str text;
        uint32_t at;   /* the first byte: a quote, the | or > of a block, or the first letter */
        uint32_t end;  /* behind the last */
        bool is_plain; /* without quotes and not a block */
        bool is_block; /* `text` is not known: yaml_block.h reads it */
};

struct yaml_problem {
        uint32_t at;
        const char *message;
};

/* Begins at the offset `from`; the first token is at hand. Before the first time everything is zero. The text must be UTF-8, or
 * the library may never come back. */
void yaml_tokens_open(struct yaml_tokens *tokens, struct str text, size_t from);

/* Gives back what the library took. Fits CLEANUP(). */
void yaml_tokens_close(struct yaml_tokens *tokens);

/* On to the next token. */
void yaml_tokens_next(struct yaml_tokens *tokens);

/* Where the token at hand begins; the end of the text when there is none. */
uint32_t yaml_tokens_at(const struct yaml_tokens *tokens);

/* Where the token before it ends: the place of a value that is not there. */
uint32_t yaml_tokens_end_before(const struct yaml_tokens *tokens);

/* The scalar at hand. What is not a slice of the text is copied to the arena. */
void yaml_tokens_scalar(struct yaml_tokens *tokens, struct arena *arena, struct yaml_scalar *out);

/* The name of the anchor or alias at hand, or the whole tag ("tag:yaml.org,2002:str", "!mine"); copied to the arena. */
struct str yaml_tokens_name(struct yaml_tokens *tokens, struct arena *arena);

/* Why there is no token. */
struct yaml_problem yaml_tokens_problem(const struct yaml_tokens *tokens);
