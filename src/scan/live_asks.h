/* live_asks.h - which sources asked for what: from a key to whoever must be judged again when it is touched. */
#pragma once

#include "scan/live.h"

/* Makes `asked` what a source asked for, instead of what it asked for before; an empty set: nothing. */
void live_asks_set(struct live *live, struct live_source *source, const struct key_set *asked);

/* Marks the sources dirty that asked for one of these. */
void live_asks_touch(struct live *live, const struct key_set *touched);

void live_asks_free(struct live *live);
