/* cli.c - from the words of a command line to a command with its options. */

#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/words.h"
#include "report/escape.h"

const struct cli_option cli_common_options[] = {
        {"output", 'o', "FORMAT[=FILE]", NULL, "what to print, and where to; repeatable"},
        {"quiet", 'q', NULL, NULL, "print less: one line for each finding, no progress"},
        {"color", 0, "WHEN", "auto always never", "colours: auto, always, never"},
        {"help", 'h', NULL, NULL, "this text"},
};
const size_t cli_common_option_count = COUNT_OF(cli_common_options);

/* Messages quote what came from outside, so they are escaped as reports are. */
static void complain(const char *format, va_list arguments)
{
        CLEANUP(buf_free) struct buf shown = {0};
        char message[2 * ERR_TEXT];
        int length = vsnprintf(message, sizeof(message), format, arguments);

        if (length < 0)
                return;
        buf_add_literal(&shown, "strake: ");
        escape_lines(&shown, (struct str){message, min_size((size_t)length, sizeof(message) - 1)});
        buf_add_char(&shown, '\n');
        fwrite(shown.data, 1, shown.len, stderr);
}

int cli_fail(const struct cli *cli, const char *format, ...)
{
        va_list arguments;

        (void)cli;
        va_start(arguments, format);
        complain(format, arguments);
        va_end(arguments);
        return CLI_WRONG;
}

bool cli_give_up(const struct cli *cli, const char *format, ...)
{
        va_list arguments;

        (void)cli;
        va_start(arguments, format);
        complain(format, arguments);
        va_end(arguments);
        return false;
}

static void point_to_help(const struct cli *cli)
{
        fprintf(stderr, "Help: strake %s%s--help\n", cli->command ? cli->command->name : "", cli->command ? " " : "");
}

int cli_usage(const struct cli *cli, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        complain(format, arguments);
        va_end(arguments);
        point_to_help(cli);
        return CLI_WRONG;
}

bool cli_refuse(const struct cli *cli, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        complain(format, arguments);
        va_end(arguments);
        point_to_help(cli);
        return false;
}

void cli_fail_in(const struct cli *cli, struct str file, uint32_t line, uint32_t column, struct str message)
{
        if (line && column)
                cli_fail(cli, "%.*s:%u:%u: %.*s", STR_ARG(file), line, column, STR_ARG(message));
        else if (line)
                cli_fail(cli, "%.*s:%u: %.*s", STR_ARG(file), line, STR_ARG(message));
        else
                cli_fail(cli, "%.*s: %.*s", STR_ARG(file), STR_ARG(message));
}

int cli_nothing(void)
{
        fputs("strake: nothing was judged: no Kubernetes object was found\n", stderr);
        return CLI_NOTHING;
}

void cli_words_split(struct arena *arena, const char *text, struct cli_words *out)
{
        struct str rest = str_of(text), word;

        while (str_split(&rest, ' ', &word))
                *vec_push(arena, &out->words) = word;
}

struct str cli_did_you_mean(struct arena *arena, struct str word, const struct cli_words *words, const char *before)
{
        struct str meant = str_nearest(word, words->words.items, words->words.count);

        if (!meant.len)
                return STR("");
        return str_format(arena, "; did you mean %s%.*s?", before, STR_ARG(meant));
}

bool cli_check_word(struct cli *cli, const char *what, struct str word, const char *words)
{
        struct cli_words known = {0};
        CLEANUP(buf_free) struct buf list = {0};

        cli_words_split(&cli->arena, words, &known);
        for (size_t i = 0; i < known.words.count; i++) {
                if (str_equal(known.words.items[i], word))
                        return true;
                buf_add(&list, i ? STR(", ") : STR(""));
                buf_add(&list, known.words.items[i]);
        }
        return cli_refuse(cli, "%s cannot be \"%.*s\"%.*s (%.*s)", what, STR_ARG(word),
                          STR_ARG(cli_did_you_mean(&cli->arena, word, &known, "")), STR_ARG(buf_text(&list)));
}

void cli_each_option(const struct cli_command *command, cli_option_visit *each, void *context)
{
        for (size_t i = 0; i < command->option_count; i++)
                each(context, &command->options[i]);
        for (size_t i = command->formats ? 0 : 1; i < cli_common_option_count; i++)
                each(context, &cli_common_options[i]);
}

struct option_search {
        struct str name; /* or, if it is empty, */
        char letter;
        const struct cli_option *found;
};

static void match_option(void *context, const struct cli_option *option)
{
        struct option_search *search = context;

        if (search->name.len ? str_equal(search->name, str_of(option->name)) : search->letter == option->letter)
                search->found = search->found ? search->found : option;
}

static void collect_option(void *context, const struct cli_option *option)
{
        void **where = context;
        struct cli_words *words = where[1];

        *vec_push((struct arena *)where[0], &words->words) = str_of(option->name);
}

static bool refuse_option(struct cli *cli, struct str name)
{
        struct cli_words words = {0};

        cli_each_option(cli->command, collect_option, (void *[]){&cli->arena, &words});
        return cli_refuse(cli, "there is no option --%.*s%.*s", STR_ARG(name),
                          STR_ARG(cli_did_you_mean(&cli->arena, name, &words, "--")));
}

static bool add_output(struct cli *cli, struct str value)
{
        struct cli_output output = {0};
        struct str rest = value;

        str_split(&rest, '=', &output.format);
        output.file = rest.data ? rest : STR("");
        TRY(cli_check_word(cli, "-o", output.format, cli->command->formats));
        if (rest.data && !rest.len)
                return cli_refuse(cli, "-o %.*s names no file behind the =", STR_ARG(value));
        for (size_t i = 0; i < cli->outputs.count; i++)
                if (str_equal(cli->outputs.items[i].file, output.file))
                        return cli_refuse(cli, "two outputs for %s: give each its own file, -o FORMAT=FILE",
                                          output.file.len ? output.file.data : "standard output");
        *vec_push(&cli->arena, &cli->outputs) = output;
        return true;
}

static bool take_option(struct cli *cli, const struct cli_option *option, struct str value)
{
        if (option->words && (option->argument || value.len)
            && !cli_check_word(cli, str_format(&cli->arena, "--%s", option->name).data, value, option->words))
                return false;
        if (option == &cli_common_options[0])
                return add_output(cli, value);
        *vec_push(&cli->arena, &cli->given) = (struct cli_given){option, value};
        return true;
}

/* The words that are still to be parsed. */
struct words {
        char **at, **end;
};

static bool take_value(struct cli *cli, struct words *words, const struct cli_option *option, struct str shown)
{
        if (words->at == words->end)
                return cli_refuse(cli, "%.*s needs a value: %s", STR_ARG(shown), option->argument);
        return take_option(cli, option, str_of(*words->at++));
}

static bool take_long(struct cli *cli, struct words *words, struct str word)
{
        struct option_search search = {0};
        struct str value = str_from(word, 2);

        str_split(&value, '=', &search.name);
        if (search.name.len)
                cli_each_option(cli->command, match_option, &search);
        if (!search.found)
                return refuse_option(cli, search.name);
        if (search.found->argument)
                return value.data ? take_option(cli, search.found, value) : take_value(cli, words, search.found, word);
        if (value.data && !search.found->words)
                return cli_refuse(cli, "--%s takes no value", search.found->name);
        return take_option(cli, search.found, value);
}

/* "-o json", "-ojson"; several switches behind one dash do not exist. */
static bool take_short(struct cli *cli, struct words *words, struct str word)
{
        struct option_search search = {.letter = word.data[1]};

        cli_each_option(cli->command, match_option, &search);
        if (!search.found || (word.len > 2 && !search.found->argument))
                return cli_refuse(cli, "there is no option %.*s", STR_ARG(word));
        if (!search.found->argument)
                return take_option(cli, search.found, STR(""));
        return word.len > 2 ? take_option(cli, search.found, str_from(word, 2))
                            : take_value(cli, words, search.found, word);
}

static bool take_words(struct cli *cli, struct words words)
{
        bool only_operands = false;

        while (words.at < words.end) {
                struct str word = str_of(*words.at++);

                if (only_operands || word.len < 2 || word.data[0] != '-')
                        *vec_push(&cli->arena, &cli->operands) = word;
                else if (str_is(word, "--"))
                        only_operands = true;
                else
                        TRY(word.data[1] == '-' ? take_long(cli, &words, word) : take_short(cli, &words, word));
        }
        return true;
}

static bool check_operands(struct cli *cli)
{
        const struct cli_command *command = cli->command;
        size_t count = cli->operands.count;

        if (count < command->least_operands)
                return cli_refuse(cli, "%s needs %s", command->name, command->operands);
        if (count > command->most_operands)
                return cli_refuse(cli, "%s: \"%.*s\" is one word too many", command->name,
                                  STR_ARG(cli->operands.items[command->most_operands]));
        for (size_t i = 0; command->operand_words && i < count; i++)
                TRY(cli_check_word(cli, command->operands, cli->operands.items[i], command->operand_words));
        return true;
}

static bool use_color(const struct cli *cli)
{
        struct str when = cli_text(cli, "color");
        const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");

        if (when.len && !str_is(when, "auto"))
                return str_is(when, "always");
        return !(no_color && *no_color) && terminal && strcmp(terminal, "dumb") != 0 && isatty(STDOUT_FILENO);
}

/* The help of the command, or of the whole program. */
static void add_help(struct buf *out, const struct cli *cli)
{
        if (cli->command)
                cli_help(out, cli, cli->command);
        else
                cli_overview(out, cli);
}

static void print_help(struct cli_writer *to, void *what)
{
        (void)what;
        add_help(&to->text, to->cli);
}

static int show_help(struct cli *cli)
{
        return cli_print(cli, &(struct cli_output){0}, print_help, NULL) ? CLI_OK : CLI_WRONG;
}

static int run_command(struct cli *cli, struct words words)
{
        const struct cli_command *command = cli->command;

        for (char **word = words.at; word < words.end && strcmp(*word, "--") != 0; word++)
                if (strcmp(*word, "--help") == 0 || strcmp(*word, "-h") == 0)
                        return show_help(cli);
        if (!take_words(cli, words) || !check_operands(cli))
                return CLI_WRONG;
        cli->output_given = cli->outputs.count > 0;
        if (!cli->outputs.count && command->formats) {
                struct str formats = str_of(command->formats), first = {0};

                str_split(&formats, ' ', &first);
                *vec_push(&cli->arena, &cli->outputs) = (struct cli_output){.format = first};
        }
        cli->quiet = cli_has(cli, "quiet");
        cli->color = use_color(cli);
        return command->run(cli);
}

const struct cli_command *cli_find_command(const struct cli *cli, struct str name)
{
        for (size_t i = 0; i < cli->command_count; i++)
                if (str_equal(str_of(cli->commands[i]->name), name))
                        return cli->commands[i];
        return NULL;
}

/* The names of commands below a group, without the group's name; without a group the first words of all. */
static void names_below(struct cli *cli, const struct cli_command *group, struct cli_words *out)
{
        struct str prefix = group ? str_format(&cli->arena, "%s ", group->name) : STR("");

        for (size_t i = 0; i < cli->command_count; i++) {
                struct str name = str_of(cli->commands[i]->name);

                if (str_starts(name, prefix) && str_find(name, STR(" "), prefix.len) == SIZE_MAX)
                        *vec_push(&cli->arena, &out->words) = str_from(name, prefix.len);
        }
}

static int fail_unknown_command(struct cli *cli, struct str word)
{
        const struct cli_command *group = cli->command;
        struct cli_words names = {0};

        names_below(cli, group, &names);
        return cli_usage(cli, "%s%sthere is no command \"%.*s\"%.*s", group ? group->name : "", group ? ": " : "",
                         STR_ARG(word), STR_ARG(cli_did_you_mean(&cli->arena, word, &names, "")));
}

/* Finds the command that the first words name and moves behind them; false if a word is missing or wrong. */
static bool take_command(struct cli *cli, struct words *words)
{
        struct str name = STR("");

        while (words->at < words->end && (!cli->command || !cli->command->run) && **words->at != '-') {
                struct str word = str_of(*words->at);
                const struct cli_command *found;

                name = str_format(&cli->arena, "%.*s%s%.*s", STR_ARG(name), name.len ? " " : "", STR_ARG(word));
                found = cli_find_command(cli, name);
                if (!found) {
                        fail_unknown_command(cli, word);
                        return false;
                }
                cli->command = found;
                words->at++;
        }
        return true;
}

static bool is_one_of(struct words words, const char *one, const char *other)
{
        return words.at < words.end && (strcmp(*words.at, one) == 0 || strcmp(*words.at, other) == 0);
}

static int run_words(struct cli *cli, struct words words)
{
        CLEANUP(buf_free) struct buf help = {0};

        if (is_one_of(words, "--version", "-V"))
                *words.at = (char *)"version";
        if (!take_command(cli, &words))
                return CLI_WRONG;
        if (cli->command && cli->command->run)
                return run_command(cli, words);
        if (is_one_of(words, "--help", "-h"))
                return show_help(cli);
        if (words.at < words.end)
                return cli_usage(cli, "\"%s\" stands where a command was expected", *words.at);
        add_help(&help, cli);
        fprintf(stderr, "strake: %s%swhich command?\n\n%.*s", cli->command ? cli->command->name : "",
                cli->command ? ": " : "", STR_ARG(buf_text(&help)));
        return CLI_WRONG;
}

int cli_main(int count, char **words, const struct cli_command *const *commands, size_t command_count)
{
        struct cli cli = {.commands = commands, .command_count = command_count};
        int status = run_words(&cli, (struct words){words + (count > 0), words + count});

        arena_free(&cli.arena);
        return status;
}
