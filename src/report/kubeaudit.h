/* kubeaudit.h - what kubeaudit calls its results, how bad they are, and the labels with which its users except them.
 *
 * Names, levels and labels are those of kubeaudit 0.22. A finding says by its references which results it stands for. */
#pragma once

#include "kube/object.h"
#include "report/finding.h"

enum kubeaudit_auditor {
        AUDITOR_APPARMOR,
        AUDITOR_ASAT,
        AUDITOR_CAPABILITIES,
        AUDITOR_DEPRECATEDAPIS,
        AUDITOR_HOSTNS,
        AUDITOR_IMAGE,
        AUDITOR_LIMITS,
        AUDITOR_MOUNTS,
        AUDITOR_NETPOLS,
        AUDITOR_NONROOT,
        AUDITOR_PRIVESC,
        AUDITOR_PRIVILEGED,
        AUDITOR_ROOTFS,
        AUDITOR_SECCOMP,
        AUDITOR_COUNT
};

enum kubeaudit_level { LEVEL_ERROR, LEVEL_WARNING, LEVEL_INFO };

struct kubeaudit_rule {
        struct str name;
        enum kubeaudit_auditor auditor;
        enum kubeaudit_level level;
        bool of_pod; /* one result for the whole Pod, not one for each container */
};

#define KUBEAUDIT_REDUNDANT "RedundantAuditorOverride"
#define KUBEAUDIT_ALLOWED "Allowed"

struct str kubeaudit_auditor_name(enum kubeaudit_auditor auditor);
bool kubeaudit_auditor_from(struct str name, enum kubeaudit_auditor *auditor);

/* The result of that name, with or without "Allowed" behind it; NULL if there is none. */
const struct kubeaudit_rule *kubeaudit_rule_find(struct str name);

/* kubeaudit has no ephemeral containers. */
bool kubeaudit_visits(const struct container *container);

/* Whether a result that a finding has for a Pod is one of the container too, because it inherits it. Of results that are for
 * containers anyway, none is. `*warning`: the container has its own setting, so it only warns. */
bool kubeaudit_inherits(const struct kubeaudit_rule *rule, const struct container *container, bool *warning);

/* A label that excepts results. */
struct kubeaudit_override {
        struct str label; /* what stands behind the prefix; of a `named` one, its beginning */
        enum kubeaudit_auditor auditor;
        struct str results; /* names, with spaces between; empty: all of the auditor */
        bool named;         /* ends with the name of what is excepted: a capability, a mount */
        bool by_container;  /* may be for one container */
        bool redundant;     /* kubeaudit complains if there is nothing to except */
};

/* Whether a result is one that the override is for. */
bool kubeaudit_overrides(const struct kubeaudit_override *override, const struct kubeaudit_rule *rule);

/* What a label means: the override, the container that it is for (empty: all), the name at its end. NULL if it is no label of
 * kubeaudit; `*known_prefix` then says whether it looks like one. */
const struct kubeaudit_override *kubeaudit_override_find(struct str label, struct str *container, struct str *name,
                                                         bool *known_prefix);
