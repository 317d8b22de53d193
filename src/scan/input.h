/* input.h - problems of the input as findings of area "input". */
#pragma once

#include "rulebook/rulebook.h"

/* What reports say about each kind of problem, in the order of enum problem_kind. */
const struct rule_summary *input_summaries(struct arena *arena);

/* The problems of one source. `rules` comes from input_summaries(), other memory from the source's arena. */
void input_findings(const struct rule_summary *rules, struct estate_source *source, struct finding_list *out);

/* Those that belong to no source; memory comes from the estate's arena. */
void input_general_findings(const struct rule_summary *rules, struct estate *estate, struct finding_list *out);

/* Every rule that a finding may name, sorted by id: those of the book, and what input and exceptions may have. */
const struct rule_summary *input_and_rule_summaries(struct arena *arena, const struct rule_summary *rules,
                                                    const struct rulebook *book, size_t *count);
