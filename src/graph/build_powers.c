/* build_powers.c - the tables of what rights lead to. */

#include "graph/build_access.h"

#define RBAC "rbac.authorization.k8s.io"
#define ADMISSION "admissionregistration.k8s.io"
#define CERTIFICATES "certificates.k8s.io"

enum ingredient {
        EVERYTHING,
        SECRETS_GET,
        SECRETS_LIST,
        SECRETS_CREATE,
        SECRETS_PATCH,
        TOKENS_CREATE,
        USERS_IMPERSONATE,
        GROUPS_IMPERSONATE,
        ACCOUNTS_IMPERSONATE,
        USERS_CONSTRAINED,
        ACCOUNTS_CONSTRAINED,
        CLUSTER_ROLES_BIND,
        ROLES_BIND,
        CLUSTER_BINDINGS_WRITE,
        BINDINGS_WRITE,
        CLUSTER_ROLES_ESCALATE,
        ROLES_ESCALATE,
        CLUSTER_ROLES_WRITE,
        ROLES_WRITE,
        REQUESTS_CREATE,
        REQUESTS_APPROVE,
        SIGNERS_APPROVE,
        PODS_CREATE,
        WORKLOADS_CREATE,
        PODS_PATCH,
        WORKLOADS_PATCH,
        PODS_EXEC,
        PODS_ATTACH,
        PODS_DEBUG,
        PODS_FORWARD,
        NODES_PROXY,
        MUTATING_WEBHOOKS,
        VALIDATING_WEBHOOKS,
        CONFIG_MAPS_WRITE,
        NAMESPACES_WRITE,
        VOLUMES_CREATE,
        CLAIMS_CREATE,
        NODES_WRITE,
        PODS_STATUS,
        SERVICES_STATUS,
        PODS_REMOVE,
        API_SERVICES,
        CUSTOM_DEFINITIONS,
        MUTATING_POLICIES,
        MUTATING_BINDINGS,
        INGREDIENT_COUNT,
};

_Static_assert(INGREDIENT_COUNT <= 64, "a set of ingredients is a number of 64 bits");

#define BIT(ingredient) ((uint64_t)1 << (ingredient))

/* One way to have an ingredient: any of the verbs on the resource. */
struct row {
        enum ingredient ingredient;
        struct str group, resource, subresource;
        struct str verbs[3];
        uint32_t until, since; /* minor versions; 0: any */
};

#define WRITE                                                                                                          \
        {                                                                                                              \
                STR_INIT("update"), STR_INIT("patch")                                                                  \
        }
#define WRITE_OR_CREATE                                                                                                \
        {                                                                                                              \
                STR_INIT("create"), STR_INIT("update"), STR_INIT("patch")                                              \
        }
#define VERB(verb)                                                                                                     \
        {                                                                                                              \
                STR_INIT(verb)                                                                                         \
        }
#define CORE STR_INIT("")
#define NO_SUB STR_INIT("")

static const struct row rows[] = {
        {SECRETS_GET, CORE, STR_INIT("secrets"), NO_SUB, VERB("get"), 0, 0},
        {SECRETS_LIST, CORE, STR_INIT("secrets"), NO_SUB, {STR_INIT("list"), STR_INIT("watch")}, 0, 0},
        {SECRETS_CREATE, CORE, STR_INIT("secrets"), NO_SUB, VERB("create"), 0, 0},
        {SECRETS_PATCH, CORE, STR_INIT("secrets"), NO_SUB, VERB("patch"), 0, 0},
        {TOKENS_CREATE, CORE, STR_INIT("serviceaccounts"), STR_INIT("token"), VERB("create"), 0, 0},
        {USERS_IMPERSONATE, CORE, STR_INIT("users"), NO_SUB, VERB("impersonate"), 0, 0},
        {GROUPS_IMPERSONATE, CORE, STR_INIT("groups"), NO_SUB, VERB("impersonate"), 0, 0},
        {ACCOUNTS_IMPERSONATE, CORE, STR_INIT("serviceaccounts"), NO_SUB, VERB("impersonate"), 0, 0},
        {USERS_CONSTRAINED, STR_INIT("authentication.k8s.io"), STR_INIT("users"), NO_SUB, VERB("impersonate:user-info"),
         0, 36},
        {ACCOUNTS_CONSTRAINED, STR_INIT("authentication.k8s.io"), STR_INIT("serviceaccounts"), NO_SUB,
         VERB("impersonate:serviceaccount"), 0, 36},
        {CLUSTER_ROLES_BIND, STR_INIT(RBAC), STR_INIT("clusterroles"), NO_SUB, VERB("bind"), 0, 0},
        {ROLES_BIND, STR_INIT(RBAC), STR_INIT("roles"), NO_SUB, VERB("bind"), 0, 0},
        {CLUSTER_BINDINGS_WRITE, STR_INIT(RBAC), STR_INIT("clusterrolebindings"), NO_SUB, WRITE_OR_CREATE, 0, 0},
        {BINDINGS_WRITE, STR_INIT(RBAC), STR_INIT("rolebindings"), NO_SUB, WRITE_OR_CREATE, 0, 0},
        {CLUSTER_ROLES_ESCALATE, STR_INIT(RBAC), STR_INIT("clusterroles"), NO_SUB, VERB("escalate"), 0, 0},
        {ROLES_ESCALATE, STR_INIT(RBAC), STR_INIT("roles"), NO_SUB, VERB("escalate"), 0, 0},
        {CLUSTER_ROLES_WRITE, STR_INIT(RBAC), STR_INIT("clusterroles"), NO_SUB, WRITE, 0, 0},
        {ROLES_WRITE, STR_INIT(RBAC), STR_INIT("roles"), NO_SUB, WRITE, 0, 0},
        {REQUESTS_CREATE, STR_INIT(CERTIFICATES), STR_INIT("certificatesigningrequests"), NO_SUB, VERB("create"), 0, 0},
        {REQUESTS_APPROVE, STR_INIT(CERTIFICATES), STR_INIT("certificatesigningrequests"), STR_INIT("approval"), WRITE,
         0, 0},
        {SIGNERS_APPROVE, STR_INIT(CERTIFICATES), STR_INIT("signers"), NO_SUB, VERB("approve"), 0, 0},
        {PODS_CREATE, CORE, STR_INIT("pods"), NO_SUB, VERB("create"), 0, 0},
        {WORKLOADS_CREATE, STR_INIT("apps"), STR_INIT("deployments"), NO_SUB, VERB("create"), 0, 0},
        {WORKLOADS_CREATE, STR_INIT("apps"), STR_INIT("daemonsets"), NO_SUB, VERB("create"), 0, 0},
        {WORKLOADS_CREATE, STR_INIT("apps"), STR_INIT("statefulsets"), NO_SUB, VERB("create"), 0, 0},
        {WORKLOADS_CREATE, STR_INIT("apps"), STR_INIT("replicasets"), NO_SUB, VERB("create"), 0, 0},
        {WORKLOADS_CREATE, STR_INIT("batch"), STR_INIT("jobs"), NO_SUB, VERB("create"), 0, 0},
        {WORKLOADS_CREATE, STR_INIT("batch"), STR_INIT("cronjobs"), NO_SUB, VERB("create"), 0, 0},
        {WORKLOADS_CREATE, CORE, STR_INIT("replicationcontrollers"), NO_SUB, VERB("create"), 0, 0},
        {PODS_PATCH, CORE, STR_INIT("pods"), NO_SUB, WRITE, 0, 0},
        {WORKLOADS_PATCH, STR_INIT("apps"), STR_INIT("deployments"), NO_SUB, WRITE, 0, 0},
        {WORKLOADS_PATCH, STR_INIT("apps"), STR_INIT("daemonsets"), NO_SUB, WRITE, 0, 0},
        {WORKLOADS_PATCH, STR_INIT("apps"), STR_INIT("statefulsets"), NO_SUB, WRITE, 0, 0},
        {WORKLOADS_PATCH, STR_INIT("apps"), STR_INIT("replicasets"), NO_SUB, WRITE, 0, 0},
        {WORKLOADS_PATCH, STR_INIT("batch"), STR_INIT("cronjobs"), NO_SUB, WRITE, 0, 0},
        {WORKLOADS_PATCH, CORE, STR_INIT("replicationcontrollers"), NO_SUB, WRITE, 0, 0},
        {PODS_EXEC, CORE, STR_INIT("pods"), STR_INIT("exec"), VERB("create"), 0, 0},
        {PODS_EXEC, CORE, STR_INIT("pods"), STR_INIT("exec"), VERB("get"), 34, 0},
        {PODS_ATTACH, CORE, STR_INIT("pods"), STR_INIT("attach"), VERB("create"), 0, 0},
        {PODS_ATTACH, CORE, STR_INIT("pods"), STR_INIT("attach"), VERB("get"), 34, 0},
        {PODS_DEBUG, CORE, STR_INIT("pods"), STR_INIT("ephemeralcontainers"), WRITE, 0, 0},
        {PODS_FORWARD, CORE, STR_INIT("pods"), STR_INIT("portforward"), VERB("create"), 0, 0},
        {PODS_FORWARD, CORE, STR_INIT("pods"), STR_INIT("portforward"), VERB("get"), 34, 0},
        {PODS_FORWARD, CORE, STR_INIT("pods"), STR_INIT("proxy"), {STR_INIT("get"), STR_INIT("create")}, 0, 0},
        {PODS_FORWARD, CORE, STR_INIT("services"), STR_INIT("proxy"), {STR_INIT("get"), STR_INIT("create")}, 0, 0},
        {NODES_PROXY, CORE, STR_INIT("nodes"), STR_INIT("proxy"), {STR_INIT("get"), STR_INIT("create")}, 0, 0},
        {MUTATING_WEBHOOKS, STR_INIT(ADMISSION), STR_INIT("mutatingwebhookconfigurations"), NO_SUB, WRITE_OR_CREATE, 0,
         0},
        {VALIDATING_WEBHOOKS, STR_INIT(ADMISSION), STR_INIT("validatingwebhookconfigurations"), NO_SUB, WRITE_OR_CREATE,
         0, 0},
        {CONFIG_MAPS_WRITE, CORE, STR_INIT("configmaps"), NO_SUB, WRITE, 0, 0},
        {NAMESPACES_WRITE, CORE, STR_INIT("namespaces"), NO_SUB, WRITE, 0, 0},
        {VOLUMES_CREATE, CORE, STR_INIT("persistentvolumes"), NO_SUB, VERB("create"), 0, 0},
        {CLAIMS_CREATE, CORE, STR_INIT("persistentvolumeclaims"), NO_SUB, VERB("create"), 0, 0},
        {NODES_WRITE, CORE, STR_INIT("nodes"), NO_SUB, WRITE, 0, 0},
        {NODES_WRITE, CORE, STR_INIT("nodes"), STR_INIT("status"), WRITE, 0, 0},
        {PODS_STATUS, CORE, STR_INIT("pods"), STR_INIT("status"), WRITE, 0, 0},
        {SERVICES_STATUS, CORE, STR_INIT("services"), STR_INIT("status"), WRITE, 0, 0},
        {PODS_REMOVE, CORE, STR_INIT("pods"), NO_SUB, {STR_INIT("delete"), STR_INIT("deletecollection")}, 0, 0},
        {PODS_REMOVE, CORE, STR_INIT("pods"), STR_INIT("eviction"), VERB("create"), 0, 0},
        {PODS_REMOVE, CORE, STR_INIT("nodes"), NO_SUB, VERB("delete"), 0, 0},
        {API_SERVICES, STR_INIT("apiregistration.k8s.io"), STR_INIT("apiservices"), NO_SUB, WRITE_OR_CREATE, 0, 0},
        {CUSTOM_DEFINITIONS, STR_INIT("apiextensions.k8s.io"), STR_INIT("customresourcedefinitions"), NO_SUB, WRITE, 0,
         0},
        {MUTATING_POLICIES, STR_INIT(ADMISSION), STR_INIT("mutatingadmissionpolicies"), NO_SUB, WRITE_OR_CREATE, 0, 34},
        {MUTATING_BINDINGS, STR_INIT(ADMISSION), STR_INIT("mutatingadmissionpolicybindings"), NO_SUB, WRITE_OR_CREATE,
         0, 34},
};

/* What is not in a namespace: a RoleBinding gives nothing of it. Of namespaces it does, since a request for one counts as in it. */
static const uint64_t cluster_only =
        BIT(USERS_IMPERSONATE) | BIT(GROUPS_IMPERSONATE) | BIT(USERS_CONSTRAINED) | BIT(CLUSTER_BINDINGS_WRITE)
        | BIT(CLUSTER_ROLES_ESCALATE) | BIT(CLUSTER_ROLES_WRITE) | BIT(REQUESTS_CREATE) | BIT(REQUESTS_APPROVE)
        | BIT(SIGNERS_APPROVE) | BIT(NODES_PROXY) | BIT(MUTATING_WEBHOOKS) | BIT(VALIDATING_WEBHOOKS)
        | BIT(VOLUMES_CREATE) | BIT(NODES_WRITE) | BIT(API_SERVICES) | BIT(CUSTOM_DEFINITIONS) | BIT(MUTATING_POLICIES)
        | BIT(MUTATING_BINDINGS);

enum { NOTHING = GRAPH_KIND_COUNT };

struct power {
        enum edge_type type;
        uint64_t needs;
        int in_cluster, in_namespace; /* what it leads to; NOTHING */
        enum graph_verdict verdict;
        struct str only_in; /* the one namespace where it means something; empty: all */
        struct str shown;   /* a ConfigMap of that namespace that must have been shown */
};

static const struct power powers[] = {
        {EDGE_SECRET_LIST, BIT(SECRETS_LIST), GRAPH_SECRETS, GRAPH_SECRETS_OF, 0, {0}, {0}},
        {EDGE_SECRET_GET, BIT(SECRETS_GET), GRAPH_SECRETS, GRAPH_SECRETS_OF, 0, {0}, {0}},
        {EDGE_SECRET_MINT, BIT(SECRETS_CREATE) | BIT(SECRETS_GET), GRAPH_ACCOUNTS, GRAPH_ACCOUNTS_OF, 0, {0}, {0}},
        {EDGE_SECRET_MINT, BIT(SECRETS_CREATE) | BIT(SECRETS_LIST), GRAPH_ACCOUNTS, GRAPH_ACCOUNTS_OF, 0, {0}, {0}},
        {EDGE_SECRET_MINT, BIT(SECRETS_CREATE) | BIT(SECRETS_PATCH), GRAPH_ACCOUNTS, GRAPH_ACCOUNTS_OF, 0, {0}, {0}},
        {EDGE_TOKEN_REQUEST, BIT(TOKENS_CREATE), GRAPH_ACCOUNTS, GRAPH_ACCOUNTS_OF, 0, {0}, {0}},
        {EDGE_IMPERSONATE, BIT(ACCOUNTS_IMPERSONATE), GRAPH_ACCOUNTS, GRAPH_ACCOUNTS_OF, 0, {0}, {0}},
        {EDGE_IMPERSONATE, BIT(USERS_IMPERSONATE), GRAPH_USERS, NOTHING, 0, {0}, {0}},
        {EDGE_IMPERSONATE, BIT(GROUPS_IMPERSONATE) | BIT(USERS_IMPERSONATE), GRAPH_CLUSTER_ADMIN, NOTHING, 0, {0}, {0}},
        {EDGE_IMPERSONATE,
         BIT(GROUPS_IMPERSONATE) | BIT(ACCOUNTS_IMPERSONATE),
         GRAPH_CLUSTER_ADMIN,
         NOTHING,
         0,
         {0},
         {0}},
        {EDGE_ROLE_BIND,
         BIT(CLUSTER_BINDINGS_WRITE) | BIT(CLUSTER_ROLES_BIND),
         GRAPH_CLUSTER_ADMIN,
         NOTHING,
         0,
         {0},
         {0}},
        {EDGE_ROLE_BIND, BIT(BINDINGS_WRITE) | BIT(CLUSTER_ROLES_BIND), GRAPH_NAMESPACES, GRAPH_NAMESPACE, 0, {0}, {0}},
        {EDGE_ROLE_BIND, BIT(BINDINGS_WRITE) | BIT(ROLES_BIND), GRAPH_ROLES, GRAPH_ROLES_OF, 0, {0}, {0}},
        {EDGE_ROLE_ESCALATE,
         BIT(CLUSTER_ROLES_ESCALATE) | BIT(CLUSTER_ROLES_WRITE),
         GRAPH_CLUSTER_ADMIN,
         NOTHING,
         0,
         {0},
         {0}},
        {EDGE_ROLE_ESCALATE, BIT(ROLES_ESCALATE) | BIT(ROLES_WRITE), GRAPH_NAMESPACES, GRAPH_NAMESPACE, 0, {0}, {0}},
        {EDGE_CERTIFICATE_SIGN,
         BIT(REQUESTS_CREATE) | BIT(REQUESTS_APPROVE) | BIT(SIGNERS_APPROVE),
         GRAPH_USERS,
         NOTHING,
         0,
         {0},
         {0}},
        {EDGE_POD_CREATE, BIT(PODS_CREATE), GRAPH_NEW_PODS, GRAPH_NEW_PODS_OF, 0, {0}, {0}},
        {EDGE_POD_CREATE, BIT(WORKLOADS_CREATE), GRAPH_NEW_PODS, GRAPH_NEW_PODS_OF, 0, {0}, {0}},
        {EDGE_POD_PATCH, BIT(PODS_PATCH), GRAPH_PODS, GRAPH_PODS_OF, 0, {0}, {0}},
        {EDGE_WORKLOAD_PATCH, BIT(WORKLOADS_PATCH), GRAPH_NEW_PODS, GRAPH_NEW_PODS_OF, 0, {0}, {0}},
        {EDGE_POD_EXEC, BIT(PODS_EXEC), GRAPH_PODS, GRAPH_PODS_OF, 0, {0}, {0}},
        {EDGE_POD_CONSOLE, BIT(PODS_ATTACH), GRAPH_PODS, GRAPH_PODS_OF, 0, {0}, {0}},
        {EDGE_POD_DEBUG, BIT(PODS_DEBUG), GRAPH_PODS, GRAPH_PODS_OF, 0, {0}, {0}},
        {EDGE_POD_FORWARD, BIT(PODS_FORWARD), GRAPH_PORTS, GRAPH_PORTS_OF, 0, {0}, {0}},
        {EDGE_NODE_PROXY, BIT(NODES_PROXY), GRAPH_PODS, NOTHING, 0, {0}, {0}},
        {EDGE_ADMISSION_CHANGE, BIT(MUTATING_WEBHOOKS), GRAPH_CLUSTER_ADMIN, NOTHING, 0, {0}, {0}},
        {EDGE_ADMISSION_WATCH, BIT(VALIDATING_WEBHOOKS), GRAPH_SECRETS, NOTHING, 0, {0}, {0}},
        {EDGE_EKS_MAP, BIT(CONFIG_MAPS_WRITE), GRAPH_CLUSTER_ADMIN, GRAPH_CLUSTER_ADMIN, 0, STR_INIT("kube-system"),
         STR_INIT("aws-auth")},
        {EDGE_NAMESPACE_LABEL, BIT(NAMESPACES_WRITE) | BIT(PODS_CREATE), GRAPH_NODES, GRAPH_NODES, 0, {0}, {0}},
        {EDGE_NAMESPACE_LABEL, BIT(NAMESPACES_WRITE) | BIT(WORKLOADS_CREATE), GRAPH_NODES, GRAPH_NODES, 0, {0}, {0}},
        {EDGE_VOLUME_CREATE,
         BIT(VOLUMES_CREATE) | BIT(CLAIMS_CREATE) | BIT(PODS_CREATE),
         GRAPH_NODES,
         GRAPH_NODES,
         0,
         {0},
         {0}},
        {EDGE_VOLUME_CREATE,
         BIT(VOLUMES_CREATE) | BIT(CLAIMS_CREATE) | BIT(WORKLOADS_CREATE),
         GRAPH_NODES,
         GRAPH_NODES,
         0,
         {0},
         {0}},
        {EDGE_POD_STATUS, BIT(PODS_STATUS), GRAPH_TRAFFIC, GRAPH_TRAFFIC_OF, 0, {0}, {0}},
        {EDGE_SERVICE_STATUS, BIT(SERVICES_STATUS), GRAPH_TRAFFIC, GRAPH_TRAFFIC_OF, 0, {0}, {0}},
        {EDGE_POD_STEAL, BIT(PODS_REMOVE) | BIT(NODES_WRITE), GRAPH_PODS, GRAPH_PODS_OF, GRAPH_UNKNOWN, {0}, {0}},
        {EDGE_API_SERVICE, BIT(API_SERVICES), GRAPH_CLUSTER_ADMIN, NOTHING, 0, {0}, {0}},
        {EDGE_CONVERSION_WEBHOOK, BIT(CUSTOM_DEFINITIONS), GRAPH_CLUSTER_ADMIN, NOTHING, GRAPH_UNKNOWN, {0}, {0}},
        {EDGE_MUTATING_POLICY,
         BIT(MUTATING_POLICIES) | BIT(MUTATING_BINDINGS),
         GRAPH_CLUSTER_ADMIN,
         NOTHING,
         0,
         {0},
         {0}},
};

/* --- which rule sets have what --- */

struct question {
        struct access_question of;
        enum ingredient ingredient;
        int mode; /* as whom; MODE_COUNT: as oneself */
};

/* Before the verb of a request as somebody else, and what allows being somebody else. */
static const struct {
        const char *verb;
        enum ingredient being;
} modes[MODE_COUNT] = {
        [MODE_USER] = {"impersonate-on:user-info:", USERS_CONSTRAINED},
        [MODE_ACCOUNT] = {"impersonate-on:serviceaccount:", ACCOUNTS_CONSTRAINED},
};

enum { CONSTRAINED_SINCE = 36 };

struct question_list {
        VEC(struct question) items;
};

static void add_question(struct builder *builder, struct question_list *list, const struct row *row, struct str verb,
                         int mode)
{
        struct access_request request = {
                .verb = verb, .group = row->group, .resource = row->resource, .subresource = row->subresource};

        if (mode < MODE_COUNT)
                request.verb = build_words(builder, "%s%.*s", modes[mode].verb, STR_ARG(verb));
        *vec_push(builder->arena, &list->items) =
                (struct question){access_question_of(&request), row->ingredient, mode};
}

/* Those as somebody else stand behind the others: few rule sets need them. */
static const struct question_list *make_questions(struct builder *builder)
{
        struct question_list *list = arena_new(builder->arena, struct question_list);
        int last = builder->minor >= CONSTRAINED_SINCE ? 0 : MODE_COUNT;

        for (int mode = MODE_COUNT; mode >= last; mode--) {
                for (size_t i = 0; i < COUNT_OF(rows); i++) {
                        const struct row *row = &rows[i];

                        if ((row->until && builder->minor > row->until) || builder->minor < row->since)
                                continue;
                        for (size_t k = 0; k < COUNT_OF(row->verbs) && row->verbs[k].len; k++)
                                add_question(builder, list, row, row->verbs[k], mode);
                }
        }
        return list;
}

static bool has_star(const struct access_words *words)
{
        for (uint32_t i = 0; i < words->count; i++) {
                if (words->items[i] == access_star())
                        return true;
        }
        return false;
}

/* Every verb on every resource, at least of the core group: that has Pods, Secrets and impersonation. */
static bool is_everything(const struct access_rule *rule)
{
        if (rule->names.count || !has_star(&rule->verbs) || !has_star(&rule->resources))
                return false;
        for (uint32_t i = 0; i < rule->groups.count; i++) {
                if (!intern_text(rule->groups.items[i]).len)
                        return true;
        }
        return has_star(&rule->groups);
}

static bool has_requests_as_other(const struct access_rules *rules)
{
        for (size_t i = 0; i < rules->count; i++) {
                for (uint32_t k = 0; k < rules->items[i].verbs.count; k++) {
                        if (str_starts(intern_text(rules->items[i].verbs.items[k]), STR("impersonate-on:")))
                                return true;
                }
        }
        return false;
}

/* Where the answer to a question goes. */
static uint64_t *slot_of(struct rights *rights, struct ingredients *out, const struct question *question,
                         uint16_t **rules)
{
        if (question->mode == MODE_COUNT) {
                *rules = out->rules;
                return &out->given.has;
        }
        if (!out->as_other[question->mode])
                out->as_other[question->mode] = arena_array(rights->builder->arena, uint16_t, INGREDIENT_COUNT);
        *rules = out->as_other[question->mode];
        return &out->given.as_other[question->mode];
}

static void read_set(struct rights *rights, const struct access_rules *rules, struct ingredients *out)
{
        const struct question_list *questions = rights->questions;
        bool as_other = has_requests_as_other(rules);

        for (size_t i = 0; i < rules->count; i++) {
                if (is_everything(&rules->items[i])) {
                        out->given.has = BIT(EVERYTHING);
                        out->rules[EVERYTHING] = (uint16_t)min_size(i, UINT16_MAX);
                        return;
                }
        }
        for (size_t i = 0; i < questions->items.count; i++) {
                const struct question *question = &questions->items.items[i];
                uint16_t *found;
                uint64_t *has;
                size_t rule;

                if (question->mode < MODE_COUNT && !as_other)
                        break;
                has = slot_of(rights, out, question, &found);
                if (*has & BIT(question->ingredient))
                        continue;
                rule = access_rules_find(rules, &question->of);
                if (rule > UINT16_MAX)
                        continue;
                *has |= BIT(question->ingredient);
                found[question->ingredient] = (uint16_t)rule;
        }
}

void rights_read(struct rights *rights, struct builder *builder)
{
        uint32_t count = access_rule_set_count(builder->access);

        *rights = (struct rights){.builder = builder, .questions = make_questions(builder)};
        rights->of_sets = arena_array(builder->arena, struct ingredients, count);
        for (uint32_t i = 0; i < count; i++) {
                rights->of_sets[i].rules = arena_array(builder->arena, uint16_t, INGREDIENT_COUNT);
                read_set(rights, access_rule_set(builder->access, i), &rights->of_sets[i]);
        }
}

/* --- steps --- */

static uint32_t target_of(struct builder *builder, int kind, const struct space *space)
{
        struct str name = space && kind != GRAPH_NODES && kind != GRAPH_CLUSTER_ADMIN ? space->name : (struct str){0};

        return build_node(builder, (enum graph_kind)kind, (struct str){0}, name);
}

/* Whether a power can mean something there. */
static bool applies(struct builder *builder, const struct power *power, const struct space *space)
{
        int kind = space ? power->in_namespace : power->in_cluster;

        if (kind == NOTHING)
                return false;
        if (power->only_in.len && space && !str_equal(space->name, power->only_in))
                return false;
        return !power->shown.len || index_find(builder->index, STR("ConfigMap"), power->only_in, power->shown);
}

/* Powers that are no rights of one's own when somebody else has them, too. */
static bool is_of_others(const struct power *power)
{
        return power->type != EDGE_IMPERSONATE;
}

static uint32_t lead(struct builder *builder, const struct power *power, uint32_t from, const struct space *space,
                     int mode)
{
        int kind = space ? power->in_namespace : power->in_cluster;
        enum edge_type type = mode == MODE_COUNT ? power->type : EDGE_IMPERSONATE_CONSTRAINED;
        uint32_t edge = graph_edge(builder->graph, type, from, target_of(builder, kind, space));

        /* Whether there is somebody else who may do it, is for the authorizer to say. */
        builder->graph->edges.items[edge].verdict = mode == MODE_COUNT ? power->verdict : GRAPH_UNKNOWN;
        return edge;
}

/* What of `needs` is had as oneself, and what as somebody else; false if not all is. */
static bool has_needs(const struct given *given, uint64_t needs, int mode)
{
        if (mode == MODE_COUNT)
                return (given->has & needs) == needs;
        return given->has & BIT(modes[mode].being) && ((given->has | given->as_other[mode]) & needs) == needs
               && (given->has & needs) != needs;
}

static void prove_all(struct rights *rights, uint32_t edge, const struct given *proven, uint32_t role)
{
        const struct access_role *of = access_role(rights->builder->access, role);
        const struct ingredients *ingredients = &rights->of_sets[of->rule_set];

        for (unsigned i = 0; i < INGREDIENT_COUNT; i++) {
                if (proven->has & BIT(i))
                        rights_prove(rights, edge, role, ingredients->rules[i]);
                for (int mode = 0; mode < MODE_COUNT; mode++) {
                        if (proven->as_other[mode] & BIT(i))
                                rights_prove(rights, edge, role, ingredients->as_other[mode][i]);
                }
        }
}

/* What has to be proved for a power, of what somebody has. */
static struct given to_prove(const struct given *given, uint64_t needs, int mode)
{
        struct given out = {.has = given->has & needs};

        if (mode == MODE_COUNT)
                return out;
        out.as_other[mode] = needs & ~given->has;
        out.has |= BIT(modes[mode].being);
        return out;
}

static void lead_everywhere(struct rights *rights, uint32_t from, uint32_t role, const struct space *space)
{
        struct builder *builder = rights->builder;
        uint32_t edge = space ? graph_edge(builder->graph, EDGE_NAMESPACE_ADMIN, from,
                                           build_node(builder, GRAPH_NAMESPACE, (struct str){0}, space->name))
                              : graph_edge(builder->graph, EDGE_CLUSTER_ADMIN, from, builder->cluster_admin);

        prove_all(rights, edge, &(struct given){.has = BIT(EVERYTHING)}, role);
}

static struct given in_namespace(struct given given)
{
        given.has &= ~cluster_only;
        for (int mode = 0; mode < MODE_COUNT; mode++)
                given.as_other[mode] &= ~cluster_only;
        return given;
}

void rights_lead(struct rights *rights, uint32_t from, uint32_t role, struct space *space)
{
        struct builder *builder = rights->builder;
        const struct ingredients *of = &rights->of_sets[access_role(builder->access, role)->rule_set];
        struct given given = space ? in_namespace(of->given) : of->given;

        if (given.has & BIT(EVERYTHING)) {
                lead_everywhere(rights, from, role, space);
                return;
        }
        for (size_t i = 0; given.has && i < COUNT_OF(powers); i++) {
                const struct power *power = &powers[i];

                for (int mode = 0; mode <= MODE_COUNT; mode++) {
                        struct given proven = to_prove(&given, power->needs, mode);

                        if (has_needs(&given, power->needs, mode) && (mode == MODE_COUNT || is_of_others(power))
                            && applies(builder, power, space))
                                prove_all(rights, lead(builder, power, from, space, mode), &proven, role);
                }
        }
}

/* --- several bindings together --- */

/* Bindings of one subject, and what they give all together. */
struct bundle {
        const uint32_t *bindings;
        size_t count;
        struct given given;
};

struct together {
        struct rights *rights;
        uint32_t from;
        struct bundle cluster, in_space;
        const struct space *space; /* NULL: in the cluster */
};

static struct given given_by(const struct rights *rights, uint32_t binding)
{
        const struct access *access = rights->builder->access;
        const struct access_binding *of = access_binding(access, binding);
        struct given given;

        if (of->role == ACCESS_NONE)
                return (struct given){0};
        given = rights->of_sets[access_role(access, of->role)->rule_set].given;
        return of->ns.len ? in_namespace(given) : given;
}

static struct given both(struct given one, const struct given *other)
{
        one.has |= other->has;
        for (int mode = 0; mode < MODE_COUNT; mode++)
                one.as_other[mode] |= other->as_other[mode];
        return one;
}

static void bundle_up(const struct rights *rights, struct bundle *bundle)
{
        bundle->given = (struct given){0};
        for (size_t i = 0; i < bundle->count; i++) {
                struct given given = given_by(rights, bundle->bindings[i]);

                bundle->given = both(bundle->given, &given);
        }
}

/* Whether one binding of a bundle gives it all. */
static bool gives_alone(const struct rights *rights, const struct bundle *bundle, uint64_t needs, int mode)
{
        for (size_t i = 0; i < bundle->count; i++) {
                struct given given = given_by(rights, bundle->bindings[i]);

                if (has_needs(&given, needs, mode) || (given.has & needs) == needs || given.has & BIT(EVERYTHING))
                        return true;
        }
        return false;
}

static void prove_with(struct rights *rights, uint32_t edge, const struct bundle *bundle, struct given *missing)
{
        for (size_t i = 0; i < bundle->count; i++) {
                struct given given = given_by(rights, bundle->bindings[i]);

                given.has &= missing->has;
                missing->has &= ~given.has;
                for (int mode = 0; mode < MODE_COUNT; mode++) {
                        given.as_other[mode] &= missing->as_other[mode];
                        missing->as_other[mode] &= ~given.as_other[mode];
                }
                if (given.has || given.as_other[MODE_USER] || given.as_other[MODE_ACCOUNT])
                        prove_all(rights, edge, &given,
                                  access_binding(rights->builder->access, bundle->bindings[i])->role);
        }
}

/* A power that no binding gives alone, and that those of the cluster do not give either where a namespace is looked at. */
static void look_at_power(const struct together *together, const struct given *all, const struct power *power, int mode)
{
        struct rights *rights = together->rights;
        uint64_t needs = power->needs;
        struct given missing;
        uint32_t edge;

        if (!has_needs(all, needs, mode) || (mode < MODE_COUNT && !is_of_others(power))
            || (together->space && has_needs(&together->cluster.given, needs, mode))
            || !applies(rights->builder, power, together->space) || gives_alone(rights, &together->cluster, needs, mode)
            || gives_alone(rights, &together->in_space, needs, mode))
                return;
        missing = to_prove(all, needs, mode);
        edge = lead(rights->builder, power, together->from, together->space, mode);
        prove_with(rights, edge, &together->in_space, &missing);
        prove_with(rights, edge, &together->cluster, &missing);
}

static void look_together(const struct together *together)
{
        struct given all = both(together->cluster.given, &together->in_space.given);

        for (size_t i = 0; i < COUNT_OF(powers); i++) {
                const struct power *power = &powers[i];
                bool several = power->needs & (power->needs - 1);

                for (int mode = several ? MODE_COUNT : MODE_COUNT - 1; mode >= 0; mode--) {
                        if (mode == MODE_COUNT || all.as_other[mode])
                                look_at_power(together, &all, power, mode);
                }
        }
}

void rights_lead_together(struct rights *rights, uint32_t from, const uint32_t *bindings, size_t count)
{
        const struct access *access = rights->builder->access;
        struct together together = {.rights = rights, .from = from, .cluster = {.bindings = bindings}};

        while (together.cluster.count < count && !access_binding(access, bindings[together.cluster.count])->ns.len)
                together.cluster.count++;
        bundle_up(rights, &together.cluster);
        look_together(&together);
        for (size_t i = together.cluster.count, end; i < count; i = end) {
                struct str ns = access_binding(access, bindings[i])->ns;

                for (end = i + 1; end < count && str_equal(access_binding(access, bindings[end])->ns, ns);)
                        end++;
                together.in_space = (struct bundle){.bindings = bindings + i, .count = end - i};
                together.space = build_space(rights->builder, ns);
                bundle_up(rights, &together.in_space);
                look_together(&together);
        }
}
