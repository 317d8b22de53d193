/* changes.h - what `strake scan --watch` prints: the state, and then what is new and what is gone. */
#pragma once

#include "report/format.h"

struct report_changes {
        const struct report *report;                    /* what it is now: sums only */
        const struct finding *const *new, *const *gone; /* in the order of reports */
        size_t new_count, gone_count;
};

/* For people: a line for each finding that is new (+) or gone (-), and what it comes to. */
void changes_print_text(struct buf *out, const struct report_changes *changes, bool color);

/* For programs: docs/schema/strake.watch-1.json, one document a line. First the state with all findings, then each change. */
void changes_print_state_json(struct buf *out, const struct report *report);
void changes_print_json(struct buf *out, const struct report_changes *changes);
