/* except.h - findings that somebody decided to keep, applied between judging and reporting.
 *
 * Exceptions come from the settings file, from annotations of an object or its pod template (strake.dev/except.RULE), and from the
 * labels with which users of kubeaudit do the same. An exception that has expired, that names no rule or that nothing needs is
 * itself a finding. docs/exceptions.md says it to people. */
#pragma once

#include "rulebook/rulebook.h"
#include "scan/config.h"

struct except_settings {
        struct config *config;
        const struct rulebook *book;
        struct str today; /* YYYY-MM-DD */
        bool tell_unused; /* every rule was judged by, so what excepts nothing is not needed */
};

/* False with `err`, which has file, line and column, when the settings file excepts from a rule that does not exist. */
bool except_check(const struct config *config, const struct rulebook *book, struct err *err);

/* Applies the exceptions to what was found in one source. Findings that kubeaudit's settings switch off are taken away. Called from
 * many threads, each with a source. */
void except_source(const struct except_settings *settings, struct estate_source *source, struct arena *scratch,
                   struct finding_list *found);

/* Appends what is wrong with the exceptions of the settings file itself. */
void except_conclude(const struct except_settings *settings, struct arena *arena, struct finding_list *found);

/* The rules of these findings: unused-exception and expired-exception. */
enum { EXCEPT_SUMMARIES = 2 };
extern const struct rule_summary except_summaries[EXCEPT_SUMMARIES];
