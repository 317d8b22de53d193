/* markdown.c - a summary for pull requests, issues and job summaries (GitHub Flavored Markdown).
 *
 * Short by design, since a comment has a limit: counts, then the worst rules with a few places each. What comes from the input
 * stands in code spans, where nothing is markup, a mention or a link. */

#include "report/escape.h"
#include "report/formats.h"
#include "report/group.h"

enum { MOST_BYTES = 50000, MOST_PLACES = 10, MOST_RULES_NAMED = 3, LONGEST_CODE = 240 };

/* The beginning of a text that is longer than code should be, at the end of a code point. */
static struct str shortened(struct str text)
{
        size_t end = LONGEST_CODE;

        if (text.len <= LONGEST_CODE)
                return text;
        while (end > 0 && ((unsigned char)text.data[end] & 0xC0) == 0x80)
                end--;
        return str_sub(text, 0, end);
}

static size_t longest_run(struct str text, char byte)
{
        size_t longest = 0, run = 0;

        for (size_t i = 0; i < text.len; i++) {
                run = text.data[i] == byte ? run + 1 : 0;
                longest = run > longest ? run : longest;
        }
        return longest;
}

/* A code span, also in a cell of a table. */
static void add_code(struct buf *out, struct str text)
{
        CLEANUP(buf_free) struct buf clean = {0};
        struct str rest, part;
        size_t fence;

        escape_terminal(&clean, shortened(text));
        buf_add(&clean, text.len > LONGEST_CODE ? STR("...") : STR(""));
        rest = buf_text(&clean);
        if (!rest.len)
                return;
        fence = longest_run(rest, '`') + 1;
        buf_add_repeat(out, '`', fence);
        if (fence > 1)
                buf_add_char(out, ' ');
        for (bool first = true; str_split(&rest, '|', &part); first = false) {
                buf_add(out, first ? STR("") : STR("\\|"));
                buf_add(out, part);
        }
        if (fence > 1)
                buf_add_char(out, ' ');
        buf_add_repeat(out, '`', fence);
}

static void add_place(struct buf *out, const struct finding *finding)
{
        struct arena scratch = {0};
        struct str place = finding->location.file;

        if (finding->location.line)
                place = str_format(&scratch, "%.*s:%u", STR_ARG(place), finding->location.line);
        add_code(out, place);
        arena_free(&scratch);
}

static void add_counts(struct buf *out, const struct report *report)
{
        uint64_t open = 0, counted = 0;

        for (size_t i = 0; i < SEVERITY_COUNT; i++)
                open += report->open[i];
        if (!open)
                buf_add_literal(out, "## Strake found nothing\n\n");
        else
                buf_add_format(out, "## Strake found %" PRIu64 "\n\n", open);
        for (size_t i = 0; i < SEVERITY_COUNT; i++) {
                if (!report->open[i])
                        continue;
                buf_add_format(out, "%s**%" PRIu64 "** %s", counted ? ", " : "", report->open[i],
                               severity_name((enum severity)i).data);
                counted += report->open[i];
        }
        if (counted)
                buf_add_literal(out, ".\n");
        if (report->excepted + report->known)
                buf_add_format(out, "Besides: %" PRIu64 " excepted, %" PRIu64 " known.\n", report->excepted,
                               report->known);
        buf_add_format(out, "Judged: %" PRIu64 " objects (%" PRIu64 " workloads) in %" PRIu64 " documents",
                       report->objects, report->workloads, report->documents);
        if (report->images)
                buf_add_format(out, ", %" PRIu64 " images", report->images);
        buf_add_literal(out, ".\n");
}

static void add_unread(struct buf *out, const struct report *report)
{
        size_t count = 0;

        for (size_t i = 0; i < report->finding_count; i++)
                count += report->findings[i].fails_input;
        if (count)
                buf_add_format(out, "\n> **%zu** problem%s kept input from being judged.\n", count,
                               count == 1 ? "" : "s");
}

static void add_group(struct buf *out, const struct finding_group *group)
{
        const struct finding *first = group->findings[0];

        buf_add_literal(out, "\n<details><summary><b>");
        escape_xml(out, severity_name(first->severity));
        buf_add_literal(out, "</b> ");
        escape_xml(out, first->rule->title);
        buf_add_literal(out, " (<code>");
        escape_xml(out, first->rule->id);
        buf_add_format(out, "</code>): %zu</summary>\n\n", group->count);
        if (first->rule->description.len) {
                escape_markdown(out, first->rule->description);
                buf_add_literal(out, "\n\n");
        }
        buf_add_literal(out, "| where | what |\n|---|---|\n");
        for (size_t i = 0; i < group->count && i < MOST_PLACES; i++) {
                buf_add_literal(out, "| ");
                add_place(out, group->findings[i]);
                buf_add_literal(out, " | ");
                add_code(out, group->findings[i]->message);
                buf_add_literal(out, " |\n");
        }
        if (group->count > MOST_PLACES)
                buf_add_format(out, "\nand %zu more.\n", group->count - MOST_PLACES);
        buf_add_literal(out, "\n</details>\n");
}

/* The order in which a reviewer looks: the worst first, whatever the area. */
static void add_groups(struct buf *out, const struct finding_groups *groups)
{
        size_t left_out = 0;

        for (size_t severity = 0; severity < SEVERITY_COUNT; severity++) {
                for (size_t i = 0; i < groups->groups.count; i++) {
                        if (groups->groups.items[i].findings[0]->severity != (enum severity)severity)
                                continue;
                        if (out->len < MOST_BYTES)
                                add_group(out, &groups->groups.items[i]);
                        else
                                left_out++;
                }
        }
        if (left_out)
                buf_add_format(out, "\nand findings of %zu more rules.\n", left_out);
}

static void add_coverage(struct buf *out, const struct coverage *coverage)
{
        buf_add_literal(out, "\n### ");
        escape_markdown(out, coverage->title);
        buf_add_literal(out, "\n\n");
        report_coverage_summary(out, coverage);
        buf_add_literal(out, ".\n\n| control | | objects | judged by | status |\n|---|---|---|---|---|\n");
        for (size_t i = 0; i < coverage->count; i++) {
                const struct control_coverage *control = &coverage->controls[i];
                CLEANUP(buf_free) struct buf words = {0};

                buf_add_literal(out, "| ");
                escape_markdown(out, control->id);
                buf_add_literal(out, " | ");
                escape_markdown(out, control->title);
                buf_add_format(out, " | %" PRIu64 " of %" PRIu64 " | ", control->failed, control->judged);
                if (control->rule_count)
                        report_coverage_rules(&words, control, MOST_RULES_NAMED);
                else
                        report_coverage_remark(&words, control);
                escape_markdown(out, buf_text(&words));
                buf_add_format(out, " | %s%.*s%s |\n", control->status == CONTROL_FAILED ? "**" : "",
                               STR_ARG(control_status_name(control->status)),
                               control->status == CONTROL_FAILED ? "**" : "");
        }
}

void report_print_markdown(struct buf *out, const struct report *report, const struct format_settings *settings)
{
        struct finding_groups groups = {0};
        struct arena scratch = {0};

        (void)settings;
        finding_groups_make(&scratch, report, true, &groups);
        add_counts(out, report);
        add_unread(out, report);
        add_groups(out, &groups);
        if (report->coverage && report->coverage->framework.len)
                add_coverage(out, report->coverage);
        arena_free(&scratch);
}
