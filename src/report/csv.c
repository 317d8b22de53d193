/* csv.c - findings as a table (RFC 4180), a line each, for spreadsheets and databases. */

#include "report/escape.h"
#include "report/formats.h"

static void add_text(struct buf *out, struct str text)
{
        buf_add_char(out, ',');
        escape_csv(out, text);
}

static void add_number(struct buf *out, uint32_t number)
{
        if (number)
                buf_add_format(out, ",%u", number);
        else
                buf_add_char(out, ',');
}

static void add_references(struct buf *out, const struct finding *finding)
{
        CLEANUP(buf_free) struct buf list = {0};

        for (size_t i = 0; i < finding->reference_count; i++) {
                buf_add(&list, i ? STR("; ") : STR(""));
                buf_add(&list, finding->references[i].framework);
                buf_add_char(&list, ' ');
                buf_add(&list, finding->references[i].id);
        }
        add_text(out, buf_text(&list));
}

static void add_finding(struct buf *out, const struct finding *finding)
{
        static const struct finding_object nothing = {{0}, {0}, {0}, {0}};
        const struct finding_object *object = finding->object ? finding->object : &nothing;

        escape_csv(out, finding->rule->id);
        add_text(out, severity_name(finding->severity));
        add_text(out, area_name(finding->rule->area));
        add_text(out, finding_status_name(finding->status));
        add_text(out, finding->location.file);
        add_number(out, finding->location.line);
        add_number(out, finding->location.column);
        add_text(out, finding->location.path);
        add_text(out, object->api_version);
        add_text(out, object->kind);
        add_text(out, object->ns);
        add_text(out, object->name);
        add_text(out, finding->container);
        add_text(out, finding->rule->title);
        add_text(out, finding->message);
        add_text(out, !finding->fix.present ? STR("") : finding->fix.safe ? STR("safe") : STR("after a look"));
        add_references(out, finding);
        add_text(out, str_of(finding->fingerprint));
        buf_add_literal(out, "\r\n");
}

void report_print_csv(struct buf *out, const struct report *report, const struct format_settings *settings)
{
        buf_add_literal(
                out, "rule,severity,area,status,file,line,column,path,apiVersion,kind,namespace,name,container,title,"
                     "message,fix,references,fingerprint\r\n");
        for (size_t i = 0; i < report->finding_count; i++) {
                add_finding(out, &report->findings[i]);
                report_flush(out, settings);
        }
}
