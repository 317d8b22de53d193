/* changes.c - new and gone findings, for people and as JSON lines. */

#include "report/changes.h"

#include "report/color.h"
#include "report/escape.h"
#include "report/formats.h"

/* --- text --- */

static void add_line(struct buf *out, const struct finding *finding, const char *sign, bool color)
{
        color_begin(out, color, sign[0] == '+' ? COLOR_CARET : COLOR_FAINT);
        buf_add(out, str_of(sign));
        color_end(out, color);
        buf_add_char(out, ' ');
        report_add_line(out, finding, color);
}

static void add_sums(struct buf *out, const struct report *report)
{
        const char *before = ": ";
        uint64_t open = 0;

        for (size_t i = 0; i < SEVERITY_COUNT; i++)
                open += report->open[i];
        buf_add_format(out, "%" PRIu64 " finding%s", open, open == 1 ? "" : "s");
        for (size_t i = 0; i < SEVERITY_COUNT; i++) {
                if (!report->open[i])
                        continue;
                buf_add_format(out, "%s%" PRIu64 " %s", before, report->open[i], severity_name((enum severity)i).data);
                before = ", ";
        }
        if (report->excepted)
                buf_add_format(out, "; %" PRIu64 " excepted", report->excepted);
        if (report->known)
                buf_add_format(out, "; %" PRIu64 " known", report->known);
        buf_add_literal(out, ".\n");
}

static size_t count_open(const struct finding *const *findings, size_t count)
{
        size_t open = 0;

        for (size_t i = 0; i < count; i++)
                open += findings[i]->status == FINDING_OPEN;
        return open;
}

void changes_print_text(struct buf *out, const struct report_changes *changes, bool color)
{
        for (size_t i = 0; i < changes->gone_count; i++) {
                if (changes->gone[i]->status == FINDING_OPEN)
                        add_line(out, changes->gone[i], "-", color);
        }
        for (size_t i = 0; i < changes->new_count; i++) {
                if (changes->new[i]->status == FINDING_OPEN)
                        add_line(out, changes->new[i], "+", color);
        }
        color_begin(out, color, COLOR_STRONG);
        buf_add_format(out, "%zu new, %zu gone", count_open(changes->new, changes->new_count),
                       count_open(changes->gone, changes->gone_count));
        color_end(out, color);
        buf_add_literal(out, ": ");
        add_sums(out, changes->report);
}

/* --- JSON lines --- */

static void begin(struct json_writer *writer, const char *event, const struct report *report)
{
        json_begin(writer, '{');
        json_member(writer, "schema", STR("strake.watch/1"));
        json_member(writer, "event", str_of(event));
        report_print_judged(writer, report);
        json_key(writer, "summary");
        report_print_summary(writer, report);
}

static void end(struct json_writer *writer)
{
        json_end(writer, '}');
        buf_add_char(writer->out, '\n');
}

void changes_print_state_json(struct buf *out, const struct report *report)
{
        struct json_writer writer = {.out = out, .in_line = true};

        begin(&writer, "state", report);
        json_member_begin(&writer, "findings", '[');
        for (size_t i = 0; i < report->finding_count; i++)
                report_print_finding(&writer, &report->findings[i]);
        json_end(&writer, ']');
        end(&writer);
}

static void add_list(struct json_writer *writer, const char *key, const struct finding *const *findings, size_t count)
{
        json_member_begin(writer, key, '[');
        for (size_t i = 0; i < count; i++)
                report_print_finding(writer, findings[i]);
        json_end(writer, ']');
}

void changes_print_json(struct buf *out, const struct report_changes *changes)
{
        struct json_writer writer = {.out = out, .in_line = true};

        begin(&writer, "change", changes->report);
        add_list(&writer, "new", changes->new, changes->new_count);
        add_list(&writer, "gone", changes->gone, changes->gone_count);
        end(&writer);
}
