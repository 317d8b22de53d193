/* decide.c - one question, and why it is answered as it is. */

#include "access/internal.h"

#include <stdlib.h>

/* Whether a binding counts for a request in a namespace. */
static bool counts_in(const struct access_binding *binding, struct str ns)
{
        return !binding->ns.len || (ns.len && str_equal(binding->ns, ns));
}

static bool is_master(const struct access_user *user)
{
        for (size_t i = 0; i < user->group_count; i++)
                if (str_is(user->groups[i], "system:masters"))
                        return true;
        return false;
}

/* The subjects that a user is: itself, then its groups, as far as bindings name them. */
static size_t subjects_of(struct arena *arena, const struct access *access, const struct access_user *user,
                          uint32_t **out)
{
        uint32_t *subjects = arena_array(arena, uint32_t, user->group_count + 1);
        size_t count = 0;

        for (size_t i = 0; i <= user->group_count; i++) {
                uint32_t number =
                        i ? access_find_group(access, user->groups[i - 1]) : access_find_user(access, user->name);

                if (number != ACCESS_NONE)
                        subjects[count++] = number;
        }
        *out = subjects;
        return count;
}

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

enum access_verdict access_can(const struct access *access, const struct access_user *user,
                               const struct access_request *request)
{
        struct access_question question = access_question_of(request);
        enum access_verdict verdict = ACCESS_NO;

        if (is_master(user))
                return ACCESS_YES;
        for (size_t i = 0; i <= user->group_count; i++) {
                uint32_t number =
                        i ? access_find_group(access, user->groups[i - 1]) : access_find_user(access, user->name);
                const struct access_subject *subject = number == ACCESS_NONE ? NULL : access_subject(access, number);

                for (uint32_t b = 0; subject && b < subject->binding_count; b++) {
                        const struct access_binding *binding = access_binding(access, subject->bindings[b]);
                        const struct access_role *role;

                        if (!counts_in(binding, request->is_path ? (struct str){0} : request->ns))
                                continue;
                        role = binding->role == ACCESS_NONE ? NULL : access_role(access, binding->role);
                        if (!role || role->error)
                                verdict = ACCESS_UNKNOWN;
                        else if (access_rules_find(role->rules, &question) != SIZE_MAX)
                                return ACCESS_YES;
                }
        }
        return verdict;
}

void access_explain(struct arena *arena, const struct access *access, const struct access_user *user,
                    const struct access_request *request, struct access_grants *out)
{
        struct access_question question = access_question_of(request);
        uint32_t *subjects;
        size_t count = subjects_of(arena, access, user, &subjects);

        *out = (struct access_grants){0};
        for (size_t i = 0; i < count; i++) {
                const struct access_subject *subject = access_subject(access, subjects[i]);

                for (uint32_t b = 0; b < subject->binding_count; b++) {
                        const struct access_binding *binding = access_binding(access, subject->bindings[b]);
                        size_t rule;

                        if (binding->role == ACCESS_NONE
                            || !counts_in(binding, request->is_path ? (struct str){0} : request->ns))
                                continue;
                        rule = access_rules_find(access_role(access, binding->role)->rules, &question);
                        if (rule != SIZE_MAX)
                                *vec_push(arena, &out->items) =
                                        (struct access_grant){subjects[i], subject->bindings[b], (uint32_t)rule};
                }
        }
        sort_grants(out);
        if (is_master(user))
                *vec_push(arena, &out->items) = (struct access_grant){ACCESS_NONE, ACCESS_NONE, 0};
}

void access_bindings_that_allow(struct arena *arena, const struct access *access, const struct access_request *request,
                                bool everywhere, struct access_grants *out)
{
        struct access_question question = access_question_of(request);

        *out = (struct access_grants){0};
        for (uint32_t b = 0; b < access_binding_count(access); b++) {
                const struct access_binding *binding = access_binding(access, b);
                size_t rule;

                if (binding->role == ACCESS_NONE
                    || (binding->ns.len && (request->is_path || (!everywhere && !counts_in(binding, request->ns)))))
                        continue;
                rule = access_rules_find(access_role(access, binding->role)->rules, &question);
                if (rule != SIZE_MAX)
                        *vec_push(arena, &out->items) = (struct access_grant){ACCESS_NONE, b, (uint32_t)rule};
        }
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
        uint32_t *subjects;
        size_t count = subjects_of(arena, access, user, &subjects);
        VEC(struct access_rule) rules = {0};
        struct access_grants bindings = {0};

        for (size_t i = 0; i < count; i++) {
                const struct access_subject *subject = access_subject(access, subjects[i]);

                for (uint32_t b = 0; b < subject->binding_count; b++)
                        if (counts_in(access_binding(access, subject->bindings[b]), ns))
                                *vec_push(arena, &bindings.items) = (struct access_grant){0, subject->bindings[b], 0};
        }
        sort_grants(&bindings);
        for (size_t i = 0; i < bindings.items.count; i++) {
                const struct access_binding *binding = access_binding(access, bindings.items.items[i].binding);

                if (binding->role == ACCESS_NONE
                    || (i && bindings.items.items[i - 1].binding == bindings.items.items[i].binding))
                        continue;
                for (size_t r = 0; r < access_role(access, binding->role)->rules->count; r++)
                        *vec_push(arena, &rules) = access_role(access, binding->role)->rules->items[r];
        }
        return (struct access_rules){rules.items, rules.count};
}
