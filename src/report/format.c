/* format.c - the table of formats. */

#include "report/formats.h"

const struct report_format report_formats[] = {
        {"text", "for people, with excerpts and what to change", report_print_text},
        {"json", "strake.report/1, everything", report_print_json},
        {"sarif", "SARIF 2.1.0, for code scanning and editors", report_print_sarif},
        {"junit", "JUnit XML, for test reports of CI systems", report_print_junit},
        {"github", "annotations in GitHub Actions", report_print_github},
        {"html", "one page for a browser", report_print_html},
        {"markdown", "a summary for pull requests", report_print_markdown},
        {"csv", "a line for each finding, for spreadsheets", report_print_csv},
        {"oscal", "OSCAL assessment results, for evidence of controls", report_print_oscal},
        {"baseline", "what was found, for --baseline: later scans tell what is new", report_print_baseline},
        {"kubesec", "as kubesec v2 does, with its points and exit statuses", report_print_kubesec, report_judge_kubesec,
         2, 1, true},
        {"kubeaudit", "as kubeaudit does (-p json), with its names and exit statuses", report_print_kubeaudit,
         report_judge_kubeaudit, 2, 3, false},
};
const size_t report_format_count = COUNT_OF(report_formats);

enum { FLUSH_BYTES = 1 << 20 };

void report_flush(struct buf *out, const struct format_settings *settings)
{
        if (settings->flush && out->len >= FLUSH_BYTES)
                settings->flush(settings->context, out);
}

const struct report_format *report_format_find(struct str name)
{
        for (size_t i = 0; i < report_format_count; i++)
                if (str_equal(str_of(report_formats[i].name), name))
                        return &report_formats[i];
        return NULL;
}
