/* index_key.h - maps whose keys have several parts: what indexes are made of. */
#pragma once

#include "base/map.h"
#include "kube/index.h"

/* A key of several parts in one text: parts are told apart by a byte that no name has. */
struct composed {
        char bytes[512];
        struct str text;
};

/* Empty if the parts are too long: such names no cluster takes, they are never found. */
struct str index_compose(struct composed *out, const struct str *parts, size_t count);

/* The slot of a composed key, which is copied when it is new; NULL if there is none. */
void **index_slot(struct arena *arena, struct map *map, const struct str *parts, size_t count);

void *index_get(const struct map *map, const struct str *parts, size_t count);

/* The namespaces in which somebody of a namespace looks, one after the other: its own, none, and from none `default`. */
bool index_look_in(struct str ns, size_t place, struct str *out);
