/* sarif.c - the report as SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format), for code scanning and editors.
 *
 * A result for each finding, in the report's order. Its region is the text of its snippet, counted in code points. Fixes are
 * replacements of regions; planning them means to read a document again, so only the first findings of a long report have
 * them: more than that no reader of SARIF shows anyway. */

#include "report/escape.h"
#include "report/excerpt.h"
#include "report/formats.h"
#include "report/pieces.h"
#include "report/repair.h"

enum { RESULTS_DEPTH = 4, MOST_FIXED = 5000, MOST_CONTEXT_BYTES = 600 };

static struct str level(enum severity severity)
{
        static const struct str levels[SEVERITY_COUNT] = {
                [SEVERITY_CRITICAL] = STR_INIT("error"), [SEVERITY_HIGH] = STR_INIT("error"),
                [SEVERITY_MEDIUM] = STR_INIT("warning"), [SEVERITY_LOW] = STR_INIT("note"),
                [SEVERITY_INFO] = STR_INIT("note"),
        };

        return levels[severity];
}

/* What GitHub sorts alerts by: a number in the manner of CVSS. */
static struct str security_severity(enum severity severity)
{
        static const struct str numbers[SEVERITY_COUNT] = {
                [SEVERITY_CRITICAL] = STR_INIT("9.5"), [SEVERITY_HIGH] = STR_INIT("8.0"),
                [SEVERITY_MEDIUM] = STR_INIT("5.5"),   [SEVERITY_LOW] = STR_INIT("3.0"),
                [SEVERITY_INFO] = STR_INIT("0.0"),
        };

        return numbers[severity];
}

/* A message; brackets that a reader would take for a link (section 3.11.6) get a backslash. */
static void print_message(struct json_writer *writer, const char *key, struct str text)
{
        CLEANUP(buf_free) struct buf escaped = {0};

        for (size_t i = 0; str_find(text, STR("]("), 0) != SIZE_MAX && i < text.len; i++) {
                if (text.data[i] == '[')
                        buf_add_char(&escaped, '\\');
                buf_add_char(&escaped, text.data[i]);
        }
        json_member_begin(writer, key, '{');
        json_member(writer, "text", escaped.len ? buf_text(&escaped) : text);
        json_end(writer, '}');
}

/* Rules */

static void print_help(struct json_writer *writer, const struct rule_summary *rule)
{
        CLEANUP(buf_free) struct buf help = {0};

        buf_add(&help, rule->description);
        for (size_t i = 0; i < rule->reference_count; i++) {
                buf_add(&help, i ? STR("\n") : STR("\n\nReferences:\n"));
                buf_add(&help, rule->references[i].framework);
                buf_add_char(&help, ' ');
                buf_add(&help, rule->references[i].id);
        }
        print_message(writer, "help", buf_text(&help));
}

/* Tags are a set, and a rule may cite a check once for each range of versions. */
static bool is_cited_before(const struct rule_summary *rule, size_t index)
{
        const struct reference *references = rule->references;

        for (size_t i = 0; i < index; i++)
                if (str_equal(references[i].framework, references[index].framework)
                    && str_equal(references[i].id, references[index].id))
                        return true;
        return false;
}

static void print_tags(struct json_writer *writer, const struct rule_summary *rule)
{
        struct arena scratch = {0};

        json_member_begin(writer, "tags", '[');
        json_text(writer, STR("security"));
        json_text(writer, STR("kubernetes"));
        json_text(writer, area_name(rule->area));
        for (size_t i = 0; i < rule->reference_count; i++) {
                const struct reference *reference = &rule->references[i];

                if (is_cited_before(rule, i))
                        continue;
                json_text(writer,
                          str_format(&scratch, "%.*s:%.*s", STR_ARG(reference->framework), STR_ARG(reference->id)));
        }
        json_end(writer, ']');
        arena_free(&scratch);
}

static void print_rule(struct json_writer *writer, const struct rule_summary *rule)
{
        json_begin(writer, '{');
        json_member(writer, "id", rule->id);
        print_message(writer, "shortDescription", rule->title);
        if (rule->description.len) {
                print_message(writer, "fullDescription", rule->description);
                print_help(writer, rule);
        }
        json_member_begin(writer, "defaultConfiguration", '{');
        json_member(writer, "level", level(rule->severity));
        json_end(writer, '}');
        json_member_begin(writer, "properties", '{');
        json_member(writer, "severity", severity_name(rule->severity));
        json_member(writer, "security-severity", security_severity(rule->severity));
        print_tags(writer, rule);
        json_end(writer, '}');
        json_end(writer, '}');
}

/* The index of a rule among those of the report, which are sorted; SIZE_MAX if it is not among them. */
static size_t rule_index(const struct report *report, struct str id)
{
        size_t begin = 0, end = report->rule_count;

        while (begin < end) {
                size_t middle = begin + (end - begin) / 2;
                int order = str_compare(report->rules[middle].id, id);

                if (order == 0)
                        return middle;
                if (order < 0)
                        begin = middle + 1;
                else
                        end = middle;
        }
        return SIZE_MAX;
}

/* Places */

static bool ends_line(struct str text, size_t at)
{
        return text.data[at] == '\n' || (text.data[at] == '\r' && !str_starts(str_from(text, at + 1), STR("\n")));
}

static size_t count_lines(struct str text, size_t begin, size_t end)
{
        size_t lines = 0;

        for (size_t i = begin; i < end; i++)
                lines += ends_line(text, i);
        return lines;
}

static size_t line_begin(struct str text, size_t at)
{
        while (at > 0 && text.data[at - 1] != '\n' && text.data[at - 1] != '\r')
                at--;
        return at;
}

static size_t line_end(struct str text, size_t at)
{
        while (at < text.len && text.data[at] != '\n' && text.data[at] != '\r')
                at++;
        return at;
}

static size_t count_columns(struct str text)
{
        size_t columns = 0;

        for (size_t i = 0; i < text.len; i++)
                columns += ((unsigned char)text.data[i] & 0xC0) != 0x80;
        return columns;
}

/* Where a byte stands, counted from the place of the finding and not from the beginning of a text that may be long. */
static struct place place_near(const struct finding *finding, size_t at)
{
        struct str text = finding->source->text;
        size_t line = finding->location.line;

        line += at > finding->at ? count_lines(text, finding->at, at) : 0;
        line -= at < finding->at ? count_lines(text, at, finding->at) : 0;
        return (struct place){(uint32_t)line, (uint32_t)count_columns(str_sub(text, line_begin(text, at), at)) + 1};
}

static void print_uri(struct json_writer *writer, struct str file)
{
        struct buf *out;

        json_member_begin(writer, "artifactLocation", '{');
        json_key(writer, "uri");
        out = json_raw(writer);
        buf_add_char(out, '"');
        escape_uri(out, file);
        buf_add_char(out, '"');
        json_end(writer, '}');
}

static void print_snippet(struct json_writer *writer, struct str text)
{
        json_member_begin(writer, "snippet", '{');
        json_member(writer, "text", text);
        json_end(writer, '}');
}

/* From the place of the finding to the end of its line, or of what an excerpt shows of it. */
static void print_region(struct json_writer *writer, const struct finding *finding)
{
        struct str shown = {0};

        if (finding->source) {
                struct excerpt excerpt = excerpt_at(finding->source->text, finding->at);

                shown = str_trim(str_from(excerpt.text, excerpt.caret));
        }
        json_member_begin(writer, "region", '{');
        json_member_number(writer, "startLine", finding->location.line ? finding->location.line : 1);
        json_member_number(writer, "startColumn", finding->location.column ? finding->location.column : 1);
        if (shown.len) {
                json_member_number(writer, "endColumn", finding->location.column + count_columns(shown));
                print_snippet(writer, shown);
        }
        json_end(writer, '}');
}

/* Where the line begins before the one that begins at `begin`; behind the last end of a line of any kind. */
static size_t line_before(struct str text, size_t begin)
{
        bool two = begin > 1 && text.data[begin - 1] == '\n' && text.data[begin - 2] == '\r';

        return line_begin(text, begin - 1 - two);
}

/* Where the line ends after the one that ends at `end`; the same if there is none. */
static size_t line_after(struct str text, size_t end)
{
        size_t next = end + 1 + str_starts(str_from(text, end), STR("\r\n"));

        return next < text.len ? line_end(text, next) : end;
}

/* The line with those before and after it, unless they are long. */
static void print_context(struct json_writer *writer, const struct finding *finding)
{
        struct str text = finding->source->text, shown;
        size_t begin = line_begin(text, finding->at), end = line_end(text, finding->at);
        size_t first = finding->location.line;

        if (begin > 0 && first > 1 && end - begin <= MOST_CONTEXT_BYTES) {
                begin = line_before(text, begin);
                first--;
        }
        end = line_after(text, end);
        shown = str_sub(text, begin, end);
        if (shown.len > MOST_CONTEXT_BYTES)
                return;
        json_member_begin(writer, "contextRegion", '{');
        json_member_number(writer, "startLine", first);
        json_member_number(writer, "endLine", first + count_lines(text, begin, end));
        print_snippet(writer, shown);
        json_end(writer, '}');
}

static void print_logical_location(struct json_writer *writer, const struct finding *finding)
{
        struct arena scratch = {0};
        struct str object = finding_object_words(&scratch, finding->object);

        json_member_begin(writer, "logicalLocations", '[');
        json_begin(writer, '{');
        json_member(writer, "name", finding->container.len ? finding->container : finding->object->name);
        json_member(writer, "fullyQualifiedName",
                    finding->container.len
                            ? str_format(&scratch, "%.*s/%.*s", STR_ARG(object), STR_ARG(finding->container))
                            : object);
        json_member(writer, "kind", finding->container.len ? STR("container") : STR("resource"));
        json_end(writer, '}');
        json_end(writer, ']');
        arena_free(&scratch);
}

static void print_location(struct json_writer *writer, const struct finding *finding)
{
        json_begin(writer, '{');
        json_member_begin(writer, "physicalLocation", '{');
        print_uri(writer, finding->location.file);
        print_region(writer, finding);
        if (finding->source && finding->location.line)
                print_context(writer, finding);
        json_end(writer, '}');
        if (finding->object)
                print_logical_location(writer, finding);
        json_end(writer, '}');
}

static void print_locations(struct json_writer *writer, const struct finding *finding)
{
        json_member_begin(writer, "locations", '[');
        print_location(writer, finding);
        json_end(writer, ']');
}

static void print_related(struct json_writer *writer, const struct finding *finding)
{
        if (!finding->related_count)
                return;
        json_member_begin(writer, "relatedLocations", '[');
        for (size_t i = 0; i < finding->related_count; i++) {
                const struct finding_related *related = &finding->related[i];

                json_begin(writer, '{');
                json_member_begin(writer, "physicalLocation", '{');
                print_uri(writer, related->location.file);
                json_member_begin(writer, "region", '{');
                json_member_number(writer, "startLine", related->location.line ? related->location.line : 1);
                json_member_number(writer, "startColumn", related->location.column ? related->location.column : 1);
                json_end(writer, '}');
                json_end(writer, '}');
                print_message(writer, "message", related->message);
                json_end(writer, '}');
        }
        json_end(writer, ']');
}

/* Fixes */

static void print_replacement(struct json_writer *writer, const struct finding *finding, const struct text_edit *edit)
{
        struct place begin = place_near(finding, edit->begin), end = place_near(finding, edit->end);

        json_begin(writer, '{');
        json_member_begin(writer, "deletedRegion", '{');
        json_member_number(writer, "startLine", begin.line);
        json_member_number(writer, "startColumn", begin.column);
        json_member_number(writer, "endLine", end.line);
        json_member_number(writer, "endColumn", end.column);
        json_end(writer, '}');
        json_member_begin(writer, "insertedContent", '{');
        json_member(writer, "text", edit->text);
        json_end(writer, '}');
        json_end(writer, '}');
}

static void print_fix(struct json_writer *writer, const struct finding *finding)
{
        struct arena scratch = {0};
        struct text_edits edits = {0};

        if (finding->location.line && repair_plan(&scratch, finding, &edits)) {
                json_member_begin(writer, "fixes", '[');
                json_begin(writer, '{');
                print_message(writer, "description",
                              finding->fix.note.len ? finding->fix.note
                                                    : finding->fix.safe
                                      ? STR("Safe to apply.")
                                      : STR("Look at what the workload needs first."));
                json_member_begin(writer, "artifactChanges", '[');
                json_begin(writer, '{');
                print_uri(writer, finding->location.file);
                json_member_begin(writer, "replacements", '[');
                for (size_t i = 0; i < edits.edits.count; i++)
                        print_replacement(writer, finding, &edits.edits.items[i]);
                json_end(writer, ']');
                json_end(writer, '}');
                json_end(writer, ']');
                json_end(writer, '}');
                json_end(writer, ']');
        }
        arena_free(&scratch);
}

/* Results */

static void print_suppression(struct json_writer *writer, const struct finding *finding)
{
        json_member_begin(writer, "suppressions", '[');
        if (finding->status != FINDING_OPEN) {
                json_begin(writer, '{');
                json_member(writer, "kind", STR("external"));
                json_member(writer, "status", STR("accepted"));
                json_member(writer, "justification",
                            finding->status == FINDING_KNOWN ? STR("in the baseline") : finding->exception->reason);
                json_end(writer, '}');
        }
        json_end(writer, ']');
}

/* GitHub tells alerts apart by primaryLocationLineHash. */
static void print_fingerprints(struct json_writer *writer, const struct finding *finding)
{
        json_member_begin(writer, "partialFingerprints", '{');
        json_member(writer, "primaryLocationLineHash", str_of(finding->fingerprint));
        json_member(writer, "strake/v1", str_of(finding->fingerprint));
        json_end(writer, '}');
}

static void print_properties(struct json_writer *writer, const struct finding *finding)
{
        json_member_begin(writer, "properties", '{');
        json_member(writer, "severity", severity_name(finding->severity));
        json_member(writer, "area", area_name(finding->rule->area));
        if (finding->location.document >= 0)
                json_member_number(writer, "document", (uint64_t)finding->location.document);
        if (finding->location.has_path)
                json_member(writer, "path", finding->location.path);
        report_print_references(writer, finding->references, finding->reference_count);
        json_end(writer, '}');
}

static void print_result(struct json_writer *writer, const struct report *report, size_t index)
{
        const struct finding *finding = &report->findings[index];
        size_t rule = rule_index(report, finding->rule->id);

        json_begin(writer, '{');
        json_member(writer, "ruleId", finding->rule->id);
        if (rule != SIZE_MAX)
                json_member_number(writer, "ruleIndex", rule);
        json_member(writer, "level", level(finding->severity));
        print_message(writer, "message", finding->message);
        print_locations(writer, finding);
        print_related(writer, finding);
        print_fingerprints(writer, finding);
        print_suppression(writer, finding);
        if (finding->fix.present && index < MOST_FIXED)
                print_fix(writer, finding);
        print_properties(writer, finding);
        json_end(writer, '}');
}

static void print_results(struct buf *out, const void *context, size_t begin, size_t end)
{
        struct json_writer writer = {.out = out, .depth = RESULTS_DEPTH, .filled = begin > 0};

        for (size_t i = begin; i < end; i++)
                print_result(&writer, context, i);
}

/* The run */

static void print_tool(struct json_writer *writer, const struct report *report)
{
        json_member_begin(writer, "tool", '{');
        json_member_begin(writer, "driver", '{');
        json_member(writer, "name", report->tool);
        json_member(writer, "version", report->version);
        json_member(writer, "semanticVersion", report->version);
        json_member_begin(writer, "rules", '[');
        for (size_t i = 0; i < report->rule_count; i++)
                print_rule(writer, &report->rules[i]);
        json_end(writer, ']');
        json_end(writer, '}');
        json_end(writer, '}');
}

static void print_notification(struct json_writer *writer, const struct finding *finding)
{
        json_begin(writer, '{');
        json_member(writer, "level", STR("error"));
        print_message(writer, "message", finding->message);
        print_locations(writer, finding);
        json_member_begin(writer, "associatedRule", '{');
        json_member(writer, "id", finding->rule->id);
        json_end(writer, '}');
        json_end(writer, '}');
}

static struct str status_words(int status)
{
        static const struct str words[] = {
                STR_INIT("judged, and nothing at or above --fail-on is open"),
                STR_INIT("judged, and something at or above --fail-on is open"),
                STR_INIT("some input could not be read or judged"),
                STR_INIT("nothing was judged"),
        };

        return (size_t)status < COUNT_OF(words) ? words[status] : STR("");
}

/* What could not be read or judged stands here too, as the reason why the run was no success. */
static void print_invocation(struct json_writer *writer, const struct report *report, int status)
{
        bool failed = false;

        json_member_begin(writer, "invocations", '[');
        json_begin(writer, '{');
        for (size_t i = 0; i < report->finding_count; i++)
                failed |= report->findings[i].fails_input;
        json_member_bool(writer, "executionSuccessful", !failed);
        json_member_number(writer, "exitCode", (uint64_t)status);
        json_member_if(writer, "exitCodeDescription", status_words(status));
        json_member_begin(writer, "toolExecutionNotifications", '[');
        for (size_t i = 0; i < report->finding_count; i++)
                if (report->findings[i].fails_input)
                        print_notification(writer, &report->findings[i]);
        json_end(writer, ']');
        json_end(writer, '}');
        json_end(writer, ']');
}

void report_print_sarif(struct buf *out, const struct report *report, const struct format_settings *settings)
{
        struct json_writer writer = {.out = out};

        json_begin(&writer, '{');
        json_member(&writer, "$schema", STR("https://json.schemastore.org/sarif-2.1.0.json"));
        json_member(&writer, "version", STR("2.1.0"));
        json_member_begin(&writer, "runs", '[');
        json_begin(&writer, '{');
        print_tool(&writer, report);
        print_invocation(&writer, report, settings->status);
        json_member(&writer, "columnKind", STR("unicodeCodePoints"));
        json_member_begin(&writer, "results", '[');
        pieces_run(out, report->finding_count, settings, print_results, report);
        writer.filled = report->finding_count > 0;
        json_end(&writer, ']');
        json_end(&writer, '}');
        json_end(&writer, ']');
        json_end(&writer, '}');
        buf_add_char(out, '\n');
}
