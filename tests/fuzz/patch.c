/* patch.c - patches of JSON: what they say comes true, and documents themselves never change.
 *
 * The input is a document, a line end, and a patch: a list of operations, or anything else for a merge patch. */

#include "doc/document.h"
#include "doc/patch.h"
#include "doc/pointer.h"
#include "doc/print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
        if (!condition)
                __builtin_trap();
}

static struct str canonical(struct arena *arena, const struct value *value)
{
        struct buf out CLEANUP(buf_free) = {0};

        json_print_canonical(&out, value);
        return str_copy(arena, buf_text(&out));
}

static const struct value *at(struct arena *arena, const struct value *root, struct str path)
{
        struct node *node = arena_new(arena, struct node);
        const struct node *found;

        node->value = *root;
        found = pointer_find(node, path, NULL);
        return found ? &found->value : NULL;
}

static bool ends_in_dash(struct str path)
{
        return str_ends(path, STR("/-"));
}

/* What the step promises about the place that it names. */
static void check_step(struct arena *arena, const struct value *before, const struct value *after,
                       const struct patch_step *step)
{
        const struct value *there = at(arena, after, step->path);

        if (step->op == PATCH_TEST)
                check(value_equal(before, after) && there && value_equal(there, &step->value));
        else if (step->op == PATCH_REPLACE || (step->op == PATCH_ADD && !ends_in_dash(step->path)))
                check(there && value_equal(there, &step->value));
        else if (step->op == PATCH_COPY && !ends_in_dash(step->path))
                check(there && value_equal(there, at(arena, before, step->from)));
        else if (step->op == PATCH_MOVE && !ends_in_dash(step->path))
                check(there && value_equal(there, at(arena, before, step->from)));
}

/* One step at a time gives the same as all at once. */
static void check_steps(struct arena *arena, const struct value *root, const struct patch *patch)
{
        struct value value = *root, next, all;
        struct err err = {0};
        bool done = patch_apply(arena, root, patch, &all, &err), step_done = true;

        check(done || err.length);
        for (size_t i = 0; i < patch->count && step_done; i++) {
                step_done = patch_apply(arena, &value, &(struct patch){&patch->steps[i], 1}, &next, &err);
                if (!step_done)
                        break;
                check_step(arena, &value, &next, &patch->steps[i]);
                value = next;
        }
        check(!done || (step_done && value_equal(&value, &all)));
}

/* Merging the same again changes nothing, and no null of the changes is left. */
static void check_merge(struct arena *arena, const struct value *root, const struct value *changes)
{
        struct value once = patch_merge(arena, root, changes), twice = patch_merge(arena, &once, changes);

        check(value_equal(&once, &twice));
        if (changes->kind != VALUE_MAP) {
                check(value_equal(&once, changes));
                return;
        }
        value_each (changes, change) {
                const struct value *there = value_get(&once, change->key);

                check(change->value.kind == VALUE_NULL ? !there : there != NULL);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct str rest = {(const char *)data, size}, text, before;
        struct document document, changes;
        struct patch patch;
        struct err err = {0};

        if (!str_split(&rest, '\n', &text) || !rest.data || !json_read_one(&arena, text, &document, &err)
            || !json_read_one(&arena, rest, &changes, &err))
                return 0;
        before = canonical(&arena, &document.root);
        err = (struct err){0};
        if (patch_read(&arena, &changes.root, &patch, &err))
                check_steps(&arena, &document.root, &patch);
        else
                check(err.length > 0);
        check_merge(&arena, &document.root, &changes.root);
        check(str_equal(before, canonical(&arena, &document.root)));
        return 0;
}
