/* fix_add.c - add, judge everything, keep or go back. */

#include "scan/fix_add.h"

#include "base/map.h"
#include "base/pool.h"
#include "report/repair.h"
#include "scan/fix_text.h"
#include "scan/input.h"

/* An object to add, and the items that ask for it. */
struct addition {
        const struct finding_fix_more *more;
        size_t file; /* where it goes: to the first that asks */
        VEC(struct fix_item *) items;
        VEC(struct str) keys; /* of the items' findings, with their sources */
        struct str why;       /* it is refused; empty: it is not */
};

/* How often each finding is there, by source and what it is about. */
struct census {
        struct arena arena;
        struct map counts;
};

struct adding {
        struct arena *arena;
        struct fix *fix;
        struct scan *scan;
        struct rulebook *proof;
        unsigned threads;
        VEC(struct addition) list;
        struct census before;
};

/* ---- What is asked for ---- */

static struct str census_key(struct arena *arena, size_t source, const struct finding *finding)
{
        struct str unit, key = fix_key(arena, finding, &unit);

        return str_format(arena, "%zu %.*s", source, STR_ARG(key));
}

static struct addition *addition_of(struct adding *adding, size_t file, const struct finding_fix_more *more)
{
        struct addition *addition;

        for (size_t i = 0; i < adding->list.count; i++)
                if (str_equal(adding->list.items[i].more->text, more->text))
                        return &adding->list.items[i];
        addition = vec_push(adding->arena, &adding->list);
        *addition = (struct addition){.more = more, .file = file};
        return addition;
}

static void collect(struct adding *adding)
{
        struct fix *fix = adding->fix;

        for (size_t i = 0; i < fix->fixes.file_count; i++) {
                for (size_t k = 0; k < fix->fixes.files[i].item_count; k++) {
                        struct fix_item *item = &fix->fixes.files[i].items[k];
                        struct addition *addition;

                        if (item->outcome != FIX_DONE || !fix_adds_object(item->finding))
                                continue;
                        addition = addition_of(adding, i, item->finding->fix.more);
                        *vec_push(adding->arena, &addition->items) = item;
                        *vec_push(adding->arena, &addition->keys) =
                                census_key(adding->arena, fix->sources[i], item->finding);
                }
        }
}

/* ---- Judging everything ---- */

struct judging {
        struct adding *adding;
        struct finding_list *found; /* one for each source */
        struct arena *scratch;      /* one for each worker */
};

static void judge_source(void *context, size_t index, unsigned worker)
{
        struct judging *judging = context;
        struct scan *scan = judging->adding->scan;
        struct estate_source *source = &scan->estate.sources[index];
        struct arena *scratch = &judging->scratch[worker];

        input_findings(scan->input_rules, source, &judging->found[index]);
        rulebook_judge(judging->adding->proof, source, scratch, &judging->found[index]);
        except_source(&scan->except, source, scratch, &judging->found[index]);
}

static void take_census(struct adding *adding, struct census *census)
{
        size_t count = adding->scan->estate.source_count;
        struct arena memory CLEANUP(arena_free) = {0};
        struct judging judging = {
                .adding = adding,
                .found = arena_array(&memory, struct finding_list, count),
                .scratch = arena_array(&memory, struct arena, adding->threads),
        };

        *census = (struct census){0};
        rulebook_look(&adding->scan->arena, adding->proof, &adding->scan->estate, adding->threads);
        pool_run(adding->threads, count, judge_source, &judging);
        for (size_t i = 0; i < count; i++) {
                for (size_t k = 0; k < judging.found[i].count; k++) {
                        struct str key = census_key(&census->arena, i, &judging.found[i].items[k]);
                        void **slot = map_slot(&census->arena, &census->counts, key);

                        *slot = (void *)((uintptr_t)*slot + 1);
                }
                finding_list_free(&judging.found[i]);
        }
        for (unsigned i = 0; i < adding->threads; i++)
                arena_free(&judging.scratch[i]);
}

static size_t counted(const struct census *census, struct str key)
{
        return (size_t)(uintptr_t)map_get(&census->counts, key);
}

/* ---- Making and proving ---- */

/* The edit that puts all objects of a file, which were not refused, behind its text. */
static bool plan_file(struct adding *adding, size_t file, struct text_edits *edits)
{
        CLEANUP(buf_free) struct buf text = {0};
        size_t length = adding->fix->fixes.files[file].after.len;

        buf_add(&text, adding->fix->fixes.files[file].after);
        for (size_t i = 0; i < adding->list.count; i++) {
                const struct addition *addition = &adding->list.items[i];

                if (addition->file == file && !addition->why.len)
                        buf_add(&text, repair_addition(adding->arena, buf_text(&text), addition->more).text);
        }
        TRY(text.len > length);
        *vec_push(adding->arena, &edits->edits) = (struct text_edit){
                (uint32_t)length, (uint32_t)length, str_copy(adding->arena, str_from(buf_text(&text), length))};
        return true;
}

static struct str text_with(struct adding *adding, size_t file, const struct text_edits *edits)
{
        CLEANUP(buf_free) struct buf text = {0};

        edit_apply(adding->fix->fixes.files[file].after, edits, &text);
        return str_copy(adding->arena, buf_text(&text));
}

/* Makes the sources what the files are to be. */
static void become_all(struct adding *adding, bool with_additions)
{
        for (size_t i = 0; i < adding->fix->fixes.file_count; i++) {
                struct text_edits edits = {0};
                struct str text = adding->fix->fixes.files[i].after;

                if (with_additions && plan_file(adding, i, &edits))
                        text = text_with(adding, i, &edits);
                fix_become(adding->fix, adding->scan, i, text);
        }
}

/* Whether every finding that an addition is for has gone; those for which one has not are refused. */
static bool prove_items(struct adding *adding, const struct census *after)
{
        bool good = true;

        for (size_t i = 0; i < adding->list.count; i++) {
                struct addition *addition = &adding->list.items[i];

                for (size_t k = 0; k < addition->keys.count && !addition->why.len; k++) {
                        size_t before = counted(&adding->before, addition->keys.items[k]);

                        if (!before || counted(after, addition->keys.items[k]) < before)
                                continue;
                        addition->why = STR("it is found again after the change, so the change does not repair it");
                        good = false;
                }
        }
        return good;
}

/* Whether nothing is found that was not there before. Nobody knows which object has brought what is new, so all are refused. */
static bool prove_nothing_new(struct adding *adding, const struct census *after)
{
        bool good = true;

        for (size_t i = 0; i < after->counts.count && good; i++) {
                struct str key = after->counts.entries[i].key;

                good = counted(after, key) <= counted(&adding->before, key);
        }
        for (size_t i = 0; i < adding->list.count && !good; i++)
                if (!adding->list.items[i].why.len)
                        adding->list.items[i].why = STR("with it a scan has a new finding");
        return good;
}

static bool is_all_refused(const struct adding *adding)
{
        for (size_t i = 0; i < adding->list.count; i++)
                if (!adding->list.items[i].why.len)
                        return false;
        return true;
}

/* Whether everything that was not refused is good together. */
static bool attempt(struct adding *adding)
{
        struct census after;
        bool good;

        become_all(adding, true);
        take_census(adding, &after);
        good = prove_items(adding, &after) && prove_nothing_new(adding, &after);
        arena_free(&after.arena);
        return good;
}

static void set_why(struct adding *adding, const struct str *why)
{
        for (size_t i = 0; i < adding->list.count; i++)
                adding->list.items[i].why = why[i];
}

/* What was not good together is tried one after the other, each together with those that were good. */
static void attempt_each(struct adding *adding)
{
        struct str *why = arena_array(adding->arena, struct str, adding->list.count);

        for (size_t i = 0; i < adding->list.count; i++)
                why[i] = adding->list.items[i].why;
        for (size_t i = 0; i < adding->list.count; i++) {
                set_why(adding, why);
                adding->list.items[i].why = STR("");
                if (attempt(adding))
                        why[i] = STR("");
        }
        set_why(adding, why);
}

/* ---- Keeping ---- */

static void keep_file(struct adding *adding, size_t index)
{
        struct fix_file *file = &adding->fix->fixes.files[index];
        struct text_edits before = file->edits, added = {0};

        if (!plan_file(adding, index, &added))
                return;
        edit_compose(adding->arena, file->before.len, &before, &added, &file->edits);
        file->after = text_with(adding, index, &added);
        file->changed = true;
}

static void keep(struct adding *adding)
{
        for (size_t i = 0; i < adding->fix->fixes.file_count; i++)
                keep_file(adding, i);
        for (size_t i = 0; i < adding->list.count; i++) {
                const struct addition *addition = &adding->list.items[i];

                for (size_t k = 0; k < addition->items.count && addition->why.len; k++) {
                        addition->items.items[k]->outcome = FIX_IMPOSSIBLE;
                        addition->items.items[k]->why = addition->why;
                }
        }
}

enum { MOST_ALONE = 32 };

void fix_add(struct fix *fix, struct scan *scan, struct rulebook *proof, unsigned threads)
{
        struct adding adding = {.arena = &fix->arena, .fix = fix, .scan = scan, .proof = proof, .threads = threads};

        collect(&adding);
        if (!adding.list.count)
                return;
        become_all(&adding, false);
        take_census(&adding, &adding.before);
        while (!attempt(&adding) && !is_all_refused(&adding)) {}
        if (is_all_refused(&adding) && adding.list.count > 1 && adding.list.count <= MOST_ALONE)
                attempt_each(&adding);
        arena_free(&adding.before.arena);
        keep(&adding);
}
