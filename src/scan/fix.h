/* fix.h - strake fix as a library: what a scan found is repaired where it can be, proved, written, and scanned again.
 *
 * fix_plan() works everything out and writes nothing. fix_write() replaces the files. fix_leave() makes the scan one of what
 * is there afterwards, or would be. */
#pragma once

#include "report/fixes.h"
#include "scan/scan.h"

struct fix_settings {
        const struct scan_settings *scan;
        bool unsafe; /* make the repairs, too, that could break a workload */

        /* Whether a person wants a repair; asked in the order of findings, from this thread. NULL: yes. */
        bool (*choose)(void *context, const struct finding *finding);
        void *context;
};

struct fix {
        struct arena arena;
        struct arena *workers; /* one for each source with something to repair */
        struct fixes fixes;
        struct finding_list found; /* what the items point to, after fix_leave() */
        VEC(struct arena) old;     /* of sources that hold another text by now */
        size_t *sources;           /* of each file: its index in the estate */
};

/* The rules by which repairs are proved: all, even if the scan was limited to some. NULL with `err` if one is wrong. */
struct rulebook *fix_proof(struct arena *arena, struct rulebook *book, const struct rulebook_settings *rules,
                           struct err *err);

/* Works out the repairs of what is open in the scan's report. False with `err` if a rule is wrong. */
bool fix_plan(struct fix *fix, struct scan *scan, const struct fix_settings *settings, struct err *err);

/* Replaces every file that has changes. Where that fails, the file has its old content, the repairs of it become impossible, and
 * the file's `trouble` says why; then false. */
bool fix_write(struct fix *fix);

/* Gives up a file: nothing of it was or will be written, its repairs become impossible for this reason, which is its `trouble`. */
void fix_give_up(struct fix *fix, size_t file, struct str why);

/* Leaves a file as it is, though it could be changed: its repairs become impossible for this reason, and that is no failure. */
void fix_refuse(struct fix *fix, size_t file, struct str why);

/* Judges what was written, or would be: the scan's report becomes that. */
void fix_leave(struct fix *fix, struct scan *scan, const struct scan_settings *settings);

/* Makes the source of a file hold another text; what was found in the old one stays. */
void fix_become(struct fix *fix, struct scan *scan, size_t file, struct str text);

/* Before scan_free(). */
void fix_free(struct fix *fix);
