/* baseline.c - fingerprints of an earlier report. */

#include "report/baseline.h"

#include "doc/document.h"

bool baseline_read(struct arena *arena, struct str text, struct baseline *out, struct err *err)
{
        struct document document;
        const struct value *findings;
        uint32_t fingerprint = intern(STR("fingerprint"));

        *out = (struct baseline){0};
        TRY(json_read_one(arena, text, &document, err));
        findings = value_get(&document.root, intern(STR("findings")));
        if (!str_is(value_get_text(&document.root, intern(STR("schema"))), "strake.report/1")
                    || !value_is(findings, VALUE_LIST))
                return err_set(err, "this is no report of Strake; strake scan -o json=FILE makes one");
        value_each (findings, finding)
                *map_slot(arena, &out->fingerprints, value_get_text(&finding->value, fingerprint)) = out;
        return true;
}

void baseline_apply(const struct baseline *baseline, struct report *report)
{
        for (size_t i = 0; i < report->finding_count; i++) {
                struct finding *finding = &report->findings[i];

                if (finding->status == FINDING_OPEN && !finding->fails_input
                    && map_get(&baseline->fingerprints, str_of(finding->fingerprint)))
                        finding->status = FINDING_KNOWN;
        }
        report_finish(report);
}
