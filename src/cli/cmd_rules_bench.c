/* cmd_rules_bench.c - strake rules bench: what does each rule cost? */

#include "base/build_info.h"
#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/rules.h"
#include "report/escape.h"
#include "report/formats.h"
#include "rulebook/bench.h"

enum { MOST_NANOSECONDS = 1000000000 };

struct request {
        struct rulebook_settings settings;
        struct estate_settings input;
        uint64_t most; /* nanoseconds; 0: any */
};

struct result {
        const struct rule_cost *costs;
        size_t count;
        bool is_sample;
        uint64_t most;
};

static bool read_request(struct cli *cli, struct request *request)
{
        struct rulebook_settings *settings = &request->settings;

        *request = (struct request){0};
        settings->folders = cli_list(cli, "rules", false, &settings->folder_count);
        settings->only = cli_list(cli, "only", true, &settings->only_count);
        settings->skip = cli_list(cli, "skip", true, &settings->skip_count);
        TRY(cli_kubernetes_version(cli, &settings->minor));
        request->input = (struct estate_settings){
                .inputs = cli->operands.items, .input_count = cli->operands.count, .threads = 1};
        return cli_number(cli, "most", 1, MOST_NANOSECONDS, &request->most);
}

/* Reads what was given. False after saying what cannot be read. */
static bool read_estate(struct cli *cli, const struct request *request, struct estate *estate)
{
        bool well = true;

        estate_read(estate, &request->input);
        for (size_t i = 0; i < estate->problems.count; i++) {
                const struct problem *problem = &estate->problems.items[i];

                if (problem_fails(problem))
                        cli_fail_in(cli, problem->file, 0, 0, problem->message);
                well &= !problem_fails(problem);
        }
        return well;
}

static void print_text(struct buf *out, const struct result *result)
{
        buf_add_literal(out, "     ns  to prepare  objects  findings  rule\n");
        for (size_t i = 0; i < result->count; i++) {
                const struct rule_cost *cost = &result->costs[i];

                if (!cost->objects)
                        continue;
                buf_add_format(out, "%7.0f", cost->nanoseconds);
                if (cost->preparing > 0)
                        buf_add_format(out, "  %10.0f", cost->preparing);
                else
                        buf_add_repeat(out, ' ', 12);
                buf_add_format(out, "  %7zu  %8zu  ", (size_t)cost->objects, (size_t)cost->findings);
                escape_terminal(out, cost->rule->id);
                buf_add_char(out, '\n');
        }
        for (size_t i = 0, idle = 0; i <= result->count; i++) {
                idle += i < result->count && !result->costs[i].objects;
                if (i == result->count && idle)
                        buf_add_format(out, "%zu rules look at none of the objects.\n", idle);
        }
}

static void print_json(struct buf *out, const struct result *result)
{
        struct json_writer writer = json_document(out, "strake.rules-bench/1");

        report_print_tool(&writer, STR("strake"), build_info.version);
        json_member_bool(&writer, "sample", result->is_sample);
        json_member_begin(&writer, "rules", '[');
        for (size_t i = 0; i < result->count; i++) {
                const struct rule_cost *cost = &result->costs[i];

                json_begin(&writer, '{');
                json_member(&writer, "rule", cost->rule->id);
                json_member_number(&writer, "objects", cost->objects);
                json_member_number(&writer, "findings", cost->findings);
                json_member_number(&writer, "nanoseconds", (uint64_t)(cost->nanoseconds + 0.5));
                json_member_number(&writer, "preparing", (uint64_t)(cost->preparing + 0.5));
                json_end(&writer, '}');
        }
        json_end(&writer, ']');
        json_document_end(&writer);
}

static void print(struct cli_writer *to, void *result)
{
        if (str_is(to->format, "json"))
                print_json(&to->text, result);
        else
                print_text(&to->text, result);
}

/* Whether a rule takes longer than it may. */
static bool is_slow(const struct result *result)
{
        for (size_t i = 0; i < result->count && result->most; i++)
                if (result->costs[i].nanoseconds > (double)result->most)
                        return true;
        return false;
}

static int measure(struct cli *cli, const struct request *request, const struct rulebook *book,
                   const struct estate *estate)
{
        struct result result = {.most = request->most, .is_sample = !estate};
        struct rule_cost *costs;
        struct progress progress;
        size_t rules;

        if (estate && !estate_object_count(estate)) {
                cli_fail(cli, "there is no Kubernetes object in it");
                return CLI_NOTHING;
        }
        rulebook_summaries(book, &rules);
        result.costs = costs = arena_array(&cli->arena, struct rule_cost, rules);
        progress_begin(&progress, "measuring", cli->quiet);
        result.count = rulebook_bench(book, &request->settings, estate, costs);
        progress_end(&progress);
        if (!cli_print_all(cli, print, &result))
                return CLI_WRONG;
        return is_slow(&result) ? CLI_NO : CLI_OK;
}

static int run(struct cli *cli)
{
        struct request request;
        struct estate estate = {0};
        struct err err = {0};
        struct rulebook *book;
        int status;

        if (!read_request(cli, &request))
                return CLI_WRONG;
        book = rulebook_new(&cli->arena, &request.settings, &err);
        if (!book)
                return cli_fail(cli, "%.*s", STR_ARG(err_text(&err)));
        if (!request.input.input_count)
                return measure(cli, &request, book, NULL);
        status = read_estate(cli, &request, &estate) ? measure(cli, &request, book, &estate) : CLI_WRONG;
        estate_free(&estate);
        return status;
}

static const char *const examples[][2] = {
        {"strake rules bench", "what each rule costs, on objects made for it"},
        {"strake rules bench deploy/ -o json", "on your own, for programs: strake.rules-bench/1"},
        {"strake rules bench --rules my-rules --most 1000", "status 1 if a rule takes more than a microsecond"},
};

static const struct cli_option options[] = {
        {"most", 0, "NS", NULL, "status 1 if a rule takes more nanoseconds for an object"},
        {"only", 0, "RULE,...", NULL, "measure these rules and no others"},
        {"skip", 0, "RULE,...", NULL, "measure all rules but these"},
        {"rules", 0, "DIR", NULL, "add your own rules; repeatable"},
        {"kubernetes-version", 0, "v1.N", NULL, "judge as this version does (default: latest)"},
};

const struct cli_command command_rules_bench = {
        .name = "rules bench",
        .about = "measure what each rule costs",
        .operands = "[INPUT...]",
        .most_operands = SIZE_MAX,
        .examples = examples,
        .example_count = COUNT_OF(examples),
        .options = options,
        .option_count = COUNT_OF(options),
        .formats = "text json",
        .notes =
                "The table is sorted by nanoseconds of processor time for an object that the rule looks at. What\n"
                "rules across objects need to prepare, and what is found, counts too. Without INPUT: for each rule its\n"
                "own good examples among a few hundred Deployments.\n\n"
                "Exit status: 0 measured, 1 a rule takes longer than --most, 2 wrong usage or unreadable input,\n"
                "3 there was no object.\n",
        .run = run,
};
