/* follow.h - a cluster that is followed: everything that a scan reads, and then each change of it.
 *
 * In a thread of its own each resource is listed (list.h), and then watched from where the list ended, with bookmarks, so that a
 * connection that breaks is taken up again where it was. When the server no longer knows that place (410) the resource is listed
 * again, and what is not there any more is gone. What fails is tried again with growing pauses; when it has failed for as long as a
 * scan would wait, that is a problem until it goes well again, and what was read stays. What may not be watched is listed again
 * twice a minute. When kinds of objects come or go, they are discovered again.
 *
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes */
#pragma once

#include "kube/cluster.h"

struct cluster_follow;

struct cluster_change {
        struct str name; /* as findings give it (cluster.h) */
        struct str text; /* what is kept of the object now */
        bool is_gone;
};

/* What has happened since it was asked last. */
struct cluster_news {
        struct arena arena;
        VEC(struct cluster_change) changes; /* in order; a name may have several */
        VEC(struct problem) problems;       /* if they changed: all there are now */
        VEC(struct str) notes;              /* for a person to know, each once */
        bool problems_changed;
        size_t kind_count; /* how many resources are followed */
};

/* Begins to follow. The settings must live as long. The first news come when everything was listed, or cannot be. NULL with `err`, which
 * says what to do, if nobody can be asked. */
struct cluster_follow *cluster_follow_begin(const struct cluster_settings *settings, struct err *err);

/* Readable while there are news. */
int cluster_follow_file(const struct cluster_follow *follow);

/* Takes the news, which are the caller's now; free their arena. */
void cluster_follow_take(struct cluster_follow *follow, struct cluster_news *news);

/* Ends it. NULL is fine. */
void cluster_follow_end(struct cluster_follow *follow);
