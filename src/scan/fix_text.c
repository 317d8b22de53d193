/* fix_text.c - make, judge, keep or go back. */

#include "scan/fix_text.h"

#include "base/map.h"
#include "scan/fix_edit.h"
#include "scan/input.h"

enum { MOST_ROUNDS = 4 };

/* An object of the text: what is kept or taken back as a whole. */
struct unit {
        struct str key;
        size_t taken;    /* repairs in the attempt at hand */
        bool bad;        /* the attempt at hand was no good for it */
        bool one_by_one; /* from now on */
        struct str why;
};

/* A repair to make. */
struct candidate {
        struct fix_item *item; /* NULL: it follows from another */
        const struct finding *finding;
        struct unit *unit;
        struct str key;
        bool waiting;
};

/* A text as it was judged. */
struct judged {
        struct estate_source source;
        struct finding_list found;
        struct map counts;     /* how often each key is found; owned by `arena` */
        struct map repairable; /* and how often with a repair */
        struct arena arena;
};

/* The repairs of one round of an attempt. */
struct round {
        VEC(struct candidate *) list;
};

struct attempt {
        struct round rounds[MOST_ROUNDS];
        struct judged *judged; /* the text after the last round; NULL: it could not be made */
        struct text_edits edits;
        struct map made;      /* how many findings of each key were repaired */
        struct map uncovered; /* what may be found afterwards, by object and rule */
};

struct mending {
        struct arena *arena;
        const struct estate_source *like;
        const struct fix_text_settings *settings;
        struct fix_file *file;
        struct judged *now; /* the text with all that was kept */
        VEC(struct judged *) all;
        struct candidate *candidates;
        size_t count;
        struct map units;
        bool fresh; /* nothing was kept yet, so the patches are those of the items */
};

/* ---- Judging ---- */

static void add_key_part(struct buf *key, struct str part)
{
        buf_add(key, part);
        buf_add_char(key, '\0');
}

/* Not its version, which a repair may change. */
struct str fix_key(struct arena *arena, const struct finding *finding, struct str *unit)
{
        static const struct finding_object none;
        const struct finding_object *object = finding->object ? finding->object : &none;
        CLEANUP(buf_free) struct buf key = {0};
        struct str text;
        size_t unit_len;

        buf_add_format(&key, "%u", finding->document_index);
        add_key_part(&key, object->kind);
        add_key_part(&key, object->ns);
        add_key_part(&key, object->name);
        unit_len = key.len;
        add_key_part(&key, finding->container);
        add_key_part(&key, finding->rule->id);
        text = str_copy(arena, buf_text(&key));
        *unit = str_sub(text, 0, unit_len);
        return text;
}

static size_t count_in(const struct map *map, struct str key)
{
        return (size_t)(uintptr_t)map_get(map, key);
}

static void count_one(struct arena *arena, struct map *map, struct str key)
{
        void **count = map_slot(arena, map, key);

        *count = (void *)((uintptr_t)*count + 1);
}

static struct judged *judge(struct mending *mending, struct str text)
{
        struct judged *judged = arena_new(mending->arena, struct judged);
        struct arena scratch CLEANUP(arena_free) = {0};
        struct str unit;

        judged->source.source.name = mending->like->source.name;
        judged->source.role = mending->like->role;
        estate_source_read(&judged->source, text);
        input_findings(mending->settings->input_rules, &judged->source, &judged->found);
        rulebook_judge(mending->settings->proof, &judged->source, &scratch, &judged->found);
        except_source(mending->settings->except, &judged->source, &scratch, &judged->found);
        for (size_t i = 0; i < judged->found.count; i++) {
                struct str key = fix_key(&judged->arena, &judged->found.items[i], &unit);

                count_one(&judged->arena, &judged->counts, key);
                if (judged->found.items[i].fix.present)
                        count_one(&judged->arena, &judged->repairable, key);
        }
        *vec_push(mending->arena, &mending->all) = judged;
        return judged;
}

static void drop(struct mending *mending)
{
        for (size_t i = 0; i < mending->all.count; i++) {
                struct judged *judged = mending->all.items[i];

                finding_list_free(&judged->found);
                arena_free(&judged->source.arena);
                arena_free(&judged->arena);
        }
}

/* ---- Making ---- */

static struct unit *unit_of(struct mending *mending, struct str key)
{
        void **slot = map_slot(mending->arena, &mending->units, key);

        if (!*slot) {
                *slot = arena_new(mending->arena, struct unit);
                *(struct unit *)*slot = (struct unit){.key = key};
        }
        return *slot;
}

static void refuse(struct candidate *candidate, struct str why)
{
        candidate->waiting = false;
        if (candidate->item) {
                candidate->item->outcome = FIX_IMPOSSIBLE;
                candidate->item->why = why;
        }
}

/* An object and a rule, as a key. */
static struct str rule_key(struct arena *arena, struct str unit, struct str rule)
{
        return str_format(arena, "%.*s%.*s", STR_ARG(unit), STR_ARG(rule));
}

static void note_made(struct mending *mending, struct attempt *attempt, struct candidate *candidate)
{
        const struct finding_fix_more *more = candidate->finding->fix.more;

        count_one(mending->arena, &attempt->made, candidate->key);
        candidate->unit->taken++;
        for (size_t i = 0; more && i < more->uncover_count; i++)
                count_one(mending->arena, &attempt->uncovered,
                          rule_key(mending->arena, candidate->unit->key, more->uncovers[i]));
}

/* Makes one round on the text at hand. What cannot be written is refused for good, what has to wait drops out of the round. */
static bool make_round(struct mending *mending, struct attempt *attempt, struct round *round, struct str *text)
{
        struct fix_edit *edits = arena_array(mending->arena, struct fix_edit, round->list.count);
        struct text_edits made = {0};
        size_t kept = 0;

        for (size_t i = 0; i < round->list.count; i++)
                edits[i] = (struct fix_edit){.patch = &round->list.items[i]->finding->fix.patch,
                                             .document = round->list.items[i]->finding->document_index};
        fix_edit_text(mending->arena, *text, edits, round->list.count, &made);
        for (size_t i = 0; i < round->list.count; i++) {
                struct candidate *candidate = round->list.items[i];

                if (edits[i].outcome == FIX_EDIT_REFUSED)
                        refuse(candidate, edits[i].why);
                if (edits[i].outcome != FIX_EDIT_MADE)
                        continue;
                note_made(mending, attempt, candidate);
                round->list.items[kept++] = candidate;
        }
        round->list.count = kept;
        if (kept) {
                struct text_edits before = attempt->edits;
                CLEANUP(buf_free) struct buf out = {0};

                edit_apply(*text, &made, &out);
                edit_compose(mending->arena, mending->now->source.source.text.len, &before, &made, &attempt->edits);
                *text = str_copy(mending->arena, buf_text(&out));
        }
        return kept > 0;
}

bool fix_adds_object(const struct finding *finding)
{
        return finding->fix.more && finding->fix.more->object;
}

/* What the last round has brought to light, or made repairable, and may be repaired as well. */
static void follow(struct mending *mending, struct attempt *attempt, struct round *round)
{
        const struct fix_text_settings *settings = mending->settings;
        struct judged *judged = attempt->judged;
        struct map seen = {0}, repairable = {0};

        for (size_t i = 0; i < judged->found.count; i++) {
                const struct finding *finding = &judged->found.items[i];
                struct candidate *candidate;
                struct str unit, key = fix_key(mending->arena, finding, &unit);
                bool is_new;

                count_one(mending->arena, &seen, key);
                if (!finding->fix.present || fix_adds_object(finding))
                        continue;
                count_one(mending->arena, &repairable, key);
                is_new = count_in(&seen, key) > count_in(&mending->now->counts, key)
                         || count_in(&repairable, key) > count_in(&mending->now->repairable, key);
                if (!is_new || !settings->may_follow(settings->context, finding) || !unit_of(mending, unit)->taken)
                        continue;
                candidate = arena_new(mending->arena, struct candidate);
                *candidate = (struct candidate){.finding = finding, .unit = unit_of(mending, unit), .key = key};
                *vec_push(mending->arena, &round->list) = candidate;
        }
}

/* Makes the rounds that there are, and with `more` those that follow from what they bring to light. */
static void make(struct mending *mending, struct attempt *attempt, bool more)
{
        struct str text = mending->now->source.source.text;
        bool made = false;

        for (size_t i = 0; i < MOST_ROUNDS && attempt->rounds[i].list.count; i++) {
                if (!make_round(mending, attempt, &attempt->rounds[i], &text))
                        break;
                made = true;
                if (more)
                        attempt->judged = judge(mending, text);
                if (more && i + 1 < MOST_ROUNDS)
                        follow(mending, attempt, &attempt->rounds[i + 1]);
        }
        if (made && !more)
                attempt->judged = judge(mending, text);
}

/* ---- Proving ---- */

static void blame(struct mending *mending, struct unit *unit, const struct finding *finding, bool is_new)
{
        if (unit->bad)
                return;
        unit->bad = true;
        unit->why = is_new ? str_format(mending->arena, "it would bring a new finding, %.*s: %.*s%s",
                                        STR_ARG(finding->rule->id), STR_ARG(finding->message),
                                        finding->fix.present ? "; repair both in one run" : "")
                           : STR("it is found again after the change, so the change does not repair it");
}

/* Whether every object is as good as it should be; those that are not are marked. Of an object that was not even touched, all
 * are to blame. */
static bool prove(struct mending *mending, struct attempt *attempt)
{
        struct judged *judged = attempt->judged;
        struct map seen = {0};
        bool good = true;

        for (size_t i = 0; i < judged->found.count; i++) {
                const struct finding *finding = &judged->found.items[i];
                struct str unit_key, key = fix_key(mending->arena, finding, &unit_key);
                size_t before = count_in(&mending->now->counts, key), made = count_in(&attempt->made, key);
                struct unit *unit = map_get(&mending->units, unit_key);

                count_one(mending->arena, &seen, key);
                if (count_in(&seen, key) + made <= before
                    || count_in(&attempt->uncovered, rule_key(mending->arena, unit_key, finding->rule->id)))
                        continue;
                good = false;
                if (unit && unit->taken)
                        blame(mending, unit, finding, count_in(&seen, key) > before);
                for (size_t k = 0; (!unit || !unit->taken) && k < mending->units.count; k++)
                        blame(mending, mending->units.entries[k].value, finding, true);
        }
        return good;
}

/* The same attempt without the objects for which it was no good. */
static void make_without_bad(struct mending *mending, struct attempt *attempt)
{
        struct attempt again = {0};

        for (size_t i = 0; i < MOST_ROUNDS; i++) {
                for (size_t k = 0; k < attempt->rounds[i].list.count; k++) {
                        struct candidate *candidate = attempt->rounds[i].list.items[k];

                        if (!candidate->unit->bad)
                                *vec_push(mending->arena, &again.rounds[i].list) = candidate;
                }
        }
        make(mending, &again, false);
        if (again.judged && !prove(mending, &again))
                again.judged = NULL;
        again.rounds[0] = again.judged ? again.rounds[0] : (struct round){0};
        *attempt = again;
}

/* An object whose only repair was no good refuses it, another one tries them one by one. */
static void handle_bad(struct mending *mending, const struct round *first)
{
        for (size_t i = 0; i < first->list.count; i++) {
                struct candidate *candidate = first->list.items[i];
                struct unit *unit = candidate->unit;

                if (unit->bad && (unit->one_by_one || unit->taken == 1))
                        refuse(candidate, unit->why);
                else if (unit->bad)
                        candidate->waiting = true;
        }
        for (size_t i = 0; i < mending->units.count; i++) {
                struct unit *unit = mending->units.entries[i].value;

                unit->one_by_one |= unit->bad;
        }
}

static void keep(struct mending *mending, const struct attempt *attempt)
{
        struct text_edits before = mending->file->edits;

        for (size_t i = 0; i < attempt->rounds[0].list.count; i++)
                attempt->rounds[0].list.items[i]->waiting = false;
        edit_compose(mending->arena, mending->file->before.len, &before, &attempt->edits, &mending->file->edits);
        mending->now = attempt->judged;
        mending->file->after = attempt->judged->source.source.text;
        mending->file->changed = true;
        mending->fresh = false;
}

/* ---- Going on until nothing waits ---- */

/* Of findings with the same key. */
static bool is_same_finding(const struct candidate *candidate, const struct finding *finding)
{
        return str_equal(candidate->item->finding->message, finding->message);
}

/* Finds what waits in the text as it is now: its patches are against that. What is not found any more is repaired. */
static void refresh(struct mending *mending)
{
        const struct finding_list *found = &mending->now->found;
        struct map rows = {0}; /* the findings of each key, as a chain of indexes from 1 */
        size_t *next = arena_array(mending->arena, size_t, found->count + 1);
        struct str unit;

        for (size_t i = found->count; i > 0; i--) {
                void **first = map_slot(mending->arena, &rows, fix_key(mending->arena, &found->items[i - 1], &unit));

                next[i] = (size_t)(uintptr_t)*first;
                *first = (void *)(uintptr_t)i;
        }
        for (size_t i = 0; i < mending->count; i++) {
                struct candidate *candidate = &mending->candidates[i];
                size_t at = candidate->waiting ? count_in(&rows, candidate->key) : 0, before = 0;

                while (at && !is_same_finding(candidate, &found->items[at - 1])) {
                        before = at;
                        at = next[at];
                }
                if (!at) {
                        candidate->waiting = false;
                        continue;
                }
                candidate->finding = &found->items[at - 1];
                if (before)
                        next[before] = next[at];
                else
                        *map_slot(mending->arena, &rows, candidate->key) = (void *)(uintptr_t)next[at];
        }
}

/* Everything that waits, of an object that tries them one by one only the first. */
static void choose(struct mending *mending, struct round *round)
{
        for (size_t i = 0; i < mending->units.count; i++) {
                struct unit *unit = mending->units.entries[i].value;

                *unit = (struct unit){.key = unit->key, .one_by_one = unit->one_by_one};
        }
        for (size_t i = 0; i < mending->count; i++) {
                struct candidate *candidate = &mending->candidates[i];

                if (!candidate->waiting || (candidate->unit->one_by_one && candidate->unit->taken))
                        continue;
                if (!candidate->finding->fix.present) {
                        refuse(candidate, STR("what was changed before leaves nothing that this repair fits"));
                        continue;
                }
                candidate->unit->taken++;
                *vec_push(mending->arena, &round->list) = candidate;
        }
        for (size_t i = 0; i < mending->units.count; i++)
                ((struct unit *)mending->units.entries[i].value)->taken = 0;
}

/* False when nothing waits any more. */
static bool try_once(struct mending *mending)
{
        struct attempt attempt = {0};
        struct round first = {0};

        if (!mending->fresh)
                refresh(mending);
        choose(mending, &attempt.rounds[0]);
        TRY(attempt.rounds[0].list.count);
        make(mending, &attempt, true);
        if (!attempt.judged)
                return true; /* all of it was refused */
        first = attempt.rounds[0];
        if (!prove(mending, &attempt)) {
                handle_bad(mending, &first);
                make_without_bad(mending, &attempt);
        }
        if (attempt.judged)
                keep(mending, &attempt);
        return true;
}

static void add_candidates(struct mending *mending)
{
        struct fix_file *file = mending->file;

        mending->candidates = arena_array(mending->arena, struct candidate, file->item_count);
        for (size_t i = 0; i < file->item_count; i++) {
                struct candidate *candidate = &mending->candidates[mending->count];
                struct str unit;

                if (file->items[i].outcome != FIX_DONE || fix_adds_object(file->items[i].finding))
                        continue;
                *candidate =
                        (struct candidate){.item = &file->items[i], .finding = file->items[i].finding, .waiting = true};
                candidate->key = fix_key(mending->arena, candidate->finding, &unit);
                candidate->unit = unit_of(mending, unit);
                mending->count++;
        }
}

/* Whatever happens, it ends: each time something is made, refused or from then on tried alone. */
void fix_text(struct arena *arena, const struct estate_source *source, const struct fix_text_settings *settings,
              struct fix_file *file)
{
        struct mending mending = {.arena = arena, .like = source, .settings = settings, .file = file, .fresh = true};

        file->after = file->before;
        add_candidates(&mending);
        if (!mending.count)
                return;
        mending.now = judge(&mending, file->before);
        while (try_once(&mending))
                ;
        drop(&mending);
}
