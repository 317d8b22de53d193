/* compile.h - the compiler's state, shared by its files: compile.c (values), condition.c (conditions), loop.c (loops), path.c
 * (which paths are known already), emit.c (instructions, registers, labels).
 *
 * Registers below CEL_PINNED are temporary: given back when the node that took them is done. Those from it on stay as long as
 * what they hold is available: variables, locals, paths that are asked for again. Both become numbers of one row in the end.
 *
 * A path that was computed is available to everything that can only run after it: in the same scope and those within. A scope
 * is what runs only under a condition: the second operand of &&, a branch of ?:, the body of a loop. */
#pragma once

#include "policy/cel/machine.h"

enum {
        CEL_PINNED = 0x8000,
        CEL_MOST_REGISTERS = 0x3f00, /* of either kind */
        CEL_PATH_MOST = 32,          /* keys of a path that is looked at as a whole */
        CEL_MOST_HOISTED = 32,       /* paths computed in front of one loop */
        CEL_MOST_RECURSION = 3000,   /* of the compiler over the tree */
        CEL_PENDING_BITS = 64,
};

/* A node of the tree of all paths: a root or a key of another node. */
struct cel_path_node {
        uint32_t parent, key;
        uint32_t uses;       /* how often it stands in the expression as it is */
        uint32_t children;   /* how many different keys follow it */
        uint16_t available;  /* the register that holds it; 0: none */
        bool is_local;       /* below a local */
        uint32_t condition;  /* the last of many that has it, from 1 */
        uint32_t conditions; /* how many have it */
};

/* A name and the keys that are selected one after the other. */
struct cel_path {
        bool is_local;
        uint32_t root;
        size_t count;
        uint32_t keys[CEL_PATH_MOST];
};

/* Where operands of && or || that fail leave their error, while the others are looked at. */
struct cel_absorb {
        uint32_t label; /* where it goes on when the error does not matter: with false, of || with true */
        uint16_t hold;
        uint64_t bit; /* 0 when there are no bits left: then `hold` itself tells */
        bool is_used;
};

struct cel_compiler {
        struct arena *arena, *scratch; /* for the program; for the compiler */
        const struct cel_env *env;
        struct cel_program *program;
        VEC(struct cel_instruction) code;
        VEC(uint32_t) places;
        VEC(const struct cel_handler *) handlers;
        VEC(struct cel_handler *) all_handlers;
        VEC(uint32_t) labels; /* the instruction they stand before */
        VEC(struct cel_path_node) paths;
        VEC(uint32_t) available; /* nodes of `paths`, in the order in which they were computed */
        VEC(struct cel_variable_use) variables;
        uint32_t *path_slots; /* hash table of `paths`, from 1 */
        size_t path_mask;
        uint16_t *variable_registers; /* by variable; 0: not used */
        uint16_t first_local;         /* the register of local 0 */
        bool *is_live;                /* by local */
        uint16_t temporary, most_temporary, pinned, most_pinned;
        const struct cel_handler *handler; /* of what is emitted now */
        struct cel_absorb *absorb;
        uint32_t condition;   /* of many, from 1; 0: there is one */
        size_t first_failure; /* how much was available when the first instruction that may fail was emitted; SIZE_MAX */
        unsigned bits;        /* of `pending` that are given out */
        uint64_t cost;
        uint32_t at; /* in the text */
        unsigned depth;
        bool is_too_large;
};

/* emit.c */

/* One more instruction; valid until the next. */
struct cel_instruction *cel_emit(struct cel_compiler *c, enum cel_operation operation);

/* The same for one that may fail. */
struct cel_instruction *cel_emit_failing(struct cel_compiler *c, enum cel_operation operation);

/* A condition on a register; may fail. */
struct cel_instruction *cel_emit_if(struct cel_compiler *c, enum cel_operation operation, uint16_t from, uint32_t yes,
                                    uint32_t no);

void cel_emit_jump(struct cel_compiler *c, uint32_t label);
void cel_emit_constant(struct cel_compiler *c, uint16_t to, struct value value);

uint32_t cel_label(struct cel_compiler *c);
void cel_place(struct cel_compiler *c, uint32_t label);

/* Makes a label mean the place of another. */
void cel_alias(struct cel_compiler *c, uint32_t label, uint32_t other);

uint16_t cel_temporary(struct cel_compiler *c, size_t count);
uint16_t cel_pin(struct cel_compiler *c);

/* A place for errors to be held in, for a label. */
struct cel_absorb cel_absorb_at(struct cel_compiler *c, uint32_t label);

/* Fails if an error was held; nothing if none can have been. Gives the bit back if so. */
void cel_emit_check(struct cel_compiler *c, const struct cel_absorb *absorb);

/* What is emitted between the two goes on at `label` when it fails. */
struct cel_guard {
        const struct cel_handler *outer;
        size_t outer_failure;
};

struct cel_guard cel_guard_begin(struct cel_compiler *c, uint32_t label, uint16_t hold, uint64_t bit);
bool cel_guard_end(struct cel_compiler *c, struct cel_guard guard); /* whether anything in it may fail */

/* Turns labels into places and registers into their final numbers. */
void cel_finish(struct cel_compiler *c);

/* path.c */

/* Counts paths and finds the variables of a tree, before anything is compiled. */
void cel_paths_count(struct cel_compiler *c, const struct cel_node *node);

bool cel_path_read(const struct cel_node *node, struct cel_path *path);

/* The same for one that ends in at most CEL_PATH_KEYS optional keys; `plain` is how many keys stand in front of them. */
bool cel_path_read_optional(const struct cel_node *node, struct cel_path *path, size_t *plain);

/* Emits what a path still needs and gives its register; `to` is taken unless the path is kept for others (0: any). */
uint16_t cel_path_register(struct cel_compiler *c, const struct cel_path *path, uint16_t to, bool keep);

/* Goes on at `yes` when a path leads to something. */
void cel_path_has(struct cel_compiler *c, const struct cel_path *path, uint32_t yes, uint32_t no);

/* Emits all paths in a node whose roots are known already, for a loop over it. */
void cel_paths_hoist(struct cel_compiler *c, const struct cel_node *node, unsigned *count);

/* Emits all paths that more than one of many conditions has, but for those that begin in a local. */
void cel_paths_share(struct cel_compiler *c);

/* Ends a scope: what became available in it is so no longer. */
void cel_scope_end(struct cel_compiler *c, size_t available);

/* optional.c */

/* Goes on at `yes`, with what an optional holds in `to`, or at `no`. */
void cel_optional(struct cel_compiler *c, const struct cel_node *node, uint16_t to, uint32_t yes, uint32_t no);

/* optional.hasValue() */
void cel_has_value(struct cel_compiler *c, const struct cel_node *node, uint32_t yes, uint32_t no);

/* Conditions whose first operand is optional.orValue(constant), and such a one that is a bool itself: what the constant comes to
 * is known already. False, with nothing emitted, for other conditions. */
bool cel_default_condition(struct cel_compiler *c, const struct cel_node *node, uint32_t yes, uint32_t no);
bool cel_default_bool(struct cel_compiler *c, const struct cel_node *node, uint32_t yes, uint32_t no);

/* compile.c, condition.c, loop.c */

uint16_t cel_operand(struct cel_compiler *c, const struct cel_node *node);
void cel_value_into(struct cel_compiler *c, const struct cel_node *node, uint16_t to);
void cel_condition(struct cel_compiler *c, const struct cel_node *node, uint32_t yes, uint32_t no);
bool cel_is_condition(const struct cel_node *node);

/* A comparison or search with a constant on the right, of what is in a register instead of its left operand. */
void cel_condition_on(struct cel_compiler *c, const struct cel_node *node, uint16_t from, uint32_t yes, uint32_t no);
void cel_condition_into(struct cel_compiler *c, const struct cel_node *node, uint16_t to);
void cel_loop_condition(struct cel_compiler *c, const struct cel_node *node, uint32_t yes, uint32_t no);
void cel_loop_into(struct cel_compiler *c, const struct cel_node *node, uint16_t to);
void cel_loop_count_into(struct cel_compiler *c, const struct cel_node *node, uint16_t to);
uint16_t cel_local_register(const struct cel_compiler *c, uint32_t index);

/* The let's value goes to its local, which holds the error if it fails. */
void cel_let(struct cel_compiler *c, const struct cel_node *node);

/* A constant list as a set; NULL if its items are not all strings or all ints. */
const struct cel_set *cel_set_new(struct arena *arena, const struct value *list);

/* A constant pattern, compiled; NULL if it is wrong. */
struct cel_pattern *cel_pattern_of(struct cel_compiler *c, struct str text);

/* Whether the one function that a call may mean is this. */
static inline bool cel_calls(const struct cel_node *node, cel_function *function)
{
        return node->kind == CEL_CALL && node->call.candidate_count == 1
               && node->call.candidates[0]->function == function;
}

/* The tree to a program. */
struct cel_program *cel_compile_tree(struct arena *arena, const struct cel_env *env, const struct cel_tree *tree,
                                     struct err *err);

/* Replaces what does not depend on variables by its value (fold.c). */
void cel_fold(struct arena *arena, const struct cel_env *env, struct cel_tree *tree);
