/* cmd_rules_export.c - strake rules export: the same rules at the gates of a cluster. */

#include "cli/commands.h"
#include "cli/rules.h"
#include "report/escape.h"
#include "rulebook/export.h"
#include "scan/config.h"

struct request {
        struct export_settings settings;
        const struct rulebook *book;
        VEC(const struct rule_text *) rules;
        uint32_t minor;
        struct config config; /* of the folder, or of --config */
        size_t exported;      /* of the rules; each format can say the same ones */
        bool said;            /* which cannot be exported */
};

/* The rules that were named, or all of them. */
static int choose(struct cli *cli, struct request *request)
{
        size_t count;
        const struct rule_summary *all = rulebook_summaries(request->book, &count);

        for (size_t i = 0; i < cli->operands.count; i++) {
                const struct rule_text *rule = rulebook_find(request->book, cli->operands.items[i]);

                if (!rule)
                        return cli_unknown_rule(cli, request->book, cli->operands.items[i]);
                *vec_push(&cli->arena, &request->rules) = rule;
        }
        for (size_t i = 0; i < count && !cli->operands.count; i++)
                *vec_push(&cli->arena, &request->rules) = rulebook_find(request->book, all[i].id);
        return CLI_OK;
}

/* Settings count as in a scan of this folder; exceptions have no place in a policy, which is said. */
static bool read_config(struct cli *cli, struct request *request)
{
        struct err err = {0};

        if (!config_find(&cli->arena, cli_text(cli, "config"), NULL, 0, STR("1970-01-01"), &request->config, &err))
                return cli_give_up(cli, "%.*s", STR_ARG(err_text(&err)));
        if (request->config.exceptions.count && !cli->quiet)
                cli_fail(cli, "%zu exceptions of %.*s are not in the policies: --exempt leaves out namespaces",
                         request->config.exceptions.count, STR_ARG(request->config.source->name));
        return true;
}

static bool read_request(struct cli *cli, struct request *request)
{
        static const struct str system_namespace = STR_INIT("kube-system");
        struct export_settings *settings = &request->settings;

        *request = (struct request){.settings.action = STR("deny")};
        if (cli_has(cli, "action"))
                settings->action = cli_text(cli, "action");
        settings->exempt = cli_list(cli, "exempt", true, &settings->exempt_count);
        if (settings->exempt_count == 1 && str_is(settings->exempt[0], "none")) {
                settings->exempt_count = 0;
        } else if (!cli_has(cli, "exempt")) {
                settings->exempt = &system_namespace;
                settings->exempt_count = 1;
        }
        TRY(cli_kubernetes_version(cli, &request->minor));
        TRY(read_config(cli, request));
        if (request->minor < ADMISSION_OLDEST_MINOR)
                return cli_refuse(cli, "--kubernetes-version: admission policies of this kind begin with v1.%d",
                                  ADMISSION_OLDEST_MINOR);
        return true;
}

/* One document set; what cannot be exported is named at the end, and said once. */
static void print(struct cli_writer *to, void *what)
{
        struct buf missing CLEANUP(buf_free) = {0};
        struct arena scratch = {0};
        struct request *request = what;
        struct cli *cli = to->cli;

        request->settings.format = to->format;
        request->exported = 0;
        for (size_t i = 0; i < request->rules.count; i++) {
                const struct rule_text *rule = request->rules.items[i];
                struct admission_policy policy;
                struct err err = {0};

                if (admission_policy(&scratch, rule, request->minor, &request->config.params, &policy, &err)) {
                        export_policy(&to->text, &policy, &request->settings);
                        request->exported++;
                } else {
                        buf_add_format(&missing, "# not exported: %.*s: ", STR_ARG(rule->id));
                        escape_terminal(&missing, err_text(&err));
                        buf_add_char(&missing, '\n');
                        if (!request->said && cli->operands.count)
                                cli_fail(cli, "%.*s cannot be exported: %.*s", STR_ARG(rule->id),
                                         STR_ARG(err_text(&err)));
                }
                arena_reset(&scratch);
        }
        arena_free(&scratch);
        buf_add(&to->text, buf_text(&missing));
        if (!request->said && !cli->operands.count && missing.len && !cli->quiet)
                cli_fail(cli, "%zu of %zu rules cannot be policies: the reasons stand at the end",
                         request->rules.count - request->exported, request->rules.count);
        request->said = true;
}

static int run(struct cli *cli)
{
        struct request request;

        if (!read_request(cli, &request) || !(request.book = cli_open_book(cli)))
                return CLI_WRONG;
        if (choose(cli, &request) != CLI_OK || !cli_print_all(cli, print, &request))
                return CLI_WRONG;
        return cli->operands.count && request.exported < request.rules.count ? CLI_NO : CLI_OK;
}

static const char *const examples[][2] = {
        {"strake rules export privileged-container", "a ValidatingAdmissionPolicy and its binding"},
        {"strake rules export --action audit | kubectl apply -f -", "every rule, and refuse nothing yet"},
        {"strake rules export -o gatekeeper host-pid host-ipc", "for Gatekeeper: templates and constraints"},
        {"strake rules export -o kyverno=policies.yaml", "for Kyverno, into a file"},
};

static const struct cli_option options[] = {
        {"action", 0, "ACTION", "deny warn audit", "what happens to what breaks the rule (default: deny)"},
        {"exempt", 0, "NAMESPACE,...", NULL, "judge nothing in these (default: kube-system), or none"},
        {"kubernetes-version", 0, "v1.N", NULL, "judge as this version does, v1.30 or later (default: latest)"},
        {"config", 0, "FILE", NULL, "settings that rules know as params (default: strake.yaml here; none: without)"},
        {"rules", 0, "DIR", NULL, "add your own rules; repeatable"},
};

const struct cli_command command_rules_export = {
        .name = "rules export",
        .about = "print rules as admission policies for a cluster",
        .operands = "[RULE...]",
        .most_operands = SIZE_MAX,
        .examples = examples,
        .example_count = COUNT_OF(examples),
        .options = options,
        .option_count = COUNT_OF(options),
        .formats = export_formats,
        .notes = "Without RULE every rule; what cannot be a policy is named at the end, with the reason.\n\n"
                 "Exit status: 0 done, 1 a rule that was named cannot be a policy, 2 wrong usage.\n",
        .run = run,
};
