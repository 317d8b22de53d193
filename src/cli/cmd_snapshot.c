/* cmd_snapshot.c - strake snapshot: save what a scan would read. */

#include "cli/cluster_options.h"
#include "cli/commands.h"
#include "cli/images_options.h"
#include "cli/progress.h"
#include "kube/snapshot.h"

/* What could not be read is in the snapshot; it is also told here. */
static void tell_problem(void *cli, const struct problem *problem)
{
        cli_fail_in(cli, problem->file, 0, 0, problem->message);
}

static int save(struct cli *cli, const struct estate *estate)
{
        bool failed = estate_each_failure(estate, tell_problem, cli) > 0;
        CLEANUP(buf_free) struct buf out = {0};
        struct str name = cli_text(cli, "output");
        struct cli_output output = {.file = str_is(name, "-") ? STR("") : name};
        struct err err = {0};

        if (!snapshot_write(estate, &out, &err)) {
                cli_fail(cli, "%.*s", STR_ARG(err_text(&err)));
                return failed ? CLI_WRONG : CLI_NOTHING;
        }
        if (!cli_write(cli, &output, buf_text(&out)))
                return CLI_WRONG;
        return failed ? CLI_WRONG : CLI_OK;
}

static int run(struct cli *cli)
{
        struct cluster_settings cluster;
        struct images_options images;
        struct estate_settings settings = {.inputs = cli->operands.items, .input_count = cli->operands.count};
        struct progress progress;
        struct estate estate;
        struct err err = {0};
        int status;
        bool fine;

        if (!cluster_options_read_scope(cli, &cluster, &settings.cluster))
                return CLI_WRONG;
        if (!cli_text(cli, "output").len)
                return cli_usage(cli, "-o FILE says where the snapshot goes; - is standard output");
        if (!images_options_read(cli, cli_today(cli),
                                 str_is(cli_text(cli, "output"), "-") ? STR("") : cli_text(cli, "output"), &images))
                return CLI_WRONG;
        if (!settings.cluster && !settings.input_count)
                return cli_usage(cli, "say what to take a snapshot of: --cluster, or files");
        progress_begin(&progress, "reading", cli->quiet);
        cluster.read_count = &progress.read;
        images.settings.read = &progress.images;
        estate_read(&estate, &settings);
        fine = !images.wanted || images_add(&images.settings, &estate, &err);
        progress_end(&progress);
        status = fine ? save(cli, &estate) : cli_fail(cli, "%.*s", STR_ARG(err_text(&err)));
        estate_free(&estate);
        return status;
}

static const char *const examples[][2] = {
        {"strake snapshot --cluster -o today.snapshot", "all of the cluster of the current context"},
        {"strake snapshot --cluster -n shop -o shop.snapshot", "one namespace"},
        {"strake scan today.snapshot", "judge it later, or elsewhere"},
        {"strake snapshot --cluster --images -o today.snapshot", "and what is in the images that run"},
        {"strake snapshot deploy/ -o deploy.snapshot", "what a scan of files would read"},
};

static const struct cli_option options[] = {
        {"output", 'o', "FILE", NULL, "where the snapshot goes; - is standard output"},
        CLUSTER_OPTIONS,
        CLUSTER_SCOPE_OPTIONS,
        IMAGES_OPTIONS,
};

const struct cli_command command_snapshot = {
        .name = "snapshot",
        .about = "save what a scan would read",
        .operands = "[INPUT...]",
        .most_operands = SIZE_MAX,
        .examples = examples,
        .example_count = COUNT_OF(examples),
        .options = options,
        .option_count = COUNT_OF(options),
        .notes =
                "Of Secrets only names, types, keys and sizes are saved, never values. The same objects give the same\n"
                "file, to the byte. `zstd -dc FILE` shows what is in it.\n\n"
                "Exit status: 0 saved, 2 wrong usage or something could not be read (the rest is saved, and scans of the\n"
                "snapshot will say what is missing), 3 there was nothing to save.\n",
        .run = run,
};
