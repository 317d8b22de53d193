/* oscal.c - OSCAL assessment results (NIST, model 1.1.2, JSON), for programs that keep evidence of controls.
 *
 * Controls are those of --framework ("nist-800-190-3.1.4"), or else the rules themselves. Each that was judged is a finding of
 * OSCAL, satisfied or not; each finding of Strake is an observation. The same report gives the same bytes: identifiers are UUIDs
 * of names (version 5), and the time is the one that the settings have. */

#include <stdlib.h>
#include <time.h>

#include "base/uuid.h"
#include "report/escape.h"
#include "report/formats.h"

#define PROPERTY_SPACE "urn:strake:report"

/* uuid5 of the URL namespace and "urn:strake:report". */
static const struct uuid space = {
        {0x4a, 0xb9, 0x8d, 0x32, 0x7f, 0xb0, 0x51, 0x0d, 0xa2, 0x3b, 0xdf, 0x5d, 0xae, 0x91, 0xb3, 0x99}};

enum { TIME_TEXT = 40 };

struct oscal {
        struct json_writer writer;
        const struct report *report;
        const struct format_settings *settings;
        struct arena arena;
        struct str time, whole;          /* the time, and a name for everything that is in the report */
        char (*observations)[UUID_TEXT]; /* one for each finding */
        char (*objects)[UUID_TEXT];      /* of the object of each finding; empty: none */
};

/* --- pieces --- */

static void member_uuid(struct oscal *oscal, const char *key, struct str name)
{
        char text[UUID_TEXT];

        uuid_print(uuid_of_name(space, name), text);
        json_member(&oscal->writer, key, str_of(text));
}

/* A string of OSCAL: something, on one line, without spaces at its ends. */
static struct str one_line(struct arena *arena, struct str text)
{
        CLEANUP(buf_free) struct buf clean = {0};

        escape_terminal(&clean, text);
        text = str_trim(buf_text(&clean));
        return text.len ? str_copy(arena, text) : STR("-");
}

static void add_property(struct oscal *oscal, const char *name, struct str value)
{
        if (!value.len)
                return;
        json_begin(&oscal->writer, '{');
        json_member(&oscal->writer, "name", str_of(name));
        json_member(&oscal->writer, "ns", STR(PROPERTY_SPACE));
        json_member(&oscal->writer, "value", one_line(&oscal->arena, value));
        json_end(&oscal->writer, '}');
}

/* A token of OSCAL, which begins with a letter. */
static struct str control_token(struct arena *arena, const struct coverage *coverage, struct str id)
{
        char *text;

        if (coverage->framework.len)
                id = str_format(arena, "%.*s-%.*s", STR_ARG(coverage->framework), STR_ARG(id));
        else if (id.len && id.data[0] >= '0' && id.data[0] <= '9')
                id = str_format(arena, "_%.*s", STR_ARG(id));
        else
                id = str_copy(arena, id);
        text = (char *)id.data;
        for (size_t i = 0; i < id.len; i++) {
                if (text[i] == ':' || text[i] == '/' || text[i] == ' ')
                        text[i] = '_';
        }
        return id;
}

static bool is_judged(const struct control_coverage *control)
{
        return control->status == CONTROL_FAILED || control->status == CONTROL_PASSED;
}

/* Whether a finding is about a control: it cites it, or, without a framework, is of that rule. */
static bool is_about(const struct coverage *coverage, const struct control_coverage *control,
                     const struct finding *finding)
{
        if (finding->status == FINDING_EXCEPTED)
                return false;
        if (!coverage->framework.len)
                return str_equal(finding->rule->id, control->id);
        for (size_t i = 0; i < finding->reference_count; i++) {
                if (str_equal(finding->references[i].framework, coverage->framework)
                    && str_equal(finding->references[i].id, control->id))
                        return true;
        }
        return false;
}

/* --- identifiers --- */

static void name_finding(struct oscal *oscal, size_t index)
{
        const struct finding *finding = &oscal->report->findings[index];
        const struct finding_object *object = finding->object;
        struct arena scratch = {0};
        struct str name =
                str_format(&scratch, "observation\n%.*s\n%.*s\n%u\n%.*s\n%s\n%.*s\n%u", STR_ARG(finding->rule->id),
                           STR_ARG(finding->location.file), finding->document_index, STR_ARG(finding->location.path),
                           finding->fingerprint, STR_ARG(finding->message), finding->at);

        uuid_print(uuid_of_name(space, name), oscal->observations[index]);
        if (object) {
                name = str_format(&scratch, "object\n%.*s\n%u\n%.*s\n%.*s\n%.*s\n%.*s", STR_ARG(finding->location.file),
                                  finding->document_index, STR_ARG(object->api_version), STR_ARG(object->kind),
                                  STR_ARG(object->ns), STR_ARG(object->name));
                uuid_print(uuid_of_name(space, name), oscal->objects[index]);
        }
        arena_free(&scratch);
}

/* What the whole is called: whoever scans something else, or finds something else, has another document. */
static void name_everything(struct oscal *oscal)
{
        const struct report *report = oscal->report;
        CLEANUP(buf_free) struct buf text = {0};
        char name[UUID_TEXT];

        oscal->observations =
                (char(*)[UUID_TEXT])arena_array(&oscal->arena, char, checked_mul(report->finding_count, UUID_TEXT));
        oscal->objects =
                (char(*)[UUID_TEXT])arena_array(&oscal->arena, char, checked_mul(report->finding_count, UUID_TEXT));
        buf_add_format(&text, "report\n%.*s\n%.*s\n%" PRIu64 "\n%" PRIu64 "\n", STR_ARG(report->version),
                       STR_ARG(oscal->time), report->documents, report->objects);
        if (report->images)
                buf_add_format(&text, "%" PRIu64 " images\n", report->images);
        if (report->coverage)
                buf_add(&text, report->coverage->framework);
        for (size_t i = 0; i < report->finding_count; i++) {
                name_finding(oscal, i);
                buf_add_format(&text, "%s%s\n", oscal->observations[i],
                               finding_status_name(report->findings[i].status).data);
        }
        uuid_print(uuid_of_name(space, buf_text(&text)), name);
        oscal->whole = str_copy(&oscal->arena, str_of(name));
}

/* --- the parts, in the order of the model --- */

static void add_metadata(struct oscal *oscal)
{
        json_member_begin(&oscal->writer, "metadata", '{');
        json_member(&oscal->writer, "title", STR("Findings of Strake"));
        json_member(&oscal->writer, "last-modified", oscal->time);
        json_member(&oscal->writer, "version", oscal->report->version);
        json_member(&oscal->writer, "oscal-version", STR("1.1.2"));
        json_end(&oscal->writer, '}');
}

static int by_text(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The findings that are the first of their object. */
static bool *first_of_object(struct oscal *oscal)
{
        size_t count = oscal->report->finding_count;
        bool *first = arena_array(&oscal->arena, bool, count);
        char **sorted = arena_array(&oscal->arena, char *, count);

        for (size_t i = 0; i < count; i++)
                sorted[i] = oscal->objects[i];
        if (count)
                qsort(sorted, count, sizeof(*sorted), by_text);
        for (size_t begin = 0, end; begin < count; begin = end) {
                char *lowest = sorted[begin];

                for (end = begin; end < count && strcmp(sorted[end], sorted[begin]) == 0; end++)
                        lowest = sorted[end] < lowest ? sorted[end] : lowest;
                first[(size_t)(lowest - oscal->objects[0]) / UUID_TEXT] = lowest[0] != 0;
        }
        return first;
}

/* The objects that findings are about. */
static void add_objects(struct oscal *oscal)
{
        bool *first = first_of_object(oscal), begun = false;

        for (size_t i = 0; i < oscal->report->finding_count; i++) {
                const struct finding_object *object = oscal->report->findings[i].object;

                if (!first[i])
                        continue;
                if (!begun) {
                        json_member_begin(&oscal->writer, "local-definitions", '{');
                        json_member_begin(&oscal->writer, "inventory-items", '[');
                        begun = true;
                }
                json_begin(&oscal->writer, '{');
                json_member(&oscal->writer, "uuid", str_of(oscal->objects[i]));
                json_member(&oscal->writer, "description",
                            one_line(&oscal->arena, finding_object_words(&oscal->arena, object)));
                json_member_begin(&oscal->writer, "props", '[');
                add_property(oscal, "api-version", object->api_version);
                add_property(oscal, "kind", object->kind);
                add_property(oscal, "namespace", object->ns);
                add_property(oscal, "name", object->name);
                json_end(&oscal->writer, ']');
                json_end(&oscal->writer, '}');
                report_flush(oscal->writer.out, oscal->settings);
        }
        if (begun) {
                json_end(&oscal->writer, ']');
                json_end(&oscal->writer, '}');
        }
}

static void add_reviewed(struct oscal *oscal)
{
        const struct coverage *coverage = oscal->report->coverage;
        bool any = false;

        json_member_begin(&oscal->writer, "reviewed-controls", '{');
        json_member_begin(&oscal->writer, "control-selections", '[');
        json_begin(&oscal->writer, '{');
        for (size_t i = 0; coverage && i < coverage->count; i++) {
                if (!is_judged(&coverage->controls[i]))
                        continue;
                if (!any) {
                        json_member_begin(&oscal->writer, "include-controls", '[');
                        any = true;
                }
                json_begin(&oscal->writer, '{');
                json_member(&oscal->writer, "control-id",
                            control_token(&oscal->arena, coverage, coverage->controls[i].id));
                json_end(&oscal->writer, '}');
        }
        if (any)
                json_end(&oscal->writer, ']');
        else
                json_member(&oscal->writer, "description", STR("Nothing was judged."));
        json_end(&oscal->writer, '}');
        json_end(&oscal->writer, ']');
        json_end(&oscal->writer, '}');
}

static void add_evidence(struct oscal *oscal, const struct finding *finding)
{
        struct buf *out;

        json_member_begin(&oscal->writer, "relevant-evidence", '[');
        json_begin(&oscal->writer, '{');
        json_key(&oscal->writer, "href");
        out = json_raw(&oscal->writer);
        buf_add_char(out, '"');
        escape_uri(out, finding->location.file);
        buf_add_char(out, '"');
        json_member(&oscal->writer, "description",
                    finding->location.line ? str_format(&oscal->arena, "line %u, column %u", finding->location.line,
                                                        finding->location.column)
                                           : STR("the file"));
        json_end(&oscal->writer, '}');
        json_end(&oscal->writer, ']');
}

static void add_subject(struct oscal *oscal, size_t index)
{
        if (!oscal->objects[index][0])
                return;
        json_member_begin(&oscal->writer, "subjects", '[');
        json_begin(&oscal->writer, '{');
        json_member(&oscal->writer, "subject-uuid", str_of(oscal->objects[index]));
        json_member(&oscal->writer, "type", STR("inventory-item"));
        json_end(&oscal->writer, '}');
        json_end(&oscal->writer, ']');
}

static void add_observation(struct oscal *oscal, size_t index)
{
        const struct finding *finding = &oscal->report->findings[index];

        json_begin(&oscal->writer, '{');
        json_member(&oscal->writer, "uuid", str_of(oscal->observations[index]));
        json_member(&oscal->writer, "title", one_line(&oscal->arena, finding->rule->title));
        json_member(&oscal->writer, "description", one_line(&oscal->arena, finding->message));
        json_member_begin(&oscal->writer, "props", '[');
        add_property(oscal, "rule", finding->rule->id);
        add_property(oscal, "severity", severity_name(finding->severity));
        add_property(oscal, "status", finding_status_name(finding->status));
        add_property(oscal, "container", finding->container);
        add_property(oscal, "fingerprint", str_of(finding->fingerprint));
        json_end(&oscal->writer, ']');
        json_member_begin(&oscal->writer, "methods", '[');
        json_text(&oscal->writer, STR("TEST"));
        json_end(&oscal->writer, ']');
        add_subject(oscal, index);
        add_evidence(oscal, finding);
        json_member(&oscal->writer, "collected", oscal->time);
        json_end(&oscal->writer, '}');
}

static void add_observations(struct oscal *oscal)
{
        if (!oscal->report->finding_count)
                return;
        json_member_begin(&oscal->writer, "observations", '[');
        for (size_t i = 0; i < oscal->report->finding_count; i++) {
                add_observation(oscal, i);
                report_flush(oscal->writer.out, oscal->settings);
        }
        json_end(&oscal->writer, ']');
}

static void add_target(struct oscal *oscal, struct str token, const struct control_coverage *control)
{
        json_member_begin(&oscal->writer, "target", '{');
        json_member(&oscal->writer, "type", STR("objective-id"));
        json_member(&oscal->writer, "target-id", token);
        json_member_begin(&oscal->writer, "status", '{');
        json_member(&oscal->writer, "state",
                    control->status == CONTROL_PASSED ? STR("satisfied") : STR("not-satisfied"));
        if (control->beyond.len)
                json_member(&oscal->writer, "remarks",
                            str_format(&oscal->arena, "Not seen: %.*s.", STR_ARG(control->beyond)));
        json_end(&oscal->writer, '}');
        json_end(&oscal->writer, '}');
}

static void add_finding(struct oscal *oscal, const struct coverage *coverage, const struct control_coverage *control)
{
        struct str token = control_token(&oscal->arena, coverage, control->id);

        json_begin(&oscal->writer, '{');
        member_uuid(oscal, "uuid",
                    str_format(&oscal->arena, "finding\n%.*s\n%.*s", STR_ARG(oscal->whole), STR_ARG(token)));
        json_member(&oscal->writer, "title", one_line(&oscal->arena, control->title));
        json_member(&oscal->writer, "description",
                    str_format(&oscal->arena, "%" PRIu64 " of %" PRIu64 " objects failed.", control->failed,
                               control->judged > control->failed ? control->judged : control->failed));
        add_target(oscal, token, control);
        if (control->status == CONTROL_FAILED) {
                json_member_begin(&oscal->writer, "related-observations", '[');
                for (size_t i = 0; i < oscal->report->finding_count; i++) {
                        if (!is_about(coverage, control, &oscal->report->findings[i]))
                                continue;
                        json_begin(&oscal->writer, '{');
                        json_member(&oscal->writer, "observation-uuid", str_of(oscal->observations[i]));
                        json_end(&oscal->writer, '}');
                }
                json_end(&oscal->writer, ']');
        }
        json_end(&oscal->writer, '}');
        report_flush(oscal->writer.out, oscal->settings);
}

static void add_findings(struct oscal *oscal)
{
        const struct coverage *coverage = oscal->report->coverage;
        bool any = false;

        for (size_t i = 0; coverage && i < coverage->count; i++) {
                if (!is_judged(&coverage->controls[i]))
                        continue;
                if (!any) {
                        json_member_begin(&oscal->writer, "findings", '[');
                        any = true;
                }
                add_finding(oscal, coverage, &coverage->controls[i]);
        }
        if (any)
                json_end(&oscal->writer, ']');
}

static void add_result(struct oscal *oscal)
{
        const struct report *report = oscal->report;

        json_member_begin(&oscal->writer, "results", '[');
        json_begin(&oscal->writer, '{');
        member_uuid(oscal, "uuid", str_format(&oscal->arena, "result\n%.*s", STR_ARG(oscal->whole)));
        json_member(&oscal->writer, "title", STR("strake scan"));
        json_member(&oscal->writer, "description",
                    str_format(&oscal->arena, "%" PRIu64 " objects in %" PRIu64 " documents were judged by %s.",
                               report->objects, report->documents,
                               report->coverage && report->coverage->framework.len
                                       ? "the rules that cite the framework"
                                       : "the rules of Strake, each of which is a control"));
        json_member(&oscal->writer, "start", oscal->time);
        add_objects(oscal);
        add_reviewed(oscal);
        add_observations(oscal);
        add_findings(oscal);
        json_end(&oscal->writer, '}');
        json_end(&oscal->writer, ']');
}

/* An assessment has a plan; ours is the command. */
static void add_plan(struct oscal *oscal)
{
        json_member_begin(&oscal->writer, "back-matter", '{');
        json_member_begin(&oscal->writer, "resources", '[');
        json_begin(&oscal->writer, '{');
        member_uuid(oscal, "uuid", STR("plan"));
        json_member(&oscal->writer, "title", STR("The plan"));
        json_member(&oscal->writer, "description", STR("What strake scan judges: docs/rules.md."));
        json_end(&oscal->writer, '}');
        json_end(&oscal->writer, ']');
        json_end(&oscal->writer, '}');
}

static struct str time_text(struct arena *arena, int64_t seconds)
{
        char text[TIME_TEXT] = "";
        time_t time = (time_t)seconds;
        struct tm parts;

        if (!gmtime_r(&time, &parts))
                parts = (struct tm){.tm_year = 70, .tm_mday = 1};
        return str_copy(arena, (struct str){text, strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts)});
}

void report_print_oscal(struct buf *out, const struct report *report, const struct format_settings *settings)
{
        struct oscal oscal = {.writer = {.out = out}, .report = report, .settings = settings};
        char plan[UUID_TEXT];

        oscal.time = time_text(&oscal.arena, settings->time);
        name_everything(&oscal);
        uuid_print(uuid_of_name(space, STR("plan")), plan);
        json_begin(&oscal.writer, '{');
        json_member_begin(&oscal.writer, "assessment-results", '{');
        json_member(&oscal.writer, "uuid", oscal.whole);
        add_metadata(&oscal);
        json_member_begin(&oscal.writer, "import-ap", '{');
        json_member(&oscal.writer, "href", str_format(&oscal.arena, "#%s", plan));
        json_end(&oscal.writer, '}');
        add_result(&oscal);
        add_plan(&oscal);
        json_end(&oscal.writer, '}');
        json_end(&oscal.writer, '}');
        buf_add_char(out, '\n');
        arena_free(&oscal.arena);
}
