/* edit_narrow.c - a map in place of another as changes of its members. */

#include "doc/edit_narrow.h"

#include "base/vec.h"
#include "doc/pointer.h"

enum { MOST_STEPS = 40 };

struct narrowing {
        struct arena *arena;
        struct buf path;
        VEC(struct patch_step) steps;
};

static void push(struct narrowing *narrowing, enum patch_op op, struct value value)
{
        if (narrowing->steps.count <= MOST_STEPS)
                *vec_push(narrowing->arena, &narrowing->steps) = (struct patch_step){
                        .op = op, .path = str_copy(narrowing->arena, buf_text(&narrowing->path)), .value = value};
}

static bool share_member(const struct value *old, const struct value *fresh)
{
        if (old->kind != VALUE_MAP)
                return false;
        value_each (fresh, member) {
                if (value_get(old, member->key))
                        return true;
        }
        return false;
}

/* No deeper than both values are. */
static void narrow(struct narrowing *narrowing, const struct value *old, const struct value *fresh)
{
        size_t len = narrowing->path.len;

        if (value_equal(old, fresh))
                return;
        if (!share_member(old, fresh))
                return push(narrowing, PATCH_REPLACE, *fresh);
        value_each (old, member) {
                pointer_add(&narrowing->path, intern_text(member->key));
                if (!value_get(fresh, member->key))
                        push(narrowing, PATCH_REMOVE, VALUE_OF_NULL);
                narrowing->path.len = len;
        }
        value_each (fresh, member) {
                const struct value *before = value_get(old, member->key);

                pointer_add(&narrowing->path, intern_text(member->key));
                if (before)
                        narrow(narrowing, before, &member->value);
                else
                        push(narrowing, PATCH_ADD, member->value);
                narrowing->path.len = len;
        }
}

/* The value that a step replaces; NULL if it replaces none. */
static const struct value *replaced(const struct node *root, const struct patch_step *step)
{
        const struct node *node = pointer_find(root, step->path, NULL), *parent;
        size_t slash = step->path.len;

        while (slash > 0 && step->path.data[slash - 1] != '/')
                slash--;
        parent = pointer_find(root, str_sub(step->path, 0, slash ? slash - 1 : 0), NULL);
        if (step->op == PATCH_ADD && parent != node && value_is(&parent->value, VALUE_LIST))
                return NULL; /* an item more */
        return node ? &node->value : NULL;
}

bool edit_narrow(struct arena *arena, const struct value *root, const struct patch_step *step, struct patch *out)
{
        const struct node node = {.value = *root};
        struct narrowing narrowing = {.arena = arena};
        const struct value *old;

        if (step->op != PATCH_ADD && step->op != PATCH_REPLACE)
                return false;
        old = replaced(&node, step);
        if (!old || !share_member(old, &step->value))
                return false;
        buf_add(&narrowing.path, step->path);
        narrow(&narrowing, old, &step->value);
        buf_free(&narrowing.path);
        *out = (struct patch){narrowing.steps.items, narrowing.steps.count};
        return out->count <= MOST_STEPS;
}
