/* cage_spared.c - builds with sanitizers: at their end they look at their own memory from another process. */

#include "base/cage.h"

const bool cage_is_used = false;
