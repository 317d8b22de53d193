/* observe.h - what is looked for in a layer while it passes by, beside packages: hygiene, secrets.
 *
 * An observer is a constant in a file of its own. It sees the entries of one layer in their order, and the content of those that it
 * wants, on one thread and without knowing of other layers; what it found is its state, in the arena of the layer. Whether a path is
 * still there in the merged image is decided later, from the tables of all layers (view.h). States are kept in the cache under the
 * layer's digest and the observer's name and version, so that a layer is read once.
 *
 * catalog_settings names those that a reading has; catalog.found has their states. */
#pragma once

#include "base/buf.h"
#include "image/archive/paths.h"
#include "image/archive/tar.h"
#include "image/layer/table.h"

struct layer_found;

struct layer_entry {
        const struct tar_entry *tar;
        struct str path;     /* clean, not empty; stays until the next entry */
        enum path_kind kind; /* a whiteout is named as it stands: "etc/.wh.passwd" */
        uint64_t hash;       /* of the path, as the layer's table has it */
        bool again;          /* the layer had an entry of the same path before, which no longer counts */
        struct path_note *
                note; /* of the path in the layer's table (table.h), 0 at first; NULL unless the observer takes notes */
};

struct layer_observer {
        const char *name;
        unsigned version; /* raised when what it finds changes */
        bool takes_notes; /* writes notes of paths into the layer's table; one observer of a reading may */

        /* A state for one layer, in `found->arena`; problems of the layer go to layer_problem(found, ...). `context` is what the
         * observer works with, the same for all layers and threads. */
        void *(*begin)(struct layer_found *found, const struct path_key *key, void *context);

        /* Returns whether it wants the content, which only a file has. */
        bool (*entry)(void *state, const struct layer_entry *entry);

        /* The content in order, without gaps, and its end. NULL where entry() never wants any. False: the rest does not matter. */
        bool (*piece)(void *state, uint64_t at, struct str piece);
        void (*end)(void *state);

        /* After the last entry. May be NULL. */
        void (*finish)(void *state);

        /* The state as bytes, and back: texts may point into `text`, which stays. False when it is no such state. */
        void (*write)(const void *state, struct buf *out);
        bool (*read)(struct layer_found *found, struct str text, void *context, void **state);
};

enum { OBSERVERS_MOST = 4 };

struct layer_observers {
        const struct layer_observer *items[OBSERVERS_MOST];
        size_t count;
        void *contexts[OBSERVERS_MOST]; /* NULL where none is needed */
};
