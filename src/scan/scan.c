/* scan.c - read, judge, sort. */

#include "scan/scan.h"

#include "base/build_info.h"
#include "base/pool.h"
#include "scan/input.h"

struct work {
        struct scan *scan;
        struct arena *scratch;       /* one for each worker */
        struct finding_list *found;  /* one for each source */
};

static void judge_source(void *context, size_t index, unsigned worker)
{
        struct work *work = context;
        struct estate_source *source = &work->scan->estate.sources[index];

        input_findings(source, &work->found[index]);
        rulebook_judge(work->scan->book, source, &work->scratch[worker], &work->found[index]);
}

static void count_source(struct report *report, const struct estate_source *source)
{
        report->documents += source->documents;
        report->objects += source->objects.count;
        for (size_t i = 0; i < source->objects.count; i++)
                report->workloads += source->objects.items[i].is_workload;
}

static void add_findings(struct scan *scan, const struct finding_list *found, enum severity least)
{
        struct report *report = &scan->report;

        for (size_t i = 0; i < found->findings.count; i++) {
                const struct finding *finding = &found->findings.items[i];

                scan->input_failed |= finding->fails_input;
                if (finding->severity <= least)
                        report->findings[report->finding_count++] = *finding;
        }
}

/* Puts what was found into the report. */
static void collect(struct scan *scan, const struct finding_list *found, enum severity least)
{
        struct finding_list general = {0};
        size_t count;

        input_general_findings(&scan->estate, &general);
        count = general.findings.count;
        for (size_t i = 0; i < scan->estate.source_count; i++)
                count += found[i].findings.count;
        scan->report.findings = arena_take(&scan->arena, checked_mul(count, sizeof(struct finding)));
        add_findings(scan, &general, least);
        for (size_t i = 0; i < scan->estate.source_count; i++) {
                count_source(&scan->report, &scan->estate.sources[i]);
                add_findings(scan, &found[i], least);
        }
}

static void judge(struct scan *scan, const struct scan_settings *settings)
{
        unsigned threads = settings->input.threads ? settings->input.threads : pool_threads();
        size_t count = scan->estate.source_count;
        struct work work = {
                .scan = scan,
                .scratch = arena_array(&scan->arena, struct arena, threads),
                .found = arena_array(&scan->arena, struct finding_list, count),
        };

        pool_run(threads, count, judge_source, &work);
        for (unsigned i = 0; i < threads; i++)
                arena_free(&work.scratch[i]);
        collect(scan, work.found, settings->min_severity);
}

bool scan_run(struct scan *scan, const struct scan_settings *settings, struct err *err)
{
        *scan = (struct scan){.report = {.tool = STR("strake"), .version = build_info.version}};
        scan->book = rulebook_new(&scan->arena, &settings->rules, err);
        TRY(scan->book);
        estate_read(&scan->estate, &settings->input);
        judge(scan, settings);
        scan->report.rules = input_and_rule_summaries(&scan->arena, scan->book, &scan->report.rule_count);
        report_finish(&scan->report);
        return true;
}

enum scan_status scan_status(const struct scan *scan, enum severity fail_on)
{
        const struct report *report = &scan->report;

        if (scan->input_failed)
                return SCAN_FAILED;
        if (!report->objects)
                return SCAN_EMPTY;
        for (size_t i = 0; i < report->finding_count && fail_on < SEVERITY_COUNT; i++) {
                if (report->findings[i].status == FINDING_OPEN && report->findings[i].severity <= fail_on)
                        return SCAN_FOUND;
        }
        return SCAN_CLEAN;
}

void scan_free(struct scan *scan)
{
        estate_free(&scan->estate);
        arena_free(&scan->arena);
}
