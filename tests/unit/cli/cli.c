/* Words to options: what is taken, what is refused, and what is said then. */

#include "tests.h"

/* Prints what it was given, so that tests can look at it. */
static int run(struct cli *cli)
{
        CLEANUP(buf_free) struct buf out = {0};
        uint64_t number = 7;
        size_t count;
        const struct str *list = cli_list(cli, "only", true, &count);

        if (!cli_number(cli, "number", 1, 100, &number))
                return CLI_WRONG;
        buf_add_format(&out, "level=%.*s number=%" PRIu64 " quiet=%d color=%d only=", STR_ARG(cli_text(cli, "level")),
                       number, cli->quiet, cli->color);
        for (size_t i = 0; i < count; i++)
                buf_add_format(&out, "%.*s;", STR_ARG(list[i]));
        buf_add_literal(&out, " operands=");
        for (size_t i = 0; i < cli->operands.count; i++)
                buf_add_format(&out, "%.*s;", STR_ARG(cli->operands.items[i]));
        buf_add_literal(&out, " outputs=");
        for (size_t i = 0; i < cli->outputs.count; i++)
                buf_add_format(&out, "%.*s>%.*s;", STR_ARG(cli->outputs.items[i].format),
                               STR_ARG(cli->outputs.items[i].file));
        return cli_print_text(cli, buf_text(&out), cli_has(cli, "no") ? CLI_NO : CLI_OK);
}

static const char *const examples[][2] = {{"strake look", "look around"}};

static const struct cli_option options[] = {
        {"level", 'l', "LEVEL", "high low", "how high"},
        {"only", 0, "NAME,...", NULL, "only these"},
        {"number", 0, "N", NULL, "how many"},
        {"no", 0, NULL, NULL, "say no"},
};

static const struct cli_command command_look = {
        .name = "look",
        .about = "look at things",
        .operands = "[THING...]",
        .most_operands = 2,
        .examples = examples,
        .example_count = COUNT_OF(examples),
        .options = options,
        .option_count = COUNT_OF(options),
        .formats = "text json",
        .notes = "Notes.\n",
        .run = run,
};

static const struct cli_command command_rules = {
        .name = "rules", .about = "a group", .examples = examples, .example_count = 1, .formats = "text"};

static const struct cli_command command_rules_show = {
        .name = "rules show",
        .about = "show one",
        .operands = "SHAPE",
        .least_operands = 1,
        .most_operands = 1,
        .operand_words = "square circle",
        .examples = examples,
        .example_count = 1,
        .formats = "text",
        .run = run,
};

static const struct cli_command *const commands[] = {&command_look, &command_rules, &command_rules_show};

static struct ran *line(const char *words)
{
        return run_line(commands, COUNT_OF(commands), words);
}

static void what_is_taken(void **state)
{
        static const char *const cases[][2] = {
                {"look", "level= number=7 quiet=0 color=0 only= operands= outputs=text>;"},
                {"look a b", "level= number=7 quiet=0 color=0 only= operands=a;b; outputs=text>;"},
                {"look --level high a -l low", "level=low number=7 quiet=0 color=0 only= operands=a; outputs=text>;"},
                {"look --level=high -llow", "level=low number=7 quiet=0 color=0 only= operands= outputs=text>;"},
                {"look --only a,,b --only=c", "level= number=7 quiet=0 color=0 only=a;b;c; operands= outputs=text>;"},
                {"look -- --level -l", "level= number=7 quiet=0 color=0 only= operands=--level;-l; outputs=text>;"},
                {"look -", "level= number=7 quiet=0 color=0 only= operands=-; outputs=text>;"},
                {"look --number 100 --quiet --color=always",
                 "level= number=100 quiet=1 color=1 only= operands= outputs=text>;"},
                {"look --color always --color never", "level= number=7 quiet=0 color=0 only= operands= outputs=text>;"},
                {"look -o json", "level= number=7 quiet=0 color=0 only= operands= outputs=json>;"},
                {"rules show circle", "level= number=7 quiet=0 color=0 only= operands=circle; outputs=text>;"},
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                const struct ran *ran = line(cases[i][0]);

                assert_string_equal(ran->err, "");
                assert_string_equal(ran->out, cases[i][1]);
                assert_int_equal(ran->status, CLI_OK);
        }
        assert_int_equal(line("look --no")->status, CLI_NO);
}

static void what_is_refused(void **state)
{
        static const char *const cases[][2] = {
                {"lok", "strake: there is no command \"lok\"; did you mean look?\nHelp: strake --help\n"},
                {"rules shwo",
                 "strake: rules: there is no command \"shwo\"; did you mean show?\nHelp: strake rules --help\n"},
                {"zebra", "strake: there is no command \"zebra\"\nHelp: strake --help\n"},
                {"look --levle high",
                 "strake: there is no option --levle; did you mean --level?\nHelp: strake look --help\n"},
                {"look --quite",
                 "strake: there is no option --quite; did you mean --quiet?\nHelp: strake look --help\n"},
                {"look --level hihg",
                 "strake: --level cannot be \"hihg\"; did you mean high? (high, low)\nHelp: strake look --help\n"},
                {"look -l", "strake: -l needs a value: LEVEL\nHelp: strake look --help\n"},
                {"look --level", "strake: --level needs a value: LEVEL\nHelp: strake look --help\n"},
                {"look --no=1", "strake: --no takes no value\nHelp: strake look --help\n"},
                {"look --=1", "strake: there is no option --\nHelp: strake look --help\n"},
                {"look -x", "strake: there is no option -x\nHelp: strake look --help\n"},
                {"look -o jsno",
                 "strake: -o cannot be \"jsno\"; did you mean json? (text, json)\nHelp: strake look --help\n"},
                {"look -o json=", "strake: -o json= names no file behind the =\nHelp: strake look --help\n"},
                {"look -o json -o text", "strake: two outputs for standard output: give each its own file, -o "
                                         "FORMAT=FILE\nHelp: strake look --help\n"},
                {"look -o json=a -o text=a",
                 "strake: two outputs for a: give each its own file, -o FORMAT=FILE\nHelp: strake look --help\n"},
                {"look --number 0",
                 "strake: --number wants a number from 1 to 100, not \"0\"\nHelp: strake look --help\n"},
                {"look --number many",
                 "strake: --number wants a number from 1 to 100, not \"many\"\nHelp: strake look --help\n"},
                {"look --number 99999999999999999999", "strake: --number wants a number from 1 to 100, not "
                                                       "\"99999999999999999999\"\nHelp: strake look --help\n"},
                {"look a b c", "strake: look: \"c\" is one word too many\nHelp: strake look --help\n"},
                {"rules show", "strake: rules show needs SHAPE\nHelp: strake rules show --help\n"},
                {"rules show cirlce", "strake: SHAPE cannot be \"cirlce\"; did you mean circle? (square, "
                                      "circle)\nHelp: strake rules show --help\n"},
                {"--quiet", "strake: \"--quiet\" stands where a command was expected\nHelp: strake --help\n"},
                {"lo\033[31mok", "strake: there is no command \"lo\\x1b[31mok\"\nHelp: strake --help\n"},
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                const struct ran *ran = line(cases[i][0]);

                assert_string_equal(ran->err, cases[i][1]);
                assert_string_equal(ran->out, "");
                assert_int_equal(ran->status, CLI_WRONG);
        }
}

static void help_is_an_answer_when_asked_for(void **state)
{
        static const char *const lines[] = {"look --help", "look -h", "look a --no -h", "look --nonsense --help"};

        for (size_t i = 0; i < COUNT_OF(lines); i++) {
                const struct ran *ran = line(lines[i]);

                assert_int_equal(ran->status, CLI_OK);
                assert_string_equal(ran->err, "");
                assert_non_null(strstr(ran->out, "strake look: look at things\n\n  strake look       look around\n"));
                assert_non_null(strstr(ran->out, "\nUsage: strake look [OPTION...] [THING...]\n"));
                assert_non_null(strstr(ran->out, "  -l, --level LEVEL"));
                assert_non_null(strstr(ran->out, "      --color WHEN"));
                assert_non_null(strstr(ran->out, "text json\n"));
                assert_non_null(strstr(ran->out, "\nNotes.\n"));
        }
        assert_string_equal(line("look -- --help")->out,
                            "level= number=7 quiet=0 color=0 only= operands=--help; outputs=text>;");
}

static void a_group_lists_its_commands(void **state)
{
        struct ran *ran = line("rules --help");

        assert_int_equal(ran->status, CLI_OK);
        assert_non_null(strstr(ran->out, "  rules show      show one\n"));
        assert_null(strstr(ran->out, "look at things"));
        ran = line("rules");
        assert_int_equal(ran->status, CLI_WRONG);
        assert_string_equal(ran->out, "");
        assert_non_null(strstr(ran->err, "rules: which command?"));
}

static void the_overview_lists_all(void **state)
{
        const struct ran *ran = line("--help");

        assert_int_equal(ran->status, CLI_OK);
        assert_non_null(strstr(ran->out, "  look            look at things\n"));
        assert_non_null(strstr(ran->out, "  rules show      show one\n"));
        assert_int_equal(line("")->status, CLI_WRONG);
}

static void no_color_is_a_default_and_no_order(void **state)
{
        setenv("NO_COLOR", "1", 1);
        assert_non_null(strstr(line("look --color auto")->out, "color=0"));
        assert_non_null(strstr(line("look --color always")->out, "color=1"));
        unsetenv("NO_COLOR");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_is_taken),
                cmocka_unit_test(what_is_refused),
                cmocka_unit_test(help_is_an_answer_when_asked_for),
                cmocka_unit_test(a_group_lists_its_commands),
                cmocka_unit_test(the_overview_lists_all),
                cmocka_unit_test(no_color_is_a_default_and_no_order),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
