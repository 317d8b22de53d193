/* cmd_access.c - strake access: who may do what? */

#include <stdio.h>

#include "access/lists.h"
#include "access/node.h"
#include "cli/access_options.h"
#include "cli/commands.h"

#define ACCESS_NOTES                                                                                                   \
        "VERB, RESOURCE, --as and the rest are kubectl's. A resource of a group is RESOURCE.GROUP; a path that\n"      \
        "begins with / is no resource. Without INPUT the current folder is read. Roles that every cluster has\n"       \
        "(view, edit, cluster-admin, ...) need not be there.\n\n"

/* --- can-i and explain --- */

static void print_answer(struct cli_writer *to, void *answer)
{
        if (str_is(to->format, "json"))
                access_answer_print_json(&to->cli->arena, &to->text, answer);
        else if (!to->cli->quiet)
                access_answer_print(&to->text, answer);
}

static void print_explanation(struct cli_writer *to, void *answer)
{
        if (str_is(to->format, "json"))
                access_answer_print_json(&to->cli->arena, &to->text, answer);
        else
                access_answer_explain(&to->cli->arena, &to->text, answer);
}

/* Who acts as the user, if anybody does. */
static void read_actor(struct cli *cli, struct access_answer *answer, struct access_user *by)
{
        size_t count;
        const struct str *groups = cli_list(cli, "by-group", false, &count);

        if (!cli_has(cli, "by"))
                return;
        *by = access_user_as(&cli->arena, cli_text(cli, "by"), groups, count);
        answer->by = by;
        answer->groups = cli_list(cli, "as-group", false, &answer->group_count);
}

/* The server knows better: what we read is not all that it goes by, or it has changed. */
static int complain_of_server(const struct cli *cli, const struct access_answer *answer)
{
        const struct access_server *server = answer->server;

        return cli_fail(cli, "the API server says %s, and not %s: %.*s", server->allowed ? "yes" : "no",
                        server->allowed ? "no" : "yes",
                        STR_ARG(server->reason.len ? server->reason : STR("it gives no reason")));
}

static int ask(struct cli *cli, struct access_input *input, const struct access_user *user, cli_printer *print)
{
        struct access_answer answer = {
                .access = input->access,
                .chain = &input->chain,
                .everywhere = cli_has(cli, "all-namespaces"),
                .user = *user,
        };
        struct access_user by;

        if (!access_read_request(cli, input, &answer.request) || !access_read_chain(cli, input))
                return CLI_WRONG;
        read_actor(cli, &answer, &by);
        access_answer_make(&input->arena, &answer);
        if (!access_read_server(cli, input, &answer) || !cli_print_all(cli, print, &answer))
                return CLI_WRONG;
        if (access_server_differs(&answer))
                return complain_of_server(cli, &answer);
        if (answer.server)
                return answer.server->allowed ? CLI_OK : CLI_NO;
        if (answer.verdict == ACCESS_YES)
                return CLI_OK;
        return access_answer_is_open(&answer) ? CLI_WRONG : access_input_status(cli, input, CLI_NO);
}

/* --- can-i --list --- */

/* What others than RBAC allow stands in no rules. */
static void say_incomplete(const struct access_input *input, const struct access_user *user)
{
        struct str node;

        for (size_t i = 0; i < input->chain.authorizers.count; i++) {
                enum access_mode mode = input->chain.authorizers.items[i].mode;

                if (mode == ACCESS_WEBHOOK || (mode == ACCESS_NODE && access_is_node(user, &node)))
                        fprintf(stderr,
                                "Warning: the list may be incomplete: %s authorizer does not support user rule resolution\n",
                                mode == ACCESS_NODE ? "node" : "webhook");
                else if (mode != ACCESS_NODE && mode != ACCESS_RBAC)
                        fprintf(stderr,
                                "Warning: the list may be incomplete: it has the rules of RBAC only, and %.*s is asked, too\n",
                                STR_ARG(access_mode_name(mode)));
        }
}

struct listing {
        const struct access_user *user;
        struct str ns;
        struct access_rules rules;
};

static void print_list(struct cli_writer *to, void *what)
{
        const struct listing *list = what;
        struct arena *arena = &to->cli->arena;

        if (str_is(to->format, "json"))
                access_print_rules_json(arena, &to->text, list->user, list->ns, &list->rules);
        else
                access_print_rules(arena, &to->text, &list->rules, !cli_has(to->cli, "no-headers"));
}

static int list(struct cli *cli, struct access_input *input, const struct access_user *user)
{
        struct listing list = {.user = user, .ns = access_read_namespace(cli, input)};

        if (!access_read_chain(cli, input))
                return CLI_WRONG;
        say_incomplete(input, user);
        list.rules = access_rules_of(&input->arena, input->access, user, list.ns);
        return cli_print_all(cli, print_list, &list) ? access_input_status(cli, input, CLI_OK) : CLI_WRONG;
}

static int run_can_i(struct cli *cli)
{
        bool lists = cli_has(cli, "list");
        struct access_input input;
        struct access_user user;
        int status = CLI_WRONG;

        if (!lists && cli->operands.count < 2)
                return cli_usage(cli, "can-i what? A verb and a resource are wanted: strake access can-i list pods");
        if (!lists && cli_has(cli, "no-headers"))
                return cli_usage(cli, "--no-headers goes with --list");
        if (lists && cli_has(cli, "subresource"))
                return cli_usage(cli, "--list does not go with --subresource");
        if (lists && cli_has(cli, "server"))
                return cli_usage(cli, "--list does not go with --server");
        access_input_begin(cli, &input);
        if (access_read_user(cli, &input, &user)) {
                access_input_open(cli, lists ? 0 : 2, &input);
                status = lists ? list(cli, &input, &user) : ask(cli, &input, &user, print_answer);
        }
        access_input_close(&input);
        return status;
}

static int run_explain(struct cli *cli)
{
        struct access_input input;
        struct access_user user;
        int status = CLI_WRONG;

        access_input_begin(cli, &input);
        if (access_read_user(cli, &input, &user)) {
                access_input_open(cli, 2, &input);
                status = ask(cli, &input, &user, print_explanation);
        }
        access_input_close(&input);
        return status;
}

/* --- who-can --- */

/* Who may by other authorizers, bindings do not tell. */
static void say_others(const struct cli *cli, const struct access_input *input)
{
        for (size_t i = 0; i < input->chain.authorizers.count && !cli->quiet; i++) {
                enum access_mode mode = input->chain.authorizers.items[i].mode;

                if (mode != ACCESS_NODE && mode != ACCESS_RBAC)
                        cli_fail(cli, "note: this is what bindings give; the authorizer %.*s is asked, too",
                                 STR_ARG(access_mode_name(mode)));
        }
}

static void print_who(struct cli_writer *to, void *who)
{
        if (str_is(to->format, "json"))
                access_who_print_json(&to->cli->arena, &to->text, who);
        else
                access_who_print(&to->cli->arena, &to->text, who);
}

static int show_who(struct cli *cli, struct access_input *input)
{
        struct access_who who = {.access = input->access, .everywhere = cli_has(cli, "all-namespaces")};

        if (!access_read_request(cli, input, &who.request) || !access_read_chain(cli, input))
                return CLI_WRONG;
        say_others(cli, input);
        access_who_make(&input->arena, &who);
        return cli_print_all(cli, print_who, &who) ? access_input_status(cli, input, CLI_OK) : CLI_WRONG;
}

static int run_who_can(struct cli *cli)
{
        return access_input_run(cli, 2, show_who);
}

/* --- tables --- */

static const char *const group_examples[][2] = {
        {"strake access can-i list secrets --as ada -n shop", "may she? yes or no"},
        {"strake access who-can delete pods -n shop", "everybody who may, with the binding and the rule"},
        {"strake access explain get secrets --as ada -n shop", "why, or why not"},
        {"strake access from-audit audit.log --user ada", "the least roles for what she did"},
};

const struct cli_command command_access = {
        .name = "access",
        .about = "who may do what in the cluster",
        .examples = group_examples,
        .example_count = COUNT_OF(group_examples),
        .formats = "text",
};

static const char *const can_i_examples[][2] = {
        {"strake access can-i list pods --as ada -n shop deploy/", "yes or no, by the manifests of a folder"},
        {"strake access can-i get pods --subresource log --as system:serviceaccount:shop:web -f rbac.yaml",
         "for a service account, with the groups that it has"},
        {"strake access can-i '*' '*' -A --as ada --as-group admins", "everything, everywhere?"},
        {"strake access can-i get /metrics --as ada", "a path that is no resource"},
        {"strake access can-i --list --as ada -n shop", "everything that she may do there"},
        {"strake access can-i delete pods --cluster", "may I? The cluster says who I am"},
        {"strake access can-i get secrets --cluster --token-file t --server",
         "the bearer of a token, by what was read and by what the server says"},
};

static const struct cli_option can_i_options[] = {
        ACCESS_USER_OPTIONS,
        ACCESS_PLACE_OPTIONS,
        {"subresource", 0, "NAME", NULL, "log, exec, scale, status, ..."},
        {"list", 0, NULL, NULL, "print all that is allowed"},
        {"no-headers", 0, NULL, NULL, "with --list: no line of titles"},
        ACCESS_CHAIN_OPTIONS,
        ACCESS_SERVER_OPTIONS,
        ACCESS_INPUT_OPTIONS,
};

const struct cli_command command_access_can_i = {
        .name = "access can-i",
        .about = "say whether somebody may do something, as kubectl auth can-i does",
        .operands = "VERB RESOURCE[/NAME] [INPUT...]",
        .most_operands = SIZE_MAX,
        .examples = can_i_examples,
        .example_count = COUNT_OF(can_i_examples),
        .options = can_i_options,
        .option_count = COUNT_OF(can_i_options),
        .formats = "text json",
        .notes =
                ACCESS_NOTES "With -A: in all namespaces at once, which only a binding of the cluster gives.\n\n"
                             "Exit status: 0 yes, 1 no, 2 wrong usage, unknown, or no as far as input could be read.\n",
        .run = run_can_i,
};

static const char *const explain_examples[][2] = {
        {"strake access explain get secrets --as ada -n shop",
         "the bindings, roles and rules that allow it, all of them"},
        {"strake access explain delete nodes --as ada -A", "or what comes near: other namespaces, groups"},
        {"strake access explain list pods --as ada -o json deploy/", "as a document"},
};

static const struct cli_option explain_options[] = {
        ACCESS_USER_OPTIONS,  ACCESS_PLACE_OPTIONS,  {"subresource", 0, "NAME", NULL, "log, exec, scale, status, ..."},
        ACCESS_CHAIN_OPTIONS, ACCESS_SERVER_OPTIONS, ACCESS_INPUT_OPTIONS,
};

const struct cli_command command_access_explain = {
        .name = "access explain",
        .about = "say which binding, role and rule let somebody do something",
        .operands = "VERB RESOURCE[/NAME] [INPUT...]",
        .least_operands = 2,
        .most_operands = SIZE_MAX,
        .examples = explain_examples,
        .example_count = COUNT_OF(explain_examples),
        .options = explain_options,
        .option_count = COUNT_OF(explain_options),
        .formats = "text json",
        .notes =
                ACCESS_NOTES "Exit status: 0 yes, 1 no, 2 wrong usage, unknown, or no as far as input could be read.\n",
        .run = run_explain,
};

static const char *const who_can_examples[][2] = {
        {"strake access who-can get secrets -n shop", "everybody who may, there or everywhere"},
        {"strake access who-can create pods -A", "in any namespace"},
        {"strake access who-can get pods --subresource exec -n shop -o json",
         "with binding, role and rule, as a document"},
};

static const struct cli_option who_can_options[] = {
        ACCESS_PLACE_OPTIONS,
        {"subresource", 0, "NAME", NULL, "log, exec, scale, status, ..."},
        ACCESS_INPUT_OPTIONS,
};

const struct cli_command command_access_who_can = {
        .name = "access who-can",
        .about = "list everybody who may do something",
        .operands = "VERB RESOURCE[/NAME] [INPUT...]",
        .least_operands = 2,
        .most_operands = SIZE_MAX,
        .examples = who_can_examples,
        .example_count = COUNT_OF(who_can_examples),
        .options = who_can_options,
        .option_count = COUNT_OF(who_can_options),
        .formats = "text json",
        .notes = ACCESS_NOTES "Exit status: 0, 2 wrong usage or some input could not be read, 3 there was no object.\n",
        .run = run_who_can,
};
