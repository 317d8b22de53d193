/* cmd_help.c - strake help [COMMAND]. */

#include "cli/commands.h"
#include "cli/words.h"

/* The command that the operands name; NULL after saying that there is none. */
static const struct cli_command *find_command(struct cli *cli)
{
        CLEANUP(buf_free) struct buf name = {0};
        const struct cli_command *command;
        struct cli_words names = {0};

        for (size_t i = 0; i < cli->operands.count; i++) {
                buf_add(&name, i ? STR(" ") : STR(""));
                buf_add(&name, cli->operands.items[i]);
        }
        command = cli_find_command(cli, buf_text(&name));
        for (size_t i = 0; i < cli->command_count && !command; i++)
                *vec_push(&cli->arena, &names.words) = str_of(cli->commands[i]->name);
        if (!command)
                cli_fail(cli, "there is no command \"%.*s\"%.*s", STR_ARG(buf_text(&name)),
                         STR_ARG(cli_did_you_mean(&cli->arena, buf_text(&name), &names, "")));
        return command;
}

static void print(struct cli_writer *to, void *what)
{
        const struct cli_command *command = *(const struct cli_command **)what;
        bool man = str_is(to->format, "man");

        if (man && command)
                cli_man(&to->text, to->cli, command);
        else if (man)
                cli_man_overview(&to->text, to->cli);
        else if (command)
                cli_help(&to->text, to->cli, command);
        else
                cli_overview(&to->text, to->cli);
}

static int run(struct cli *cli)
{
        const struct cli_command *command = NULL;

        if (cli->operands.count && !(command = find_command(cli)))
                return CLI_WRONG;
        return cli_print_all(cli, print, &command) ? CLI_OK : CLI_WRONG;
}

static const char *const examples[][2] = {
        {"strake help", "all commands"},
        {"strake help scan", "one command, the same as strake scan --help"},
        {"strake help -o man=strake-scan.1 scan", "the same as a manual page"},
};

const struct cli_command command_help = {
        .name = "help",
        .about = "show what a command does and which options it has",
        .operands = "[COMMAND]",
        .most_operands = 2,
        .examples = examples,
        .example_count = COUNT_OF(examples),
        .formats = "text man",
        .run = run,
};
