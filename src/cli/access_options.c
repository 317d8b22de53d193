/* access_options.c - reading what `strake access` is asked, and where it looks. */

#include "cli/access_options.h"

#include <stdio.h>

#include "access/answer.h"
#include "base/file.h"
#include "cli/progress.h"
#include "report/escape.h"

enum { MOST_LINES = 20, MOST_POLICY_BYTES = 64 << 20 };

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

static void say_problem(struct access_input *input, const struct problem *problem, size_t *said)
{
        if (!problem_class(problem->kind)->fails || problem->may_be_right)
                return;
        input->failed = true;
        if ((*said)++ < MOST_LINES)
                say(&input->arena, "", problem->source, problem->file, problem->at, problem->message);
}

static void say_problems(struct access_input *input)
{
        size_t said = 0;

        for (size_t i = 0; i < input->estate.problems.count; i++)
                say_problem(input, &input->estate.problems.items[i], &said);
        for (size_t s = 0; s < input->estate.source_count; s++) {
                const struct estate_source *source = &input->estate.sources[s];

                input->empty &= !source->objects.count;
                for (size_t i = 0; i < source->problems.count; i++)
                        say_problem(input, &source->problems.items[i], &said);
        }
        if (said > MOST_LINES)
                fprintf(stderr, "strake: and %zu more that could not be read\n", said - MOST_LINES);
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

void access_input_open_these(struct cli *cli, const struct str *inputs, size_t count, struct access_input *input)
{
        struct estate_settings settings = {.inputs = inputs, .input_count = count};
        struct access_settings access = {.default_bindings = cli_has(cli, "defaults")};
        struct cluster_settings cluster;
        struct progress progress;

        *input = (struct access_input){.empty = true};
        input->failed = !cluster_options_read(cli, &cluster, &settings.cluster);
        progress_begin(&progress, "reading", cli->quiet);
        cluster.read_count = &progress.read;
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
        size_t count, all;
        const struct str *more = cli_list(cli, "file", false, &count);
        struct str *inputs;

        first = min_size(first, cli->operands.count);
        all = cli->operands.count - first;
        inputs = arena_array(&cli->arena, struct str, all + count);
        for (size_t i = 0; i < all; i++)
                inputs[i] = cli->operands.items[first + i];
        for (size_t i = 0; i < count; i++)
                inputs[all + i] = more[i];
        access_input_open_these(cli, inputs, all + count, input);
}

void access_input_close(struct access_input *input)
{
        estate_free(&input->estate);
        arena_free(&input->arena);
}

int access_input_status(const struct cli *cli, const struct access_input *input, int status)
{
        if (input->failed)
                return CLI_WRONG;
        if (!input->empty)
                return status;
        if (!cli->quiet)
                fputs("strake: nothing was judged: no Kubernetes object was found\n", stderr);
        return CLI_NOTHING;
}

/* --- authorizers --- */

static bool read_policies(struct cli *cli, struct access_input *input, struct access_policies *policies)
{
        size_t count;
        const struct str *files = cli_list(cli, "abac", false, &count);

        for (size_t i = 0; i < count; i++) {
                struct file_text file = {0};
                struct err err = {0};

                if (file_read(&input->arena, files[i].data, MOST_POLICY_BYTES, &file) != FILE_OK) {
                        cli_fail(cli, "--abac %.*s: %s", STR_ARG(files[i]), file.why ? file.why : "cannot be read");
                        return false;
                }
                if (!access_policies_read(&input->arena, file.text, policies, &err)) {
                        cli_fail(cli, "%.*s:%u:%u: %.*s", STR_ARG(files[i]), err.line, err.column,
                                 STR_ARG(err_text(&err)));
                        return false;
                }
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

bool access_read_user(struct cli *cli, struct access_user *user)
{
        size_t count;
        const struct str *groups = cli_list(cli, "as-group", false, &count);

        if (!cli_has(cli, "as") && !count) {
                cli_usage(cli, "who asks? What is read does not say who you are: --as USER");
                return false;
        }
        *user = access_user_as(&cli->arena, cli_text(cli, "as"), groups, count);
        return true;
}

struct str access_read_namespace(const struct cli *cli)
{
        if (cli_has(cli, "all-namespaces"))
                return STR("");
        return cli_has(cli, "namespace") ? cli_text(cli, "namespace") : STR("default");
}

bool access_read_request(struct cli *cli, const struct access_input *input, struct access_request *request)
{
        struct access_words_given words = {
                .verb = cli->operands.items[0],
                .what = cli->operands.items[1],
                .subresource = cli_text(cli, "subresource"),
                .ns = access_read_namespace(cli),
                .everywhere = cli_has(cli, "all-namespaces"),
        };
        struct access_warnings warnings = {0};
        struct err err = {0};

        if (!access_request_read(&cli->arena, &input->estate, &words, request, &warnings, &err)) {
                cli_usage(cli, "%.*s", STR_ARG(err_text(&err)));
                return false;
        }
        access_say_warnings(&warnings);
        return true;
}
