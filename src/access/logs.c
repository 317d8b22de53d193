/* logs.c - from the logs of Pods to the files of the node: a link in /var/log that a Pod may write, read through the API.
 *
 * The kubelet serves logs from /var/log and follows links there, so whoever may put one there and may read logs reads every file
 * of the node. */

#include "access/joins.h"

#include "base/map.h"

#define RBAC "rbac.authorization.k8s.io"

struct log_grant {
        const struct object *binding, *role;
        uint32_t rule;
};

static bool has(const struct value *list, const char *word)
{
        value_each (list, item) {
                if (value_is(&item->value, VALUE_STRING)
                    && (str_is(value_text(&item->value), "*") || str_equal(value_text(&item->value), str_of(word))))
                        return true;
        }
        return false;
}

/* The rule by which a role lets one read all logs of Pods; false if it does not. */
static bool find_rule(const struct object *role, uint32_t *index)
{
        *index = 0;
        value_each (value_get(&role->root.value, KEY_rules), rule) {
                const struct value *resources = value_get(&rule->value, KEY_resources);

                if (has(value_get(&rule->value, KEY_apiGroups), "") && has(value_get(&rule->value, KEY_verbs), "get")
                    && (has(resources, "pods/log") || has(resources, "*/log"))
                    && !value_count(value_get(&rule->value, KEY_resourceNames)))
                        return true;
                ++*index;
        }
        return false;
}

static void add_accounts(struct arena *arena, struct map *grants, const struct log_grant *grant)
{
        value_each (value_get(&grant->binding->root.value, KEY_subjects), subject) {
                struct str ns = value_get_text(&subject->value, KEY_namespace);
                void **slot;

                if (!value_is_text(value_get(&subject->value, KEY_kind), "ServiceAccount"))
                        continue;
                slot = map_slot(arena, grants,
                                str_format(arena, "%.*s/%.*s",
                                           STR_ARG(namespace_name(ns.len ? ns : grant->binding->ns)),
                                           STR_ARG(value_get_text(&subject->value, KEY_name))));
                if (!*slot) {
                        *slot = arena_new(arena, struct log_grant);
                        *(struct log_grant *)*slot = *grant;
                }
        }
}

static void add_bindings(struct arena *arena, const struct index *index, struct str kind, struct map *grants)
{
        const struct object_list *list = index_all(index, kind);

        for (size_t i = 0; i < list->objects.count; i++) {
                struct log_grant grant = {.binding = list->objects.items[i]};
                const struct value *reference = value_get(&grant.binding->root.value, KEY_roleRef);
                bool cluster = str_is(value_get_text(reference, KEY_kind), "ClusterRole");

                grant.role = index_find(index,
                                        cluster ? STR("ClusterRole." RBAC)
                                                : STR("Role." RBAC), cluster ? STR("") : grant.binding->ns,
                                                                                   value_get_text(reference, KEY_name));
                if (grant.role && find_rule(grant.role, &grant.rule))
                        add_accounts(arena, grants, &grant);
        }
}

static const void *prepare_readers(struct arena *arena, const struct index *index)
{
        struct map *grants = arena_new(arena, struct map);

        add_bindings(arena, index, STR("ClusterRoleBinding." RBAC), grants);
        add_bindings(arena, index, STR("RoleBinding." RBAC), grants);
        return grants->count ? grants : NULL;
}

/* A folder of the node in which links of logs are followed. */
static bool holds_logs(struct str path)
{
        while (path.len > 1 && path.data[path.len - 1] == '/')
                path.len--;
        return str_is(path, "/") || str_is(path, "/var") || str_is(path, "/var/log")
               || str_starts(path, STR("/var/log/"));
}

static bool is_written(const struct object *object, struct str volume)
{
        struct container container = {0};

        while (object_next_container(object, &container)) {
                value_each (value_get(&container.node->value, KEY_volumeMounts), mount) {
                        if (str_equal(value_get_text(&mount->value, KEY_name), volume)
                            && !value_is_true(value_get(&mount->value, KEY_readOnly)))
                                return true;
                }
        }
        return false;
}

/* A workload that may write where links of logs are followed, and whose account may read logs: `path`, `account`. */
static void judge_workload(struct join_run *run)
{
        const struct value *spec = value_get(&run->object->pod.value, KEY_spec);
        struct str account = value_get_text(spec, KEY_serviceAccountName);
        const struct log_grant *grant;
        uint32_t index = 0;

        if (!account.len)
                account = STR("default");
        grant = map_get(run->prepared, str_format(run->arena, "%.*s/%.*s", STR_ARG(namespace_name(run->object->ns)),
                                                  STR_ARG(account)));
        if (!grant)
                return;
        value_each (value_get(spec, KEY_volumes), volume) {
                struct str path = value_get_text(value_get(&volume->value, KEY_hostPath), KEY_path);
                struct join_fact *fact;

                index++;
                if (!holds_logs(path) || !is_written(run->object, value_get_text(&volume->value, KEY_name)))
                        continue;
                fact = join_find_in_pod(run, "/spec/volumes/%u", index - 1);
                join_tell_text(run, fact, "path", path);
                join_tell_text(run, fact, "account", account);
                join_relate(run, fact, grant->binding, "this binding gives the role", "/roleRef");
                join_relate(run, fact, grant->role, "this rule lets the account read logs", "/rules/%u", grant->rule);
        }
}

const struct join join_log_link = {
        .name = STR_INIT("log-link"),
        .prepare = prepare_readers,
        .judge = judge_workload,
};
