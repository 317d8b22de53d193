/* fixes_json.c - what was repaired as JSON: docs/schema/strake.fix-1.json. */

#include "report/fixes.h"
#include "report/formats.h"

static void print_item(struct json_writer *writer, const struct fix_item *item)
{
        const struct finding *finding = item->finding;

        json_begin(writer, '{');
        json_member(writer, "outcome", fix_outcome_name(item->outcome));
        json_member_if(writer, "why", item->why);
        json_member(writer, "rule", finding->rule->id);
        json_member(writer, "title", finding->rule->title);
        json_member(writer, "severity", severity_name(finding->severity));
        json_member(writer, "message", finding->message);
        if (finding->object)
                report_print_object(writer, finding->object);
        json_member_if(writer, "container", finding->container);
        report_print_location(writer, &finding->location);
        report_print_fix(writer, &finding->fix);
        json_member(writer, "fingerprint", str_of(finding->fingerprint));
        json_end(writer, '}');
}

static void print_file(struct json_writer *writer, const struct fix_file *file)
{
        json_begin(writer, '{');
        json_member(writer, "file", file->name);
        json_member_bool(writer, "changed", file->changed && !file->trouble.len);
        json_member_if(writer, "trouble", file->trouble);
        json_member_begin(writer, "fixes", '[');
        for (size_t i = 0; i < file->item_count; i++)
                print_item(writer, &file->items[i]);
        json_end(writer, ']');
        json_end(writer, '}');
}

void fixes_print_json(struct buf *out, const struct fixes *fixes)
{
        struct json_writer writer = json_document(out, "strake.fix/1");

        report_print_tool(&writer, fixes->left->tool, fixes->left->version);
        json_member_bool(&writer, "dryRun", fixes->dry_run);
        json_member_begin(&writer, "summary", '{');
        json_member_number(&writer, "changedFiles", fixes->changed_files);
        for (size_t i = 0; i < FIX_OUTCOME_COUNT; i++)
                json_member_number(&writer, fix_outcome_name((enum fix_outcome)i).data, fixes->outcomes[i]);
        json_end(&writer, '}');
        json_member_begin(&writer, "files", '[');
        for (size_t i = 0; i < fixes->file_count; i++)
                print_file(&writer, &fixes->files[i]);
        json_end(&writer, ']');
        json_key(&writer, "left");
        report_print_summary(&writer, fixes->left);
        json_document_end(&writer);
}
