/* learn_diff.c - what is granted to somebody by name, and what of it was never used. */

#include "access/learn_internal.h"

static bool was_used(const struct learn *learn, const struct access_binding *binding, const struct access_rule *part)
{
        for (size_t i = 0; i < learn->requests.count; i++) {
                const struct access_request *is = &learn->requests.items[i]->is;
                struct access_question question;

                if (binding->ns.len && (is->is_path || !str_equal(binding->ns, is->ns)))
                        continue;
                question = access_question_of(is);
                if (access_rule_allows(part, &question))
                        return true;
        }
        return false;
}

static void add(struct learn *learn, struct learn_difference *out, struct learn_surplus surplus)
{
        *vec_push(learn->arena, &out->surplus) = surplus;
}

static void compare_rule(struct learn *learn, const struct access_binding *binding, const struct access_role *role,
                         uint32_t number, struct learn_difference *out)
{
        const struct access_rule *rule = &role->rules->items[number];
        struct access_rules parts = access_rule_break_down(learn->arena, rule), unused = {0}, compact;
        struct access_rule *items = arena_array(learn->arena, struct access_rule, parts.count);
        struct learn_surplus surplus = {.binding = binding, .role = role, .rule = number};

        for (size_t i = 0; i < parts.count; i++) {
                if (!was_used(learn, binding, &parts.items[i]))
                        items[unused.count++] = parts.items[i];
        }
        unused.items = items;
        if (!unused.count)
                return;
        surplus.used = unused.count < parts.count;
        if (!surplus.used) {
                surplus.unused = *rule;
                return add(learn, out, surplus);
        }
        compact = access_rules_compact(learn->arena, &unused);
        for (size_t i = 0; i < compact.count; i++) {
                surplus.unused = compact.items[i];
                add(learn, out, surplus);
        }
}

void learn_difference(struct learn *learn, struct learn_difference *out)
{
        const struct access *access = learn->settings->existing;
        uint32_t number = access_find_user(access, learn->settings->user);
        const struct access_subject *subject;

        *out = (struct learn_difference){0};
        learn_roles(learn, &out->missing);
        if (number == ACCESS_NONE)
                return;
        subject = access_subject(access, number);
        for (uint32_t i = 0; i < subject->binding_count; i++) {
                const struct access_binding *binding = access_binding(access, subject->bindings[i]);
                const struct access_role *role;

                if (binding->role == ACCESS_NONE || !binding->object
                    || (learn->settings->ns.len && !str_equal(learn->settings->ns, binding->ns)))
                        continue;
                role = access_role(access, binding->role);
                for (uint32_t r = 0; r < role->rules->count; r++)
                        compare_rule(learn, binding, role, r, out);
        }
}
