/* replace.h - giving a file other content in one step.
 *
 * The new content is written beside the file and takes its name when all of it is on the disk, so whoever opens the file sees
 * the old or the new content and nothing between. Access rights, access control lists, owner and the attributes that people
 * set (user.*) stay. A link stays one: the file that it leads to is replaced. (Another name of the same file, a hard link,
 * keeps the old content.) */
#pragma once

#include "base/err.h"

/* Replaces what a regular file holds, if it still is `before`. False with `err` and an untouched file if it is not, or if the
 * file is read-only, no regular file, or its owner or its attributes cannot be kept. */
bool file_replace(const char *name, struct str before, struct str after, struct err *err);
