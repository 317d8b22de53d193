/* notify.h - what happens in folders, as the kernel tells it (inotify(7)).
 *
 * A folder is watched under a name that is put before the names of what happens in it: "deploy/" for a folder that was reached as
 * "deploy", "" for the current one. One folder may have several names. */
#pragma once

#include "base/err.h"
#include "base/vec.h"

enum notify_kind {
        NOTIFY_WRITTEN,  /* a file was closed after writing, or another one took its name: its content is whole */
        NOTIFY_TOUCHED,  /* a file is being written, or who may read it has changed */
        NOTIFY_APPEARED, /* a name is new */
        NOTIFY_VANISHED, /* a name is gone */
        NOTIFY_LOST,     /* the folder itself is gone, or events were lost: nobody knows what happened */
};

struct notify_event {
        enum notify_kind kind;
        struct str prefix; /* of the folder */
        struct str name;   /* in it; empty for NOTIFY_LOST */
        bool is_folder;
};

struct notify_folder {
        int watch;
        struct str prefix;
};

struct notify {
        int file; /* to wait for: readable when something happened */
        struct arena arena;
        VEC(struct notify_folder) folders;
};

/* False with `err` if the system has no more of this. */
bool notify_open(struct notify *notify, struct err *err);

/* Watches a folder; `*added` is set if it was not watched under this name. One that is not there or may not be read is passed over:
 * nobody can see what happens in it. False with `err`, which says what to do, when the system's limit is reached. */
bool notify_add(struct notify *notify, struct str prefix, bool *added, struct err *err);

/* Hands over everything that has happened by now. */
void notify_take(struct notify *notify, void (*handle)(void *context, const struct notify_event *event), void *context);

void notify_close(struct notify *notify);
