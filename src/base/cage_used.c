/* cage_used.c - builds that go into cages. */

#include "base/cage.h"

const bool cage_is_used = true;
