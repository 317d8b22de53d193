/* formats.h - the printers behind report_formats, and what several of them need. */
#pragma once

#include "report/format.h"
#include "report/json_writer.h"

void report_print_text(struct buf *out, const struct report *report, const struct format_settings *settings);
void report_print_json(struct buf *out, const struct report *report, const struct format_settings *settings);
void report_print_sarif(struct buf *out, const struct report *report, const struct format_settings *settings);
void report_print_junit(struct buf *out, const struct report *report, const struct format_settings *settings);
void report_print_github(struct buf *out, const struct report *report, const struct format_settings *settings);
void report_print_markdown(struct buf *out, const struct report *report, const struct format_settings *settings);
void report_print_csv(struct buf *out, const struct report *report, const struct format_settings *settings);
void report_print_oscal(struct buf *out, const struct report *report, const struct format_settings *settings);
void report_print_html(struct buf *out, const struct report *report, const struct format_settings *settings);
void report_print_baseline(struct buf *out, const struct report *report, const struct format_settings *settings);
void report_print_kubesec(struct buf *out, const struct report *report, const struct format_settings *settings);
void report_print_kubeaudit(struct buf *out, const struct report *report, const struct format_settings *settings);

/* What the tools say whose formats these are. */
enum format_verdict report_judge_kubesec(const struct report *report);
enum format_verdict report_judge_kubeaudit(const struct report *report);

/* Between findings: hands over what was printed, once it is much. */
void report_flush(struct buf *out, const struct format_settings *settings);

/* The member "references" of a finding or a rule, a list. */
void report_print_references(struct json_writer *writer, const struct reference *references, size_t count);

/* The coverage of a framework: as the member "coverage", and as a table for people. */
void report_print_coverage_json(struct json_writer *writer, const struct coverage *coverage);
void report_print_coverage_text(struct buf *out, const struct coverage *coverage, bool color);

/* Parts of it: "23 controls: 4 failed, …"; the names of at most so many rules; what a control's answer does not say. */
void report_coverage_summary(struct buf *out, const struct coverage *coverage);
void report_coverage_rules(struct buf *out, const struct control_coverage *control, size_t most);
void report_coverage_remark(struct buf *out, const struct control_coverage *control);

/* For terminals: words broken into lines, each after `margin`; "file:line:column: "; "Pod shop/web, container web". */
void report_add_wrapped(struct buf *out, struct str words, const char *margin);
void report_add_place(struct buf *out, const struct finding_location *location);
void report_add_subject(struct buf *out, const struct finding *finding);

/* A finding in one line, as compilers print them. */
void report_add_line(struct buf *out, const struct finding *finding, bool color);

/* Members of a finding in JSON. */
void report_print_object(struct json_writer *writer, const struct finding_object *object);
void report_print_location(struct json_writer *writer, const struct finding_location *location);
void report_print_fix(struct json_writer *writer, const struct finding_fix *fix);

/* A finding in JSON. */
void report_print_finding(struct json_writer *writer, const struct finding *finding);

/* Who says it, as the member "tool". */
void report_print_tool(struct json_writer *writer, struct str name, struct str version);

/* How much was judged as the member "judged". */
void report_print_judged(struct json_writer *writer, const struct report *report);

/* The counts of a report as the members of "summary". */
void report_print_summary(struct json_writer *writer, const struct report *report);
