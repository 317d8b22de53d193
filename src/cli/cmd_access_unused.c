/* cmd_access_unused.c - strake access unused: what is granted that nobody used? */

#include <stdio.h>

#include "access/unused.h"
#include "cli/access_options.h"
#include "cli/audit_log.h"
#include "cli/commands.h"

static void take_event(void *usage, const struct audit_event *event)
{
        access_usage_event(usage, event);
}

static void print(struct cli_writer *to, void *unused)
{
        if (str_is(to->format, "json"))
                access_unused_print_json(&to->cli->arena, &to->text, unused);
        else
                access_unused_print(&to->cli->arena, &to->text, unused);
}

static int show(struct cli *cli, struct access_input *input)
{
        struct access_usage *usage = access_usage_new(&input->arena, input->access, cli_has(cli, "system"));
        struct audit_logs logs = {.cli = cli, .event = take_event, .context = usage, .standard_input = STR("-")};
        struct access_unused unused;

        audit_logs_read(&logs, cli->operands.items, cli->operands.count);
        access_usage_end(usage, &unused);
        if (!logs.events && !logs.failed)
                fputs("strake: nothing was judged: there is no event in the log\n", stderr);
        if (!logs.events)
                return logs.failed ? CLI_WRONG : CLI_NOTHING;
        if (!cli_print_all(cli, print, &unused) || logs.failed)
                return CLI_WRONG;
        return access_input_status(cli, input, unused.bindings.count ? CLI_NO : CLI_OK);
}

static int run(struct cli *cli)
{
        return access_input_run(cli, SIZE_MAX, show);
}

static const char *const examples[][2] = {
        {"strake access unused audit.log -f cluster.yaml", "which rights nobody used in that time"},
        {"strake access unused audit.log.gz -f rbac/ -o json", "as a document"},
        {"... | strake access unused - -f rbac/ --system", "also what Kubernetes itself is given"},
};

static const struct cli_option options[] = {
        {"system", 0, NULL, NULL, "also bindings of Kubernetes itself: of every new cluster, or named system:..."},
        ACCESS_INPUT_OPTIONS,
};

const struct cli_command command_access_unused = {
        .name = "access unused",
        .about = "show what is granted and was never used",
        .operands = "LOG...",
        .least_operands = 1,
        .most_operands = SIZE_MAX,
        .examples = examples,
        .example_count = COUNT_OF(examples),
        .options = options,
        .option_count = COUNT_OF(options),
        .formats = "text json",
        .notes =
                "LOG is an audit log of the API server (JSON, YAML, gzip), or - for standard input; roles and bindings come from\n"
                "--file, or else from the current folder. What a log does not show is never called unused: verbs that are\n"
                "asked beside the request, such as impersonate, escalate, bind and use.\n\n"
                "Exit status: 0 everything was used, 1 something was not, 2 wrong usage or something could not be read,\n"
                "3 there is no event.\n",
        .run = run,
};
