/* cmd_access_certs.c - strake access certs: which certificates and keys are there, until when, and what is wrong with them? */

#include <stdio.h>
#include <time.h>

#include "access/certs.h"
#include "cli/cluster_options.h"
#include "cli/commands.h"

enum { SECONDS_OF_DAY = 86400, USUAL_DAYS = 30 };

static bool read_settings(struct cli *cli, struct certs_settings *settings, enum severity *fail_on)
{
        uint64_t days = USUAL_DAYS;
        struct str now = cli_text(cli, "now");

        settings->now = (int64_t)time(NULL);
        if (cli_has(cli, "now") && !certs_read_time(now, &settings->now))
                return cli_refuse(cli, "--now \"%.*s\": wanted is a day or a time like 2026-11-25T12:00:00Z",
                                  STR_ARG(now));
        TRY(cli_number(cli, "soon", 0, 36500, &days));
        settings->soon = (int64_t)days * SECONDS_OF_DAY;
        *fail_on = SEVERITY_HIGH;
        cli_severity(cli, "fail-on", fail_on);
        return true;
}

struct view {
        struct certs certs;
        struct certs_settings settings;
};

static void print(struct cli_writer *to, void *what)
{
        struct view *view = what;

        if (str_is(to->format, "json"))
                certs_print_json(&to->text, &view->certs, &view->settings);
        else
                certs_print(&to->text, &view->certs, &view->settings);
}

static int status_of(const struct certs *certs, enum severity fail_on)
{
        if (certs->problems.count)
                return CLI_WRONG;
        if (!certs->items.count && !certs->keys.count) {
                fputs("strake: there is no certificate and no private key here\n", stderr);
                return CLI_NOTHING;
        }
        if (fail_on == SEVERITY_COUNT)
                return CLI_OK;
        for (size_t i = 0; i < certs->findings.count; i++) {
                if (certs->findings.items[i].severity <= fail_on)
                        return CLI_NO;
        }
        return CLI_OK;
}

static void tell_problems(const struct cli *cli, const struct certs *certs)
{
        for (size_t i = 0; i < certs->problems.count; i++) {
                const struct cert_problem *problem = &certs->problems.items[i];

                cli_fail_in(cli, problem->file, problem->line, 0, problem->message);
        }
}

static int run(struct cli *cli)
{
        struct view view = {0};
        struct certs *certs = &view.certs;
        enum severity fail_on;
        size_t count;
        const struct str *inputs = cli_inputs(cli, 0, "file", &count);
        const struct cluster_settings *cluster;
        struct cluster_settings reach;
        int status;

        if (!read_settings(cli, &view.settings, &fail_on) || !cluster_options_read_scope(cli, &reach, &cluster))
                return CLI_WRONG;
        for (size_t i = 0; i < count; i++)
                certs_read(certs, inputs[i]);
        if (cluster)
                certs_read_cluster(certs, cluster);
        if (!count && !cluster)
                certs_read(certs, STR("."));
        certs_judge(certs, &view.settings);
        tell_problems(cli, certs);
        status = status_of(certs, fail_on);
        if (!cli_print_all(cli, print, &view))
                status = CLI_WRONG;
        certs_free(certs);
        return status;
}

static const char *const examples[][2] = {
        {"strake access certs /etc/kubernetes", "the certificates of a control plane, and who signed them"},
        {"strake access certs --cluster", "those of a live cluster, without any private key"},
        {"strake access certs ~/.kube/config", "as whom do I log in, and until when?"},
        {"strake access certs --soon 14 --fail-on medium -o json deploy/", "fail two weeks before one ends"},
};

static const struct cli_option options[] = {
        {"soon", 0, "DAYS", NULL, "so long before its end a certificate ends soon (default: 30)"},
        {"now", 0, "TIME", NULL, "judge as of this day or time (default: now)"},
        {"fail-on", 0, "LEVEL|never", "critical high medium low info never",
         "status 1 from this severity on (default: high)"},
        {"file", 'f', "INPUT", NULL, "one more input; repeatable"},
        CLUSTER_OPTIONS,
        CLUSTER_SCOPE_OPTIONS,
};

const struct cli_command command_access_certs = {
        .name = "access certs",
        .about = "certificates and keys: who they are, who signed them, until when",
        .operands = "[INPUT...]",
        .most_operands = SIZE_MAX,
        .examples = examples,
        .example_count = COUNT_OF(examples),
        .options = options,
        .option_count = COUNT_OF(options),
        .formats = "text json",
        .notes = "INPUT is a file, a folder, a snapshot, or - for standard input; without any, and without --cluster,\n"
                 "the current folder. Looked at are\n"
                 "files of PEM and each text of YAML and JSON that is PEM or base64 of it: Secrets, ConfigMaps,\n"
                 "kubeconfigs, CA bundles of webhooks.\n\n"
                 "Exit status: 0 nothing at or above --fail-on, 1 something is, 2 wrong usage or some input\n"
                 "could not be read, 3 there was no certificate and no key.\n",
        .run = run,
};
