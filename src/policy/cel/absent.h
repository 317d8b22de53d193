/* absent.h - what a condition comes to when a key does not occur.
 *
 * The condition is looked at with one key imagined away: has(x.key) is false, x.?key holds nothing, whatever x is. When that
 * makes it true for certain, without an error and without costs that depend on what is looked at, nobody needs to ask it
 * of an object without that key. What this relies on (that no list stands where a member is asked for, that loops go over lists
 * or maps) is noted in cel_keys and looked for when the object is. */
#pragma once

#include "policy/cel/compile.h"
#include "policy/cel/many.h"

/* The bits of the keys without any of which the condition is true; *is_always_true without imagining anything. */
void cel_absent(const struct cel_tree *tree, const struct cel_known *known, struct cel_keys *keys, uint64_t *needs,
                bool *is_always_true);

/* Whether the condition has a pattern that is not known before it runs. */
bool cel_has_open_pattern(const struct cel_node *node);
