/* lifecycle.h - since when a version of an API is there, deprecated and gone.
 *
 * After the API deprecation guide of Kubernetes and the lifecycle notes in k8s.io/api. Only versions that are deprecated are
 * listed. All numbers are minor versions of Kubernetes 1. */
#pragma once

#include "base/str.h"

struct lifecycle {
        struct str api_version, kind;
        uint32_t introduced, deprecated, removed;
        struct str replacement; /* the apiVersion to use instead; empty: there is none */
};

/* NULL if the version is not deprecated, or not known. */
const struct lifecycle *lifecycle_of(struct str api_version, struct str kind);
