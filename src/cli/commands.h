/* commands.h - the commands, one cmd_*.c each (a group of small ones together). */
#pragma once

#include "cli/cli.h"

extern const struct cli_command command_scan, command_fix;
extern const struct cli_command command_access, command_access_can_i, command_access_who_can, command_access_explain;
extern const struct cli_command command_access_from_audit;
extern const struct cli_command command_policy, command_policy_eval;
extern const struct cli_command command_rules, command_rules_list, command_rules_show, command_rules_test;
extern const struct cli_command command_rules_export;
extern const struct cli_command command_image, command_image_list, command_image_diff;
extern const struct cli_command command_completion, command_version, command_help;
