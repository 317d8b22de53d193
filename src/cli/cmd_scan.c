/* cmd_scan.c - strake scan: what is wrong here? */

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/pool.h"
#include "base/reader.h"
#include "cli/commands.h"
#include "cli/progress.h"
#include "report/baseline.h"
#include "report/format.h"
#include "scan/scan.h"

enum { MOST_THREADS = 256, MOST_BASELINE_BYTES = 1 << 30 };

/* What the options of a scan come to. */
struct request {
        struct scan_settings scan;
        enum severity fail_on; /* SEVERITY_COUNT: never */
        unsigned threads;
        struct baseline baseline;
};

static bool read_pod_security(struct cli *cli, struct rulebook_settings *rules)
{
        struct str version = cli_text(cli, "pod-security"), level;

        if (!str_split(&version, ':', &level))
                return true;
        TRY(cli_check_word(cli, "--pod-security", level, "baseline restricted"));
        rules->pod_security = level;
        return !version.data || cli_kubernetes(cli, "--pod-security", version, &rules->minor);
}

static bool read_severity(struct cli *cli, const char *option, enum severity *severity)
{
        struct str word = cli_text(cli, option);

        if (str_is(word, "never"))
                *severity = SEVERITY_COUNT;
        return !word.len || str_is(word, "never") || severity_from(word, severity);
}

/* Positional inputs and those of -f, in this order. */
static void read_inputs(struct cli *cli, struct estate_settings *input)
{
        size_t count;
        const struct str *more = cli_list(cli, "file", false, &count);

        for (size_t i = 0; i < count; i++)
                *vec_push(&cli->arena, &cli->operands) = more[i];
        input->inputs = cli->operands.items;
        input->input_count = cli->operands.count;
}

static bool read_baseline(struct cli *cli, struct baseline *baseline)
{
        struct str name = cli_text(cli, "baseline");
        struct file_text file = {0};
        struct err err = {0};

        if (!cli_has(cli, "baseline"))
                return true;
        if (file_read(&cli->arena, name.data, MOST_BASELINE_BYTES, &file) != FILE_OK) {
                cli_fail(cli, "--baseline %.*s: %s", STR_ARG(name), file.why ? file.why : "cannot be read");
                return false;
        }
        if (!baseline_read(&cli->arena, file.text, baseline, &err)) {
                cli_fail(cli, "--baseline %.*s: %.*s", STR_ARG(name), STR_ARG(err_text(&err)));
                return false;
        }
        return true;
}

static bool read_request(struct cli *cli, struct request *request)
{
        struct rulebook_settings *rules = &request->scan.rules;
        uint64_t threads = pool_threads();

        *request = (struct request){.fail_on = SEVERITY_HIGH, .scan.min_severity = SEVERITY_INFO};
        rules->minor = KUBERNETES_NEWEST_MINOR;
        if (cli_has(cli, "kubernetes-version"))
                TRY(cli_kubernetes(cli, "--kubernetes-version", cli_text(cli, "kubernetes-version"), &rules->minor));
        TRY(read_pod_security(cli, rules));
        TRY(read_severity(cli, "fail-on", &request->fail_on));
        TRY(read_severity(cli, "min-severity", &request->scan.min_severity));
        TRY(cli_number(cli, "threads", 1, MOST_THREADS, &threads));
        TRY(read_baseline(cli, &request->baseline));
        rules->folders = cli_list(cli, "rules", false, &rules->folder_count);
        rules->only = cli_list(cli, "only", true, &rules->only_count);
        rules->skip = cli_list(cli, "skip", true, &rules->skip_count);
        rules->framework = cli_text(cli, "framework");
        read_inputs(cli, &request->scan.input);
        request->threads = (unsigned)threads;
        request->scan.input.threads = request->threads;
        return true;
}

/* Whether the report needs to know what each control came to: some formats are about that. */
static bool wants_coverage(const struct cli *cli)
{
        for (size_t i = 0; i < cli->outputs.count; i++) {
                if (str_is(cli->outputs.items[i].format, "oscal"))
                        return true;
        }
        return cli_has(cli, "framework");
}

/* The time of a report, in formats that have to have one: SOURCE_DATE_EPOCH, as reproducible builds give it, or 1970. */
static int64_t report_time(void)
{
        struct reader reader = reader_over(str_of(getenv("SOURCE_DATE_EPOCH")));
        uint64_t seconds;

        return reader_take_number(&reader, UINT32_MAX, &seconds) && reader_done(&reader) ? (int64_t)seconds : 0;
}

static void flush(void *context, struct buf *out)
{
        cli_write_more(context, buf_text(out));
        out->len = 0;
}

/* Prints the report in every format that was asked for. */
static bool print(const struct cli *cli, const struct scan *scan, unsigned threads, int status)
{
        bool well = true;

        for (size_t i = 0; i < cli->outputs.count; i++) {
                const struct cli_output *output = &cli->outputs.items[i];
                struct cli_writer writer;
                const struct format_settings settings = {
                        .color = cli->color && !output->file.len,
                        .quiet = cli->quiet,
                        .threads = threads,
                        .status = status,
                        .time = report_time(),
                        .flush = flush,
                        .context = &writer,
                };
                CLEANUP(buf_free) struct buf out = {0};

                cli_write_begin(&writer, cli, output);
                report_format_find(output->format)->print(&out, &scan->report, &settings);
                flush(&writer, &out);
                well &= cli_write_end(&writer);
        }
        return well;
}

static int run(struct cli *cli)
{
        struct request request;
        struct scan scan;
        struct progress progress;
        struct err err = {0};
        bool judged;
        int status;

        if (!read_request(cli, &request))
                return CLI_WRONG;
        progress_begin(&progress, "scanning", cli->quiet);
        judged = scan_run(&scan, &request.scan, &err);
        progress_end(&progress);
        if (!judged) {
                scan_free(&scan);
                return cli_fail(cli, "%.*s", STR_ARG(err_text(&err)));
        }
        if (cli_has(cli, "baseline"))
                baseline_apply(&request.baseline, &scan.report);
        if (wants_coverage(cli))
                scan_cover(&scan, &request.scan);
        status = (int)scan_status(&scan, request.fail_on);
        if (!print(cli, &scan, request.threads, status))
                status = CLI_WRONG;
        if (status == SCAN_EMPTY)
                fputs("strake: nothing was judged: no Kubernetes object was found\n", stderr);
        scan_free(&scan);
        return status;
}

static const char *const examples[][2] = {
        {"strake scan", "the manifests in the current folder and below"},
        {"strake scan deploy/ shop.yaml -o json", "a folder and a file, as JSON"},
        {"helm template chart/ | strake scan -", "what a chart renders to"},
        {"strake scan -o sarif=strake.sarif --fail-on never .", "for code scanning, and never fail"},
        {"strake scan --pod-security restricted:v1.31 .", "only what that Pod Security Standard forbids"},
};

static const struct cli_option options[] = {
        {"fail-on", 0, "LEVEL|never", "critical high medium low info never",
         "status 1 from this severity on (default: high)"},
        {"min-severity", 0, "LEVEL", "critical high medium low info", "leave out what is less severe"},
        {"only", 0, "RULE,...", NULL, "judge by these rules and no others"},
        {"skip", 0, "RULE,...", NULL, "judge by all rules but these"},
        {"framework", 0, "NAME", NULL,
         "judge by what cites it: cis nsa nist-800-190 owasp mitre ..., and show coverage"},
        {"rules", 0, "DIR", NULL, "add your own rules; repeatable"},
        {"pod-security", 0, "LEVEL[:VERSION]", NULL, "baseline or restricted, v1.N or latest: that and nothing else"},
        {"kubernetes-version", 0, "v1.N", NULL, "judge as this version does (default: latest)"},
        {"baseline", 0, "FILE", NULL, "an earlier report (-o json=FILE): its findings are known, only new ones count"},
        {"file", 'f', "INPUT", NULL, "one more input; repeatable"},
        {"threads", 0, "N", NULL, "how many at once (default: one for each CPU)"},
};

const struct cli_command command_scan = {
        .name = "scan",
        .about = "find what is wrong in manifests",
        .operands = "[INPUT...]",
        .most_operands = SIZE_MAX,
        .examples = examples,
        .example_count = COUNT_OF(examples),
        .options = options,
        .option_count = COUNT_OF(options),
        .formats = "text json sarif junit github html markdown csv oscal",
        .notes = "INPUT is a file, a folder, or - for standard input; without any, the current folder.\n"
                 "LEVEL is critical, high, medium, low or info.\n\n"
                 "Exit status: 0 nothing at or above --fail-on, 1 something is, 2 wrong usage or some input\n"
                 "could not be read, 3 nothing was judged.\n",
        .run = run,
};
