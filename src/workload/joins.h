/* joins.h - workloads and what they need or what steers them: selectors, autoscalers, disruption budgets, volumes, names.
 *
 * Each join is described where it is written; docs/rules-format.md lists them with their facts. */
#pragma once

#include "rulebook/join.h"

extern const struct join join_selector_mismatch;                           /* selector.c */
extern const struct join join_autoscaler_target, join_autoscaled_workload; /* autoscaler.c */
extern const struct join join_budget_selects_nothing, join_budget;         /* budget.c */
extern const struct join join_workload_budgets;                            /* budget.c */
extern const struct join join_pod_reference, join_governing_service;       /* reference.c */
extern const struct join join_namespace_limits;                            /* limits.c */
extern const struct join join_probe_port_unknown;                          /* probe.c */
extern const struct join join_duplicate_object;                            /* duplicate.c */
