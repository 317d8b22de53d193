/* cmd_access_diff.c - strake access diff: who may do more or less than before? */

#include "access/diff.h"
#include "cli/access_options.h"
#include "cli/commands.h"

static void print(struct cli_writer *to, void *diff)
{
        if (str_is(to->format, "json"))
                access_diff_print_json(&to->cli->arena, &to->text, diff);
        else
                access_diff_print(&to->cli->arena, &to->text, diff, to->color);
}

static int compare(struct cli *cli, struct access_input *before, struct access_input *after)
{
        struct access_diff diff;

        access_diff_make(&after->arena, before->access, after->access, &diff);
        if (!cli_print_all(cli, print, &diff) || before->failed || after->failed)
                return CLI_WRONG;
        if (!estate_object_count(&before->estate) && !estate_object_count(&after->estate))
                return access_input_status(cli, after, CLI_NOTHING);
        return diff.changes.count ? CLI_NO : CLI_OK;
}

static int run(struct cli *cli)
{
        struct access_input before, after;
        int status;

        access_input_begin(cli, &before);
        access_input_begin(cli, &after);
        access_input_open_these(cli, &cli->operands.items[0], 1, &before);
        access_input_open_these(cli, &cli->operands.items[1], 1, &after);
        status = compare(cli, &before, &after);
        access_input_close(&after);
        access_input_close(&before);
        return status;
}

static const char *const examples[][2] = {
        {"strake access diff before/ after/", "who gained or lost what, and why"},
        {"git show main:rbac.yaml | strake access diff - rbac.yaml", "what a change of a file does"},
        {"strake access diff -o json before/ after/", "as a document"},
};

static const struct cli_option options[] = {
        {"defaults", 0, NULL, NULL, "assume the bindings of a new cluster, too, not only its roles"},
};

const struct cli_command command_access_diff = {
        .name = "access diff",
        .about = "compare who may do what before and after",
        .operands = "BEFORE AFTER",
        .least_operands = 2,
        .most_operands = 2,
        .examples = examples,
        .example_count = COUNT_OF(examples),
        .options = options,
        .option_count = COUNT_OF(options),
        .formats = "text json",
        .notes =
                "BEFORE and AFTER are files, folders, or - for standard input. What counts is what is allowed: a right that\n"
                "moves to another role is neither gained nor lost.\n\n"
                "Exit status: 0 nobody may do more or less, 1 somebody may, 2 wrong usage or some input could not be\n"
                "read, 3 there was no object.\n",
        .run = run,
};
