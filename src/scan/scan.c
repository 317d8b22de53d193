/* scan.c - read, judge, sort. */

#include "scan/scan.h"

#include "base/build_info.h"
#include "base/pool.h"
#include "graph/joins.h"
#include "graph/print.h"
#include "image/named.h"
#include "rulebook/cover.h"
#include "scan/input.h"
#include "scan/owned.h"
#include "scan/related.h"
#include "scan/score.h"

/* What is read and judged. */
struct counts {
        size_t documents, objects, workloads, images;
};

struct scratch {
        struct arena arena;
        struct finding_list found; /* of the source that is judged; its memory is used again */
        struct counts counts;      /* of all sources that this worker has judged */
        char apart[CACHE_LINE];
};

struct work {
        struct scan *scan;
        struct scratch *scratch;   /* one for each worker */
        struct finding_list *kept; /* one for each source, of just that size */
        struct points *points;     /* NULL: nobody asks */
        struct score_list *scores; /* one for each source */
};

static void count_source(struct counts *counts, const struct estate_source *source)
{
        size_t images = 0;

        for (size_t i = 0; i < source->objects.count; i++) {
                counts->workloads += source->objects.items[i].is_workload;
                images += object_is_image(&source->objects.items[i]);
        }
        counts->images += images;
        if (!source->source.text.data)
                return; /* of what stands in no file there are no documents, and the objects are images */
        if (!source->source.part.begin) /* of a text in parts the first one speaks for all */
                counts->documents += source->documents;
        counts->objects += source->objects.count;
}

static void add_counts(struct report *report, const struct counts *counts)
{
        report->documents += counts->documents;
        report->objects += counts->objects;
        report->workloads += counts->workloads;
        report->images += counts->images;
}

static void judge_source(void *context, size_t index, unsigned worker)
{
        struct work *work = context;
        struct estate_source *source = &work->scan->estate.sources[index];
        struct arena *scratch = &work->scratch[worker].arena;
        struct finding_list *found = &work->scratch[worker].found;

        found->count = 0;
        input_findings(work->scan->input_rules, source, found);
        rulebook_judge(work->scan->book, source, scratch, found);
        except_source(&work->scan->except, source, scratch, found);
        findings_sort(found->items, found->count);
        finding_list_copy(found, &work->kept[index]);
        count_source(&work->scratch[worker].counts, source);
        if (work->points)
                score_source(work->points, source, scratch, &work->scores[index]);
}

/* Adds findings to the report; those that are less severe than `least` count for the exit status only. */
static void add_findings(struct scan *scan, const struct finding *found, size_t count, enum severity least)
{
        for (size_t i = 0; i < count; i++) {
                scan->input_failed |= found[i].fails_input;
                if (found[i].severity <= least)
                        *finding_list_push(&scan->findings) = found[i];
        }
}

/* Puts what was found into the report. Sources come in the order of their names and their findings are sorted, so that the
 * whole is, but for what has no source. */
static void collect(struct scan *scan, struct work *work, enum severity least)
{
        CLEANUP(finding_list_free) struct finding_list general = {0};
        size_t total = 0;

        for (size_t i = 0; i < scan->estate.source_count; i++)
                total += work->kept[i].count;
        finding_list_reserve(&scan->findings, total);
        for (size_t i = 0; i < scan->estate.source_count; i++) {
                struct finding_list *kept = &work->kept[i];

                add_findings(scan, kept->items, kept->count, least);
                finding_list_free(kept);
        }
        input_general_findings(scan->input_rules, &scan->estate, &general);
        except_conclude(&scan->except, &scan->arena, &general);
        add_findings(scan, general.items, general.count, least);
        owned_drop_repeated(&scan->estate, &scan->findings);
        scan->report.findings = scan->findings.items;
        scan->report.finding_count = scan->findings.count;
}

static void print_paths(struct json_writer *writer, const void *paths)
{
        paths_print_list(writer, paths);
}

/* Looks over the estate, and judges each source. */
static void judge(struct scan *scan, const struct scan_settings *settings)
{
        unsigned threads = settings->input.threads ? settings->input.threads : pool_threads();
        size_t count = scan->estate.source_count;
        struct work work = {
                .scan = scan,
                .scratch = arena_array(&scan->arena, struct scratch, threads),
                .kept = arena_array(&scan->arena, struct finding_list, count),
                .points = settings->score ? points_new(&scan->arena) : NULL,
                .scores = arena_array(&scan->arena, struct score_list, count),
        };

        rulebook_look(&scan->arena, scan->book, &scan->estate, threads);
        scan->report.paths = ways_of(rulebook_prepared(scan->book, &join_way_to_cluster));
        scan->report.print_paths = print_paths;
        pool_run(threads, count, judge_source, &work);
        for (unsigned i = 0; i < threads; i++) {
                add_counts(&scan->report, &work.scratch[i].counts);
                finding_list_free(&work.scratch[i].found);
                arena_free(&work.scratch[i].arena);
        }
        collect(scan, &work, settings->min_severity);
        if (settings->no_evidence)
                related_drop(&scan->findings);
        else
                related_finish(scan);
        if (work.points)
                scan->report.scoring = score_join(&scan->arena, work.points, &scan->estate, work.scores);
}

/* Exceptions, and what other tools' settings say. */
static bool take_config(struct scan *scan, const struct scan_settings *settings, struct err *err)
{
        const struct rulebook_settings *rules = &settings->rules;

        scan->no_config = config_none();
        scan->except = (struct except_settings){
                .config = settings->config ? settings->config : &scan->no_config,
                .book = scan->book,
                .today = settings->today,
                .tell_unused =
                        !rules->only_count && !rules->skip_count && !rules->framework.len && !rules->pod_security.len,
        };
        scan->report.current_minor = scan->except.config->current_minor;
        scan->report.targeted_minor = scan->except.config->targeted_minor;
        return except_check(scan->except.config, scan->book, err);
}

bool scan_begin(struct scan *scan, const struct scan_settings *settings, struct err *err)
{
        *scan = (struct scan){.report = {.tool = STR("strake"), .version = build_info.version}};
        scan->book = rulebook_new(&scan->arena, &settings->rules, err);
        TRY(scan->book);
        TRY(take_config(scan, settings, err));
        scan->input_rules = input_summaries(&scan->arena);
        scan->report.rules =
                input_and_rule_summaries(&scan->arena, scan->input_rules, scan->book, &scan->report.rule_count);
        return true;
}

bool scan_run(struct scan *scan, const struct scan_settings *settings, struct err *err)
{
        TRY(scan_begin(scan, settings, err));
        estate_read(&scan->estate, &settings->input);
        TRY(!settings->add || settings->add(settings->add_context, &scan->estate, err));
        judge(scan, settings);
        report_finish(&scan->report);
        return true;
}

void scan_cover(struct scan *scan, const struct scan_settings *settings)
{
        scan->report.coverage = rulebook_cover(&scan->arena, scan->book, &settings->rules, &scan->estate, &scan->report,
                                               settings->min_severity);
}

void scan_judge_again(struct scan *scan, const struct scan_settings *settings)
{
        struct report *report = &scan->report;

        finding_list_free(&scan->findings);
        report->documents = report->objects = report->workloads = report->images = 0;
        scan->input_failed = false;
        judge(scan, settings);
        report_finish(report);
}

enum scan_status scan_status(const struct scan *scan, enum severity fail_on)
{
        const struct report *report = &scan->report;

        if (scan->input_failed)
                return SCAN_FAILED;
        if (!report->objects && !report->images)
                return SCAN_EMPTY;
        for (size_t i = 0; i < report->finding_count && fail_on < SEVERITY_COUNT; i++) {
                if (report->findings[i].status == FINDING_OPEN && report->findings[i].severity <= fail_on)
                        return SCAN_FOUND;
        }
        return SCAN_CLEAN;
}

void scan_free(struct scan *scan)
{
        finding_list_free(&scan->findings);
        estate_free(&scan->estate);
        arena_free(&scan->arena);
}
