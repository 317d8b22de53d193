/* autoscaler.h - which HorizontalPodAutoscaler scales a workload. */
#pragma once

#include "kube/index.h"

/* For autoscaler_of(); NULL if nothing is scaled. */
const void *autoscalers_prepare(struct arena *arena, const struct index *index);

/* The autoscaler whose target the object is; NULL if there is none. */
const struct object *autoscaler_of(const void *prepared, const struct index *index, const struct object *object);
