/* joins.h - the control plane's own Pods, as kubeadm and others write them into /etc/kubernetes/manifests.
 *
 * Each join is described where it is written; docs/rules-format.md lists them with their facts. */
#pragma once

#include "rulebook/join.h"

extern const struct join join_component_flag, join_etcd_authority; /* component.c */
