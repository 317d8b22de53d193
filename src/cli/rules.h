/* rules.h - what the commands of `strake rules` share. */
#pragma once

#include "cli/cli.h"
#include "rulebook/rulebook.h"

/* The rules of Strake and those of --rules; NULL after saying what is wrong. */
struct rulebook *cli_open_book(struct cli *cli);

/* Says that there is no such rule, and which was probably meant. Returns CLI_WRONG. */
int cli_unknown_rule(struct cli *cli, const struct rulebook *book, struct str id);
