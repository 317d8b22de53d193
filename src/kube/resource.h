/* resource.h - what people call resources, and what the API server does: "deploy" is deployments of apps. */
#pragma once

#include "kube/estate.h"

struct kube_resource {
        struct str group, name, singular, kind;
        struct str short_names; /* with spaces between */
        bool namespaced;
};

/* The resource that a word means: a plural, singular or short name, or a kind, in any case, alone or with ".GROUP" or
 * ".VERSION.GROUP" behind it. Of several groups, the one that the API server prefers. Those that the CustomResourceDefinitions of
 * `estate` (may be NULL) add count, too. NULL if it is none that is known. */
const struct kube_resource *kube_resource_find(struct arena *arena, const struct estate *estate, struct str word);

/* The resource of Kubernetes itself with exactly these names, or NULL. */
const struct kube_resource *kube_resource_of(struct str group, struct str name);

/* All resources of Kubernetes itself. */
const struct kube_resource *kube_resources(size_t *count);
