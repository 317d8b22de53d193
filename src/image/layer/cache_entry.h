/* cache_entry.h - what was found in a layer, as bytes. Numbers are little-endian. */
#pragma once

#include "base/buf.h"
#include "image/layer/layer.h"

void cache_write_entry(struct buf *out, const struct layer_observers *observers, const struct layer_found *found);

/* Texts point into `text`, which must stay. False when it is no entry. */
bool cache_read_entry(struct str text, const struct path_key *key, const struct layer_observers *observers,
                      struct layer_found *out);
