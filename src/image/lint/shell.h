/* shell.h - the simple commands of a shell script (POSIX.1-2017, XCU 2), as far as one can tell without running it.
 *
 *     apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y curl  →  [apt-get update] [apt-get install -y curl]
 *
 * Words are without their quotes; variables stay as they stand. Commands in $(...), `...` and `sh -c '...'` follow the one in which
 * they stand. Words of control (if, do, ...) and redirections are left out. A script that is none gives what looks like commands. */
#pragma once

#include "base/str.h"
#include "base/vec.h"

struct shell_command {
        const struct str *words; /* at least one */
        size_t word_count;
        const struct str *assignments; /* "NAME=value" before the first word */
        size_t assignment_count;
        struct str
                program; /* the last part of the path that is run, behind sudo, env, exec and the like; may be empty */
        size_t program_at; /* its word */
        bool sudo;
};

enum { SHELL_COMMANDS = 2000, SHELL_WORDS = 20000, SHELL_DEPTH = 16 };

struct shell_script {
        VEC(struct shell_command) commands;
        size_t words;
        bool cut; /* there were more than SHELL_COMMANDS or SHELL_WORDS, or they stood too deep in each other */
};

/* Adds the commands of a text. Everything lies in the arena; words may point into `text`. */
void shell_read(struct arena *arena, struct str text, struct shell_script *out);

/* The words of one line, split at blanks and freed of quotes, as `ENV` and `LABEL` in a Dockerfile have them. */
void shell_words(struct arena *arena, struct str text, const struct str **words, size_t *count);
