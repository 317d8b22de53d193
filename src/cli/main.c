/* main.c - the table of commands: what Strake can do. The order is that of `strake help`. */

#include "cli/commands.h"

/* clang-format off: a command a line */
static const struct cli_command *const commands[] = {
        &command_scan,          &command_fix,           &command_snapshot,       &command_paths,
        &command_graph,         &command_image,         &command_image_list,     &command_image_lint,
        &command_image_diff,    &command_image_version, &command_image_sbom,     &command_image_cvss,
        &command_access,        &command_access_can_i,  &command_access_who_can, &command_access_explain,
        &command_access_matrix, &command_access_diff,   &command_access_unused,  &command_access_from_audit,
        &command_access_certs,  &command_lsp,           &command_policy,         &command_policy_eval,
        &command_rules,         &command_rules_list,    &command_rules_show,     &command_rules_test,
        &command_rules_export,  &command_rules_bench,   &command_completion,     &command_version,
        &command_help,
};
/* clang-format on */

int main(int argc, char **argv)
{
        return cli_main(argc, argv, commands, COUNT_OF(commands));
}
