/* words.h - what the files of the command line share among themselves: words of tables, help, completion. */
#pragma once

#include "cli/cli.h"

struct cli_words {
        VEC(struct str) words;
};

/* The parts of a text between spaces. */
void cli_words_split(struct arena *arena, const char *text, struct cli_words *out);

/* "; did you mean X?" with `before` put before the word, or nothing. */
struct str cli_did_you_mean(struct arena *arena, struct str word, const struct cli_words *words, const char *before);

/* The command with exactly this name, NULL if there is none. */
const struct cli_command *cli_find_command(const struct cli *cli, struct str name);

/* The help of one command or group, and of the whole program. */
void cli_help(struct buf *out, const struct cli *cli, const struct cli_command *command);
void cli_overview(struct buf *out, const struct cli *cli);

/* The same as manual pages: strake-COMMAND(1) and strake(1). */
void cli_man(struct buf *out, const struct cli *cli, const struct cli_command *command);
void cli_man_overview(struct buf *out, const struct cli *cli);

/* Calls `each` for the options of a command, its own and then the common ones that it takes. */
typedef void cli_option_visit(void *context, const struct cli_option *option);
void cli_each_option(const struct cli_command *command, cli_option_visit *each, void *context);
