/* paths.h - paths of an image: cleaned, and as numbers.
 *
 * An image may have millions of paths, so those that nobody shows are kept as 64-bit hashes. Two paths with the same hash would
 * be taken for one; so that nobody can make such paths, the hash is keyed with a secret that is drawn at random and kept with
 * the cache. No result depends on the secret. */
#pragma once

#include "base/str.h"

enum { PATH_SECRET = 192, PATH_MOST = 16384, PATH_DEPTH = 8192 };

struct path_key {
        unsigned char secret[PATH_SECRET];
};

/* A secret drawn at random. */
void path_key_draw(struct path_key *key);

/* The hash of a clean path. */
uint64_t path_hash(const struct path_key *key, struct str path);

/* Cleans a path as it stands in an archive: no slash at its beginning or end, no empty or "." parts, ".." takes the part before
 * it away. The root is empty. Points into `path` where it is clean already, else into the arena. False when it climbs out of
 * the root, has a zero in it, or is longer than PATH_MOST. */
bool path_clean(struct arena *arena, struct str path, struct str *out);

/* The folder that holds a clean path (empty: the root), and the last part. */
struct str path_parent(struct str path);
struct str path_name(struct str path);
