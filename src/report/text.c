/* text.c - the report for people: under the headings of the areas, the worst first, what repairs it below. */

#include "report/color.h"
#include "report/escape.h"
#include "report/excerpt.h"
#include "report/formats.h"
#include "report/group.h"
#include "report/repair.h"

enum { WIDTH = 98, MOST_GROUPS = 60 };

struct text {
        struct buf *out;
        const struct report *report;
        const struct format_settings *settings;
        bool color;
};

void report_add_wrapped(struct buf *out, struct str words, const char *margin)
{
        struct str word;
        size_t column = 0;

        while (str_split(&words, ' ', &word)) {
                size_t columns = utf8_count(word);

                if (!word.len)
                        continue;
                if (!column || column + 1 + columns > WIDTH) {
                        buf_add_format(out, "%s%s", column ? "\n" : "", margin);
                        column = strlen(margin);
                } else {
                        buf_add_char(out, ' ');
                        column++;
                }
                escape_terminal(out, word);
                column += columns;
        }
        buf_add_char(out, '\n');
}

void report_add_place(struct buf *out, const struct finding_location *location)
{
        escape_terminal(out, location->file);
        if (location->line)
                buf_add_format(out, ":%u:%u", location->line, location->column);
        buf_add_literal(out, ": ");
}

void report_add_subject(struct buf *out, const struct finding *finding)
{
        struct arena scratch = {0};

        if (finding->object)
                escape_terminal(out, finding_object_words(&scratch, finding->object));
        if (finding->container.len) {
                buf_add_literal(out, ", container ");
                escape_terminal(out, finding->container);
        }
        arena_free(&scratch);
}

static void add_excerpt(struct text *text, const struct finding *finding)
{
        struct str number = {0};
        struct arena scratch = {0};
        struct excerpt excerpt;
        size_t caret;

        if (!finding->source || !finding->location.line)
                return;
        excerpt = excerpt_at(finding->source->text, finding->at);
        number = str_format(&scratch, "%6u", finding->location.line);
        color_begin(text->out, text->color, COLOR_FAINT);
        buf_add_format(text->out, "%.*s | ", STR_ARG(number));
        color_end(text->out, text->color);
        caret = excerpt_print_text(text->out, excerpt);
        buf_add_char(text->out, '\n');
        buf_add_repeat(text->out, ' ', number.len);
        buf_add_literal(text->out, " | ");
        buf_add_repeat(text->out, ' ', caret);
        color_begin(text->out, text->color, COLOR_CARET);
        buf_add_char(text->out, '^');
        color_end(text->out, text->color);
        buf_add_char(text->out, '\n');
        arena_free(&scratch);
}

static void add_fix(struct text *text, const struct finding *finding)
{
        struct arena scratch = {0};
        struct text_edits edits = {0};

        if (repair_plan(&scratch, finding, &edits)) {
                buf_add(text->out,
                        finding->fix.safe ? STR("  Fix:\n") : STR("  Fix, after a look at what it needs:\n"));
                repair_print(text->out, finding->source->text, &edits, STR("    "), text->color);
        }
        if (finding->fix.present && !finding->fix.safe && finding->fix.note.len)
                report_add_wrapped(text->out, finding->fix.note, "  ");
        arena_free(&scratch);
}

static void add_message(struct text *text, const struct finding *finding)
{
        report_add_place(text->out, &finding->location);
        escape_terminal(text->out, finding->message);
        buf_add_char(text->out, '\n');
}

static void add_title(struct text *text, const struct finding *finding)
{
        color_begin(text->out, text->color, color_of_severity(finding->severity));
        buf_add(text->out, severity_name(finding->severity));
        color_end(text->out, text->color);
        buf_add_literal(text->out, ": ");
        color_begin(text->out, text->color, COLOR_STRONG);
        escape_terminal(text->out, finding->rule->title);
        color_end(text->out, text->color);
        buf_add_literal(text->out, " [");
        escape_terminal(text->out, finding->rule->id);
        buf_add_literal(text->out, "]\n");
}

static bool is_same_object(const struct finding *a, const struct finding *b)
{
        return str_equal(a->location.file, b->location.file) && a->location.document == b->location.document
               && finding_object_compare(a->object, b->object) == 0;
}

/* One more finding of a group, in a line; its object only where it is another one. */
static void add_another(struct text *text, const struct finding *first, const struct finding *finding)
{
        struct arena scratch = {0};

        buf_add_literal(text->out, "  also ");
        report_add_place(text->out, &finding->location);
        if (finding->object && !is_same_object(first, finding)) {
                escape_terminal(text->out, finding_object_words(&scratch, finding->object));
                buf_add_literal(text->out, ": ");
        }
        escape_terminal(text->out, finding->message);
        buf_add_char(text->out, '\n');
        report_flush(text->out, text->settings);
        arena_free(&scratch);
}

/* Evidence that stands elsewhere, a line each. */
static void add_related(struct text *text, const struct finding *finding)
{
        struct arena scratch = {0};

        for (size_t i = 0; i < finding->related_count; i++) {
                const struct finding_related *related = &finding->related[i];

                buf_add_literal(text->out, "  see ");
                report_add_place(text->out, &related->location);
                escape_terminal(text->out, finding_object_words(&scratch, &related->object));
                buf_add_literal(text->out, ": ");
                escape_terminal(text->out, related->message);
                buf_add_char(text->out, '\n');
        }
        arena_free(&scratch);
}

/* The first finding with its source, its reason and its repair; then the others. */
static void add_group(struct text *text, const struct finding_group *group)
{
        const struct finding *first = group->findings[0];

        add_title(text, first);
        if (first->object) {
                buf_add_literal(text->out, "  ");
                report_add_subject(text->out, first);
                buf_add_char(text->out, '\n');
        }
        buf_add_literal(text->out, "  ");
        add_message(text, first);
        add_excerpt(text, first);
        add_related(text, first);
        if (first->rule->description.len)
                report_add_wrapped(text->out, first->rule->description, "  ");
        add_fix(text, first);
        for (size_t i = 1; i < group->count; i++)
                add_another(text, first, group->findings[i]);
        buf_add_char(text->out, '\n');
}

static void add_heading(struct text *text, enum area area)
{
        color_begin(text->out, text->color, COLOR_HEADING);
        buf_add(text->out, area_heading(area));
        color_end(text->out, text->color);
        buf_add_literal(text->out, "\n\n");
}

static void add_groups(struct text *text, const struct finding_groups *groups)
{
        for (size_t i = 0; i < groups->groups.count; i++) {
                const struct finding_group *group = &groups->groups.items[i];
                enum area area = group->findings[0]->rule->area;

                if (i == 0 || groups->groups.items[i - 1].findings[0]->rule->area != area)
                        add_heading(text, area);
                add_group(text, group);
                report_flush(text->out, text->settings);
        }
}

static const char *plural(uint64_t count)
{
        return count == 1 ? "" : "s";
}

/* How many files have an open finding; findings of a file stand together. */
static uint64_t count_files(const struct report *report)
{
        struct str before = {0};
        uint64_t files = 0;

        for (size_t i = 0; i < report->finding_count; i++) {
                const struct finding *finding = &report->findings[i];

                if (finding->status != FINDING_OPEN || (files && str_equal(finding->location.file, before)))
                        continue;
                before = finding->location.file;
                files++;
        }
        return files;
}

static void add_severities(struct text *text)
{
        const char *before = ": ";

        for (size_t i = 0; i < SEVERITY_COUNT; i++)
                if (text->report->open[i]) {
                        buf_add_format(text->out, "%s%" PRIu64 " ", before, text->report->open[i]);
                        color_begin(text->out, text->color, color_of_severity((enum severity)i));
                        buf_add(text->out, severity_name((enum severity)i));
                        color_end(text->out, text->color);
                        before = ", ";
                }
}

static void add_counts(struct text *text)
{
        const struct report *report = text->report;
        uint64_t open = 0, files = count_files(report);

        for (size_t i = 0; i < SEVERITY_COUNT; i++)
                open += report->open[i];
        if (open)
                buf_add_format(text->out, "%" PRIu64 " finding%s in %" PRIu64 " file%s", open, plural(open), files,
                               plural(files));
        else
                buf_add_literal(text->out, "Nothing found");
        add_severities(text);
        if (report->excepted)
                buf_add_format(text->out, "; %" PRIu64 " excepted", report->excepted);
        if (report->known)
                buf_add_format(text->out, "; %" PRIu64 " known", report->known);
        buf_add_literal(text->out, ".\n");
}

/* What to do next: begin with the worst. */
static void add_hint(struct text *text, const struct finding_groups *groups)
{
        const struct finding *worst = NULL;

        for (size_t i = 0; i < groups->groups.count; i++) {
                const struct finding *first = groups->groups.items[i].findings[0];

                if (first->rule->area != AREA_INPUT && (!worst || first->severity < worst->severity))
                        worst = first;
        }
        if (!worst)
                return;
        color_begin(text->out, text->color, COLOR_FAINT);
        buf_add_literal(text->out, "More about a rule: strake rules show ");
        escape_terminal(text->out, worst->rule->id);
        color_end(text->out, text->color);
        buf_add_char(text->out, '\n');
}

static void add_summary(struct text *text)
{
        const struct report *report = text->report;
        size_t unread = 0;

        for (size_t i = 0; i < report->finding_count; i++)
                unread += report->findings[i].fails_input;
        add_counts(text);
        if (report->objects)
                buf_add_format(text->out,
                               "Judged: %" PRIu64 " object%s (%" PRIu64 " workload%s) in %" PRIu64 " document%s.\n",
                               report->objects, plural(report->objects), report->workloads, plural(report->workloads),
                               report->documents, plural(report->documents));
        if (report->images)
                buf_add_format(text->out, "Judged: %" PRIu64 " image%s.\n", report->images, plural(report->images));
        if (!report->objects && !report->images)
                buf_add_literal(text->out,
                                "Nothing was judged: there was no Kubernetes object, image or Dockerfile.\n");
        if (unread)
                buf_add_format(text->out, "%zu problem%s kept input from being judged; see Input.\n", unread,
                               plural(unread));
}

void report_add_line(struct buf *out, const struct finding *finding, bool color)
{
        report_add_place(out, &finding->location);
        color_begin(out, color, color_of_severity(finding->severity));
        buf_add(out, severity_name(finding->severity));
        color_end(out, color);
        buf_add_literal(out, ": ");
        if (finding->object) {
                report_add_subject(out, finding);
                buf_add_literal(out, ": ");
        }
        escape_terminal(out, finding->message);
        buf_add_literal(out, " [");
        escape_terminal(out, finding->rule->id);
        buf_add_literal(out, "]\n");
}

/* One line for each finding, in the order of files. */
static void print_lines(struct text *text)
{
        for (size_t i = 0; i < text->report->finding_count; i++) {
                if (text->report->findings[i].status != FINDING_OPEN)
                        continue;
                report_add_line(text->out, &text->report->findings[i], text->color);
                report_flush(text->out, text->settings);
        }
}

void report_print_text(struct buf *out, const struct report *report, const struct format_settings *settings)
{
        struct text text = {out, report, settings, settings->color};
        struct finding_groups groups = {0};
        struct arena scratch = {0};

        if (settings->quiet) {
                print_lines(&text);
                return;
        }
        finding_groups_make(&scratch, report, false, &groups);
        if (groups.groups.count > MOST_GROUPS) { /* a long report does not explain a rule again for each object */
                groups = (struct finding_groups){0};
                finding_groups_make(&scratch, report, true, &groups);
        }
        add_groups(&text, &groups);
        if (report->coverage && report->coverage->framework.len)
                report_print_coverage_text(out, report->coverage, settings->color);
        add_summary(&text);
        add_hint(&text, &groups);
        arena_free(&scratch);
}
