/* repair.c - the repair of a finding: the changes of its rule as a JSON Patch of the document.
 *
 * A rule says what shall stand where; what the patch must do depends on what stands there now. Missing parents are made by one
 * `add` of the outermost with everything in it. */

#include "rulebook/internal.h"

#include "doc/pointer.h"

struct repair {
        struct judge *judge;
        struct rule *rule;
        struct arena *arena;
        struct node root;         /* the object after the steps so far */
        bool changed;             /* by a step: places are looked up from the root */
        size_t begin;             /* of the steps' pointers: the length of the object's own */
        struct str place;         /* where the finding points: the steps' pointers often begin it */
        struct patch_step *steps; /* room for each change */
        size_t count;
};

/* A value below maps for the steps of a path from `from` on. */
static struct value nest(struct arena *arena, const struct path *path, size_t from, const struct value *value)
{
        struct value nested = *value;

        for (size_t i = path->count; i > from; i--) {
                struct node *node = arena_new(arena, struct node);

                *node = (struct node){.key = path->steps[i - 1].key, .value = nested};
                nested = value_map(arena, node, 1);
        }
        return nested;
}

/* The pointer of the first `count` steps of a path behind another pointer. */
static struct str pointer_of(struct repair *repair, const struct ready_place *place, const struct path *path,
                             size_t count)
{
        struct buf *text = &repair->judge->text;

        text->len = 0;
        judge_add_pointer(text, repair->judge, repair->rule, place, false);
        if (count)
                buf_add(text, str_sub(path->pointer, 0, path->steps[count - 1].end));
        if (str_starts(repair->place, buf_text(text)))
                return str_sub(repair->place, 0, text->len);
        return str_copy(repair->arena, buf_text(text));
}

/* What a change starts from, in the object as it is by now. */
static const struct node *base_of(struct repair *repair, const struct ready_place *place)
{
        struct buf *text = &repair->judge->text;

        if (!repair->changed)
                return judge_base(repair->judge, place);
        text->len = 0;
        judge_add_pointer(text, repair->judge, repair->rule, place, false);
        return pointer_find(&repair->root, str_from(buf_text(text), repair->begin), NULL);
}

/* Whether a step of a path can be added to a list or map that has not got it. */
static bool can_add(const struct node *parent, const struct path_step *step)
{
        if (parent->value.kind == VALUE_LIST)
                return step->index == parent->value.len || str_is(intern_text(step->key), "-");
        return parent->value.kind == VALUE_MAP;
}

static bool add_set(struct repair *repair, const struct ready_change *change, const struct node *nearest, size_t found)
{
        const struct path *path = &change->place.path;
        struct patch_step step;

        if (found == path->count && value_equal(&nearest->value, change->value))
                return true;
        if (found < path->count && nearest->value.kind != VALUE_NULL && !can_add(nearest, &path->steps[found]))
                return false;
        if (found == path->count || nearest->value.kind == VALUE_NULL)
                step = (struct patch_step){.op = PATCH_REPLACE,
                                           .path = pointer_of(repair, &change->place, path, found),
                                           .value = nest(repair->arena, path, found, change->value)};
        else
                step = (struct patch_step){.op = PATCH_ADD,
                                           .path = pointer_of(repair, &change->place, path, found + 1),
                                           .value = nest(repair->arena, path, found + 1, change->value)};
        repair->steps[repair->count++] = step;
        return true;
}

static bool add_change(struct repair *repair, const struct ready_change *change)
{
        const struct path *path = &change->place.path;
        const struct node *nearest = base_of(repair, &change->place);
        size_t found;

        if (!nearest)
                return false;
        nearest = path_follow(nearest, path, &found);
        if (change->value)
                return add_set(repair, change, nearest, found);
        if (found == path->count)
                repair->steps[repair->count++] = (struct patch_step){
                        .op = PATCH_REMOVE, .path = pointer_of(repair, &change->place, path, found)};
        return true;
}

/* Brings the object up to date, for the changes that follow. */
static bool apply(struct repair *repair, const struct patch_step *step)
{
        struct patch_step relative = *step;
        const struct patch patch = {&relative, 1};
        struct err err = {0};

        relative.path = str_from(step->path, repair->begin);
        repair->changed = true;
        return patch_apply(repair->judge->scratch, &repair->root.value, &patch, &repair->root.value, &err);
}

void judge_repair(struct judge *judge, struct rule *rule, const struct rule_details *details, struct finding *finding)
{
        const struct object *object = judge->subject.object;
        struct repair repair = {
                .judge = judge,
                .rule = rule,
                .arena = &judge->source->arena,
                .root = object->root,
                .begin = object->path.len,
                .place = finding->location.path,
                .steps = arena_array(&judge->source->arena, struct patch_step, details->change_count),
        };

        for (size_t i = 0; i < details->change_count; i++) {
                size_t before = repair.count;

                if (!add_change(&repair, &details->changes[i]))
                        return;
                if (i + 1 < details->change_count && repair.count > before && !apply(&repair, &repair.steps[before]))
                        return;
        }
        if (!repair.count)
                return;
        finding->fix = (struct finding_fix){
                .present = true,
                .safe = rule->text->fix_safe,
                .patch = {repair.steps, repair.count},
                .note = rule->text->fix_note,
        };
}
