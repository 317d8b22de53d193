/* shape.c - fields whose type Kubernetes refuses, and fields that it does not know.
 *
 * A rule that looks at `privileged: "true"` finds no true there, and would say that all is well. So every typed field that
 * rules read is checked first: an object with a wrong type cannot be created, is reported, and is not judged.
 *
 * Which type a field has stands in a table, by the number of its key, for each shape of map. */

#include <inttypes.h>
#include <math.h>

#include "base/buf.h"
#include "doc/pointer.h"
#include "kube/internal.h"

enum { MOST_PROBLEMS = 20, QUOTED_BYTES = 40 };

/* What a field may hold, besides null. ANYTHING is not checked. */
enum type {
        ANYTHING,
        BOOLEAN,
        INTEGER,
        TEXT,
        AMOUNT,   /* a quantity, as text or number */
        PORT,     /* a number or a name */
        TEXTS,    /* a list of strings */
        INTEGERS, /* a list of whole numbers */
        TEXT_MAP, /* a map of strings */
        AMOUNTS,  /* a map of quantities */
        MAP,
        LIST,
        SHAPED = 0x100, /* and a shape: a map of that shape */
        MANY = 0x200,   /* and a shape: a list of maps of that shape */
};

enum shape {
        BARE,
        META,
        OWNER,
        NAMED,
        POD,
        POD_SPEC,
        POD_SECURITY,
        CONTAINER,
        SECURITY,
        CAPABILITIES,
        PROFILE,
        SELINUX,
        WINDOWS,
        SYSCTL,
        ENV,
        ENV_FROM,
        ENV_SOURCE,
        SECRET_KEY,
        FIELD_REF,
        CONTAINER_PORT,
        RESOURCES,
        MOUNT,
        PROBE,
        HTTP_GET,
        TCP_SOCKET,
        EXEC,
        LIFECYCLE,
        VOLUME,
        HOST_PATH,
        SECRET_VOLUME,
        CLAIM,
        EMPTY_DIR,
        PROJECTED,
        PROJECTION,
        TOKEN,
        CSI,
        TOLERATION,
        WORKLOAD,
        WORKLOAD_SPEC,
        CONTROLLER,
        CONTROLLER_SPEC,
        CRON_JOB,
        CRON_JOB_SPEC,
        SELECTOR,
        EXPRESSION,
        POD_TEMPLATE,
        ROLE,
        RULE,
        BINDING,
        SUBJECT,
        ROLE_REF,
        SERVICE,
        SERVICE_SPEC,
        SERVICE_PORT,
        POLICY,
        POLICY_SPEC,
        INGRESS_RULE,
        EGRESS_RULE,
        PEER,
        IP_BLOCK,
        INGRESS,
        INGRESS_SPEC,
        INGRESS_TLS,
        INGRESS_HOST,
        DATA,
        ACCOUNT,
        SHAPE_COUNT
};

#define A(shape) (SHAPED + (shape))
#define MANY_OF(shape) (MANY + (shape))
#define PROFILES                                                                                                       \
        [KEY_seccompProfile] = A(PROFILE), [KEY_appArmorProfile] = A(PROFILE), [KEY_seLinuxOptions] = A(SELINUX),      \
        [KEY_windowsOptions] = A(WINDOWS), [KEY_runAsUser] = INTEGER, [KEY_runAsGroup] = INTEGER,                      \
        [KEY_runAsNonRoot] = BOOLEAN
#define HANDLER [KEY_exec] = A(EXEC), [KEY_httpGet] = A(HTTP_GET), [KEY_tcpSocket] = A(TCP_SOCKET), [KEY_grpc] = MAP

static const uint16_t shapes[SHAPE_COUNT][KEY_COUNT] = {
        [BARE] = {[KEY_metadata] = A(META)},
        [META] = {[KEY_name] = TEXT,
                  [KEY_generateName] = TEXT,
                  [KEY_namespace] = TEXT,
                  [KEY_uid] = TEXT,
                  [KEY_labels] = TEXT_MAP,
                  [KEY_annotations] = TEXT_MAP,
                  [KEY_ownerReferences] = MANY_OF(OWNER)},
        [OWNER] = {[KEY_apiVersion] = TEXT,
                   [KEY_kind] = TEXT,
                   [KEY_name] = TEXT,
                   [KEY_uid] = TEXT,
                   [KEY_controller] = BOOLEAN},
        [NAMED] = {[KEY_name] = TEXT, [KEY_optional] = BOOLEAN},

        /* Pods */
        [POD] = {[KEY_metadata] = A(META), [KEY_spec] = A(POD_SPEC)},
        [POD_SPEC] = {[KEY_containers] = MANY_OF(CONTAINER),
                      [KEY_initContainers] = MANY_OF(CONTAINER),
                      [KEY_ephemeralContainers] = MANY_OF(CONTAINER),
                      [KEY_volumes] = MANY_OF(VOLUME),
                      [KEY_securityContext] = A(POD_SECURITY),
                      [KEY_hostNetwork] = BOOLEAN,
                      [KEY_hostPID] = BOOLEAN,
                      [KEY_hostIPC] = BOOLEAN,
                      [KEY_hostUsers] = BOOLEAN,
                      [KEY_shareProcessNamespace] = BOOLEAN,
                      [KEY_automountServiceAccountToken] = BOOLEAN,
                      [KEY_enableServiceLinks] = BOOLEAN,
                      [KEY_serviceAccountName] = TEXT,
                      [KEY_serviceAccount] = TEXT,
                      [KEY_nodeName] = TEXT,
                      [KEY_runtimeClassName] = TEXT,
                      [KEY_priorityClassName] = TEXT,
                      [KEY_restartPolicy] = TEXT,
                      [KEY_dnsPolicy] = TEXT,
                      [KEY_hostname] = TEXT,
                      [KEY_nodeSelector] = TEXT_MAP,
                      [KEY_imagePullSecrets] = MANY_OF(NAMED),
                      [KEY_tolerations] = MANY_OF(TOLERATION),
                      [KEY_affinity] = MAP,
                      [KEY_hostAliases] = LIST,
                      [KEY_os] = A(NAMED),
                      [KEY_priority] = INTEGER,
                      [KEY_terminationGracePeriodSeconds] = INTEGER,
                      [KEY_activeDeadlineSeconds] = INTEGER,
                      [KEY_topologySpreadConstraints] = LIST},
        [POD_SECURITY] = {PROFILES, [KEY_fsGroup] = INTEGER, [KEY_supplementalGroups] = INTEGERS,
                          [KEY_fsGroupChangePolicy] = TEXT, [KEY_sysctls] = MANY_OF(SYSCTL)},
        [CONTAINER] = {[KEY_name] = TEXT,
                       [KEY_image] = TEXT,
                       [KEY_imagePullPolicy] = TEXT,
                       [KEY_workingDir] = TEXT,
                       [KEY_restartPolicy] = TEXT,
                       [KEY_command] = TEXTS,
                       [KEY_args] = TEXTS,
                       [KEY_env] = MANY_OF(ENV),
                       [KEY_envFrom] = MANY_OF(ENV_FROM),
                       [KEY_ports] = MANY_OF(CONTAINER_PORT),
                       [KEY_resources] = A(RESOURCES),
                       [KEY_volumeMounts] = MANY_OF(MOUNT),
                       [KEY_volumeDevices] = LIST,
                       [KEY_livenessProbe] = A(PROBE),
                       [KEY_readinessProbe] = A(PROBE),
                       [KEY_startupProbe] = A(PROBE),
                       [KEY_lifecycle] = A(LIFECYCLE),
                       [KEY_securityContext] = A(SECURITY),
                       [KEY_stdin] = BOOLEAN,
                       [KEY_tty] = BOOLEAN},
        [SECURITY] =
                {PROFILES, [KEY_privileged] = BOOLEAN, [KEY_allowPrivilegeEscalation] = BOOLEAN,
                 [KEY_readOnlyRootFilesystem] = BOOLEAN, [KEY_capabilities] = A(CAPABILITIES), [KEY_procMount] = TEXT},
        [CAPABILITIES] = {[KEY_add] = TEXTS, [KEY_drop] = TEXTS},
        [PROFILE] = {[KEY_type] = TEXT, [KEY_localhostProfile] = TEXT},
        [SELINUX] = {[KEY_user] = TEXT, [KEY_role] = TEXT, [KEY_type] = TEXT, [KEY_level] = TEXT},
        [WINDOWS] = {[KEY_hostProcess] = BOOLEAN,
                     [KEY_runAsUserName] = TEXT,
                     [KEY_gmsaCredentialSpecName] = TEXT,
                     [KEY_gmsaCredentialSpec] = TEXT},
        [SYSCTL] = {[KEY_name] = TEXT, [KEY_value] = TEXT},
        [ENV] = {[KEY_name] = TEXT, [KEY_value] = TEXT, [KEY_valueFrom] = A(ENV_SOURCE)},
        [ENV_FROM] = {[KEY_prefix] = TEXT, [KEY_secretRef] = A(NAMED), [KEY_configMapRef] = A(NAMED)},
        [ENV_SOURCE] = {[KEY_secretKeyRef] = A(SECRET_KEY),
                        [KEY_configMapKeyRef] = A(SECRET_KEY),
                        [KEY_fieldRef] = A(FIELD_REF),
                        [KEY_resourceFieldRef] = MAP},
        [SECRET_KEY] = {[KEY_name] = TEXT, [KEY_key] = TEXT, [KEY_optional] = BOOLEAN},
        [FIELD_REF] = {[KEY_fieldPath] = TEXT},
        [CONTAINER_PORT] = {[KEY_name] = TEXT,
                            [KEY_protocol] = TEXT,
                            [KEY_hostIP] = TEXT,
                            [KEY_containerPort] = INTEGER,
                            [KEY_hostPort] = INTEGER},
        [RESOURCES] = {[KEY_limits] = AMOUNTS, [KEY_requests] = AMOUNTS},
        [MOUNT] = {[KEY_name] = TEXT,
                   [KEY_mountPath] = TEXT,
                   [KEY_subPath] = TEXT,
                   [KEY_readOnly] = BOOLEAN,
                   [KEY_mountPropagation] = TEXT},
        [PROBE] = {HANDLER, [KEY_initialDelaySeconds] = INTEGER, [KEY_periodSeconds] = INTEGER,
                   [KEY_timeoutSeconds] = INTEGER},
        [HTTP_GET] = {[KEY_host] = TEXT,
                      [KEY_path] = TEXT,
                      [KEY_scheme] = TEXT,
                      [KEY_port] = PORT,
                      [KEY_httpHeaders] = LIST},
        [TCP_SOCKET] = {[KEY_host] = TEXT, [KEY_port] = PORT},
        [EXEC] = {[KEY_command] = TEXTS},
        [LIFECYCLE] = {[KEY_postStart] = A(PROBE), [KEY_preStop] = A(PROBE)},
        [VOLUME] = {[KEY_name] = TEXT,
                    [KEY_hostPath] = A(HOST_PATH),
                    [KEY_secret] = A(SECRET_VOLUME),
                    [KEY_configMap] = A(NAMED),
                    [KEY_emptyDir] = A(EMPTY_DIR),
                    [KEY_projected] = A(PROJECTED),
                    [KEY_persistentVolumeClaim] = A(CLAIM),
                    [KEY_csi] = A(CSI),
                    [KEY_downwardAPI] = MAP,
                    [KEY_ephemeral] = MAP,
                    [KEY_nfs] = MAP},
        [HOST_PATH] = {[KEY_path] = TEXT, [KEY_type] = TEXT},
        [SECRET_VOLUME] = {[KEY_secretName] = TEXT, [KEY_items] = LIST, [KEY_optional] = BOOLEAN},
        [CLAIM] = {[KEY_claimName] = TEXT, [KEY_readOnly] = BOOLEAN},
        [EMPTY_DIR] = {[KEY_medium] = TEXT, [KEY_sizeLimit] = AMOUNT},
        [PROJECTED] = {[KEY_sources] = MANY_OF(PROJECTION)},
        [PROJECTION] = {[KEY_serviceAccountToken] = A(TOKEN),
                        [KEY_secret] = A(NAMED),
                        [KEY_configMap] = A(NAMED),
                        [KEY_downwardAPI] = MAP},
        [TOKEN] = {[KEY_audience] = TEXT, [KEY_path] = TEXT, [KEY_expirationSeconds] = INTEGER},
        [CSI] = {[KEY_driver] = TEXT, [KEY_readOnly] = BOOLEAN},
        [TOLERATION] = {[KEY_key] = TEXT, [KEY_operator] = TEXT, [KEY_value] = TEXT, [KEY_effect] = TEXT},

        /* what makes Pods */
        [POD_TEMPLATE] = {[KEY_metadata] = A(META), [KEY_template] = A(POD)},
        [WORKLOAD] = {[KEY_metadata] = A(META), [KEY_spec] = A(WORKLOAD_SPEC)},
        [WORKLOAD_SPEC] = {[KEY_template] = A(POD),
                           [KEY_selector] = A(SELECTOR),
                           [KEY_replicas] = INTEGER,
                           [KEY_volumeClaimTemplates] = LIST,
                           [KEY_parallelism] = INTEGER,
                           [KEY_completions] = INTEGER,
                           [KEY_backoffLimit] = INTEGER,
                           [KEY_activeDeadlineSeconds] = INTEGER,
                           [KEY_suspend] = BOOLEAN,
                           [KEY_serviceName] = TEXT},
        [CONTROLLER] = {[KEY_metadata] = A(META), [KEY_spec] = A(CONTROLLER_SPEC)},
        [CONTROLLER_SPEC] = {[KEY_template] = A(POD), [KEY_selector] = TEXT_MAP, [KEY_replicas] = INTEGER},
        [CRON_JOB] = {[KEY_metadata] = A(META), [KEY_spec] = A(CRON_JOB_SPEC)},
        [CRON_JOB_SPEC] = {[KEY_jobTemplate] = A(WORKLOAD),
                           [KEY_schedule] = TEXT,
                           [KEY_concurrencyPolicy] = TEXT,
                           [KEY_suspend] = BOOLEAN},
        [SELECTOR] = {[KEY_matchLabels] = TEXT_MAP, [KEY_matchExpressions] = MANY_OF(EXPRESSION)},
        [EXPRESSION] = {[KEY_key] = TEXT, [KEY_operator] = TEXT, [KEY_values] = TEXTS},

        /* access */
        [ROLE] = {[KEY_metadata] = A(META), [KEY_rules] = MANY_OF(RULE), [KEY_aggregationRule] = MAP},
        [RULE] = {[KEY_apiGroups] = TEXTS,
                  [KEY_resources] = TEXTS,
                  [KEY_verbs] = TEXTS,
                  [KEY_resourceNames] = TEXTS,
                  [KEY_nonResourceURLs] = TEXTS},
        [BINDING] = {[KEY_metadata] = A(META), [KEY_subjects] = MANY_OF(SUBJECT), [KEY_roleRef] = A(ROLE_REF)},
        [SUBJECT] = {[KEY_kind] = TEXT, [KEY_name] = TEXT, [KEY_namespace] = TEXT, [KEY_apiGroup] = TEXT},
        [ROLE_REF] = {[KEY_kind] = TEXT, [KEY_name] = TEXT, [KEY_apiGroup] = TEXT},
        [ACCOUNT] = {[KEY_metadata] = A(META),
                     [KEY_automountServiceAccountToken] = BOOLEAN,
                     [KEY_imagePullSecrets] = MANY_OF(NAMED)},
        [DATA] = {[KEY_metadata] = A(META),
                  [KEY_data] = TEXT_MAP,
                  [KEY_stringData] = TEXT_MAP,
                  [KEY_type] = TEXT,
                  [KEY_immutable] = BOOLEAN},

        /* communication */
        [SERVICE] = {[KEY_metadata] = A(META), [KEY_spec] = A(SERVICE_SPEC)},
        [SERVICE_SPEC] = {[KEY_type] = TEXT,
                          [KEY_ports] = MANY_OF(SERVICE_PORT),
                          [KEY_selector] = TEXT_MAP,
                          [KEY_externalIPs] = TEXTS,
                          [KEY_clusterIP] = TEXT,
                          [KEY_externalName] = TEXT,
                          [KEY_loadBalancerSourceRanges] = TEXTS},
        [SERVICE_PORT] = {[KEY_name] = TEXT,
                          [KEY_protocol] = TEXT,
                          [KEY_port] = INTEGER,
                          [KEY_nodePort] = INTEGER,
                          [KEY_targetPort] = PORT},
        [POLICY] = {[KEY_metadata] = A(META), [KEY_spec] = A(POLICY_SPEC)},
        [POLICY_SPEC] = {[KEY_podSelector] = A(SELECTOR),
                         [KEY_policyTypes] = TEXTS,
                         [KEY_ingress] = MANY_OF(INGRESS_RULE),
                         [KEY_egress] = MANY_OF(EGRESS_RULE)},
        [INGRESS_RULE] = {[KEY_from] = MANY_OF(PEER), [KEY_ports] = LIST},
        [EGRESS_RULE] = {[KEY_to] = MANY_OF(PEER), [KEY_ports] = LIST},
        [PEER] = {[KEY_podSelector] = A(SELECTOR), [KEY_namespaceSelector] = A(SELECTOR), [KEY_ipBlock] = A(IP_BLOCK)},
        [IP_BLOCK] = {[KEY_cidr] = TEXT, [KEY_except] = TEXTS},
        [INGRESS] = {[KEY_metadata] = A(META), [KEY_spec] = A(INGRESS_SPEC)},
        [INGRESS_SPEC] =
                {[KEY_tls] = MANY_OF(INGRESS_TLS), [KEY_rules] = MANY_OF(INGRESS_HOST), [KEY_ingressClassName] = TEXT},
        [INGRESS_TLS] = {[KEY_hosts] = TEXTS, [KEY_secretName] = TEXT},
        [INGRESS_HOST] = {[KEY_host] = TEXT, [KEY_http] = MAP},
};

/* Further fields of the shapes of which all fields are known, so that others are misspelt or stand in a wrong place. */
static const struct other_fields {
        const char *words; /* NULL: not all fields are known */
} other_fields[SHAPE_COUNT] = {
        [POD_SPEC] =
                {"dnsConfig hostnameOverride overhead preemptionPolicy readinessGates resourceClaims resources schedulerName "
                 "schedulingGates schedulingGroup setHostnameAsFQDN subdomain workloadRef"},
        [POD_SECURITY] = {"seLinuxChangePolicy supplementalGroupsPolicy"},
        [CONTAINER] = {"resizePolicy restartPolicyRules stdinOnce targetContainerName terminationMessagePath "
                       "terminationMessagePolicy"},
        [SECURITY] = {""},
        [CAPABILITIES] = {""},
        [PROFILE] = {""},
        [SELINUX] = {""},
        [WINDOWS] = {""},
        [RESOURCES] = {"claims"},
};

struct kind_shape {
        struct str group, kind;
        enum shape shape;
};

static const struct kind_shape kind_shapes[] = {
        {STR_INIT(""), STR_INIT("Pod"), POD},
        {STR_INIT("apps"), STR_INIT("Deployment"), WORKLOAD},
        {STR_INIT(""), STR_INIT("Service"), SERVICE},
        {STR_INIT(""), STR_INIT("ConfigMap"), DATA},
        {STR_INIT(""), STR_INIT("Secret"), DATA},
        {STR_INIT(""), STR_INIT("ServiceAccount"), ACCOUNT},
        {STR_INIT("apps"), STR_INIT("StatefulSet"), WORKLOAD},
        {STR_INIT("apps"), STR_INIT("DaemonSet"), WORKLOAD},
        {STR_INIT("apps"), STR_INIT("ReplicaSet"), WORKLOAD},
        {STR_INIT("batch"), STR_INIT("Job"), WORKLOAD},
        {STR_INIT("batch"), STR_INIT("CronJob"), CRON_JOB},
        {STR_INIT(""), STR_INIT("ReplicationController"), CONTROLLER},
        {STR_INIT(""), STR_INIT("PodTemplate"), POD_TEMPLATE},
        {STR_INIT("extensions"), STR_INIT("Deployment"), WORKLOAD},
        {STR_INIT("extensions"), STR_INIT("DaemonSet"), WORKLOAD},
        {STR_INIT("extensions"), STR_INIT("ReplicaSet"), WORKLOAD},
        {STR_INIT("rbac.authorization.k8s.io"), STR_INIT("Role"), ROLE},
        {STR_INIT("rbac.authorization.k8s.io"), STR_INIT("ClusterRole"), ROLE},
        {STR_INIT("rbac.authorization.k8s.io"), STR_INIT("RoleBinding"), BINDING},
        {STR_INIT("rbac.authorization.k8s.io"), STR_INIT("ClusterRoleBinding"), BINDING},
        {STR_INIT("networking.k8s.io"), STR_INIT("NetworkPolicy"), POLICY},
        {STR_INIT("extensions"), STR_INIT("NetworkPolicy"), POLICY},
        {STR_INIT("networking.k8s.io"), STR_INIT("Ingress"), INGRESS},
        {STR_INIT("extensions"), STR_INIT("Ingress"), INGRESS},
};

/* The way from the object to a value, kept on the stack until somebody must be told. */
struct step {
        const struct step *above;
        const struct node *node; /* in a map */
        uint32_t index;          /* in a list */
        bool is_item;
};

struct checker {
        struct estate_source *source;
        struct object *object;
        struct str prefix; /* JSON Pointer from the object to where checking began */
        unsigned problems;
        bool is_custom; /* a kind that Kubernetes does not have, with something like a Pod template in it */
};

static void check(struct checker *checker, const struct step *step, const struct value *value, uint16_t type);

static void add_pointer(struct buf *out, const struct step *step)
{
        if (!step->above)
                return;
        add_pointer(out, step->above);
        if (step->is_item)
                buf_add_format(out, "/%" PRIu32, step->index);
        else
                pointer_add(out, intern_text(step->node->key));
}

/* A message is one line. */
static void add_printable(struct buf *out, struct str text)
{
        for (size_t i = 0; i < text.len; i++)
                buf_add_char(out, (unsigned char)text.data[i] < ' ' || text.data[i] == 0x7F ? ' ' : text.data[i]);
}

/* The way as a person writes it: spec.containers[0].image. */
static void add_words(struct buf *out, const struct step *step)
{
        struct str key;

        if (!step->above)
                return;
        add_words(out, step->above);
        if (step->is_item) {
                buf_add_format(out, "[%" PRIu32 "]", step->index);
                return;
        }
        key = intern_text(step->node->key);
        if (memchr(key.data, '.', key.len)) {
                buf_add_literal(out, "[\"");
                add_printable(out, key);
                buf_add_literal(out, "\"]");
        } else {
                buf_add(out, out->len ? STR(".") : STR(""));
                add_printable(out, key);
        }
}

static void add_quoted(struct buf *out, struct str text)
{
        size_t len = min_size(text.len, QUOTED_BYTES);

        while (len < text.len && len && (text.data[len] & 0xC0) == 0x80)
                len--;
        buf_add_literal(out, "the string \"");
        add_printable(out, str_sub(text, 0, len));
        buf_add(out, len < text.len ? STR("…\"") : STR("\""));
}

static void add_what(struct buf *out, const struct value *value)
{
        switch ((enum value_kind)value->kind) {
        case VALUE_STRING:
                add_quoted(out, value_text(value));
                break;
        case VALUE_BOOL:
                buf_add_format(out, "the boolean %s", value->boolean ? "true" : "false");
                break;
        case VALUE_INT:
                buf_add_format(out, "the number %" PRId64, value->i);
                break;
        case VALUE_UINT:
                buf_add_format(out, "the number %" PRIu64 ", which is too large", value->u);
                break;
        case VALUE_DOUBLE:
                buf_add_format(out, "the number %g", value->d);
                break;
        default:
                buf_add_format(out, "a %s", value_kind_name(value));
                break;
        }
}

static const char *wanted(uint16_t type)
{
        static const char *const words[] = {
                [ANYTHING] = "anything",
                [BOOLEAN] = "a boolean",
                [INTEGER] = "a whole number",
                [TEXT] = "a string",
                [AMOUNT] = "a quantity",
                [PORT] = "a port number or name",
                [TEXTS] = "a list of strings",
                [INTEGERS] = "a list of whole numbers",
                [TEXT_MAP] = "a map of strings",
                [AMOUNTS] = "a map of quantities",
                [MAP] = "a map",
                [LIST] = "a list",
        };

        if (type >= MANY)
                return "a list of maps";
        return type >= SHAPED ? "a map" : words[type];
}

/* Reports what is wrong at a step; `why` follows the name of the field. */
static void report(struct checker *checker, enum problem_kind kind, const struct step *step, struct str why)
{
        CLEANUP(buf_free) struct buf pointer = {0}, message = {0};
        struct problem *problem;

        if (++checker->problems > MOST_PROBLEMS)
                return;
        for (size_t i = 1; i < checker->prefix.len; i++)
                buf_add_char(&message, checker->prefix.data[i] == '/' ? '.' : checker->prefix.data[i]);
        add_words(&message, step);
        buf_add(&message, why);
        buf_add(&pointer, checker->object->path);
        buf_add(&pointer, checker->prefix);
        add_pointer(&pointer, step);
        problem = problem_add(checker->source, kind, checker->object->document, step->node->at, "%.*s",
                              STR_ARG(buf_text(&message)));
        problem->path = str_copy(&checker->source->arena, buf_text(&pointer));
        problem->object = checker->object;
        problem->may_be_right = checker->is_custom;
}

static void refuse(struct checker *checker, const struct step *step, const struct value *value, uint16_t type)
{
        CLEANUP(buf_free) struct buf why = {0};

        checker->object->malformed = true;
        buf_add_format(&why, " must be %s, not ", wanted(type));
        add_what(&why, value);
        buf_add(&why, checker->is_custom ? STR("; so this is no Pod template, and it was not judged as one")
                                         : STR("; Kubernetes refuses this object"));
        report(checker, PROBLEM_WRONG_TYPE, step, buf_text(&why));
}

static bool has_word(const char *words, struct str word)
{
        struct str rest = str_of(words), next;

        while (rest.len) {
                str_split(&rest, ' ', &next);
                if (str_equal(next, word))
                        return true;
        }
        return false;
}

/* A member that is not in the table of its shape. */
static void check_unknown(struct checker *checker, const struct step *step, enum shape shape)
{
        struct str key = intern_text(step->node->key);
        struct str names[KEY_COUNT], nearest;
        CLEANUP(buf_free) struct buf why = {0};
        size_t count = 0;

        /* Under x-… people keep what they repeat by anchors. */
        if (!other_fields[shape].words || checker->is_custom
            || str_starts(key, STR("x-")) || has_word(other_fields[shape].words, key))
                return;
        for (uint32_t i = 1; i < KEY_COUNT; i++) {
                if (shapes[shape][i] != ANYTHING)
                        names[count++] = intern_text(i);
        }
        nearest = str_nearest(key, names, count);
        buf_add_literal(&why, " is no field that Kubernetes knows here: it refuses the object or drops the field");
        if (nearest.len)
                buf_add_format(&why, "; did you mean %.*s?", STR_ARG(nearest));
        report(checker, PROBLEM_UNKNOWN_FIELD, step, buf_text(&why));
}

static void check_members(struct checker *checker, const struct step *step, const struct value *map, enum shape shape)
{
        /* cppcheck-suppress arrayIndexOutOfBoundsCond ; who calls has looked at MANY first */
        const uint16_t *types = shapes[shape];

        value_each (map, member) {
                struct step next = {.above = step, .node = member};

                if (member->key < KEY_COUNT && types[member->key] != ANYTHING)
                        check(checker, &next, &member->value, types[member->key]);
                else if (other_fields[shape].words)
                        check_unknown(checker, &next, shape);
        }
}

/* All items of a list, or all members of a map, have the same type. */
static void check_each(struct checker *checker, const struct step *step, const struct value *value, uint16_t type)
{
        struct step next = {.above = step, .is_item = value->kind == VALUE_LIST};

        value_each (value, node) {
                next.node = node;
                check(checker, &next, &node->value, type);
                next.index++;
        }
}

static bool is_whole(const struct value *value)
{
        if (value->kind == VALUE_DOUBLE)
                return isfinite(value->d) && value->d == trunc(value->d) && fabs(value->d) < 0x1p63;
        return value->kind == VALUE_INT;
}

static bool is_number(const struct value *value)
{
        return value->kind == VALUE_INT || value->kind == VALUE_UINT
               || (value->kind == VALUE_DOUBLE && isfinite(value->d));
}

/* What a list or map consists of. */
static uint16_t item_type(uint16_t type)
{
        return type >= MANY ? A(type - MANY) : type == INTEGERS ? INTEGER : type == AMOUNTS ? AMOUNT : TEXT;
}

static bool has_type(const struct value *value, uint16_t type)
{
        switch (type) {
        case BOOLEAN:
                return value->kind == VALUE_BOOL;
        case INTEGER:
                return is_whole(value);
        case TEXT:
                return value->kind == VALUE_STRING;
        case AMOUNT:
                return value->kind == VALUE_STRING || is_number(value);
        case PORT:
                return value->kind == VALUE_STRING || is_whole(value);
        case TEXTS:
        case INTEGERS:
        case LIST:
                return value->kind == VALUE_LIST;
        default:
                return value->kind == (type >= MANY ? VALUE_LIST : VALUE_MAP);
        }
}

static void check(struct checker *checker, const struct step *step, const struct value *value, uint16_t type)
{
        if (value->kind == VALUE_NULL)
                return;
        if (!has_type(value, type))
                refuse(checker, step, value, type);
        else if (type >= MANY || type == TEXTS || type == INTEGERS || type == TEXT_MAP || type == AMOUNTS)
                check_each(checker, step, value, item_type(type));
        else if (type >= SHAPED)
                check_members(checker, step, value, (enum shape)(type - SHAPED));
}

static enum shape shape_of(const struct object *object)
{
        for (size_t i = 0; i < COUNT_OF(kind_shapes); i++) {
                if (str_equal(kind_shapes[i].kind, object->kind) && str_equal(kind_shapes[i].group, object->group))
                        return kind_shapes[i].shape;
        }
        return BARE;
}

static void check_object(struct estate_source *source, struct object *object)
{
        struct checker checker = {.source = source, .object = object};
        struct step root = {.node = &object->root};
        enum shape shape = shape_of(object);

        check_members(&checker, &root, &object->root.value, shape);
        if (shape == BARE && object->pod.value.kind == VALUE_MAP) {
                checker.is_custom = true;
                root.node = &object->pod;
                checker.prefix = str_from(object->pod_path, object->path.len);
                check_members(&checker, &root, &object->pod.value, POD);
        }
}

void source_check_shapes(struct estate_source *source)
{
        for (size_t i = 0; i < source->objects.count; i++)
                check_object(source, &source->objects.items[i]);
}
