/* baseline.h - an earlier report, so that a scan complains only about what is new.
 *
 * Findings are told by their fingerprints, which survive moved lines and renamed files. */
#pragma once

#include "base/err.h"
#include "base/map.h"
#include "report/finding.h"

struct baseline {
        struct map fingerprints;
};

/* Reads what `-o baseline` prints (strake.baseline/1), or a report as `-o json` does (strake.report/1), whatever the status of its
 * findings. The fingerprints point into
 * `text` or live in the arena. */
bool baseline_read(struct arena *arena, struct str text, struct baseline *out, struct err *err);

/* Open findings that the baseline has become known. */
void baseline_mark(const struct baseline *baseline, struct finding *findings, size_t count);

/* The same with all of a report, and the report's sums are made again. What kept input from being judged
 * stays open: it was not judged today either. */
void baseline_apply(const struct baseline *baseline, struct report *report);
