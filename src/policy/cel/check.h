/* check.h - what the parts of the checker share: check.c walks the tree, check_names.c finds what names mean, check_calls.c
 * picks overloads. */
#pragma once

#include "policy/cel/env.h"

/* A local that can be seen. */
struct cel_scope {
        struct str name;
        const struct cel_type *type;
        uint32_t index;
};

struct cel_checker {
        struct arena *arena;
        const struct cel_env *env;
        struct cel_tree *tree;
        struct err *err;
        bool is_lenient; /* without_check: everything is dyn, what is wrong fails when it runs */
        uint32_t depth;
        struct cel_bindings bindings;
        VEC(struct cel_scope) scopes; /* innermost last */
        VEC(struct cel_node *) open;  /* nodes whose types may have parameters in them */
};

/* Checks a node and everything below it (check.c). */
bool cel_check_node(struct cel_checker *checker, struct cel_node *node);

void cel_set_type(struct cel_checker *checker, struct cel_node *node, const struct cel_type *type);

/* What is known of a node's type. */
const struct cel_type *cel_node_type(struct cel_checker *checker, const struct cel_node *node);

/* Something wrong at a node: an error, or, where nothing is checked, a node that fails when it is run. */
bool cel_check_fail(struct cel_checker *checker, struct cel_node *node, const char *format, ...) PRINTF_LIKE(3, 4);

/* Finds what a name means. */
bool cel_check_name(struct cel_checker *checker, struct cel_node *node);

/* Finds what the longest beginning of a.b.c means that is a name by itself; the node is changed where it stands. Paths that
 * begin otherwise than with a name are left alone. */
bool cel_check_path(struct cel_checker *checker, struct cel_node *node);

/* Whether "a.b" in front of a method's name makes the full name of a function: then that is what is called. */
void cel_check_namespace(struct cel_checker *checker, struct cel_node *call);

/* The overloads of a function as seen from the container, or from the root; *name becomes the full name. */
const struct cel_signature *const *cel_check_functions(struct cel_checker *checker, struct str *name, bool is_absolute,
                                                       size_t *count);

bool cel_check_call(struct cel_checker *checker, struct cel_node *node);
