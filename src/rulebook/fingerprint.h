/* fingerprint.h - what tells a finding from all others, for as long as its object exists.
 *
 * It is made of the rule, the object's identity, and the place in the object with names instead of indexes: so it survives
 * moved lines, reordered documents, containers and variables, and renamed files. */
#pragma once

#include "base/buf.h"
#include "report/finding.h"

enum { FINGERPRINT = 32 }; /* digits */

/* The fingerprint of what these parts make up. `scratch` is written over. */
void fingerprint_of(struct buf *scratch, const struct str *parts, size_t count, char out[FINGERPRINT + 1]);

/* Gives findings that have the same fingerprint different ones, by their order. */
void fingerprint_separate(struct arena *scratch, struct finding *findings, size_t count);
