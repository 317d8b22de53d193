/* random_rbac.h - roles and bindings at random, and the plainest answer to who may do what with them.
 *
 * The answer goes over the objects as they were read, binding by binding and word by word, comparing texts: nothing of
 * src/access/ is used. The same bytes give the same world, so that a fuzzer can steer it. */
#pragma once

#include "access/authorizer.h"
#include "doc/key.h"

struct chance {
        const uint8_t *bytes; /* used up first; then the numbers go on from `state` */
        size_t size, at;
        uint64_t state;
};

static inline uint32_t chance_below(struct chance *chance, uint32_t limit)
{
        if (chance->at < chance->size)
                return chance->bytes[chance->at++] % limit;
        chance->state ^= chance->state << 13;
        chance->state ^= chance->state >> 7;
        chance->state ^= chance->state << 17;
        return (uint32_t)(chance->state >> 33) % limit;
}

static const char *const random_verbs[] = {"get", "list", "create", "delete", "*", "Get", "impersonate"};
static const char *const random_api_groups[] = {"", "apps", "*", "batch"};
static const char *const random_resources[] = {"pods",    "pods/log", "*/log",      "*",           "pods/*",
                                               "secrets", "*/scale",  "*/",         "deployments", "deployments/scale",
                                               "nodes",   "pods/",    "secrets/log"};
static const char *const random_names[] = {"a", "b", "", "*"};
static const char *const random_urls[] = {"*", "/", "/api", "/api/*", "/api*", "/healthz", "/api/*/*", "", "/api/v1*x"};
static const char *const random_spaces[] = {"x", "y", "default"};
static const char *const random_users[] = {
        "ada", "bob", "*", "system:serviceaccount:x:s", "system:serviceaccount:y:s", "system:anonymous"};
static const char *const random_groups[] = {
        "g", "h", "system:authenticated", "system:serviceaccounts", "system:serviceaccounts:x", "system:masters"};
#define CHOOSE(chance, words) (words)[chance_below((chance), COUNT_OF(words))]

#define RANDOM_LIST(out, chance, key, words, most)                                                                     \
        do {                                                                                                           \
                uint32_t count_of = chance_below((chance), (most) + 1);                                                \
                buf_add_format((out), ",\"%s\":[", (key));                                                             \
                for (uint32_t i_of = 0; i_of < count_of; i_of++)                                                       \
                        buf_add_format((out), "%s\"%s\"", i_of ? "," : "", CHOOSE((chance), (words)));                 \
                buf_add_literal((out), "]");                                                                           \
        } while (0)

static inline void random_rule(struct buf *out, struct chance *chance)
{
        buf_add_literal(out, "{\"x\":1");
        RANDOM_LIST(out, chance, "verbs", random_verbs, 3);
        if (chance_below(chance, 5)) {
                RANDOM_LIST(out, chance, "apiGroups", random_api_groups, 2);
                RANDOM_LIST(out, chance, "resources", random_resources, 4);
                if (!chance_below(chance, 3))
                        RANDOM_LIST(out, chance, "resourceNames", random_names, 2);
        }
        if (!chance_below(chance, 4))
                RANDOM_LIST(out, chance, "nonResourceURLs", random_urls, 3);
        buf_add_char(out, '}');
}

static inline void random_role(struct buf *out, struct chance *chance, uint32_t number, uint32_t most_rules)
{
        bool cluster = chance_below(chance, 3) > 0;
        uint32_t rules = chance_below(chance, most_rules + 1);

        buf_add_format(
                out,
                "---\n{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"%s\",\"metadata\":{\"name\":\"r%u\"",
                cluster ? "ClusterRole" : "Role", number % 8);
        if (!cluster)
                buf_add_format(out, ",\"namespace\":\"%s\"", CHOOSE(chance, random_spaces));
        buf_add_format(out, ",\"labels\":{\"l\":\"%u\"}}", chance_below(chance, 4));
        if (!chance_below(chance, 16)) {
                buf_add_literal(out, ",\"rules\":\"many\"}\n");
                return;
        }
        if (cluster && !chance_below(chance, 4))
                buf_add_format(out,
                               ",\"aggregationRule\":{\"clusterRoleSelectors\":[{\"matchLabels\":{\"l\":\"%u\"}},"
                               "{\"matchLabels\":{\"l\":\"%u\"}}]}",
                               chance_below(chance, 4), chance_below(chance, 4));
        buf_add_literal(out, ",\"rules\":[");
        for (uint32_t i = 0; i < rules; i++) {
                if (i)
                        buf_add_char(out, ',');
                random_rule(out, chance);
        }
        buf_add_literal(out, "]}\n");
}

static inline void random_subject(struct buf *out, struct chance *chance)
{
        switch (chance_below(chance, 4)) {
        case 0:
                buf_add_format(out, "{\"kind\":\"ServiceAccount\",\"name\":\"s\",\"namespace\":\"%s\"}",
                               CHOOSE(chance, random_spaces));
                break;
        case 1:
                buf_add_literal(out, "{\"kind\":\"ServiceAccount\",\"name\":\"s\"}");
                break;
        case 2:
                buf_add_format(out, "{\"kind\":\"Group\",\"name\":\"%s\"}", CHOOSE(chance, random_groups));
                break;
        default:
                buf_add_format(out, "{\"kind\":\"User\",\"name\":\"%s\"}", CHOOSE(chance, random_users));
        }
}

static inline void random_binding(struct buf *out, struct chance *chance, uint32_t number)
{
        bool cluster = chance_below(chance, 3) == 0;
        uint32_t subjects = chance_below(chance, 4);

        buf_add_format(
                out,
                "---\n{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"%s\",\"metadata\":{\"name\":\"b%u\"",
                cluster ? "ClusterRoleBinding" : "RoleBinding", number % 24);
        if (!cluster)
                buf_add_format(out, ",\"namespace\":\"%s\"", CHOOSE(chance, random_spaces));
        buf_add_format(out, "},\"roleRef\":{\"kind\":\"%s\",\"name\":\"r%u\"},\"subjects\":[",
                       cluster || chance_below(chance, 2) ? "ClusterRole" : "Role", chance_below(chance, 8));
        for (uint32_t i = 0; i < subjects; i++) {
                if (i)
                        buf_add_char(out, ',');
                random_subject(out, chance);
        }
        buf_add_literal(out, "]}\n");
}

/* A stream of objects; `out` is added to. */
static inline void random_world(struct buf *out, struct chance *chance)
{
        uint32_t roles = 1 + chance_below(chance, 16), bindings = 1 + chance_below(chance, 32);
        uint32_t most_rules = 1 + chance_below(chance, 12);

        for (uint32_t i = 0; i < roles; i++)
                random_role(out, chance, i, most_rules);
        for (uint32_t i = 0; i < bindings; i++)
                random_binding(out, chance, i);
}

struct random_question {
        struct str groups[3];
        struct access_user user;
        struct access_request request;
};

/* Must stay where it is afterwards: the user points into it. */
static inline void random_question(struct random_question *out, struct chance *chance)
{
        static const char *const plain[] = {"pods", "secrets", "deployments", "nodes", "*", "unheard-of"};
        static const char *const subs[] = {"", "", "log", "scale", "*", "unheard-of"};
        static const char *const paths[] = {"/", "/api", "/api/", "/api/v1", "/apis", "/healthz", "", "/api/*"};

        *out = (struct random_question){.user.name = str_of(CHOOSE(chance, random_users))};
        out->user.groups = out->groups;
        out->user.group_count = chance_below(chance, 4);
        for (size_t i = 0; i < out->user.group_count; i++)
                out->groups[i] = str_of(
                        random_groups[chance_below(chance, COUNT_OF(random_groups) - (chance_below(chance, 8) > 0))]);
        out->request.verb = str_of(CHOOSE(chance, random_verbs));
        out->request.is_path = !chance_below(chance, 5);
        out->request.path = str_of(CHOOSE(chance, paths));
        if (out->request.is_path)
                return;
        out->request.group = str_of(CHOOSE(chance, random_api_groups));
        out->request.resource = str_of(CHOOSE(chance, plain));
        out->request.subresource = str_of(CHOOSE(chance, subs));
        out->request.ns = chance_below(chance, 4) ? str_of(CHOOSE(chance, random_spaces)) : STR("");
        out->request.name = str_of(CHOOSE(chance, random_names));
}

/* --- the plain answer --- */

static inline bool plain_has(const struct value *list, struct str text)
{
        value_each (list, item)
                if (str_equal(value_text(&item->value), text))
                        return true;
        return false;
}

static inline bool plain_url(struct str url, struct str path)
{
        size_t stars = 0;

        if (str_equal(url, path))
                return true;
        while (stars < url.len && url.data[url.len - 1 - stars] == '*')
                stars++;
        return stars && str_starts(path, str_sub(url, 0, url.len - stars));
}

static inline bool plain_rule(struct arena *arena, const struct value *rule, const struct access_request *request)
{
        const struct value *resources = value_get(rule, KEY_resources), *names = value_get(rule, KEY_resourceNames);
        struct str resource = request->resource;

        if (!plain_has(value_get(rule, KEY_verbs), STR("*")) && !plain_has(value_get(rule, KEY_verbs), request->verb))
                return false;
        if (request->is_path) {
                value_each (value_get(rule, KEY_nonResourceURLs), url)
                        if (plain_url(value_text(&url->value), request->path))
                                return true;
                return false;
        }
        if (!plain_has(value_get(rule, KEY_apiGroups), STR("*"))
                       && !plain_has(value_get(rule, KEY_apiGroups), request->group))
                return false;
        if (request->subresource.len)
                resource = str_format(arena, "%.*s/%.*s", STR_ARG(resource), STR_ARG(request->subresource));
        if (!plain_has(resources, STR("*")) && !plain_has(resources, resource)
                       && !(request->subresource.len
                            && plain_has(resources, str_format(arena, "*/%.*s", STR_ARG(request->subresource)))))
                return false;
        return !value_count(names) || plain_has(names, request->name);
}

static inline struct str plain_ns(const struct object *object)
{
        return object->ns.len ? object->ns : STR("default");
}

/* The last object of a kind with a name. */
static inline const struct object *plain_find(const struct estate *estate, const char *kind, struct str ns,
                                              struct str name)
{
        const struct object *found = NULL;

        for (size_t i = 0; i < estate->sources->objects.count; i++) {
                const struct object *object = &estate->sources->objects.items[i];

                if (str_equal(object->kind, str_of(kind)) && str_equal(object->name, name)
                    && (!ns.len || str_equal(plain_ns(object), ns)))
                        found = object;
        }
        return found;
}

enum { PLAIN_MOST = 64 };

/* A role and every role that it collects from. */
static inline size_t plain_reach(const struct estate *estate, const struct object *role, const struct object **out)
{
        size_t count = 1;

        out[0] = role;
        for (size_t at = 0; at < count; at++) {
                const struct value *selectors =
                        value_get(value_get(&out[at]->root.value, KEY_aggregationRule), KEY_clusterRoleSelectors);

                for (size_t i = 0; i < estate->sources->objects.count; i++) {
                        const struct object *other = &estate->sources->objects.items[i];
                        struct str label = value_get_text(
                                value_get(value_get(&other->root.value, KEY_metadata), KEY_labels), intern(STR("l")));
                        bool taken = false, known = false;

                        if (!str_is(other->kind, "ClusterRole")
                            || plain_find(estate, "ClusterRole", (struct str){0}, other->name) != other)
                                continue;
                        value_each (selectors, selector)
                                taken |= str_equal(label, value_get_text(value_get(&selector->value, KEY_matchLabels),
                                                                         intern(STR("l"))));
                        for (size_t k = 0; k < count; k++)
                                known |= out[k] == other;
                        if (taken && !known && count < PLAIN_MOST)
                                out[count++] = other;
                }
        }
        return count;
}

static inline bool plain_subject(struct arena *arena, const struct object *binding, const struct value *subject,
                                 const struct access_user *user)
{
        struct str kind = value_get_text(subject, KEY_kind), name = value_get_text(subject, KEY_name);
        struct str ns = value_get_text(subject, KEY_namespace);

        if (str_is(kind, "User"))
                return str_equal(name, user->name);
        if (str_is(kind, "Group")) {
                for (size_t i = 0; i < user->group_count; i++)
                        if (str_equal(user->groups[i], name))
                                return true;
                return false;
        }
        if (!ns.len && str_is(binding->kind, "RoleBinding"))
                ns = plain_ns(binding);
        return ns.len
               && str_equal(user->name,
                            str_format(arena, "system:serviceaccount:%.*s:%.*s", STR_ARG(ns), STR_ARG(name)));
}

/* What one binding says to a request: yes, no, or unknown because its role is not there or broken. */
static inline enum access_verdict plain_binding(struct arena *arena, const struct estate *estate,
                                                const struct object *binding, const struct access_request *request)
{
        const struct value *reference = value_get(&binding->root.value, KEY_roleRef);
        bool cluster = str_is(value_get_text(reference, KEY_kind), "ClusterRole");
        const struct object *role =
                plain_find(estate, cluster ? "ClusterRole" : "Role", cluster ? (struct str){0} : plain_ns(binding),
                           value_get_text(reference, KEY_name));
        const struct object *reach[PLAIN_MOST];
        enum access_verdict verdict = ACCESS_NO;
        size_t count;

        if (!role)
                return ACCESS_UNKNOWN;
        count = plain_reach(estate, role, reach);
        for (size_t i = 0; i < count; i++)
                if (value_is(value_get(&reach[i]->root.value, KEY_rules), VALUE_STRING))
                        verdict = ACCESS_UNKNOWN;
        for (size_t i = 0; i < count; i++)
                value_each (value_get(&reach[i]->root.value, KEY_rules), rule)
                        if (plain_rule(arena, &rule->value, request))
                                return ACCESS_YES;
        return verdict;
}

static inline enum access_verdict plain_can(struct arena *arena, const struct estate *estate,
                                            const struct access_user *user, const struct access_request *request)
{
        enum access_verdict verdict = ACCESS_NO;

        for (size_t i = 0; i < user->group_count; i++)
                if (str_is(user->groups[i], "system:masters"))
                        return ACCESS_YES;
        for (size_t i = 0; i < estate->sources->objects.count; i++) {
                const struct object *binding = &estate->sources->objects.items[i];
                bool cluster = str_is(binding->kind, "ClusterRoleBinding"), named = false;
                enum access_verdict here;

                if (!cluster && !str_is(binding->kind, "RoleBinding"))
                        continue;
                if (plain_find(estate, cluster ? "ClusterRoleBinding" : "RoleBinding",
                               cluster ? (struct str){0} : plain_ns(binding), binding->name)
                    != binding)
                        continue;
                if (!cluster && (request->is_path || !str_equal(plain_ns(binding), request->ns)))
                        continue;
                value_each (value_get(&binding->root.value, KEY_subjects), subject)
                        named |= plain_subject(arena, binding, &subject->value, user);
                here = named ? plain_binding(arena, estate, binding, request) : ACCESS_NO;
                if (here == ACCESS_YES)
                        return ACCESS_YES;
                if (here == ACCESS_UNKNOWN)
                        verdict = ACCESS_UNKNOWN;
        }
        return verdict;
}
