/* chain.c - which authorizers are asked, in which order, and what comes of it. */

#include "access/chain.h"

#include "access/node.h"
#include "doc/key.h"
#include "policy/cel/cel.h"

#define CONFIG_GROUP "apiserver.config.k8s.io"

static const struct str mode_names[] = {STR_INIT("RBAC"),    STR_INIT("Node"),        STR_INIT("ABAC"),
                                        STR_INIT("Webhook"), STR_INIT("AlwaysAllow"), STR_INIT("AlwaysDeny")};

struct str access_mode_name(enum access_mode mode)
{
        return mode_names[mode];
}

struct chain_maker {
        struct arena *arena;
        struct access_chain *chain;
        struct cel_env *env; /* of match conditions; made when first needed */
};

static void note(struct chain_maker *maker, struct str words)
{
        *vec_push(maker->arena, &maker->chain->notes) = words;
}

static void add_mode(struct chain_maker *maker, struct str word)
{
        for (size_t i = 0; i < COUNT_OF(mode_names); i++)
                if (str_equal(mode_names[i], word)) {
                        *vec_push(maker->arena, &maker->chain->authorizers) =
                                (struct access_authorizer){.mode = (enum access_mode)i, .name = word};
                        return;
                }
        note(maker, str_format(maker->arena, "the authorizer \"%.*s\" is not known: it is left out", STR_ARG(word)));
}

/* --- AuthorizationConfiguration --- */

static bool add_condition(struct chain_maker *maker, struct access_authorizer *authorizer,
                          const struct value *condition, const struct cel_program **out)
{
        static const struct cel_variable request = {STR_INIT("request"), STR_INIT("dyn")};
        struct cel_settings settings = {.variables = &request, .variable_count = 1};
        struct str expression = value_member_text(condition, "expression");
        struct err err = {0};

        if (!maker->env)
                maker->env = cel_env_new(maker->arena, &settings, &err);
        *out = NULL;
        if (!expression.len)
                err_set(&err, "the expression is missing");
        else if (maker->env)
                *out = cel_compile(maker->arena, maker->env, expression, &err);
        /* Who exactly asks is not known here. */
        if (*out
            && str_find(expression, STR(".extra"), 0) == SIZE_MAX && str_find(expression, STR(".uid"), 0) == SIZE_MAX)
                return true;
        authorizer->unreadable = true;
        if (!*out)
                note(maker, str_format(maker->arena,
                                       "a match condition of the webhook authorizer \"%.*s\" cannot be read: %.*s",
                                       STR_ARG(authorizer->name), STR_ARG(err_text(&err))));
        return false;
}

static void add_webhook(struct chain_maker *maker, const struct value *entry)
{
        const struct value *webhook = value_member(entry, "webhook"),
                           *conditions = value_member(webhook, "matchConditions");
        struct access_authorizer authorizer = {
                .mode = ACCESS_WEBHOOK,
                .name = value_member_text(entry, "name"),
                .conditions = arena_array(maker->arena, const struct cel_program *, value_count(conditions)),
                .denies_on_error = str_is(value_member_text(webhook, "failurePolicy"), "Deny"),
        };

        value_each (conditions, condition)
                if (add_condition(maker, &authorizer, &condition->value,
                                  &authorizer.conditions[authorizer.condition_count]))
                        authorizer.condition_count++;
        *vec_push(maker->arena, &maker->chain->authorizers) = authorizer;
}

static void read_configuration(struct chain_maker *maker, const struct object *object)
{
        maker->chain->declared = object;
        maker->chain->authorizers.count = 0;
        value_each (value_member(&object->root.value, "authorizers"), entry) {
                if (str_is(value_member_text(&entry->value, "type"), "Webhook"))
                        add_webhook(maker, &entry->value);
                else
                        add_mode(maker, value_member_text(&entry->value, "type"));
        }
}

/* --- flags of kube-apiserver --- */

/* The value of a flag in a list of words; data is NULL if it is not there. */
static struct str find_flag(const struct value *words, const char *flag)
{
        struct str name = str_of(flag), found = {0};
        bool next = false;

        value_each (words, word) {
                struct str value = value_is(&word->value, VALUE_STRING) ? value_text(&word->value) : STR("");

                if (next)
                        found = value;
                next = str_equal(value, name);
                if (str_starts(value, name) && value.len > name.len && value.data[name.len] == '=')
                        found = str_from(value, name.len + 1);
        }
        return found;
}

static struct str flag_of(const struct container *container, const char *flag)
{
        struct str found = find_flag(value_member(&container->node->value, "command"), flag);

        return found.data ? found : find_flag(value_member(&container->node->value, "args"), flag);
}

static bool runs_api_server(const struct container *container)
{
        static const char *const lists[] = {"command", "args"};

        for (size_t i = 0; i < COUNT_OF(lists); i++) {
                const struct node *first = value_item(value_member(&container->node->value, lists[i]), 0);
                struct str word = first && value_is(&first->value, VALUE_STRING) ? value_text(&first->value) : STR("");

                if (str_is(word, "kube-apiserver") || str_ends(word, STR("/kube-apiserver")))
                        return true;
        }
        return false;
}

static void read_flags(struct chain_maker *maker, const struct object *pod, const struct container *container)
{
        struct str modes = flag_of(container, "--authorization-mode"), mode;
        struct str file = flag_of(container, "--authorization-config");

        if (str_is(flag_of(container, "--anonymous-auth"), "false"))
                note(maker, STR("the API server refuses requests without credentials (--anonymous-auth=false): "
                                "nothing is asked for system:anonymous"));
        if (file.len) {
                note(maker,
                     str_format(
                             maker->arena,
                             "the authorizers stand in %.*s, which was not shown: Node and RBAC are assumed (give it "
                             "as an input)",
                             STR_ARG(file)));
                return;
        }
        maker->chain->declared = pod;
        maker->chain->authorizers.count = 0;
        if (!modes.data)
                add_mode(maker, STR("AlwaysAllow")); /* what kube-apiserver does without the flag */
        while (str_split(&modes, ',', &mode))
                add_mode(maker, str_trim(mode));
}

/* --- AuthenticationConfiguration --- */

static void read_authentication(struct chain_maker *maker, const struct object *object)
{
        const struct value *anonymous = value_member(&object->root.value, "anonymous"),
                           *enabled = value_member(anonymous, "enabled");

        if (value_is(enabled, VALUE_BOOL) && !enabled->boolean)
                note(maker, STR("the API server refuses requests without credentials (anonymous.enabled: false): "
                                "nothing is asked for system:anonymous"));
        else if (value_count(value_member(anonymous, "conditions")))
                note(maker, STR("the API server lets requests without credentials through for the paths of "
                                "anonymous.conditions only"));
}

/* --- all of it --- */

static void read_object(struct chain_maker *maker, const struct object *object, bool *configured)
{
        struct container container = {0};
        struct access_policy policy;
        struct err err = {0};

        if (str_is(object->group, CONFIG_GROUP) && str_is(object->kind, "AuthorizationConfiguration")) {
                read_configuration(maker, object);
                *configured = true;
        } else if (str_is(object->group, CONFIG_GROUP) && str_is(object->kind, "AuthenticationConfiguration")) {
                read_authentication(maker, object);
        } else if (str_is(object->kind, "Policy") && str_is(object->group, "abac.authorization.kubernetes.io")) {
                if (access_policy_read(&object->root.value, &policy, &err))
                        *vec_push(maker->arena, &maker->chain->policies.items) = policy;
                else
                        note(maker, str_format(maker->arena, "%.*s: %.*s", STR_ARG(object->source->name),
                                               STR_ARG(err_text(&err))));
                maker->chain->policies_shown = true;
        } else if (str_is(object->kind, "Pod") && !*configured) {
                while (object_next_container(object, &container))
                        if (runs_api_server(&container))
                                read_flags(maker, object, &container);
        }
}

void access_chain_make(struct arena *arena, const struct estate *estate, const struct access_policies *policies,
                       struct access_chain *out)
{
        struct chain_maker maker = {.arena = arena, .chain = out};
        bool configured = false;

        *out = (struct access_chain){.estate = estate};
        add_mode(&maker, STR("Node"));
        add_mode(&maker, STR("RBAC"));
        for (size_t i = 0; policies && i < policies->items.count; i++)
                *vec_push(arena, &out->policies.items) = policies->items.items[i];
        out->policies_shown = policies != NULL;
        for (size_t s = 0; s < estate->source_count; s++)
                for (size_t i = 0; i < estate->sources[s].objects.count; i++)
                        read_object(&maker, &estate->sources[s].objects.items[i], &configured);
        if (!out->declared && out->policies_shown)
                add_mode(&maker, STR("ABAC"));
}

/* --- asking --- */

static void add_member(struct node *nodes, size_t *count, const char *key, struct value value)
{
        nodes[(*count)++] = (struct node){.key = intern(str_of(key)), .value = value};
}

static struct value attributes_of(struct arena *arena, const struct access_request *request)
{
        struct node *nodes = arena_array(arena, struct node, 7);
        size_t count = 0;

        if (request->is_path) {
                add_member(nodes, &count, "path", value_string(request->path));
                add_member(nodes, &count, "verb", value_string(request->verb));
        } else {
                add_member(nodes, &count, "namespace", value_string(request->ns));
                add_member(nodes, &count, "verb", value_string(request->verb));
                add_member(nodes, &count, "group", value_string(request->group));
                add_member(nodes, &count, "version", value_string(STR("*")));
                add_member(nodes, &count, "resource", value_string(request->resource));
                add_member(nodes, &count, "subresource", value_string(request->subresource));
                add_member(nodes, &count, "name", value_string(request->name));
        }
        return value_map(arena, nodes, count);
}

/* The spec of a SubjectAccessReview, as match conditions see it. */
static struct value review_of(struct arena *arena, const struct access_user *user, const struct access_request *request)
{
        struct node *nodes = arena_array(arena, struct node, 3),
                    *groups = arena_array(arena, struct node, user->group_count);
        size_t count = 0;

        for (size_t i = 0; i < user->group_count; i++)
                groups[i].value = value_string(user->groups[i]);
        add_member(nodes, &count, "user", value_string(user->name));
        add_member(nodes, &count, "groups", value_list(groups, user->group_count));
        add_member(nodes, &count, request->is_path ? "nonResourceAttributes" : "resourceAttributes",
                   attributes_of(arena, request));
        return value_map(arena, nodes, count);
}

enum webhook_outcome { WEBHOOK_LEFT_OUT, WEBHOOK_ASKED, WEBHOOK_DENIES };

/* Any condition that is false leaves the webhook out; else one that fails does as the failure policy says. */
static enum webhook_outcome try_webhook(struct arena *arena, const struct access_authorizer *authorizer,
                                        const struct access_user *user, const struct access_request *request)
{
        struct value review = review_of(arena, user, request);
        bool failed = false;

        for (size_t i = 0; i < authorizer->condition_count; i++) {
                struct cel_frame frame = {.arena = arena, .variables = &review};
                struct err err = {0};
                bool holds = false;

                if (!cel_run_bool(authorizer->conditions[i], &frame, &holds, &err))
                        failed = true;
                else if (!holds)
                        return WEBHOOK_LEFT_OUT;
        }
        if (!failed || authorizer->unreadable)
                return WEBHOOK_ASKED;
        return authorizer->denies_on_error ? WEBHOOK_DENIES : WEBHOOK_LEFT_OUT;
}

static bool decide(struct access_decision *out, enum access_verdict verdict, enum access_mode mode, struct str why)
{
        out->verdict = verdict;
        out->mode = mode;
        out->why = why;
        return true;
}

/* True when the chain ends here. */
static bool ask(struct arena *arena, const struct access_chain *chain, const struct access_authorizer *authorizer,
                const struct access *access, const struct access_user *user, const struct access_request *request,
                struct access_decision *out)
{
        struct str node, why = {0};
        enum access_verdict verdict;
        size_t policy;

        switch (authorizer->mode) {
        case ACCESS_RBAC:
                verdict = access_can(access, user, request);
                if (verdict == ACCESS_YES)
                        return decide(out, ACCESS_YES, ACCESS_RBAC, STR(""));
                if (verdict == ACCESS_UNKNOWN && out->verdict == ACCESS_NO)
                        decide(out, ACCESS_UNKNOWN, ACCESS_RBAC, STR(""));
                return false;
        case ACCESS_NODE:
                if (!access_is_node(user, &node))
                        return false;
                if (access_node_can(arena, chain->estate, node, request, &why))
                        return decide(out, ACCESS_YES, ACCESS_NODE, why);
                if (out->verdict == ACCESS_NO)
                        decide(out, ACCESS_NO, ACCESS_NODE, why);
                return false;
        case ACCESS_ABAC:
                policy = access_policies_find(&chain->policies, user, request);
                if (policy != SIZE_MAX)
                        return decide(out, ACCESS_YES, ACCESS_ABAC, str_format(arena, "policy %zu", policy + 1));
                if (!chain->policies_shown && out->verdict == ACCESS_NO)
                        decide(out, ACCESS_UNKNOWN, ACCESS_ABAC, STR("its policies were not shown (--abac FILE)"));
                return false;
        case ACCESS_WEBHOOK:
                switch (try_webhook(arena, authorizer, user, request)) {
                case WEBHOOK_LEFT_OUT:
                        return false;
                case WEBHOOK_DENIES:
                        return decide(out, ACCESS_NO, ACCESS_WEBHOOK,
                                      str_format(arena, "a match condition of \"%.*s\" fails, which denies",
                                                 STR_ARG(authorizer->name)));
                case WEBHOOK_ASKED:
                        break;
                }
                return decide(out, ACCESS_UNKNOWN, ACCESS_WEBHOOK,
                              str_format(arena, "the webhook \"%.*s\" decides", STR_ARG(authorizer->name)));
        case ACCESS_ALWAYS_ALLOW:
                return decide(out, ACCESS_YES, ACCESS_ALWAYS_ALLOW, STR("everything is allowed"));
        case ACCESS_ALWAYS_DENY:
                return false;
        }
        return false;
}

void access_chain_can(struct arena *arena, const struct access_chain *chain, const struct access *access,
                      const struct access_user *user, const struct access_request *request, struct access_decision *out)
{
        *out = (struct access_decision){.verdict = ACCESS_NO, .mode = ACCESS_RBAC};
        for (size_t i = 0; i < user->group_count; i++)
                out->is_master |= str_is(user->groups[i], "system:masters");
        if (out->is_master) {
                decide(out, ACCESS_YES, ACCESS_RBAC, STR(""));
                return;
        }
        for (size_t i = 0; i < chain->authorizers.count; i++)
                if (ask(arena, chain, &chain->authorizers.items[i], access, user, request, out))
                        return;
}
