/* escalate.c - who may give which rights. */

#include "access/escalate.h"

#include "access/internal.h"

static bool is_master(const struct access_user *user)
{
        for (size_t i = 0; i < user->group_count; i++)
                if (str_is(user->groups[i], "system:masters"))
                        return true;
        return false;
}

static bool may(const struct access *access, const struct access_user *user, const char *verb, const char *resource,
                struct str ns, struct str name)
{
        struct access_request request = {
                .verb = str_of(verb), .group = STR(RBAC_GROUP), .resource = str_of(resource), .ns = ns, .name = name};

        return access_can(access, user, &request) == ACCESS_YES;
}

static void allow(struct access_escalation *out, const char *by)
{
        out->allowed = true;
        out->by = by;
}

static void put_user(struct buf *out, const struct access_user *user)
{
        struct str name = user->name;

        buf_add_format(out, "user \"%.*s\" (groups=[", STR_ARG(name));
        for (size_t i = 0; i < user->group_count; i++)
                buf_add_format(out, "%s\"%.*s\"", i ? " " : "", STR_ARG(user->groups[i]));
        buf_add_literal(out, "]) is attempting to grant RBAC permissions not currently held:");
}

/* Whether what the user may do in a namespace covers the rules; says what is missing if not. */
static void compare(struct arena *arena, const struct access *access, const struct access_user *user, struct str ns,
                    const struct access_rules *rules, struct access_escalation *out)
{
        CLEANUP(buf_free) struct buf text = {0};
        struct access_rules own = access_rules_of(arena, access, user, ns), missing;
        struct access_rule *sorted;

        if (access_rules_cover(arena, &own, rules, &missing)) {
                allow(out, "rights");
                return;
        }
        missing = access_rules_compact(arena, &missing);
        sorted = arena_array(arena, struct access_rule, missing.count);
        memcpy(sorted, missing.items, missing.count * sizeof(*sorted));
        access_rules_sort(arena, sorted, missing.count);
        out->uncovered = (struct access_rules){sorted, missing.count};
        put_user(&text, user);
        for (size_t i = 0; i < missing.count; i++) {
                buf_add_char(&text, '\n');
                access_rule_print(&text, &sorted[i]);
        }
        out->message = str_copy(arena, buf_text(&text));
}

/* All verbs on all resources, and all paths. */
static bool may_all(struct arena *arena, const struct access *access, const struct access_user *user)
{
        uint32_t *star = arena_new(arena, uint32_t);
        struct access_rule all[2] = {0};
        struct access_rules own = access_rules_of(arena, access, user, (struct str){0});

        *star = access_star();
        all[0].verbs = all[0].groups = all[0].resources = (struct access_words){star, 1};
        all[1].verbs = all[1].urls = (struct access_words){star, 1};
        return access_rules_cover(arena, &own, &(struct access_rules){all, 2}, NULL);
}

void access_may_write_role(struct arena *arena, const struct access *access, const struct access_user *user,
                           struct str ns, struct str name, const struct access_rules *rules, bool aggregated,
                           struct access_escalation *out)
{
        *out = (struct access_escalation){0};
        if (is_master(user)) {
                allow(out, "system:masters");
        } else if (may(access, user, "escalate", ns.len ? "roles" : "clusterroles", ns, name)) {
                allow(out, "escalate");
        } else {
                compare(arena, access, user, ns, rules, out);
                if (!out->allowed || !aggregated || may_all(arena, access, user))
                        return;
                *out = (struct access_escalation){
                        .message = STR("must have cluster-admin privileges to use the aggregationRule")};
        }
}

void access_may_write_binding(struct arena *arena, const struct access *access, const struct access_user *user,
                              struct str ns, bool cluster_role, struct str role_name, uint32_t role,
                              struct access_escalation *out)
{
        *out = (struct access_escalation){0};
        if (is_master(user))
                allow(out, "system:masters");
        else if (may(access, user, "bind", cluster_role ? "clusterroles" : "roles", ns, role_name))
                allow(out, "bind");
        else if (role == ACCESS_NONE)
                out->message = str_format(arena, "%s." RBAC_GROUP " \"%.*s\" not found",
                                          cluster_role ? "clusterrole" : "role", STR_ARG(role_name));
        else
                compare(arena, access, user, ns, access_role(access, role)->rules, out);
}
