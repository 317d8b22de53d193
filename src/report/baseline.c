/* baseline.c - fingerprints of an earlier report. */

#include "report/baseline.h"

#include <stdlib.h>

#include "doc/document.h"
#include "doc/print.h"
#include "report/formats.h"

static bool is_known(struct str schema)
{
        return str_is(schema, "strake.baseline/1") || str_is(schema, "strake.report/1");
}

bool baseline_read(struct arena *arena, struct str text, struct baseline *out, struct err *err)
{
        struct document document;
        const struct value *findings;
        uint32_t fingerprint = intern(STR("fingerprint"));

        *out = (struct baseline){0};
        TRY(json_read_one(arena, text, &document, err));
        findings = value_member(&document.root, "findings");
        if (!is_known(value_member_text(&document.root, "schema")) || !value_is(findings, VALUE_LIST))
                return err_set(err, "this is no baseline and no report; strake scan -o baseline=FILE makes one");
        value_each (findings, finding)
                *map_slot(arena, &out->fingerprints, value_get_text(&finding->value, fingerprint)) = out;
        return true;
}

void baseline_mark(const struct baseline *baseline, struct finding *findings, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                struct finding *finding = &findings[i];

                if (finding->status == FINDING_OPEN && !finding->fails_input
                    && map_get(&baseline->fingerprints, str_of(finding->fingerprint)))
                        finding->status = FINDING_KNOWN;
        }
}

void baseline_apply(const struct baseline *baseline, struct report *report)
{
        baseline_mark(baseline, report->findings, report->finding_count);
        report_finish(report);
}

static int by_fingerprint(const void *a, const void *b)
{
        return strcmp((*(const struct finding *const *)a)->fingerprint,
                      (*(const struct finding *const *)b)->fingerprint);
}

/* One finding: what tells it, and what a person who reads the file needs. */
static void print_one(struct buf *out, struct arena *scratch, const struct finding *finding)
{
        struct str words = finding->location.file;

        if (finding->object)
                words = finding_object_words(scratch, finding->object);
        if (finding->container.len)
                words = str_format(scratch, "%.*s, container %.*s", STR_ARG(words), STR_ARG(finding->container));
        buf_add_format(out, "    {\"fingerprint\": \"%s\", \"rule\": ", finding->fingerprint);
        json_print_string(out, finding->rule->id);
        buf_add_literal(out, ", \"of\": ");
        json_print_string(out, words);
        buf_add_char(out, '}');
}

/* One line for each finding that is not excepted, in the order of fingerprints: so the file changes in those lines only that come
 * and go. */
void report_print_baseline(struct buf *out, const struct report *report, const struct format_settings *settings)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        const struct finding **order = arena_array(&scratch, const struct finding *, report->finding_count);
        size_t count = 0;

        for (size_t i = 0; i < report->finding_count; i++) {
                if (report->findings[i].status != FINDING_EXCEPTED && !report->findings[i].fails_input)
                        order[count++] = &report->findings[i];
        }
        if (count)
                qsort(order, count, sizeof(*order), by_fingerprint);
        buf_add_literal(out, "{\n  \"schema\": \"strake.baseline/1\",\n  \"findings\": [");
        for (size_t i = 0; i < count; i++) {
                buf_add(out, i ? STR(",\n") : STR("\n"));
                print_one(out, &scratch, order[i]);
                report_flush(out, settings);
        }
        buf_add(out, count ? STR("\n  ]\n}\n") : STR("]\n}\n"));
}
