/* answer.c - findings as diagnostics, and what there is to say about one. */

#include "editor/internal.h"
#include "report/escape.h"
#include "report/repair.h"

/* --- findings of a text --- */

const struct finding *text_next_finding(const struct server *server, const struct open_text *text, size_t *at)
{
        const struct live_source *source =
                text->is_judged && server->is_open ? live_find(&server->watch.live, text->name) : NULL;

        while (source && *at < source->findings.count) {
                const struct finding *finding = &source->findings.items[(*at)++];

                if (finding->status == FINDING_OPEN && !finding->is_repeated)
                        return finding;
        }
        return NULL;
}

static bool is_line_end(char byte)
{
        return byte == '\n' || byte == '\r';
}

/* Where a list or map in brackets ends, or its line. */
static size_t end_of_brackets(struct str text, size_t at)
{
        unsigned depth = 0;

        for (; at < text.len && !is_line_end(text.data[at]); at++) {
                depth += text.data[at] == '{' || text.data[at] == '[';
                depth -= text.data[at] == '}' || text.data[at] == ']';
                if (!depth)
                        return at + 1;
        }
        return at;
}

static size_t end_of_quotes(struct str text, size_t at)
{
        char quote = text.data[at++];

        while (at < text.len && text.data[at] != quote && !is_line_end(text.data[at]))
                at++;
        return at < text.len && text.data[at] == quote ? at + 1 : at;
}

/* Before a comment, or what ends a plain value in brackets. */
static size_t end_of_plain(struct str text, size_t at)
{
        size_t end = at;

        while (end < text.len && !is_line_end(text.data[end]) && text.data[end] != '}' && text.data[end] != ']'
               && !(text.data[end] == ',' && end + 1 < text.len && strchr(" \r\n", text.data[end + 1]))
               && !(text.data[end] == '#' && end > at && text.data[end - 1] == ' '))
                end++;
        return end;
}

/* The value as far as it stands in one line: a scalar, or the beginning of a list or map. */
void finding_range(const struct finding *finding, struct str text, size_t *begin, size_t *end)
{
        size_t at = min_size(finding->at, text.len), stop = at;

        if (at < text.len && (text.data[at] == '{' || text.data[at] == '['))
                stop = end_of_brackets(text, at);
        else if (at < text.len && (text.data[at] == '"' || text.data[at] == '\''))
                stop = end_of_quotes(text, at);
        else
                stop = end_of_plain(text, at);
        while (stop > at && strchr(" \t", text.data[stop - 1]))
                stop--;
        *begin = at;
        *end = stop;
}

/* --- diagnostics --- */

static void write_spot(struct json_writer *writer, const char *key, struct spot spot)
{
        json_member_begin(writer, key, '{');
        json_member_number(writer, "line", spot.line);
        json_member_number(writer, "character", spot.character);
        json_end(writer, '}');
}

void write_range(struct json_writer *writer, const struct server *server, struct open_text *text, size_t begin,
                 size_t end)
{
        json_member_begin(writer, "range", '{');
        write_spot(writer, "start", spot_of(text_lines(text), begin, server->encoding));
        write_spot(writer, "end", spot_of(text_lines(text), end, server->encoding));
        json_end(writer, '}');
}

/* Error, warning, information, hint. */
static unsigned level_of(enum severity severity)
{
        static const unsigned levels[SEVERITY_COUNT] = {
                [SEVERITY_CRITICAL] = 1, [SEVERITY_HIGH] = 1, [SEVERITY_MEDIUM] = 2,
                [SEVERITY_LOW] = 3,      [SEVERITY_INFO] = 4,
        };

        return levels[severity];
}

static void write_message(struct json_writer *writer, const struct finding *finding)
{
        CLEANUP(buf_free) struct buf message = {0};

        buf_add(&message, finding->message);
        if (finding->rule->description.len) {
                buf_add_char(&message, '\n');
                buf_add(&message, finding->rule->description);
        }
        json_member(writer, "message", buf_text(&message));
}

void write_diagnostic(struct json_writer *writer, const struct server *server, struct open_text *text,
                      const struct finding *finding)
{
        struct str url = server->settings->rules_url;
        CLEANUP(buf_free) struct buf page = {0};
        size_t begin, end;

        finding_range(finding, buf_text(&text->text), &begin, &end);
        json_begin(writer, '{');
        write_range(writer, server, text, begin, end);
        json_member_number(writer, "severity", level_of(finding->severity));
        json_member(writer, "code", finding->rule->id);
        if (url.len) {
                buf_add(&page, url);
                escape_uri(&page, finding->rule->id);
                json_member_begin(writer, "codeDescription", '{');
                json_member(writer, "href", buf_text(&page));
                json_end(writer, '}');
        }
        json_member(writer, "source", STR("strake"));
        write_message(writer, finding);
        json_member_begin(writer, "data", '{');
        json_member(writer, "fingerprint", str_of(finding->fingerprint));
        json_member(writer, "severity", severity_name(finding->severity));
        json_end(writer, '}');
        json_end(writer, '}');
}

void publish(struct server *server, struct open_text *text, bool none)
{
        const struct finding *finding;
        struct sending sending;

        send_params_begin(&sending, server, "textDocument/publishDiagnostics");
        json_member(&sending.writer, "uri", text->uri);
        if (text->has_version && text->version >= 0)
                json_member_number(&sending.writer, "version", (uint64_t)text->version);
        json_member_begin(&sending.writer, "diagnostics", '[');
        for (size_t at = 0; !none && (finding = text_next_finding(server, text, &at));)
                write_diagnostic(&sending.writer, server, text, finding);
        json_end(&sending.writer, ']');
        send_params_end(&sending);
        text->is_waiting = false;
}

/* --- hover --- */

static void add_references(struct buf *out, const struct finding *finding)
{
        if (!finding->reference_count)
                return;
        buf_add_literal(out, "\nSee also:");
        for (size_t i = 0; i < finding->reference_count; i++) {
                buf_add(out, i ? STR(", ") : STR(" "));
                escape_markdown(out, finding->references[i].framework);
                buf_add_char(out, ' ');
                escape_markdown(out, finding->references[i].id);
        }
        buf_add_literal(out, "\n");
}

static void add_repair(struct buf *out, const struct finding *finding)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct text_edits edits = {0};

        if (!repair_plan(&scratch, finding, &edits))
                return;
        buf_add(out, finding->fix.safe ? STR("\nHow to repair it:\n\n")
                                       : STR("\nHow to repair it, after a look at what it needs:\n\n"));
        /* Indented text is code, whatever is in it. */
        repair_print(out, finding->source->text, &edits, STR("    "), false);
        if (!finding->fix.safe && finding->fix.note.len) {
                buf_add_char(out, '\n');
                escape_markdown(out, finding->fix.note);
                buf_add_char(out, '\n');
        }
}

static void add_finding(struct buf *out, const struct server *server, const struct finding *finding)
{
        struct str url = server->settings->rules_url;

        buf_add(out, out->len ? STR("\n---\n\n**") : STR("**"));
        escape_markdown(out, finding->rule->title);
        buf_add_literal(out, "** (");
        buf_add(out, severity_name(finding->severity));
        buf_add_literal(out, ", ");
        if (url.len) {
                buf_add_char(out, '[');
                escape_markdown(out, finding->rule->id);
                buf_add_literal(out, "](");
                buf_add(out, url);
                escape_uri(out, finding->rule->id);
                buf_add_char(out, ')');
        } else {
                escape_markdown(out, finding->rule->id);
        }
        buf_add_literal(out, ")\n\n");
        escape_markdown(out, finding->message);
        buf_add_literal(out, "\n\n");
        escape_markdown(out, finding->rule->description);
        buf_add_char(out, '\n');
        add_repair(out, finding);
        add_references(out, finding);
}

/* The findings at a place whose ranges are the narrowest there. */
static void add_findings(struct buf *out, const struct server *server, struct open_text *text, size_t offset,
                         size_t *first, size_t *last)
{
        const struct finding *finding;
        size_t width = SIZE_MAX, begin, end;

        for (size_t at = 0; (finding = text_next_finding(server, text, &at));) {
                finding_range(finding, buf_text(&text->text), &begin, &end);
                if (finding->location.line && offset >= begin && offset <= end)
                        width = min_size(width, end - begin);
        }
        for (size_t at = 0; (finding = text_next_finding(server, text, &at));) {
                finding_range(finding, buf_text(&text->text), &begin, &end);
                if (!finding->location.line || offset < begin || offset > end || end - begin != width)
                        continue;
                add_finding(out, server, finding);
                *first = begin;
                *last = end;
        }
}

void answer_hover(struct server *server, const struct message *message)
{
        struct open_text *text =
                text_find(server, value_member_text(value_member(message->params, "textDocument"), "uri"));
        CLEANUP(buf_free) struct buf words = {0};
        struct sending sending;
        size_t offset, first = 0, last = 0;

        if (!text || !read_spot(server, text, value_member(message->params, "position"), &offset)) {
                send_error(server, message->id, RPC_INVALID_PARAMS, STR("no open text, or no position in it"));
                return;
        }
        add_findings(&words, server, text, offset, &first, &last);
        send_result_begin(&sending, server, message);
        if (!words.len) {
                buf_add_literal(json_raw(&sending.writer), "null");
        } else {
                json_begin(&sending.writer, '{');
                json_member_begin(&sending.writer, "contents", '{');
                json_member(&sending.writer, "kind", STR("markdown"));
                json_member(&sending.writer, "value", buf_text(&words));
                json_end(&sending.writer, '}');
                write_range(&sending.writer, server, text, first, last);
                json_end(&sending.writer, '}');
        }
        send_end(&sending);
}
