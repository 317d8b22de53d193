/* platform.h - on which processors the Pods of an object may run, as far as manifests say so.
 *
 * A Pod runs where its node selector and the required terms of its node affinity let it, by the label kubernetes.io/arch. Where they
 * say nothing, the nodes that were shown decide; without any, nobody knows. Names are those of Go and of images: amd64, arm64. */
#pragma once

#include "kube/index.h"

enum { PLATFORM_MOST = 8 };

struct pod_platform {
        struct str os; /* that the Pod or its node selector asks for; empty: none */
        struct str architectures[PLATFORM_MOST];
        size_t count;    /* 0: not known */
        const char *why; /* "node selector", "node affinity", "nodes"; NULL with 0 */
        const char *at;  /* where below the pod template it stands; NULL for nodes */
};

/* What the pod template asks for. Texts are those of the object. */
void pod_platform_read(const struct object *object, struct pod_platform *out);

/* Adds the architecture of a Node to those of others; returns how many they are then. More than PLATFORM_MOST, from which it does not
 * come back: one says none, or they are too many. */
size_t platform_add_node(const struct object *node, struct str architectures[PLATFORM_MOST], size_t count);

/* The one platform, "linux/arm64", for which a Pod needs its images; empty if that is not known. `nodes` is the architecture of all nodes that
 * were shown, empty if there is none such. */
struct str pod_platform_wanted(struct arena *arena, const struct object *object, struct str nodes);
