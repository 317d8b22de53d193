/* intern.h - text as a number: equal text, equal number, for as long as the program runs.
 *
 * Keys of objects are interned, so that looking one up compares integers. Safe to call from many threads; finding what is
 * already there takes no lock. The table only grows. */
#pragma once

#include "base/str.h"

/* The number of a text, from 1; the text is copied when it is new. */
uint32_t intern(struct str text);

/* The number of a text, 0 if it was never interned. */
uint32_t intern_find(struct str text);

/* The text of a number that intern() gave out; that of 0 is empty. */
struct str intern_text(uint32_t number);

/* One more than the largest number given out so far. */
uint32_t intern_limit(void);
