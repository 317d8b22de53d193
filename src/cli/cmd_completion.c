/* cmd_completion.c - strake completion: scripts for shells, made of the same tables as the help. */

#include "cli/commands.h"
#include "cli/words.h"

/* One line of a script for each option of each command; `print` knows the shell. */
struct script {
        struct buf *out;
        const struct cli_command *command;
        void (*print)(struct buf *out, const struct cli_command *command, const struct cli_option *option);
};

static void print_option(void *context, const struct cli_option *option)
{
        struct script *script = context;

        script->print(script->out, script->command, option);
}

static void each_option(struct buf *out, const struct cli_command *command,
                        void (*print)(struct buf *out, const struct cli_command *command,
                                      const struct cli_option *option))
{
        struct script script = {out, command, print};

        cli_each_option(command, print_option, &script);
}

/* The values that completion offers for an option; NULL: none, or files. */
static const char *option_words(const struct cli_command *command, const struct cli_option *option)
{
        return option == &cli_common_options[0] ? command->formats : option->words;
}

/* The last word of a command's name. */
static struct str last_word(const struct cli_command *command)
{
        struct str name = str_of(command->name);
        size_t space = str_find(name, STR(" "), 0);

        return space == SIZE_MAX ? name : str_from(name, space + 1);
}

/* The first word of the name of a command below a group; empty for others. */
static struct str group_of(const struct cli_command *command)
{
        struct str name = str_of(command->name);
        size_t space = str_find(name, STR(" "), 0);

        return space == SIZE_MAX ? STR("") : str_sub(name, 0, space);
}

static void add_names(struct buf *out, const struct cli *cli, struct str group)
{
        for (size_t i = 0; i < cli->command_count; i++)
                if (str_equal(group_of(cli->commands[i]), group)) {
                        buf_add(out, last_word(cli->commands[i]));
                        buf_add_char(out, ' ');
                }
}

static void bash_name(struct buf *out, const struct cli_command *command, const struct cli_option *option)
{
        (void)command;
        buf_add_format(out, "--%s ", option->name);
}

static void bash_values(struct buf *out, const struct cli_command *command, const struct cli_option *option)
{
        const char *words = option_words(command, option);

        if (!words)
                return;
        buf_add_format(out, "        \"%s --%s\"", command->name, option->name);
        if (option->letter)
                buf_add_format(out, " | \"%s -%c\"", command->name, option->letter);
        buf_add_format(out, ") words=\"%s\" ;;\n", words);
}

static void print_bash(struct buf *out, const struct cli *cli)
{
        buf_add_literal(out, "# bash completion for strake: source <(strake completion bash)\n"
                             "_strake() {\n"
                             "    local current=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\" "
                             "words=\"\" command=\"\"\n"
                             "    if [ \"$current\" = = ]; then\n"
                             "        current=\"\"\n"
                             "    elif [ \"$before\" = = ]; then\n"
                             "        before=\"${COMP_WORDS[COMP_CWORD-2]}\"\n"
                             "    fi\n"
                             "    case \"${COMP_WORDS[1]}\" in\n");
        for (size_t i = 0; i < cli->command_count; i++)
                if (!cli->commands[i]->run)
                        buf_add_format(out, "    %s) command=\"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" ;;\n",
                                       cli->commands[i]->name);
        buf_add_literal(out, "    *) command=\"${COMP_WORDS[1]}\" ;;\n    esac\n    case \"$command $before\" in\n");
        for (size_t i = 0; i < cli->command_count; i++)
                if (cli->commands[i]->run)
                        each_option(out, cli->commands[i], bash_values);
        buf_add_literal(out, "    esac\n    if [ -z \"$words\" ] && [ \"$COMP_CWORD\" -eq 1 ]; then\n        words=\"");
        add_names(out, cli, STR(""));
        buf_add_literal(out, "\"\n    elif [ -z \"$words\" ] && [ \"$COMP_CWORD\" -eq 2 ]; then\n        case "
                             "\"${COMP_WORDS[1]}\" in\n");
        for (size_t i = 0; i < cli->command_count; i++) {
                const struct cli_command *command = cli->commands[i];

                if (command->run && !command->operand_words)
                        continue;
                buf_add_format(out, "        %s) words=\"", command->name);
                if (command->operand_words)
                        buf_add(out, str_of(command->operand_words));
                else
                        add_names(out, cli, str_of(command->name));
                buf_add_literal(out, "\" ;;\n");
        }
        buf_add_literal(out, "        esac\n    fi\n    if [ -z \"$words\" ] && [[ \"$current\" == -* ]]; then\n       "
                             " case \"$command\" in\n");
        for (size_t i = 0; i < cli->command_count; i++)
                if (cli->commands[i]->run) {
                        buf_add_format(out, "        \"%s\") words=\"", cli->commands[i]->name);
                        each_option(out, cli->commands[i], bash_name);
                        buf_add_literal(out, "\" ;;\n");
                }
        buf_add_literal(out, "        esac\n    fi\n    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n}\n"
                             "complete -o default -F _strake strake kubectl-strake\n");
}

/* Text in single quotes of a shell; what would end them is left out. */
static void add_quoted(struct buf *out, const char *text, const char *without)
{
        for (; *text; text++)
                if (!strchr(without, *text))
                        buf_add_char(out, *text);
}

static void zsh_spelling(struct buf *out, const struct cli_option *option, const char *words)
{
        buf_add_char(out, '[');
        add_quoted(out, option->about, "'[]:");
        buf_add_char(out, ']');
        if (option->argument && words)
                buf_add_format(out, ":value:(%s)", words);
        else if (option->argument)
                buf_add_literal(out, ":value:_files");
        buf_add_literal(out, "' \\\n");
}

static void zsh_option(struct buf *out, const struct cli_command *command, const struct cli_option *option)
{
        const char *words = option_words(command, option);

        buf_add_format(out, "            '*--%s%s", option->name, option->argument ? "=" : "");
        zsh_spelling(out, option, words);
        if (!option->letter)
                return;
        buf_add_format(out, "            '*-%c%s", option->letter, option->argument ? "+" : "");
        zsh_spelling(out, option, words);
}

static void zsh_names(struct buf *out, const struct cli *cli, struct str group)
{
        for (size_t i = 0; i < cli->command_count; i++)
                if (str_equal(group_of(cli->commands[i]), group)) {
                        buf_add_format(out, "            '%.*s:", STR_ARG(last_word(cli->commands[i])));
                        add_quoted(out, cli->commands[i]->about, "':");
                        buf_add_literal(out, "'\n");
                }
}

static void zsh_command(struct buf *out, const struct cli *cli, const struct cli_command *command)
{
        buf_add_format(out, "    '%s')\n", command->name);
        if (!command->run) {
                buf_add_literal(out, "        commands=(\n");
                zsh_names(out, cli, str_of(command->name));
                buf_add_literal(out, "        )\n        _describe command commands ;;\n");
                return;
        }
        buf_add_literal(out, "        _arguments -s \\\n");
        each_option(out, command, zsh_option);
        if (command->operand_words)
                buf_add_format(out, "            '*:operand:(%s)' ;;\n", command->operand_words);
        else
                buf_add_literal(out, "            '*:operand:_files' ;;\n");
}

static void print_zsh(struct buf *out, const struct cli *cli)
{
        buf_add_literal(
                out,
                "#compdef strake kubectl-strake\n# zsh completion for strake: source <(strake completion zsh)\n"
                "_strake() {\n    local -a commands\n    local command=\"\"\n    if (( CURRENT > 2 )); then\n"
                "        command=\"$words[2]\"\n        shift words; (( CURRENT-- ))\n        case \"$command\" in\n");
        for (size_t i = 0; i < cli->command_count; i++)
                if (!cli->commands[i]->run)
                        buf_add_format(out,
                                       "        %s) if (( CURRENT > 2 )); then command=\"$command $words[2]\"; shift "
                                       "words; (( CURRENT-- )); fi ;;\n",
                                       cli->commands[i]->name);
        buf_add_literal(out, "        esac\n    fi\n    case \"$command\" in\n    '')\n        commands=(\n");
        zsh_names(out, cli, STR(""));
        buf_add_literal(out, "        )\n        _describe command commands ;;\n");
        for (size_t i = 0; i < cli->command_count; i++)
                zsh_command(out, cli, cli->commands[i]);
        buf_add_literal(out, "    esac\n}\nif [ \"${funcstack[1]}\" = _strake ]; then\n    _strake \"$@\"\nelse\n"
                             "    compdef _strake strake kubectl-strake\nfi\n");
}

/* When a command is at hand, as a condition of fish. */
static void fish_condition(struct buf *out, const struct cli_command *command)
{
        struct str group = group_of(command);

        if (group.len)
                buf_add_format(out,
                               "complete -c strake -n '__fish_seen_subcommand_from %.*s; and "
                               "__fish_seen_subcommand_from %.*s'",
                               STR_ARG(group), STR_ARG(last_word(command)));
        else
                buf_add_format(out, "complete -c strake -n '__fish_seen_subcommand_from %s'", command->name);
}

static void fish_option(struct buf *out, const struct cli_command *command, const struct cli_option *option)
{
        const char *words = option_words(command, option);

        fish_condition(out, command);
        buf_add_format(out, " -l %s", option->name);
        if (option->letter)
                buf_add_format(out, " -s %c", option->letter);
        if (option->argument)
                buf_add_format(out, words ? " -x -a '%s'" : " -r", words);
        buf_add_literal(out, " -d '");
        add_quoted(out, option->about, "'");
        buf_add_literal(out, "'\n");
}

static void fish_name(struct buf *out, const struct cli *cli, const struct cli_command *command)
{
        struct str group = group_of(command);

        if (!group.len)
                buf_add_literal(out, "complete -c strake -f -n __fish_use_subcommand");
        else {
                buf_add_format(out,
                               "complete -c strake -f -n '__fish_seen_subcommand_from %.*s; and not "
                               "__fish_seen_subcommand_from ",
                               STR_ARG(group));
                add_names(out, cli, group);
                buf_add_literal(out, "'");
        }
        buf_add_format(out, " -a %.*s -d '", STR_ARG(last_word(command)));
        add_quoted(out, command->about, "'");
        buf_add_literal(out, "'\n");
}

static void print_fish(struct buf *out, const struct cli *cli)
{
        buf_add_literal(out, "# fish completion for strake: strake completion fish | source\n");
        for (size_t i = 0; i < cli->command_count; i++) {
                const struct cli_command *command = cli->commands[i];

                fish_name(out, cli, command);
                if (command->operand_words) {
                        fish_condition(out, command);
                        buf_add_format(out, " -f -a '%s'\n", command->operand_words);
                }
                if (command->run)
                        each_option(out, command, fish_option);
        }
}

static int run(struct cli *cli)
{
        CLEANUP(buf_free) struct buf out = {0};
        struct str shell = cli->operands.items[0];

        if (str_is(shell, "bash"))
                print_bash(&out, cli);
        else if (str_is(shell, "zsh"))
                print_zsh(&out, cli);
        else
                print_fish(&out, cli);
        return cli_print(cli, buf_text(&out), CLI_OK);
}

static const char *const examples[][2] = {
        {"source <(strake completion bash)", "in ~/.bashrc"},
        {"source <(strake completion zsh)", "in ~/.zshrc"},
        {"strake completion fish | source", "in ~/.config/fish/config.fish"},
};

const struct cli_command command_completion = {
        .name = "completion",
        .about = "print a script that completes commands and options in a shell",
        .operands = "SHELL",
        .least_operands = 1,
        .most_operands = 1,
        .operand_words = "bash zsh fish",
        .examples = examples,
        .example_count = COUNT_OF(examples),
        .formats = "text",
        .run = run,
};
