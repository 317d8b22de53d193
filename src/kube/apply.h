/* apply.h - changing objects of a cluster by server-side apply.
 *
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/ : what is sent says the fields that are to be set and no others, and
 * the server keeps who set which. So what somebody else manages is changed only when that is asked for, and the error names them. What
 * Strake set before goes along each time, because what a manager no longer sends is taken away. */
#pragma once

#include "kube/cluster.h"

struct applier;

struct applier_settings {
        const struct cluster_settings *cluster;
        bool force;   /* take over what others manage */
        bool dry_run; /* the server checks everything and keeps nothing */
};

/* Finds out whom to ask. Belongs to the arena. NULL with `err`. */
struct applier *applier_open(struct arena *arena, const struct applier_settings *settings, struct err *err);

/* Makes an object of the cluster, which stands under `entry` (cluster.h) and is `before`, what it is in `after`. False with `err`, which
 * says who manages what, what is not allowed or what the server minds. */
bool applier_change(struct applier *applier, struct str entry, const struct value *before, const struct value *after,
                    struct err *err);

/* Adds an object. */
bool applier_add(struct applier *applier, const struct value *object, struct err *err);

/* --- pieces, for tests --- */

/* What to send to make `before` into `after`: nothing but what differs, and who it is about. Lists that the server merges by a key are
 * merged only in kinds of Kubernetes itself (`is_known`); all others are sent whole. False with `err` if something cannot be taken away
 * in this way. */
bool apply_difference(struct arena *arena, const struct value *before, const struct value *after, bool is_known,
                      struct value *out, struct err *err);

/* What a manager has set by server-side apply in an object, as its managedFields say; null if nothing. */
struct value apply_owned(struct arena *arena, const struct value *live, struct str manager);

/* The same with the items of merged lists in the order in which the object has them, new ones behind: the server takes the order of what
 * it is sent, and that of init containers counts. */
struct value apply_in_order(struct arena *arena, const struct value *config, const struct value *live);

/* `over` on top of `base`, as the server would merge them. */
struct value apply_overlay(struct arena *arena, const struct value *base, const struct value *over);
