/* cmd_scan.c - strake scan: what is wrong here? */

#include "cli/commands.h"
#include "cli/images_options.h"
#include "cli/scan_options.h"
#include "cli/scan_watch.h"

static int run(struct cli *cli)
{
        struct images_options images;
        struct scan_request request;
        struct scan scan;
        struct scan_view view = {.scan = &scan, .status = CLI_WRONG};

        if (cli_has(cli, "watch"))
                return scan_watch(cli);
        if (!scan_request_read(cli, &request)
            || !images_options_read(cli, request.scan.today, (struct str){0}, &images))
                return CLI_WRONG;
        request.images = images.wanted ? &images.settings : NULL;
        if (scan_request_run(cli, &request, &scan)) {
                view.threads = request.threads;
                view.status = scan_request_status(cli, &request, &scan);
                if (!cli_print_all(cli, scan_print, &view))
                        view.status = CLI_WRONG;
                scan_say_nothing(&scan);
        }
        scan_free(&scan);
        return view.status;
}

static const char *const examples[][2] = {
        {"strake scan", "the manifests in the current folder and below"},
        {"strake scan --cluster --context prod", "a live cluster; -n shop for one namespace"},
        {"helm template chart/ | strake scan -", "what a chart renders to"},
        {"strake scan -o sarif=strake.sarif --fail-on never .", "for code scanning, and never fail"},
        {"strake scan --images deploy/", "the images that the containers name, too"},
        {"strake scan --baseline known.json .", "complain about what is new since -o baseline=known.json"},
        {"strake scan -o kubesec pod.yaml", "as kubesec v2 would say it; also -o kubeaudit"},
        {"strake scan --watch deploy/", "what each saved change makes new or gone; --cluster --watch too"},
        {"strake scan --pod-security restricted:v1.31 .", "only what that Pod Security Standard forbids"},
};

static const struct cli_option options[] = {
        SCAN_OPTIONS,
        CLUSTER_OPTIONS,
        CLUSTER_SCOPE_OPTIONS,
        IMAGES_OPTIONS,
        {"watch", 'w', NULL, NULL, "stay, and tell what each change makes new or gone"},
        {"new-since", 0, "SNAPSHOT", NULL, "only what an earlier state did not have counts"},
        {"exit-code", 0, "N", NULL, "the status when something is found (default: 1)"},
};

const struct cli_command command_scan = {
        .name = "scan",
        .about = "find what is wrong in manifests or in a cluster",
        .operands = "[INPUT...]",
        .most_operands = SIZE_MAX,
        .examples = examples,
        .example_count = COUNT_OF(examples),
        .options = options,
        .option_count = COUNT_OF(options),
        .formats = "text json sarif junit github html markdown csv oscal baseline kubesec kubeaudit",
        .notes = "INPUT is a file, a folder, a snapshot, or - for standard input; without any, and without\n"
                 "--cluster, the current folder.\n"
                 "LEVEL is critical, high, medium, low or info.\n\n" SCAN_STATUS
                 "With -o kubesec: 2 a score of 0 or less; with -o kubeaudit: 2 a result of level error.\n",
        .run = run,
};
