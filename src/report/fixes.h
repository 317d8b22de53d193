/* fixes.h - what `strake fix` did and did not do: plain data for its printers. */
#pragma once

#include "doc/edit.h"
#include "report/format.h"

enum fix_outcome {
        FIX_DONE,       /* repaired, and the proof of it was run */
        FIX_PROPOSED,   /* could break the workload: repaired only when asked for */
        FIX_DECLINED,   /* the person said no */
        FIX_IMPOSSIBLE, /* `why` says why */
        FIX_OUTCOME_COUNT
};

/* A finding that has a repair, and what became of it. */
struct fix_item {
        const struct finding *finding;
        enum fix_outcome outcome;
        struct str why;
};

struct fix_file {
        struct str name;
        struct str before, after; /* texts */
        struct text_edits edits;  /* that make the second of the first */
        struct fix_item *items;   /* in the order of findings */
        size_t item_count;
        bool is_file;       /* can be replaced under its name */
        bool changed;       /* `after` is another text */
        struct str trouble; /* why it could not be written: nothing was, then */
};

struct fixes {
        struct fix_file *files; /* those with an item, in the order of their names */
        size_t file_count;
        size_t outcomes[FIX_OUTCOME_COUNT], changed_files;
        bool dry_run;
        const struct report *left; /* what a scan finds afterwards */
};

/* "fixed", "proposed", "declined", "impossible". */
struct str fix_outcome_name(enum fix_outcome outcome);

/* For people: by file what was done, what was not and why, and what to check before the rest. */
void fixes_print_text(struct buf *out, const struct fixes *fixes, const struct format_settings *settings);

/* docs/schema/strake.fix-1.json */
void fixes_print_json(struct buf *out, const struct fixes *fixes);

/* All changes as one unified diff that patch(1) and `git apply` take; with `escape`, fit for a terminal. */
void fixes_print_diff(struct buf *out, const struct fixes *fixes, bool color, bool escape);
