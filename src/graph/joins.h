/* joins.h - ways to cluster-admin as findings.
 *
 * The join is described where it is written; docs/rules-format.md lists it with its facts. */
#pragma once

#include "graph/paths.h"
#include "rulebook/join.h"
#include "rulebook/rulebook.h"

extern const struct join join_way_to_cluster; /* ways.c */

/* The ways that a scan reports, of what the join has prepared. */
const struct paths *ways_of(const void *prepared);
