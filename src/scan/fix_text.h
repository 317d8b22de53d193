/* fix_text.h - repairing one text and proving it.
 *
 * All repairs of a text are made at once and what that gives is judged again. An object of which a repaired finding is still
 * found, or a new one is, goes back to what it was, and its repairs are made one by one from then on, so that only the guilty
 * one is refused. A new finding that has a repair of its own gets it first: taking one thing away often shows another. */
#pragma once

#include "kube/estate.h"
#include "report/fixes.h"
#include "rulebook/rulebook.h"
#include "scan/except.h"

struct fix_text_settings {
        const struct rule_summary *input_rules; /* of scan/input.h */
        const struct rulebook *proof;           /* judges what was made: every rule, whatever the scan was limited to */
        const struct except_settings *except;   /* what may stay */

        /* Whether a finding that a repair has brought to light may be repaired too. */
        bool (*may_follow)(const void *context, const struct finding *finding);
        const void *context;
};

/* Repairs the items of `file` that are FIX_DONE by now, those that are to be repaired, and makes the others of them
 * FIX_IMPOSSIBLE; sets `after`, `edits` and `changed`. `source` is what `file->before` was read into. All of it takes memory
 * from `arena`. */
void fix_text(struct arena *arena, const struct estate_source *source, const struct fix_text_settings *settings,
              struct fix_file *file);

/* Whether a finding's repair is an object to add (fix_add.h). */
bool fix_adds_object(const struct finding *finding);

/* What a finding is about, however lines and list positions move: its object, container and rule. `unit` gets the part of it
 * that stands for the object. */
struct str fix_key(struct arena *arena, const struct finding *finding, struct str *unit);
