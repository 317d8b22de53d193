/* cover.h - what the findings of a scan say about a framework. */
#pragma once

#include "report/coverage.h"
#include "rulebook/rulebook.h"

/* The coverage of settings->framework, NULL if its controls are not listed; without a framework, each rule is a control. Rules whose findings are less severe than `least`
 * judge nothing here, since those were left out. Findings that are excepted do not count. Lives in the arena. */
const struct coverage *rulebook_cover(struct arena *arena, const struct rulebook *book,
                                      const struct rulebook_settings *settings, const struct estate *estate,
                                      const struct report *report, enum severity least);
