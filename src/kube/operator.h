/* operator.h - Pods that an operator makes of a custom resource, of which only the resource was shown.
 *
 * What the operator labels its Pods with is part of its interface: the Prometheus operator's
 * (https://prometheus-operator.dev, pkg/prometheus and pkg/alertmanager) is known here. */
#pragma once

#include "kube/index.h"

/* Whether Pods that an operator makes in a namespace meet a selector. */
bool operator_runs(struct arena *arena, const struct index *index, struct str ns, const struct selector *selector);
