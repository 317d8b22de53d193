/* group.h - findings as people want to read them: by area, the worst first, those of one rule together. */
#pragma once

#include "report/finding.h"

struct finding_group {
        const struct finding *const *findings; /* of one rule, in the order of the report */
        size_t count;
};

struct finding_groups {
        VEC(struct finding_group) groups; /* by area, severity, and place of the first finding */
};

/* Groups the open findings of a finished report: those of one rule in one object, or, with `by_rule`, in all of them. */
void finding_groups_make(struct arena *arena, const struct report *report, bool by_rule, struct finding_groups *out);
