/* cel.h - the Common Expression Language: from text to a program, from a program and variables to a value.
 *
 * A pipeline of plain files: lex.c (text to tokens), parse.c (tokens to a tree, macros expanded), check.c (types, overloads),
 * compile.c (tree to bytecode), run.c (bytecode to a value), lib_*.c (functions). Follows the language definition of
 * github.com/google/cel-spec (doc/langdef.md) with the extensions of cel-go's ext package and those of Kubernetes 1.37.
 *
 * An environment is made once and not changed while programs of it are compiled or run. A program is immutable and may run in
 * many threads at once, each with its own struct cel_frame. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "doc/value.h"

struct cel_env;
struct cel_library;
struct cel_program;

struct cel_variable {
        struct str name; /* may have dots: "a.b.c" */
        struct str type; /* as in library.h: "dyn", "list(int)", … */
};

struct cel_settings {
        const struct cel_variable *variables; /* their order is that of cel_frame.variables */
        size_t variable_count;
        struct str container; /* namespace of the expression, "" for none */
        const struct cel_library
                *functions; /* further functions, NULL for none; one without code can only be checked */
        bool core_only;     /* without the extension libraries */
        bool without_macros;
        bool without_check; /* parse only: unknown names and types fail when run */
};

/* The environment, in the arena. NULL with `err` when a type of a variable cannot be read. */
struct cel_env *cel_env_new(struct arena *arena, const struct cel_settings *settings, struct err *err);

/* Compiles an expression; NULL with `err` (line and column in the expression) when it is wrong. Program and everything that it
 * needs live in the arena. `text` must outlive the program. */
struct cel_program *cel_compile(struct arena *arena, const struct cel_env *env, struct str text, struct err *err);

/* The checked type of the result, as text: "list(int)", "dyn". */
struct str cel_result_type(struct arena *arena, const struct cel_program *program);

/* What one thread needs to run programs. `arena` receives what is computed and may be reset between runs. */
struct cel_frame {
        struct arena *arena;
        const struct value *variables; /* one for each of the environment, in its order */
        uint64_t budget;               /* units that one run may cost, as Kubernetes counts; 0: CEL_DEFAULT_BUDGET */
        uint64_t spent;                /* out: what the last run cost */

        /* Of cel_run_many(), which sets them. */
        uint64_t present;
        struct cel_verdict *verdicts;
        size_t verdict_count;
};

enum { CEL_DEFAULT_BUDGET = 1000000 };

/* Runs a program. False with `err` when it fails (no such key, overflow, budget used up, …). */
bool cel_run(const struct cel_program *program, struct cel_frame *frame, struct value *result, struct err *err);

/* Runs a program that gives a boolean; anything else is a failure. The quick way through for rules. */
bool cel_run_bool(const struct cel_program *program, struct cel_frame *frame, bool *result, struct err *err);

/* The value of a program as JSON on one line: bytes as base64, durations and timestamps as text, types by name, maps with keys
 * of any kind by the text of their keys. False with `err` for what JSON cannot say. */
bool cel_print_json(struct buf *out, const struct value *value, struct err *err);
