/* related.h - evidence for findings that stands in other objects. */
#pragma once

#include "scan/scan.h"

/* Adds to each finding about a Role or ClusterRole the bindings that give it to somebody, to each about an image the containers that run
 * it, and sets line and column of all
 * evidence. When all is judged, on one thread. */
void related_finish(struct scan *scan);

/* Takes evidence in other objects away: of findings that outlive what they are about. */
void related_drop(struct finding_list *findings);
