/* parse.h - what parse.c and macro.c share: the parser at work, and making nodes. */
#pragma once

#include "base/vec.h"
#include "policy/cel/ast.h"
#include "policy/cel/lex.h"

struct cel_parser {
        struct arena *arena;
        const struct cel_env *env;
        struct cel_lexer lexer;
        struct cel_token token; /* the one that comes next */
        struct err *err;
        uint32_t depth; /* of expressions within expressions */
        uint32_t nodes; /* made so far */
};

/* A node; NULL with the error set when the tree has too many. */
struct cel_node *cel_new_node(struct cel_parser *parser, enum cel_node_kind kind, uint32_t at);

/* A call of a function by its full name, arguments copied. Receivers of methods come first. */
struct cel_node *cel_new_call(struct cel_parser *parser, uint32_t at, struct str name, bool is_method,
                              struct cel_node *const *arguments, size_t count);

struct cel_node *cel_new_name(struct cel_parser *parser, uint32_t at, struct str name);

/* Replaces a call by what its macro stands for. Calls that no macro fits stay as they are. */
bool cel_expand_macro(struct cel_parser *parser, struct cel_node **call);
