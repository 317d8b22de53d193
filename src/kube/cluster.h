/* cluster.h - everything that a scan reads from a live cluster, and what was kept of one.
 *
 * Both come to entries: a name and a text for each object. Names are those that findings give as `file`:
 *
 *     cluster/namespaces/NAMESPACE/RESOURCE.GROUP/NAME.yaml      cluster/namespaces/shop/deployments.apps/web.yaml
 *     cluster/RESOURCE.GROUP/NAME.yaml                           cluster/clusterroles.rbac.authorization.k8s.io/view.yaml
 *
 * without .GROUP for the core group. They depend on nothing but the objects. */
#pragma once

#include <stdatomic.h>

#include "kube/config.h"
#include "kube/estate.h"

/* A resource that is read. */
struct cluster_only {
        struct str name; /* "roles.rbac.authorization.k8s.io" */
        struct str ns;   /* of this namespace only; empty: all of it */
};

struct cluster_settings {
        struct config_choice choice;
        struct str ns;             /* only this namespace; empty: everything */
        const struct str *without; /* resources that are left out: "secrets", "pods.metrics.k8s.io" */
        size_t without_count;
        const struct cluster_only *only; /* nothing else is read; none: everything */
        size_t only_count;
        unsigned threads;             /* connections at once; 0: 4 */
        unsigned seconds;             /* for each answer; 0: 30 of silence, 60 with all tries */
        _Atomic uint64_t *read_count; /* counts objects as they come; may be NULL */
};

struct entry_text {
        struct str name, text;
};

struct entries {
        VEC(struct entry_text) items; /* sorted by name, no name twice */
        VEC(struct problem) problems; /* what could not be read, sorted */
};

/* Lists what the server has. Never fails: what cannot be had is a problem. Memory comes from the arena. */
void cluster_read(struct arena *arena, const struct cluster_settings *settings, struct entries *out);

/* Puts entries and problems into their order. */
void entries_sort(struct entries *entries);
