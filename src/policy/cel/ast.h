/* ast.h - the tree of an expression: made by parse.c, completed by check.c, read by compile.c.
 *
 * Macros are gone from it: a comprehension is a LOOP of a kind, cel.bind() and cel.block() are LETs. After checking, every
 * name is resolved to a variable, a local or a type, every call knows the overloads that may serve it, and every node has a
 * type. What cannot be resolved in an expression that is not checked becomes a FAIL, which fails when it is evaluated. */
#pragma once

#include "policy/cel/cel.h"
#include "policy/cel/library.h"

enum cel_type_kind {
        CEL_TYPE_DYN,
        CEL_TYPE_NULL,
        CEL_TYPE_BOOL,
        CEL_TYPE_INT,
        CEL_TYPE_UINT,
        CEL_TYPE_DOUBLE,
        CEL_TYPE_STRING,
        CEL_TYPE_BYTES,
        CEL_TYPE_DURATION,
        CEL_TYPE_TIMESTAMP,
        CEL_TYPE_TYPE,     /* one parameter: of what; or none */
        CEL_TYPE_LIST,     /* one parameter */
        CEL_TYPE_MAP,      /* two */
        CEL_TYPE_OPTIONAL, /* one */
        CEL_TYPE_OPAQUE,   /* by name, with any number */
        CEL_TYPE_PARAMETER /* by name: T, K, V of a signature, or one that checking made up */
};

struct cel_type {
        enum cel_type_kind kind;
        struct str name; /* of CEL_TYPE_OPAQUE and CEL_TYPE_PARAMETER */
        const struct cel_type *const *parameters;
        size_t parameter_count;
};

/* One overload of a function, its signature understood. */
struct cel_signature {
        struct str name; /* "size", "charAt", "ip.isCanonical", "_+_" */
        bool is_method;  /* parameters[0] is the receiver */
        const struct cel_type *const *parameters;
        size_t parameter_count;
        const struct cel_type *result;
        cel_function *function; /* NULL: declared only, or the compiler's own business (&&, ?:, …) */
};

/* Operators are functions with names of CEL's own; compile.c treats them one by one. */
enum cel_operator {
        CEL_OPERATOR_NONE,           /* a function that is called by name */
        CEL_OPERATOR_AND,            /* _&&_ */
        CEL_OPERATOR_OR,             /* _||_ */
        CEL_OPERATOR_NOT,            /* !_ */
        CEL_OPERATOR_CONDITIONAL,    /* _?_:_ */
        CEL_OPERATOR_EQUAL,          /* _==_ */
        CEL_OPERATOR_NOT_EQUAL,      /* _!=_ */
        CEL_OPERATOR_LESS,           /* _<_ */
        CEL_OPERATOR_LESS_EQUAL,     /* _<=_ */
        CEL_OPERATOR_GREATER,        /* _>_ */
        CEL_OPERATOR_GREATER_EQUAL,  /* _>=_ */
        CEL_OPERATOR_IN,             /* @in */
        CEL_OPERATOR_ADD,            /* _+_ */
        CEL_OPERATOR_SUBTRACT,       /* _-_ */
        CEL_OPERATOR_MULTIPLY,       /* _*_ */
        CEL_OPERATOR_DIVIDE,         /* _/_ */
        CEL_OPERATOR_MODULO,         /* _%_ */
        CEL_OPERATOR_NEGATE,         /* -_ */
        CEL_OPERATOR_INDEX,          /* _[_] */
        CEL_OPERATOR_OPTIONAL_INDEX, /* _[?_] */
        CEL_OPERATOR_COUNT
};

enum cel_node_kind {
        CEL_CONSTANT, /* a literal, or a type's name: VALUE_TYPE whose object is its struct cel_type */
        CEL_NAME,
        CEL_SELECT, /* operand.field, operand.?field, has(operand.field) */
        CEL_CALL,
        CEL_LIST,
        CEL_MAP,
        CEL_LOOP,
        CEL_LET,
        CEL_FAIL, /* no value: why */
};

enum cel_loop_kind {
        CEL_LOOP_ALL,           /* body: a condition */
        CEL_LOOP_EXISTS,        /* body: a condition */
        CEL_LOOP_EXISTS_ONE,    /* body: a condition */
        CEL_LOOP_FILTER,        /* list of the items (for a map: its keys) for which the condition `body` holds */
        CEL_LOOP_MAP,           /* list of bodies, of the items that pass `filter`; transformList has two variables */
        CEL_LOOP_TRANSFORM_MAP, /* map from the same keys (indexes) to bodies, of those that pass `filter` */
        CEL_LOOP_TRANSFORM_MAP_ENTRY, /* body: a map with what to add; no key twice */
};

enum cel_select_kind {
        CEL_SELECT_PLAIN,
        CEL_SELECT_OPTIONAL, /* operand.?field */
        CEL_SELECT_HAS,      /* has(operand.field) */
};

enum cel_name_kind {
        CEL_NAME_UNRESOLVED,
        CEL_NAME_VARIABLE, /* index: in the environment's variables */
        CEL_NAME_LOCAL,    /* index: a local of a loop or let */
};

struct cel_node;

struct cel_element {
        struct cel_node *key; /* NULL in a list */
        struct cel_node *value;
        bool is_optional; /* [?x], {?k: v} */
};

/* A variable of a loop or let. Locals count from 0 over the whole expression; those that never live at once may share. */
struct cel_local {
        struct str name; /* data NULL: there is none */
        uint32_t index;
};

struct cel_node {
        enum cel_node_kind kind;
        uint32_t at;                 /* byte offset in the expression, for messages */
        const struct cel_type *type; /* set by check.c; dyn where nothing is known */
        union {
                struct value constant;
                struct {
                        struct str text;
                        bool is_absolute; /* .name */
                        enum cel_name_kind kind;
                        uint32_t index;
                } name;
                struct {
                        struct cel_node *operand;
                        struct str field;
                        uint32_t key; /* the field, interned */
                        enum cel_select_kind kind;
                } select;
                struct {
                        struct str name; /* as written, or qualified by check.c: "base64.encode", "_+_" */
                        enum cel_operator operator;
                        bool is_method; /* arguments[0] is the receiver */
                        struct cel_node **arguments;
                        size_t count;
                        /* Set by check.c: the overloads that fit what is known of the arguments, at least one. */
                        const struct cel_signature *const *candidates;
                        size_t candidate_count;
                } call;
                struct {
                        struct cel_element *elements;
                        size_t count;
                } list; /* also of CEL_MAP */
                struct {
                        enum cel_loop_kind kind;
                        struct cel_node *range;
                        struct cel_local first, second; /* item; or index and item, key and value */
                        struct cel_node *filter;        /* may be NULL */
                        struct cel_node *body;
                } loop;
                struct {
                        struct cel_local local;
                        struct cel_node *value, *body; /* a value that fails does so only where the local is used */
                } let;
                struct {
                        struct str message;
                } fail;
        };
};

struct cel_tree {
        struct str text;
        struct cel_node *root;
        uint32_t local_count; /* set by check.c */
};

enum {
        CEL_MOST_DEPTH = 250,    /* nested nodes; more is an error, not a full stack */
        CEL_MOST_TEXT = 1 << 20, /* bytes of an expression */
        CEL_MOST_NODES = 200000, /* of one tree */
};

/* Text to a tree, macros expanded; `err` has line and column (from 1, code points) in the text. */
bool cel_parse(struct arena *arena, const struct cel_env *env, struct str text, struct cel_tree *out, struct err *err);

/* Resolves names and overloads and finds every node's type. */
bool cel_check(struct arena *arena, const struct cel_env *env, struct cel_tree *tree, struct err *err);

/* Sets an error at a node's place in the text. */
bool cel_err_at(struct err *err, struct str text, uint32_t at, const char *format, ...) PRINTF_LIKE(4, 5);

/* What an environment knows (env.c). The standard library and the extensions come from libraries.c. */
struct cel_env {
        struct cel_settings settings;
        const struct cel_type *const *variable_types; /* one for each of settings.variables */
        struct cel_functions *functions;              /* by name; opaque to all but env.c */
};

/* The overloads of a function by its full name, NULL if there are none; their count. */
const struct cel_signature *const *cel_env_overloads(const struct cel_env *env, struct str name, size_t *count);

/* Reads a type as library.h writes it. */
const struct cel_type *cel_type_read(struct arena *arena, struct str text, struct err *err);

/* "list(map(string, dyn))". */
struct str cel_type_text(struct arena *arena, const struct cel_type *type);

/* The constant types without parameters ("dyn", "int", …), by kind. */
extern const struct cel_type cel_types[];

/* Every library, the language's own first (libraries.c); and every opaque type. */
extern const struct cel_library *const cel_libraries[];
extern const size_t cel_library_count, cel_core_library_count; /* with core_only only the first of them */
extern const struct cel_opaque *const cel_opaques[];
extern const size_t cel_opaque_count;
