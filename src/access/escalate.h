/* escalate.h - giving rights: whether the API server lets a user write a role or a binding, which needs more than the verb.
 *
 * Nobody may give rights that they do not have: the rules of the role must be covered by what the user may do there, unless the user
 * is in system:masters, may `escalate` the role, or, for a binding, may `bind` it. An aggregated ClusterRole, whose rules are
 * not known beforehand, wants all rights. (k8s.io/kubernetes/pkg/registry/rbac, escalation_check.go and policybased.) The right to
 * create or update the object at all is asked apart. */
#pragma once

#include "access/authorizer.h"

struct access_escalation {
        bool allowed;
        const char *by;                /* "system:masters", "escalate", "bind", "rights": why it is allowed */
        struct access_rules uncovered; /* compact and sorted: what the user gives and does not have */
        struct str message;            /* as the API server refuses it; empty if it does not */
};

/* A Role of a namespace, or a ClusterRole (`ns` empty), with these rules. `name` is empty when it is created: its name is not known when
 * `escalate` is asked. */
void access_may_write_role(struct arena *arena, const struct access *access, const struct access_user *user,
                           struct str ns, struct str name, const struct access_rules *rules, bool aggregated,
                           struct access_escalation *out);

/* A RoleBinding of a namespace, or a ClusterRoleBinding (`ns` empty), to a role that is there. `role` ACCESS_NONE: it is not, which only
 * somebody who may bind it gets through. */
void access_may_write_binding(struct arena *arena, const struct access *access, const struct access_user *user,
                              struct str ns, bool cluster_role, struct str role_name, uint32_t role,
                              struct access_escalation *out);
