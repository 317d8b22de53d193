/* binding.c - bindings, and the roles and accounts that they name. */

#include "access/joins.h"

static const struct str binding_kinds[] = {
        STR_INIT("RoleBinding.rbac.authorization.k8s.io"),
        STR_INIT("ClusterRoleBinding.rbac.authorization.k8s.io"),
};

/* Whether the API server makes the role by itself: some ClusterRoles, and some Roles of kube-system and kube-public. */
static bool is_default_role(struct str name, bool cluster)
{
        static const struct str names[] = {STR_INIT("cluster-admin"), STR_INIT("admin"), STR_INIT("edit"),
                                           STR_INIT("view")};

        if (!cluster && str_is(name, "extension-apiserver-authentication-reader"))
                return true;
        for (size_t i = 0; cluster && i < COUNT_OF(names); i++) {
                if (str_equal(names[i], name))
                        return true;
        }
        return str_starts(name, STR("system:"));
}

/* `kind`, `role`, `namespace` (empty for a ClusterRole), `shown` (whether any role of that kind and namespace was). */
static void judge_role(struct join_run *run)
{
        const struct value *role = value_get(&run->object->root.value, KEY_roleRef);
        struct str name = value_get_text(role, KEY_name), kind = value_get_text(role, KEY_kind), ns = {0}, key;
        bool cluster = str_is(kind, "ClusterRole");
        struct join_fact *fact;

        if (!name.len || (!cluster && !str_is(kind, "Role")) || is_default_role(name, cluster))
                return;
        key = cluster ? STR("ClusterRole.rbac.authorization.k8s.io") : STR("Role.rbac.authorization.k8s.io");
        ns = cluster ? ns : run->object->ns;
        if (index_find(run->index, key, ns, name))
                return;
        fact = join_find(run, "/roleRef/name");
        join_tell_text(run, fact, "kind", kind);
        join_tell_text(run, fact, "role", name);
        join_tell_text(run, fact, "namespace", cluster ? ns : namespace_name(ns));
        join_tell(run, fact, "shown", value_bool(index_has_kind(run->index, key, ns)));
}

const struct join join_role_missing = {
        .name = STR_INIT("role-missing"),
        .kinds = binding_kinds,
        .kind_count = COUNT_OF(binding_kinds),
        .judge = judge_role,
};

/* An account that gets rights and is not there, though others of its namespace are: `account`, `namespace`. */
static void judge_subjects(struct join_run *run)
{
        unsigned index = 0;

        value_each (value_get(&run->object->root.value, KEY_subjects), subject) {
                struct str name = value_get_text(&subject->value, KEY_name);
                struct str ns = value_get_text(&subject->value, KEY_namespace);
                struct join_fact *fact;

                index++;
                if (!value_is_text(value_get(&subject->value, KEY_kind), "ServiceAccount") || !name.len
                    || str_is(name, "default")
                    || !index_has_kind(run->index, STR("ServiceAccount"), ns)
                                       || index_find(run->index, STR("ServiceAccount"), ns, name))
                        continue;
                fact = join_find(run, "/subjects/%u/name", index - 1);
                join_tell_text(run, fact, "account", name);
                join_tell_text(run, fact, "namespace", namespace_name(ns));
        }
}

const struct join join_subject_missing = {
        .name = STR_INIT("subject-missing"),
        .kinds = binding_kinds,
        .kind_count = COUNT_OF(binding_kinds),
        .judge = judge_subjects,
};
