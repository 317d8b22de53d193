/* man.c - manual pages (man(7)), made of the same tables as --help. */

#include "base/build_info.h"
#include "cli/words.h"

/* Text of roff: no backslash, no hyphen and no first dot of a line means anything. */
static void add_text(struct buf *out, struct str text)
{
        if (text.len && (text.data[0] == '.' || text.data[0] == '\''))
                buf_add_literal(out, "\\&");
        for (size_t i = 0; i < text.len; i++) {
                switch (text.data[i]) {
                case '\\':
                        buf_add_literal(out, "\\e");
                        break;
                case '-':
                        buf_add_literal(out, "\\-");
                        break;
                case '\'':
                        buf_add_literal(out, "\\(aq");
                        break;
                case '`':
                        buf_add_literal(out, "\\(ga");
                        break;
                case '^':
                        buf_add_literal(out, "\\(ha");
                        break;
                case '~':
                        buf_add_literal(out, "\\(ti");
                        break;
                default:
                        buf_add_char(out, text.data[i]);
                }
        }
}

static void add_line(struct buf *out, const char *macro, struct str text)
{
        buf_add(out, str_of(macro));
        add_text(out, text);
        buf_add_char(out, '\n');
}

/* "policy eval" as a page: strake-policy-eval. */
static void add_page_name(struct buf *out, struct str command)
{
        struct str word;

        buf_add_literal(out, "strake");
        while (str_split(&command, ' ', &word)) {
                buf_add_literal(out, "\\-");
                add_text(out, word);
        }
}

static void add_head(struct buf *out, struct str command, struct str about)
{
        CLEANUP(buf_free) struct buf name = {0};

        add_page_name(&name, command);
        buf_add_literal(out, ".\\\" Made by strake help -o man.\n.TH ");
        for (size_t i = 0; i < name.len; i++) {
                char byte = name.data[i];

                buf_add_char(out, byte >= 'a' && byte <= 'z' ? (char)(byte - 'a' + 'A') : byte);
        }
        buf_add_literal(out, " 1 \"\" \"strake ");
        add_text(out, build_info.version);
        buf_add_literal(out, "\" Strake\n.SH NAME\n");
        buf_add(out, buf_text(&name));
        add_line(out, " \\- ", about);
}

static void add_examples(struct buf *out, const char *const (*examples)[2], size_t count)
{
        if (count)
                buf_add_literal(out, ".SH EXAMPLES\n");
        for (size_t i = 0; i < count; i++) {
                buf_add_literal(out, ".TP\n.B ");
                add_text(out, str_of(examples[i][0]));
                buf_add_char(out, '\n');
                add_line(out, "", str_of(examples[i][1]));
        }
}

/* Paragraphs: lines, with empty lines between. */
static void add_notes(struct buf *out, const char *notes)
{
        struct str rest = str_of(notes), line;

        while (str_split(&rest, '\n', &line)) {
                if (line.len)
                        add_line(out, "", line);
                else if (rest.len)
                        buf_add_literal(out, ".PP\n");
        }
}

struct option_list {
        struct buf *out;
        const struct cli_command *command;
};

static void add_option(void *context, const struct cli_option *option)
{
        struct option_list *list = context;

        buf_add_literal(list->out, ".TP\n");
        if (option->letter)
                buf_add_format(list->out, "\\fB\\-%c\\fR, ", option->letter);
        buf_add_literal(list->out, "\\fB\\-\\-");
        add_text(list->out, str_of(option->name));
        buf_add_literal(list->out, "\\fR");
        if (option->argument) {
                buf_add_literal(list->out, " \\fI");
                add_text(list->out, str_of(option->argument));
                buf_add_literal(list->out, "\\fR");
        }
        buf_add_char(list->out, '\n');
        add_text(list->out, str_of(option->about));
        if (option == &cli_common_options[0]) {
                buf_add_literal(list->out, ": ");
                add_text(list->out, str_of(list->command->formats));
        }
        buf_add_char(list->out, '\n');
}

static void add_see_also(struct buf *out, const struct cli *cli, const struct cli_command *but)
{
        bool begun = but != NULL;

        buf_add_literal(out, ".SH SEE ALSO\n");
        if (but)
                buf_add_literal(out, ".BR strake (1)");
        for (size_t i = 0; i < cli->command_count; i++) {
                if (cli->commands[i] == but || !cli->commands[i]->run)
                        continue;
                buf_add(out, begun ? STR(",\n.BR ") : STR(".BR "));
                add_page_name(out, str_of(cli->commands[i]->name));
                buf_add_literal(out, " (1)");
                begun = true;
        }
        buf_add_char(out, '\n');
}

void cli_man(struct buf *out, const struct cli *cli, const struct cli_command *command)
{
        struct option_list list = {out, command};

        add_head(out, str_of(command->name), str_of(command->about));
        buf_add_literal(out, ".SH SYNOPSIS\n.B strake ");
        add_text(out, str_of(command->name));
        buf_add_literal(out, "\n[\\fIOPTION\\fR...]");
        if (command->operands) {
                buf_add_char(out, ' ');
                add_text(out, str_of(command->operands));
        }
        buf_add_char(out, '\n');
        if (command->notes) {
                buf_add_literal(out, ".SH DESCRIPTION\n");
                add_notes(out, command->notes);
        }
        buf_add_literal(out, ".SH OPTIONS\n");
        cli_each_option(command, add_option, &list);
        add_examples(out, command->examples, command->example_count);
        add_see_also(out, cli, command);
}

void cli_man_overview(struct buf *out, const struct cli *cli)
{
        add_head(out, STR(""), STR("Kubernetes security in one small fast program"));
        buf_add_literal(out, ".SH SYNOPSIS\n.B strake\n\\fICOMMAND\\fR [\\fIOPTION\\fR...] [\\fIARGUMENT\\fR...]\n"
                             ".br\n.B kubectl strake\n\\fICOMMAND\\fR ...\n.SH COMMANDS\n");
        for (size_t i = 0; i < cli->command_count; i++) {
                if (!cli->commands[i]->run)
                        continue;
                buf_add_literal(out, ".TP\n.B ");
                add_text(out, str_of(cli->commands[i]->name));
                buf_add_char(out, '\n');
                add_line(out, "", str_of(cli->commands[i]->about));
        }
        add_see_also(out, cli, NULL);
}
