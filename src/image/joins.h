/* joins.h - containers and the images that they run.
 *
 * The join is described where it is written; docs/rules-format.md lists it with its facts. */
#pragma once

#include "rulebook/join.h"

extern const struct join join_container_image; /* container.c */
