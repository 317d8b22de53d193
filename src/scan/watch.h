/* watch.h - a scan that follows the files: who tells it what, and when it judges again.
 *
 * A file that was written, or replaced under its name, is read and judged at once. What looks like half of something (a file that
 * is being written, a name that is gone or new, a burst) waits until it is quiet for a moment, because editors write beside and
 * rename, and checkouts change many files.
 *
 * A cluster is followed beside (kube/follow.h); what it tells waits until it is quiet for a moment, too. */
#pragma once

#include "base/notify.h"
#include "kube/follow.h"
#include "scan/live.h"

struct watch {
        struct live live;
        struct notify notify;
        struct cluster_follow *cluster; /* NULL: none is followed */
        size_t kind_count;              /* of it */
        bool cluster_changed;           /* something waits */
        VEC(struct str) inputs;         /* as they are named in their folders */
        VEC(struct str) settings; /* files on which the settings depend; folders of rules with a slash at their end */
        struct arena arena;
        VEC(struct live_source *) dirty; /* to be read again */
        struct key_set dirty_set;        /* the same, by address */
        bool walk;                       /* files came or went */
        bool settings_changed;
        bool wants_quiet;     /* more may come of what waits */
        size_t half_count;    /* files that are being written */
        uint64_t first, last; /* when what waits began, and went on; nanoseconds */
        uint64_t settled;     /* when it was last judged */
};

/* Reads and judges everything. `more` are other files that count as settings (strake.yaml, a baseline): when
 * one changes, `settings_changed` is set. False with `err`; call watch_close() in both cases. */
bool watch_open(struct watch *watch, const struct scan_settings *settings, const struct baseline *baseline,
                const struct str *more, size_t more_count, struct err *err);

/* Follows a cluster too, whose first news are to be waited for (`cluster_follow_file()`) before anything is told. The settings given to
 * watch_open() must not have it. */
bool watch_follow_cluster(struct watch *watch, const struct cluster_settings *settings, struct err *err);

/* To be called when the cluster has news: takes note of them. What a person should know is said by `say`. */
void watch_notice_cluster(struct watch *watch, void (*say)(void *context, struct str note), void *context);

/* Begins to watch, and judges what has changed since. False with `err` if folders cannot be watched; the scan goes on without. */
bool watch_follow(struct watch *watch, struct err *err);

/* To be called when `notify.file` can be read: takes note of what happened. */
void watch_notice(struct watch *watch);

/* How many milliseconds to wait until watch_settle() should be called; -1: nothing waits. */
int watch_wait(const struct watch *watch);

/* Reads and judges what waits; the changes as live_settle() gives them. NULL with `err` if folders can no longer be watched. */
const struct live_changes *watch_settle(struct watch *watch, struct err *err);

void watch_close(struct watch *watch);
