/* learn_roles.c - rules from requests, as audit2rbac finds them, in time that does not grow with the square of the requests. */

#include "access/learn_internal.h"

/* Requests that differ by name or namespace only, of which one may stand for all. */
struct family {
        struct str ns, name; /* of the first that has one */
        bool several_namespaces, several_names;
};

struct wide_rule {
        struct str ns;
        const struct access_rule *rule;
};

struct rule_list {
        VEC(struct access_rule) items;
};

struct role_draft {
        struct str ns;
        struct rule_list rules, failing;
};

struct draft {
        struct learn *learn;
        const struct learn_settings *settings;
        struct map families;        /* struct family * */
        struct map granted;         /* what rules allow so far, by the request: any pointer */
        VEC(struct wide_rule) wide; /* with a star: beside that map */
        struct map roles;           /* namespace: struct role_draft *; of the cluster: "" */
        VEC(struct str) refused;
};

static bool always_failed(const struct draft *draft, const struct learn_request *request)
{
        const struct learn_outcome *outcome = &request->outcome;

        return !draft->settings->like_audit2rbac && outcome->calls && outcome->calls == outcome->failed;
}

/* --- families --- */

static struct family *family_of(struct draft *draft, const struct learn_request *request)
{
        const struct learn_settings *settings = draft->settings;
        const struct access_request *is = &request->is;
        struct buf *key = &draft->learn->key;
        struct family *family;
        const struct str parts[] = {is->verb,
                                    is->group,
                                    is->resource,
                                    is->subresource,
                                    settings->keep_namespaces ? is->ns
                                                              : STR(""), settings->keep_names ? is->name : STR("")};

        key->len = 0;
        for (size_t i = 0; i < COUNT_OF(parts); i++)
                learn_key_add(key, parts[i]);
        if (settings->like_audit2rbac) {
                learn_key_add(key, request->version);
                learn_key_add(key, (struct str){(const char *)&request->groups_number, sizeof(request->groups_number)});
        }
        buf_add_char(key, always_failed(draft, request) ? 'f' : 's');
        family = map_get(&draft->families, buf_text(key));
        if (!family) {
                family = arena_new(draft->learn->arena, struct family);
                *map_slot(draft->learn->arena, &draft->families, str_copy(draft->learn->arena, buf_text(key))) = family;
        }
        return family;
}

static void note(struct str *first, bool *several, struct str text)
{
        if (!text.len)
                return;
        if (!first->len)
                *first = text;
        *several |= !str_equal(*first, text);
}

static void find_families(struct draft *draft)
{
        for (size_t i = 0; i < draft->learn->requests.count; i++) {
                const struct learn_request *request = draft->learn->requests.items[i];
                struct family *family;

                if (request->is.is_path)
                        continue;
                family = family_of(draft, request);
                note(&family->ns, &family->several_namespaces, request->is.ns);
                note(&family->name, &family->several_names, request->is.name);
        }
}

/* --- what is allowed already --- */

/* audit2rbac takes it that everybody with one of these groups may read what the API offers. */
static bool is_discovery(const struct learn_request *request)
{
        static const struct str urls[] = {STR_INIT("/healthz"), STR_INIT("/version"), STR_INIT("/swagger*"),
                                          STR_INIT("/openapi*"), STR_INIT("/api*")};
        bool everybody = false;

        if (!request->is.is_path || !str_is(request->is.verb, "get"))
                return false;
        for (uint32_t i = 0; i < request->group_count; i++)
                everybody |= str_is(request->groups[i], "system:authenticated")
                             || str_is(request->groups[i], "system:unauthenticated");
        for (size_t i = 0; everybody && i < COUNT_OF(urls); i++) {
                if (access_url_covers(urls[i], request->is.path))
                        return true;
        }
        return false;
}

/* Whoever is in system:masters may do everything without any role: what they would need if they were not is the question. */
static bool is_allowed(const struct draft *draft, const struct learn_request *request)
{
        struct str groups[AUDIT_GROUPS];
        struct access_user user = {.name = draft->settings->user, .groups = groups};

        if (draft->settings->like_audit2rbac && is_discovery(request))
                return true;
        for (uint32_t i = 0; i < request->group_count; i++) {
                if (!str_is(request->groups[i], "system:masters"))
                        groups[user.group_count++] = request->groups[i];
        }
        return draft->settings->existing && access_can(draft->settings->existing, &user, &request->is) == ACCESS_YES;
}

static struct str grant_key(struct buf *key, const struct access_request *is, struct str verb, struct str ns,
                            struct str name)
{
        const struct str parts[] = {verb, is->group, is->resource, is->subresource, ns, name, is->path};

        key->len = 0;
        for (size_t i = 0; i < COUNT_OF(parts); i++)
                learn_key_add(key, parts[i]);
        return buf_text(key);
}

static bool is_granted(struct draft *draft, const struct access_request *is)
{
        struct buf *key = &draft->learn->key;
        struct access_question question;

        for (unsigned i = 0; i < 4; i++) {
                if (map_get(&draft->granted,
                            grant_key(key, is, is->verb, i & 1 ? is->ns : STR(""), i & 2 ? is->name : STR(""))))
                        return true;
        }
        if (!draft->wide.count)
                return false;
        question = access_question_of(is);
        for (size_t i = 0; i < draft->wide.count; i++) {
                const struct wide_rule *wide = &draft->wide.items[i];

                if ((!wide->ns.len || str_equal(wide->ns, is->ns)) && access_rule_allows(wide->rule, &question))
                        return true;
        }
        return false;
}

/* --- granting --- */

static struct role_draft *role_of(struct draft *draft, struct str ns)
{
        void **slot = map_slot(draft->learn->arena, &draft->roles, ns);
        struct role_draft *role = *slot;

        if (!role) {
                role = arena_new(draft->learn->arena, struct role_draft);
                role->ns = ns;
                *slot = role;
        }
        return role;
}

/* Whoever may do the first may do the others, too. */
static size_t verbs_of(const struct draft *draft, struct str verb, struct str out[3])
{
        static const struct str expansions[][3] = {
                {STR_INIT("watch"), STR_INIT("get"), STR_INIT("list")},
                {STR_INIT("list"), STR_INIT("get"), STR_INIT("watch")},
                {STR_INIT("update"), STR_INIT("get"), STR_INIT("patch")},
                {STR_INIT("patch"), STR_INIT("get"), STR_INIT("update")},
        };

        out[0] = verb;
        for (size_t i = 0; !draft->settings->only_used_verbs && i < COUNT_OF(expansions); i++) {
                if (str_equal(expansions[i][0], verb)) {
                        out[1] = expansions[i][1];
                        out[2] = expansions[i][2];
                        return 3;
                }
        }
        return 1;
}

static bool is_wide(const struct access_request *is)
{
        return str_is(is->verb, "*") || str_is(is->group, "*") || str_is(is->resource, "*")
               || str_ends(is->path, STR("*"));
}

static struct access_words one_word(struct arena *arena, struct str word)
{
        return access_words_of(arena, &word, 1);
}

static struct access_rule rule_of(struct draft *draft, const struct access_request *is, const struct str *verbs,
                                  size_t count)
{
        struct arena *arena = draft->learn->arena;
        struct access_rule rule = {.verbs = access_words_of(arena, verbs, count)};

        if (is->is_path) {
                rule.urls = one_word(arena, is->path);
                return rule;
        }
        rule.groups = one_word(arena, is->group);
        rule.resources = one_word(arena, is->subresource.len ? str_format(arena, "%.*s/%.*s", STR_ARG(is->resource),
                                                                          STR_ARG(is->subresource))
                                                             : is->resource);
        if (is->name.len)
                rule.names = one_word(arena, is->name);
        return rule;
}

static void grant(struct draft *draft, const struct access_request *is, bool failing)
{
        struct arena *arena = draft->learn->arena;
        struct role_draft *role = role_of(draft, is->ns);
        struct rule_list *list = failing ? &role->failing : &role->rules;
        struct access_rule *rule = arena_new(arena, struct access_rule);
        struct str verbs[3];
        size_t count = is->is_path ? 1 : verbs_of(draft, is->verb, verbs);

        verbs[0] = is->verb;
        *rule = rule_of(draft, is, verbs, count);
        *vec_push(arena, &list->items) = *rule;
        if (is_wide(is))
                *vec_push(arena, &draft->wide) = (struct wide_rule){is->ns, rule};
        for (size_t i = 0; i < count; i++) {
                struct str key = grant_key(&draft->learn->key, is, verbs[i], is->ns, is->name);

                if (!map_get(&draft->granted, key))
                        *map_slot(arena, &draft->granted, str_copy(arena, key)) = rule;
        }
}

/* Whoever may write to the log by asking must not be given more than what was asked. */
static void refuse(struct draft *draft, const struct access_request *is)
{
        struct arena *arena = draft->learn->arena;

        *vec_push(arena, &draft->refused) =
                is->is_path ? str_format(arena, "%.*s %.*s", STR_ARG(is->verb), STR_ARG(is->path))
                            : str_format(arena, "%.*s %.*s%s%.*s", STR_ARG(is->verb), STR_ARG(is->resource),
                                         is->group.len ? "." : "", STR_ARG(is->group));
}

static void consider(struct draft *draft, const struct learn_request *request)
{
        struct access_request is = request->is;
        const struct family *family;

        if (is_allowed(draft, request) || is_granted(draft, &is))
                return;
        if (!draft->settings->like_audit2rbac && is_wide(&is))
                return refuse(draft, &is);
        if (!is.is_path) {
                family = family_of(draft, request);
                if (is.ns.len || is.name.len) {
                        if (!draft->settings->keep_namespaces && family->several_namespaces)
                                is.ns = STR("");
                        if (!draft->settings->keep_names && family->several_names)
                                is.name = STR("");
                }
        }
        grant(draft, &is, always_failed(draft, request));
}

/* --- roles --- */

/* What came of the requests that a rule was made for. */
static void add_outcomes(const struct draft *draft, struct str ns, struct learn_rule *rule)
{
        for (size_t i = 0; i < draft->learn->requests.count; i++) {
                const struct learn_request *request = draft->learn->requests.items[i];
                struct access_question question;

                if (!always_failed(draft, request) || (ns.len && !str_equal(ns, request->is.ns)))
                        continue;
                question = access_question_of(&request->is);
                if (!access_rule_allows(&rule->rule, &question))
                        continue;
                rule->outcome.calls += request->outcome.calls;
                rule->outcome.failed += request->outcome.failed;
                rule->outcome.status = request->outcome.status;
        }
}

static struct learn_role compact_list(const struct draft *draft, struct str ns, const struct rule_list *list)
{
        struct learn_role role = {.ns = ns, .rule_count = list->items.count};

        role.rules = arena_array(draft->learn->arena, struct learn_rule, list->items.count);
        for (size_t i = 0; i < list->items.count; i++)
                role.rules[i].rule = list->items.items[i];
        learn_compact(draft->learn->arena, draft->settings, &role);
        return role;
}

static void finish_role(const struct draft *draft, const struct role_draft *from, struct learn_role *out)
{
        struct learn_role good = compact_list(draft, from->ns, &from->rules);
        struct learn_role failing = compact_list(draft, from->ns, &from->failing);

        *out = (struct learn_role){.ns = from->ns, .rule_count = good.rule_count + failing.rule_count};
        out->rules = arena_array(draft->learn->arena, struct learn_rule, out->rule_count);
        memcpy(out->rules, good.rules, good.rule_count * sizeof(*good.rules));
        for (size_t i = 0; i < failing.rule_count; i++) {
                failing.rules[i].always_failed = true;
                add_outcomes(draft, from->ns, &failing.rules[i]);
                out->rules[good.rule_count + i] = failing.rules[i];
        }
}

static void finish(const struct draft *draft, struct learned *out)
{
        out->roles = arena_array(draft->learn->arena, struct learn_role, draft->roles.count);
        for (unsigned cluster = 0; cluster < 2; cluster++) {
                for (size_t i = 0; i < draft->roles.count; i++) {
                        const struct role_draft *role = draft->roles.entries[i].value;

                        if ((role->ns.len == 0) == (cluster == 1))
                                finish_role(draft, role, &out->roles[out->role_count++]);
                }
        }
        out->refused = draft->refused.items;
        out->refused_count = draft->refused.count;
}

void learn_roles(struct learn *learn, struct learned *out)
{
        struct draft draft = {.learn = learn, .settings = learn->settings};

        *out = (struct learned){0};
        find_families(&draft);
        learn_sort(learn->arena, learn->requests.items, learn->requests.count);
        for (unsigned failing = 0; failing < 2; failing++) {
                for (size_t i = 0; i < learn->requests.count; i++) {
                        if (always_failed(&draft, learn->requests.items[i]) == (failing == 1))
                                consider(&draft, learn->requests.items[i]);
                }
        }
        finish(&draft, out);
}
