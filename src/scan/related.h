/* related.h - evidence for findings that stands in other objects. */
#pragma once

#include "scan/scan.h"

/* Adds to each finding about a Role or ClusterRole the bindings that give it to somebody, and sets line and column of all
 * evidence. When all is judged, on one thread. */
void related_finish(struct scan *scan);
