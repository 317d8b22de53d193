/* access_options.c - reading what `strake access` is asked, and where it looks. */

#include "cli/access_options.h"

#include <stdio.h>
#include <unistd.h>

#include "access/answer.h"
#include "base/file.h"
#include "cli/progress.h"
#include "report/escape.h"

enum { MOST_LINES = 20, MOST_POLICY_BYTES = 64 << 20, MOST_TOKEN_BYTES = 1 << 20 };

/* One line on standard error, with the place of what it is about. */
static void say(struct arena *arena, const char *kind, struct source *source, struct str file, size_t at,
                struct str message)
{
        CLEANUP(buf_free) struct buf out = {0};

        buf_add_format(&out, "strake: %s", kind);
        escape_terminal(&out, file);
        if (source) {
                struct place place = source_place(arena, source, at);

                buf_add_format(&out, ":%u:%u", place.line, place.column);
        }
        buf_add_literal(&out, ": ");
        escape_terminal(&out, message);
        buf_add_char(&out, '\n');
        fwrite(out.data, 1, out.len, stderr);
}

/* --- what could not be read --- */

struct saying {
        struct arena *arena;
        size_t said;
};

static void say_problem(void *context, const struct problem *problem)
{
        struct saying *saying = context;

        if (saying->said++ < MOST_LINES)
                say(saying->arena, "", problem->source, problem->file, problem->at, problem->message);
}

static void say_problems(struct access_input *input)
{
        struct saying saying = {.arena = &input->arena};
        size_t count = estate_each_failure(&input->estate, say_problem, &saying);

        input->failed |= count > 0;
        if (count > MOST_LINES)
                fprintf(stderr, "strake: and %zu more that could not be read\n", count - MOST_LINES);
}

/* --- what could not be evaluated, and what was assumed --- */

static void say_unevaluated(struct access_input *input)
{
        const struct access_problems *problems = access_problems(input->access);

        for (size_t i = 0; i < problems->items.count && i < MOST_LINES; i++) {
                const struct access_problem *problem = &problems->items.items[i];

                say(&input->arena, "note: ", problem->object->source, problem->object->source->name,
                    problem->object->root.at, problem->message);
        }
        if (problems->items.count > MOST_LINES)
                fprintf(stderr, "strake: note: and %zu more like these\n", problems->items.count - MOST_LINES);
}

static void say_assumed(const struct access_input *input)
{
        CLEANUP(buf_free) struct buf out = {0};
        bool *seen = arena_array((struct arena *)&input->arena, bool, access_role_count(input->access));

        for (uint32_t i = 0; i < access_binding_count(input->access); i++) {
                const struct access_binding *binding = access_binding(input->access, i);

                if (binding->built_in || binding->role == ACCESS_NONE || seen[binding->role]
                    || !access_role(input->access, binding->role)->built_in)
                        continue;
                seen[binding->role] = true;
                buf_add(&out, out.len ? STR(", ")
                                      : STR("strake: note: taken as in a new cluster of Kubernetes 1.37, not shown: "));
                access_put_role(&out, access_role(input->access, binding->role));
        }
        if (!out.len)
                return;
        buf_add_char(&out, '\n');
        fwrite(out.data, 1, out.len, stderr);
}

/* --- opening --- */

/* A cluster that cannot be found says so when it is read. */
static struct str namespace_of_context(struct cli *cli, const struct cluster_settings *cluster)
{
        struct config_access access;
        struct err ignored = {0};

        return config_access_find(&cli->arena, &cluster->choice, &access, &ignored) ? access.ns : STR("default");
}

void access_input_begin(struct cli *cli, struct access_input *input)
{
        const struct cluster_settings *cluster;

        *input = (struct access_input){.ns = STR("default")};
        input->failed = !cluster_options_read(cli, &input->cluster, &cluster);
        input->has_cluster = cluster;
        if (cluster)
                input->ns = namespace_of_context(cli, cluster);
}

/* What the Node authorizer looks at may be anything. */
static void choose_needed(struct cli *cli, struct access_input *input)
{
        static const struct cluster_only needed[] = {
                {STR_INIT("clusterrolebindings.rbac.authorization.k8s.io"), STR_INIT("")},
                {STR_INIT("clusterroles.rbac.authorization.k8s.io"), STR_INIT("")},
                {STR_INIT("customresourcedefinitions.apiextensions.k8s.io"), STR_INIT("")},
                {STR_INIT("pods"), STR_INIT("kube-system")},
                {STR_INIT("rolebindings.rbac.authorization.k8s.io"), STR_INIT("")},
                {STR_INIT("roles.rbac.authorization.k8s.io"), STR_INIT("")},
                {STR_INIT("serviceaccounts"), STR_INIT("")},
        };

        if (str_starts(cli_text(cli, "as"), STR("system:node:")) || str_starts(input->self.name, STR("system:node:")))
                return;
        input->cluster.only = needed;
        input->cluster.only_count = COUNT_OF(needed);
}

void access_input_open_these(struct cli *cli, const struct str *inputs, size_t count, struct access_input *input)
{
        struct estate_settings settings = {
                .inputs = inputs, .input_count = count, .cluster = input->has_cluster ? &input->cluster : NULL};
        struct access_settings access = {.default_bindings = cli_has(cli, "defaults")};
        struct progress progress;

        choose_needed(cli, input);
        progress_begin(&progress, "reading", cli->quiet);
        input->cluster.read_count = &progress.read;
        estate_read(&input->estate, &settings);
        input->access = access_new(&input->arena, &input->estate, &access);
        progress_end(&progress);
        say_problems(input);
        if (cli->quiet)
                return;
        say_unevaluated(input);
        say_assumed(input);
}

void access_input_open(struct cli *cli, size_t first, struct access_input *input)
{
        size_t count;
        const struct str *inputs = cli_inputs(cli, first, "file", &count);

        access_input_open_these(cli, inputs, count, input);
}

void access_input_close(struct access_input *input)
{
        estate_free(&input->estate);
        arena_free(&input->arena);
}

int access_input_run(struct cli *cli, size_t first, int (*run)(struct cli *cli, struct access_input *input))
{
        struct access_input input;
        int status;

        access_input_begin(cli, &input);
        access_input_open(cli, first, &input);
        status = run(cli, &input);
        access_input_close(&input);
        return status;
}

int access_input_status(const struct cli *cli, const struct access_input *input, int status)
{
        if (input->failed)
                return CLI_WRONG;
        if (estate_object_count(&input->estate))
                return status;
        return cli->quiet ? CLI_NOTHING : cli_nothing();
}

/* --- authorizers --- */

static bool read_policies(struct cli *cli, struct access_input *input, struct access_policies *policies)
{
        size_t count;
        const struct str *files = cli_list(cli, "abac", false, &count);

        for (size_t i = 0; i < count; i++) {
                struct file_text file = {0};
                struct err err = {0};

                if (file_read(&input->arena, files[i].data, MOST_POLICY_BYTES, &file) != FILE_OK)
                        return cli_give_up(cli, "--abac %.*s: %s", STR_ARG(files[i]),
                                           file.why ? file.why : "cannot be read");
                if (!access_policies_read(&input->arena, file.text, policies, &err))
                        return cli_give_up(cli, "%.*s:%u:%u: %.*s", STR_ARG(files[i]), err.line, err.column,
                                           STR_ARG(err_text(&err)));
        }
        return true;
}

bool access_read_chain(struct cli *cli, struct access_input *input)
{
        struct access_policies policies = {0};

        TRY(read_policies(cli, input, &policies));
        access_chain_make(&input->arena, &input->estate, cli_has(cli, "abac") ? &policies : NULL, &input->chain);
        for (size_t i = 0; i < input->chain.notes.count && !cli->quiet; i++)
                cli_fail(cli, "note: %.*s", STR_ARG(input->chain.notes.items[i]));
        return true;
}

/* --- the question --- */

void access_say_warnings(const struct access_warnings *warnings)
{
        for (size_t i = 0; i < warnings->items.count; i++) {
                CLEANUP(buf_free) struct buf out = {0};

                escape_terminal(&out, warnings->items.items[i]);
                fprintf(stderr, "Warning: %.*s\n", STR_ARG(buf_text(&out)));
        }
}

static bool open_reviewer(struct cli *cli, struct access_input *input)
{
        struct err err = {0};

        if (!input->reviewer)
                input->reviewer = reviewer_open(&input->arena, &input->cluster, &err);
        if (!input->reviewer)
                cli_fail(cli, "%.*s", STR_ARG(err_text(&err)));
        return input->reviewer;
}

static void say_who(const struct cli *cli, const struct review_user *user)
{
        CLEANUP(buf_free) struct buf out = {0};

        if (cli->quiet)
                return;
        buf_add_literal(&out, "strake: note: asked as ");
        escape_terminal(&out, user->name);
        for (size_t i = 0; i < user->groups.count; i++) {
                buf_add(&out, i ? STR(", ") : STR(", of "));
                escape_terminal(&out, user->groups.items[i]);
        }
        buf_add_char(&out, '\n');
        fwrite(out.data, 1, out.len, stderr);
}

static bool read_token(struct cli *cli, struct access_input *input, struct str *token)
{
        struct str name = cli_text(cli, "token-file");
        struct file_text file = {.why = "it is too large"};
        enum file_result result = str_is(name, "-")
                                          ? file_read_open(&input->arena, STDIN_FILENO, MOST_TOKEN_BYTES, &file)
                                          : file_read(&input->arena, name.data, MOST_TOKEN_BYTES, &file);

        *token = str_trim(file.text);
        if (result == FILE_OK && token->len && utf8_check(*token) == token->len)
                return true;
        return cli_give_up(cli, "--token-file %.*s: %s", STR_ARG(name),
                           result == FILE_OK ? "there is no token in it" : file.why);
}

/* The cluster says who that is. */
static bool ask_who(struct cli *cli, struct access_input *input, struct access_user *user)
{
        struct err err = {0};
        struct str token;
        bool known;

        TRY(open_reviewer(cli, input));
        if (cli_has(cli, "token-file")) {
                TRY(read_token(cli, input, &token));
                known = review_token(input->reviewer, &input->arena, token, &input->self, &err);
        } else {
                known = review_self(input->reviewer, &input->arena, &input->self, &err);
                input->is_self = true;
        }
        if (!known)
                return cli_give_up(cli, "%.*s", STR_ARG(err_text(&err)));
        say_who(cli, &input->self);
        *user = access_user_of_review(&input->self);
        return true;
}

bool access_read_user(struct cli *cli, struct access_input *input, struct access_user *user)
{
        size_t count;
        const struct str *groups = cli_list(cli, "as-group", false, &count);
        bool named = cli_has(cli, "as") || count;

        if (input->failed)
                return false;
        if (cli_has(cli, "token-file") && (named || !input->has_cluster))
                return cli_refuse(cli, named ? "--token-file says who asks, and so does --as: give one of them"
                                             : "whose token that is, a cluster has to say: --cluster");
        if (!named && input->has_cluster)
                return ask_who(cli, input, user);
        if (!named)
                return cli_refuse(cli, "who asks? What is read does not say who you are: --as USER, or --cluster");
        *user = access_user_as(&cli->arena, cli_text(cli, "as"), groups, count);
        return true;
}

bool access_read_server(struct cli *cli, struct access_input *input, struct access_answer *answer)
{
        struct err err = {0};

        if (!cli_has(cli, "server"))
                return true;
        if (!input->has_cluster || answer->by)
                return cli_refuse(
                        cli, answer->by ? "--server does not go with --by: the server says nothing of acting as others"
                                        : "--server asks the API server: say --cluster too");
        TRY(open_reviewer(cli, input));
        if (access_ask_server(&input->arena, input->reviewer, answer, input->is_self, &err))
                return true;
        return cli_give_up(cli, "%.*s", STR_ARG(err_text(&err)));
}

struct str access_read_namespace(const struct cli *cli, const struct access_input *input)
{
        if (cli_has(cli, "all-namespaces"))
                return STR("");
        return cli_has(cli, "namespace") ? cli_text(cli, "namespace") : input->ns;
}

bool access_read_request(struct cli *cli, const struct access_input *input, struct access_request *request)
{
        struct access_words_given words = {
                .verb = cli->operands.items[0],
                .what = cli->operands.items[1],
                .subresource = cli_text(cli, "subresource"),
                .ns = access_read_namespace(cli, input),
                .everywhere = cli_has(cli, "all-namespaces"),
        };
        struct access_warnings warnings = {0};
        struct err err = {0};

        if (!access_request_read(&cli->arena, &input->estate, &words, request, &warnings, &err))
                return cli_refuse(cli, "%.*s", STR_ARG(err_text(&err)));
        access_say_warnings(&warnings);
        return true;
}
