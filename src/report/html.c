/* html.c - the report as one page for a browser, without anything from elsewhere: page.css and page.js are in it.
 *
 * Everything stands in the page as text; the script only hides what a filter does not want, so the page is whole without it.
 * In a long report, only the first findings have their source and their fix. */

#include <stdlib.h>

#include "report/escape.h"
#include "report/excerpt.h"
#include "report/formats.h"
#include "report/repair.h"

enum { MOST_IN_FULL = 5000 };

extern const struct str embedded_page_css, embedded_page_js; /* made by tools/embed */

static void add_element(struct buf *out, const char *open, struct str text, const char *close)
{
        buf_add(out, str_of(open));
        escape_xml(out, text);
        buf_add(out, str_of(close));
}

static void add_head(struct buf *out)
{
        buf_add_literal(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                             "<meta name=\"viewport\" content=\"width=device-width\">\n"
                             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                             "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
                             "<title>Strake report</title>\n<style>\n");
        buf_add(out, embedded_page_css);
        buf_add_literal(out, "</style>\n</head>\n<body>\n");
}

static void add_summary(struct buf *out, const struct report *report)
{
        buf_add_literal(out, "<header>\n<h1>Strake report</h1>\n<p>");
        for (size_t i = 0; i < SEVERITY_COUNT; i++)
                buf_add_format(out, "%s<b class=\"s %s\">%" PRIu64 " %s</b>", i ? ", " : "",
                               severity_name((enum severity)i).data, report->open[i],
                               severity_name((enum severity)i).data);
        if (report->excepted)
                buf_add_format(out, "; %" PRIu64 " excepted", report->excepted);
        if (report->known)
                buf_add_format(out, "; %" PRIu64 " known", report->known);
        buf_add_format(out,
                       "</p>\n<p class=\"faint\">Judged: %" PRIu64 " objects (%" PRIu64 " workloads) in %" PRIu64
                       " documents, ",
                       report->objects, report->workloads, report->documents);
        if (report->images)
                buf_add_format(out, "%" PRIu64 " images, ", report->images);
        buf_add_literal(out, "by strake ");
        escape_xml(out, report->version);
        buf_add_literal(out, ".</p>\n</header>\n");
}

static void add_choice(struct buf *out, const char *value, struct str words)
{
        buf_add_format(out, "<option value=\"%s\">", value);
        add_element(out, "", words, "</option>");
}

/* Hidden until the script, which it needs, shows it. */
static void add_controls(struct buf *out)
{
        buf_add_literal(out, "<nav hidden aria-label=\"Filter\">\n<input type=\"search\" id=\"search\" "
                             "placeholder=\"Search\" aria-label=\"Search\">\n");
        for (size_t i = 0; i < SEVERITY_COUNT; i++) {
                const char *name = severity_name((enum severity)i).data;

                buf_add_format(out, "<label><input type=\"checkbox\" value=\"%s\" checked> %s</label>\n", name, name);
        }
        buf_add_literal(out, "<select id=\"area\" aria-label=\"Area\"><option value=\"\">every area</option>");
        for (size_t i = 0; i < AREA_COUNT; i++)
                add_choice(out, area_name((enum area)i).data, area_heading((enum area)i));
        buf_add_literal(out, "</select>\n<select id=\"status\" aria-label=\"Status\"><option value=\"\">every "
                             "status</option>");
        for (size_t i = FINDING_OPEN; i <= FINDING_KNOWN; i++)
                add_choice(out, finding_status_name((enum finding_status)i).data,
                           finding_status_name((enum finding_status)i));
        buf_add_literal(out, "</select>\n<button type=\"button\" id=\"open\">Open or close all</button>\n"
                             "<span id=\"shown\" class=\"faint\" role=\"status\"></span>\n"
                             "<span class=\"faint keys\">Keys: <kbd>/</kbd> search, <kbd>j</kbd> <kbd>k</kbd> next and "
                             "previous, <kbd>Enter</kbd> opens, <kbd>e</kbd> opens all</span>\n</nav>\n");
}

/* One of the controls of a framework. */
static void add_control(struct buf *out, const struct control_coverage *control)
{
        enum { RULES_SHOWN = 5 };
        CLEANUP(buf_free) struct buf rules = {0}, remark = {0};
        struct str status = control_status_name(control->status);

        report_coverage_rules(&rules, control, RULES_SHOWN);
        report_coverage_remark(&remark, control);
        buf_add_format(out, "<tr class=\"%s\">", status.data);
        add_element(out, "<td><b>", status, "</b></td>");
        add_element(out, "<td>", control->id, "</td>");
        add_element(out, "<td>", control->title, "");
        if (rules.len)
                add_element(out, "<span class=\"where\">", buf_text(&rules), "</span>");
        if (remark.len)
                add_element(out, "<span class=\"where\">", buf_text(&remark), "</span>");
        if (control->judged + control->failed)
                buf_add_format(out, "</td><td>%" PRIu64 " of %" PRIu64 " objects</td></tr>\n", control->failed,
                               control->judged);
        else
                buf_add_literal(out, "</td><td></td></tr>\n");
}

static void add_coverage(struct buf *out, const struct coverage *coverage)
{
        add_element(out, "<details class=\"coverage\" open>\n<summary><b>", coverage->title,
                    "</b></summary>\n<div>\n<p class=\"faint\">");
        report_coverage_summary(out, coverage);
        buf_add_literal(out, ".</p>\n<table>\n<tr><th>status</th><th>control</th><th>what it is about</th>"
                             "<th>failed</th></tr>\n");
        for (size_t i = 0; i < coverage->count; i++)
                add_control(out, &coverage->controls[i]);
        buf_add_literal(out, "</table>\n</div>\n</details>\n");
}

/* The spaces that every line begins with. */
static size_t common_indent(struct str text)
{
        size_t least = SIZE_MAX;
        struct str line;

        while (str_split(&text, '\n', &line)) {
                size_t spaces = 0;

                while (spaces < line.len && line.data[spaces] == ' ')
                        spaces++;
                if (line.len && spaces < least)
                        least = spaces;
        }
        return least == SIZE_MAX ? 0 : least;
}

static void add_excerpt(struct buf *out, const struct finding *finding)
{
        CLEANUP(buf_free) struct buf shown = {0};
        struct str rest, line;
        size_t indent;

        if (!finding->source || !finding->location.line)
                return;
        excerpt_print_line(&shown, excerpt_at(finding->source->text, finding->at), STR(""));
        rest = buf_text(&shown);
        rest.len--; /* the last line end */
        indent = common_indent(rest);
        buf_add_literal(out, "<pre>");
        while (str_split(&rest, '\n', &line))
                add_element(out, "", str_from(line, indent), "\n");
        buf_add_literal(out, "</pre>\n");
}

static void add_changed_line(struct buf *out, struct str line)
{
        const char *open = str_starts(line, STR("-"))
                                      ? "<span class=\"removed\">"
                                      : str_starts(line, STR("+")) ? "<span class=\"added\">" : "<span>";

        add_element(out, open, line, "</span>\n");
}

static void add_fix(struct buf *out, const struct finding *finding)
{
        CLEANUP(buf_free) struct buf shown = {0};
        struct arena scratch = {0};
        struct text_edits edits = {0};
        struct str rest, line;

        if (repair_plan(&scratch, finding, &edits)) {
                repair_print(&shown, finding->source->text, &edits, STR(""), false);
                buf_add(out, finding->fix.safe ? STR("<p>Fix:</p>\n<pre>")
                                               : STR("<p>Fix, after a look at what it needs:</p>\n<pre>"));
                rest = str_trim(buf_text(&shown));
                rest = str_sub(buf_text(&shown), 0, (size_t)(rest.data - shown.data) + rest.len);
                while (str_split(&rest, '\n', &line))
                        add_changed_line(out, line);
                buf_add_literal(out, "</pre>\n");
        }
        if (finding->fix.present && finding->fix.note.len)
                add_element(out, "<p>", finding->fix.note, "</p>\n");
        arena_free(&scratch);
}

static void add_references(struct buf *out, const struct finding *finding)
{
        if (!finding->reference_count)
                return;
        buf_add_literal(out, "<p>");
        for (size_t i = 0; i < finding->reference_count; i++) {
                add_element(out, "<span class=\"tag\">", finding->references[i].framework, " ");
                add_element(out, "", finding->references[i].id, "</span>");
        }
        buf_add_literal(out, "</p>\n");
}

static void add_where(struct buf *out, const struct finding *finding)
{
        struct arena scratch = {0};

        buf_add_literal(out, "<span class=\"where\">");
        if (finding->object)
                add_element(out, "", finding_object_words(&scratch, finding->object), "");
        if (finding->container.len)
                add_element(out, ", container ", finding->container, "");
        add_element(out, finding->object ? " in <code>" : "<code>", finding->location.file, "");
        if (finding->location.line)
                buf_add_format(out, ":%u:%u", finding->location.line, finding->location.column);
        buf_add_literal(out, "</code></span>");
        arena_free(&scratch);
}

static void add_exception(struct buf *out, const struct finding_exception *exception)
{
        add_element(out, ": ", exception->reason, "");
        if (exception->owner.len)
                add_element(out, " (", exception->owner, ")");
        if (exception->expires.len)
                add_element(out, ", until ", exception->expires, "");
}

static void add_status(struct buf *out, const struct finding *finding)
{
        if (finding->status == FINDING_OPEN)
                return;
        add_element(out, "<p class=\"faint\">This finding is ", finding_status_name(finding->status), "");
        if (finding->status == FINDING_EXCEPTED)
                add_exception(out, finding->exception);
        buf_add_literal(out, ".</p>\n");
}

static void add_finding(struct buf *out, const struct finding *finding, bool full)
{
        struct str severity = severity_name(finding->severity);

        buf_add_format(out,
                       "<details class=\"%s\" data-severity=\"%s\" data-area=\"%s\" data-status=\"%s\">\n<summary>",
                       severity.data, severity.data, area_name(finding->rule->area).data,
                       finding_status_name(finding->status).data);
        add_element(out, "<span class=\"s\">", severity, "</span> ");
        add_element(out, "<b>", finding->rule->title, "</b> ");
        add_element(out, "<code>", finding->rule->id, "</code>");
        add_where(out, finding);
        add_element(out, "</summary>\n<div>\n<p>", finding->message, "</p>\n");
        add_status(out, finding);
        if (full)
                add_excerpt(out, finding);
        if (finding->rule->description.len)
                add_element(out, "<p>", finding->rule->description, "</p>\n");
        if (full)
                add_fix(out, finding);
        add_references(out, finding);
        buf_add_literal(out, "</div>\n</details>\n");
}

/* By area, the worst first; then as in the report, whose findings lie in one array. */
static int compare_pointers(const void *left, const void *right)
{
        const struct finding *a = *(const struct finding *const *)left, *b = *(const struct finding *const *)right;

        if (a->rule->area != b->rule->area)
                return a->rule->area < b->rule->area ? -1 : 1;
        if (a->severity != b->severity)
                return a->severity < b->severity ? -1 : 1;
        return (a > b) - (a < b);
}

/* The heading of an area, and how much is below it. */
static void add_heading(struct buf *out, const struct finding *const *findings, size_t count)
{
        enum area area = findings[0]->rule->area;
        size_t same = 0;

        while (same < count && findings[same]->rule->area == area)
                same++;
        add_element(out, "<section>\n<h2>", area_heading(area), "");
        buf_add_format(out, " <span>%zu</span></h2>\n", same);
}

static void add_findings(struct buf *out, const struct report *report, const struct format_settings *settings)
{
        struct arena scratch = {0};
        size_t count = report->finding_count;
        const struct finding **order = arena_take(&scratch, checked_mul(count, sizeof(*order)));

        for (size_t i = 0; i < count; i++)
                order[i] = &report->findings[i];
        if (count)
                qsort(order, count, sizeof(*order), compare_pointers);
        for (size_t i = 0; i < count; i++) {
                if (i == 0 || order[i - 1]->rule->area != order[i]->rule->area) {
                        buf_add(out, i ? STR("</section>\n") : STR(""));
                        add_heading(out, order + i, count - i);
                }
                add_finding(out, order[i], i < MOST_IN_FULL);
                report_flush(out, settings);
        }
        buf_add(out, count ? STR("</section>\n") : STR("<p>Nothing was found.</p>\n"));
        arena_free(&scratch);
}

void report_print_html(struct buf *out, const struct report *report, const struct format_settings *settings)
{
        add_head(out);
        add_summary(out, report);
        if (report->coverage && report->coverage->framework.len)
                add_coverage(out, report->coverage);
        add_controls(out);
        buf_add_literal(out, "<main>\n");
        add_findings(out, report, settings);
        buf_add_literal(out, "</main>\n<script>\n");
        buf_add(out, embedded_page_js);
        buf_add_literal(out, "</script>\n</body>\n</html>\n");
}
