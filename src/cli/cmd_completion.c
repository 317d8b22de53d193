/* cmd_completion.c - strake completion: scripts for shells, made of the same tables as the help. */

#include "cli/commands.h"
#include "cli/words.h"
#include "rulebook/rulebook.h"

/* What the functions below print from. */
struct script {
        struct buf *out;
        const struct cli *cli;
        const char *rules; /* the ids of Strake's own rules, with spaces between */
        const struct cli_command *command;
        void (*print)(const struct script *script, const struct cli_option *option);
};

static void print_option(void *context, const struct cli_option *option)
{
        const struct script *script = context;

        script->print(script, option);
}

/* Calls `print` for each option of a command. */
static void each_option(const struct script *script, const struct cli_command *command,
                        void (*print)(const struct script *script, const struct cli_option *option))
{
        struct script one = *script;

        one.command = command;
        one.print = print;
        cli_each_option(command, print_option, &one);
}

/* The values that completion offers for an option; NULL: none, or files. */
static const char *option_words(const struct script *script, const struct cli_option *option)
{
        if (option == &cli_common_options[0])
                return script->command->formats;
        if (option->argument && strcmp(option->argument, "RULE,...") == 0)
                return script->rules;
        return option->words;
}

static const char *operand_words(const struct script *script, const struct cli_command *command)
{
        return command->operands && strstr(command->operands, "RULE...") ? script->rules : command->operand_words;
}

static const char *rule_ids(struct arena *arena)
{
        CLEANUP(buf_free) struct buf ids = {0};

        for (size_t i = 0; i < rulebook_builtin_count; i++) {
                buf_add(&ids, i ? STR(" ") : STR(""));
                buf_add(&ids, rulebook_builtin[i].id);
        }
        return str_copy(arena, buf_text(&ids)).data;
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

/* bash */

static void bash_name(const struct script *script, const struct cli_option *option)
{
        buf_add_format(script->out, "--%s ", option->name);
}

static void bash_values(const struct script *script, const struct cli_option *option)
{
        const char *words = option_words(script, option);

        if (!words)
                return;
        buf_add_format(script->out, "    \"%s --%s\"", script->command->name, option->name);
        if (option->letter)
                buf_add_format(script->out, " | \"%s -%c\"", script->command->name, option->letter);
        buf_add_format(script->out, ") words=\"%s\" ;;\n", words);
}

/* The word at hand, the one before it (around a "=", which bash parts off), and the command: two words below a group. */
static void bash_begin(const struct script *script)
{
        buf_add_literal(script->out,
                        "# bash completion for strake: source <(strake completion bash)\n"
                        "_strake() {\n"
                        "    local current=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\" "
                        "words=\"\" command=\"\"\n"
                        "    if [ \"$current\" = = ]; then\n"
                        "        current=\"\"\n"
                        "    elif [ \"$before\" = = ]; then\n"
                        "        before=\"${COMP_WORDS[COMP_CWORD-2]}\"\n"
                        "    fi\n"
                        "    case \"${COMP_WORDS[1]}\" in\n");
        for (size_t i = 0; i < script->cli->command_count; i++)
                if (!script->cli->commands[i]->run)
                        buf_add_format(script->out, "    %s) command=\"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" ;;\n",
                                       script->cli->commands[i]->name);
        buf_add_literal(script->out, "    *) command=\"${COMP_WORDS[1]}\" ;;\n    esac\n");
}

static void bash_options(const struct script *script)
{
        const struct cli *cli = script->cli;

        buf_add_literal(script->out, "    case \"$command $before\" in\n");
        for (size_t i = 0; i < cli->command_count; i++)
                if (cli->commands[i]->run)
                        each_option(script, cli->commands[i], bash_values);
        buf_add_literal(script->out, "    esac\n    if [ -z \"$words\" ] && [[ \"$current\" == -* ]]; then\n"
                                     "        case \"$command\" in\n");
        for (size_t i = 0; i < cli->command_count; i++)
                if (cli->commands[i]->run) {
                        buf_add_format(script->out, "        \"%s\") words=\"", cli->commands[i]->name);
                        each_option(script, cli->commands[i], bash_name);
                        buf_add_literal(script->out, "\" ;;\n");
                }
        buf_add_literal(script->out, "        esac\n");
}

static void bash_operands(const struct script *script)
{
        const struct cli *cli = script->cli;

        buf_add_literal(script->out, "    elif [ -z \"$words\" ]; then\n        case \"$COMP_CWORD $command\" in\n"
                                     "        \"1 \"*) words=\"");
        add_names(script->out, cli, STR(""));
        buf_add_literal(script->out, "\" ;;\n");
        for (size_t i = 0; i < cli->command_count; i++) {
                const char *words = operand_words(script, cli->commands[i]);

                if (words)
                        buf_add_format(script->out, "        *\" %s\") words=\"%s\" ;;\n", cli->commands[i]->name,
                                       words);
                if (cli->commands[i]->run)
                        continue;
                buf_add_format(script->out, "        \"2 %s \"*) words=\"", cli->commands[i]->name);
                add_names(script->out, cli, str_of(cli->commands[i]->name));
                buf_add_literal(script->out, "\" ;;\n");
        }
        buf_add_literal(script->out, "        esac\n    fi\n");
}

static void print_bash(const struct script *script)
{
        bash_begin(script);
        bash_options(script);
        bash_operands(script);
        buf_add_literal(script->out, "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n}\n"
                                     "complete -o default -F _strake strake kubectl-strake\n");
}

/* Text in single quotes of a shell; what would end them is left out. */
static void add_quoted(struct buf *out, const char *text, const char *without)
{
        for (; *text; text++)
                if (!strchr(without, *text))
                        buf_add_char(out, *text);
}

/* zsh */

static void zsh_spelling(const struct script *script, const struct cli_option *option)
{
        const char *words = option_words(script, option);

        buf_add_char(script->out, '[');
        add_quoted(script->out, option->about, "'[]:");
        buf_add_char(script->out, ']');
        if (option->argument && words)
                buf_add_format(script->out, ":value:(%s)", words);
        else if (option->argument)
                buf_add_literal(script->out, ":value:_files");
        buf_add_literal(script->out, "' \\\n");
}

static void zsh_option(const struct script *script, const struct cli_option *option)
{
        buf_add_format(script->out, "            '*--%s%s", option->name, option->argument ? "=" : "");
        zsh_spelling(script, option);
        if (!option->letter)
                return;
        buf_add_format(script->out, "            '*-%c%s", option->letter, option->argument ? "+" : "");
        zsh_spelling(script, option);
}

static void zsh_names(const struct script *script, struct str group)
{
        const struct cli *cli = script->cli;

        for (size_t i = 0; i < cli->command_count; i++)
                if (str_equal(group_of(cli->commands[i]), group)) {
                        buf_add_format(script->out, "            '%.*s:", STR_ARG(last_word(cli->commands[i])));
                        add_quoted(script->out, cli->commands[i]->about, "':");
                        buf_add_literal(script->out, "'\n");
                }
}

static void zsh_command(const struct script *script, const struct cli_command *command)
{
        const char *words = operand_words(script, command);

        buf_add_format(script->out, "    '%s')\n", command->name);
        if (!command->run) {
                buf_add_literal(script->out, "        commands=(\n");
                zsh_names(script, str_of(command->name));
                buf_add_literal(script->out, "        )\n        _describe command commands ;;\n");
                return;
        }
        buf_add_literal(script->out, "        _arguments -s \\\n");
        each_option(script, command, zsh_option);
        if (words)
                buf_add_format(script->out, "            '*:operand:(%s)' ;;\n", words);
        else
                buf_add_literal(script->out, "            '*:operand:_files' ;;\n");
}

static void print_zsh(const struct script *script)
{
        struct buf *out = script->out;
        const struct cli *cli = script->cli;

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
        zsh_names(script, STR(""));
        buf_add_literal(out, "        )\n        _describe command commands ;;\n");
        for (size_t i = 0; i < cli->command_count; i++)
                zsh_command(script, cli->commands[i]);
        buf_add_literal(out, "    esac\n}\nif [ \"${funcstack[1]}\" = _strake ]; then\n    _strake \"$@\"\nelse\n"
                             "    compdef _strake strake kubectl-strake\nfi\n");
}

/* fish */

/* When a command is at hand, as a condition. */
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

static void fish_option(const struct script *script, const struct cli_option *option)
{
        const char *words = option_words(script, option);

        fish_condition(script->out, script->command);
        buf_add_format(script->out, " -l %s", option->name);
        if (option->letter)
                buf_add_format(script->out, " -s %c", option->letter);
        if (option->argument && words)
                buf_add_format(script->out, " -x -a '%s'", words);
        else if (option->argument)
                buf_add_literal(script->out, " -r");
        buf_add_literal(script->out, " -d '");
        add_quoted(script->out, option->about, "'");
        buf_add_literal(script->out, "'\n");
}

static void fish_name(const struct script *script, const struct cli_command *command)
{
        struct buf *out = script->out;
        struct str group = group_of(command);

        if (!group.len)
                buf_add_literal(out, "complete -c strake -f -n __fish_use_subcommand");
        else {
                buf_add_format(out,
                               "complete -c strake -f -n '__fish_seen_subcommand_from %.*s; and not "
                               "__fish_seen_subcommand_from ",
                               STR_ARG(group));
                add_names(out, script->cli, group);
                buf_add_literal(out, "'");
        }
        buf_add_format(out, " -a %.*s -d '", STR_ARG(last_word(command)));
        add_quoted(out, command->about, "'");
        buf_add_literal(out, "'\n");
}

static void print_fish(const struct script *script)
{
        buf_add_literal(script->out, "# fish completion for strake: strake completion fish | source\n");
        for (size_t i = 0; i < script->cli->command_count; i++) {
                const struct cli_command *command = script->cli->commands[i];
                const char *words = operand_words(script, command);

                fish_name(script, command);
                if (words) {
                        fish_condition(script->out, command);
                        buf_add_format(script->out, " -f -a '%s'\n", words);
                }
                if (command->run)
                        each_option(script, command, fish_option);
        }
}

static int run(struct cli *cli)
{
        CLEANUP(buf_free) struct buf out = {0};
        struct str shell = cli->operands.items[0];
        const struct script script = {.out = &out, .cli = cli, .rules = rule_ids(&cli->arena)};

        if (str_is(shell, "bash"))
                print_bash(&script);
        else if (str_is(shell, "zsh"))
                print_zsh(&script);
        else
                print_fish(&script);
        return cli_print_text(cli, buf_text(&out), CLI_OK);
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
