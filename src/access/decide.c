/* decide.c - one question, and why it is answered as it is. */

#include <stdlib.h>

#include "access/internal.h"

static bool is_master(const struct access_user *user)
{
        for (size_t i = 0; i < user->group_count; i++)
                if (str_is(user->groups[i], "system:masters"))
                        return true;
        return false;
}

/* The subject that a user is as itself (`index` 0) or by one of its groups. */
static uint32_t subject_at(const struct access *access, const struct access_user *user, size_t index)
{
        return index ? access_find_group(access, user->groups[index - 1]) : access_find_user(access, user->name);
}

bool access_is_subject(const struct access *access, const struct access_user *user, uint32_t subject)
{
        for (size_t i = 0; i <= user->group_count; i++)
                if (subject_at(access, user, i) == subject)
                        return true;
        return false;
}

/* The namespace that a request is in, 0 if bindings of none count; a namespace that nothing names is none. */
static uint32_t space_of(const struct access_request *request)
{
        return request->is_path || !request->ns.len ? 0 : intern_find(request->ns);
}

static bool asks_scope(const struct access *access, uint32_t number, const struct access_question *question,
                       enum access_verdict *verdict)
{
        const struct access_scope *scope;

        if (number == ACCESS_NONE)
                return false;
        scope = &access->scopes.items[number];
        if (scope->only_set != ACCESS_NONE
                    ? rule_index_allows(&access->indexes[scope->only_set], question)
                    : access_bundle_allows(access, &access->bundles.items[scope->bundle], question))
                return true;
        if (scope->unresolved)
                *verdict = ACCESS_UNKNOWN;
        return false;
}

enum access_verdict access_can(const struct access *access, const struct access_user *user,
                               const struct access_request *request)
{
        struct access_question question = access_question_of(request);
        enum access_verdict verdict = ACCESS_NO;
        uint32_t space = space_of(request);

        if (is_master(user))
                return ACCESS_YES;
        for (size_t i = 0; i <= user->group_count; i++) {
                uint32_t subject = subject_at(access, user, i);

                if (subject == ACCESS_NONE)
                        continue;
                if (asks_scope(access, access->quick[subject].cluster_scope, &question, &verdict))
                        return ACCESS_YES;
                if (space && access->quick[subject].has_local
                    && asks_scope(access, access_table_get(&access->local_scopes, subject + 1, space), &question,
                                  &verdict))
                        return ACCESS_YES;
        }
        return verdict;
}

/* --- why, and who --- */

static int compare_grants(const void *left, const void *right)
{
        const struct access_grant *one = left, *other = right;

        if (one->binding != other->binding)
                return one->binding < other->binding ? -1 : 1;
        return (one->subject > other->subject) - (one->subject < other->subject);
}

static void sort_grants(struct access_grants *grants)
{
        if (grants->items.count)
                qsort(grants->items.items, grants->items.count, sizeof(*grants->items.items), compare_grants);
}

void access_bindings_of(struct arena *arena, const struct access *access, const struct access_user *user,
                        uint32_t space, struct access_grants *out)
{
        *out = (struct access_grants){0};
        for (size_t i = 0; i <= user->group_count; i++) {
                uint32_t number = subject_at(access, user, i);
                const struct access_subject *subject = number == ACCESS_NONE ? NULL : access_subject(access, number);

                for (uint32_t b = 0; subject && b < subject->binding_count; b++) {
                        uint32_t binding = subject->bindings[b];

                        if (!access->spaces[binding] || access->spaces[binding] == space)
                                *vec_push(arena, &out->items) = (struct access_grant){number, binding, 0};
                }
        }
        sort_grants(out);
}

void access_explain(struct arena *arena, const struct access *access, const struct access_user *user,
                    const struct access_request *request, struct access_grants *out)
{
        struct access_question question = access_question_of(request);
        struct access_grants bindings;

        *out = (struct access_grants){0};
        if (is_master(user))
                *vec_push(arena, &out->items) = (struct access_grant){ACCESS_NONE, ACCESS_NONE, 0};
        access_bindings_of(arena, access, user, space_of(request), &bindings);
        for (size_t i = 0; i < bindings.items.count; i++) {
                struct access_grant grant = bindings.items.items[i];
                uint32_t role = access_binding(access, grant.binding)->role;
                size_t rule =
                        role == ACCESS_NONE
                                ? SIZE_MAX
                                : rule_index_find(&access->indexes[access_role(access, role)->rule_set], &question);

                grant.rule = (uint32_t)rule;
                if (rule != SIZE_MAX)
                        *vec_push(arena, &out->items) = grant;
        }
}

void access_bindings_that_allow(struct arena *arena, const struct access *access, const struct access_request *request,
                                bool everywhere, struct access_grants *out)
{
        struct access_question question = access_question_of(request);
        uint32_t space = space_of(request);
        struct access_sets_found found;

        *out = (struct access_grants){0};
        access_find_sets(arena, access, &question, &found);
        for (size_t i = 0; i < found.items.count; i++) {
                uint32_t set = found.items.items[i].set;

                for (uint32_t b = access->set_bindings_begin[set]; b < access->set_bindings_begin[set + 1]; b++) {
                        uint32_t binding = access->set_bindings[b], in = access->spaces[binding];

                        if (!in || (everywhere && !request->is_path) || in == space)
                                *vec_push(arena, &out->items) =
                                        (struct access_grant){ACCESS_NONE, binding, found.items.items[i].rule};
                }
        }
        sort_grants(out);
}

void access_who_can(struct arena *arena, const struct access *access, const struct access_request *request,
                    bool everywhere, struct access_grants *out)
{
        struct access_grants found;

        *out = (struct access_grants){0};
        access_bindings_that_allow(arena, access, request, everywhere, &found);
        for (size_t i = 0; i < found.items.count; i++) {
                const struct access_grant *grant = &found.items.items[i];
                const struct access_binding *binding = access_binding(access, grant->binding);

                for (uint32_t s = 0; s < binding->subject_count; s++)
                        *vec_push(arena, &out->items) =
                                (struct access_grant){binding->subjects[s], grant->binding, grant->rule};
        }
}

struct access_rules access_rules_of(struct arena *arena, const struct access *access, const struct access_user *user,
                                    struct str ns)
{
        VEC(struct access_rule) rules = {0};
        struct access_grants bindings;

        access_bindings_of(arena, access, user, ns.len ? intern_find(ns) : 0, &bindings);
        for (size_t i = 0; i < bindings.items.count; i++) {
                uint32_t number = bindings.items.items[i].binding;
                const struct access_binding *binding = access_binding(access, number);

                if (binding->role == ACCESS_NONE || (i && bindings.items.items[i - 1].binding == number))
                        continue;
                for (size_t r = 0; r < access_role(access, binding->role)->rules->count; r++)
                        *vec_push(arena, &rules) = access_role(access, binding->role)->rules->items[r];
        }
        return (struct access_rules){rules.items, rules.count};
}
