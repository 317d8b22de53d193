/* cmd_access_matrix.c - strake access matrix: everything that everybody may do. */

#include "access/matrix.h"
#include "cli/access_options.h"
#include "cli/commands.h"

/* The resources of --resource; false after saying what is wrong. */
static bool read_resources(struct cli *cli, const struct access_input *input, struct access_matrix_settings *settings)
{
        size_t count;
        const struct str *words = cli_list(cli, "resource", true, &count);
        struct access_request *requests = arena_array(&cli->arena, struct access_request, count);

        for (size_t i = 0; i < count; i++) {
                struct str rest = words[i], name;
                struct access_words_given given = {.verb = STR("get"), .everywhere = true};
                struct access_warnings warnings = {0};
                struct err err = {0};

                str_split(&rest, '/', &name);
                given.what = name;
                given.subresource = rest;
                if (!access_request_read(&cli->arena, &input->estate, &given, &requests[i], &warnings, &err)
                    || requests[i].is_path)
                        return cli_refuse(cli, "--resource \"%.*s\": wanted is RESOURCE[.GROUP][/SUBRESOURCE]",
                                          STR_ARG(words[i]));
                access_say_warnings(&warnings);
        }
        settings->resources = requests;
        settings->resource_count = count;
        return true;
}

static void print(struct cli_writer *to, void *matrix)
{
        if (str_is(to->format, "json"))
                access_matrix_print_json(&to->text, matrix);
        else if (str_is(to->format, "csv"))
                access_matrix_print_csv(&to->text, matrix);
        else if (str_is(to->format, "html"))
                access_matrix_print_html(&to->text, matrix);
        else
                access_matrix_print(&to->cli->arena, &to->text, matrix);
}

static int show(struct cli *cli, struct access_input *input)
{
        struct access_matrix_settings settings = {.ns = cli_text(cli, "namespace")};
        struct access_matrix matrix;

        settings.verbs = cli_list(cli, "verb", true, &settings.verb_count);
        if (!read_resources(cli, input, &settings))
                return CLI_WRONG;
        access_matrix_make(&input->arena, input->access, &settings, &matrix);
        return cli_print_all(cli, print, &matrix) ? access_input_status(cli, input, CLI_OK) : CLI_WRONG;
}

static int run(struct cli *cli)
{
        return access_input_run(cli, 0, show);
}

static const char *const examples[][2] = {
        {"strake access matrix deploy/", "who may do what, a line for each subject, namespace and resource"},
        {"strake access matrix --resource secrets,pods/exec --verb get,list,create", "only these"},
        {"strake access matrix -n shop -o html=access.html", "a heat map for the browser, of one namespace"},
        {"strake access matrix -o csv=access.csv -o json=access.json", "for spreadsheets and programs"},
};

static const struct cli_option options[] = {
        {"namespace", 'n', "NS", NULL, "only what counts in this namespace"},
        {"resource", 0, "RESOURCE,...", NULL, "only these resources (default: all that are known or that rules name)"},
        {"verb", 0, "VERB,...", NULL, "only these verbs"},
        ACCESS_INPUT_OPTIONS,
};

const struct cli_command command_access_matrix = {
        .name = "access matrix",
        .about = "show everything that everybody may do",
        .operands = "[INPUT...]",
        .most_operands = SIZE_MAX,
        .examples = examples,
        .example_count = COUNT_OF(examples),
        .options = options,
        .option_count = COUNT_OF(options),
        .formats = "text csv json html",
        .notes =
                "A row is what bindings give to one subject, in the whole cluster (*) or in one namespace; groups have rows of\n"
                "their own. \"some names\" are rules with resourceNames.\n\n"
                "Exit status: 0, 2 wrong usage or some input could not be read, 3 there was no object.\n",
        .run = run,
};
