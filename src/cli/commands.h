/* commands.h - the commands, one cmd_*.c each (a group of small ones together). */
#pragma once

#include "cli/cli.h"

extern const struct cli_command command_scan;
extern const struct cli_command command_fix;
extern const struct cli_command command_access;
extern const struct cli_command command_access_can_i;
extern const struct cli_command command_access_who_can;
extern const struct cli_command command_access_explain;
extern const struct cli_command command_access_matrix;
extern const struct cli_command command_access_diff;
extern const struct cli_command command_access_unused;
extern const struct cli_command command_snapshot;
extern const struct cli_command command_access_from_audit;
extern const struct cli_command command_access_certs;
extern const struct cli_command command_policy;
extern const struct cli_command command_policy_eval;
extern const struct cli_command command_rules;
extern const struct cli_command command_rules_list;
extern const struct cli_command command_rules_show;
extern const struct cli_command command_rules_test;
extern const struct cli_command command_lsp;
extern const struct cli_command command_paths;
extern const struct cli_command command_graph;
extern const struct cli_command command_rules_export;
extern const struct cli_command command_image, command_image_list, command_image_diff, command_image_sbom;
extern const struct cli_command command_completion, command_version, command_help;
extern const struct cli_command command_image_cvss;
extern const struct cli_command command_image_lint;
extern const struct cli_command command_image_version;
extern const struct cli_command command_rules_bench;
