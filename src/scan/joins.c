/* joins.c - all joins, as the rulebook knows them. */

#include "access/joins.h"
#include "control/joins.h"
#include "graph/joins.h"
#include "image/joins.h"
#include "network/joins.h"
#include "workload/joins.h"

const struct join *const rulebook_joins[] = {
        &join_account_missing,
        &join_autoscaled_workload,
        &join_autoscaler_target,
        &join_binding_rights,
        &join_component_flag,
        &join_budget,
        &join_budget_selects_nothing,
        &join_container_image,
        &join_default_account_token,
        &join_duplicate_object,
        &join_etcd_authority,
        &join_governing_service,
        &join_ingress_backend_missing,
        &join_log_link,
        &join_own_role,
        &join_namespace_limits,
        &join_namespace_policies,
        &join_policy_peer_selects_nothing,
        &join_policy_selects_nothing,
        &join_pod_reference,
        &join_pod_without_policy,
        &join_probe_port_unknown,
        &join_role_missing,
        &join_route_backend_missing,
        &join_selector_mismatch,
        &join_service_port_missing,
        &join_service_selects_nothing,
        &join_service_workloads,
        &join_subject_missing,
        &join_workload_budgets,
        &join_way_to_cluster,
        &join_workload_rights,
};

const size_t rulebook_join_count = COUNT_OF(rulebook_joins);
