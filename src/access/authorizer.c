/* authorizer.c - roles, bindings and subjects of an estate, by number. */

#include "access/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "kube/index.h"

#define ACCOUNT_PREFIX "system:serviceaccount:"

struct builder {
        struct access *access;
        struct arena *arena;
        struct access_sets sets;
        VEC(const struct object *) bindings;
        const struct estate *defaults; /* NULL: none are assumed */
};

void access_tell(struct access *access, const struct object *object, struct str path, const char *format, ...)
{
        char text[ERR_TEXT];
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);
        *vec_push(access->arena, &access->problems.items) =
                (struct access_problem){object, path, str_copy(access->arena, str_of(text))};
}

/* Whether an object was not shown, but assumed. */
static bool is_default(const struct builder *builder, const struct object *object)
{
        return builder->defaults && object->source == &builder->defaults->sources->source;
}

static bool is_rbac(const struct object *object, const char *kind)
{
        return str_is(object->group, RBAC_GROUP) && str_equal(object->kind, str_of(kind));
}

/* --- subjects --- */

bool access_split_account(struct str user, struct str *ns, struct str *name)
{
        struct str rest;

        if (!str_starts(user, STR(ACCOUNT_PREFIX)))
                return false;
        rest = str_from(user, sizeof(ACCOUNT_PREFIX) - 1);
        return str_split(&rest, ':', ns) && ns->len && rest.len
               && str_find(rest, STR(":"), 0) == SIZE_MAX && (*name = rest, true);
}

static uint32_t add_subject(struct builder *builder, bool is_group, struct str user)
{
        struct access *access = builder->access;
        struct access_table *table = is_group ? &access->groups : &access->users;
        uint32_t word = intern(user), number = access_table_get(table, word, 0);
        struct access_subject *subject;

        if (number != ACCESS_NONE)
                return number;
        number = (uint32_t)access->subjects.count;
        subject = vec_push(builder->arena, &access->subjects);
        user = intern_text(word);
        *subject = (struct access_subject){.kind = is_group ? ACCESS_GROUP : ACCESS_USER, .name = user, .user = user};
        if (!is_group && access_split_account(user, &subject->ns, &subject->name))
                subject->kind = ACCESS_SERVICE_ACCOUNT;
        access_table_put(builder->arena, table, word, 0, number);
        return number;
}

static uint32_t add_account(struct builder *builder, struct str ns, struct str name)
{
        return add_subject(builder, false,
                           str_format(builder->arena, ACCOUNT_PREFIX "%.*s:%.*s", STR_ARG(ns), STR_ARG(name)));
}

/* --- roles --- */

static void add_role(struct builder *builder, const struct object *object)
{
        struct access *access = builder->access;
        bool cluster = str_is(object->kind, "ClusterRole");
        struct access_role role = {.name = object->name, .object = object, .built_in = is_default(builder, object)};
        struct access_rules rules;
        struct access_rule_origin *origins;
        struct err err = {0};
        uint32_t ns, number;

        if (!cluster)
                role.ns = namespace_name(object->ns);
        if (!access_rules_read(builder->arena, value_get(&object->root.value, KEY_rules), &rules, &err)) {
                struct err *kept = arena_new(builder->arena, struct err);

                *kept = err;
                role.error = kept;
                rules = (struct access_rules){0};
                access_tell(access, object,
                            STR("/rules"), "%.*s: its rules cannot be evaluated", STR_ARG(err_text(&err)));
        }
        ns = cluster ? 0 : intern(role.ns);
        number = access_table_get(&access->roles_by_name, intern(role.name), ns);
        if (number != ACCESS_NONE)
                access_tell(access, object,
                            STR("/metadata/name"),
                                "%.*s \"%.*s\" was shown before: this one counts, as it would when applied",
                                STR_ARG(object->kind), STR_ARG(object->name));
        if (number == ACCESS_NONE) {
                number = (uint32_t)access->roles.count;
                vec_push(builder->arena, &access->roles);
                access_table_put(builder->arena, &access->roles_by_name, intern(role.name), ns, number);
        }
        origins = arena_array(builder->arena, struct access_rule_origin, rules.count);
        for (size_t i = 0; i < rules.count; i++)
                origins[i] = (struct access_rule_origin){number, (uint32_t)i};
        role.origins = origins;
        role.rule_set = access_share_rules(access, &builder->sets, rules);
        access->roles.items[number] = role;
}

/* --- bindings --- */

static void add_binding_subject(struct builder *builder, struct access_binding *binding, const struct value *subject,
                                uint32_t place)
{
        struct str kind = value_get_text(subject, KEY_kind), name = value_get_text(subject, KEY_name);
        struct str ns = value_get_text(subject, KEY_namespace);
        struct str path = str_format(builder->arena, "/subjects/%u", place);
        uint32_t number;

        if (str_is(kind, "User") || str_is(kind, "Group")) {
                number = add_subject(builder, str_is(kind, "Group"), name);
        } else if (str_is(kind, "ServiceAccount")) {
                if (!ns.len)
                        ns = binding->ns;
                if (!ns.len) {
                        access_tell(builder->access, binding->object, path,
                                    "the service account \"%.*s\" has no namespace: it is nobody", STR_ARG(name));
                        return;
                }
                number = add_account(builder, ns, name);
        } else {
                access_tell(builder->access, binding->object, path,
                            "a subject is a User, Group or ServiceAccount, not a \"%.*s\": it is nobody",
                            STR_ARG(kind));
                return;
        }
        binding->subjects[binding->subject_count] = number;
        binding->places[binding->subject_count++] = place;
}

static void add_binding(struct builder *builder, const struct object *object)
{
        struct access *access = builder->access;
        const struct value *reference = value_get(&object->root.value, KEY_roleRef);
        const struct value *subjects = value_get(&object->root.value, KEY_subjects);
        struct str kind = value_get_text(reference, KEY_kind);
        struct access_binding binding = {
                .name = object->name,
                .object = object,
                .role_name = value_get_text(reference, KEY_name),
                .cluster_role = str_is(kind, "ClusterRole"),
                .role = ACCESS_NONE,
                .built_in = is_default(builder, object),
        };
        uint32_t place = 0;

        if (str_is(object->kind, "RoleBinding"))
                binding.ns = namespace_name(object->ns);
        if (binding.cluster_role)
                binding.role = access_find_role(access, (struct str){0}, binding.role_name);
        else if (str_is(kind, "Role") && binding.ns.len)
                binding.role = access_find_role(access, binding.ns, binding.role_name);
        if (binding.role == ACCESS_NONE)
                access_tell(access, object,
                            STR("/roleRef/name"), "the %.*s \"%.*s\" was not found: this gives nothing", STR_ARG(kind),
                                STR_ARG(binding.role_name));
        binding.subjects = arena_array(builder->arena, uint32_t, value_count(subjects));
        binding.places = arena_array(builder->arena, uint32_t, value_count(subjects));
        value_each (subjects, subject)
                add_binding_subject(builder, &binding, &subject->value, place++);
        *vec_push(builder->arena, &access->bindings) = binding;
        access->cluster_bindings += !binding.ns.len;
}

static int compare_bindings(const void *left, const void *right)
{
        const struct object *one = *(const struct object *const *)left, *other = *(const struct object *const *)right;
        bool one_local = str_is(one->kind, "RoleBinding"), other_local = str_is(other->kind, "RoleBinding");
        int order = (int)one_local - (int)other_local;

        if (!order && one_local)
                order = str_compare(namespace_name(one->ns), namespace_name(other->ns));
        return order ? order : str_compare(one->name, other->name);
}

/* Of bindings with one name the last one that was shown counts. */
static void add_bindings(struct builder *builder)
{
        const struct object **items = builder->bindings.items;
        size_t count = builder->bindings.count;

        for (size_t i = 0, last; i < count; i = last + 1) {
                size_t chosen = i;

                for (last = i; last + 1 < count && compare_bindings(&items[i], &items[last + 1]) == 0; last++) {
                        if (is_default(builder, items[last + 1]))
                                continue;
                        if (!is_default(builder, items[chosen]))
                                access_tell(
                                        builder->access, items[last + 1],
                                        STR("/metadata/name"),
                                            "%.*s \"%.*s\" was shown before: this one counts, as it would when applied",
                                            STR_ARG(items[i]->kind), STR_ARG(items[i]->name));
                        chosen = last + 1;
                }
                add_binding(builder, items[chosen]);
        }
}

/* --- all of it --- */

static void add_shown_account(struct builder *builder, const struct object *object)
{
        uint32_t number = add_account(builder, namespace_name(object->ns), object->name);

        builder->access->subjects.items[number].object = object;
}

static void add_object(struct builder *builder, const struct object *object)
{
        if (is_rbac(object, "ClusterRole") || is_rbac(object, "Role"))
                add_role(builder, object);
        else if (is_rbac(object, "ClusterRoleBinding") || is_rbac(object, "RoleBinding"))
                *vec_push(builder->arena, &builder->bindings) = object;
        else if (str_is(object->kind, "ServiceAccount") && !object->group.len)
                add_shown_account(builder, object);
}

static void merge_sort(const struct object **items, const struct object **spare, size_t count)
{
        size_t half = count / 2, left = 0, right = half;

        if (count < 2)
                return;
        merge_sort(items, spare, half);
        merge_sort(items + half, spare, count - half);
        for (size_t i = 0; i < count; i++) {
                bool take_left = left < half && (right == count || compare_bindings(&items[left], &items[right]) <= 0);

                spare[i] = items[take_left ? left++ : right++];
        }
        memcpy(items, spare, count * sizeof(*items));
}

/* Which bindings name each subject. */
static void link_subjects(struct builder *builder)
{
        struct access *access = builder->access;
        uint32_t *counts = arena_array(builder->arena, uint32_t, access->subjects.count);

        for (size_t b = 0; b < access->bindings.count; b++)
                for (uint32_t s = 0; s < access->bindings.items[b].subject_count; s++)
                        counts[access->bindings.items[b].subjects[s]]++;
        for (size_t s = 0; s < access->subjects.count; s++)
                access->subjects.items[s].bindings = arena_array(builder->arena, uint32_t, counts[s]);
        for (size_t b = 0; b < access->bindings.count; b++) {
                const struct access_binding *binding = &access->bindings.items[b];

                for (uint32_t s = 0; s < binding->subject_count; s++) {
                        struct access_subject *subject = &access->subjects.items[binding->subjects[s]];

                        if (!subject->binding_count || subject->bindings[subject->binding_count - 1] != b)
                                ((uint32_t *)subject->bindings)[subject->binding_count++] = (uint32_t)b;
                }
        }
}

/* --- what every cluster has --- */

static bool has_cluster_role(const struct access *access, struct str name)
{
        return access_find_role(access, (struct str){0}, name) != ACCESS_NONE;
}

/* Whether a binding names a ClusterRole that was not shown. */
static bool misses_role(const struct builder *builder)
{
        for (size_t i = 0; i < builder->bindings.count; i++) {
                const struct value *reference = value_get(&builder->bindings.items[i]->root.value, KEY_roleRef);

                if (value_is_text(value_get(reference, KEY_kind), "ClusterRole")
                    && !has_cluster_role(builder->access, value_get_text(reference, KEY_name)))
                        return true;
        }
        return false;
}

static void add_defaults(struct builder *builder, bool bindings)
{
        builder->defaults = access_defaults(builder->arena);
        for (size_t i = 0; i < builder->defaults->sources->objects.count; i++) {
                const struct object *object = &builder->defaults->sources->objects.items[i];
                bool cluster = is_rbac(object, "ClusterRole");

                if (cluster || is_rbac(object, "Role")) {
                        if (access_find_role(builder->access, cluster ? (struct str){0} : object->ns, object->name)
                            == ACCESS_NONE)
                                add_role(builder, object);
                } else if (bindings) {
                        *vec_push(builder->arena, &builder->bindings) = object;
                }
        }
}

struct access *access_new(struct arena *arena, const struct estate *estate, const struct access_settings *settings)
{
        struct access *access = arena_new(arena, struct access);
        struct builder builder = {.access = access, .arena = arena};
        bool of_cluster;

        access->arena = arena;
        for (size_t s = 0; s < estate->source_count; s++)
                for (size_t i = 0; i < estate->sources[s].objects.count; i++)
                        add_object(&builder, &estate->sources[s].objects.items[i]);
        of_cluster = has_cluster_role(access, STR("cluster-admin")) && has_cluster_role(access, STR("system:node"));
        if (!settings->no_bootstrap && !of_cluster && (settings->default_bindings || misses_role(&builder)))
                add_defaults(&builder, settings->default_bindings);
        access_aggregate(access, &builder.sets);
        for (size_t r = 0; r < access->roles.count; r++)
                access->roles.items[r].rules = &access->rule_sets.items[access->roles.items[r].rule_set];
        if (builder.bindings.count)
                merge_sort(builder.bindings.items, arena_array(arena, const struct object *, builder.bindings.count),
                           builder.bindings.count);
        add_bindings(&builder);
        link_subjects(&builder);
        access_scopes_make(access);
        return access;
}

uint32_t access_subject_count(const struct access *access)
{
        return (uint32_t)access->subjects.count;
}

uint32_t access_role_count(const struct access *access)
{
        return (uint32_t)access->roles.count;
}

uint32_t access_binding_count(const struct access *access)
{
        return (uint32_t)access->bindings.count;
}

uint32_t access_rule_set_count(const struct access *access)
{
        return (uint32_t)access->rule_sets.count;
}

const struct access_subject *access_subject(const struct access *access, uint32_t number)
{
        return &access->subjects.items[number];
}

const struct access_role *access_role(const struct access *access, uint32_t number)
{
        return &access->roles.items[number];
}

const struct access_binding *access_binding(const struct access *access, uint32_t number)
{
        return &access->bindings.items[number];
}

const struct access_rules *access_rule_set(const struct access *access, uint32_t number)
{
        return &access->rule_sets.items[number];
}

uint32_t access_find_user(const struct access *access, struct str user)
{
        return access_name_find(access, &access->user_names, user);
}

uint32_t access_find_group(const struct access *access, struct str group)
{
        return access_name_find(access, &access->group_names, group);
}

uint32_t access_find_role(const struct access *access, struct str ns, struct str name)
{
        uint32_t space = ns.len ? intern_find(ns) : 0;

        return ns.len && !space ? ACCESS_NONE : access_table_get(&access->roles_by_name, intern_find(name), space);
}

const struct access_problems *access_problems(const struct access *access)
{
        return &access->problems;
}

/* --- who asks --- */

struct access_user access_user_of_account(struct arena *arena, struct str ns, struct str name)
{
        struct str *groups = arena_array(arena, struct str, 3);

        groups[0] = STR("system:serviceaccounts");
        groups[1] = str_format(arena, "system:serviceaccounts:%.*s", STR_ARG(ns));
        groups[2] = STR("system:authenticated");
        return (struct access_user){str_format(arena, ACCOUNT_PREFIX "%.*s:%.*s", STR_ARG(ns), STR_ARG(name)), groups,
                                    3};
}

struct access_user access_user_of_subject(struct arena *arena, const struct access_subject *subject)
{
        struct str *groups = arena_array(arena, struct str, 1);

        if (subject->kind == ACCESS_SERVICE_ACCOUNT)
                return access_user_of_account(arena, subject->ns, subject->name);
        if (subject->kind == ACCESS_GROUP) {
                groups[0] = subject->name;
                return (struct access_user){{0}, groups, 1};
        }
        groups[0] =
                str_is(subject->user, "system:anonymous") ? STR("system:unauthenticated") : STR("system:authenticated");
        return (struct access_user){subject->user, groups, 1};
}
