/* store.h - where the files of an image lie: a folder, or a tar archive, plain or packed.
 *
 * An archive is gone through once to learn where its files are; contents are passed over, not read, unless it is packed. Then
 * places from which unpacking can go on are remembered, so that a file is found without unpacking all that stands before it. */
#pragma once

#include "base/map.h"
#include "image/archive/source.h"

struct store;

/* Opens a folder. It is closed when the arena is freed. NULL with `err`. */
struct store *store_open_folder(struct arena *arena, struct str name, struct err *err);

/* Opens a tar archive and reads its table of contents. NULL with `err`. */
struct store *store_open_archive(struct arena *arena, struct str name, struct err *err);

/* Files that are somewhere else. Any thread may ask. */
struct store_remote {
        bool (*read)(struct store_remote *remote, struct arena *arena, struct str name, uint64_t most, struct str *out,
                     struct err *err);
        struct byte_source *(*open)(struct store_remote *remote, struct str name, struct err *err);
};

struct store *store_open_remote(struct arena *arena, struct str name, struct store_remote *remote) NONNULL_RESULT;
bool store_is_remote(const struct store *store);

/* Whether there is a file of this name. Links are followed inside the store. */
bool store_has(const struct store *store, struct str name);

/* The bytes of a file, and how many there are. NULL with `err`. Any thread may ask. */
struct byte_source *store_open(const struct store *store, struct str name, uint64_t *size, struct err *err);

/* The whole of a file, at most `most` bytes, in the arena. */
bool store_read(struct arena *arena, const struct store *store, struct str name, uint64_t most, struct str *out,
                struct err *err);

/* What tells a file from all others and from itself before it was changed: device, inode, size, times, and where in an archive it
 * stands. False when it cannot be told. */
bool store_identity(struct arena *arena, const struct store *store, struct str name, struct str *out);

/* The folder, open; -1 for an archive. */
int store_folder(const struct store *store);
