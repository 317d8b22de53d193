/* action.c - repairs as code actions: one for each finding, and one for all that are safe, proved as `strake fix` proves them. */

#include "editor/internal.h"
#include "report/repair.h"
#include "scan/fix.h"
#include "scan/fix_text.h"

#define FIX_ALL "source.fixAll.strake"

/* Whether the client wants actions of a kind: `only` has it, or one that it belongs to. */
static bool wants(const struct value *only, struct str kind, bool by_default)
{
        if (!value_is(only, VALUE_LIST))
                return by_default;
        value_each (only, item) {
                struct str wanted = item->value.kind == VALUE_STRING ? value_text(&item->value) : (struct str){0};

                if (item->value.kind == VALUE_STRING
                    && (!wanted.len || str_equal(wanted, kind)
                        || (str_starts(kind, wanted) && kind.data[wanted.len] == '.')))
                        return true;
        }
        return false;
}

/* --- edits --- */

static void write_edits(struct json_writer *writer, const struct server *server, struct open_text *text,
                        const struct text_edits *edits)
{
        json_begin(writer, '[');
        for (size_t i = 0; i < edits->edits.count; i++) {
                const struct text_edit *edit = &edits->edits.items[i];

                json_begin(writer, '{');
                write_range(writer, server, text, edit->begin, edit->end);
                json_member(writer, "newText", edit->text);
                json_end(writer, '}');
        }
        json_end(writer, ']');
}

static void write_workspace_edit(struct json_writer *writer, const struct server *server, struct open_text *text,
                                 const struct text_edits *edits)
{
        json_member_begin(writer, "edit", '{');
        if (server->document_changes && text->has_version && text->version >= 0) {
                json_member_begin(writer, "documentChanges", '[');
                json_begin(writer, '{');
                json_member_begin(writer, "textDocument", '{');
                json_member(writer, "uri", text->uri);
                json_member_number(writer, "version", (uint64_t)text->version);
                json_end(writer, '}');
                json_key(writer, "edits");
                write_edits(writer, server, text, edits);
                json_end(writer, '}');
                json_end(writer, ']');
        } else {
                json_member_begin(writer, "changes", '{');
                json_key(writer, text->uri.data);
                write_edits(writer, server, text, edits);
                json_end(writer, '}');
        }
        json_end(writer, '}');
}

/* --- one finding --- */

static void write_quick_fix(struct json_writer *writer, const struct server *server, struct open_text *text,
                            const struct finding *finding, const struct text_edits *edits)
{
        CLEANUP(buf_free) struct buf title = {0};

        buf_add_literal(&title, "Repair: ");
        buf_add(&title, finding->rule->title);
        buf_add_format(&title, " [%.*s]", STR_ARG(finding->rule->id));
        if (!finding->fix.safe)
                buf_add_literal(&title, " (check first what it needs)");
        json_begin(writer, '{');
        json_member(writer, "title", buf_text(&title));
        json_member(writer, "kind", STR("quickfix"));
        json_member_bool(writer, "isPreferred", finding->fix.safe);
        json_member_begin(writer, "diagnostics", '[');
        write_diagnostic(writer, server, text, finding);
        json_end(writer, ']');
        write_workspace_edit(writer, server, text, edits);
        json_end(writer, '}');
}

static void write_quick_fixes(struct json_writer *writer, const struct server *server, struct open_text *text,
                              size_t first, size_t last)
{
        const struct finding *finding;

        for (size_t at = 0; (finding = text_next_finding(server, text, &at));) {
                struct arena scratch CLEANUP(arena_free) = {0};
                struct text_edits edits = {0};
                size_t begin, end;

                finding_range(finding, buf_text(&text->text), &begin, &end);
                if (begin > last || end < first || !repair_plan(&scratch, finding, &edits) || !edits.edits.count)
                        continue;
                write_quick_fix(writer, server, text, finding, &edits);
        }
}

/* --- all --- */

/* What comes to light while something is repaired is repaired too if it can be, safely, and nobody has chosen among the rules. */
static bool may_follow(const void *context, const struct finding *finding)
{
        const struct live *live = context;
        const struct rulebook_settings *rules = &live->settings->rules;

        return !rules->only_count && !rules->skip_count && !rules->framework.len && !rules->pod_security.len
               && finding->status == FINDING_OPEN && finding->fix.safe;
}

static bool plan_all(struct arena *arena, const struct server *server, struct open_text *text, struct text_edits *edits)
{
        const struct live *live = &server->watch.live;
        const struct live_source *source = live_find(live, text->name);
        struct fix_text_settings settings = {live->scan.input_rules, NULL, &live->scan.except, may_follow, live};
        struct err err = {0};
        const struct finding *finding;
        struct fix_file file;

        settings.proof = fix_proof(arena, live->scan.book, &live->settings->rules, &err);
        TRY(source && settings.proof);
        file = (struct fix_file){
                .name = source->name,
                .before = source->version->source->source.text,
                .after = source->version->source->source.text,
                .items = arena_array(arena, struct fix_item, source->findings.count),
        };
        for (size_t at = 0; (finding = text_next_finding(server, text, &at));) {
                if (finding->fix.present && finding->fix.safe && !fix_adds_object(finding))
                        file.items[file.item_count++] = (struct fix_item){.finding = finding, .outcome = FIX_DONE};
        }
        TRY(file.item_count);
        fix_text(arena, source->version->source, &settings, &file);
        *edits = file.edits;
        return file.changed;
}

static void write_fix_all(struct json_writer *writer, const struct server *server, struct open_text *text)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct text_edits edits = {0};

        if (!text->is_judged || !server->is_open || !plan_all(&arena, server, text, &edits))
                return;
        json_begin(writer, '{');
        json_member(writer, "title", STR("Repair everything that can be repaired safely"));
        json_member(writer, "kind", STR(FIX_ALL));
        write_workspace_edit(writer, server, text, &edits);
        json_end(writer, '}');
}

void answer_actions(struct server *server, const struct message *message)
{
        struct open_text *text =
                text_find(server, value_member_text(value_member(message->params, "textDocument"), "uri"));
        const struct value *only = value_member(value_member(message->params, "context"), "only");
        struct sending sending;
        size_t begin, end;

        if (!text || !read_range(server, text, value_member(message->params, "range"), &begin, &end)) {
                send_error(server, message->id, RPC_INVALID_PARAMS, STR("no open text, or no range in it"));
                return;
        }
        send_result_begin(&sending, server, message);
        json_begin(&sending.writer, '[');
        if (wants(only, STR("quickfix"), true))
                write_quick_fixes(&sending.writer, server, text, begin, end);
        if (wants(only, STR(FIX_ALL), false))
                write_fix_all(&sending.writer, server, text);
        json_end(&sending.writer, ']');
        send_end(&sending);
}
