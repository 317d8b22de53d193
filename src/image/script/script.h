/* script.h - reading the commands of a shell script, as the RUN of a Dockerfile has them, and the history of an image (POSIX.1-2017,
 * Shell Command Language).
 *
 * Not a shell: nothing is expanded or run, and what is in a branch that is never taken counts as well. Every simple command
 * is found, in the order in which they begin to run: in lists, pipelines, groups, subshells, branches, loops, functions and
 * substitutions; in the script behind `sh -c`; behind `sudo`, `env`, `xargs` and their like; and in here-documents that a
 * script is fed with. Words come without quotes; what would be expanded stays as it is written.
 *
 * What cannot be read is never passed over in silence: `fault` says why, and the commands before it are there. */
#pragma once

#include "base/vec.h"
#include "image/script/pieced.h"

struct script_word {
        struct str text;            /* without quotes */
        struct str raw;             /* with them */
        uint32_t at;                /* in the source */
        bool dynamic;               /* something in it is expanded: a variable, a substitution */
        const struct piece *pieces; /* where the text comes from */
        size_t piece_count;
};

struct script_redirect {
        struct str sign; /* ">", ">>", "2>", "<", "<<", … */
        struct script_word target;
};

/* An option of a command, as its program would read it. */
struct script_option {
        struct str name;  /* "-y", "--yes"; the letters of "-yq" each by itself */
        struct str value; /* empty if it takes none */
};

struct script_command {
        struct str name; /* of the program, without its folder; empty if only variables are set, or nobody can say */
        struct str text; /* as it is written */
        uint32_t at;
        VEC(struct script_word) words;   /* the first is the program */
        VEC(struct script_word) assigns; /* NAME=VALUE in front */
        VEC(struct script_redirect) redirects;
        struct str verb; /* "install" of apt-get, for programs that have such words */
        VEC(struct script_option) options;
        VEC(struct script_word) operands; /* other words, the verb not among them */
        struct str after;                 /* the operator in front: "", "&&", "||", "|", ";", "&"; a line end is ";" */
        VEC(struct str) fed;              /* programs whose output it reads, or runs */
        bool runs_next;                   /* the next command is one that its words name: of sudo, env, xargs */
        bool wrapped;                     /* that is such a one */
        bool as_root;                     /* behind sudo, doas or su */
};

struct script {
        VEC(struct script_command) commands;
        const char *fault; /* why not all could be read; NULL: it could */
        uint32_t fault_at;
        bool too_large; /* the fault is a limit */
        size_t words;   /* of all commands */
};

/* The body of a here-document that stands behind the script and not in it. */
struct script_body {
        struct pieced text;
};

enum {
        SCRIPT_DEPTH = 40,         /* substitutions, subshells, scripts in words */
        SCRIPT_COMMANDS = 4000,    /* of one script */
        SCRIPT_WORDS = 20000,      /* of its commands; those of `sudo a b` count for sudo and for a */
        SCRIPT_FED = 16,           /* programs before one in a pipeline that are told */
        SCRIPT_OPTION_BYTES = 100, /* longer ones are no option of anything */
};

/* Reads a script; commands are added. All memory comes from the arena, texts may point into the script. */
void script_read(struct arena *arena, const struct pieced *script, const struct script_body *bodies, size_t body_count,
                 struct script *out);

/* Reads one command whose words are there already: the exec form of RUN. */
void script_read_words(struct arena *arena, const struct script_word *words, size_t count, struct str text,
                       struct script *out);

/* Whether a program is a shell that understands POSIX scripts. */
bool script_is_posix_shell(struct str program);

/* --- what is known of programs (programs.c) --- */

struct script_program {
        struct str name;
        bool has_verb;
        struct str valued; /* options that take a value, between spaces */
};

/* NULL if nothing is known of it. */
const struct script_program *script_program(struct str name);

/* A program that runs the program that its operands name: how many operands stand in front of it, or -1. */
int script_wrapper(struct str name);

/* The part of a path behind its last slash. */
struct str program_base_name(struct str path);
