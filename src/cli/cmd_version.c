/* cmd_version.c - strake version. */

#include "cli/commands.h"
#include "rulebook/rulebook.h"

static int run(struct cli *cli)
{
        CLEANUP(buf_free) struct buf out = {0};

        buf_add_literal(&out, "strake " STRAKE_VERSION "\n");
        buf_add_literal(&out, "built with " STRAKE_LIBRARIES ", " STRAKE_COMPILER "\n");
        buf_add_format(&out, "%zu rules, up to Kubernetes 1.%d\n", rulebook_builtin_count, KUBERNETES_NEWEST_MINOR);
        return cli_print(cli, buf_text(&out), CLI_OK);
}

static const char *const examples[][2] = {{"strake version", "which Strake this is, and what it was built with"}};

const struct cli_command command_version = {
        .name = "version",
        .about = "print the version, and what it was built with",
        .examples = examples,
        .example_count = COUNT_OF(examples),
        .formats = "text",
        .run = run,
};
