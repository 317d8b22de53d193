/* json.c - the report as JSON: docs/schema/strake.report-1.json. */

#include "report/formats.h"

#include "report/json_writer.h"
#include "report/pieces.h"

enum { FINDINGS_DEPTH = 2 }; /* of what stands in the list of findings */

void report_print_object(struct json_writer *writer, const struct finding_object *object)
{
        json_member_begin(writer, "object", '{');
        json_member(writer, "apiVersion", object->api_version);
        json_member(writer, "kind", object->kind);
        json_member_if(writer, "namespace", object->ns);
        json_member(writer, "name", object->name);
        json_end(writer, '}');
}

void report_print_location(struct json_writer *writer, const struct finding_location *location)
{
        json_member_begin(writer, "location", '{');
        json_member(writer, "file", location->file);
        if (location->document >= 0)
                json_member_number(writer, "document", (uint64_t)location->document);
        if (location->line) {
                json_member_number(writer, "line", location->line);
                json_member_number(writer, "column", location->column);
        }
        if (location->has_path)
                json_member(writer, "path", location->path);
        json_end(writer, '}');
}

/* Those that came when "references" was promised to hold no others. */
static bool is_later_framework(struct str name)
{
        static const struct str names[] = {STR_INIT("buildkit"), STR_INIT("cis-docker"), STR_INIT("dockle"),
                                           STR_INIT("hadolint")};

        for (size_t i = 0; i < COUNT_OF(names); i++) {
                if (str_equal(name, names[i]))
                        return true;
        }
        return false;
}

static size_t print_references(struct json_writer *writer, const struct reference *references, size_t count, bool later)
{
        size_t left_out = 0;

        json_member_begin(writer, later ? "otherReferences" : "references", '[');
        for (size_t i = 0; i < count; i++) {
                if (is_later_framework(references[i].framework) != later) {
                        left_out++;
                        continue;
                }
                json_begin(writer, '{');
                json_member(writer, "framework", references[i].framework);
                json_member(writer, "id", references[i].id);
                json_member_if(writer, "level", references[i].level);
                json_end(writer, '}');
        }
        json_end(writer, ']');
        return left_out;
}

void report_print_references(struct json_writer *writer, const struct reference *references, size_t count)
{
        if (print_references(writer, references, count, false))
                print_references(writer, references, count, true);
}

static void print_patch(struct json_writer *writer, const struct patch *patch)
{
        json_begin(writer, '[');
        for (size_t i = 0; i < patch->count; i++) {
                const struct patch_step *step = &patch->steps[i];

                json_begin(writer, '{');
                json_member(writer, "op", patch_op_name(step->op));
                if (step->op == PATCH_MOVE || step->op == PATCH_COPY)
                        json_member(writer, "from", step->from);
                json_member(writer, "path", step->path);
                if (step->op == PATCH_ADD || step->op == PATCH_REPLACE || step->op == PATCH_TEST) {
                        json_key(writer, "value");
                        json_value(writer, &step->value);
                }
                json_end(writer, '}');
        }
        json_end(writer, ']');
}

void report_print_fix(struct json_writer *writer, const struct finding_fix *fix)
{
        if (fix->patch.count) {
                json_member_begin(writer, "fix", '{');
                json_member_bool(writer, "safe", fix->safe);
                json_key(writer, "patch");
                print_patch(writer, &fix->patch);
                json_member_if(writer, "note", fix->note);
                json_end(writer, '}');
        }
        if (fix->more && fix->more->object) {
                json_member_begin(writer, "addition", '{');
                json_member_bool(writer, "safe", fix->safe);
                json_key(writer, "object");
                json_value(writer, fix->more->object);
                json_member_if(writer, "note", fix->note);
                json_end(writer, '}');
        }
}

static void print_exception(struct json_writer *writer, const struct finding_exception *exception)
{
        json_member_begin(writer, "exception", '{');
        json_member(writer, "reason", exception->reason);
        json_member_if(writer, "owner", exception->owner);
        json_member_if(writer, "expires", exception->expires);
        json_end(writer, '}');
}

static void print_related(struct json_writer *writer, const struct finding *finding)
{
        if (!finding->related_count)
                return json_member_empty(writer, "related", "[]");
        json_member_begin(writer, "related", '[');
        for (size_t i = 0; i < finding->related_count; i++) {
                json_begin(writer, '{');
                json_member(writer, "message", finding->related[i].message);
                report_print_object(writer, &finding->related[i].object);
                report_print_location(writer, &finding->related[i].location);
                json_end(writer, '}');
        }
        json_end(writer, ']');
}

void report_print_finding(struct json_writer *writer, const struct finding *finding)
{
        json_begin(writer, '{');
        json_member(writer, "rule", finding->rule->id);
        json_member(writer, "title", finding->rule->title);
        json_member(writer, "severity", severity_name(finding->severity));
        json_member(writer, "area", area_name(finding->rule->area));
        json_member(writer, "message", finding->message);
        if (finding->object)
                report_print_object(writer, finding->object);
        json_member_if(writer, "container", finding->container);
        report_print_location(writer, &finding->location);
        print_related(writer, finding);
        report_print_references(writer, finding->references, finding->reference_count);
        if (finding->fix.present)
                report_print_fix(writer, &finding->fix);
        json_member(writer, "status", finding_status_name(finding->status));
        if (finding->status == FINDING_EXCEPTED)
                print_exception(writer, finding->exception);
        json_member(writer, "fingerprint", str_of(finding->fingerprint));
        json_end(writer, '}');
}

static void print_findings(struct buf *out, const void *context, size_t begin, size_t end)
{
        const struct report *report = context;
        struct json_writer writer = {.out = out, .depth = FINDINGS_DEPTH, .filled = begin > 0};

        for (size_t i = begin; i < end; i++)
                report_print_finding(&writer, &report->findings[i]);
}

void report_print_summary(struct json_writer *writer, const struct report *report)
{
        json_begin(writer, '{');
        for (size_t i = 0; i < SEVERITY_COUNT; i++)
                json_member_number(writer, severity_name((enum severity)i).data, report->open[i]);
        json_member_number(writer, "excepted", report->excepted);
        json_member_number(writer, "known", report->known);
        json_end(writer, '}');
}

void report_print_judged(struct json_writer *writer, const struct report *report)
{
        json_member_begin(writer, "judged", '{');
        json_member_number(writer, "documents", report->documents);
        json_member_number(writer, "objects", report->objects);
        json_member_number(writer, "workloads", report->workloads);
        json_member_number(writer, "images", report->images);
        json_end(writer, '}');
}

void report_print_tool(struct json_writer *writer, struct str name, struct str version)
{
        json_member_begin(writer, "tool", '{');
        json_member(writer, "name", name);
        json_member(writer, "version", version);
        json_end(writer, '}');
}

static void print_head(struct json_writer *writer, const struct report *report)
{
        report_print_tool(writer, report->tool, report->version);
        report_print_judged(writer, report);
        json_key(writer, "summary");
        report_print_summary(writer, report);
}

void report_print_json(struct buf *out, const struct report *report, const struct format_settings *settings)
{
        struct json_writer writer = json_document(out, "strake.report/1");

        print_head(&writer, report);
        json_member_begin(&writer, "findings", '[');
        pieces_run(out, report->finding_count, settings, print_findings, report);
        writer.filled = report->finding_count > 0;
        json_end(&writer, ']');
        if (report->paths) {
                json_key(&writer, "paths");
                report->print_paths(&writer, report->paths);
        } else {
                json_member_empty(&writer, "paths", "[]");
        }
        if (report->coverage && report->coverage->framework.len)
                report_print_coverage_json(&writer, report->coverage);
        json_document_end(&writer);
}
