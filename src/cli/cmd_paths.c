/* cmd_paths.c - strake paths and strake graph: how would someone get from A to B? */

#include "base/pool.h"
#include "cli/cluster_options.h"
#include "cli/commands.h"
#include "cli/images_options.h"
#include "cli/progress.h"
#include "graph/print.h"
#include "image/named.h"
#include "rulebook/rulebook.h"

/* An input as a graph. */
struct look {
        struct cli *cli;
        struct arena arena;
        struct estate estate;
        struct graph graph;
        bool failed; /* some of it could not be read */
};

static void look_free(struct look *look)
{
        estate_free(&look->estate);
        arena_free(&look->arena);
}

static void tell_problem(void *context, const struct problem *problem)
{
        struct look *look = context;
        struct place place = {0};

        if (problem->source)
                place = source_place(&look->arena, problem->source, problem->at);
        cli_fail_in(look->cli, problem->file, place.line, place.column, problem->message);
}

/* What was shown: the input, and the images that its containers name if they are wanted. */
static bool show(struct look *look, const struct estate_settings *input, struct images_options *images)
{
        struct err err = {0};

        estate_read(&look->estate, input);
        if (!images || !images->wanted || images_add(&images->settings, &look->estate, &err))
                return true;
        return cli_give_up(look->cli, "%.*s", STR_ARG(err_text(&err)));
}

static void look_at(struct look *look, uint32_t minor)
{
        struct graph_settings graph = {.minor = minor};

        look->failed |= estate_each_failure(&look->estate, tell_problem, look) > 0;
        graph_build(&look->graph, &look->arena, &look->estate, NULL, &graph);
}

/* What both commands read: inputs, a cluster, images. */
struct reading {
        struct estate_settings input;
        struct cluster_settings cluster;
        struct images_options images;
        struct progress progress;
};

static bool reading_begin(struct cli *cli, struct reading *reading, const char *what)
{
        *reading = (struct reading){0};
        reading->input.inputs = cli_inputs(cli, 0, "file", &reading->input.input_count);
        TRY(cluster_options_read(cli, &reading->cluster, &reading->input.cluster));
        TRY(images_options_read(cli, cli_today(cli), (struct str){0}, &reading->images));
        progress_begin(&reading->progress, what, cli->quiet);
        reading->cluster.read_count = &reading->progress.read;
        reading->images.settings.read = &reading->progress.images;
        return true;
}

static bool reading_end(struct reading *reading, struct look *look, uint32_t minor)
{
        bool shown = show(look, &reading->input, &reading->images);

        if (shown)
                look_at(look, minor);
        progress_end(&reading->progress);
        return shown;
}

static bool has_images(const struct look *look)
{
        for (size_t s = 0; s < look->estate.source_count; s++)
                for (size_t i = 0; i < look->estate.sources[s].objects.count; i++)
                        if (object_is_image(&look->estate.sources[s].objects.items[i]))
                                return true;
        return false;
}

/* --- strake paths --- */

static void print_paths(struct cli_writer *to, void *paths)
{
        struct arena *arena = &to->cli->arena;

        if (str_is(to->format, "json"))
                paths_print_json(&to->text, arena, paths);
        else if (str_is(to->format, "dot"))
                paths_print_dot(&to->text, paths);
        else if (str_is(to->format, "html"))
                paths_print_html(&to->text, arena, paths);
        else
                paths_print_text(&to->text, arena, paths, to->color, to->cli->quiet);
}

static int status_of(const struct look *look, const struct paths *paths)
{
        if (look->failed)
                return CLI_WRONG;
        if (!estate_object_count(&look->estate))
                return CLI_NOTHING;
        return paths->pairs ? CLI_NO : CLI_OK;
}

static int find_and_print(struct cli *cli, struct look *look, struct paths_settings *settings)
{
        struct paths paths;
        struct err err = {0};
        int status;

        if (!paths_find(&look->arena, &look->graph, settings, &paths, &err))
                return cli_fail(cli, "%.*s", STR_ARG(err_text(&err)));
        status = status_of(look, &paths);
        if (!cli_print_all(cli, print_paths, &paths))
                status = CLI_WRONG;
        if (!estate_object_count(&look->estate) && !look->failed)
                cli_nothing();
        return status;
}

static int run_paths(struct cli *cli)
{
        CLEANUP(look_free) struct look look = {.cli = cli}, before = {.cli = cli};
        struct reading reading;
        struct paths_settings settings = {.fill = cli_has(cli, "max")};
        struct str since = cli_text(cli, "new-since");
        uint64_t most = PATHS_DEFAULT;
        uint32_t minor;

        if (!cli_kubernetes_version(cli, &minor) || !cli_number(cli, "max", 1, PATHS_MOST, &most))
                return CLI_WRONG;
        settings.most = most;
        settings.from = cli_list(cli, "from", false, &settings.from_count);
        settings.to = cli_list(cli, "to", false, &settings.to_count);
        if (!reading_begin(cli, &reading, "looking for ways"))
                return CLI_WRONG;
        if (cli_has(cli, "new-since")) { /* first: once images are read, files are not */
                show(&before, &(struct estate_settings){.inputs = &since, .input_count = 1}, NULL);
                look_at(&before, minor);
                look.failed |= before.failed;
                settings.since = &before.graph;
        }
        if (!reading_end(&reading, &look, minor))
                return CLI_WRONG;
        if (settings.since && reading.images.wanted && !has_images(&before))
                return cli_fail(cli, "%.*s has no images to compare with: take it with strake snapshot --images",
                                STR_ARG(since));
        return find_and_print(cli, &look, &settings);
}

static const char *const paths_examples[][2] = {
        {"strake paths", "from every way in to cluster-admin, and what stops it"},
        {"strake paths examples/shop --max 20", "the next best ways, too"},
        {"strake paths --from pod/shop/web --to secret/data/postgres .", "from a Pod to a Secret"},
        {"strake paths --from pods .", "if any Pod is taken over"},
        {"strake paths --new-since main.yaml change.yaml", "only what this change makes possible"},
        {"strake paths --cluster --new-since monday.snapshot", "what became possible in a live cluster"},
        {"strake paths --images --from registry/docker.io .", "if somebody may change the images there"},
        {"strake paths -o html=paths.html .", "a picture for the browser"},
};

static const struct cli_option paths_options[] = {
        {"from", 0, "ID", NULL, "internet, user/U, group/G, sa/NS/NAME, pod/NS/NAME, pods; repeatable"},
        {"to", 0, "ID", NULL, "cluster-admin, node/N, secret/NS/NAME, ns/NS; repeatable"},
        {"max", 0, "N", NULL, "list so many ways (default: 10, one for each way in)"},
        {"new-since", 0, "INPUT", NULL, "only ways that this earlier state did not have"},
        {"kubernetes-version", 0, "v1.N", NULL, "judge as this version does (default: latest)"},
        {"file", 'f', "INPUT", NULL, "one more input; repeatable"},
        CLUSTER_OPTIONS,
        IMAGES_OPTIONS,
};

const struct cli_command command_paths = {
        .name = "paths",
        .about = "show how someone would get from A to B, and what stops it",
        .operands = "[INPUT...]",
        .most_operands = SIZE_MAX,
        .examples = paths_examples,
        .example_count = COUNT_OF(paths_examples),
        .options = paths_options,
        .option_count = COUNT_OF(paths_options),
        .formats = "text json dot html",
        .notes = "INPUT is a file, a folder, a snapshot, or - for standard input; without any, and without\n"
                 "--cluster, the current folder.\n\n"
                 "Exit status: 0 there is no way, 1 there is one, 2 wrong usage or some input could not be\n"
                 "read, 3 nothing was judged.\n",
        .run = run_paths,
};

/* --- strake graph --- */

static void print_graph(struct cli_writer *to, void *graph)
{
        if (str_is(to->format, "dot"))
                graph_print_dot(&to->text, graph);
        else if (str_is(to->format, "html"))
                graph_print_html(&to->text, &to->cli->arena, graph);
        else
                graph_print_json(&to->text, &to->cli->arena, graph);
}

static int print_edges(struct cli *cli)
{
        CLEANUP(buf_free) struct buf out = {0};

        edge_print_table(&out);
        return cli_print_text(cli, buf_text(&out), CLI_OK);
}

static int run_graph(struct cli *cli)
{
        CLEANUP(look_free) struct look look = {.cli = cli};
        struct reading reading;
        uint32_t minor;

        if (!cli_kubernetes_version(cli, &minor))
                return CLI_WRONG;
        if (cli_has(cli, "edges"))
                return print_edges(cli);
        if (!reading_begin(cli, &reading, "building the graph") || !reading_end(&reading, &look, minor)
            || !cli_print_all(cli, print_graph, &look.graph) || look.failed)
                return CLI_WRONG;
        return estate_object_count(&look.estate) ? CLI_OK : cli_nothing();
}

static const char *const graph_examples[][2] = {
        {"strake graph -o json examples/shop", "all nodes and edges with their evidence"},
        {"strake graph -o dot . | dot -Tsvg > graph.svg", "a picture by Graphviz"},
        {"strake graph -o html=graph.html .", "a page to walk about in"},
        {"strake graph --edges", "the table of all kinds of edges"},
};

static const struct cli_option graph_options[] = {
        {"edges", 0, NULL, NULL, "print the table of edges, as docs/paths.md has it"},
        {"kubernetes-version", 0, "v1.N", NULL, "judge as this version does (default: latest)"},
        {"file", 'f', "INPUT", NULL, "one more input; repeatable"},
        CLUSTER_OPTIONS,
        IMAGES_OPTIONS,
};

const struct cli_command command_graph = {
        .name = "graph",
        .about = "print the whole graph: nodes, edges, evidence",
        .operands = "[INPUT...]",
        .most_operands = SIZE_MAX,
        .examples = graph_examples,
        .example_count = COUNT_OF(graph_examples),
        .options = graph_options,
        .option_count = COUNT_OF(graph_options),
        .formats = "json dot html",
        .notes = "INPUT is a file, a folder, a snapshot, or - for standard input; without any, and without\n"
                 "--cluster, the current folder.\n\n"
                 "Exit status: 0, 2 wrong usage or some input could not be read, 3 there was no object.\n",
        .run = run_graph,
};
