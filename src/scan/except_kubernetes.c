/* except_kubernetes.c - what is there by default. */

#include "scan/except_kubernetes.h"

#include "doc/key.h"
#include "kube/object.h"

#define LABEL "kubernetes.io/bootstrapping"
#define AUTOUPDATE "rbac.authorization.kubernetes.io/autoupdate"

static const struct finding_exception by_default = {
        .reason = STR_INIT("Kubernetes makes this itself, and puts it back whenever its API server starts")};

static bool has_default_name(struct str name)
{
        static const char *const others[] = {"admin", "cluster-admin", "edit", "view",
                                             "extension-apiserver-authentication-reader"};

        for (size_t i = 0; i < COUNT_OF(others); i++) {
                if (str_equal(name, str_of(others[i])))
                        return true;
        }
        return str_starts(name, STR("system:"));
}

static bool is_default(const struct object *object)
{
        const struct value *metadata = value_get(&object->root.value, KEY_metadata);
        struct str label = value_get_text(value_get(metadata, KEY_labels), intern(STR(LABEL)));
        struct str update = value_get_text(value_get(metadata, KEY_annotations), intern(STR(AUTOUPDATE)));

        return str_is(object->group, "rbac.authorization.k8s.io") && str_is(label, "rbac-defaults")
               && str_is(update, "true") && has_default_name(object->name);
}

/* Whether Kubernetes itself would put the subject there. */
static bool is_own_subject(const struct value *subject)
{
        struct str name = value_get_text(subject, KEY_name), ns = value_get_text(subject, KEY_namespace);

        if (str_is(name, "system:anonymous") || str_is(name, "system:unauthenticated"))
                return false;
        return str_is(ns, "kube-system") || str_starts(name, STR("system:"));
}

/* Every subject: a finding may name one, or all. */
static bool has_own_subjects_only(const struct object *binding)
{
        value_each (value_get(&binding->root.value, KEY_subjects), subject) {
                if (!is_own_subject(&subject->value))
                        return false;
        }
        return true;
}

bool except_by_kubernetes(struct finding *finding)
{
        const struct object *object = finding->subject;

        if (!object || finding->status != FINDING_OPEN || !is_default(object))
                return false;
        if (str_ends(object->kind, STR("Binding")) && !has_own_subjects_only(object))
                return false;
        finding->status = FINDING_EXCEPTED;
        finding->exception = &by_default;
        return true;
}
