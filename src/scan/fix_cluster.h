/* fix_cluster.h - repairs of what lives in a cluster are sent to it. */
#pragma once

#include "kube/apply.h"
#include "scan/fix.h"

/* Whether a file of repairs is an object of the live cluster. */
bool fix_is_live(const struct fix_file *file);

/* After fix_plan(): refuses what has to be repaired elsewhere, because a controller would undo it. */
void fix_cluster_plan(struct fix *fix, const struct scan *scan);

/* Sends each object that has changes, and those that are added. What the server does not take becomes impossible, with its reason, and
 * is the file's `trouble`; then false. */
bool fix_cluster_send(struct fix *fix, struct applier *applier);
