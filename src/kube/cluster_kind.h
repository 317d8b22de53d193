/* cluster_kind.h - which resources of a cluster are read, what their objects are called, and what is kept of them.
 *
 * What the reader of a cluster (cluster.c) and who follows one (follow.c) have in common. */
#pragma once

#include "base/buf.h"
#include "kube/cluster.h"
#include "kube/discover.h"
#include "kube/list.h"

/* "deployments.apps", "pods". */
struct str cluster_kind_name(struct arena *arena, const struct api_resource *resource);

/* Whether its objects are to be read. */
bool cluster_kind_is_wanted(const struct cluster_settings *settings, const struct api_resource *resource,
                            struct str name);

/* Where to list its objects: "/apis/apps/v1/namespaces/shop/deployments". */
struct str cluster_kind_path(struct arena *arena, const struct cluster_settings *settings,
                             const struct api_resource *resource);

/* What findings call an object of it (cluster.h). False with `err` if the object has no name. */
bool cluster_kind_entry(struct arena *arena, const struct api_resource *resource, const struct value *object,
                        struct str *name, struct err *err);

/* Appends what is kept of an object (keep.h). */
void cluster_kind_keep(struct arena *scratch, const struct api_resource *resource, const struct value *object,
                       struct buf *text);

/* "may not list secrets in namespace x as user y: …", or what else went wrong. `verb` is "list" or "watch"; `user` is for servers that
 * do not say who we are. */
struct str cluster_kind_why(struct arena *arena, const struct cluster_settings *settings,
                            const struct api_resource *resource, const char *verb, struct str user,
                            const struct list_result *result, struct str why);

/* A resource that went away since it was discovered has no objects; one that cannot be listed after all has none to show. */
bool cluster_kind_is_gone(const struct list_result *result);

/* Tells which groups could not be discovered. */
void cluster_add_gaps(struct arena *arena, const struct cluster_settings *settings, const struct discovery *discovery,
                      struct entries *out);

/* One more problem of a cluster. The texts are copied. */
void cluster_add_problem(struct arena *arena, struct entries *out, enum problem_kind kind, struct str file,
                         struct str message);
