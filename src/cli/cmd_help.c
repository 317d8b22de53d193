/* cmd_help.c - strake help [COMMAND]. */

#include "cli/commands.h"
#include "cli/words.h"

static int run(struct cli *cli)
{
        CLEANUP(buf_free) struct buf name = {0}, out = {0};
        const struct cli_command *command;

        if (!cli->operands.count) {
                cli_overview(&out, cli);
                return cli_print(cli, buf_text(&out), CLI_OK);
        }
        for (size_t i = 0; i < cli->operands.count; i++) {
                buf_add(&name, i ? STR(" ") : STR(""));
                buf_add(&name, cli->operands.items[i]);
        }
        command = cli_find_command(cli, buf_text(&name));
        if (!command) {
                struct cli_words names = {0};

                for (size_t i = 0; i < cli->command_count; i++)
                        *vec_push(&cli->arena, &names.words) = str_of(cli->commands[i]->name);
                return cli_fail(cli, "there is no command \"%.*s\"%.*s", STR_ARG(buf_text(&name)),
                                STR_ARG(cli_did_you_mean(&cli->arena, buf_text(&name), &names, "")));
        }
        cli_help(&out, cli, command);
        return cli_print(cli, buf_text(&out), CLI_OK);
}

static const char *const examples[][2] = {
        {"strake help", "all commands"},
        {"strake help scan", "one command, the same as strake scan --help"},
};

const struct cli_command command_help = {
        .name = "help",
        .about = "show what a command does and which options it has",
        .operands = "[COMMAND]",
        .most_operands = 2,
        .examples = examples,
        .example_count = COUNT_OF(examples),
        .formats = "text",
        .run = run,
};
