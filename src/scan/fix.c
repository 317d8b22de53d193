/* fix.c - a scan's findings, file by file, into what was done about them. */

#include "scan/fix.h"

#include "base/pool.h"
#include "base/replace.h"
#include "scan/fix_add.h"
#include "scan/fix_cluster.h"
#include "scan/fix_text.h"

/* Everything that working on one file at a time needs. */
struct plan {
        struct fix *fix;
        struct scan *scan;
        const struct fix_settings *settings;
        struct rulebook *proof;
};

/* ---- What is to be repaired ---- */

static bool is_repairable(const struct finding *finding)
{
        return finding->status == FINDING_OPEN && finding->fix.present && finding->source;
}

static enum fix_outcome decide(const struct fix_settings *settings, const struct finding *finding)
{
        if (!finding->fix.safe && !settings->unsafe)
                return FIX_PROPOSED;
        if (settings->choose && !settings->choose(settings->context, finding))
                return FIX_DECLINED;
        return FIX_DONE;
}

static struct estate_source *source_of(const struct finding *finding)
{
        return (struct estate_source *)((char *)finding->source - offsetof(struct estate_source, source));
}

/* The findings of a file stand together in the report. */
static void add_file(struct plan *plan, const struct finding *findings, size_t count)
{
        struct fix *fix = plan->fix;
        struct estate_source *source = source_of(findings);
        struct fix_file file = {
                .name = source->source.name,
                .before = source->source.text,
                .after = source->source.text,
                .items = arena_array(&fix->arena, struct fix_item, count),
                .is_file = source->is_file,
        };

        for (size_t i = 0; i < count; i++) {
                if (is_repairable(&findings[i]))
                        file.items[file.item_count++] = (struct fix_item){
                                .finding = &findings[i], .outcome = decide(plan->settings, &findings[i])};
        }
        if (!file.item_count)
                return;
        fix->sources[fix->fixes.file_count] = (size_t)(source - plan->scan->estate.sources);
        fix->fixes.files[fix->fixes.file_count++] = file;
}

static void add_files(struct plan *plan)
{
        const struct report *report = &plan->scan->report;
        struct fix *fix = plan->fix;
        size_t end;

        fix->fixes.files = arena_array(&fix->arena, struct fix_file, plan->scan->estate.source_count);
        fix->sources = arena_array(&fix->arena, size_t, plan->scan->estate.source_count);
        for (size_t i = 0; i < report->finding_count; i = end) {
                end = i + 1;
                while (end < report->finding_count && report->findings[end].source == report->findings[i].source)
                        end++;
                if (report->findings[i].source)
                        add_file(plan, &report->findings[i], end - i);
        }
}

static void count_outcomes(struct fixes *fixes)
{
        memset(fixes->outcomes, 0, sizeof(fixes->outcomes));
        fixes->changed_files = 0;
        for (size_t i = 0; i < fixes->file_count; i++) {
                const struct fix_file *file = &fixes->files[i];

                fixes->changed_files += file->changed && !file->trouble.len;
                for (size_t k = 0; k < file->item_count; k++)
                        fixes->outcomes[file->items[k].outcome]++;
        }
}

/* ---- Repairing ---- */

static bool is_listed(const struct str *list, size_t count, struct str id)
{
        for (size_t i = 0; i < count; i++)
                if (str_equal(list[i], id))
                        return true;
        return false;
}

/* What comes to light while something is repaired is repaired only if the person might have asked for it. */
static bool may_follow(const void *context, const struct finding *finding)
{
        const struct fix_settings *settings = context;
        const struct rulebook_settings *rules = &settings->scan->rules;

        return !settings->choose && finding->status == FINDING_OPEN && (finding->fix.safe || settings->unsafe)
               && !rules->framework.len && !rules->pod_security.len
               && (!rules->only_count || is_listed(rules->only, rules->only_count, finding->rule->id))
               && !is_listed(rules->skip, rules->skip_count, finding->rule->id);
}

static void fix_one(void *context, size_t index, unsigned worker)
{
        struct plan *plan = context;
        struct fix *fix = plan->fix;
        const struct fix_text_settings settings = {plan->scan->input_rules, plan->proof, &plan->scan->except,
                                                   may_follow, plan->settings};

        (void)worker;
        fix_text(&fix->workers[index], &plan->scan->estate.sources[fix->sources[index]], &settings,
                 &fix->fixes.files[index]);
}

struct rulebook *fix_proof(struct arena *arena, struct rulebook *book, const struct rulebook_settings *rules,
                           struct err *err)
{
        struct rulebook_settings all = {
                .folders = rules->folders, .folder_count = rules->folder_count, .minor = rules->minor};

        if (!rules->only_count && !rules->skip_count && !rules->framework.len && !rules->pod_security.len)
                return book;
        return rulebook_new(arena, &all, err);
}

bool fix_plan(struct fix *fix, struct scan *scan, const struct fix_settings *settings, struct err *err)
{
        unsigned threads = settings->scan->input.threads ? settings->scan->input.threads : pool_threads();
        struct plan plan = {.fix = fix, .scan = scan, .settings = settings};

        *fix = (struct fix){.fixes = {.left = &scan->report}};
        plan.proof = fix_proof(&fix->arena, scan->book, &settings->scan->rules, err);
        TRY(plan.proof);
        add_files(&plan);
        fix->workers = arena_array(&fix->arena, struct arena, fix->fixes.file_count);
        pool_run(threads, fix->fixes.file_count, fix_one, &plan);
        fix_add(fix, scan, plan.proof, threads);
        count_outcomes(&fix->fixes);
        return true;
}

/* ---- Writing ---- */

static void make_impossible(struct fix *fix, struct fix_file *file, struct str why)
{
        for (size_t i = 0; i < file->item_count; i++) {
                if (file->items[i].outcome == FIX_DONE)
                        file->items[i] = (struct fix_item){file->items[i].finding, FIX_IMPOSSIBLE, why};
        }
        count_outcomes(&fix->fixes);
}

void fix_give_up(struct fix *fix, size_t file, struct str why)
{
        fix->fixes.files[file].trouble = str_copy(&fix->arena, why);
        make_impossible(fix, &fix->fixes.files[file], fix->fixes.files[file].trouble);
}

void fix_refuse(struct fix *fix, size_t index, struct str why)
{
        struct fix_file *file = &fix->fixes.files[index];

        file->after = file->before;
        file->edits = (struct text_edits){0};
        file->changed = false;
        make_impossible(fix, file, why);
}

bool fix_write(struct fix *fix)
{
        bool well = true;

        for (size_t i = 0; i < fix->fixes.file_count; i++) {
                struct fix_file *file = &fix->fixes.files[i];
                struct err err = {0};

                if (!file->changed || fix_is_live(file))
                        continue;
                if (!file->is_file)
                        err_set(&err,
                                "it is no regular file, so it cannot be replaced: hand its content over as standard "
                                "input, and the repaired text is printed (strake fix - <FILE)");
                else
                        file_replace(str_copy(&fix->arena, file->name).data, file->before, file->after, &err);
                if (err.length)
                        fix_give_up(fix, i, err_text(&err));
                well &= !err.length;
        }
        return well;
}

/* ---- Afterwards ---- */

void fix_become(struct fix *fix, struct scan *scan, size_t file, struct str text)
{
        struct estate_source *source = &scan->estate.sources[fix->sources[file]];
        struct estate_source fresh = {
                .source.name = source->source.name, .role = source->role, .is_file = source->is_file};

        if (str_equal(source->source.text, text))
                return;
        *vec_push(&fix->arena, &fix->old) = source->arena;
        *source = fresh;
        estate_source_read(source, text);
}

void fix_leave(struct fix *fix, struct scan *scan, const struct scan_settings *settings)
{
        fix->found = scan->findings;
        scan->findings = (struct finding_list){0};
        for (size_t i = 0; i < fix->fixes.file_count; i++) {
                const struct fix_file *file = &fix->fixes.files[i];

                fix_become(fix, scan, i, file->trouble.len ? file->before : file->after);
        }
        scan_judge_again(scan, settings);
}

void fix_free(struct fix *fix)
{
        for (size_t i = 0; i < fix->old.count; i++)
                arena_free(&fix->old.items[i]);
        for (size_t i = 0; i < fix->fixes.file_count; i++)
                arena_free(&fix->workers[i]);
        finding_list_free(&fix->found);
        arena_free(&fix->arena);
}
