/* kubeaudit_names.c - the results and labels of kubeaudit, as tables. */

#include "report/kubeaudit.h"

static const struct str auditors[AUDITOR_COUNT] = {
        [AUDITOR_APPARMOR] = STR_INIT("apparmor"),
        [AUDITOR_ASAT] = STR_INIT("asat"),
        [AUDITOR_CAPABILITIES] = STR_INIT("capabilities"),
        [AUDITOR_DEPRECATEDAPIS] = STR_INIT("deprecatedapis"),
        [AUDITOR_HOSTNS] = STR_INIT("hostns"),
        [AUDITOR_IMAGE] = STR_INIT("image"),
        [AUDITOR_LIMITS] = STR_INIT("limits"),
        [AUDITOR_MOUNTS] = STR_INIT("mounts"),
        [AUDITOR_NETPOLS] = STR_INIT("netpols"),
        [AUDITOR_NONROOT] = STR_INIT("nonroot"),
        [AUDITOR_PRIVESC] = STR_INIT("privesc"),
        [AUDITOR_PRIVILEGED] = STR_INIT("privileged"),
        [AUDITOR_ROOTFS] = STR_INIT("rootfs"),
        [AUDITOR_SECCOMP] = STR_INIT("seccomp"),
};

#define RULE(name, auditor, level, of_pod)                                                                             \
        {                                                                                                              \
                STR_INIT(name), auditor, level, of_pod                                                                 \
        }

static const struct kubeaudit_rule rules[] = {
        RULE("AppArmorAnnotationMissing", AUDITOR_APPARMOR, LEVEL_ERROR, false),
        RULE("AppArmorDisabled", AUDITOR_APPARMOR, LEVEL_ERROR, false),
        RULE("AppArmorBadValue", AUDITOR_APPARMOR, LEVEL_ERROR, false),
        RULE("AppArmorInvalidAnnotation", AUDITOR_APPARMOR, LEVEL_ERROR, false),
        RULE("AutomountServiceAccountTokenDeprecated", AUDITOR_ASAT, LEVEL_WARNING, true),
        RULE("AutomountServiceAccountTokenTrueAndDefaultSA", AUDITOR_ASAT, LEVEL_ERROR, true),
        RULE("CapabilityAdded", AUDITOR_CAPABILITIES, LEVEL_ERROR, false),
        RULE("CapabilityShouldDropAll", AUDITOR_CAPABILITIES, LEVEL_ERROR, false),
        RULE("CapabilityOrSecurityContextMissing", AUDITOR_CAPABILITIES, LEVEL_ERROR, false),
        RULE("DeprecatedAPIUsed", AUDITOR_DEPRECATEDAPIS, LEVEL_WARNING, true),
        RULE("NamespaceHostNetworkTrue", AUDITOR_HOSTNS, LEVEL_ERROR, true),
        RULE("NamespaceHostIPCTrue", AUDITOR_HOSTNS, LEVEL_ERROR, true),
        RULE("NamespaceHostPIDTrue", AUDITOR_HOSTNS, LEVEL_ERROR, true),
        RULE("ImageTagMissing", AUDITOR_IMAGE, LEVEL_WARNING, false),
        RULE("ImageTagIncorrect", AUDITOR_IMAGE, LEVEL_ERROR, false),
        RULE("ImageCorrect", AUDITOR_IMAGE, LEVEL_INFO, false),
        RULE("LimitsNotSet", AUDITOR_LIMITS, LEVEL_WARNING, false),
        RULE("LimitsCPUNotSet", AUDITOR_LIMITS, LEVEL_WARNING, false),
        RULE("LimitsMemoryNotSet", AUDITOR_LIMITS, LEVEL_WARNING, false),
        RULE("LimitsCPUExceeded", AUDITOR_LIMITS, LEVEL_WARNING, false),
        RULE("LimitsMemoryExceeded", AUDITOR_LIMITS, LEVEL_WARNING, false),
        RULE("SensitivePathsMounted", AUDITOR_MOUNTS, LEVEL_ERROR, false),
        RULE("MissingDefaultDenyIngressNetworkPolicy", AUDITOR_NETPOLS, LEVEL_ERROR, true),
        RULE("MissingDefaultDenyEgressNetworkPolicy", AUDITOR_NETPOLS, LEVEL_ERROR, true),
        RULE("MissingDefaultDenyIngressAndEgressNetworkPolicy", AUDITOR_NETPOLS, LEVEL_ERROR, true),
        RULE("AllowAllIngressNetworkPolicyExists", AUDITOR_NETPOLS, LEVEL_WARNING, true),
        RULE("AllowAllEgressNetworkPolicyExists", AUDITOR_NETPOLS, LEVEL_WARNING, true),
        RULE("RunAsUserCSCRoot", AUDITOR_NONROOT, LEVEL_ERROR, false),
        RULE("RunAsUserPSCRoot", AUDITOR_NONROOT, LEVEL_ERROR, false),
        RULE("RunAsNonRootCSCFalse", AUDITOR_NONROOT, LEVEL_ERROR, false),
        RULE("RunAsNonRootPSCNilCSCNil", AUDITOR_NONROOT, LEVEL_ERROR, false),
        RULE("RunAsNonRootPSCFalseCSCNil", AUDITOR_NONROOT, LEVEL_ERROR, false),
        RULE("AllowPrivilegeEscalationNil", AUDITOR_PRIVESC, LEVEL_ERROR, false),
        RULE("AllowPrivilegeEscalationTrue", AUDITOR_PRIVESC, LEVEL_ERROR, false),
        RULE("PrivilegedTrue", AUDITOR_PRIVILEGED, LEVEL_ERROR, false),
        RULE("PrivilegedNil", AUDITOR_PRIVILEGED, LEVEL_WARNING, false),
        RULE("ReadOnlyRootFilesystemFalse", AUDITOR_ROOTFS, LEVEL_ERROR, false),
        RULE("ReadOnlyRootFilesystemNil", AUDITOR_ROOTFS, LEVEL_ERROR, false),
        RULE("SeccompDeprecatedAnnotations", AUDITOR_SECCOMP, LEVEL_WARNING, true),
        RULE("SeccompProfileMissing", AUDITOR_SECCOMP, LEVEL_ERROR, true),
        RULE("SeccompDisabledPod", AUDITOR_SECCOMP, LEVEL_ERROR, true),
        RULE("SeccompDisabledContainer", AUDITOR_SECCOMP, LEVEL_ERROR, false),
        RULE(KUBEAUDIT_REDUNDANT, AUDITOR_COUNT, LEVEL_WARNING, false),
};

#define OVERRIDE(label, auditor, results, ...)                                                                         \
        {                                                                                                              \
                STR_INIT(label), auditor, STR_INIT(results), __VA_ARGS__                                               \
        }

static const struct kubeaudit_override overrides[] = {
        OVERRIDE("allow-disabled-apparmor", AUDITOR_APPARMOR, "AppArmorDisabled", .by_container = true),
        OVERRIDE("allow-automount-service-account-token", AUDITOR_ASAT, "", .redundant = true),
        OVERRIDE("allow-capability-", AUDITOR_CAPABILITIES, "CapabilityAdded", .named = true, .by_container = true),
        OVERRIDE("allow-namespace-host-network", AUDITOR_HOSTNS, "NamespaceHostNetworkTrue", .redundant = true),
        OVERRIDE("allow-namespace-host-IPC", AUDITOR_HOSTNS, "NamespaceHostIPCTrue", .redundant = true),
        OVERRIDE("allow-namespace-host-PID", AUDITOR_HOSTNS, "NamespaceHostPIDTrue", .redundant = true),
        OVERRIDE("allow-host-path-mount-", AUDITOR_MOUNTS, "", .named = true, .by_container = true),
        OVERRIDE("allow-non-default-deny-ingress-network-policy", AUDITOR_NETPOLS,
                 "MissingDefaultDenyIngressNetworkPolicy MissingDefaultDenyIngressAndEgressNetworkPolicy",
                 .redundant = false),
        OVERRIDE("allow-non-default-deny-egress-network-policy", AUDITOR_NETPOLS,
                 "MissingDefaultDenyEgressNetworkPolicy MissingDefaultDenyIngressAndEgressNetworkPolicy",
                 .redundant = false),
        OVERRIDE("allow-run-as-root", AUDITOR_NONROOT, "", .by_container = true, .redundant = true),
        OVERRIDE("allow-privilege-escalation", AUDITOR_PRIVESC, "", .by_container = true, .redundant = true),
        OVERRIDE("allow-privileged", AUDITOR_PRIVILEGED, "", .by_container = true, .redundant = true),
        OVERRIDE("allow-read-only-root-filesystem-false", AUDITOR_ROOTFS, "", .by_container = true, .redundant = true),
};

/* What labels begin with; the older ones are in a domain that is not kubeaudit's. */
static const struct prefix {
        struct str text;
        bool by_container;
} prefixes[] = {
        {STR_INIT("container.kubeaudit.io/"), true},
        {STR_INIT("container.audit.kubernetes.io/"), true},
        {STR_INIT("kubeaudit.io/"), false},
        {STR_INIT("audit.kubernetes.io/pod."), false},
        {STR_INIT("audit.kubernetes.io/namespace."), false},
};

struct str kubeaudit_auditor_name(enum kubeaudit_auditor auditor)
{
        return auditors[auditor];
}

bool kubeaudit_auditor_from(struct str name, enum kubeaudit_auditor *auditor)
{
        for (size_t i = 0; i < AUDITOR_COUNT; i++) {
                if (str_equal(auditors[i], name)) {
                        *auditor = (enum kubeaudit_auditor)i;
                        return true;
                }
        }
        return false;
}

const struct kubeaudit_rule *kubeaudit_rule_find(struct str name)
{
        if (str_ends(name, STR(KUBEAUDIT_ALLOWED)))
                name.len -= STR(KUBEAUDIT_ALLOWED).len;
        for (size_t i = 0; i < COUNT_OF(rules); i++) {
                if (str_equal(rules[i].name, name))
                        return &rules[i];
        }
        return NULL;
}

bool kubeaudit_visits(const struct container *container)
{
        return container->role != CONTAINER_EPHEMERAL;
}

static const struct value *setting_of(const struct container *container, uint32_t key)
{
        const struct value *value = value_get(value_get(&container->node->value, KEY_securityContext), key);

        return value && value->kind != VALUE_NULL ? value : NULL;
}

bool kubeaudit_inherits(const struct kubeaudit_rule *rule, const struct container *container, bool *warning)
{
        const struct value *user = setting_of(container, KEY_runAsUser);

        *warning = user != NULL;
        if (!kubeaudit_visits(container))
                return false;
        if (str_is(rule->name, "RunAsUserPSCRoot"))
                return !user || user->kind != VALUE_INT || user->i != 0;
        return str_is(rule->name, "RunAsNonRootPSCFalseCSCNil") && !user && !setting_of(container, KEY_runAsNonRoot);
}

bool kubeaudit_overrides(const struct kubeaudit_override *override, const struct kubeaudit_rule *rule)
{
        struct str rest = override->results, name;

        if (!rule || rule->auditor != override->auditor)
                return false;
        if (!rest.len)
                return true;
        while (str_split(&rest, ' ', &name)) {
                if (str_equal(name, rule->name))
                        return true;
        }
        return false;
}

static const struct kubeaudit_override *find_label(struct str label, struct str *name)
{
        for (size_t i = 0; i < COUNT_OF(overrides); i++) {
                const struct kubeaudit_override *override = &overrides[i];

                if (override->named ? str_starts(label, override->label) : str_equal(label, override->label)) {
                        *name = str_from(label, override->label.len);
                        return override;
                }
        }
        return NULL;
}

const struct kubeaudit_override *kubeaudit_override_find(struct str label, struct str *container, struct str *name,
                                                         bool *known_prefix)
{
        *container = *name = (struct str){0};
        *known_prefix = false;
        for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
                const struct kubeaudit_override *override;
                struct str rest;

                if (!str_starts(label, prefixes[i].text))
                        continue;
                *known_prefix = true;
                rest = str_from(label, prefixes[i].text.len);
                if (prefixes[i].by_container)
                        str_split(&rest, '.', container);
                override = find_label(rest, name);
                return override && prefixes[i].by_container && !override->by_container ? NULL : override;
        }
        return NULL;
}
