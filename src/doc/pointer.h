/* pointer.h - JSON Pointer (RFC 6901). */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "doc/value.h"

/* The node that a pointer names below `root`; NULL if it is not there. The empty pointer names `root` itself.
 * When it is not there and `nearest` is not NULL, it gets the deepest node on the way that exists. `root` is a node so that
 * its position is known: {.at = document.at, .value = document.root}. */
const struct node *pointer_find(const struct node *root, struct str pointer, const struct node **nearest);

/* Whether the text is a JSON Pointer; `err` says why not. */
bool pointer_check(struct str pointer, struct err *err);

/* Appends "/" and the escaped name. */
void pointer_add(struct buf *pointer, struct str name);

/* Takes the first part off a pointer, unescaped into the arena where needed. False when it is used up. */
bool pointer_take(struct arena *arena, struct str *pointer, struct str *part);

/* The list index that a part is: digits without leading zeros. "-", the place behind the last item, is none. */
bool pointer_index(struct str part, uint32_t *index);
