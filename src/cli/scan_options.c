/* scan_options.c - reading the options of a scan, and printing what it found. */

#include "cli/scan_options.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/pool.h"
#include "base/reader.h"
#include "cli/progress.h"
#include "report/format.h"

enum { MOST_THREADS = 256, MOST_BASELINE_BYTES = 1 << 30, MOST_STATUS = 255 };

static bool read_pod_security(struct cli *cli, struct rulebook_settings *rules)
{
        struct str version = cli_text(cli, "pod-security"), level;

        if (!str_split(&version, ':', &level))
                return true;
        TRY(cli_check_word(cli, "--pod-security", level, "baseline restricted"));
        rules->pod_security = level;
        return !version.data || cli_kubernetes(cli, "--pod-security", version, &rules->minor);
}

static bool read_baseline(struct cli *cli, struct baseline *baseline)
{
        struct str name = cli_text(cli, "baseline");
        struct file_text file = {0};
        struct err err = {0};

        if (!cli_has(cli, "baseline"))
                return true;
        if (file_read(&cli->arena, name.data, MOST_BASELINE_BYTES, &file) != FILE_OK)
                return cli_give_up(cli, "--baseline %.*s: %s", STR_ARG(name), file.why ? file.why : "cannot be read");
        if (!baseline_read(&cli->arena, file.text, baseline, &err))
                return cli_give_up(cli, "--baseline %.*s: %.*s", STR_ARG(name), STR_ARG(err_text(&err)));
        return true;
}

/* Today in UTC, or what --today says. */
static bool read_today(struct cli *cli, struct str *today)
{
        *today = cli_has(cli, "today") ? cli_text(cli, "today") : cli_today(cli);
        if (!is_date(*today))
                return cli_refuse(cli, "--today wants a date, YYYY-MM-DD, not \"%.*s\"", STR_ARG(*today));
        return true;
}

/* What a file of settings says counts where no option says it. */
static void use_config(struct cli *cli, struct scan_request *request)
{
        struct rulebook_settings *rules = &request->scan.rules;
        struct config *config = &request->config;

        request->scan.config = config;
        if (config->fail_on.len && !cli_has(cli, "fail-on") && !severity_from(config->fail_on, &request->fail_on))
                request->fail_on = SEVERITY_COUNT;
        if (config->min_severity.len && !cli_has(cli, "min-severity"))
                severity_from(config->min_severity, &request->scan.min_severity);
        if (config->rule_count && !cli_has(cli, "rules")) {
                rules->folders = config->rules;
                rules->folder_count = config->rule_count;
        }
        if (config->only_count && !cli_has(cli, "only")) {
                rules->only = config->only;
                rules->only_count = config->only_count;
                rules->only_place = config->only_place;
        }
        if (config->skip_count && !cli_has(cli, "skip")) {
                rules->skip = config->skip;
                rules->skip_count = config->skip_count;
                rules->skip_place = config->skip_place;
        }
        if (config->framework.len && !cli_has(cli, "framework")) {
                rules->framework = config->framework;
                rules->framework_place = config->framework_place;
        }
        rules->params = config->params;
}

static bool read_config(struct cli *cli, struct scan_request *request)
{
        const struct estate_settings *input = &request->scan.input;
        struct config *config = &request->config;
        struct err err = {0};

        TRY(read_today(cli, &request->scan.today));
        if (!config_find(&cli->arena, cli_text(cli, "config"), input->inputs, input->input_count, request->scan.today,
                         config, &err))
                return cli_give_up(cli, "%.*s", STR_ARG(err_text(&err)));
        use_config(cli, request);
        return true;
}

static bool read_formats(struct cli *cli, struct scan_request *request)
{
        uint64_t status = 0;

        for (size_t i = 0; i < cli->outputs.count; i++) {
                const struct report_format *format = report_format_find(cli->outputs.items[i].format);

                if (!format)
                        continue;
                request->scan.score |= format->scores;
                if (format->judge && !request->foreign)
                        request->foreign = format;
        }
        TRY(cli_number(cli, "exit-code", 0, MOST_STATUS, &status));
        request->found_status = cli_has(cli, "exit-code") ? (int)status : -1;
        if (request->scan.score && !request->scan.input.input_count && !request->scan.input.cluster)
                return cli_refuse(cli,
                                  "-o kubesec: file path is required: name a file, a folder, or - for standard input");
        return true;
}

/* --- --new-since --- */

/* What a scan of an earlier state finds is known. */
static bool know_findings_of(struct cli *cli, struct scan_request *request, struct scan *earlier)
{
        for (size_t i = 0; i < earlier->report.finding_count; i++) {
                const struct finding *finding = &earlier->report.findings[i];

                if (finding->fails_input)
                        return cli_give_up(cli, "--new-since: %.*s: %.*s", STR_ARG(finding->location.file),
                                           STR_ARG(finding->message));
                if (finding->status == FINDING_OPEN)
                        *map_slot_copy(&cli->arena, &request->baseline.fingerprints, str_of(finding->fingerprint)) =
                                request;
        }
        return true;
}

static bool read_earlier(struct cli *cli, struct scan_request *request)
{
        struct str input = cli_text(cli, "new-since");
        struct scan_settings settings = request->scan;
        struct scan scan;
        struct err err = {0};
        bool well;

        if (!cli_has(cli, "new-since"))
                return true;
        settings.input = (struct estate_settings){.inputs = &input, .input_count = 1, .threads = request->threads};
        settings.min_severity = SEVERITY_INFO;
        settings.no_evidence = true;
        settings.score = false;
        well = scan_run(&scan, &settings, &err);
        if (!well)
                cli_fail(cli, "%.*s", STR_ARG(err_text(&err)));
        well = well && know_findings_of(cli, request, &scan);
        scan_free(&scan);
        /* What was excepted then says nothing of now. */
        for (size_t i = 0; i < request->config.exceptions.count; i++)
                atomic_store_explicit(&request->config.exceptions.items[i].used, false, memory_order_relaxed);
        return well;
}

static bool read_request(struct cli *cli, struct scan_request *request, bool bare)
{
        struct rulebook_settings *rules = &request->scan.rules;
        uint64_t threads = pool_threads();

        *request = (struct scan_request){.fail_on = SEVERITY_HIGH, .scan.min_severity = SEVERITY_INFO};
        TRY(cli_kubernetes_version(cli, &rules->minor));
        TRY(read_pod_security(cli, rules));
        cli_severity(cli, "fail-on", &request->fail_on);
        cli_severity(cli, "min-severity", &request->scan.min_severity);
        TRY(cli_number(cli, "threads", 1, MOST_THREADS, &threads));
        TRY(read_baseline(cli, &request->baseline));
        rules->folders = cli_list(cli, "rules", false, &rules->folder_count);
        rules->only = cli_list(cli, "only", true, &rules->only_count);
        rules->skip = cli_list(cli, "skip", true, &rules->skip_count);
        rules->framework = cli_text(cli, "framework");
        request->scan.input.nothing = bare;
        if (!bare)
                request->scan.input.inputs = cli_inputs(cli, 0, "file", &request->scan.input.input_count);
        TRY(cluster_options_read_scope(cli, &request->cluster, &request->scan.input.cluster));
        TRY(read_formats(cli, request));
        TRY(read_config(cli, request));
        request->threads = (unsigned)threads;
        request->scan.input.threads = request->threads;
        request->has_baseline = cli_has(cli, "baseline") || cli_has(cli, "new-since");
        return read_earlier(cli, request);
}

bool scan_request_read(struct cli *cli, struct scan_request *request)
{
        return read_request(cli, request, false);
}

bool scan_request_read_bare(struct cli *cli, struct scan_request *request)
{
        return read_request(cli, request, true);
}

bool scan_request_add_hadolint(struct cli *cli, struct scan_request *request)
{
        const struct estate_settings *input = &request->scan.input;
        struct config *config = &request->config;
        struct err err = {0};

        if (cli_has(cli, "config") || !input->input_count)
                return true;
        if (!config_find_hadolint(&cli->arena, input->inputs, input->input_count, config, &err))
                return cli_give_up(cli, "%.*s", STR_ARG(err_text(&err)));
        use_config(cli, request);
        return true;
}

size_t scan_request_files(struct cli *cli, const struct scan_request *request, struct str files[SCAN_SETTINGS_FILES])
{
        const struct config *config = &request->config;
        const struct estate_settings *input = &request->scan.input;
        size_t count = 0;

        if (config->source)
                files[count++] = config->source->name;
        else if (!cli_has(cli, "config"))
                files[count++] = STR("strake.yaml");
        if (!config->source && !cli_has(cli, "config") && input->input_count)
                files[count++] = str_format(&cli->arena, "%.*s/strake.yaml", STR_ARG(input->inputs[0]));
        if (cli_has(cli, "baseline"))
                files[count++] = cli_text(cli, "baseline");
        if (cli_has(cli, "new-since"))
                files[count++] = cli_text(cli, "new-since");
        return count;
}

/* Whether the report needs to know what each control came to: some formats are about that. */
static bool wants_coverage(const struct cli *cli, const struct scan_request *request)
{
        for (size_t i = 0; i < cli->outputs.count; i++) {
                if (str_is(cli->outputs.items[i].format, "oscal"))
                        return true;
        }
        return request->scan.rules.framework.len > 0;
}

void scan_request_mark(const struct cli *cli, const struct scan_request *request, struct scan *scan)
{
        if (request->has_baseline)
                baseline_apply(&request->baseline, &scan->report);
        if (wants_coverage(cli, request))
                scan_cover(scan, &request->scan);
}

bool scan_request_run(const struct cli *cli, struct scan_request *request, struct scan *scan)
{
        struct progress progress;
        struct err err = {0};
        bool judged;

        progress_begin(&progress, "scanning", cli->quiet);
        request->cluster.read_count = &progress.read;
        if (request->images) {
                request->images->read = &progress.images;
                request->images->facts.threads = request->threads;
                request->scan.add = images_add;
                request->scan.add_context = request->images;
        }
        judged = scan_run(scan, &request->scan, &err);
        progress_end(&progress);
        if (judged)
                scan_request_mark(cli, request, scan);
        else
                cli_fail(cli, "%.*s", STR_ARG(err_text(&err)));
        return judged;
}

void scan_say_nothing(const struct scan *scan)
{
        if (!scan->report.objects && !scan->report.images && !scan->input_failed)
                cli_nothing();
}

int scan_request_status(const struct cli *cli, const struct scan_request *request, const struct scan *scan)
{
        int status = (int)scan_status(scan, request->fail_on);
        bool found = status == SCAN_FOUND;

        if (status == SCAN_FAILED)
                return status;
        if (request->foreign) {
                enum format_verdict verdict = request->foreign->judge(&scan->report);

                if (verdict == VERDICT_NOTHING)
                        return request->foreign->when_nothing;
                found = verdict == VERDICT_BAD && !(cli_has(cli, "fail-on") && request->fail_on == SEVERITY_COUNT);
                status = found ? request->foreign->when_bad : SCAN_CLEAN;
        }
        return found && request->found_status >= 0 ? request->found_status : status;
}

/* The time of a report, in formats that have to have one: SOURCE_DATE_EPOCH, as reproducible builds give it, or 1970. */
static int64_t report_time(void)
{
        struct reader reader = reader_over(str_of(getenv("SOURCE_DATE_EPOCH")));
        uint64_t seconds;

        return reader_take_number(&reader, UINT32_MAX, &seconds) && reader_done(&reader) ? (int64_t)seconds : 0;
}

static void flush(void *writer, struct buf *out)
{
        cli_flush(writer, out);
}

void scan_print(struct cli_writer *to, void *what)
{
        const struct scan_view *view = what;
        const struct format_settings settings = {
                .color = to->color,
                .quiet = to->cli->quiet,
                .threads = view->threads,
                .status = view->status,
                .time = report_time(),
                .flush = flush,
                .context = to,
        };

        report_format_find(to->format)->print(&to->text, &view->scan->report, &settings);
}
