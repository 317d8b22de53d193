/* cmd_access_from_audit.c - strake access from-audit: with which roles could somebody have done what the log shows? */

#include <stdio.h>
#include <stdlib.h>

#include "access/learn.h"
#include "base/build_info.h"
#include "cli/audit_log.h"
#include "cli/commands.h"
#include "doc/document.h"
#include "doc/print.h"

static const struct str audit2rbac_version = STR_INIT("v0.10.0");

struct from_audit {
        struct cli *cli;
        struct learn_settings settings;
        struct learn_names names;
        struct learn *learn;
        struct learned learned;             /* what comes of it */
        struct learn_difference difference; /* or with --diff */
        struct estate existing;
        uint64_t events; /* of all logs and users */
        bool failed;     /* something could not be read */
};

/* --- options --- */

static bool read_user(struct from_audit *job)
{
        struct cli *cli = job->cli;
        struct str account = cli_text(cli, "serviceaccount"), ns = {0}, rest = account;

        job->settings.user = cli_text(cli, "user");
        if (job->settings.user.len && account.len)
                return cli_refuse(cli, "--user and --serviceaccount: give one of them");
        if (job->settings.user.len)
                return true;
        if (!account.len)
                return cli_refuse(cli, "whose roles? --user NAME or --serviceaccount NAMESPACE:NAME is missing");
        str_split(&rest, ':', &ns);
        if (!ns.len || !rest.len || str_find(rest, STR(":"), 0) != SIZE_MAX)
                return cli_refuse(cli, "--serviceaccount \"%.*s\": wanted is NAMESPACE:NAME", STR_ARG(account));
        job->settings.user = str_format(&cli->arena, "system:serviceaccount:%.*s", STR_ARG(account));
        return true;
}

/* Letters and digits (and colons, in names) stay, in lower case; each other character becomes a dash. */
static struct str sanitize(struct arena *arena, struct str text, bool colons)
{
        CLEANUP(buf_free) struct buf out = {0};
        uint32_t point;
        size_t bytes;

        for (size_t at = 0; at < text.len; at += bytes) {
                char letter = text.data[at];

                bytes = utf8_take(str_from(text, at), &point);
                bytes += !bytes;
                if (letter >= 'A' && letter <= 'Z')
                        letter = (char)(letter | 0x20);
                if (!((letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9')
                      || (colons && letter == ':')))
                        letter = '-';
                buf_add_char(&out, letter);
        }
        return str_copy(arena, buf_text(&out));
}

static void replace(struct buf *out, struct str text, struct str what, struct str with)
{
        size_t begin = 0, at;

        while ((at = str_find(text, what, begin)) != SIZE_MAX) {
                buf_add(out, str_sub(text, begin, at));
                buf_add(out, with);
                begin = at + what.len;
        }
        buf_add(out, str_from(text, begin));
}

/* ${user} and ${version} in what names and marks the roles. */
static struct str fill_in(struct arena *arena, struct str text, struct str user, struct str version)
{
        CLEANUP(buf_free) struct buf first = {0}, second = {0};

        replace(&first, text, STR("${user}"), user);
        replace(&second, buf_text(&first), STR("${version}"), version);
        return str_copy(arena, buf_text(&second));
}

static int by_key(const void *left, const void *right)
{
        return str_compare(((const struct learn_text *)left)->key, ((const struct learn_text *)right)->key);
}

/* KEY=VALUE words, sorted; of a key that stands twice the last. */
static const struct learn_text *read_texts(struct arena *arena, const struct str *words, size_t count, struct str user,
                                           struct str version, size_t *kept)
{
        struct learn_text *texts = arena_array(arena, struct learn_text, count);

        *kept = 0;
        for (size_t i = 0; i < count; i++) {
                struct str rest = fill_in(arena, str_trim(words[i]), user, version), key;
                size_t at = 0;

                if (!str_split(&rest, '=', &key) || (!key.len && !rest.data))
                        continue;
                while (at < *kept && !str_equal(texts[at].key, key))
                        at++;
                texts[at] = (struct learn_text){key, rest.data ? rest : STR("")};
                *kept += at == *kept;
        }
        if (*kept)
                qsort(texts, *kept, sizeof(*texts), by_key);
        return texts;
}

static const struct str *words_of(struct cli *cli, const char *option, const struct str *standard, size_t *count)
{
        if (cli_has(cli, option))
                return cli_list(cli, option, true, count);
        return standard;
}

static void read_names(struct from_audit *job)
{
        static const struct str labels[] = {STR_INIT("audit2rbac.liggitt.net/user=${user}"),
                                            STR_INIT("audit2rbac.liggitt.net/generated=true")};
        static const struct str annotations[] = {STR_INIT("audit2rbac.liggitt.net/version=${version}")};
        struct cli *cli = job->cli;
        bool alike = job->settings.like_audit2rbac;
        struct str user = job->settings.user, version = alike ? audit2rbac_version : build_info.version;
        struct str name = cli_has(cli, "generate-name") ? cli_text(cli, "generate-name")
                                                        : alike
                                  ? STR("audit2rbac:${user}")
                                  : STR("from-audit:${user}");
        size_t count = alike ? COUNT_OF(labels) : 0;
        const struct str *words = words_of(cli, "generate-labels", labels, &count);

        job->names.name =
                fill_in(&cli->arena, name, sanitize(&cli->arena, user, true), sanitize(&cli->arena, version, true));
        job->names.labels = read_texts(&cli->arena, words, count, sanitize(&cli->arena, user, false),
                                       sanitize(&cli->arena, version, false), &job->names.label_count);
        count = alike ? COUNT_OF(annotations) : 0;
        words = words_of(cli, "generate-annotations", annotations, &count);
        job->names.annotations = read_texts(&cli->arena, words, count, user, version, &job->names.annotation_count);
}

/* --- reading --- */

static void take_event(void *learn, const struct audit_event *event)
{
        learn_event(learn, event);
}

static void tell_input_problem(void *context, const struct problem *problem)
{
        struct from_audit *job = context;

        cli_fail_in(job->cli, problem->file, problem->source ? place_in(problem->source->text, problem->at).line : 0, 0,
                    problem->message);
}

/* Roles and bindings that are there already. */
static void read_existing(struct from_audit *job)
{
        struct cli *cli = job->cli;
        struct access_settings access = {.no_bootstrap = job->settings.like_audit2rbac,
                                         .default_bindings = !job->settings.like_audit2rbac};
        struct estate_settings settings = {0};

        settings.inputs = cli_list(cli, "existing", false, &settings.input_count);
        if (settings.input_count)
                estate_read(&job->existing, &settings);
        job->failed |= estate_each_failure(&job->existing, tell_input_problem, job) > 0;
        job->settings.existing = access_new(&cli->arena, &job->existing, &access);
}

/* --- printing --- */

/* The YAML documents as one List. */
static void print_list(struct arena *arena, struct buf *out, struct str yaml)
{
        struct document_stream stream = {0};

        yaml_read(arena, yaml, &document_default_limits, &stream);
        buf_add_literal(out, "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[");
        for (size_t i = 0; i < stream.documents.count; i++) {
                buf_add(out, i ? STR(",\n") : STR("\n"));
                json_print(out, &stream.documents.items[i].root, 0);
        }
        buf_add_literal(out, "]}\n");
}

static void tell_refused(const struct from_audit *job, const struct learned *learned)
{
        for (size_t i = 0; i < learned->refused_count; i++)
                cli_fail(job->cli,
                         "nothing is granted for \"%.*s\": a star there would allow far more than was asked for",
                         STR_ARG(learned->refused[i]));
}

static void print_roles(struct cli_writer *to, void *what)
{
        const struct from_audit *job = what;
        CLEANUP(buf_free) struct buf yaml = {0};

        learn_print_yaml(&yaml, &job->learned, &job->settings, &job->names);
        if (str_is(to->format, "json"))
                print_list(&to->cli->arena, &to->text, buf_text(&yaml));
        else
                buf_add(&to->text, buf_text(&yaml));
}

static int answer_roles(struct from_audit *job)
{
        learn_roles(job->learn, &job->learned);
        tell_refused(job, &job->learned);
        return cli_print_all(job->cli, print_roles, job) && !job->failed ? CLI_OK : CLI_WRONG;
}

static void print_difference(struct cli_writer *to, void *what)
{
        const struct from_audit *job = what;

        if (str_is(to->format, "json"))
                learn_print_difference_json(&to->text, &job->difference, &job->settings, learn_count(job->learn));
        else
                learn_print_difference(&to->text, &job->difference);
}

static int answer_difference(struct from_audit *job)
{
        const struct learn_difference *difference = &job->difference;

        learn_difference(job->learn, &job->difference);
        tell_refused(job, &difference->missing);
        if (!cli_print_all(job->cli, print_difference, job) || job->failed)
                return CLI_WRONG;
        return difference->missing.role_count || difference->surplus.count ? CLI_NO : CLI_OK;
}

static int answer(struct from_audit *job)
{
        if (learn_count(job->learn))
                return cli_has(job->cli, "diff") ? answer_difference(job) : answer_roles(job);
        if (!job->failed || job->events)
                fprintf(stderr, "strake: none of %" PRIu64 " audit events is of user %.*s%s%.*s\n", job->events,
                        STR_ARG(job->settings.user), job->settings.ns.len ? " in namespace " : "",
                        STR_ARG(job->settings.ns));
        return job->failed ? CLI_WRONG : CLI_NOTHING;
}

static int run(struct cli *cli)
{
        struct from_audit job = {.cli = cli};
        struct audit_logs logs = {.cli = cli, .event = take_event, .standard_input = STR("<stdin>")};
        size_t count;
        const struct str *names = cli_inputs(cli, 0, "filename", &count);
        int status;

        job.settings.like_audit2rbac = cli_has(cli, "compat");
        job.settings.ns = cli_text(cli, "namespace");
        job.settings.keep_names = str_is(cli_text(cli, "expand-multi-name"), "false");
        job.settings.keep_namespaces = str_is(cli_text(cli, "expand-multi-namespace"), "false");
        job.settings.only_used_verbs = str_is(cli_text(cli, "expand-verbs"), "false");
        if (!read_user(&job))
                return CLI_WRONG;
        if (!count)
                return cli_usage(cli, "which log? LOG is missing; - is standard input");
        if (cli_has(cli, "diff") && !cli_has(cli, "existing"))
                return cli_usage(cli, "--diff needs the roles to compare with: --existing INPUT");
        for (size_t i = 0; cli_has(cli, "diff") && cli->output_given && i < cli->outputs.count; i++)
                if (str_is(cli->outputs.items[i].format, "yaml"))
                        return cli_usage(cli, "--diff is printed as text or json");
        read_names(&job);
        read_existing(&job);
        job.learn = logs.context = learn_new(&cli->arena, &job.settings);
        audit_logs_read(&logs, names, count);
        job.events = logs.events;
        job.failed |= logs.failed;
        status = answer(&job);
        estate_free(&job.existing);
        return status;
}

static const char *const examples[][2] = {
        {"strake access from-audit audit.log --user alice", "roles and bindings for what alice did, as YAML"},
        {"strake access from-audit audit.log.gz --serviceaccount shop:web",
         "for a service account; gzip is understood"},
        {"... | strake access from-audit - --user bob --existing cluster.yaml",
         "what bob needs beside what is granted"},
        {"strake access from-audit LOG --user bob --existing roles/ --diff",
         "what is missing, and what was never used"},
        {"strake access from-audit LOG --user bob --compat audit2rbac", "byte by byte as audit2rbac prints it"},
};

static const struct cli_option options[] = {
        {"user", 0, "NAME", NULL, "whose requests count, impersonated or not"},
        {"serviceaccount", 0, "NS:NAME", NULL, "the same for a service account"},
        {"namespace", 'n', "NS", NULL, "only requests in this namespace"},
        {"existing", 0, "INPUT", NULL, "roles and bindings that are there already; repeatable"},
        {"diff", 0, NULL, NULL, "compare with --existing: what is missing, and what was never used"},
        {"filename", 'f', "LOG", NULL, "one more log; repeatable"},
        {"expand-multi-name", 0, "BOOL", "true false", "requests for several names allow all (default: true)"},
        {"expand-multi-namespace", 0, "BOOL", "true false", "those in several namespaces allow every (default: true)"},
        {"expand-verbs", 0, "BOOL", "true false", "who lists may get and watch, and so on (default: true)"},
        {"generate-name", 0, "NAME", NULL, "of roles and bindings; ${user} stands for the user"},
        {"generate-labels", 0, "KEY=VALUE,...", NULL, "labels of roles and bindings"},
        {"generate-annotations", 0, "KEY=VALUE,...", NULL, "annotations of roles and bindings"},
        {"compat", 0, "TOOL", "audit2rbac", "print exactly what audit2rbac does"},
};

const struct cli_command command_access_from_audit = {
        .name = "access from-audit",
        .about = "the least roles for what an audit log shows",
        .operands = "[LOG...]",
        .most_operands = SIZE_MAX,
        .examples = examples,
        .example_count = COUNT_OF(examples),
        .options = options,
        .option_count = COUNT_OF(options),
        .formats = "yaml json text",
        .notes = "LOG is an audit log of the API server (JSON, YAML, gzip), or - for standard input.\n\n"
                 "Exit status: 0 roles were printed, or nothing differs; 1 with --diff: something does;\n"
                 "2 wrong usage, or something could not be read (the rest still counts);\n"
                 "3 no event is of this user.\n",
        .run = run,
};
