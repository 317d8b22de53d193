/* joins.h - who may talk to whom, as far as manifests say: Services, routes and policies, and the Pods that they mean.
 *
 * Each join is described where it is written; docs/rules-format.md lists them with their facts. */
#pragma once

#include "rulebook/join.h"

extern const struct join join_service_selects_nothing, join_service_port_missing;       /* service.c */
extern const struct join join_service_workloads;                                        /* service.c */
extern const struct join join_ingress_backend_missing, join_route_backend_missing;      /* backend.c */
extern const struct join join_policy_selects_nothing, join_policy_peer_selects_nothing; /* policy.c */
extern const struct join join_pod_without_policy, join_namespace_policies;              /* policy.c */
