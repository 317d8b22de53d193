/* request.c - kubectl's words as a request, and --as as a user. */

#include "access/request.h"

#include "kube/resource.h"

#define RESOURCE_VERBS                                                                                                 \
        "get list watch create update patch delete deletecollection use bind impersonate * approve sign escalate attest"
#define URL_VERBS "get put post head options delete patch *"

static void warn(struct arena *arena, struct access_warnings *warnings, struct str text)
{
        *vec_push(arena, &warnings->items) = text;
}

/* Verbs of constrained impersonation carry what is to be done: "impersonate-on:user-info:list". */
static bool is_known_verb(struct str verb, struct str words)
{
        struct str word;

        while (str_split(&words, ' ', &word))
                if (str_equal(word, verb))
                        return true;
        return str_starts(verb, STR("impersonate:")) || str_starts(verb, STR("impersonate-on:"));
}

/* Resources that no server lists, because only rules name them. */
static bool is_only_in_rules(const struct access_request *request)
{
        static const struct str names[] = {STR_INIT("users"),  STR_INIT("groups"),     STR_INIT("uids"),
                                           STR_INIT("nodes"),  STR_INIT("userextras"), STR_INIT("serviceaccounts"),
                                           STR_INIT("signers")};

        for (size_t i = 0; i < COUNT_OF(names); i++)
                if (str_equal(request->resource, names[i]))
                        return !request->group.len || str_is(request->group, "authentication.k8s.io")
                               || str_is(request->group, "certificates.k8s.io");
        return false;
}

static void read_unknown(struct arena *arena, struct str word, struct access_request *out,
                         struct access_warnings *warnings)
{
        size_t dot = str_find(word, STR("."), 0);

        out->resource = str_sub(word, 0, dot);
        out->group = dot == SIZE_MAX ? STR("") : str_from(word, dot + 1);
        if (is_only_in_rules(out))
                return;
        warn(arena, warnings,
             out->group.len
                     ? str_format(arena, "the server doesn't have a resource type '%.*s' in group '%.*s'",
                                  STR_ARG(out->resource), STR_ARG(out->group))
                     : str_format(arena, "the server doesn't have a resource type '%.*s'", STR_ARG(out->resource)));
}

static void read_resource(struct arena *arena, const struct estate *estate, struct str word, bool everywhere,
                          struct access_request *out, struct access_warnings *warnings)
{
        const struct kube_resource *resource;

        if (str_is(word, "*")) {
                out->resource = word;
                return;
        }
        resource = kube_resource_find(arena, estate, word);
        if (!resource) {
                read_unknown(arena, word, out, warnings);
                return;
        }
        out->resource = resource->name;
        out->group = resource->group;
        if (resource->namespaced || everywhere)
                return;
        warn(arena, warnings,
             out->group.len ? str_format(arena, "resource '%.*s' is not namespace scoped in group '%.*s'",
                                         STR_ARG(out->resource), STR_ARG(out->group))
                            : str_format(arena, "resource '%.*s' is not namespace scoped", STR_ARG(out->resource)));
}

bool access_request_read(struct arena *arena, const struct estate *estate, const struct access_words_given *words,
                         struct access_request *out, struct access_warnings *warnings, struct err *err)
{
        struct str what = words->what, resource;

        *out = (struct access_request){.verb = words->verb, .path = words->what};
        if (!words->verb.len)
                return err_set(err, "the verb is missing: get, list, create, ...");
        out->is_path = str_starts(what, STR("/"));
        if (!is_known_verb(words->verb, out->is_path ? STR(URL_VERBS) : STR(RESOURCE_VERBS)))
                warn(arena, warnings, str_format(arena, "verb '%.*s' is not a known verb", STR_ARG(words->verb)));
        if (out->is_path)
                return !words->subresource.len || err_set(err, "--subresource does not go with a path");
        str_split(&what, '/', &resource);
        if (!resource.len)
                return err_set(err, "the resource is missing: pods, deployments.apps, secrets/NAME, ...");
        if (what.data)
                out->name = what;
        out->ns = words->everywhere ? STR("") : words->ns;
        out->subresource = words->subresource;
        read_resource(arena, estate, resource, words->everywhere, out, warnings);
        return true;
}

struct access_user access_user_as(struct arena *arena, struct str name, const struct str *groups, size_t count)
{
        bool anonymous = str_is(name, "system:anonymous"), known = false;
        struct str *all, ns, account;
        struct access_user user = {.name = name};

        if (!count && access_split_account(name, &ns, &account))
                return access_user_of_account(arena, ns, account);
        all = arena_array(arena, struct str, count + 1);
        for (size_t i = 0; i < count; i++) {
                all[user.group_count++] = groups[i];
                known |= str_is(groups[i], "system:unauthenticated")
                         || (!anonymous && str_is(groups[i], "system:authenticated"));
        }
        if (!known && name.len)
                all[user.group_count++] = anonymous ? STR("system:unauthenticated") : STR("system:authenticated");
        user.groups = all;
        return user;
}
