/* impersonate.c - the checks of each mode, one after the other. */

#include "access/impersonate.h"

#include "doc/key.h"
#include "kube/index.h"

#define AUTHENTICATION "authentication.k8s.io"

struct actor {
        struct arena *arena;
        const struct access_chain *chain;
        const struct access *access;
        const struct access_user *by;
        struct str name; /* as whom */
        const struct str *groups;
        size_t group_count;
        const struct access_request *request;
        struct access_impersonation *out;
        bool open; /* something was unknown */
};

static bool is_node_name(struct str name, struct str *node)
{
        if (!str_starts(name, STR("system:node:")))
                return false;
        *node = str_from(name, sizeof("system:node:") - 1);
        return node->len > 0;
}

/* One check; what is not allowed is remembered for the message. */
static bool may(struct actor *actor, const struct access_request *request)
{
        struct access_decision decision;

        access_chain_can(actor->arena, actor->chain, actor->access, actor->by, request, &decision);
        if (decision.verdict == ACCESS_YES)
                return true;
        actor->open |= decision.verdict == ACCESS_UNKNOWN;
        actor->out->missing = *request;
        actor->out->why = decision;
        return false;
}

/* A verb and a mode with a colon between, and another word behind that. */
static struct str verb_of(struct actor *actor, const char *prefix, const char *mode, struct str verb)
{
        return str_format(actor->arena, "%s:%s%s%.*s", prefix, mode, verb.len ? ":" : "", STR_ARG(verb));
}

/* The identity: the user, then each group. */
static bool may_be(struct actor *actor, struct str verb, struct str api_group, bool nodes)
{
        struct access_request check = {.verb = verb, .group = api_group, .resource = STR("users"), .name = actor->name};
        struct str ns, account, node;

        if (nodes && is_node_name(actor->name, &node)) {
                check.resource = STR("nodes");
                check.name = node;
        } else if (access_split_account(actor->name, &ns, &account)) {
                check.resource = STR("serviceaccounts");
                check.ns = ns;
                check.name = account;
        }
        TRY(may(actor, &check));
        for (size_t i = 0; i < actor->group_count; i++) {
                check = (struct access_request){
                        .verb = verb, .group = api_group, .resource = STR("groups"), .name = actor->groups[i]};
                TRY(may(actor, &check));
        }
        return true;
}

/* In the modes that are not `impersonate`, nobody becomes system:masters. */
static bool has_forbidden_group(const struct actor *actor)
{
        for (size_t i = 0; i < actor->group_count; i++)
                if (!actor->groups[i].len || str_is(actor->groups[i], "system:masters"))
                        return true;
        return false;
}

static bool may_in_mode(struct actor *actor, const char *mode, bool any_node)
{
        struct access_request action = *actor->request;
        struct access_request check;

        action.verb = verb_of(actor, "impersonate-on", mode, actor->request->verb);
        TRY(!has_forbidden_group(actor) && may(actor, &action));
        if (!any_node)
                return may_be(actor, verb_of(actor, "impersonate", mode, STR("")), STR(AUTHENTICATION), true);
        check = (struct access_request){.verb = verb_of(actor, "impersonate", mode, STR("")),
                                                        .group = STR(AUTHENTICATION), .resource = STR("nodes"),
                                                                                                      .name = STR("*")};
        return may(actor, &check);
}

/* Whether a Pod of the service account that asks runs on the node: its token says so. */
static bool runs_on(const struct actor *actor, struct str node)
{
        const struct estate *estate = actor->chain->estate;
        struct str ns, account;

        if (!access_split_account(actor->by->name, &ns, &account))
                return false;
        for (size_t s = 0; s < estate->source_count; s++)
                for (size_t i = 0; i < estate->sources[s].objects.count; i++) {
                        const struct object *pod = &estate->sources[s].objects.items[i];
                        const struct value *spec = value_get(&pod->root.value, KEY_spec);

                        if (str_is(pod->kind, "Pod") && str_equal(namespace_name(pod->ns), ns)
                            && str_equal(value_get_text(spec, KEY_serviceAccountName), account)
                            && str_equal(value_member_text(spec, "nodeName"), node))
                                return true;
                }
        return false;
}

/* The mode that allows it; NULL if none does. */
static const char *find_mode(struct actor *actor)
{
        struct str node, ns, account;

        if (is_node_name(actor->name, &node)) {
                if (!actor->group_count && runs_on(actor, node) && may_in_mode(actor, "associated-node", true))
                        return "associated-node";
                if (!actor->group_count && may_in_mode(actor, "arbitrary-node", false))
                        return "arbitrary-node";
        } else if (access_split_account(actor->name, &ns, &account)) {
                if (!actor->group_count && may_in_mode(actor, "serviceaccount", false))
                        return "serviceaccount";
        } else if (may_in_mode(actor, "user-info", false)) {
                return "user-info";
        }
        return may_be(actor, STR("impersonate"), STR(""), false) ? "" : NULL;
}

void access_impersonate(struct arena *arena, const struct access_chain *chain, const struct access *access,
                        const struct access_user *by, struct str name, const struct str *groups, size_t group_count,
                        const struct access_request *request, struct access_impersonation *out)
{
        struct actor actor = {arena, chain, access, by, name, groups, group_count, request, out, false};
        const char *mode;

        *out = (struct access_impersonation){.verdict = ACCESS_NO};
        mode = find_mode(&actor);
        if (mode)
                out->verdict = ACCESS_YES;
        else if (actor.open)
                out->verdict = ACCESS_UNKNOWN;
        out->mode = str_of(mode);
}
