/* unused.c - from the events of a log to the parts of rules that none of them needed. */

#include "access/unused.h"

#include "access/internal.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

/* What was asked of one binding: different requests, as rules with one word each. */
struct used {
        VEC(struct access_rule) requests;
        bool *subjects; /* those of the binding that asked */
};

struct access_parts {
        VEC(struct access_rule) rules;
};

struct access_usage {
        struct arena *arena, scratch;
        const struct access *access;
        bool system;
        uint64_t events, requests;
        struct used *bindings;
        XXH128_hash_t *seen; /* open addressing; zero: free */
        size_t seen_count, seen_mask;
};

struct access_usage *access_usage_new(struct arena *arena, const struct access *access, bool system)
{
        struct access_usage *usage = arena_new(arena, struct access_usage);

        *usage = (struct access_usage){.arena = arena, .access = access, .system = system};
        usage->bindings = arena_array(arena, struct used, access_binding_count(access));
        for (uint32_t i = 0; i < access_binding_count(access); i++)
                usage->bindings[i].subjects = arena_array(arena, bool, access_binding(access, i)->subject_count);
        return usage;
}

/* --- each different request once --- */

static bool hashes_equal(XXH128_hash_t one, XXH128_hash_t other)
{
        return one.low64 == other.low64 && one.high64 == other.high64;
}

static XXH128_hash_t *seen_slot(const struct access_usage *usage, XXH128_hash_t hash)
{
        size_t at = (size_t)hash.low64 & usage->seen_mask;

        while ((usage->seen[at].low64 | usage->seen[at].high64) && !hashes_equal(usage->seen[at], hash))
                at = (at + 1) & usage->seen_mask;
        return &usage->seen[at];
}

static void grow_seen(struct access_usage *usage)
{
        XXH128_hash_t *old = usage->seen;
        size_t count = old ? usage->seen_mask + 1 : 0;

        usage->seen_mask = old ? usage->seen_mask * 2 + 1 : 1023;
        usage->seen = arena_array(usage->arena, XXH128_hash_t, usage->seen_mask + 1);
        for (size_t i = 0; i < count; i++)
                if (old[i].low64 | old[i].high64)
                        *seen_slot(usage, old[i]) = old[i];
}

static bool is_new(struct access_usage *usage, XXH128_hash_t hash)
{
        XXH128_hash_t *slot;

        if (!usage->seen || usage->seen_count * 2 > usage->seen_mask)
                grow_seen(usage);
        slot = seen_slot(usage, hash);
        if (hashes_equal(*slot, hash))
                return false;
        *slot = hash;
        usage->seen_count++;
        return true;
}

static void add_field(XXH3_state_t *state, struct str text)
{
        uint64_t len = text.len;

        XXH3_128bits_update(state, &len, sizeof(len));
        if (text.len)
                XXH3_128bits_update(state, text.data, text.len);
}

/* Of a request by a user, or with a number from 1 of one to a binding. */
static XXH128_hash_t hash_of(const struct access_user *user, const struct access_request *request, uint64_t number)
{
        const struct str fields[] = {user->name,           request->verb, request->group, request->resource,
                                     request->subresource, request->ns,   request->name,  request->path};
        XXH3_state_t state;

        XXH3_128bits_reset(&state);
        XXH3_128bits_update(&state, &number, sizeof(number));
        for (size_t i = 0; i < COUNT_OF(fields); i++)
                add_field(&state, fields[i]);
        for (size_t i = 0; i < user->group_count; i++)
                add_field(&state, user->groups[i]);
        return XXH3_128bits_digest(&state);
}

/* --- one event --- */

static bool was_allowed(const struct audit_event *event)
{
        if (event->decision != AUDIT_DECISION_UNKNOWN)
                return event->decision == AUDIT_ALLOWED;
        return event->status != 401 && event->status != 403;
}

/* As the authorizer was asked. What is created has no name yet when it is asked for. */
static struct access_request request_of(const struct audit_event *event)
{
        struct access_request request = {.verb = event->verb, .is_path = !event->is_resource};
        struct str uri = event->uri;

        if (request.is_path) {
                str_split(&uri, '?', &request.path);
                return request;
        }
        request.group = event->group;
        request.resource = event->resource;
        request.subresource = event->subresource;
        request.ns = event->ns;
        if (!str_is(event->verb, "create") || event->subresource.len)
                request.name = event->name;
        return request;
}

static struct access_words one_word(struct arena *arena, struct str text)
{
        return access_words_of(arena, &text, 1);
}

static struct access_rule rule_of(struct arena *arena, const struct access_request *request)
{
        struct access_rule rule = {.verbs = one_word(arena, request->verb)};

        if (request->is_path) {
                rule.urls = one_word(arena, request->path);
                return rule;
        }
        rule.groups = one_word(arena, request->group);
        rule.resources =
                one_word(arena, request->subresource.len ? str_format(arena, "%.*s/%.*s", STR_ARG(request->resource),
                                                                      STR_ARG(request->subresource))
                                                         : request->resource);
        if (request->name.len)
                rule.names = one_word(arena, request->name);
        return rule;
}

static void note_use(struct access_usage *usage, const struct access_grant *grant, const struct access_request *request)
{
        const struct access_binding *binding = access_binding(usage->access, grant->binding);
        struct used *used = &usage->bindings[grant->binding];
        const struct rule_index *index = &usage->access->indexes[access_role(usage->access, binding->role)->rule_set];
        struct access_request plain = *request;

        for (uint32_t i = 0; i < binding->subject_count; i++)
                used->subjects[i] |= binding->subjects[i] == grant->subject;
        /* Names count only where a rule has that one; where it was asked does not count. */
        if (!index->names || !intern_find(request->name))
                plain.name = (struct str){0};
        plain.ns = (struct str){0};
        if (is_new(usage, hash_of(&(struct access_user){0}, &plain, grant->binding + 1)))
                *vec_push(usage->arena, &used->requests) = rule_of(usage->arena, &plain);
}

void access_usage_event(struct access_usage *usage, const struct audit_event *event)
{
        struct access_user user = {event->user, event->groups, event->group_count};
        struct access_request request = request_of(event);
        struct access_grants grants;

        if (!was_allowed(event))
                return;
        usage->events++;
        if (!is_new(usage, hash_of(&user, &request, 0)))
                return;
        usage->requests++;
        access_explain(&usage->scratch, usage->access, &user, &request, &grants);
        for (size_t i = 0; i < grants.items.count; i++)
                if (grants.items.items[i].binding != ACCESS_NONE)
                        note_use(usage, &grants.items.items[i], &request);
        arena_reset(&usage->scratch);
}

/* --- what is left --- */

/* Verbs that are asked for beside the request that the log shows. */
static bool is_hidden(struct str verb)
{
        static const struct str hidden[] = {STR_INIT("impersonate"), STR_INIT("escalate"), STR_INIT("bind"),
                                            STR_INIT("use"),         STR_INIT("approve"),  STR_INIT("sign"),
                                            STR_INIT("attest")};

        for (size_t i = 0; i < COUNT_OF(hidden); i++)
                if (str_equal(hidden[i], verb))
                        return true;
        return str_starts(verb, STR("impersonate"));
}

static bool has_star(const struct access_rule *part)
{
        const struct access_words *lists[] = {&part->verbs, &part->groups, &part->resources, &part->urls};

        for (size_t i = 0; i < COUNT_OF(lists); i++)
                for (uint32_t k = 0; k < lists[i]->count; k++)
                        if (str_find(intern_text(lists[i]->items[k]), STR("*"), 0) != SIZE_MAX)
                                return true;
        return false;
}

static void judge_part(struct arena *arena, const struct used *used, const struct access_rule *part,
                       struct access_rule_use *use, struct access_parts *unused, struct access_parts *wide,
                       struct access_parts *needed)
{
        size_t before = needed->rules.count;
        bool star = has_star(part), any = false;

        for (size_t i = 0; i < used->requests.count && (star || !any); i++) {
                if (!access_rule_covers(part, &used->requests.items[i]))
                        continue;
                any = true;
                if (star) {
                        struct access_rule request = used->requests.items[i];

                        request.names = part->names;
                        *vec_push(arena, &needed->rules) = request;
                }
        }
        use->used |= any;
        if (!any && !is_hidden(intern_text(part->verbs.items[0])))
                *vec_push(arena, &unused->rules) = *part;
        if (needed->rules.count > before)
                *vec_push(arena, &wide->rules) = *part;
}

static struct access_rules tidy(struct arena *arena, const struct access_parts *parts)
{
        return access_rules_tidy(arena, &(struct access_rules){parts->rules.items, parts->rules.count});
}

/* Whether there is something to tell of a rule. */
static bool judge_rule(struct arena *arena, const struct used *used, const struct access_rule *rule, bool local,
                       struct access_rule_use *use)
{
        struct access_parts unused = {0}, wide = {0}, needed = {0};
        struct access_rule counting = *rule;
        struct access_rules parts;

        if (local)
                counting.urls.count = 0;
        parts = access_rule_break_down(arena, &counting);
        for (size_t i = 0; i < parts.count; i++)
                judge_part(arena, used, &parts.items[i], use, &unused, &wide, &needed);
        use->unused = tidy(arena, &unused);
        use->wide = tidy(arena, &wide);
        use->needed = tidy(arena, &needed);
        return use->unused.count || use->wide.count;
}

static bool is_of_system(const struct access_binding *binding)
{
        const struct value *labels = value_get(value_get(&binding->object->root.value, KEY_metadata), KEY_labels);

        return binding->built_in
               || str_starts(binding->name, STR("system:")) || value_member(labels, "kubernetes.io/bootstrapping");
}

static void judge_binding(struct access_usage *usage, uint32_t number, struct access_unused *out)
{
        const struct access_binding *binding = access_binding(usage->access, number);
        struct used *used = &usage->bindings[number];
        struct access_binding_use use = {.binding = number, .used = used->requests.count > 0};
        const struct access_rules *rules;

        if (binding->role == ACCESS_NONE || (!usage->system && is_of_system(binding)))
                return;
        rules = access_role(usage->access, binding->role)->rules;
        for (uint32_t i = 0; use.used && i < binding->subject_count; i++)
                if (!used->subjects[i])
                        *vec_push(usage->arena, &use.idle) = binding->subjects[i];
        for (uint32_t r = 0; use.used && r < rules->count; r++) {
                struct access_rule_use rule = {.rule = r};

                if (judge_rule(usage->arena, used, &rules->items[r], binding->ns.len > 0, &rule))
                        *vec_push(usage->arena, &use.rules) = rule;
        }
        if ((!use.used && rules->count) || use.idle.count || use.rules.count)
                *vec_push(usage->arena, &out->bindings) = use;
}

void access_usage_end(struct access_usage *usage, struct access_unused *out)
{
        *out = (struct access_unused){.access = usage->access, .events = usage->events, .requests = usage->requests};
        for (uint32_t i = 0; i < access_binding_count(usage->access); i++)
                judge_binding(usage, i, out);
        arena_free(&usage->scratch);
}
