/* coverage.c - the coverage of a framework, in the report for people and in JSON. */

#include "report/coverage.h"

#include "report/color.h"
#include "report/escape.h"
#include "report/formats.h"

struct str control_status_name(enum control_status status)
{
        static const struct str names[CONTROL_STATUS_COUNT] = {
                [CONTROL_FAILED] = STR_INIT("failed"),
                [CONTROL_PASSED] = STR_INIT("passed"),
                [CONTROL_NO_INPUT] = STR_INIT("no-input"),
                [CONTROL_NO_RULE] = STR_INIT("no-rule"),
        };

        return names[status];
}

/* --- JSON --- */

static void print_control(struct json_writer *writer, const struct control_coverage *control)
{
        json_begin(writer, '{');
        json_member(writer, "id", control->id);
        json_member(writer, "title", control->title);
        json_member(writer, "status", control_status_name(control->status));
        json_member_texts(writer, "rules", control->rules, control->rule_count);
        json_member_number(writer, "judged", control->judged);
        json_member_number(writer, "failed", control->failed);
        json_member_if(writer, "beyond", control->beyond);
        json_end(writer, '}');
}

void report_print_coverage_json(struct json_writer *writer, const struct coverage *coverage)
{
        json_member_begin(writer, "coverage", '{');
        json_member(writer, "framework", coverage->framework);
        json_member(writer, "title", coverage->title);
        json_member(writer, "source", coverage->source);
        json_member_begin(writer, "summary", '{');
        for (size_t i = 0; i < CONTROL_STATUS_COUNT; i++)
                json_member_number(writer, control_status_name((enum control_status)i).data, coverage->by_status[i]);
        json_end(writer, '}');
        json_member_begin(writer, "controls", '[');
        for (size_t i = 0; i < coverage->count; i++)
                print_control(writer, &coverage->controls[i]);
        json_end(writer, ']');
        json_end(writer, '}');
}

/* --- text --- */

static const char *const colors[CONTROL_STATUS_COUNT] = {
        [CONTROL_FAILED] = "1;31",
        [CONTROL_PASSED] = "32",
        [CONTROL_NO_INPUT] = "33",
        [CONTROL_NO_RULE] = COLOR_FAINT,
};

/* How it went, in words. */
static void add_result(struct buf *out, const struct control_coverage *control)
{
        if (control->status == CONTROL_FAILED)
                buf_add_format(out, "%" PRIu64 " of %" PRIu64 " objects", control->failed,
                               control->judged > control->failed ? control->judged : control->failed);
        else if (control->status == CONTROL_PASSED)
                buf_add_format(out, "%" PRIu64 " object%s", control->judged, control->judged == 1 ? "" : "s");
        else
                buf_add_literal(out, "-");
}

void report_coverage_remark(struct buf *out, const struct control_coverage *control)
{
        if (control->status == CONTROL_NO_RULE && !control->beyond.len)
                buf_add_literal(out, "nothing judges it yet");
        else if (control->status == CONTROL_NO_RULE)
                buf_add_format(out, "nothing judges it: it takes %.*s", STR_ARG(control->beyond));
        else if (control->status == CONTROL_NO_INPUT)
                buf_add_literal(out, "nothing in this input that it is about");
        else if (control->beyond.len)
                buf_add_format(out, "not seen: %.*s", STR_ARG(control->beyond));
}

/* The rules that judge it, the first few by name. */
void report_coverage_rules(struct buf *out, const struct control_coverage *control, size_t most)
{
        for (size_t i = 0; i < control->rule_count && i < most; i++) {
                if (i)
                        buf_add_literal(out, ", ");
                buf_add(out, control->rules[i]);
        }
        if (control->rule_count > most)
                buf_add_format(out, " and %zu more", control->rule_count - most);
}

static void add_padded(struct buf *out, struct str text, size_t width)
{
        size_t columns = utf8_count(text);

        escape_terminal(out, text);
        buf_add_repeat(out, ' ', columns < width ? width - columns : 0);
}

static void add_control(struct buf *out, const struct control_coverage *control, size_t id_width, bool color)
{
        enum { STATUS_WIDTH = 10, RESULT_WIDTH = 20, RULES_SHOWN = 3, MARGIN = 14 };
        CLEANUP(buf_free) struct buf text = {0};

        buf_add_literal(out, "  ");
        color_begin(out, color, colors[control->status]);
        add_padded(out, control_status_name(control->status), STATUS_WIDTH);
        color_end(out, color);
        add_padded(out, control->id, id_width + 2);
        add_result(&text, control);
        add_padded(out, buf_text(&text), RESULT_WIDTH);
        escape_terminal(out, control->title);
        buf_add_char(out, '\n');
        text.len = 0;
        if (control->rule_count) {
                report_coverage_rules(&text, control, RULES_SHOWN);
                buf_add_repeat(out, ' ', MARGIN + id_width + RESULT_WIDTH);
                color_begin(out, color, COLOR_FAINT);
                escape_terminal(out, buf_text(&text));
                color_end(out, color);
                buf_add_char(out, '\n');
        }
        text.len = 0;
        report_coverage_remark(&text, control);
        if (text.len) {
                buf_add_repeat(out, ' ', MARGIN + id_width + RESULT_WIDTH);
                color_begin(out, color, COLOR_FAINT);
                escape_terminal(out, buf_text(&text));
                color_end(out, color);
                buf_add_char(out, '\n');
        }
}

void report_coverage_summary(struct buf *out, const struct coverage *coverage)
{
        buf_add_format(out,
                       "%zu controls: %" PRIu64 " failed, %" PRIu64 " passed, %" PRIu64
                       " without anything here to judge, %" PRIu64 " that nothing judges",
                       coverage->count, coverage->by_status[CONTROL_FAILED], coverage->by_status[CONTROL_PASSED],
                       coverage->by_status[CONTROL_NO_INPUT], coverage->by_status[CONTROL_NO_RULE]);
}

void report_print_coverage_text(struct buf *out, const struct coverage *coverage, bool color)
{
        size_t widest = 0;

        for (size_t i = 0; i < coverage->count; i++)
                widest = coverage->controls[i].id.len > widest ? coverage->controls[i].id.len : widest;
        color_begin(out, color, COLOR_HEADING);
        escape_terminal(out, coverage->title);
        color_end(out, color);
        buf_add_char(out, '\n');
        report_coverage_summary(out, coverage);
        buf_add_literal(out, ".\n\n");
        for (size_t i = 0; i < coverage->count; i++)
                add_control(out, &coverage->controls[i], widest, color);
        buf_add_char(out, '\n');
}
