/* audit_event.c - an audit event from a document, whatever its version. */

#include "doc/key.h"
#include "kube/audit.h"

/* The text of a member; empty if it is not there or null. False with `err` if it is something else. */
static bool take_text(const struct value *map, uint32_t key, const char *what, struct str *out, struct err *err)
{
        const struct value *value = value_get(map, key);

        *out = STR("");
        if (!value || value->kind == VALUE_NULL)
                return true;
        if (value->kind != VALUE_STRING)
                return err_set(err, "%s of this audit event is no text", what);
        *out = value_text(value);
        return true;
}

/* A member that is a map; NULL if it is not there or null. */
static bool take_map(const struct value *map, uint32_t key, const char *what, const struct value **out, struct err *err)
{
        *out = value_get(map, key);
        if (*out && (*out)->kind == VALUE_NULL)
                *out = NULL;
        if (*out && (*out)->kind != VALUE_MAP)
                return err_set(err, "%s of this audit event is no map", what);
        return true;
}

/* Whoever could not be authenticated has no name. */
static bool take_user(const struct value *root, struct audit_event *event, struct err *err)
{
        const struct value *user, *acting, *groups;

        TRY(take_map(root, KEY_user, "user", &user, err));
        TRY(take_map(root, KEY_impersonatedUser, "impersonatedUser", &acting, err));
        if (acting)
                user = acting;
        TRY(take_text(user, KEY_username, "user.username", &event->user, err));
        groups = value_get(user, KEY_groups);
        if (groups && groups->kind != VALUE_LIST && groups->kind != VALUE_NULL)
                return err_set(err, "user.groups of this audit event is no list");
        value_each (groups, group) {
                if (group->value.kind != VALUE_STRING)
                        return err_set(err, "user.groups of this audit event holds something that is no text");
                if (event->group_count < AUDIT_GROUPS)
                        event->groups[event->group_count++] = value_text(&group->value);
        }
        return true;
}

/* In v1alpha1 the group stands before the version. */
static void split_version(struct audit_event *event)
{
        struct str version = event->version, group;

        if (str_find(version, STR("/"), 0) == SIZE_MAX)
                return;
        str_split(&version, '/', &group);
        event->group = group;
        event->version = version;
}

static bool take_object(const struct value *root, bool is_alpha, struct audit_event *event, struct err *err)
{
        const struct value *object;

        TRY(take_map(root, KEY_objectRef, "objectRef", &object, err));
        TRY(take_text(root, KEY_requestURI, "requestURI", &event->uri, err));
        event->is_resource = object != NULL;
        if (!object) {
                if (!event->uri.len)
                        return err_set(err,
                                       "this audit event does not say what was asked for: it has neither objectRef "
                                       "nor requestURI");
                return true;
        }
        TRY(take_text(object, KEY_resource, "objectRef.resource", &event->resource, err));
        TRY(take_text(object, KEY_subresource, "objectRef.subresource", &event->subresource, err));
        TRY(take_text(object, KEY_apiGroup, "objectRef.apiGroup", &event->group, err));
        TRY(take_text(object, KEY_apiVersion, "objectRef.apiVersion", &event->version, err));
        TRY(take_text(object, KEY_namespace, "objectRef.namespace", &event->ns, err));
        TRY(take_text(object, KEY_name, "objectRef.name", &event->name, err));
        if (!event->resource.len)
                return err_set(err, "this audit event does not say what was asked for: objectRef.resource is missing");
        if (is_alpha)
                split_version(event);
        return true;
}

static bool take_outcome(const struct value *root, struct audit_event *event, struct err *err)
{
        static const struct str stages[] = {
                [AUDIT_REQUEST_RECEIVED] = STR_INIT("RequestReceived"),
                [AUDIT_RESPONSE_STARTED] = STR_INIT("ResponseStarted"),
                [AUDIT_RESPONSE_COMPLETE] = STR_INIT("ResponseComplete"),
                [AUDIT_PANIC] = STR_INIT("Panic"),
        };
        const struct value *status, *notes, *code, *decision;
        struct str stage;

        TRY(take_text(root, KEY_stage, "stage", &stage, err));
        for (size_t i = 1; i < COUNT_OF(stages); i++) {
                if (str_equal(stages[i], stage))
                        event->stage = (enum audit_stage)i;
        }
        TRY(take_map(root, KEY_responseStatus, "responseStatus", &status, err));
        code = value_get(status, KEY_code);
        if (value_is(code, VALUE_INT) && code->i > 0 && code->i < 1000)
                event->status = (uint32_t)code->i;
        TRY(take_map(root, KEY_annotations, "annotations", &notes, err));
        decision = value_member(notes, "authorization.k8s.io/decision");
        event->decision = value_is_text(decision, "allow")    ? AUDIT_ALLOWED
                          : value_is_text(decision, "forbid") ? AUDIT_FORBIDDEN
                                                              : AUDIT_DECISION_UNKNOWN;
        return true;
}

/* The version after the group; false with `err` if the document is no audit event. */
static bool check_kind(const struct value *root, struct str *version, struct err *err)
{
        struct str kind = value_get_text(root, KEY_kind);

        *version = value_get_text(root, KEY_apiVersion);
        if (!value_is(root, VALUE_MAP))
                return err_set(err, "this is no audit event, but a %s", value_kind_name(root));
        if (!str_is(kind, "Event") || !str_starts(*version, STR("audit.k8s.io/")))
                return err_set(err,
                               "this is no audit event: kind is \"%.*s\" and apiVersion \"%.*s\", wanted are "
                               "\"Event\" and \"audit.k8s.io/v1\"",
                               STR_ARG(kind), STR_ARG(*version));
        *version = str_from(*version, strlen("audit.k8s.io/"));
        if (!str_is(*version, "v1") && !str_is(*version, "v1beta1") && !str_is(*version, "v1alpha1"))
                return err_set(err, "audit events of version \"%.*s\" are not known: v1, v1beta1 and v1alpha1 are",
                               STR_ARG(*version));
        return true;
}

bool audit_event_read(const struct value *value, struct audit_event *event, struct err *err)
{
        struct str version;

        memset(event, 0, sizeof(*event));
        TRY(check_kind(value, &version, err));
        TRY(take_text(value, KEY_verb, "verb", &event->verb, err));
        if (!event->verb.len)
                return err_set(err, "this audit event does not say what was done: verb is missing");
        TRY(take_user(value, event, err));
        TRY(take_object(value, str_is(version, "v1alpha1"), event, err));
        return take_outcome(value, event, err);
}
