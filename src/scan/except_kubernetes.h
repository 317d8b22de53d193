/* except_kubernetes.h - findings about the roles and bindings that an API server makes for itself.
 *
 * They are there in every cluster, and come back with every start of the API server (unless their annotation
 * rbac.authorization.kubernetes.io/autoupdate says no): nobody can repair them. So they are excepted, and stay in reports as such.
 * Known by the label kubernetes.io/bootstrapping and their names. In bindings only subjects that Kubernetes puts there count:
 * groups and users of system:, and accounts of kube-system; somebody else in such a binding is told. */
#pragma once

#include "report/finding.h"

/* Marks the finding as excepted, and returns true, if that is so. */
bool except_by_kubernetes(struct finding *finding);
