/* repair.c - the repair of a finding: the changes of its rule as a JSON Patch of the document.
 *
 * A rule says what shall stand where; what the patch must do depends on what stands there now. Missing parents are made by one
 * `add` of the outermost with everything in it. */

#include "rulebook/internal.h"

#include "doc/document.h"
#include "doc/pointer.h"

struct repair {
        struct judge *judge;
        struct rule *rule;
        struct arena *arena;
        struct node root; /* the object after the steps that were applied */
        size_t begin;     /* of the steps' pointers: the length of the object's own */
        struct str place; /* where the finding points: the steps' pointers often begin it */
        VEC(struct patch_step) steps;
        size_t applied;
        const struct container *container; /* for changes in containers */
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

/* The pointer of what a change starts from. */
static void add_base_pointer(struct repair *repair, const struct ready_place *place, struct buf *out)
{
        if (!place->in_containers) {
                judge_add_pointer(out, repair->judge, repair->rule, place, false);
                return;
        }
        buf_add(out, repair->judge->subject.object->pod_path);
        buf_add_format(out, "/spec/%.*s/%u", STR_ARG(intern_text(repair->container->list)), repair->container->index);
}

/* The pointer of the first `count` steps of a path behind another pointer. */
static struct str pointer_of(struct repair *repair, const struct ready_place *place, const struct path *path,
                             size_t count)
{
        struct buf *text = &repair->judge->text;

        text->len = 0;
        add_base_pointer(repair, place, text);
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

        if (!repair->applied)
                return place->in_containers ? repair->container->node : judge_base(repair->judge, place);
        text->len = 0;
        add_base_pointer(repair, place, text);
        return pointer_find(&repair->root, str_from(buf_text(text), repair->begin), NULL);
}

/* Whether a step of a path can be added to a list or map that has not got it. */
static bool can_add(const struct node *parent, const struct path_step *step)
{
        if (parent->value.kind == VALUE_LIST)
                return step->index == parent->value.len || str_is(intern_text(step->key), "-");
        return parent->value.kind == VALUE_MAP;
}

static void add_step(struct repair *repair, enum patch_op op, struct str path, const struct value *value)
{
        *vec_push(repair->arena, &repair->steps) =
                (struct patch_step){.op = op, .path = path, .value = value ? *value : VALUE_OF_NULL};
}

static bool add_set(struct repair *repair, const struct ready_place *place, const struct value *value,
                    const struct node *nearest, size_t found)
{
        const struct path *path = &place->path;
        struct value nested;

        if (found == path->count && value_equal(&nearest->value, value))
                return true;
        if (found < path->count && nearest->value.kind != VALUE_NULL && !can_add(nearest, &path->steps[found]))
                return false;
        if (found == path->count || nearest->value.kind == VALUE_NULL) {
                nested = nest(repair->arena, path, found, value);
                add_step(repair, PATCH_REPLACE, pointer_of(repair, place, path, found), &nested);
        } else {
                nested = nest(repair->arena, path, found + 1, value);
                add_step(repair, PATCH_ADD, pointer_of(repair, place, path, found + 1), &nested);
        }
        return true;
}

/* A map in place of another, as steps for the members that differ: what stays is not touched. */
static void add_difference(struct repair *repair, struct str path, const struct value *old, const struct value *now)
{
        value_each (old, member) {
                const struct value *after = value_get(now, member->key);
                CLEANUP(buf_free) struct buf pointer = {0};

                if (after && value_equal(after, &member->value))
                        continue;
                buf_add(&pointer, path);
                pointer_add(&pointer, intern_text(member->key));
                add_step(repair, after ? PATCH_REPLACE : PATCH_REMOVE, str_copy(repair->arena, buf_text(&pointer)),
                         after);
        }
        value_each (now, member) {
                CLEANUP(buf_free) struct buf pointer = {0};

                if (value_get(old, member->key))
                        continue;
                buf_add(&pointer, path);
                pointer_add(&pointer, intern_text(member->key));
                add_step(repair, PATCH_ADD, str_copy(repair->arena, buf_text(&pointer)), &member->value);
        }
}

/* A pointer that is made anew each time: what expressions give is text, no part of it a slash. */
static bool make_path(struct repair *repair, const struct ready_text *pointer, struct path *out)
{
        CLEANUP(buf_free) struct buf made = {0};

        for (size_t i = 0; i < pointer->count; i++) {
                CLEANUP(buf_free) struct buf part = {0};
                const struct ready_text one = {&pointer->parts[i], 1};

                TRY(judge_add_text(repair->judge, &one, &part));
                if (pointer->parts[i].expression) {
                        CLEANUP(buf_free) struct buf escaped = {0};

                        pointer_add(&escaped, buf_text(&part));
                        buf_add(&made, str_from(buf_text(&escaped), 1));
                } else {
                        buf_add(&made, buf_text(&part));
                }
        }
        path_read(repair->arena, str_copy(repair->arena, buf_text(&made)), out);
        return true;
}

/* What an expression gives, as part of the document that is to be. */
static const struct value *compute(struct repair *repair, struct expression *expression)
{
        CLEANUP(buf_free) struct buf json = {0};
        struct document *document = arena_new(repair->arena, struct document);
        struct err ignored = {0};
        struct value value;

        if (!judge_compute(repair->judge, expression, &value) || !cel_print_json(&json, &value, &ignored)
            || !json_read_one(repair->arena, str_copy(repair->arena, buf_text(&json)), document, &ignored))
                return NULL;
        return &document->root;
}

/* Brings the object up to date with the steps so far. */
static bool apply(struct repair *repair)
{
        for (; repair->applied < repair->steps.count; repair->applied++) {
                struct patch_step relative = repair->steps.items[repair->applied];
                const struct patch patch = {&relative, 1};
                struct err err = {0};

                relative.path = str_from(relative.path, repair->begin);
                TRY(patch_apply(repair->judge->scratch, &repair->root.value, &patch, &repair->root.value, &err));
        }
        return true;
}

static bool add_change(struct repair *repair, const struct ready_change *change)
{
        struct ready_place place = change->place;
        const struct value *value = change->value;
        const struct node *nearest;
        size_t found;

        TRY(apply(repair));
        TRY(!change->pointer.count || make_path(repair, &change->pointer, &place.path));
        if (change->computed)
                TRY(value = compute(repair, change->computed));
        nearest = base_of(repair, &place);
        TRY(nearest);
        nearest = path_follow(nearest, &place.path, &found);
        if (change->computed && found == place.path.count && value->kind == VALUE_MAP
            && nearest->value.kind == VALUE_MAP) {
                add_difference(repair, pointer_of(repair, &place, &place.path, found), &nearest->value, value);
                return true;
        }
        if (value)
                return add_set(repair, &place, value, nearest, found);
        if (found == place.path.count)
                add_step(repair, PATCH_REMOVE, pointer_of(repair, &place, &place.path, found), NULL);
        return true;
}

/* The change in every container that the repair means. */
static bool change_containers(struct repair *repair, const struct ready_repair *ready,
                              const struct ready_change *change)
{
        struct value *variable = &repair->judge->variables[VARIABLE_CONTAINER];
        const struct value before = *variable;
        struct container container = {0};
        bool well = true;

        repair->container = &container;
        while (well && object_next_container(repair->judge->subject.object, &container)) {
                *variable = container.node->value;
                if (container.role != CONTAINER_EPHEMERAL && judge_holds(repair->judge, ready->containers))
                        well = add_change(repair, change);
        }
        repair->container = NULL;
        *variable = before;
        return well;
}

static bool add_changes(struct repair *repair, const struct ready_repair *ready)
{
        for (size_t i = 0; i < ready->change_count; i++) {
                const struct ready_change *change = &ready->changes[i];

                TRY(change->place.in_containers ? change_containers(repair, ready, change)
                                                : add_change(repair, change));
        }
        return true;
}

/* The object that the repair adds; it must be one document. */
static bool add_object(struct repair *repair, const struct ready_repair *ready, struct finding_fix_more *more)
{
        CLEANUP(buf_free) struct buf text = {0};
        struct document *document = arena_new(repair->arena, struct document);
        struct err ignored = {0};

        TRY(judge_add_text(repair->judge, &ready->add, &text));
        more->text = str_copy(repair->arena, buf_text(&text));
        TRY(yaml_read_one(repair->arena, more->text, document, &ignored));
        more->object = &document->root;
        return document->root.kind == VALUE_MAP;
}

/* The first whose condition holds. */
static const struct ready_repair *choose(struct judge *judge, const struct rule_details *details)
{
        for (size_t i = 0; i < details->repair_count; i++)
                if (judge_holds(judge, details->repairs[i].when))
                        return &details->repairs[i];
        return NULL;
}

static const struct finding_fix_more *make_more(struct repair *repair, const struct ready_repair *ready, bool *well)
{
        struct finding_fix_more *more;

        if (!ready->add.count && !ready->text->uncover_count)
                return NULL;
        more = arena_new(repair->arena, struct finding_fix_more);
        *more = (struct finding_fix_more){.uncovers = ready->text->uncovers,
                                          .uncover_count = ready->text->uncover_count};
        *well = !ready->add.count || add_object(repair, ready, more);
        return more;
}

void judge_repair(struct judge *judge, struct rule *rule, const struct rule_details *details, struct finding *finding)
{
        const struct object *object = judge->subject.object;
        const struct ready_repair *ready = choose(judge, details);
        struct repair repair = {
                .judge = judge,
                .rule = rule,
                .arena = &judge->source->arena,
                .root = object->root,
                .begin = object->path.len,
                .place = finding->location.path,
        };
        const struct finding_fix_more *more;
        bool well = true;

        if (!ready || !add_changes(&repair, ready))
                return;
        more = make_more(&repair, ready, &well);
        if (!well || (!repair.steps.count && !ready->add.count))
                return;
        finding->fix = (struct finding_fix){
                .present = true,
                .safe = ready->text->safe,
                .patch = {repair.steps.items, repair.steps.count},
                .note = ready->text->note,
                .more = more,
        };
}
