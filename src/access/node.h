/* node.h - the Node authorizer: what a kubelet may do, which depends on the Pods that its node runs.
 *
 * As plugin/pkg/auth/authorizer/node of Kubernetes 1.37 with its default feature gates. A question of it goes over the estate once:
 * it is asked seldom. Field selectors are no part of a request here: what is allowed only with one is not allowed. */
#pragma once

#include "access/authorizer.h"

/* The name of the node if the user is one: system:node:NAME in the group system:nodes. */
bool access_is_node(const struct access_user *user, struct str *node);

/* Whether the Node authorizer allows the request to a node. `why` gets in words what decided. */
bool access_node_can(struct arena *arena, const struct estate *estate, struct str node,
                     const struct access_request *request, struct str *why);
