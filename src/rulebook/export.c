/* export.c - policies as YAML: what they are for, what they judge by, and what happens then. */

#include "rulebook/export.h"

#include "doc/print.h"
#include "report/escape.h"

const char export_formats[] = "vap gatekeeper kyverno";

/* --- pieces --- */

static void add_scalar(struct buf *out, struct str text)
{
        struct value value = value_string(text);

        yaml_print(out, &value, 0); /* ends the line */
}

static bool is_printable(struct str text)
{
        for (size_t i = 0; i < text.len; i++) {
                if ((unsigned char)text.data[i] < ' ' && text.data[i] != '\n')
                        return false;
        }
        return text.len > 0 && text.data[0] != ' ' && text.data[0] != '\n';
}

/* "key: |-" and the lines of an expression. */
static void add_block(struct buf *out, size_t indent, const char *key, struct str text)
{
        struct str rest = text, line;

        buf_add_repeat(out, ' ', indent);
        buf_add_format(out, "%s: ", key);
        if (!is_printable(text)) {
                json_print_string(out, text);
                buf_add_char(out, '\n');
                return;
        }
        buf_add_literal(out, "|-\n");
        indent += str_ends(str_of(key), STR("- expression")) ? 4 : 2;
        while (str_split(&rest, '\n', &line)) {
                if (line.len)
                        buf_add_repeat(out, ' ', indent);
                buf_add(out, line);
                buf_add_char(out, '\n');
        }
}

static void add_variables(struct buf *out, size_t indent, const struct admission_policy *policy)
{
        if (policy->variable_count) {
                buf_add_repeat(out, ' ', indent);
                buf_add_literal(out, "variables:\n");
        }
        for (size_t i = 0; i < policy->variable_count; i++) {
                buf_add_repeat(out, ' ', indent);
                buf_add_format(out, "- name: %.*s\n", STR_ARG(policy->variables[i].name));
                add_block(out, indent + 2, "expression", policy->variables[i].expression);
        }
}

static void add_condition(struct buf *out, size_t indent, const char *key)
{
        buf_add_repeat(out, ' ', indent);
        buf_add_format(out, "%s:\n", key);
        buf_add_repeat(out, ' ', indent);
        buf_add_format(out, "- name: %.*s\n", STR_ARG(admission_condition.name));
        add_block(out, indent + 2, "expression", admission_condition.expression);
}

static void add_validations(struct buf *out, size_t indent, const struct admission_policy *policy)
{
        buf_add_repeat(out, ' ', indent);
        buf_add_literal(out, "validations:\n");
        add_block(out, indent, "- expression", policy->expression);
        buf_add_repeat(out, ' ', indent);
        buf_add_literal(out, "  message: ");
        add_scalar(out, policy->message);
        if (policy->message_expression.len)
                add_block(out, indent + 2, "messageExpression", policy->message_expression);
}

/* What it is, for people; then the name. */
static void begin_document(struct buf *out, const struct admission_policy *policy, const char *version,
                           const char *kind, struct str name)
{
        buf_add_literal(out, "---\n# ");
        escape_terminal(out, policy->rule->title);
        buf_add_format(out, " (%.*s)\napiVersion: %s\nkind: %s\nmetadata:\n  name: %.*s\n",
                       STR_ARG(severity_name(policy->rule->severity)), version, kind, STR_ARG(name));
}

/* "Deny": as Kubernetes writes its enumerations. */
static void add_capitalized(struct buf *out, struct str word)
{
        buf_add_char(out, (char)(word.data[0] - 'a' + 'A'));
        buf_add(out, str_from(word, 1));
}

/* --- what is matched --- */

/* All that Kubernetes itself makes Pods of, and Pods where containers are added to them. */
static const char *const pod_resources[][2] = {
        {"", "pods, pods/ephemeralcontainers, pods/resize, podtemplates, replicationcontrollers"},
        {"apps", "deployments, statefulsets, daemonsets, replicasets"},
        {"batch", "jobs, cronjobs"},
};

/* How the API server names the resource of a kind: apimachinery's rule for those that are not known. */
static void add_resource(struct buf *out, struct str kind)
{
        bool is_plural = str_is(kind, "Endpoints");

        for (size_t i = 0; i < kind.len; i++) {
                char byte = kind.data[i];

                buf_add_char(out, byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte);
        }
        if (str_ends(kind, STR("y"))) {
                out->len--;
                buf_add_literal(out, "ies");
        } else if (!is_plural) {
                buf_add(out, str_ends(kind, STR("s")) ? STR("es") : STR("s"));
        }
}

static void add_rule(struct buf *out, size_t indent, struct str group)
{
        buf_add_repeat(out, ' ', indent);
        buf_add_format(out, "- apiGroups: [\"%.*s\"]\n", STR_ARG(group));
        buf_add_repeat(out, ' ', indent);
        buf_add_literal(out, "  apiVersions: [\"*\"]\n");
        buf_add_repeat(out, ' ', indent);
        buf_add_literal(out, "  operations: [CREATE, UPDATE]\n");
        buf_add_repeat(out, ' ', indent);
        buf_add_literal(out, "  resources: ");
}

/* "Kind" is one of any group, "Kind.group" of that one. */
static struct str kind_group(struct str kind, struct str *name)
{
        struct str group = kind;

        str_split(&group, '.', name);
        return name->len == kind.len ? STR("*") : group;
}

static void add_resource_rules(struct buf *out, size_t indent, const struct admission_policy *policy)
{
        buf_add_repeat(out, ' ', indent);
        buf_add_literal(out, "resourceRules:\n");
        for (size_t i = 0; policy->judges_pods && i < COUNT_OF(pod_resources); i++) {
                add_rule(out, indent, str_of(pod_resources[i][0]));
                buf_add_format(out, "[%s]\n", pod_resources[i][1]);
        }
        for (size_t i = 0; i < policy->rule->kind_count; i++) {
                struct str name, group = kind_group(policy->rule->kinds[i], &name);

                add_rule(out, indent, group);
                buf_add_char(out, '[');
                add_resource(out, name);
                buf_add_literal(out, "]\n");
        }
        if (!policy->judges_pods && !policy->rule->kind_count) {
                add_rule(out, indent, STR("*"));
                buf_add_literal(out, "[\"*\"]\n");
        }
}

static void add_exempt(struct buf *out, size_t indent, const struct export_settings *settings)
{
        if (!settings->exempt_count)
                return;
        buf_add_repeat(out, ' ', indent);
        buf_add_literal(out, "namespaceSelector:\n");
        buf_add_repeat(out, ' ', indent);
        buf_add_literal(out, "  matchExpressions:\n");
        buf_add_repeat(out, ' ', indent);
        buf_add_literal(out, "  - key: kubernetes.io/metadata.name\n");
        buf_add_repeat(out, ' ', indent);
        buf_add_literal(out, "    operator: NotIn\n");
        buf_add_repeat(out, ' ', indent);
        buf_add_literal(out, "    values:\n");
        for (size_t i = 0; i < settings->exempt_count; i++) {
                buf_add_repeat(out, ' ', indent + 4);
                buf_add_literal(out, "- ");
                add_scalar(out, settings->exempt[i]);
        }
}

/* --- ValidatingAdmissionPolicy --- */

static void export_vap(struct buf *out, const struct admission_policy *policy, const struct export_settings *settings)
{
        struct arena arena = {0};
        struct str name = str_format(&arena, "strake-%.*s", STR_ARG(policy->rule->id));

        begin_document(out, policy, "admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", name);
        buf_add_literal(out, "spec:\n  failurePolicy: Fail\n  matchConstraints:\n");
        add_resource_rules(out, 4, policy);
        add_condition(out, 2, "matchConditions");
        add_variables(out, 2, policy);
        add_validations(out, 2, policy);
        begin_document(out, policy, "admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding", name);
        buf_add_format(out, "spec:\n  policyName: %.*s\n  validationActions: [", STR_ARG(name));
        add_capitalized(out, settings->action);
        buf_add_literal(out, "]\n");
        if (settings->exempt_count)
                buf_add_literal(out, "  matchResources:\n");
        add_exempt(out, 4, settings);
        arena_free(&arena);
}

/* --- Kyverno --- */

static void export_kyverno(struct buf *out, const struct admission_policy *policy,
                           const struct export_settings *settings)
{
        struct arena arena = {0};

        begin_document(out, policy, "policies.kyverno.io/v1", "ValidatingPolicy",
                       str_format(&arena, "strake-%.*s", STR_ARG(policy->rule->id)));
        buf_add_literal(out, "spec:\n  validationActions: [");
        add_capitalized(out, settings->action);
        buf_add_literal(out, "]\n  matchConstraints:\n");
        add_exempt(out, 4, settings);
        add_resource_rules(out, 4, policy);
        add_condition(out, 2, "matchConditions");
        add_variables(out, 2, policy);
        add_validations(out, 2, policy);
        arena_free(&arena);
}

/* --- Gatekeeper --- */

/* "privileged-container" as a kind: StrakePrivilegedContainer. */
static struct str gatekeeper_kind(struct arena *arena, struct str id)
{
        struct buf kind CLEANUP(buf_free) = {0};
        struct str word;

        buf_add_literal(&kind, "Strake");
        while (str_split(&id, '-', &word)) {
                if (word.len && word.data[0] >= 'a' && word.data[0] <= 'z')
                        add_capitalized(&kind, word);
                else
                        buf_add(&kind, word);
        }
        return str_copy(arena, buf_text(&kind));
}

static struct str lower(struct arena *arena, struct str text)
{
        struct buf out CLEANUP(buf_free) = {0};

        for (size_t i = 0; i < text.len; i++)
                buf_add_char(&out, text.data[i] >= 'A' && text.data[i] <= 'Z' ? (char)(text.data[i] - 'A' + 'a')
                                                                              : text.data[i]);
        return str_copy(arena, buf_text(&out));
}

static void add_gatekeeper_kinds(struct buf *out, const struct admission_policy *policy)
{
        static const char *const pod_kinds[][2] = {
                {"", "Pod, PodTemplate, ReplicationController"},
                {"apps", "Deployment, StatefulSet, DaemonSet, ReplicaSet"},
                {"batch", "Job, CronJob"},
        };

        buf_add_literal(out, "    kinds:\n");
        for (size_t i = 0; policy->judges_pods && i < COUNT_OF(pod_kinds); i++)
                buf_add_format(out, "    - apiGroups: [\"%s\"]\n      kinds: [%s]\n", pod_kinds[i][0], pod_kinds[i][1]);
        for (size_t i = 0; i < policy->rule->kind_count; i++) {
                struct str name, group = kind_group(policy->rule->kinds[i], &name);

                buf_add_format(out, "    - apiGroups: [\"%.*s\"]\n      kinds: [%.*s]\n", STR_ARG(group),
                               STR_ARG(name));
        }
        if (!policy->judges_pods && !policy->rule->kind_count)
                buf_add_literal(out, "    - apiGroups: [\"*\"]\n      kinds: [\"*\"]\n");
}

static void add_constraint(struct buf *out, const struct admission_policy *policy,
                           const struct export_settings *settings, struct str kind)
{
        static const char *const actions[][2] = {{"deny", "deny"}, {"warn", "warn"}, {"audit", "dryrun"}};

        begin_document(out, policy, "constraints.gatekeeper.sh/v1beta1", kind.data, policy->rule->id);
        for (size_t i = 0; i < COUNT_OF(actions); i++) {
                if (str_equal(settings->action, str_of(actions[i][0])))
                        buf_add_format(out, "spec:\n  enforcementAction: %s\n  match:\n", actions[i][1]);
        }
        add_gatekeeper_kinds(out, policy);
        if (settings->exempt_count)
                buf_add_literal(out, "    excludedNamespaces:\n");
        for (size_t i = 0; i < settings->exempt_count; i++) {
                buf_add_literal(out, "    - ");
                add_scalar(out, settings->exempt[i]);
        }
}

static void export_gatekeeper(struct buf *out, const struct admission_policy *policy,
                              const struct export_settings *settings)
{
        struct arena arena = {0};
        struct str kind = gatekeeper_kind(&arena, policy->rule->id);

        begin_document(out, policy, "templates.gatekeeper.sh/v1", "ConstraintTemplate", lower(&arena, kind));
        buf_add_format(out,
                       "spec:\n  crd:\n    spec:\n      names:\n        kind: %.*s\n  targets:\n"
                       "  - target: admission.k8s.gatekeeper.sh\n    code:\n    - engine: K8sNativeValidation\n"
                       "      source:\n        failurePolicy: Fail\n",
                       STR_ARG(kind));
        add_condition(out, 8, "matchCondition"); /* Gatekeeper's word for the list */
        add_variables(out, 8, policy);
        add_validations(out, 8, policy);
        add_constraint(out, policy, settings, kind);
        arena_free(&arena);
}

void export_policy(struct buf *out, const struct admission_policy *policy, const struct export_settings *settings)
{
        if (str_is(settings->format, "gatekeeper"))
                export_gatekeeper(out, policy, settings);
        else if (str_is(settings->format, "kyverno"))
                export_kyverno(out, policy, settings);
        else
                export_vap(out, policy, settings);
}
