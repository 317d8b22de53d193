/* build_named.c - rules that name objects: steps to these and no others. */

#include "graph/build_access.h"

/* What a rule that names objects leads to. */
enum named_target { TO_SECRET, TO_ACCOUNT, TO_POD, TO_NEW_PODS, TO_USER, TO_GROUP, TO_NODE_PODS, TO_AWS_AUTH };

struct named_power {
        enum edge_type type;
        enum named_target target;
        struct str group, resource, subresource;
        struct str verbs[3];
        bool cluster_only;
        uint32_t until;
};

static const struct named_power powers[] = {
        {EDGE_SECRET_READ,
         TO_SECRET,
         STR_INIT(""),
         STR_INIT("secrets"),
         STR_INIT(""),
         {STR_INIT("get"), STR_INIT("list"), STR_INIT("watch")},
         false,
         0},
        {EDGE_TOKEN_REQUEST,
         TO_ACCOUNT,
         STR_INIT(""),
         STR_INIT("serviceaccounts"),
         STR_INIT("token"),
         {STR_INIT("create")},
         false,
         0},
        {EDGE_IMPERSONATE,
         TO_ACCOUNT,
         STR_INIT(""),
         STR_INIT("serviceaccounts"),
         STR_INIT(""),
         {STR_INIT("impersonate")},
         false,
         0},
        {EDGE_IMPERSONATE, TO_USER, STR_INIT(""), STR_INIT("users"), STR_INIT(""), {STR_INIT("impersonate")}, true, 0},
        {EDGE_IMPERSONATE,
         TO_GROUP,
         STR_INIT(""),
         STR_INIT("groups"),
         STR_INIT(""),
         {STR_INIT("impersonate")},
         true,
         0},
        {EDGE_POD_EXEC, TO_POD, STR_INIT(""), STR_INIT("pods"), STR_INIT("exec"), {STR_INIT("create")}, false, 0},
        {EDGE_POD_EXEC, TO_POD, STR_INIT(""), STR_INIT("pods"), STR_INIT("exec"), {STR_INIT("get")}, false, 34},
        {EDGE_POD_CONSOLE, TO_POD, STR_INIT(""), STR_INIT("pods"), STR_INIT("attach"), {STR_INIT("create")}, false, 0},
        {EDGE_POD_DEBUG,
         TO_POD,
         STR_INIT(""),
         STR_INIT("pods"),
         STR_INIT("ephemeralcontainers"),
         {STR_INIT("update"), STR_INIT("patch")},
         false,
         0},
        {EDGE_POD_PATCH,
         TO_POD,
         STR_INIT(""),
         STR_INIT("pods"),
         STR_INIT(""),
         {STR_INIT("update"), STR_INIT("patch")},
         false,
         0},
        {EDGE_WORKLOAD_PATCH,
         TO_NEW_PODS,
         STR_INIT("apps"),
         STR_INIT("deployments"),
         STR_INIT(""),
         {STR_INIT("update"), STR_INIT("patch")},
         false,
         0},
        {EDGE_WORKLOAD_PATCH,
         TO_NEW_PODS,
         STR_INIT("apps"),
         STR_INIT("daemonsets"),
         STR_INIT(""),
         {STR_INIT("update"), STR_INIT("patch")},
         false,
         0},
        {EDGE_WORKLOAD_PATCH,
         TO_NEW_PODS,
         STR_INIT("apps"),
         STR_INIT("statefulsets"),
         STR_INIT(""),
         {STR_INIT("update"), STR_INIT("patch")},
         false,
         0},
        {EDGE_WORKLOAD_PATCH,
         TO_NEW_PODS,
         STR_INIT("batch"),
         STR_INIT("cronjobs"),
         STR_INIT(""),
         {STR_INIT("update"), STR_INIT("patch")},
         false,
         0},
        {EDGE_NODE_PROXY,
         TO_NODE_PODS,
         STR_INIT(""),
         STR_INIT("nodes"),
         STR_INIT("proxy"),
         {STR_INIT("get"), STR_INIT("create")},
         true,
         0},
        {EDGE_EKS_MAP,
         TO_AWS_AUTH,
         STR_INIT(""),
         STR_INIT("configmaps"),
         STR_INIT(""),
         {STR_INIT("update"), STR_INIT("patch")},
         false,
         0},
};

struct naming {
        struct rights *rights;
        uint32_t from, role, rule;
        const struct space *space;
        enum edge_type type;
};

static void step(const struct naming *naming, uint32_t to)
{
        uint32_t edge;

        if (to == GRAPH_NONE)
                return;
        edge = graph_edge(naming->rights->builder->graph, naming->type, naming->from, to);
        rights_prove(naming->rights, edge, naming->role, naming->rule);
}

/* What is in a namespace: there, or by a rule of the cluster, wherever one of the name is known. */
static void step_in_spaces(const struct naming *naming, enum graph_kind kind, struct str name)
{
        struct builder *builder = naming->rights->builder;

        if (naming->space) {
                step(naming, build_node(builder, kind, naming->space->name, name));
                return;
        }
        for (size_t i = 0; i < builder->spaces.count; i++) {
                const struct space *space = builder->spaces.entries[i].value;

                step(naming, graph_find(builder->graph, build_words(builder, "%s%.*s/%.*s", graph_kinds[kind].prefix,
                                                                    STR_ARG(space->name), STR_ARG(name))));
        }
}

static uint32_t user_node(struct builder *builder, struct str name)
{
        struct str rest = name, ns;

        if (!str_starts(name, STR("system:serviceaccount:")))
                return build_node(builder, GRAPH_USER, (struct str){0}, name);
        rest = str_from(name, sizeof("system:serviceaccount:") - 1);
        str_split(&rest, ':', &ns);
        return build_node(builder, GRAPH_ACCOUNT, ns, rest);
}

static void lead_to(const struct naming *naming, enum named_target target, struct str name)
{
        struct builder *builder = naming->rights->builder;
        bool in_system = !naming->space || str_is(naming->space->name, "kube-system");

        if (target == TO_SECRET || target == TO_ACCOUNT || target == TO_POD)
                step_in_spaces(naming,
                               target == TO_SECRET    ? GRAPH_SECRET
                               : target == TO_ACCOUNT ? GRAPH_ACCOUNT
                                                      : GRAPH_POD,
                               name);
        else if (target == TO_NEW_PODS && naming->space)
                step(naming, build_node(builder, GRAPH_NEW_PODS_OF, (struct str){0}, naming->space->name));
        else if (target == TO_USER)
                step(naming, user_node(builder, name));
        else if (target == TO_GROUP)
                step(naming, build_node(builder, GRAPH_GROUP, (struct str){0}, name));
        else if (target == TO_NODE_PODS)
                step(naming, build_node(builder, GRAPH_NODE_PODS, (struct str){0}, name));
        else if (target == TO_AWS_AUTH && in_system && str_is(name, "aws-auth"))
                step(naming, builder->cluster_admin);
}

static bool allows(const struct access_rule *rule, const struct named_power *power)
{
        struct access_rule bare = *rule;

        bare.names = (struct access_words){0};
        for (size_t i = 0; i < COUNT_OF(power->verbs) && power->verbs[i].len; i++) {
                struct access_request request = {.verb = power->verbs[i],
                                                 .group = power->group,
                                                 .resource = power->resource,
                                                 .subresource = power->subresource};
                struct access_question question = access_question_of(&request);

                if (access_rule_allows(&bare, &question))
                        return true;
        }
        return false;
}

void rights_lead_by_name(struct rights *rights, uint32_t from, uint32_t role, struct space *space)
{
        const struct access_rules *rules = access_role(rights->builder->access, role)->rules;

        for (size_t i = 0; rules && i < rules->count; i++) {
                const struct access_rule *rule = &rules->items[i];

                for (size_t k = 0; rule->names.count && k < COUNT_OF(powers); k++) {
                        struct naming naming = {rights, from, role, (uint32_t)i, space, powers[k].type};

                        if ((space && powers[k].cluster_only)
                            || (powers[k].until && rights->builder->minor > powers[k].until)
                            || !allows(rule, &powers[k]))
                                continue;
                        for (uint32_t n = 0; n < rule->names.count; n++)
                                lead_to(&naming, powers[k].target, intern_text(rule->names.items[n]));
                }
        }
}
