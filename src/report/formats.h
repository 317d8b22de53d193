/* formats.h - the printers behind report_formats, and what several of them need. */
#pragma once

#include "report/format.h"
#include "report/json_writer.h"

void report_print_text(struct buf *out, const struct report *report, const struct format_settings *settings);
void report_print_json(struct buf *out, const struct report *report, const struct format_settings *settings);
void report_print_sarif(struct buf *out, const struct report *report, const struct format_settings *settings);
void report_print_junit(struct buf *out, const struct report *report, const struct format_settings *settings);
void report_print_github(struct buf *out, const struct report *report, const struct format_settings *settings);
void report_print_html(struct buf *out, const struct report *report, const struct format_settings *settings);

/* Between findings: hands over what was printed, once it is much. */
void report_flush(struct buf *out, const struct format_settings *settings);

/* The member "references" of a finding or a rule, a list. */
void report_print_references(struct json_writer *writer, const struct reference *references, size_t count);
