/* rights.c - what a role lets one do, as far as it leads further: to other accounts, to nodes, to everything.
 *
 * A power is a verb on a resource from which there is a known way on (the tables below). Rights on named objects only are left
 * out: they are seldom more than what the program needs. */

#include "access/internal.h"
#include "access/joins.h"

#include "base/map.h"

#define RBAC RBAC_GROUP

enum { MOST_VERBS = 3 };

/* From the worst on. */
struct power {
        const char *name;  /* for rules */
        const char *words; /* for messages: "may …" */
        struct str group, resource;
        struct str verbs[MOST_VERBS]; /* any of them */
};

static const struct power powers[] = {
        {"everything", "do everything", STR_INIT("*"), STR_INIT("*"), {STR_INIT("*")}},
        {"core", "do everything with Pods, Secrets and the like", STR_INIT(""), STR_INIT("*"), {STR_INIT("*")}},
        {"escalate",
         "give itself more rights",
         STR_INIT(RBAC),
         STR_INIT("clusterroles"),
         {STR_INIT("escalate"), STR_INIT("bind")}},
        {"escalate",
         "give itself more rights",
         STR_INIT(RBAC),
         STR_INIT("roles"),
         {STR_INIT("escalate"), STR_INIT("bind")}},
        {"impersonate", "act as anybody", STR_INIT(""), STR_INIT("users"), {STR_INIT("impersonate")}},
        {"impersonate", "act as any group", STR_INIT(""), STR_INIT("groups"), {STR_INIT("impersonate")}},
        {"impersonate",
         "act as any service account",
         STR_INIT(""),
         STR_INIT("serviceaccounts"),
         {STR_INIT("impersonate")}},
        {"secrets",
         "read all Secrets",
         STR_INIT(""),
         STR_INIT("secrets"),
         {STR_INIT("get"), STR_INIT("list"), STR_INIT("watch")}},
        {"tokens",
         "make tokens of any service account",
         STR_INIT(""),
         STR_INIT("serviceaccounts/token"),
         {STR_INIT("create")}},
        {"pods", "start Pods", STR_INIT(""), STR_INIT("pods"), {STR_INIT("create")}},
        {"pods",
         "start Pods by a Deployment",
         STR_INIT("apps"),
         STR_INIT("deployments"),
         {STR_INIT("create"), STR_INIT("update"), STR_INIT("patch")}},
        {"pods",
         "start Pods by a DaemonSet",
         STR_INIT("apps"),
         STR_INIT("daemonsets"),
         {STR_INIT("create"), STR_INIT("update"), STR_INIT("patch")}},
        {"pods",
         "start Pods by a StatefulSet",
         STR_INIT("apps"),
         STR_INIT("statefulsets"),
         {STR_INIT("create"), STR_INIT("update"), STR_INIT("patch")}},
        {"pods", "start Pods by a Job", STR_INIT("batch"), STR_INIT("jobs"), {STR_INIT("create")}},
        {"pods",
         "start Pods by a CronJob",
         STR_INIT("batch"),
         STR_INIT("cronjobs"),
         {STR_INIT("create"), STR_INIT("update"), STR_INIT("patch")}},
        {"exec", "run commands in Pods", STR_INIT(""), STR_INIT("pods/exec"), {STR_INIT("create"), STR_INIT("get")}},
        {"nodes", "reach every kubelet", STR_INIT(""), STR_INIT("nodes/proxy"), {STR_INIT("create"), STR_INIT("get")}},
        {"webhooks",
         "change what the API server lets in",
         STR_INIT("admissionregistration.k8s.io"),
         STR_INIT("mutatingwebhookconfigurations"),
         {STR_INIT("create"), STR_INIT("update"), STR_INIT("patch")}},
        {"volumes", "mount any path of a node", STR_INIT(""), STR_INIT("persistentvolumes"), {STR_INIT("create")}},
        {"view-pods",
         "see all Pods",
         STR_INIT(""),
         STR_INIT("pods"),
         {STR_INIT("get"), STR_INIT("list"), STR_INIT("watch")}},
};

/* What is asked of a role, MOST_VERBS for each power; those behind the last verb are not asked. The words are interned, because the
 * roles that may have them are not read yet. */
static const struct access_question *ask(struct arena *arena)
{
        struct access_question *questions = arena_array(arena, struct access_question, COUNT_OF(powers) * MOST_VERBS);

        for (size_t i = 0; i < COUNT_OF(powers); i++) {
                struct access_request request = {.group = powers[i].group, .subresource = powers[i].resource};

                intern(powers[i].group);
                intern(powers[i].resource);
                str_split(&request.subresource, '/', &request.resource);
                intern(str_format(arena, "*/%.*s", STR_ARG(request.subresource)));
                for (size_t v = 0; v < MOST_VERBS && powers[i].verbs[v].len; v++) {
                        request.verb = powers[i].verbs[v];
                        intern(request.verb);
                        questions[i * MOST_VERBS + v] = access_question_of(&request);
                }
        }
        return questions;
}

/* The index of the first rule that gives a power; SIZE_MAX if none does. */
static size_t find_power(const struct access_rules *rules, const struct power *power,
                         const struct access_question *questions)
{
        size_t first = SIZE_MAX;

        for (size_t v = 0; v < MOST_VERBS && power->verbs[v].len; v++)
                first = min_size(first, access_rules_find(rules, &questions[v]));
        return first;
}

/* The worst that a role gives, and which of its rules does; NULL if nothing of the table. */
static const struct power *worst_of(struct arena *arena, const struct object *role,
                                    const struct access_question *questions, uint32_t *index)
{
        struct access_rules rules;
        struct err err = {0};

        if (!access_rules_read(arena, value_get(&role->root.value, KEY_rules), &rules, &err))
                return NULL;
        for (size_t i = 0; i < COUNT_OF(powers); i++) {
                size_t found = find_power(&rules, &powers[i], &questions[i * MOST_VERBS]);

                if (found != SIZE_MAX) {
                        *index = (uint32_t)found;
                        return &powers[i];
                }
        }
        return NULL;
}

/* --- from an account to its rights --- */

static const struct power cluster_admin = {"everything", "do everything", {0}, {0}, {{0}}};
static const struct power administrator = {"admin", "do everything in the namespace", {0}, {0}, {{0}}};

struct grant {
        const struct object *binding;
        const struct power *power;
        struct str role;
        const struct object *shown; /* the role; NULL: it was not shown */
        uint32_t rule;              /* which of its rules gives the power */
        bool in_cluster;            /* not in one namespace only */
};

/* What a binding gives; its power is NULL if nothing of interest, or if its role was not shown. */
static struct grant grant_of(struct arena *arena, const struct index *index, const struct access_question *questions,
                             const struct object *binding)
{
        const struct value *reference = value_get(&binding->root.value, KEY_roleRef);
        struct grant grant = {
                .binding = binding,
                .role = value_get_text(reference, KEY_name),
                .in_cluster = str_is(binding->kind, "ClusterRoleBinding"),
        };
        bool cluster = str_is(value_get_text(reference, KEY_kind), "ClusterRole");
        const struct object *role;

        role = cluster              ? index_find(index, STR("ClusterRole." RBAC), (struct str){0}, grant.role)
                                    : index_find(index, STR("Role." RBAC), binding->ns, grant.role);
        grant.shown = role;
        if (role)
                grant.power = worst_of(arena, role, questions, &grant.rule);
        else if (cluster && str_is(grant.role, "cluster-admin"))
                grant.power = grant.in_cluster ? &cluster_admin : &administrator;
        else if (cluster && (str_is(grant.role, "admin") || str_is(grant.role, "edit")))
                grant.power = &administrator;
        return grant;
}

/* Whether one is worse: reaches further, then gives more. */
static bool is_worse(const struct grant *one, const struct grant *other)
{
        if (!other->power || one->in_cluster != other->in_cluster)
                return !other->power || one->in_cluster;
        return one->power < other->power;
}

static void add_subject(struct arena *arena, struct map *grants, const struct grant *grant, const struct value *subject)
{
        struct str ns = value_get_text(subject, KEY_namespace);
        void **slot;

        if (!value_is_text(value_get(subject, KEY_kind), "ServiceAccount"))
                return;
        slot = map_slot(arena, grants,
                        str_format(arena, "%.*s/%.*s", STR_ARG(namespace_name(ns.len ? ns : grant->binding->ns)),
                                   STR_ARG(value_get_text(subject, KEY_name))));
        if (!*slot)
                *slot = arena_new(arena, struct grant);
        if (is_worse(grant, *slot))
                *(struct grant *)*slot = *grant;
}

static const struct str binding_kinds[] = {STR_INIT("RoleBinding." RBAC), STR_INIT("ClusterRoleBinding." RBAC)};

static const void *prepare_grants(struct arena *arena, const struct index *index)
{
        const struct access_question *questions = ask(arena);
        struct map *grants = arena_new(arena, struct map);

        for (size_t k = 0; k < COUNT_OF(binding_kinds); k++) {
                const struct object_list *list = index_all(index, binding_kinds[k]);

                for (size_t i = 0; i < list->objects.count; i++) {
                        const struct object *binding = list->objects.items[i];
                        struct grant grant = grant_of(arena, index, questions, binding);

                        if (!grant.power)
                                continue;
                        value_each (value_get(&binding->root.value, KEY_subjects), subject)
                                add_subject(arena, grants, &grant, &subject->value);
                }
        }
        return grants->count ? grants : NULL;
}

static void tell(struct join_run *run, struct join_fact *fact, const struct grant *grant)
{
        join_tell_object(run, fact, "binding", grant->binding);
        join_tell_text(run, fact, "role", grant->role);
        join_tell_text(run, fact, "power", str_of(grant->power->name));
        join_tell_text(run, fact, "may", str_of(grant->power->words));
        join_tell(run, fact, "cluster", value_bool(grant->in_cluster));
        if (grant->binding != run->object)
                join_relate(run, fact, grant->binding, "this binding gives the role", "/roleRef");
        if (grant->shown)
                join_relate(run, fact, grant->shown, "this rule of the role gives the right", "/rules/%u", grant->rule);
}

/* Whether a token of the account is in the Pod: what the Pod says, then what the account says. */
static bool has_token(const struct join_run *run, struct str account)
{
        const struct value *spec = value_get(&run->object->pod.value, KEY_spec);
        const struct value *said = value_get(spec, KEY_automountServiceAccountToken);
        const struct object *object;

        if (said)
                return value_is_true(said);
        object = index_find(run->index, STR("ServiceAccount"), run->object->ns, account);
        said = object ? value_get(&object->root.value, KEY_automountServiceAccountToken) : NULL;
        return !value_is(said, VALUE_BOOL) || said->boolean;
}

/* A workload whose service account has a power: `account`, `binding`, `role`, `power`, `may` (in words), `cluster` (whether in
 * every namespace). */
static void judge_workload(struct join_run *run)
{
        const struct value *spec = value_get(&run->object->pod.value, KEY_spec);
        struct str account = value_get_text(spec, KEY_serviceAccountName);
        const char *path = account.len ? "/spec/serviceAccountName" : "/spec";
        const struct map *grants = run->prepared;
        const struct grant *grant;
        struct join_fact *fact;

        if (!account.len)
                account = value_get_text(spec, KEY_serviceAccount);
        if (!account.len)
                account = STR("default");
        grant = map_get(grants, str_format(run->arena, "%.*s/%.*s", STR_ARG(namespace_name(run->object->ns)),
                                           STR_ARG(account)));
        if (!grant || !has_token(run, account))
                return;
        fact = join_find_in_pod(run, "%s", path);
        join_tell_text(run, fact, "account", account);
        tell(run, fact, grant);
}

const struct join join_workload_rights = {
        .name = STR_INIT("workload-rights"),
        .prepare = prepare_grants,
        .judge = judge_workload,
};

static const void *prepare_questions(struct arena *arena, const struct index *index)
{
        (void)index;
        return ask(arena);
}

/* A binding whose role has a power: facts as above, without the account. */
static void judge_binding(struct join_run *run)
{
        struct grant grant = grant_of(run->arena, run->index, run->prepared, run->object);
        struct join_fact *fact;

        if (!grant.power)
                return;
        fact = join_find(run, "/roleRef");
        tell(run, fact, &grant);
}

const struct join join_binding_rights = {
        .name = STR_INIT("binding-rights"),
        .kinds = binding_kinds,
        .kind_count = COUNT_OF(binding_kinds),
        .prepare = prepare_questions,
        .judge = judge_binding,
};
