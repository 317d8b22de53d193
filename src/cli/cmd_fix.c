/* cmd_fix.c - strake fix: repair what can be repaired safely, and prove it. */

#include <stdio.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/scan_options.h"
#include "report/color.h"
#include "report/escape.h"
#include "report/formats.h"
#include "report/repair.h"
#include "scan/fix_cluster.h"

/* ---- Asking ---- */

enum answer { ASK, YES_TO_ALL, NO_TO_ALL };

struct asking {
        const struct cli *cli;
        enum answer answer;
};

/* The first letter of a line from standard input; 'q' at its end. */
static int read_answer(void)
{
        int first = getchar(), byte = first;

        while (byte != '\n' && byte != EOF)
                byte = getchar();
        return first == EOF ? 'q' : first;
}

static void show(const struct asking *asking, const struct finding *finding)
{
        CLEANUP(buf_free) struct buf out = {0};
        struct arena scratch = {0};
        struct text_edits edits = {0};
        bool color = asking->cli->color && isatty(STDERR_FILENO);

        buf_add_char(&out, '\n');
        report_add_place(&out, &finding->location);
        escape_terminal(&out, finding->message);
        buf_add_literal(&out, " [");
        escape_terminal(&out, finding->rule->id);
        buf_add_literal(&out, "]\n");
        if (repair_plan(&scratch, finding, &edits))
                repair_print(&out, finding->source->text, &edits, STR("  "), color);
        if (!finding->fix.safe && finding->fix.note.len)
                report_add_wrapped(&out, finding->fix.note, "  Check first: ");
        buf_add_literal(&out, "Fix this? [y]es, [n]o, yes to [a]ll, [q]uit: ");
        fwrite(out.data, 1, out.len, stderr);
        fflush(stderr);
        arena_free(&scratch);
}

static bool choose(void *context, const struct finding *finding)
{
        struct asking *asking = context;

        while (asking->answer == ASK) {
                int answer;

                show(asking, finding);
                answer = read_answer();
                if (answer == 'y' || answer == 'Y')
                        return true;
                if (answer == 'n' || answer == 'N')
                        return false;
                if (answer == 'a' || answer == 'A')
                        asking->answer = YES_TO_ALL;
                if (answer == 'q' || answer == 'Q')
                        asking->answer = NO_TO_ALL;
        }
        return asking->answer == YES_TO_ALL;
}

/* ---- Standard input and output ---- */

static bool is_standard(struct str input)
{
        return str_is(input, "-");
}

/* Whether the input is standard input, so that the repaired text is the output. */
static bool reads_standard_input(const struct scan_request *request)
{
        return request->scan.input.input_count == 1 && is_standard(request->scan.input.inputs[0]);
}

static const struct cli_output *to_standard_output(const struct cli *cli)
{
        for (size_t i = 0; i < cli->outputs.count; i++)
                if (!cli->outputs.items[i].file.len)
                        return &cli->outputs.items[i];
        return NULL;
}

static bool check_input(struct cli *cli, const struct scan_request *request)
{
        const struct estate_settings *input = &request->scan.input;

        for (size_t i = 0; i < input->input_count && input->input_count > 1; i++) {
                if (is_standard(input->inputs[i]))
                        return cli_refuse(cli, "standard input (-) cannot be repaired together with other inputs: its "
                                               "repaired text goes to standard output");
        }
        if (!reads_standard_input(request))
                return true;
        if (cli_has(cli, "interactive"))
                return cli_refuse(cli, "--interactive needs standard input for the answers: name a file instead of -");
        if (cli->output_given && to_standard_output(cli) && !cli_has(cli, "dry-run"))
                return cli_refuse(cli,
                                  "the repaired text goes to standard output: give the report a file, -o FORMAT=FILE");
        return true;
}

/* ---- A cluster ---- */

/* Of a cluster nothing is changed unless that is asked for. */
static bool is_dry(const struct cli *cli, const struct scan_request *request)
{
        return cli_has(cli, "dry-run") || (request->scan.input.cluster && !cli_has(cli, "apply"));
}

/* Whether the server is asked: to keep the changes, or only to check them. */
static bool is_sent(const struct cli *cli)
{
        return str_is(cli_text(cli, "dry-run"), "server") || (cli_has(cli, "apply") && !cli_has(cli, "dry-run"));
}

static bool check_cluster(struct cli *cli, const struct scan_request *request)
{
        static const char *const about[] = {"apply", "force-conflicts"};

        for (size_t i = 0; i < COUNT_OF(about); i++) {
                if (cli_has(cli, about[i]) && !request->scan.input.cluster)
                        return cli_refuse(cli, "--%s is about a cluster: say --cluster too", about[i]);
        }
        if (is_sent(cli) && !request->scan.input.cluster)
                return cli_refuse(cli, "--dry-run=server asks the API server: say --cluster too");
        if (cli_has(cli, "force-conflicts") && !is_sent(cli))
                return cli_refuse(cli, "--force-conflicts goes with --apply or --dry-run=server");
        return true;
}

static bool send(const struct cli *cli, const struct scan_request *request, struct fix *fix)
{
        const struct applier_settings settings = {
                .cluster = request->scan.input.cluster,
                .force = cli_has(cli, "force-conflicts"),
                .dry_run = cli_has(cli, "dry-run"),
        };
        struct err err = {0};
        struct applier *applier;

        if (!fix->fixes.changed_files)
                return true;
        applier = applier_open(&fix->arena, &settings, &err);
        if (!applier)
                return cli_give_up(cli, "%.*s", STR_ARG(err_text(&err)));
        return fix_cluster_send(fix, applier);
}

/* ---- Printing ---- */

struct view {
        struct cli *cli;
        const struct scan_request *request;
        const struct fixes *fixes;
        struct scan_view left;
};

static void print_output(struct cli_writer *to, void *what)
{
        struct view *view = what;
        const struct format_settings settings = {.color = to->color, .quiet = to->cli->quiet};

        if (str_is(to->format, "text"))
                fixes_print_text(&to->text, view->fixes, &settings);
        else if (str_is(to->format, "json"))
                fixes_print_json(&to->text, view->fixes);
        else if (str_is(to->format, "diff"))
                fixes_print_diff(&to->text, view->fixes, to->color, !to->file.len && isatty(STDOUT_FILENO));
        else
                scan_print(to, &view->left);
}

/* The text for people, where standard output is for something else. */
static void print_aside(const struct view *view)
{
        const struct format_settings settings = {.color = view->cli->color && isatty(STDERR_FILENO)};
        CLEANUP(buf_free) struct buf out = {0};

        if (view->cli->quiet)
                return;
        fixes_print_text(&out, view->fixes, &settings);
        fwrite(out.data, 1, out.len, stderr);
}

/* What was read from standard input, repaired; as it came where there was nothing to repair. */
static bool print_repaired(const struct view *view)
{
        static const struct cli_output output = {0};
        const struct estate *estate = &view->left.scan->estate;

        if (view->fixes->file_count)
                return cli_write(view->cli, &output, view->fixes->files[0].after);
        return cli_write(view->cli, &output, estate->source_count ? estate->sources[0].source.text : STR(""));
}

static bool print(struct view *view)
{
        static const struct cli_output text = {.format = STR_INIT("text")}, diff = {.format = STR_INIT("diff")};
        struct cli *cli = view->cli;
        bool dry_run = view->fixes->dry_run, well = !cli->output_given || cli_print_all(cli, print_output, view);

        if (!dry_run && reads_standard_input(view->request)) {
                well &= print_repaired(view);
                print_aside(view);
        } else if (dry_run && !(cli->output_given && to_standard_output(cli))) {
                well &= cli_print(cli, &diff, print_output, view);
                print_aside(view);
        } else if (!cli->output_given) {
                well &= cli_print(cli, &text, print_output, view);
        }
        return well;
}

/* ---- The command ---- */

/* What could not be read was not looked at either: the report of what was repaired says nothing of it. */
static void complain_of_input(const struct cli *cli, const struct report *left)
{
        for (size_t i = 0; i < left->finding_count; i++) {
                const struct finding *finding = &left->findings[i];
                const struct finding_location *place = &finding->location;

                if (finding->fails_input)
                        cli_fail_in(cli, place->file, place->line, place->column, finding->message);
        }
}

static void complain(const struct cli *cli, const struct fixes *fixes)
{
        complain_of_input(cli, fixes->left);
        for (size_t i = 0; i < fixes->file_count; i++)
                if (fixes->files[i].trouble.len)
                        cli_fail_in(cli, fixes->files[i].name, 0, 0, fixes->files[i].trouble);
}

/* Repairs what a scan has found, and makes the scan that of what is left. */
static int repair(struct cli *cli, const struct scan_request *request, struct scan *scan)
{
        struct asking asking = {.cli = cli};
        const struct fix_settings settings = {
                .scan = &request->scan,
                .unsafe = cli_has(cli, "unsafe"),
                .choose = cli_has(cli, "interactive") ? choose : NULL,
                .context = &asking,
        };
        struct fix fix = {0};
        struct view view = {cli, request, &fix.fixes, {.scan = scan, .threads = request->threads}};
        struct err err = {0};
        bool written = true;

        if (!fix_plan(&fix, scan, &settings, &err)) {
                fix_free(&fix);
                return cli_fail(cli, "%.*s", STR_ARG(err_text(&err)));
        }
        fix.fixes.dry_run = is_dry(cli, request);
        fix_cluster_plan(&fix, scan);
        if (is_sent(cli))
                written = send(cli, request, &fix);
        if (!fix.fixes.dry_run && !reads_standard_input(request))
                written &= fix_write(&fix);
        fix_leave(&fix, scan, &request->scan);
        scan_request_mark(cli, request, scan);
        complain(cli, &fix.fixes);
        view.left.status = written ? (int)scan_status(scan, request->fail_on) : CLI_WRONG;
        if (!print(&view))
                view.left.status = CLI_WRONG;
        scan_say_nothing(scan);
        fix_free(&fix);
        return view.left.status;
}

static int run(struct cli *cli)
{
        struct scan_request request;
        struct scan scan;
        int status = CLI_WRONG;

        if (!scan_request_read(cli, &request) || !check_input(cli, &request) || !check_cluster(cli, &request))
                return CLI_WRONG;
        request.scan.input.whole = true;
        if (scan_request_run(cli, &request, &scan))
                status = repair(cli, &request, &scan);
        scan_free(&scan);
        return status;
}

static const char *const examples[][2] = {
        {"strake fix --dry-run deploy/", "what would be changed, as a unified diff"},
        {"strake fix", "repair the manifests in the current folder and below, in place"},
        {"strake fix --only privileged-container pod.yaml", "one rule only"},
        {"strake fix --unsafe --interactive deploy/", "ask before each change, those with a risk too"},
        {"strake fix --unsafe --framework kubeaudit deploy/", "all that kubeaudit autofix changes"},
        {"strake fix --cluster -n shop", "what would be changed in a live cluster"},
        {"strake fix --cluster -n shop --apply", "change it, by server-side apply"},
        {"kustomize build . | strake fix - | kubectl apply -f -", "from standard input to standard output"},
};

static const struct cli_option options[] = {
        {"dry-run", 0, NULL, "server",
         "write nothing, print a unified diff (patch -p0 takes it); =server: the cluster checks the changes"},
        {"interactive", 'i', NULL, NULL, "ask before each change"},
        {"unsafe", 0, NULL, NULL, "make the changes, too, that could stop an application"},
        {"apply", 0, NULL, NULL, "send the changes to the cluster, by server-side apply"},
        {"force-conflicts", 0, NULL, NULL, "change, too, what others manage there"},
        SCAN_OPTIONS,
        CLUSTER_OPTIONS,
        CLUSTER_SCOPE_OPTIONS,
};

const struct cli_command command_fix = {
        .name = "fix",
        .about = "repair what can be repaired safely, in place",
        .operands = "[INPUT...]",
        .most_operands = SIZE_MAX,
        .examples = examples,
        .example_count = COUNT_OF(examples),
        .options = options,
        .option_count = COUNT_OF(options),
        .formats = "text json diff sarif junit github html", /* from sarif on: of what is left */
        .notes = "INPUT is as in strake scan; with - the repaired text goes to standard output. Comments and\n"
                 "everything else that no change concerns stay as they are. Every change is judged again before\n"
                 "anything is written. text, json and diff tell what was done, the other formats what is left.\n\n"
                 "Exit status: as that of a scan of what it leaves behind; 2 also if a file could not be written.\n",
        .run = run,
};
