/* cmd_image_lint.c - strake image lint: is this image clean? */

#include "cli/commands.h"
#include "cli/image_options.h"
#include "cli/scan_options.h"
#include "doc/print.h"
#include "image/dockerfile/source.h"
#include "image/layer/cache.h"
#include "image/lint/facts.h"
#include "policy/yara/yara.h"

struct lint {
        struct cli *cli;
        struct image_settings *settings; /* by operand */
        struct catalog_settings reading;
        struct facts_settings facts;
        bool incomplete; /* something that was asked for could not be looked for */
};

/* From here on nothing but the images is read. */
static bool add_targets(void *context, struct estate *estate, struct err *err)
{
        struct lint *lint = context;
        size_t count = lint->cli->operands.count;
        struct estate_source *sources = estate_extend(estate, count);

        TRY(image_options_confine(lint->cli, &lint->reading, err));
        for (size_t i = 0; i < count; i++) {
                sources[i].source.name = lint->cli->operands.items[i];
                facts_read(&sources[i], &lint->settings[i], &lint->facts);
        }
        return true;
}

/* The objects that rules judge, as YAML: to write rules for, and to see what a rule saw. */
static void print_facts(struct buf *out, const struct estate *estate)
{
        for (size_t i = 0; i < estate->source_count; i++)
                for (size_t j = 0; j < estate->sources[i].objects.count; j++) {
                        if (out->len)
                                buf_add_literal(out, "---\n");
                        yaml_print(out, &estate->sources[i].objects.items[j].root.value, 0);
                }
}

static void print(struct cli_writer *to, void *what)
{
        const struct scan_view *view = what;

        if (str_is(to->format, "facts"))
                print_facts(&to->text, &view->scan->estate);
        else
                scan_print(to, what);
}

static int judge(struct cli *cli, struct scan_request *request)
{
        struct scan scan;
        struct scan_view view = {.scan = &scan, .threads = request->threads, .status = CLI_WRONG};

        if (scan_request_run(cli, request, &scan)) {
                view.status = scan_request_status(cli, request, &scan);
                if (!cli_print_all(cli, print, &view))
                        view.status = CLI_WRONG;
        }
        scan_free(&scan);
        return view.status;
}

/* Before anything is given up: the library must still be reached. Without it the rest is judged, and the status says so. The compiled
 * patterns are kept also with --no-cache: they say nothing of any image. */
static void load_secrets(struct lint *lint)
{
        struct cli *cli = lint->cli;
        struct err err = {0};

        if (cli_has(cli, "no-secrets") || !cli->operands.count)
                return;
        lint->facts.secrets = secret_book_builtin(&cli->arena, layer_cache_make(&cli->arena), &err);
        lint->incomplete = !lint->facts.secrets;
        if (lint->incomplete)
                cli_fail(cli, "secrets are not looked for: %.*s; or say --no-secrets", STR_ARG(err_text(&err)));
}

/* Rules that cannot be read end everything: they are what the person asked for. */
static bool load_yara(struct lint *lint)
{
        struct cli *cli = lint->cli;
        struct yara_errors errors = {0};
        size_t count;
        const struct str *paths = cli_list(cli, "yara", false, &count);

        if (!count)
                return true;
        lint->facts.yara = yara_book_new(&cli->arena, paths, count, &errors);
        for (size_t i = 0; i < errors.messages.count; i++)
                cli_fail(cli, "%.*s", STR_ARG(errors.messages.items[i]));
        if (errors.count > errors.messages.count)
                cli_fail(cli, "and %zu more mistakes in YARA rules", errors.count - errors.messages.count);
        return lint->facts.yara;
}

/* Dockerfiles are input as manifests are; what is left among the operands are images. */
static void take_dockerfiles(struct cli *cli, struct estate_settings *input)
{
        VEC(struct str) files = {0};
        size_t kept = 0;

        for (size_t i = 0; i < cli->operands.count; i++) {
                struct str operand = cli->operands.items[i];

                if (dockerfile_is_operand(operand))
                        *vec_push(&cli->arena, &files) = operand;
                else
                        cli->operands.items[kept++] = operand;
        }
        cli->operands.count = kept;
        input->inputs = files.items;
        input->input_count = files.count;
        input->languages = true;
}

static int run(struct cli *cli)
{
        struct lint lint = {.cli = cli};
        struct scan_request request;
        int status;

        lint.settings = arena_array(&cli->arena, struct image_settings, cli->operands.count);
        if (!scan_request_read_bare(cli, &request))
                return CLI_WRONG;
        take_dockerfiles(cli, &request.scan.input);
        if (!scan_request_add_hadolint(cli, &request) || !image_options_prepare(cli, lint.settings, &lint.reading))
                return CLI_WRONG;
        lint.facts = (struct facts_settings){lint.reading.threads, lint.reading.cache, request.scan.today,
                                             cli_has(cli, "no-layers")};
        load_secrets(&lint);
        if (!load_yara(&lint))
                return CLI_WRONG;
        request.scan.add = add_targets;
        request.scan.add_context = &lint;
        status = judge(cli, &request);
        return lint.incomplete ? CLI_WRONG : status;
}

static const char *const examples[][2] = {
        {"strake image lint docker-archive:app.tar", "what is wrong with what docker save wrote"},
        {"strake image lint example.org/app:1.2 example.org/db:3", "with two images in a registry"},
        {"strake image lint app.tar -o sarif=app.sarif --fail-on medium", "for code scanning; stricter"},
        {"strake image lint app.tar --framework cis", "what the CIS Docker Benchmark asks of images"},
        {"strake image lint app.tar --yara rules/", "malware too, by your YARA rules"},
        {"strake image lint app.tar -o facts", "what rules can know of the image, as YAML"},
        {"strake image lint Dockerfile", "what is wrong with how an image is built"},
        {"strake image lint services/", "with every Dockerfile and Containerfile below a folder"},
};

static const struct cli_option options[] = {
        SCAN_RULE_OPTIONS,
        SCAN_SETTINGS_OPTIONS("here"),
        IMAGE_OPTIONS,
        {"no-layers", 0, NULL, NULL, "judge by the configuration and the history alone: reads no layer"},
        {"no-secrets", 0, NULL, NULL, "do not look for secrets"},
        {"yara", 0, "FILE|DIR", NULL, "look for malware by these YARA rules (*.yar, *.yara); repeatable"},
        {"exit-code", 0, "N", NULL, "the status when something is found (default: 1)"},
};

const struct cli_command command_image_lint = {
        .name = "image lint",
        .about = "find what is wrong with images and Dockerfiles",
        .operands = "IMAGE...",
        .least_operands = 1,
        .most_operands = SIZE_MAX,
        .examples = examples,
        .example_count = COUNT_OF(examples),
        .options = options,
        .option_count = COUNT_OF(options),
        .formats = "text json sarif junit github html markdown csv oscal baseline facts",
        .notes =
                "IMAGE is what image list takes; a file that is called Dockerfile or Containerfile, or like one (Dockerfile.prod, prod.Dockerfile);\n"
                "dockerfile:FILE whatever its name, - for standard input; or a folder with such files below it. What is judged is one object for each image (-o facts), by rules in CEL as all others\n"
                "are: strake rules list shows them, --rules adds your own.\n"
                "LEVEL is critical, high, medium, low or info.\n\n" SCAN_STATUS,
        .run = run,
};
