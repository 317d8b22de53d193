/* fix_merge.c - all that is set first, then all that is removed: places keep their names until their turn comes. */

#include "scan/fix_merge.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/vec.h"
#include "doc/pointer.h"

/* A part of the document: all of it, or one item of a List, for a change of a value copies the lists and maps around it. */
struct tree {
        struct str prefix;       /* its place in the document */
        struct node before, now; /* and with all that is set */
};

/* What a tree goes back to when a patch cannot be taken. */
struct undo {
        struct tree *tree;
        struct value now;
};

struct merge {
        struct arena *arena;
        struct tree *whole;
        struct map trees;        /* by prefix */
        VEC(struct str) removed; /* pointers into the document */
        VEC(struct undo) undo;   /* of the patch at hand */
};

/* ---- Pointers ---- */

static struct str parent_of(struct str path)
{
        while (path.len && path.data[path.len - 1] != '/')
                path.len--;
        return str_sub(path, 0, path.len ? path.len - 1 : 0);
}

static struct str last_part(struct str path)
{
        return str_from(path, parent_of(path).len + 1);
}

static size_t depth_of(struct str path)
{
        size_t depth = 0;

        for (size_t i = 0; i < path.len; i++)
                depth += path.data[i] == '/';
        return depth;
}

static bool is_at_or_below(struct str path, struct str above)
{
        return str_starts(path, above) && (path.len == above.len || path.data[above.len] == '/');
}

/* "/items/3" of "/items/3/spec"; empty if the path does not lead into an item of a List. */
static struct str item_prefix(struct str path)
{
        static const struct str items = STR_INIT("/items/");
        size_t slash = str_find(path, STR("/"), items.len);

        return str_starts(path, items) && slash != SIZE_MAX ? str_sub(path, 0, slash) : STR("");
}

static struct tree *tree_of(struct merge *merge, struct str path)
{
        struct str prefix = item_prefix(path);
        const struct node *root = prefix.len ? pointer_find(&merge->whole->before, prefix, NULL) : NULL;
        void **slot;

        if (!root)
                return merge->whole;
        slot = map_slot(merge->arena, &merge->trees, prefix);
        if (!*slot) {
                struct tree *tree = arena_new(merge->arena, struct tree);

                *tree = (struct tree){prefix, *root, *root};
                *slot = tree;
        }
        return *slot;
}

static const struct node *find_before(struct merge *merge, struct str path)
{
        const struct tree *tree = tree_of(merge, path);

        return pointer_find(&tree->before, str_from(path, tree->prefix.len), NULL);
}

static const struct node *find_now(struct merge *merge, struct str path)
{
        const struct tree *tree = tree_of(merge, path);

        return pointer_find(&tree->now, str_from(path, tree->prefix.len), NULL);
}

static bool is_in_list(struct merge *merge, struct str path)
{
        const struct node *parent = find_before(merge, parent_of(path));

        return path.len && parent && parent->value.kind == VALUE_LIST;
}

/* ---- Taking patches ---- */

/* Patched values share what did not change. */
static bool is_same(const struct value *a, const struct value *b)
{
        if (a->kind == b->kind && a->len == b->len && (a->kind == VALUE_LIST || a->kind == VALUE_MAP)
            && a->nodes == b->nodes)
                return true;
        return value_equal(a, b);
}

static bool touches_removed(const struct merge *merge, struct str path)
{
        for (size_t i = 0; i < merge->removed.count; i++)
                if (is_at_or_below(path, merge->removed.items[i]) || is_at_or_below(merge->removed.items[i], path))
                        return true;
        return false;
}

/* Both values in one: maps have the members of both. False where they contradict each other. */
static bool unite(struct arena *arena, const struct value *a, const struct value *b, struct value *out)
{
        VEC(struct node) members = {0};

        *out = *a;
        if (value_equal(a, b))
                return true;
        TRY(a->kind == VALUE_MAP && b->kind == VALUE_MAP);
        value_each (a, member) {
                const struct value *other = value_get(b, member->key);
                struct node *united = vec_push(arena, &members);

                *united = *member;
                TRY(!other || unite(arena, &member->value, other, &united->value));
        }
        value_each (b, member) {
                if (!value_get(a, member->key))
                        *vec_push(arena, &members) = *member;
        }
        *out = value_map(arena, members.items, members.count);
        return true;
}

static bool set(struct merge *merge, const struct patch_step *step)
{
        const struct node *old = find_before(merge, step->path), *now = find_now(merge, step->path);
        struct tree *tree = tree_of(merge, step->path);
        struct patch_step changed = *step;
        struct err ignored = {0};

        TRY(!touches_removed(merge, step->path));
        TRY(step->op == PATCH_REPLACE || !is_in_list(merge, step->path));
        if (now && (!old || !is_same(&old->value, &now->value))) {
                changed.op = PATCH_REPLACE;
                TRY(unite(merge->arena, &now->value, &step->value, &changed.value));
        }
        changed.path = str_from(step->path, tree->prefix.len);
        *vec_push(merge->arena, &merge->undo) = (struct undo){tree, tree->now.value};
        return patch_apply(merge->arena, &tree->now.value, &(struct patch){&changed, 1}, &tree->now.value, &ignored);
}

static bool take_out(struct merge *merge, struct str path, bool alone)
{
        const struct node *old = find_before(merge, path), *now = find_now(merge, path);

        for (size_t i = 0; i < merge->removed.count; i++)
                if (str_equal(merge->removed.items[i], path))
                        return alone || !is_in_list(merge, path);
        TRY(old && now && path.len && is_same(&old->value, &now->value));
        TRY(alone || !is_in_list(merge, path));
        TRY(!touches_removed(merge, path));
        *vec_push(merge->arena, &merge->removed) = path;
        return true;
}

static bool take_step(struct merge *merge, const struct patch *patch, const struct patch_step *step)
{
        switch (step->op) {
        case PATCH_ADD:
        case PATCH_REPLACE:
                return set(merge, step);
        case PATCH_REMOVE:
                return take_out(merge, step->path, patch->count == 1);
        default:
                return false;
        }
}

/* Takes all steps of a patch or none. */
static bool take(struct merge *merge, const struct patch *patch)
{
        size_t removed = merge->removed.count;

        merge->undo.count = 0;
        for (size_t i = 0; i < patch->count; i++) {
                if (take_step(merge, patch, &patch->steps[i]))
                        continue;
                for (size_t k = merge->undo.count; k > 0; k--)
                        merge->undo.items[k - 1].tree->now.value = merge->undo.items[k - 1].now;
                merge->removed.count = removed;
                return false;
        }
        return true;
}

/* ---- The patch ---- */

struct steps {
        struct arena *arena;
        struct buf path;
        VEC(struct patch_step) list;
};

static void push(struct steps *steps, enum patch_op op, const struct value *value)
{
        *vec_push(steps->arena, &steps->list) =
                (struct patch_step){.op = op, .path = str_copy(steps->arena, buf_text(&steps->path)), .value = *value};
}

static bool share_member(const struct value *old, const struct value *now)
{
        value_each (now, member) {
                if (value_get(old, member->key))
                        return true;
        }
        return false;
}

static void compare(struct steps *steps, const struct value *old, const struct value *now);

static void compare_members(struct steps *steps, const struct value *old, const struct value *now)
{
        size_t len = steps->path.len;

        value_each (now, member) {
                const struct value *before = value_get(old, member->key);

                pointer_add(&steps->path, intern_text(member->key));
                if (before)
                        compare(steps, before, &member->value);
                else
                        push(steps, PATCH_ADD, &member->value);
                steps->path.len = len;
        }
}

static void compare_items(struct steps *steps, const struct value *old, const struct value *now)
{
        size_t len = steps->path.len;

        for (uint32_t i = 0; i < now->len; i++) {
                buf_add_format(&steps->path, "/%u", i);
                compare(steps, &old->nodes[i].value, &now->nodes[i].value);
                steps->path.len = len;
        }
}

/* The steps that make `now` of `old`. Nothing was removed yet, so a map has all its members and a list all its items. */
static void compare(struct steps *steps, const struct value *old, const struct value *now)
{
        if (is_same(old, now))
                return;
        if (old->kind == VALUE_MAP && now->kind == VALUE_MAP && share_member(old, now))
                compare_members(steps, old, now);
        else if (old->kind == VALUE_LIST && now->kind == VALUE_LIST && old->len == now->len && old->len)
                compare_items(steps, old, now);
        else
                push(steps, PATCH_REPLACE, now);
}

/* A step with its place in the patch. */
struct placed {
        struct patch_step step;
        size_t depth, turn, index; /* `turn`: how many steps in the same list or map come before */
};

static int by_place(const void *a, const void *b)
{
        const struct placed *left = a, *right = b;
        size_t x = left->depth, y = right->depth;

        if (x == y)
                x = left->turn, y = right->turn;
        if (x == y)
                x = left->index, y = right->index;
        return (x > y) - (x < y);
}

/* Steps as deep as each other come together, first those that are the first in their list or map. */
static void arrange(struct arena *arena, struct patch_step *steps, size_t count, bool deepest_first)
{
        struct placed *placed = arena_array(arena, struct placed, count);
        struct map turns = {0};

        for (size_t i = 0; i < count; i++) {
                void **turn = map_slot(arena, &turns, parent_of(steps[i].path));
                size_t depth = depth_of(steps[i].path);

                placed[i] = (struct placed){steps[i], deepest_first ? SIZE_MAX - depth : depth,
                                            (size_t)(uintptr_t)*turn, i};
                *turn = (void *)((uintptr_t)*turn + 1);
        }
        qsort(placed, count, sizeof(*placed), by_place);
        for (size_t i = 0; i < count; i++)
                steps[i] = placed[i].step;
}

/* The last item of a list first. */
static int from_behind(const void *a, const void *b)
{
        struct str left = *(const struct str *)a, right = *(const struct str *)b;
        int order = str_compare(parent_of(left), parent_of(right));
        uint32_t x, y;

        if (!order && pointer_index(last_part(left), &x) && pointer_index(last_part(right), &y))
                return (y > x) - (y < x);
        return order ? order : str_compare(left, right);
}

static void make_patch(struct merge *merge, struct patch *out)
{
        struct steps steps = {.arena = merge->arena};
        const struct value nothing = VALUE_OF_NULL;
        size_t set;

        compare(&steps, &merge->whole->before.value, &merge->whole->now.value);
        for (size_t i = 0; i < merge->trees.count; i++) {
                const struct tree *tree = merge->trees.entries[i].value;

                steps.path.len = 0;
                buf_add(&steps.path, tree->prefix);
                compare(&steps, &tree->before.value, &tree->now.value);
        }
        set = steps.list.count;
        arrange(merge->arena, steps.list.items, set, false);
        if (merge->removed.count > 1)
                qsort(merge->removed.items, merge->removed.count, sizeof(*merge->removed.items), from_behind);
        for (size_t i = 0; i < merge->removed.count; i++) {
                steps.path.len = 0;
                buf_add(&steps.path, merge->removed.items[i]);
                push(&steps, PATCH_REMOVE, &nothing);
        }
        arrange(merge->arena, steps.list.items + set, steps.list.count - set, true);
        buf_free(&steps.path);
        *out = (struct patch){steps.list.items, steps.list.count};
}

void fix_merge(struct arena *arena, const struct value *document, const struct patch *const *patches, size_t count,
               bool *taken, struct patch *out)
{
        struct tree whole = {.before = {.value = *document}, .now = {.value = *document}};
        struct merge merge = {.arena = arena, .whole = &whole};
        size_t number = 0;

        for (size_t i = 0; i < count; i++) {
                taken[i] = take(&merge, patches[i]);
                number += taken[i];
        }
        if (number || !count) {
                make_patch(&merge, out);
                return;
        }
        taken[0] = true; /* it is of a kind that has to be made by itself */
        *out = *patches[0];
}
