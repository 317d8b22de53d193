/* review.c - reviews: one POST each. */

#include "kube/review.h"

#include "base/buf.h"
#include "doc/key.h"
#include "doc/print.h"
#include "kube/api.h"

#define AUTHENTICATION "authentication.k8s.io/v1"
#define AUTHORIZATION "authorization.k8s.io/v1"

struct reviewer {
        struct arena *arena;
        struct config_access access;
        struct api_settings settings;
        struct api_line *line;
};

struct reviewer *reviewer_open(struct arena *arena, const struct cluster_settings *settings, struct err *err)
{
        struct reviewer *reviewer = arena_new(arena, struct reviewer);
        struct api *api;

        reviewer->arena = arena;
        TRY(config_access_find(arena, &settings->choice, &reviewer->access, err));
        reviewer->settings = (struct api_settings){
                .access = &reviewer->access, .patience = settings->seconds, .silence = settings->seconds};
        api = api_new(arena, &reviewer->settings, err);
        TRY(api);
        reviewer->line = api_line_new(arena, api, err);
        return reviewer->line ? reviewer : NULL;
}

static bool post(struct api_line *line, struct arena *arena, const char *path, const struct buf *body,
                 struct api_answer *answer, struct err *err)
{
        const struct api_request request = {
                .method = "POST",
                .path = str_of(path),
                .content = "application/json",
                .body = buf_text(body),
                .repeatable = true, /* nothing is kept of it */
        };

        return api_ask(line, arena, &request, answer, err);
}

/* --- answers --- */

/* The member if it is a map: only those have keys. */
static const struct value *map_of(const struct value *map, const char *key)
{
        const struct value *value = value_member(map, key);

        return value_is(value, VALUE_MAP) ? value : NULL;
}

/* The status of a review; NULL with `err` if the text has none. */
static const struct value *read_status(struct arena *arena, struct str text, const char *kind, struct err *err)
{
        struct document *document = arena_new(arena, struct document);
        const struct value *status;
        struct err inner = {0};

        if (!json_read_one(arena, text, document, &inner)) {
                err_set(err, "the server's answer is no JSON: %.*s", STR_ARG(err_text(&inner)));
                return NULL;
        }
        status = value_member(&document->root, "status");
        if (!str_equal(value_get_text(&document->root, KEY_kind), str_of(kind)) || !value_is(status, VALUE_MAP)) {
                err_set(err, "the server's answer is no %s", kind);
                return NULL;
        }
        return status;
}

static bool read_user(struct arena *arena, const struct value *user, struct review_user *out, struct err *err)
{
        *out = (struct review_user){.name = value_member_text(user, "username"), .uid = value_member_text(user, "uid")};
        value_each (value_member(user, "groups"), group) {
                if (group->value.kind == VALUE_STRING)
                        *vec_push(arena, &out->groups) = value_text(&group->value);
        }
        value_each (map_of(user, "extra"), extra) {
                value_each (&extra->value, one) {
                        if (one->value.kind == VALUE_STRING)
                                *vec_push(arena, &out->extra) =
                                        (struct http_header){intern_text(extra->key), value_text(&one->value), false};
                }
        }
        return out->name.len || err_set(err, "the server's answer names nobody");
}

bool review_read_self(struct arena *arena, struct str text, struct review_user *out, struct err *err)
{
        const struct value *status = read_status(arena, text, "SelfSubjectReview", err);

        return status && read_user(arena, value_member(status, "userInfo"), out, err);
}

bool review_read_token(struct arena *arena, struct str text, struct review_user *out, struct err *err)
{
        const struct value *status = read_status(arena, text, "TokenReview", err);
        struct str why;

        TRY(status);
        if (value_is_true(value_member(status, "authenticated")))
                return read_user(arena, value_member(status, "user"), out, err);
        why = str_sub(value_member_text(status, "error"), 0, 300);
        return err_set(err, "the server does not take the token%s%.*s", why.len ? ": " : "", STR_ARG(why));
}

bool review_read_access(struct arena *arena, struct str text, struct review_verdict *out, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct document document = {0};
        const struct value *status;
        struct err inner = {0};

        if (!json_read_one(&scratch, text, &document, &inner))
                return err_set(err, "the server's answer is no JSON: %.*s", STR_ARG(err_text(&inner)));
        status = value_member(&document.root, "status");
        if (!str_ends(value_get_text(&document.root, KEY_kind), STR("AccessReview"))
                      || !value_is(value_member(status, "allowed"), VALUE_BOOL))
                return err_set(err, "the server's answer is no review of access");
        *out = (struct review_verdict){
                .allowed = value_is_true(value_member(status, "allowed")),
                .denied = value_is_true(value_member(status, "denied")),
                .reason = str_copy(arena, value_member_text(status, "reason")),
                .error = str_copy(arena, value_member_text(status, "evaluationError")),
        };
        return true;
}

/* --- questions --- */

static bool ask_self(struct api_line *line, struct arena *arena, struct review_user *out, struct err *err)
{
        CLEANUP(buf_free) struct buf body = {0};
        struct api_answer answer;

        buf_add_literal(&body, "{\"apiVersion\":\"" AUTHENTICATION "\",\"kind\":\"SelfSubjectReview\"}");
        if (post(line, arena, "/apis/" AUTHENTICATION "/selfsubjectreviews", &body, &answer, err))
                return review_read_self(arena, answer.text, out, err);
        if (answer.status == 404) {
                *err = (struct err){0};
                err_set(err,
                        "the server is older than Kubernetes 1.28 and does not say who we are: name the user with --as");
        }
        return false;
}

bool review_self(struct reviewer *reviewer, struct arena *arena, struct review_user *out, struct err *err)
{
        return ask_self(reviewer->line, arena, out, err);
}

/* Nothing else of ours goes along. */
static bool ask_as_bearer(const struct reviewer *reviewer, struct arena *arena, struct str token,
                          struct review_user *out, struct err *err)
{
        struct config_access access = reviewer->access;
        struct api_settings settings = reviewer->settings;
        struct api *api;
        struct api_line *line;

        access.token = token;
        access.token_file = access.name = access.password = access.as = access.as_uid = (struct str){0};
        access.tls.certificate = access.tls.key = (struct str){0};
        access.as_groups.count = access.as_extra.count = 0;
        access.exec = NULL;
        settings.access = &access;
        api = api_new(arena, &settings, err);
        TRY(api);
        line = api_line_new(arena, api, err);
        return line && ask_self(line, arena, out, err);
}

bool review_token(struct reviewer *reviewer, struct arena *arena, struct str token, struct review_user *out,
                  struct err *err)
{
        CLEANUP(buf_free) struct buf body = {0};
        struct api_answer answer;

        buf_add_literal(&body, "{\"apiVersion\":\"" AUTHENTICATION "\",\"kind\":\"TokenReview\",\"spec\":{\"token\":");
        json_print_string(&body, token);
        buf_add_literal(&body, "}}");
        if (post(reviewer->line, arena, "/apis/" AUTHENTICATION "/tokenreviews", &body, &answer, err))
                return review_read_token(arena, answer.text, out, err);
        if (answer.status != 403)
                return false;
        *err = (struct err){0};
        return ask_as_bearer(reviewer, arena, token, out, err);
}

static void add_member(struct buf *out, const char *key, struct str text)
{
        if (!text.len)
                return;
        if (out->data[out->len - 1] != '{')
                buf_add_char(out, ',');
        buf_add_format(out, "\"%s\":", key);
        json_print_string(out, text);
}

static void add_user(struct buf *out, const struct review_user *user)
{
        add_member(out, "user", user->name);
        add_member(out, "uid", user->uid);
        if (!user->groups.count)
                return;
        buf_add_literal(out, ",\"groups\":[");
        for (size_t i = 0; i < user->groups.count; i++) {
                if (i)
                        buf_add_char(out, ',');
                json_print_string(out, user->groups.items[i]);
        }
        buf_add_char(out, ']');
}

static void add_attributes(struct buf *out, const struct review_question *question)
{
        if (out->data[out->len - 1] != '{')
                buf_add_char(out, ',');
        if (question->is_path) {
                buf_add_literal(out, "\"nonResourceAttributes\":{");
                add_member(out, "path", question->path);
                add_member(out, "verb", question->verb);
        } else {
                buf_add_literal(out, "\"resourceAttributes\":{");
                add_member(out, "namespace", question->ns);
                add_member(out, "verb", question->verb);
                add_member(out, "group", question->group);
                add_member(out, "resource", question->resource);
                add_member(out, "subresource", question->subresource);
                add_member(out, "name", question->name);
        }
        buf_add_char(out, '}');
}

bool review_access(struct reviewer *reviewer, struct arena *arena, const struct review_question *question,
                   struct review_verdict *out, struct err *err)
{
        const char *kind = question->user ? "SubjectAccessReview" : "SelfSubjectAccessReview";
        const char *path = question->user ? "/apis/" AUTHORIZATION "/subjectaccessreviews"
                                          : "/apis/" AUTHORIZATION "/selfsubjectaccessreviews";
        CLEANUP(buf_free) struct buf body = {0};
        struct api_answer answer;

        buf_add_format(&body, "{\"apiVersion\":\"" AUTHORIZATION "\",\"kind\":\"%s\",\"spec\":{", kind);
        if (question->user)
                add_user(&body, question->user);
        add_attributes(&body, question);
        buf_add_literal(&body, "}}");
        return post(reviewer->line, arena, path, &body, &answer, err)
               && review_read_access(arena, answer.text, out, err);
}
