/* fix_merge.h - the repairs of several findings in one document as one patch.
 *
 * Each finding has a patch of its own against the document as it is. Two that make the same parents, or set the same value, go
 * together; two that contradict each other do not, and the later one has to wait until the first has been made. */
#pragma once

#include "doc/patch.h"

/* A patch that does what as many of `patches` do as go together; `taken[i]` says which. At least one is taken, if there is
 * any. Steps that do not concern each other stand side by side in it, as edit_plan() likes them. */
void fix_merge(struct arena *arena, const struct value *document, const struct patch *const *patches, size_t count,
               bool *taken, struct patch *out);
