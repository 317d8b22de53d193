/* junit.c - JUnit XML as CI systems read it: a suite for each file, a failed test case for each open finding.
 *
 * What could not be read is an error; a note of severity info passes and carries its text; what is excepted or known is
 * skipped. A report without findings has one passing case, because an empty file means "no tests ran" to most readers. */

#include "report/escape.h"
#include "report/formats.h"

enum outcome { OUTCOME_PASSED, OUTCOME_FAILED, OUTCOME_ERROR, OUTCOME_SKIPPED, OUTCOME_COUNT };

static enum outcome outcome_of(const struct finding *finding)
{
        if (finding->status != FINDING_OPEN)
                return OUTCOME_SKIPPED;
        if (finding->fails_input)
                return OUTCOME_ERROR;
        return finding->severity == SEVERITY_INFO ? OUTCOME_PASSED : OUTCOME_FAILED;
}

static void add_attribute(struct buf *out, const char *name, struct str value)
{
        buf_add_format(out, " %s=\"", name);
        escape_xml(out, value);
        buf_add_char(out, '"');
}

static void add_counts(struct buf *out, const struct finding *findings, size_t count)
{
        size_t counts[OUTCOME_COUNT] = {0};

        for (size_t i = 0; i < count; i++)
                counts[outcome_of(&findings[i])]++;
        buf_add_format(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"", count,
                       counts[OUTCOME_FAILED], counts[OUTCOME_ERROR], counts[OUTCOME_SKIPPED]);
}

static void add_details(struct buf *out, const struct finding *finding)
{
        escape_xml(out, finding->location.file);
        if (finding->location.line)
                buf_add_format(out, ":%u:%u", finding->location.line, finding->location.column);
        buf_add_literal(out, "\n");
        escape_xml(out, finding->message);
        if (finding->rule->description.len) {
                buf_add_literal(out, "\n");
                escape_xml(out, finding->rule->description);
        }
}

static void add_outcome(struct buf *out, const struct finding *finding)
{
        enum outcome outcome = outcome_of(finding);
        static const char *const elements[OUTCOME_COUNT] = {
                [OUTCOME_PASSED] = "system-out",
                [OUTCOME_FAILED] = "failure",
                [OUTCOME_ERROR] = "error",
                [OUTCOME_SKIPPED] = "skipped",
        };

        buf_add_format(out, "      <%s", elements[outcome]);
        if (outcome != OUTCOME_PASSED)
                add_attribute(out, "message", finding->message);
        if (outcome == OUTCOME_FAILED || outcome == OUTCOME_ERROR)
                add_attribute(out, "type", severity_name(finding->severity));
        if (outcome == OUTCOME_SKIPPED) {
                buf_add_literal(out, "/>\n");
                return;
        }
        buf_add_literal(out, ">");
        add_details(out, finding);
        buf_add_format(out, "</%s>\n", elements[outcome]);
}

static void print_case(struct buf *out, const struct finding *finding)
{
        struct arena scratch = {0};
        struct str name = finding->rule->title;

        if (finding->object)
                name = str_format(&scratch, "%.*s: %.*s", STR_ARG(finding_object_words(&scratch, finding->object)),
                                  STR_ARG(name));
        if (finding->container.len)
                name = str_format(&scratch, "%.*s (container %.*s)", STR_ARG(name), STR_ARG(finding->container));
        buf_add_literal(out, "    <testcase");
        add_attribute(out, "name", name);
        add_attribute(out, "classname", finding->rule->id);
        add_attribute(out, "file", finding->location.file);
        if (finding->location.line)
                buf_add_format(out, " line=\"%u\"", finding->location.line);
        buf_add_literal(out, ">\n");
        add_outcome(out, finding);
        buf_add_literal(out, "    </testcase>\n");
        arena_free(&scratch);
}

/* Prints the suite of the file that the first finding is in; returns how many findings it has. */
static size_t print_suite(struct buf *out, const struct finding *findings, size_t most,
                          const struct format_settings *settings)
{
        size_t count = 1;

        while (count < most && str_equal(findings[count].location.file, findings[0].location.file))
                count++;
        buf_add_literal(out, "  <testsuite");
        add_attribute(out, "name", findings[0].location.file);
        add_counts(out, findings, count);
        buf_add_literal(out, ">\n");
        for (size_t i = 0; i < count; i++) {
                print_case(out, &findings[i]);
                report_flush(out, settings);
        }
        buf_add_literal(out, "  </testsuite>\n");
        return count;
}

static void print_clean_suite(struct buf *out, const struct report *report)
{
        buf_add_literal(out, "  <testsuite name=\"strake\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\">\n");
        buf_add_format(out, "    <testcase name=\"%" PRIu64 " objects judged, nothing found\" classname=\"strake\"/>\n",
                       report->objects);
        buf_add_literal(out, "  </testsuite>\n");
}

void report_print_junit(struct buf *out, const struct report *report, const struct format_settings *settings)
{
        buf_add_literal(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"strake\"");
        if (report->finding_count)
                add_counts(out, report->findings, report->finding_count);
        else
                buf_add_literal(out, " tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\"");
        buf_add_literal(out, ">\n");
        for (size_t i = 0; i < report->finding_count;)
                i += print_suite(out, &report->findings[i], report->finding_count - i, settings);
        if (!report->finding_count)
                print_clean_suite(out, report);
        buf_add_literal(out, "</testsuites>\n");
}
