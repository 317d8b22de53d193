/* cmd_access.c - strake access: who may do what? */

#include "cli/commands.h"

static const char *const examples[][2] = {
        {"strake access from-audit audit.log --user alice", "the least roles for what alice did"},
};

const struct cli_command command_access = {
        .name = "access",
        .about = "who may do what",
        .examples = examples,
        .example_count = COUNT_OF(examples),
        .formats = "text",
};
