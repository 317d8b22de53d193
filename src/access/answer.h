/* answer.h - one question with its answer and everything that led to it, as text and as JSON. */
#pragma once

#include "access/chain.h"
#include "access/impersonate.h"
#include "access/request.h"
#include "report/json_writer.h"

/* What the API server says itself (server.h). */
struct access_server {
        bool allowed, denied;
        struct str reason;
};

struct access_answer {
        const struct access *access;
        const struct access_chain *chain; /* NULL: RBAC alone decides */
        struct access_user user;
        struct access_request request;
        bool everywhere;              /* it was asked for all namespaces */
        const struct access_user *by; /* who acts as the user; NULL: nobody, it asks itself. Wants `chain` */
        const struct str *groups;     /* with `by`: those that are asked for */
        size_t group_count;
        struct access_impersonation acting; /* with `by`: whether it may */
        enum access_verdict verdict;
        struct access_decision decision; /* the same, and who made it */
        struct access_grants grants;     /* all ways in which RBAC allows it */
        struct access_grants
                unresolved; /* bindings that count for the user, with a role that is not there or no role */
        const struct access_server *server; /* NULL: not asked */
        struct str reason; /* why it is not allowed, as the API server says it; empty: nothing to say */
};

/* Asks and explains. What stands before `acting` is set. With `by`, both are wanted: that it may act as the user, and that the
 * user may do it. */
void access_answer_make(struct arena *arena, struct access_answer *answer);

/* Whether the answer is neither yes nor no: not what the server would say, but that nobody knows it. */
bool access_answer_is_open(const struct access_answer *answer);

/* "yes", "no", "no - RBAC: …" with what could not be evaluated: kubectl's line; "unknown - …" where a webhook or policies that were not
 * shown decide. */
void access_answer_print(struct buf *out, const struct access_answer *answer);

/* Which binding, role and rule allow it, and where they stand; if nothing does, what comes near. */
void access_answer_explain(struct arena *arena, struct buf *out, const struct access_answer *answer);

/* All of that as one document: strake.can-i/1. */
void access_answer_print_json(struct arena *arena, struct buf *out, const struct access_answer *answer);

/* --- pieces that other documents are made of --- */

/* "ServiceAccount shop/web", "Group system:masters"; "RoleBinding shop/b"; "ClusterRole r". Escaped for a terminal. */
void access_put_subject(struct buf *out, const struct access_subject *subject);
void access_put_binding(struct buf *out, const struct access_binding *binding);
void access_put_role(struct buf *out, const struct access_role *role);

/* A request in words: "list deployments.apps/web in namespace shop". */
void access_put_request(struct buf *out, const struct access_request *request, bool everywhere);

/* FILE:LINE of a node below an object; nothing for what is built in. */
void access_put_place(struct arena *arena, struct buf *out, const struct object *object, uint32_t at);

/* Where rule `index` of a role stands: the role that it was collected from, and its node. */
const struct access_role *access_rule_home(const struct access *access, const struct access_role *role, uint32_t index,
                                           uint32_t *home_index, uint32_t *at) NONNULL_RESULT;

/* Members: subject {kind, namespace, name}; binding; role; rule with its words, index, home and location. */
void access_json_binding(struct arena *arena, struct json_writer *writer, const struct access_binding *binding);
void access_json_role(struct json_writer *writer, const char *key, const struct access_role *role);
void access_json_rule_at(struct arena *arena, struct json_writer *writer, const struct access *access,
                         const struct access_role *role, uint32_t number);
void access_json_subject(struct json_writer *writer, const struct access_subject *subject);
void access_json_grant(struct arena *arena, struct json_writer *writer, const struct access *access,
                       const struct access_grant *grant);
void access_json_request(struct json_writer *writer, const struct access_request *request);
void access_json_rule(struct json_writer *writer, const struct access_rule *rule);

/* A list of words as a member; nothing where there are none. And a map with what it is, where and its name, which json_end() closes. */
void access_json_words(struct json_writer *writer, const char *key, const struct access_words *words);
void access_json_named_begin(struct json_writer *writer, const char *key, const char *kind, struct str ns,
                             struct str name);
