/* cmd_policy_eval.c - strake policy eval: what does this expression say? */

#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/commands.h"
#include "doc/document.h"
#include "policy/cel/cel.h"
#include "report/escape.h"
#include "report/excerpt.h"

enum { MOST_INPUT_BYTES = 1 << 30 };

/* What an expression sees: names in one place, values in the same order in another, as the engine wants them. */
struct variables {
        VEC(struct cel_variable) names;
        VEC(struct value) values;
};

static bool add_variable(struct cli *cli, struct variables *variables, struct str name, struct value value)
{
        for (size_t i = 0; i < variables->names.count; i++)
                if (str_equal(variables->names.items[i].name, name))
                        return cli_refuse(cli, "the variable \"%.*s\" is given twice", STR_ARG(name));
        *vec_push(&cli->arena, &variables->names) = (struct cel_variable){name, STR("dyn")};
        *vec_push(&cli->arena, &variables->values) = value;
        return true;
}

static bool read_variable(struct cli *cli, struct variables *variables, struct str given)
{
        struct document document;
        struct str json = given, name = {0};
        struct err err = {0};

        str_split(&json, '=', &name);
        if (!json.data || !name.len)
                return cli_refuse(cli, "--var \"%.*s\": wanted is NAME=JSON, as in --var 'replicas=3'", STR_ARG(given));
        if (!json_read_one(&cli->arena, json, &document, &err))
                return cli_give_up(cli, "--var %.*s: column %u: %.*s (a text needs quotes: --var '%.*s=\"...\"')",
                                   STR_ARG(name), err.column, STR_ARG(err_text(&err)), STR_ARG(name));
        return add_variable(cli, variables, name, document.root);
}

static bool looks_like_json(struct str text)
{
        struct str begin = str_trim(text);

        return str_starts(begin, STR("{")) || str_starts(begin, STR("["));
}

static bool read_input(struct cli *cli, struct variables *variables, struct str name)
{
        struct file_text file;
        struct document document;
        struct err err = {0}, ignored = {0};
        bool standard = str_is(name, "-");
        enum file_result result = standard ? file_read_open(&cli->arena, STDIN_FILENO, MOST_INPUT_BYTES, &file)
                                           : file_read(&cli->arena, name.data, MOST_INPUT_BYTES, &file);

        if (result != FILE_OK)
                return cli_give_up(cli, "%.*s: %s", STR_ARG(name), file.why ? file.why : "cannot be read");
        if (!(looks_like_json(file.text) && json_read_one(&cli->arena, file.text, &document, &ignored))
            && !yaml_read_one(&cli->arena, file.text, &document, &err))
                return cli_give_up(cli, "%.*s:%u:%u: %.*s",
                                   STR_ARG(standard ? STR("<stdin>") : name), err.line, err.column,
                                           STR_ARG(err_text(&err)));
        return add_variable(cli, variables, STR("object"), document.root);
}

/* "strake: --cel:1:3: message", and below it the line with a caret. */
static int fail_in_expression(struct str expression, const struct err *err)
{
        CLEANUP(buf_free) struct buf out = {0};

        buf_add_literal(&out, "strake: --cel:");
        buf_add_format(&out, "%u:%u: ", err->line ? err->line : 1, err->column ? err->column : 1);
        escape_terminal(&out, err_text(err));
        buf_add_char(&out, '\n');
        excerpt_print_line(&out, excerpt_of_line(expression, err->line ? err->line : 1, err->column ? err->column : 1),
                           STR("  "));
        fwrite(out.data, 1, out.len, stderr);
        return CLI_WRONG;
}

static bool evaluate(struct cli *cli, const struct variables *variables, struct str text, struct value *value,
                     struct err *err)
{
        struct cel_settings settings = {.variables = variables->names.items, .variable_count = variables->names.count};
        struct cel_frame frame = {.arena = &cli->arena, .variables = variables->values.items};
        struct cel_env *env = cel_env_new(&cli->arena, &settings, err);
        struct cel_program *program;

        TRY(env);
        program = cel_compile(&cli->arena, env, text, err);
        TRY(program);
        return cel_run(program, &frame, value, err);
}

static int run(struct cli *cli)
{
        CLEANUP(buf_free) struct buf out = {0};
        struct str expression = cli_text(cli, "cel");
        struct variables variables = {0};
        struct value value;
        struct err err = {0};
        size_t count;
        const struct str *given = cli_list(cli, "var", false, &count);

        if (!cli_has(cli, "cel"))
                return cli_usage(cli, "which expression? --cel EXPR is missing");
        if (cli_has(cli, "input") && !read_input(cli, &variables, cli_text(cli, "input")))
                return CLI_WRONG;
        for (size_t i = 0; i < count; i++)
                if (!read_variable(cli, &variables, given[i]))
                        return CLI_WRONG;
        if (!evaluate(cli, &variables, expression, &value, &err) || !cel_print_json(&out, &value, &err))
                return fail_in_expression(expression, &err);
        buf_add_char(&out, '\n');
        return cli_print_text(cli, buf_text(&out),
                              cli_has(cli, "exit-code") && value_is(&value, VALUE_BOOL) && !value.boolean ? CLI_NO
                                                                                                          : CLI_OK);
}

static const char *const examples[][2] = {
        {"strake policy eval --cel '1 + 2'", "prints 3"},
        {"strake policy eval --cel 'object.spec.replicas > 1' --input web.yaml", "asks about a manifest"},
        {"strake policy eval --cel 'a.b in c' --var 'a.b=\"x\"' --var 'c=[\"x\"]'", "with variables, as JSON"},
};

static const struct cli_option options[] = {
        {"cel", 0, "EXPR", NULL, "the expression; --cel=EXPR if it begins with a dash"},
        {"input", 0, "FILE", NULL, "a YAML or JSON document, - for standard input: the variable object"},
        {"var", 0, "NAME=JSON", NULL, "a variable; 1 is an int, 1.0 a double; repeatable"},
        {"exit-code", 0, NULL, NULL, "status 1 if the value is false"},
};

static const char *const group_examples[][2] = {
        {"strake policy eval --cel '1 + 2'", "run an expression of the Common Expression Language"},
};

const struct cli_command command_policy = {
        .name = "policy",
        .about = "run policies by themselves",
        .examples = group_examples,
        .example_count = COUNT_OF(group_examples),
        .formats = "json",
};

const struct cli_command command_policy_eval = {
        .name = "policy eval",
        .about = "print the value of a CEL expression",
        .examples = examples,
        .example_count = COUNT_OF(examples),
        .options = options,
        .option_count = COUNT_OF(options),
        .formats = "json",
        .notes = "The value is printed as JSON: bytes as base64, durations and timestamps as text, types by name.\n\n"
                 "Exit status: 0 whatever the value (but see --exit-code), 2 the expression or a variable is wrong.\n",
        .run = run,
};
