/* github.c - workflow commands that GitHub Actions shows beside the changed lines. */

#include "report/escape.h"
#include "report/formats.h"

static const char *level(enum severity severity)
{
        static const char *const levels[SEVERITY_COUNT] = {
                [SEVERITY_CRITICAL] = "error", [SEVERITY_HIGH] = "error",  [SEVERITY_MEDIUM] = "warning",
                [SEVERITY_LOW] = "notice",     [SEVERITY_INFO] = "notice",
        };

        return levels[severity];
}

static void print_finding(struct buf *out, const struct finding *finding)
{
        const struct finding_location *location = &finding->location;
        struct arena scratch = {0};

        buf_add_format(out, "::%s file=", level(finding->severity));
        escape_github_property(out, location->file);
        buf_add_format(out, ",line=%u", location->line ? location->line : 1);
        if (location->column)
                buf_add_format(out, ",col=%u", location->column);
        buf_add_literal(out, ",title=");
        escape_github_property(out, finding->rule->title);
        buf_add_literal(out, "::");
        if (finding->object) {
                escape_github_message(out, finding_object_words(&scratch, finding->object));
                buf_add_literal(out, ": ");
        }
        escape_github_message(out, finding->message);
        buf_add_literal(out, " (");
        escape_github_message(out, finding->rule->id);
        buf_add_literal(out, ")");
        if (finding->rule->description.len) {
                buf_add_literal(out, "%0A");
                escape_github_message(out, finding->rule->description);
        }
        buf_add_char(out, '\n');
        arena_free(&scratch);
}

void report_print_github(struct buf *out, const struct report *report, const struct format_settings *settings)
{
        for (size_t i = 0; i < report->finding_count; i++) {
                if (report->findings[i].status == FINDING_OPEN)
                        print_finding(out, &report->findings[i]);
                report_flush(out, settings);
        }
}
