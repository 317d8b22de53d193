/* live_judge.c - judging again what has to be, and what came of it. */

#include "scan/live_judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/pool.h"
#include "scan/input.h"
#include "scan/live_asks.h"
#include "scan/owned.h"
#include "scan/related.h"

enum { FEW = 4, WORD = 64, SMALL_BLOCK = 512 };

void *live_take(size_t size)
{
        void *taken = malloc(size ? size : 1);

        if (!taken) {
                fputs("strake: out of memory\n", stderr);
                abort();
        }
        return taken;
}

uint64_t live_clock(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

/* --- threads --- */

static size_t exception_count(const struct live *live)
{
        return live->scan.except.config->exceptions.count;
}

/* Each thread notes in a copy of the settings which exceptions are used. */
void live_judge_begin(struct live *live)
{
        struct arena *arena = &live->scan.arena;
        const struct config *config = live->scan.except.config;
        size_t count = exception_count(live);

        live->configs = arena_array(arena, struct config, live->threads);
        live->scratch = arena_array(arena, struct arena, live->threads);
        live->used = arena_array(arena, size_t, count);
        for (unsigned i = 0; i < live->threads; i++) {
                live->configs[i] = *config;
                live->configs[i].exceptions.items = arena_array(arena, struct exception, count);
                for (size_t k = 0; k < count; k++)
                        live->configs[i].exceptions.items[k] = config->exceptions.items[k];
        }
}

void live_judge_end(struct live *live)
{
        for (unsigned i = 0; live->scratch && i < live->threads; i++)
                arena_free(&live->scratch[i]);
}

/* --- one source --- */

/* A source that is judged again, and what it was before. */
struct job {
        struct live_source *source;
        struct finding_list old_findings;
        struct arena old_arena;
        struct live_counts old_counts;
        uint64_t *old_used;
        struct key_set asked;
};

struct work {
        struct live *live;
        struct job *jobs;
};

static void clear_used(struct config *config)
{
        for (size_t i = 0; i < config->exceptions.count; i++)
                atomic_store_explicit(&config->exceptions.items[i].used, false, memory_order_relaxed);
}

static uint64_t *note_used(struct arena *arena, const struct config *config)
{
        uint64_t *used = arena_array(arena, uint64_t, config->exceptions.count / WORD + 1);

        for (size_t i = 0; i < config->exceptions.count; i++) {
                if (atomic_load_explicit(&config->exceptions.items[i].used, memory_order_relaxed))
                        used[i / WORD] |= UINT64_C(1) << (i % WORD);
        }
        return used;
}

static void count_finding(struct live_counts *counts, const struct finding *finding, uint64_t sign)
{
        counts->open[finding->severity] += sign * (finding->status == FINDING_OPEN);
        counts->excepted += sign * (finding->status == FINDING_EXCEPTED);
        counts->known += sign * (finding->status == FINDING_KNOWN);
}

/* Counts findings, and leaves those out that are less severe than what is asked for. */
static void take_findings(const struct live *live, struct live_source *source)
{
        struct finding_list *found = &source->findings;
        struct live_counts *counts = &source->counts;
        size_t kept = 0;

        if (live->baseline)
                baseline_mark(live->baseline, found->items, found->count);
        for (size_t i = 0; i < found->count; i++) {
                const struct finding *finding = &found->items[i];

                counts->failing += finding->fails_input;
                if (finding->severity > live->settings->min_severity)
                        continue;
                count_finding(counts, finding, 1);
                if (kept < i)
                        found->items[kept] = *finding;
                kept++;
        }
        found->count = kept;
}

static void count_objects(struct live_counts *counts, const struct estate_source *source)
{
        counts->documents = source->documents;
        counts->objects = source->objects.count;
        for (size_t i = 0; i < source->objects.count; i++)
                counts->workloads += source->objects.items[i].is_workload;
}

/* What judging takes lies beside the text, so that it can be given back when the same text is judged again. */
static void judge(void *context, size_t index, unsigned worker)
{
        struct work *work = context;
        struct live *live = work->live;
        struct job *job = &work->jobs[index];
        struct live_source *source = job->source;
        struct estate_source *read = source->version->source;
        struct arena text = read->arena, *scratch = &live->scratch[worker];
        struct except_settings except = live->scan.except;
        struct finding_list found = {0};

        except.config = &live->configs[worker];
        clear_used(except.config);
        read->arena = (struct arena){.next_block = SMALL_BLOCK};
        source_forget_places(&read->source);
        input_findings(live->scan.input_rules, read, &found);
        rulebook_judge_asking(live->scan.book, read, scratch, &found, &job->asked);
        except_source(&except, read, scratch, &found);
        related_drop(&found);
        findings_sort(found.items, found.count);
        source->findings = found;
        source->used = note_used(&read->arena, except.config);
        source->arena = read->arena;
        read->arena = text;
        source->counts = (struct live_counts){0};
        count_objects(&source->counts, read);
        take_findings(live, source);
        found = source->findings;
        finding_list_copy(&found, &source->findings);
        finding_list_free(&found);
}

/* --- sums --- */

static void add_counts(struct live_counts *sum, const struct live_counts *counts, uint64_t sign)
{
        sum->documents += sign * counts->documents;
        sum->objects += sign * counts->objects;
        sum->workloads += sign * counts->workloads;
        for (size_t i = 0; i < SEVERITY_COUNT; i++)
                sum->open[i] += sign * counts->open[i];
        sum->excepted += sign * counts->excepted;
        sum->known += sign * counts->known;
        sum->failing += sign * counts->failing;
}

static void add_used(struct live *live, const uint64_t *used, size_t sign)
{
        for (size_t i = 0; used && i < exception_count(live); i++)
                live->used[i] += (used[i / WORD] >> (i % WORD) & 1) * sign;
}

/* --- what is new, what is gone --- */

/* Findings are the same whatever line they stand in now. */
static int compare_same(const struct finding *one, const struct finding *other)
{
        int order = memcmp(one->fingerprint, other->fingerprint, sizeof(one->fingerprint));

        if (!order)
                order = (int)one->status - (int)other->status;
        if (!order)
                order = (int)one->severity - (int)other->severity;
        return order ? order : str_compare(one->message, other->message);
}

static int by_sameness(const void *a, const void *b)
{
        return compare_same(*(const struct finding *const *)a, *(const struct finding *const *)b);
}

/* Those that are told. */
static const struct finding **in_order(struct arena *arena, const struct finding_list *list, size_t *count)
{
        const struct finding **order = arena_take(arena, checked_mul(list->count, sizeof(*order)));

        *count = 0;
        for (size_t i = 0; i < list->count; i++) {
                if (!list->items[i].is_repeated)
                        order[(*count)++] = &list->items[i];
        }
        if (*count)
                qsort(order, *count, sizeof(*order), by_sameness);
        return order;
}

static void compare_lists(struct live *live, const struct finding_list *before, const struct finding_list *after)
{
        struct arena *arena = &live->changes_arena, scratch = {0};
        size_t old_count, now_count, i = 0, k = 0;
        const struct finding **old = in_order(&scratch, before, &old_count);
        const struct finding **now = in_order(&scratch, after, &now_count);

        while (i < old_count || k < now_count) {
                int order = i == old_count ? 1 : k == now_count ? -1 : compare_same(old[i], now[k]);

                if (order < 0)
                        *vec_push(arena, &live->changes.gone) = old[i];
                else if (order > 0)
                        *vec_push(arena, &live->changes.new) = now[k];
                i += order <= 0;
                k += order >= 0;
        }
        arena_free(&scratch);
}

/* --- what a controller has, too --- */

/* A source that was not judged may tell a finding now, or no more, because another one was. */
static void set_repeated(struct live *live, struct live_source *source, struct owned_family *family)
{
        for (size_t i = 0; i < source->findings.count; i++) {
                struct finding *finding = &source->findings.items[i];
                bool is_repeated = family && owned_is_repeated(family, finding);

                live->has_repeated |= is_repeated;
                if (is_repeated == finding->is_repeated)
                        continue;
                finding->is_repeated = is_repeated;
                count_finding(&live->counts, finding, is_repeated ? (uint64_t)-1 : 1);
                count_finding(&source->counts, finding, is_repeated ? (uint64_t)-1 : 1);
                if (source->is_dirty)
                        continue;
                if (is_repeated)
                        *vec_push(&live->changes_arena, &live->changes.gone) = finding;
                else
                        *vec_push(&live->changes_arena, &live->changes.new) = finding;
        }
}

/* Over all, because a finding is repeated or not by what others have; nothing is judged for it. */
static void mark_repeated(struct live *live)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct owned_family *family = NULL;

        if (!live->owned_count && !live->has_repeated)
                return;
        live->has_repeated = false;
        if (live->owned_count)
                family = owned_begin(&arena);
        for (size_t i = 0; family && i < live->sources.count; i++) {
                for (size_t k = 0; k < live->sources.items[i]->object_count; k++)
                        owned_add_object(family, live->sources.items[i]->objects[k].object);
        }
        for (size_t i = 0; family && i < live->sources.count; i++) {
                for (size_t k = 0; k < live->sources.items[i]->findings.count; k++)
                        owned_note(family, &live->sources.items[i]->findings.items[k]);
        }
        for (size_t i = 0; i < live->sources.count; i++) {
                if (!live->sources.items[i]->is_gone)
                        set_repeated(live, live->sources.items[i], family);
        }
}

static int by_place(const void *a, const void *b)
{
        return finding_compare(*(const struct finding *const *)a, *(const struct finding *const *)b);
}

static void sort_changes(struct live_changes *changes)
{
        if (changes->gone.count)
                qsort(changes->gone.items, changes->gone.count, sizeof(*changes->gone.items), by_place);
        if (changes->new.count)
                qsort(changes->new.items, changes->new.count, sizeof(*changes->new.items), by_place);
}

/* --- what has no source --- */

static void judge_general(struct live *live)
{
        struct live_source *general = &live->general;
        struct finding_list before = general->findings;
        struct arena *arena = &live->changes_arena;
        struct estate shown = {0};
        struct config *config = live->scan.except.config;

        for (size_t i = 0; i < exception_count(live); i++)
                atomic_store_explicit(&config->exceptions.items[i].used, live->used[i] > 0, memory_order_relaxed);
        for (size_t i = 0; i < live->files.problems.count; i++)
                *vec_push(&shown.arena, &shown.problems) = live->files.problems.items[i];
        for (size_t i = 0; i < live->problems.count; i++)
                *vec_push(&shown.arena, &shown.problems) = live->problems.items[i];
        add_counts(&live->counts, &general->counts, (uint64_t)-1);
        *vec_push(arena, &live->dead_findings) = before;
        *vec_push(arena, &live->dead_arenas) = general->arena;
        general->findings = (struct finding_list){0};
        general->counts = (struct live_counts){0};
        input_general_findings(live->scan.input_rules, &shown, &general->findings);
        if (config->source)
                source_forget_places(config->source);
        except_conclude(&live->scan.except, &shown.arena, &general->findings);
        general->arena = shown.arena;
        findings_sort(general->findings.items, general->findings.count);
        take_findings(live, general);
        add_counts(&live->counts, &general->counts, 1);
        compare_lists(live, &before, &general->findings);
        *vec_push(arena, &live->dead_arenas) = live->old_names;
        live->old_names = (struct arena){0};
        live->names_are_judged = true;
}

/* --- all --- */

static void list_jobs(struct live *live, struct work *work, size_t *count)
{
        work->jobs = arena_array(&live->changes_arena, struct job, live->dirty.count);
        *count = 0;
        for (size_t i = 0; i < live->dirty.count; i++) {
                struct live_source *source = live->dirty.items[i];

                if (source->is_gone)
                        continue;
                work->jobs[(*count)++] = (struct job){
                        .source = source,
                        .old_findings = source->findings,
                        .old_arena = source->arena,
                        .old_counts = source->counts,
                        .old_used = source->used,
                };
        }
}

static void finish_job(struct live *live, struct job *job)
{
        struct live_source *source = job->source;

        live_asks_set(live, source, &job->asked);
        key_set_free(&job->asked);
        add_counts(&live->counts, &job->old_counts, (uint64_t)-1);
        add_counts(&live->counts, &source->counts, 1);
        add_used(live, job->old_used, (size_t)-1);
        add_used(live, source->used, 1);
}

/* Once it is known what is told. */
static void compare_job(struct live *live, struct job *job)
{
        struct live_source *source = job->source;
        struct arena *arena = &live->changes_arena;

        compare_lists(live, &job->old_findings, &source->findings);
        *vec_push(arena, &live->dead_findings) = job->old_findings;
        *vec_push(arena, &live->dead_arenas) = job->old_arena;
        *vec_push(arena, &live->changes.judged) = source;
        source->is_dirty = false;
}

/* Takes out the versions that nothing in the index lies in. */
static void sweep(struct live *live, struct live_source *source)
{
        struct live_version **link = &source->version;

        if (!source->is_gone)
                link = &source->version->older;
        while (*link) {
                struct live_version *version = *link;

                if (version->known) {
                        link = &version->older;
                        continue;
                }
                *link = version->older;
                *vec_push(&live->changes_arena, &live->dead_versions) = version;
        }
}

static void finish_gone(struct live *live, struct live_source *source)
{
        static const struct key_set nothing;
        static const struct finding_list none;
        struct arena *arena = &live->changes_arena;

        live_asks_set(live, source, &nothing);
        add_counts(&live->counts, &source->counts, (uint64_t)-1);
        add_used(live, source->used, (size_t)-1);
        compare_lists(live, &source->findings, &none);
        sweep(live, source);
        *vec_push(arena, &live->dead_findings) = source->findings;
        *vec_push(arena, &live->dead_arenas) = source->arena;
        *vec_push(arena, &live->changes.judged) = source;
        free(source->objects);
        *source = (struct live_source){.name = source->name, .asks = LIVE_NONE, .is_gone = true};
}

/* Sources that are gone leave the list. */
static void finish_all_gone(struct live *live)
{
        size_t kept = 0, gone = 0;

        for (size_t i = 0; i < live->dirty.count; i++)
                gone += live->dirty.items[i]->is_gone;
        for (size_t i = 0; gone && i < live->sources.count; i++) {
                struct live_source *source = live->sources.items[i];

                if (source->is_gone)
                        finish_gone(live, source);
                else
                        live->sources.items[kept++] = source;
        }
        if (gone)
                live->sources.count = kept;
}

/* Whoever asked for what has changed is to be judged. */
static void mark_dirty(struct live *live)
{
        struct key_set touched;

        if (!rulebook_catch_up(live->scan.book, &touched)) {
                for (size_t i = 0; i < live->sources.count; i++)
                        live_mark(live, live->sources.items[i]);
        }
        live_asks_touch(live, &touched);
        key_set_free(&touched);
}

const struct live_changes *live_settle(struct live *live)
{
        struct work work = {.live = live};
        uint64_t begin, joined, judged;
        size_t count;

        live->changes = (struct live_changes){0};
        begin = live_clock();
        mark_dirty(live);
        list_jobs(live, &work, &count);
        joined = live_clock();
        pool_run(count > FEW ? live->threads : 1, count, judge, &work);
        judged = live_clock();
        for (size_t i = 0; i < count; i++)
                finish_job(live, &work.jobs[i]);
        mark_repeated(live);
        for (size_t i = 0; i < count; i++) {
                compare_job(live, &work.jobs[i]);
                sweep(live, work.jobs[i].source);
        }
        finish_all_gone(live);
        live->dirty.count = 0;
        judge_general(live);
        sort_changes(&live->changes);
        live->spent[LIVE_JOINS] = joined - begin;
        live->spent[LIVE_JUDGE] = judged - joined;
        live->spent[LIVE_COMPARE] = live_clock() - judged;
        return &live->changes;
}

void live_sum(struct live *live)
{
        struct report *report = &live->scan.report;
        const struct live_counts *counts = &live->counts;

        report->documents = counts->documents;
        report->objects = counts->objects;
        report->workloads = counts->workloads;
        memcpy(report->open, counts->open, sizeof(report->open));
        report->excepted = counts->excepted;
        report->known = counts->known;
        report->findings = NULL;
        report->finding_count = 0;
        live->scan.input_failed = counts->failing > 0;
}

void live_report(struct live *live)
{
        struct scan *scan = &live->scan;
        struct report *report = &scan->report;
        size_t total = live->general.findings.count;

        for (size_t i = 0; i < live->sources.count; i++)
                total += live->sources.items[i]->findings.count;
        finding_list_free(&scan->findings);
        finding_list_reserve(&scan->findings, total);
        for (size_t i = 0; i <= live->sources.count; i++) {
                const struct live_source *source = i < live->sources.count ? live->sources.items[i] : &live->general;

                for (size_t k = 0; k < source->findings.count; k++) {
                        if (!source->findings.items[k].is_repeated)
                                *finding_list_push(&scan->findings) = source->findings.items[k];
                }
        }
        live_sum(live);
        report->findings = scan->findings.items;
        report->finding_count = scan->findings.count;
        report_finish(report);
}

enum scan_status live_status(const struct live *live, enum severity fail_on)
{
        const struct live_counts *counts = &live->counts;

        if (counts->failing)
                return SCAN_FAILED;
        if (!counts->objects)
                return SCAN_EMPTY;
        for (size_t i = 0; i < SEVERITY_COUNT && i <= (size_t)fail_on; i++) {
                if (counts->open[i] && fail_on < SEVERITY_COUNT)
                        return SCAN_FOUND;
        }
        return SCAN_CLEAN;
}
