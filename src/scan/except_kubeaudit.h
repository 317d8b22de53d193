/* except_kubeaudit.h - what kubeaudit's labels and settings do to findings. */
#pragma once

#include "rulebook/rulebook.h"
#include "scan/config.h"
#include "scan/mark.h"

/* Indexes of findings in a list. */
struct finding_refs {
        size_t *items;
        size_t count, capacity;
};

/* Capabilities that may be added except the finding; auditors that are switched off take their references away, and the finding
 * with the last of them: false then. */
bool kubeaudit_apply_settings(const struct config *config, struct arena *arena, struct finding *finding);

/* Excepts the finding if a label does, and calls its results "…Allowed". */
void kubeaudit_except(struct arena *arena, struct finding *finding, struct mark_list *marks);

/* Whether kubeaudit complains that a label has nothing to except, in one container at least: the first. `of_object` are the findings
 * of the object in `found`. */
bool kubeaudit_is_redundant(const struct object *object, const struct mark_list *marks, const struct mark *mark,
                            const struct finding_list *found, const struct finding_refs *of_object,
                            struct str *in_container);
