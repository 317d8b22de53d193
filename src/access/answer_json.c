/* answer_json.c - answers as JSON. */

#include "access/answer.h"
#include "access/internal.h"
#include "access/server.h"

static void put_location(struct arena *arena, struct json_writer *writer, const struct object *object, uint32_t at)
{
        struct place place = source_place(arena, object->source, at);

        json_member_begin(writer, "location", '{');
        json_member(writer, "file", object->source->name);
        json_member_number(writer, "line", place.line);
        json_member_number(writer, "column", place.column);
        json_end(writer, '}');
}

void access_json_words(struct json_writer *writer, const char *key, const struct access_words *words)
{
        if (!words->count)
                return;
        json_member_begin(writer, key, '[');
        for (uint32_t i = 0; i < words->count; i++)
                json_text(writer, intern_text(words->items[i]));
        json_end(writer, ']');
}

void access_json_rule(struct json_writer *writer, const struct access_rule *rule)
{
        access_json_words(writer, "apiGroups", &rule->groups);
        access_json_words(writer, "resources", &rule->resources);
        access_json_words(writer, "resourceNames", &rule->names);
        access_json_words(writer, "nonResourceURLs", &rule->urls);
        access_json_words(writer, "verbs", &rule->verbs);
}

void access_json_named_begin(struct json_writer *writer, const char *key, const char *kind, struct str ns,
                             struct str name)
{
        json_member_begin(writer, key, '{');
        json_member(writer, "kind", str_of(kind));
        json_member_if(writer, "namespace", ns);
        json_member(writer, "name", name);
}

void access_json_subject(struct json_writer *writer, const struct access_subject *subject)
{
        static const char *const kinds[] = {"User", "Group", "ServiceAccount"};

        access_json_named_begin(writer, "subject", kinds[subject->kind], subject->ns, subject->name);
        json_end(writer, '}');
}

void access_json_binding(struct arena *arena, struct json_writer *writer, const struct access_binding *binding)
{
        access_json_named_begin(writer, "binding", binding->ns.len ? "RoleBinding" : "ClusterRoleBinding", binding->ns,
                                binding->name);
        if (binding->built_in)
                json_member_bool(writer, "builtIn", true);
        else
                put_location(arena, writer, binding->object, binding->object->root.at);
        json_end(writer, '}');
}

void access_json_role(struct json_writer *writer, const char *key, const struct access_role *role)
{
        access_json_named_begin(writer, key, role->ns.len ? "Role" : "ClusterRole", role->ns, role->name);
        if (role->built_in)
                json_member_bool(writer, "builtIn", true);
        json_end(writer, '}');
}

void access_json_rule_at(struct arena *arena, struct json_writer *writer, const struct access *access,
                         const struct access_role *role, uint32_t number)
{
        uint32_t index, at;
        const struct access_role *home = access_rule_home(access, role, number, &index, &at);

        json_member_begin(writer, "rule", '{');
        json_member_number(writer, "index", index);
        access_json_rule(writer, &role->rules->items[number]);
        if (home != role)
                access_json_role(writer, "collectedFrom", home);
        if (!home->built_in)
                put_location(arena, writer, home->object, at);
        json_end(writer, '}');
}

void access_json_grant(struct arena *arena, struct json_writer *writer, const struct access *access,
                       const struct access_grant *grant)
{
        const struct access_binding *binding;

        json_begin(writer, '{');
        if (grant->binding == ACCESS_NONE) {
                json_member_begin(writer, "subject", '{');
                json_member(writer, "kind", STR("Group"));
                json_member(writer, "name", STR("system:masters"));
                json_end(writer, '}');
                json_end(writer, '}');
                return;
        }
        binding = access_binding(access, grant->binding);
        access_json_subject(writer, access_subject(access, grant->subject));
        json_member_if(writer, "namespace", binding->ns);
        access_json_binding(arena, writer, binding);
        if (binding->role != ACCESS_NONE) {
                access_json_role(writer, "role", access_role(access, binding->role));
                access_json_rule_at(arena, writer, access, access_role(access, binding->role), grant->rule);
        }
        json_end(writer, '}');
}

void access_json_request(struct json_writer *writer, const struct access_request *request)
{
        json_member_begin(writer, "request", '{');
        json_member(writer, "verb", request->verb);
        if (request->is_path) {
                json_member(writer, "path", request->path);
        } else {
                json_member(writer, "apiGroup", request->group);
                json_member(writer, "resource", request->resource);
                json_member_if(writer, "subresource", request->subresource);
                json_member_if(writer, "name", request->name);
                json_member_if(writer, "namespace", request->ns);
        }
        json_end(writer, '}');
}

static void put_user(struct json_writer *writer, const struct access_user *user)
{
        json_member_begin(writer, "user", '{');
        json_member(writer, "name", user->name);
        json_member_texts(writer, "groups", user->groups, user->group_count);
        json_end(writer, '}');
}

static void put_unresolved(struct arena *arena, struct json_writer *writer, const struct access_answer *answer)
{
        json_member_begin(writer, "unresolved", '[');
        for (size_t i = 0; i < answer->unresolved.items.count; i++) {
                const struct access_binding *binding =
                        access_binding(answer->access, answer->unresolved.items.items[i].binding);

                json_begin(writer, '{');
                access_json_binding(arena, writer, binding);
                json_member_begin(writer, "role", '{');
                json_member(writer, "kind", binding->cluster_role ? STR("ClusterRole") : STR("Role"));
                json_member(writer, "name", binding->role_name);
                json_end(writer, '}');
                json_end(writer, '}');
        }
        json_end(writer, ']');
}

static void put_server(struct json_writer *writer, const struct access_answer *answer)
{
        if (!answer->server)
                return;
        json_member_begin(writer, "server", '{');
        json_member_bool(writer, "allowed", answer->server->allowed);
        json_member_bool(writer, "denied", answer->server->denied);
        json_member(writer, "reason", answer->server->reason);
        json_member_bool(writer, "agrees", !access_server_differs(answer));
        json_end(writer, '}');
}

void access_answer_print_json(struct arena *arena, struct buf *out, const struct access_answer *answer)
{
        static const struct str verdicts[] = {STR_INIT("no"), STR_INIT("yes"), STR_INIT("unknown")};
        struct json_writer writer = json_document(out, "strake.can-i/1");

        put_user(&writer, &answer->user);
        access_json_request(&writer, &answer->request);
        json_member_bool(&writer, "allowed", answer->verdict == ACCESS_YES);
        json_member(&writer, "verdict", verdicts[answer->verdict]);
        json_member(&writer, "decidedBy", access_mode_name(answer->decision.mode));
        json_member(&writer, "reason", answer->reason.len ? answer->reason : answer->decision.why);
        json_member_begin(&writer, "grants", '[');
        for (size_t i = 0; i < answer->grants.items.count; i++)
                access_json_grant(arena, &writer, answer->access, &answer->grants.items.items[i]);
        json_end(&writer, ']');
        put_unresolved(arena, &writer, answer);
        put_server(&writer, answer);
        json_document_end(&writer);
}
