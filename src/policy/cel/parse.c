/* parse.c - tokens to a tree, by recursive descent along the grammar of doc/langdef.md, "Syntax". What the grammar repeats is a
 * loop here, so that only what is nested for the eye takes stack. */

#include "doc/source.h"
#include "policy/cel/parse.h"

#include <stdarg.h>
#include <stdio.h>

bool cel_err_at(struct err *err, struct str text, uint32_t at, const char *format, ...)
{
        struct place place = place_in(text, at);
        char message[ERR_TEXT];
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(message, sizeof(message), format, arguments);
        va_end(arguments);
        return err_set_at(err, place.line, place.column, "%s", message);
}

struct cel_node *cel_new_node(struct cel_parser *parser, enum cel_node_kind kind, uint32_t at)
{
        struct cel_node *node;

        if (++parser->nodes > CEL_MOST_NODES) {
                cel_err_at(parser->err, parser->lexer.text, at, "the expression has more than %d parts",
                           CEL_MOST_NODES);
                return NULL;
        }
        node = arena_new(parser->arena, struct cel_node);
        node->kind = kind;
        node->at = at;
        node->type = &cel_types[CEL_TYPE_DYN];
        return node;
}

struct cel_node *cel_new_call(struct cel_parser *parser, uint32_t at, struct str name, bool is_method,
                              struct cel_node *const *arguments, size_t count)
{
        struct cel_node *node = cel_new_node(parser, CEL_CALL, at);

        TRY(node);
        node->call.name = name;
        node->call.is_method = is_method;
        node->call.arguments = arena_array(parser->arena, struct cel_node *, count);
        node->call.count = count;
        for (size_t i = 0; i < count; i++)
                TRY(node->call.arguments[i] = arguments[i]);
        return node;
}

struct cel_node *cel_new_name(struct cel_parser *parser, uint32_t at, struct str name)
{
        struct cel_node *node = cel_new_node(parser, CEL_NAME, at);

        TRY(node);
        node->name.text = name;
        return node;
}

static struct cel_node *new_operation(struct cel_parser *parser, uint32_t at, struct str name,
                                      enum cel_operator operator, struct cel_node * const * arguments, size_t count)
{
        struct cel_node *node = cel_new_call(parser, at, name, false, arguments, count);

        TRY(node);
        node->call.operator= operator;
        return node;
}

static bool advance(struct cel_parser *parser)
{
        return cel_lex(&parser->lexer, &parser->token);
}

static bool is_next(const struct cel_parser *parser, enum cel_token_kind kind)
{
        return parser->token.kind == kind;
}

/* Words of other languages for what has a sign in this one. */
static const char *sign_for(struct str word)
{
        if (str_is(word, "and") || str_is(word, "AND"))
                return ": did you mean '&&'?";
        if (str_is(word, "or") || str_is(word, "OR"))
                return ": did you mean '||'?";
        return "";
}

/* Says that something else should stand here. `wanted` reads on: "a value". */
static bool fail_here(struct cel_parser *parser, const char *wanted)
{
        const struct cel_token *token = &parser->token;

        if (token->kind == CEL_TOKEN_END)
                return cel_err_at(parser->err, parser->lexer.text, token->at,
                                  "the expression ends where %s is expected", wanted);
        if (token->kind == CEL_TOKEN_NAME && token->is_reserved)
                return cel_err_at(parser->err, parser->lexer.text, token->at,
                                  "'%.*s' is a reserved word; %s is expected here", STR_ARG(token->text), wanted);
        return cel_err_at(parser->err, parser->lexer.text, token->at, "'%.*s' stands where %s is expected%s",
                          STR_ARG(str_sub(parser->lexer.text, token->at, min_size(token->end, token->at + 40U))),
                          wanted, token->kind == CEL_TOKEN_NAME ? sign_for(token->text) : "");
}

static bool expect(struct cel_parser *parser, enum cel_token_kind kind, const char *wanted)
{
        return is_next(parser, kind) ? advance(parser) : fail_here(parser, wanted);
}

/* Expects what closes the bracket that opened at `opened`. */
static bool expect_close(struct cel_parser *parser, enum cel_token_kind kind, uint32_t opened)
{
        struct place place;
        char wanted[80];

        if (is_next(parser, kind))
                return advance(parser);
        place = place_in(parser->lexer.text, opened);
        snprintf(wanted, sizeof(wanted), "'%c' for the '%c' at %" PRIu32 ":%" PRIu32,
                 kind == CEL_TOKEN_CLOSE        ? ')'
                 : kind == CEL_TOKEN_CLOSE_LIST ? ']'
                                                : '}',
                 parser->lexer.text.data[opened], place.line, place.column);
        return fail_here(parser, wanted);
}

static struct cel_node *parse_expression(struct cel_parser *parser);

/* [?x], {?k: v}, a.?b, a[?k] come with the optional types. */
static bool take_question(struct cel_parser *parser, bool *is_optional)
{
        *is_optional = is_next(parser, CEL_TOKEN_QUESTION);
        if (!*is_optional)
                return true;
        if (parser->env->settings.core_only)
                return cel_err_at(parser->err, parser->lexer.text, parser->token.at,
                                  "'?' marks an optional value here, but this environment has no optional values");
        return advance(parser);
}

static struct cel_node *parse_constant(struct cel_parser *parser, struct value value, uint32_t at)
{
        struct cel_node *node = cel_new_node(parser, CEL_CONSTANT, at);

        TRY(node);
        node->constant = value;
        TRY(advance(parser));
        return node;
}

/* A number; `sign` is where its minus stands, UINT32_MAX if it has none. */
static struct cel_node *parse_number(struct cel_parser *parser, uint32_t sign)
{
        const struct cel_token *token = &parser->token;
        bool is_negative = sign != UINT32_MAX;
        uint32_t at = is_negative ? sign : token->at;

        if (token->kind == CEL_TOKEN_DOUBLE)
                return parse_constant(parser, value_double(is_negative ? -token->value.d : token->value.d), at);
        if (token->value.u > (uint64_t)INT64_MAX + is_negative) {
                cel_err_at(parser->err, parser->lexer.text, at, "the number %s%.*s is too large for an int",
                           is_negative ? "-" : "", STR_ARG(token->text));
                return NULL;
        }
        return parse_constant(parser, value_int((int64_t)(is_negative ? 0 - token->value.u : token->value.u)), at);
}

struct operands {
        VEC(struct cel_node *) of;
};

/* What stands between the parentheses of a call, the closing one included. */
static bool parse_arguments(struct cel_parser *parser, struct operands *arguments)
{
        uint32_t opened = parser->token.at;

        TRY(advance(parser));
        if (is_next(parser, CEL_TOKEN_CLOSE))
                return advance(parser);
        for (;;) {
                struct cel_node *argument = parse_expression(parser);

                TRY(argument);
                *vec_push(parser->arena, &arguments->of) = argument;
                if (!is_next(parser, CEL_TOKEN_COMMA))
                        return expect_close(parser, CEL_TOKEN_CLOSE, opened);
                TRY(advance(parser));
        }
}

/* A call whose name has been read, at `at`. */
static struct cel_node *parse_call(struct cel_parser *parser, struct str name, uint32_t at, struct cel_node *receiver)
{
        struct cel_node *node = cel_new_node(parser, CEL_CALL, at);
        struct operands arguments = {{0}};

        TRY(node);
        if (receiver)
                *vec_push(parser->arena, &arguments.of) = receiver;
        TRY(parse_arguments(parser, &arguments));
        node->call.name = name;
        node->call.is_method = receiver != NULL;
        node->call.arguments = arguments.of.items;
        node->call.count = arguments.of.count;
        TRY(cel_expand_macro(parser, &node));
        return node;
}

/* A name or a call of a function, with a dot in front if it is absolute. */
static struct cel_node *parse_name(struct cel_parser *parser)
{
        uint32_t at = parser->token.at;
        bool is_absolute = is_next(parser, CEL_TOKEN_DOT);
        struct cel_node *node;
        struct str name;

        if (is_absolute)
                TRY(advance(parser));
        if (!is_next(parser, CEL_TOKEN_NAME) || parser->token.is_reserved) {
                fail_here(parser, is_absolute ? "a name" : "a value");
                return NULL;
        }
        name = parser->token.text;
        TRY(advance(parser));
        if (is_next(parser, CEL_TOKEN_OPEN))
                return parse_call(parser, is_absolute ? str_format(parser->arena, ".%.*s", STR_ARG(name)) : name, at,
                                  NULL);
        node = cel_new_name(parser, at, name);
        TRY(node);
        node->name.is_absolute = is_absolute;
        return node;
}

static bool parse_elements(struct cel_parser *parser, struct cel_node *node, enum cel_token_kind close)
{
        VEC(struct cel_element) elements = {0};
        uint32_t opened = parser->token.at;

        TRY(advance(parser));
        if (is_next(parser, CEL_TOKEN_COMMA)) /* the grammar has it: [,] is empty */
                return advance(parser) && expect_close(parser, close, opened);
        while (!is_next(parser, close)) {
                struct cel_element element = {0};

                TRY(take_question(parser, &element.is_optional));
                TRY(element.value = parse_expression(parser));
                if (close == CEL_TOKEN_CLOSE_MAP) {
                        element.key = element.value;
                        TRY(expect(parser, CEL_TOKEN_COLON, "':' and the value of this key"));
                        TRY(element.value = parse_expression(parser));
                }
                *vec_push(parser->arena, &elements) = element;
                if (!is_next(parser, CEL_TOKEN_COMMA))
                        break;
                TRY(advance(parser));
        }
        TRY(expect_close(parser, close, opened));
        node->list.elements = elements.items;
        node->list.count = elements.count;
        return true;
}

static struct cel_node *parse_collection(struct cel_parser *parser, enum cel_node_kind kind, enum cel_token_kind close)
{
        struct cel_node *node = cel_new_node(parser, kind, parser->token.at);

        TRY(node && parse_elements(parser, node, close));
        return node;
}

static struct cel_node *parse_primary(struct cel_parser *parser)
{
        uint32_t at = parser->token.at;
        struct cel_node *node;

        switch (parser->token.kind) {
        case CEL_TOKEN_LITERAL:
                return parse_constant(parser, parser->token.value, at);
        case CEL_TOKEN_INT:
        case CEL_TOKEN_DOUBLE:
                return parse_number(parser, UINT32_MAX);
        case CEL_TOKEN_OPEN_LIST:
                return parse_collection(parser, CEL_LIST, CEL_TOKEN_CLOSE_LIST);
        case CEL_TOKEN_OPEN_MAP:
                return parse_collection(parser, CEL_MAP, CEL_TOKEN_CLOSE_MAP);
        case CEL_TOKEN_OPEN:
                TRY(advance(parser));
                node = parse_expression(parser);
                TRY(node && expect_close(parser, CEL_TOKEN_CLOSE, at));
                return node;
        default:
                return parse_name(parser);
        }
}

static bool fail_field(struct cel_parser *parser)
{
        const struct cel_token *token = &parser->token;
        bool is_word =
                token->kind == CEL_TOKEN_IN || (token->kind == CEL_TOKEN_LITERAL && token->value.kind <= VALUE_BOOL);

        if (!is_word)
                return fail_here(parser, "the name of a field or method");
        return cel_err_at(parser->err, parser->lexer.text, token->at,
                          "'%.*s' cannot stand behind a dot: write ['%.*s']", STR_ARG(token->text),
                          STR_ARG(token->text));
}

/* Behind a dot: a field, or a method that is called. */
static struct cel_node *parse_selection(struct cel_parser *parser, struct cel_node *operand)
{
        struct cel_token token;
        struct cel_node *node;
        bool is_optional;

        TRY(advance(parser));
        TRY(take_question(parser, &is_optional));
        token = parser->token;
        if (token.kind != CEL_TOKEN_NAME && token.kind != CEL_TOKEN_QUOTED_NAME) {
                fail_field(parser);
                return NULL;
        }
        TRY(advance(parser));
        if (is_next(parser, CEL_TOKEN_OPEN) && token.kind == CEL_TOKEN_NAME && !is_optional)
                return parse_call(parser, token.text, token.at, operand);
        node = cel_new_node(parser, CEL_SELECT, token.at);
        TRY(node);
        node->select.operand = operand;
        node->select.field = token.text;
        node->select.key = intern(token.text);
        node->select.kind = is_optional ? CEL_SELECT_OPTIONAL : CEL_SELECT_PLAIN;
        return node;
}

static struct cel_node *parse_index(struct cel_parser *parser, struct cel_node *operand)
{
        uint32_t at = parser->token.at;
        struct cel_node *index;
        bool is_optional;

        TRY(advance(parser));
        TRY(take_question(parser, &is_optional));
        index = parse_expression(parser);
        TRY(index && expect_close(parser, CEL_TOKEN_CLOSE_LIST, at));
        return new_operation(parser, at,
                             is_optional ? STR("_[?_]")
                                         : STR("_[_]"), is_optional ? CEL_OPERATOR_OPTIONAL_INDEX : CEL_OPERATOR_INDEX,
                                               (struct cel_node *[]){operand, index}, 2);
}

/* Whether a node is a.b.c; then where it begins. */
static bool is_path(const struct cel_node *node, uint32_t *at)
{
        while (node->kind == CEL_SELECT && node->select.kind == CEL_SELECT_PLAIN)
                node = node->select.operand;
        *at = node->at;
        return node->kind == CEL_NAME;
}

static bool parse_fields(struct cel_parser *parser)
{
        uint32_t opened = parser->token.at;
        bool is_optional;

        TRY(advance(parser));
        while (!is_next(parser, CEL_TOKEN_CLOSE_MAP)) {
                TRY(take_question(parser, &is_optional));
                if (!is_next(parser, CEL_TOKEN_NAME) && !is_next(parser, CEL_TOKEN_QUOTED_NAME))
                        return fail_here(parser, "the name of a field");
                TRY(advance(parser) && expect(parser, CEL_TOKEN_COLON, "':' and the value of this field"));
                TRY(parse_expression(parser));
                if (!is_next(parser, CEL_TOKEN_COMMA))
                        break;
                TRY(advance(parser));
        }
        return expect_close(parser, CEL_TOKEN_CLOSE_MAP, opened);
}

/* Type{field: value}. There are no message types here; what stands for it says so. */
static struct cel_node *parse_message(struct cel_parser *parser, uint32_t at)
{
        struct str name = str_trim(str_sub(parser->lexer.text, at, parser->token.at));
        struct cel_node *node = cel_new_node(parser, CEL_FAIL, at);

        TRY(node && parse_fields(parser));
        node->fail.message =
                str_format(parser->arena, "unknown message type '%.*s': only lists and maps can be made here",
                           STR_ARG(str_sub(name, 0, 200)));
        return node;
}

static struct cel_node *parse_member(struct cel_parser *parser, struct cel_node *node)
{
        uint32_t at;

        while (node) {
                if (is_next(parser, CEL_TOKEN_DOT))
                        node = parse_selection(parser, node);
                else if (is_next(parser, CEL_TOKEN_OPEN_LIST))
                        node = parse_index(parser, node);
                else if (is_next(parser, CEL_TOKEN_OPEN_MAP) && is_path(node, &at))
                        node = parse_message(parser, at);
                else
                        break;
        }
        return node;
}

/* "!!x", "--x": two of them undo each other, as in cel-go. A minus in front of a number belongs to it. */
static struct cel_node *parse_unary(struct cel_parser *parser)
{
        enum cel_token_kind kind = parser->token.kind;
        bool is_not = kind == CEL_TOKEN_NOT;
        uint32_t at = parser->token.at, last = at;
        size_t count = 0;
        struct cel_node *node;

        if (kind != CEL_TOKEN_NOT && kind != CEL_TOKEN_MINUS)
                return parse_member(parser, parse_primary(parser));
        for (; is_next(parser, kind); count++) {
                last = parser->token.at;
                TRY(advance(parser));
        }
        if (is_next(parser, CEL_TOKEN_NOT) || is_next(parser, CEL_TOKEN_MINUS)) {
                if (!is_not || !is_next(parser, CEL_TOKEN_MINUS)) {
                        fail_here(parser, "a value, or '(' to mix '-' and '!',");
                        return NULL;
                }
                last = parser->token.at;
                TRY(advance(parser));
                if (!is_next(parser, CEL_TOKEN_INT) && !is_next(parser, CEL_TOKEN_DOUBLE)) {
                        fail_here(parser, "a number, or '(' to mix '-' and '!',");
                        return NULL;
                }
                node = parse_member(parser, parse_number(parser, last));
        } else if (!is_not && (is_next(parser, CEL_TOKEN_INT) || is_next(parser, CEL_TOKEN_DOUBLE))) {
                node = parse_member(parser, parse_number(parser, last));
                count--;
        } else {
                node = parse_member(parser, parse_primary(parser));
        }
        TRY(node);
        if (count % 2 == 0)
                return node;
        return new_operation(parser, at,
                             is_not ? STR("!_") : STR("-_"), is_not ? CEL_OPERATOR_NOT : CEL_OPERATOR_NEGATE, &node, 1);
}

/* Operators with two sides that group from the left; a higher level binds more tightly. */
static const struct {
        uint8_t level, operator;
        struct str name;
} binaries[CEL_TOKEN_COUNT] = {
        [CEL_TOKEN_IN] = {1, CEL_OPERATOR_IN, STR_INIT("@in")},
        [CEL_TOKEN_EQUAL] = {1, CEL_OPERATOR_EQUAL, STR_INIT("_==_")},
        [CEL_TOKEN_NOT_EQUAL] = {1, CEL_OPERATOR_NOT_EQUAL, STR_INIT("_!=_")},
        [CEL_TOKEN_LESS] = {1, CEL_OPERATOR_LESS, STR_INIT("_<_")},
        [CEL_TOKEN_LESS_EQUAL] = {1, CEL_OPERATOR_LESS_EQUAL, STR_INIT("_<=_")},
        [CEL_TOKEN_GREATER] = {1, CEL_OPERATOR_GREATER, STR_INIT("_>_")},
        [CEL_TOKEN_GREATER_EQUAL] = {1, CEL_OPERATOR_GREATER_EQUAL, STR_INIT("_>=_")},
        [CEL_TOKEN_PLUS] = {2, CEL_OPERATOR_ADD, STR_INIT("_+_")},
        [CEL_TOKEN_MINUS] = {2, CEL_OPERATOR_SUBTRACT, STR_INIT("_-_")},
        [CEL_TOKEN_TIMES] = {3, CEL_OPERATOR_MULTIPLY, STR_INIT("_*_")},
        [CEL_TOKEN_DIVIDE] = {3, CEL_OPERATOR_DIVIDE, STR_INIT("_/_")},
        [CEL_TOKEN_MODULO] = {3, CEL_OPERATOR_MODULO, STR_INIT("_%_")},
};

static struct cel_node *parse_binary(struct cel_parser *parser, unsigned level)
{
        struct cel_node *left = parse_unary(parser), *right;

        while (left && binaries[parser->token.kind].level >= level) {
                enum cel_token_kind kind = parser->token.kind;
                uint32_t at = parser->token.at;

                TRY(advance(parser));
                TRY(right = parse_binary(parser, binaries[kind].level + 1U));
                left = new_operation(parser, at, binaries[kind].name,
                                     binaries[kind].operator,(struct cel_node *[]){left, right}, 2);
        }
        return left;
}

/* A chain of && or of ||, and where its operators stand. */
struct chain {
        struct str name;
        enum cel_operator operator;
        struct operands operands;
        VEC(uint32_t) places;
};

/* A tree of the operands from `begin` to before `end` that is no deeper than it must be: chains have thousands of them. */
static struct cel_node *balance(struct cel_parser *parser, const struct chain *chain, size_t begin, size_t end)
{
        size_t middle = begin + (end - begin + 1) / 2;
        struct cel_node *sides[2];

        if (end - begin == 1)
                return chain->operands.of.items[begin];
        TRY(sides[0] = balance(parser, chain, begin, middle));
        TRY(sides[1] = balance(parser, chain, middle, end));
        return new_operation(parser, chain->places.items[middle - 1], chain->name, chain->operator, sides, 2);
}

static struct cel_node *parse_chain(struct cel_parser *parser, enum cel_token_kind kind)
{
        bool is_and = kind == CEL_TOKEN_AND;
        struct chain chain = {is_and ? STR("_&&_")
                                     : STR("_||_"), is_and ? CEL_OPERATOR_AND : CEL_OPERATOR_OR, {{0}}, {0}};
        struct cel_node *node;

        for (;;) {
                node = is_and ? parse_binary(parser, 1) : parse_chain(parser, CEL_TOKEN_AND);
                TRY(node);
                if (!is_next(parser, kind) && chain.operands.of.count == 0)
                        return node;
                *vec_push(parser->arena, &chain.operands.of) = node;
                if (!is_next(parser, kind))
                        return balance(parser, &chain, 0, chain.operands.of.count);
                *vec_push(parser->arena, &chain.places) = parser->token.at;
                TRY(advance(parser));
        }
}

static struct cel_node *parse_conditional(struct cel_parser *parser)
{
        struct cel_node *sides[3];
        uint32_t at;

        TRY(sides[0] = parse_chain(parser, CEL_TOKEN_OR));
        if (!is_next(parser, CEL_TOKEN_QUESTION))
                return sides[0];
        at = parser->token.at;
        TRY(advance(parser));
        TRY(sides[1] = parse_chain(parser, CEL_TOKEN_OR));
        if (is_next(parser, CEL_TOKEN_QUESTION)) {
                fail_here(parser, "':', or parentheses around the ?: within a ?:,");
                return NULL;
        }
        TRY(expect(parser, CEL_TOKEN_COLON, "':' and the other value of the '?'"));
        TRY(sides[2] = parse_expression(parser));
        return new_operation(parser, at, STR("_?_:_"), CEL_OPERATOR_CONDITIONAL, sides, 3);
}

static struct cel_node *parse_expression(struct cel_parser *parser)
{
        struct cel_node *node;

        if (parser->depth == CEL_MOST_DEPTH) {
                cel_err_at(parser->err, parser->lexer.text, parser->token.at,
                           "the expression is nested more than %d deep", CEL_MOST_DEPTH);
                return NULL;
        }
        parser->depth++;
        node = parse_conditional(parser);
        parser->depth--;
        return node;
}

static bool check_text(struct str text, struct err *err)
{
        size_t at = utf8_check(str_sub(text, 0, CEL_MOST_TEXT));

        if (text.len > CEL_MOST_TEXT)
                return err_set(err, "the expression has %zu bytes; more than %d are not read", text.len, CEL_MOST_TEXT);
        return at == text.len || cel_err_at(err, text, (uint32_t)at, "the expression is no valid UTF-8");
}

bool cel_parse(struct arena *arena, const struct cel_env *env, struct str text, struct cel_tree *out, struct err *err)
{
        struct cel_parser parser = {.arena = arena, .env = env, .lexer = {arena, text, 0, err}, .err = err};

        *out = (struct cel_tree){.text = text};
        TRY(check_text(text, err));
        TRY(advance(&parser));
        if (is_next(&parser, CEL_TOKEN_END))
                return cel_err_at(err, text, parser.token.at, "the expression is empty");
        TRY(out->root = parse_expression(&parser));
        return is_next(&parser, CEL_TOKEN_END) || fail_here(&parser, "an operator or the end");
}
