/* fix_add.h - repairs that add an object, which only the whole estate can prove.
 *
 * When everything else is repaired, the objects are put behind the last document of the files whose findings ask for them,
 * everything is judged again, and what does not repair its finding, or brings a new one anywhere, goes out again. */
#pragma once

#include "scan/fix.h"

/* Makes those of the items that are FIX_DONE by now and add an object, or makes them FIX_IMPOSSIBLE. `proof` looks at the estate
 * of the scan afterwards, whose sources hold what the files are to be. */
void fix_add(struct fix *fix, struct scan *scan, struct rulebook *proof, unsigned threads);
