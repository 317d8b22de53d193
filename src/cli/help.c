/* help.c - help texts, made of the tables: what it is for, examples first, then options. One screen each. */

#include "cli/words.h"

enum { OPTION_COLUMN = 36, SHORTEST_COLUMN = 16, WIDTH = 118 };

/* Two columns; what is too long for the second goes on below itself. */
static void add_row(struct buf *out, struct str left, struct str right, size_t column)
{
        size_t begin = 2 + (left.len < column ? column : left.len + 2), at = begin;
        struct str word;

        buf_add_literal(out, "  ");
        buf_add(out, left);
        buf_add_repeat(out, ' ', begin - 2 - left.len);
        while (str_split(&right, ' ', &word)) {
                if (at > begin && at + 1 + word.len > WIDTH) {
                        buf_add_char(out, '\n');
                        buf_add_repeat(out, ' ', begin);
                        at = begin;
                } else if (at > begin) {
                        buf_add_char(out, ' ');
                        at++;
                }
                buf_add(out, word);
                at += word.len;
        }
        buf_add_char(out, '\n');
}

static void add_examples(struct buf *out, const struct cli_command *command)
{
        size_t widest = SHORTEST_COLUMN;

        for (size_t i = 0; i < command->example_count; i++) {
                size_t width = strlen(command->examples[i][0]);

                widest = width > widest ? width : widest;
        }
        for (size_t i = 0; i < command->example_count; i++)
                add_row(out, str_of(command->examples[i][0]), str_of(command->examples[i][1]), widest + 2);
        buf_add_char(out, '\n');
}

static struct str option_words(struct arena *arena, const struct cli_option *option)
{
        char letter[5] = "    ";

        if (option->letter)
                memcpy(letter, (char[]){'-', option->letter, ','}, 3);
        return str_format(arena, "%s--%s%s%s", letter, option->name, option->argument ? " " : "",
                          option->argument ? option->argument : "");
}

struct option_list {
        struct buf *out;
        struct arena arena;
        const struct cli_command *command;
};

static void add_option(void *context, const struct cli_option *option)
{
        struct option_list *list = context;
        struct str about = str_of(option->about);

        if (option == &cli_common_options[0])
                about = str_format(&list->arena, "%s: %s", option->about, list->command->formats);
        add_row(list->out, option_words(&list->arena, option), about, OPTION_COLUMN);
}

static void add_options(struct buf *out, const struct cli_command *command)
{
        struct option_list list = {.out = out, .command = command};

        buf_add_literal(out, "Options\n");
        cli_each_option(command, add_option, &list);
        arena_free(&list.arena);
}

static bool is_listed(const struct cli_command *command, struct str prefix)
{
        return command->run && str_starts(str_of(command->name), prefix);
}

static void add_commands(struct buf *out, const struct cli *cli, struct str prefix)
{
        size_t widest = SHORTEST_COLUMN;

        for (size_t i = 0; i < cli->command_count; i++) {
                size_t width = strlen(cli->commands[i]->name);

                if (is_listed(cli->commands[i], prefix) && width > widest)
                        widest = width;
        }
        for (size_t i = 0; i < cli->command_count; i++) {
                const struct cli_command *command = cli->commands[i];

                if (is_listed(command, prefix))
                        add_row(out, str_of(command->name), str_of(command->about), widest + 2);
        }
}

static void add_group(struct buf *out, const struct cli *cli, const struct cli_command *group)
{
        struct arena scratch = {0};

        buf_add_literal(out, "Commands\n");
        add_commands(out, cli, str_format(&scratch, "%s ", group->name));
        buf_add_format(out, "\nstrake help %s COMMAND tells more about one of them.\n", group->name);
        arena_free(&scratch);
}

void cli_help(struct buf *out, const struct cli *cli, const struct cli_command *command)
{
        buf_add_format(out, "strake %s: %s\n\n", command->name, command->about);
        add_examples(out, command);
        if (!command->run) {
                add_group(out, cli, command);
                return;
        }
        buf_add_format(out, "Usage: strake %s [OPTION...]%s%s\n\n", command->name, command->operands ? " " : "",
                       command->operands ? command->operands : "");
        add_options(out, command);
        if (command->notes)
                buf_add_format(out, "\n%s", command->notes);
}

void cli_overview(struct buf *out, const struct cli *cli)
{
        static const char *const examples[][2] = {
                {"strake scan", "what is wrong in the manifests of the current folder?"},
                {"strake scan -o sarif=strake.sarif deploy/", "the same for code scanning, into a file"},
                {"strake fix --dry-run", "what can be repaired safely, as a diff"},
                {"strake rules show privileged-container", "what a rule says, why, and what repairs it"},
        };
        struct cli_command overview = {.examples = examples, .example_count = COUNT_OF(examples)};

        buf_add_literal(out, "strake: Kubernetes security in one small fast program\n\n");
        add_examples(out, &overview);
        buf_add_literal(out, "Commands\n");
        add_commands(out, cli, STR(""));
        buf_add_literal(out, "\nstrake help COMMAND, or strake COMMAND --help, shows its options.\n");
}
