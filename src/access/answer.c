/* answer.c - one question asked and explained. */

#include "access/answer.h"

#include "access/internal.h"
#include "report/escape.h"

/* --- pieces of text --- */

static void put_named(struct buf *out, const char *kind, struct str ns, struct str name)
{
        buf_add_format(out, "%s ", kind);
        if (ns.len) {
                escape_terminal(out, ns);
                buf_add_char(out, '/');
        }
        escape_terminal(out, name);
}

void access_put_subject(struct buf *out, const struct access_subject *subject)
{
        static const char *const kinds[] = {"User", "Group", "ServiceAccount"};

        put_named(out, kinds[subject->kind], subject->ns, subject->name);
}

void access_put_binding(struct buf *out, const struct access_binding *binding)
{
        put_named(out, binding->ns.len ? "RoleBinding" : "ClusterRoleBinding", binding->ns, binding->name);
}

void access_put_role(struct buf *out, const struct access_role *role)
{
        put_named(out, role->ns.len ? "Role" : "ClusterRole", role->ns, role->name);
}

static void put_resource(struct buf *out, const struct access_request *request)
{
        escape_terminal(out, request->resource);
        if (request->group.len) {
                buf_add_char(out, '.');
                escape_terminal(out, request->group);
        }
        if (request->subresource.len) {
                buf_add_char(out, '/');
                escape_terminal(out, request->subresource);
        }
        if (request->name.len) {
                buf_add_literal(out, " \"");
                escape_terminal(out, request->name);
                buf_add_char(out, '"');
        }
}

void access_put_request(struct buf *out, const struct access_request *request, bool everywhere)
{
        escape_terminal(out, request->verb);
        buf_add_char(out, ' ');
        if (request->is_path) {
                escape_terminal(out, request->path);
                return;
        }
        put_resource(out, request);
        if (request->ns.len) {
                buf_add_literal(out, " in namespace ");
                escape_terminal(out, request->ns);
        } else {
                buf_add(out, everywhere ? STR(" in all namespaces") : STR(" in the cluster"));
        }
}

void access_put_place(struct arena *arena, struct buf *out, const struct object *object, uint32_t at)
{
        escape_terminal(out, object->source->name);
        if (!str_starts(object->source->name, STR("<Kubernetes")))
                buf_add_format(out, ":%u", source_place(arena, object->source, at).line);
}

const struct access_role *access_rule_home(const struct access *access, const struct access_role *role, uint32_t index,
                                           uint32_t *home_index, uint32_t *at)
{
        const struct access_rule_origin *origin = &role->origins[index];
        const struct access_role *home = access_role(access, origin->role);
        const struct node *node = value_item(value_get(&home->object->root.value, KEY_rules), origin->index);

        *home_index = origin->index;
        *at = node ? node->at : home->object->root.at;
        return home;
}

/* --- asking --- */

static void find_unresolved(struct arena *arena, struct access_answer *answer)
{
        const struct access *access = answer->access;
        uint32_t space = answer->request.is_path || !answer->request.ns.len ? 0 : intern_find(answer->request.ns);
        struct access_grants bindings;

        access_bindings_of(arena, access, &answer->user, space, &bindings);
        for (size_t i = 0; i < bindings.items.count; i++) {
                const struct access_grant *grant = &bindings.items.items[i];
                uint32_t role = access_binding(access, grant->binding)->role;

                if (role == ACCESS_NONE || access_role(access, role)->error)
                        *vec_push(arena, &answer->unresolved.items) = *grant;
        }
}

/* As the API server names them: one alone, several as a list, each once. */
static void make_reason(struct arena *arena, struct access_answer *answer)
{
        CLEANUP(buf_free) struct buf text = {0}, one = {0};
        VEC(struct str) said = {0};

        for (size_t i = 0; i < answer->unresolved.items.count; i++) {
                const struct access_binding *binding =
                        access_binding(answer->access, answer->unresolved.items.items[i].binding);
                bool again = false;

                one.len = 0;
                buf_add_format(&one, "%s." RBAC_GROUP " \"", binding->cluster_role ? "clusterrole" : "role");
                escape_terminal(&one, binding->role_name);
                buf_add_char(&one, '"');
                if (binding->role == ACCESS_NONE)
                        buf_add_literal(&one, " not found");
                else
                        buf_add_format(&one, " cannot be evaluated: %.*s",
                                       STR_ARG(err_text(access_role(answer->access, binding->role)->error)));
                for (size_t k = 0; k < said.count; k++)
                        again |= str_equal(said.items[k], buf_text(&one));
                if (!again)
                        *vec_push(arena, &said) = str_copy(arena, buf_text(&one));
        }
        buf_add_literal(&text, "RBAC: ");
        for (size_t i = 0; i < said.count; i++) {
                buf_add(&text, i ? STR(", ") : said.count > 1 ? STR("[") : STR(""));
                buf_add(&text, said.items[i]);
        }
        if (said.count > 1)
                buf_add_char(&text, ']');
        if (said.count)
                answer->reason = str_copy(arena, buf_text(&text));
}

/* "X cannot impersonate users "y" in API group """, as the API server refuses it. */
static void refuse(struct arena *arena, struct access_answer *answer)
{
        CLEANUP(buf_free) struct buf text = {0};
        const struct access_request *missing = &answer->acting.missing;

        escape_terminal(&text, answer->by->name);
        buf_add_literal(&text, " cannot ");
        access_put_request(&text, missing, false);
        answer->verdict = answer->acting.verdict;
        answer->decision = answer->acting.why;
        answer->reason = str_copy(arena, buf_text(&text));
        if (answer->acting.why.why.len)
                answer->reason =
                        str_format(arena, "%.*s: %.*s", STR_ARG(answer->reason), STR_ARG(answer->acting.why.why));
        answer->decision.why = answer->reason;
}

void access_answer_make(struct arena *arena, struct access_answer *answer)
{
        if (answer->chain)
                access_chain_can(arena, answer->chain, answer->access, &answer->user, &answer->request,
                                 &answer->decision);
        else
                answer->decision.verdict = access_can(answer->access, &answer->user, &answer->request);
        answer->verdict = answer->decision.verdict;
        if (answer->by)
                access_impersonate(arena, answer->chain, answer->access, answer->by, answer->user.name, answer->groups,
                                   answer->group_count, &answer->request, &answer->acting);
        answer->unresolved = (struct access_grants){0};
        answer->reason = (struct str){0};
        access_explain(arena, answer->access, &answer->user, &answer->request, &answer->grants);
        if (answer->by && answer->acting.verdict != ACCESS_YES) {
                refuse(arena, answer);
                return;
        }
        if (answer->verdict == ACCESS_YES)
                return;
        find_unresolved(arena, answer);
        make_reason(arena, answer);
        if (!answer->reason.len)
                answer->reason = answer->decision.why;
}

bool access_answer_is_open(const struct access_answer *answer)
{
        return answer->verdict == ACCESS_UNKNOWN && answer->decision.mode != ACCESS_RBAC;
}

void access_answer_print(struct buf *out, const struct access_answer *answer)
{
        struct str why = access_answer_is_open(answer) ? answer->decision.why : answer->reason;

        buf_add(out, answer->verdict == ACCESS_YES ? STR("yes")
                                                   : access_answer_is_open(answer)
                ? STR("unknown")
                : STR("no"));
        if (why.len && answer->verdict != ACCESS_YES) {
                buf_add_literal(out, " - ");
                escape_terminal(out, why);
        }
        buf_add_char(out, '\n');
}

/* --- explaining --- */

static void explain_grant(struct arena *arena, struct buf *out, const struct access *access,
                          const struct access_grant *grant, size_t number)
{
        const struct access_binding *binding = access_binding(access, grant->binding);
        const struct access_role *role = access_role(access, binding->role), *home;
        uint32_t index, at;

        home = access_rule_home(access, role, grant->rule, &index, &at);
        buf_add_format(out, "\n%zu. ", number);
        access_put_binding(out, binding);
        buf_add_literal(out, "  (");
        access_put_place(arena, out, binding->object, binding->object->root.at);
        buf_add_literal(out, ")\n   names   ");
        access_put_subject(out, access_subject(access, grant->subject));
        buf_add_literal(out, "\n   gives   ");
        access_put_role(out, role);
        if (role->built_in)
                buf_add_literal(out, "  (not shown: taken as in every new cluster)");
        if (home != role) {
                buf_add_literal(out, "\n   collects ");
                access_put_role(out, home);
        }
        buf_add_format(out, "\n   rule %-2u ", index);
        access_rule_print(out, &role->rules->items[grant->rule]);
        buf_add_literal(out, "  (");
        access_put_place(arena, out, home->object, at);
        buf_add_literal(out, ")\n");
}

/* Namespaces where the user may do it, though not here. */
static void explain_elsewhere(struct arena *arena, struct buf *out, const struct access_answer *answer)
{
        struct access_grants found;
        struct str last = {0};
        size_t count = 0;

        if (answer->request.is_path)
                return;
        access_bindings_that_allow(arena, answer->access, &answer->request, true, &found);
        for (size_t i = 0; i < found.items.count; i++) {
                const struct access_binding *binding = access_binding(answer->access, found.items.items[i].binding);
                bool mine = false;

                for (uint32_t s = 0; s < binding->subject_count && !mine; s++)
                        mine = access_is_subject(answer->access, &answer->user, binding->subjects[s]);
                if (!mine || str_equal(binding->ns, last))
                        continue;
                last = binding->ns;
                buf_add(out, count++ ? STR(", ") : STR("\nelsewhere: yes in namespace "));
                escape_terminal(out, last);
        }
        if (count)
                buf_add_char(out, '\n');
}

/* Groups whose members may: what is not known of a user is which groups it is in. */
static void explain_groups(struct arena *arena, struct buf *out, const struct access_answer *answer)
{
        struct access_grants found;
        size_t count = 0;
        uint32_t last = ACCESS_NONE;

        access_who_can(arena, answer->access, &answer->request, false, &found);
        for (size_t i = 0; i < found.items.count; i++) {
                const struct access_subject *subject = access_subject(answer->access, found.items.items[i].subject);

                if (subject->kind != ACCESS_GROUP || found.items.items[i].subject == last
                    || access_is_subject(answer->access, &answer->user, found.items.items[i].subject))
                        continue;
                last = found.items.items[i].subject;
                buf_add(out, count++ ? STR(", ") : STR("\nmembers of these groups may (--as-group): "));
                escape_terminal(out, subject->name);
        }
        if (count)
                buf_add_char(out, '\n');
}

static void explain_unresolved(struct arena *arena, struct buf *out, const struct access_answer *answer)
{
        for (size_t i = 0; i < answer->unresolved.items.count; i++) {
                const struct access_binding *binding =
                        access_binding(answer->access, answer->unresolved.items.items[i].binding);

                buf_add_literal(out, "\nnot evaluated: ");
                access_put_binding(out, binding);
                buf_add_literal(out, "  (");
                access_put_place(arena, out, binding->object, binding->object->root.at);
                buf_add_format(out, ") gives the %s \"", binding->cluster_role ? "ClusterRole" : "Role");
                escape_terminal(out, binding->role_name);
                buf_add(out, binding->role == ACCESS_NONE ? STR("\", which was not found")
                                                          : STR("\", whose rules are none"));
                buf_add_char(out, '\n');
        }
}

/* What is no matter of RBAC. */
static void explain_decision(struct buf *out, const struct access_answer *answer)
{
        if (!answer->decision.why.len)
                return;
        buf_add_format(out, "\n%.*s", STR_ARG(access_mode_name(answer->decision.mode)));
        buf_add_literal(out, ": ");
        escape_terminal(out, answer->decision.why);
        buf_add_char(out, '\n');
}

static void explain_acting(struct buf *out, const struct access_answer *answer)
{
        if (!answer->by || answer->acting.verdict != ACCESS_YES)
                return;
        buf_add_char(out, '\n');
        escape_terminal(out, answer->by->name);
        if (answer->acting.mode.len)
                buf_add_format(out, " may act as this user for this by impersonate:%.*s and impersonate-on:%.*s:...\n",
                               STR_ARG(answer->acting.mode), STR_ARG(answer->acting.mode));
        else
                buf_add_literal(out, " may act as this user for everything, by the verb impersonate\n");
}

static void explain_server(struct buf *out, const struct access_answer *answer)
{
        const struct access_server *server = answer->server;

        if (!server)
                return;
        buf_add_literal(out, "\nthe API server says ");
        buf_add(out, server->allowed ? STR("yes") : server->denied ? STR("no, by denying it") : STR("no"));
        if (server->reason.len) {
                buf_add_literal(out, ": ");
                escape_terminal(out, server->reason);
        }
        buf_add_char(out, '\n');
}

void access_answer_explain(struct arena *arena, struct buf *out, const struct access_answer *answer)
{
        bool open = access_answer_is_open(answer);

        buf_add(out, answer->verdict == ACCESS_YES ? STR("yes: ") : open ? STR("unknown: ") : STR("no: "));
        if (answer->user.name.len)
                escape_terminal(out, answer->user.name);
        else
                buf_add_literal(out, "somebody without a name");
        buf_add(out, answer->verdict == ACCESS_YES ? STR(" may ") : open ? STR(" may or may not ") : STR(" may not "));
        access_put_request(out, &answer->request, answer->everywhere);
        buf_add_char(out, '\n');
        explain_decision(out, answer);
        explain_acting(out, answer);
        explain_server(out, answer);
        for (size_t i = 0, number = 1; i < answer->grants.items.count; i++) {
                const struct access_grant *grant = &answer->grants.items.items[i];

                if (grant->binding == ACCESS_NONE)
                        buf_add_format(out, "\n%zu. the group system:masters may do everything: RBAC is not asked\n",
                                       number++);
                else
                        explain_grant(arena, out, answer->access, grant, number++);
        }
        explain_unresolved(arena, out, answer);
        if (answer->verdict == ACCESS_YES)
                return;
        explain_elsewhere(arena, out, answer);
        explain_groups(arena, out, answer);
}
