/* edit_narrow.h - a map in place of another as changes of its members, so that what stays the same is not written anew. */
#pragma once

#include "doc/patch.h"

/* The smaller steps that do the same as `step`. False if it does not replace a map by one with a member of the same name, or if
 * that would take more than a few dozen steps. */
bool edit_narrow(struct arena *arena, const struct value *root, const struct patch_step *step, struct patch *out);
