/* patch.c - JSON Patch (RFC 6902) and JSON Merge Patch (RFC 7386) on immutable values.
 *
 * A change copies the lists and maps on the way to it, and nothing else. Since a copy is shared, a few steps could say a
 * document that no memory could print: what is put in is counted as if it was written out. */

#include "doc/patch.h"

#include "doc/key.h"
#include "doc/pointer.h"

enum { DEEPEST = 512, MOST_NODES = 20 * 1000 * 1000 };

static const struct str op_names[] = {
        [PATCH_ADD] = STR_INIT("add"),   [PATCH_REMOVE] = STR_INIT("remove"), [PATCH_REPLACE] = STR_INIT("replace"),
        [PATCH_MOVE] = STR_INIT("move"), [PATCH_COPY] = STR_INIT("copy"),     [PATCH_TEST] = STR_INIT("test"),
};

struct str patch_op_name(enum patch_op op)
{
        return op_names[op];
}

static bool read_op(const struct value *operation, enum patch_op *op, struct err *err)
{
        struct str name = value_get_text(operation, KEY_op), nearest;

        if (!value_is(value_get(operation, KEY_op), VALUE_STRING))
                return err_set(err, "has no 'op': write one of add, remove, replace, move, copy, test");
        for (size_t i = 0; i < COUNT_OF(op_names); i++) {
                if (str_equal(name, op_names[i])) {
                        *op = (enum patch_op)i;
                        return true;
                }
        }
        nearest = str_nearest(name, op_names, COUNT_OF(op_names));
        if (nearest.len)
                return err_set(err, "has the unknown op '%.*s': did you mean '%.*s'?", STR_ARG(name), STR_ARG(nearest));
        return err_set(err, "has the unknown op '%.*s': write one of add, remove, replace, move, copy, test",
                       STR_ARG(name));
}

static bool read_pointer(const struct value *operation, uint32_t key, struct str *pointer, struct err *err)
{
        if (!value_is(value_get(operation, key), VALUE_STRING))
                return err_set(
                        err, "has no '%.*s': write the JSON Pointer of a place in the document, as \"/spec/replicas\"",
                        STR_ARG(intern_text(key)));
        *pointer = value_get_text(operation, key);
        return pointer_check(*pointer, err);
}

static bool read_step(const struct value *operation, struct patch_step *step, struct err *err)
{
        const struct value *value = value_get(operation, KEY_value);

        if (!value_is(operation, VALUE_MAP))
                return err_set(err, "is a %s: write a map with op and path", value_kind_name(operation));
        TRY(read_op(operation, &step->op, err));
        TRY(read_pointer(operation, KEY_path, &step->path, err));
        if (step->op == PATCH_MOVE || step->op == PATCH_COPY)
                return read_pointer(operation, KEY_from, &step->from, err);
        if (step->op == PATCH_REMOVE)
                return true;
        if (!value)
                return err_set(err, "has no 'value' to %.*s: write one, if only null", STR_ARG(op_names[step->op]));
        step->value = *value;
        return true;
}

bool patch_read(struct arena *arena, const struct value *operations, struct patch *out, struct err *err)
{
        struct patch_step *steps;

        if (!value_is(operations, VALUE_LIST))
                return err_set(err, "a JSON Patch is a list of operations, but this is a %s",
                               value_kind_name(operations));
        steps = arena_array(arena, struct patch_step, operations->len);
        for (uint32_t i = 0; i < operations->len; i++) {
                if (!read_step(&operations->nodes[i].value, &steps[i], err))
                        return err_within(err, "step %u of the patch", i + 1);
        }
        *out = (struct patch){steps, operations->len};
        return true;
}

enum { LONG_LIST = 32, OWN_LISTS = 8 };

/* Long lists that this patch has copied already: they are not copied again for each step, but changed where they are. */
struct own_lists {
        const struct node *nodes[OWN_LISTS];
        unsigned next;
};

struct change {
        struct arena *arena;
        struct own_lists *own;
        const struct value *value; /* what is put there; NULL to remove */
        bool only_existing;
        struct err *err;
};

static bool is_missing(const struct change *change, const struct value *parent, struct str part)
{
        if (parent->kind == VALUE_LIST)
                return err_set(change->err, "the list has %u items, and no '%.*s': name an item from 0%s", parent->len,
                               STR_ARG(part), change->value && !change->only_existing ? ", or - to append" : "");
        if (parent->kind == VALUE_MAP)
                return err_set(change->err, "there is no '%.*s': %s", STR_ARG(part),
                               change->value ? "add it first" : "leave this step out");
        return err_set(change->err, "'%.*s' is looked for in a %s, which has no members: replace that first",
                       STR_ARG(part), value_kind_name(parent));
}

/* A copy of a list or map in which one node has another value. Keys stay, and so does a map's index. */
static struct value with_node(struct arena *arena, const struct value *parent, size_t index, struct value value)
{
        size_t node_bytes = checked_mul(parent->len, sizeof(struct node));
        size_t index_bytes = parent->flags & VALUE_INDEXED ? parent->len * sizeof(uint32_t) : 0;
        struct node *nodes = arena_take(arena, node_bytes + index_bytes);
        struct value copy = *parent;

        memcpy(nodes, parent->nodes, node_bytes + index_bytes);
        nodes[index].value = value;
        copy.nodes = nodes;
        return copy;
}

static bool is_own(const struct own_lists *own, const struct node *nodes)
{
        for (unsigned i = 0; i < OWN_LISTS; i++) {
                if (own->nodes[i] == nodes)
                        return true;
        }
        return false;
}

/* The same for what stands on the way to a change. */
static struct value with_changed_node(const struct change *change, const struct value *parent, size_t index,
                                      struct value value)
{
        struct value copy;

        if (parent->kind != VALUE_LIST || parent->len < LONG_LIST)
                return with_node(change->arena, parent, index, value);
        if (is_own(change->own, parent->nodes)) {
                ((struct node *)parent->nodes)[index].value = value;
                return *parent;
        }
        copy = with_node(change->arena, parent, index, value);
        change->own->nodes[change->own->next++ % OWN_LISTS] = copy.nodes;
        return copy;
}

/* The nodes of a list or map with room for one more before `index`, which the caller fills. */
static struct node *with_room(struct arena *arena, const struct value *parent, size_t index)
{
        struct node *nodes = arena_take(arena, checked_mul((size_t)parent->len + 1, sizeof(*nodes)));

        if (parent->len) {
                memcpy(nodes, parent->nodes, index * sizeof(*nodes));
                memcpy(nodes + index + 1, parent->nodes + index, (parent->len - index) * sizeof(*nodes));
        }
        return nodes;
}

static struct value without_node(struct arena *arena, const struct value *parent, size_t index)
{
        size_t left = parent->len - 1;
        struct node *nodes = arena_take(arena, checked_mul(left, sizeof(*nodes)));

        memcpy(nodes, parent->nodes, index * sizeof(*nodes));
        memcpy(nodes + index, parent->nodes + index + 1, (left - index) * sizeof(*nodes));
        return parent->kind == VALUE_MAP ? value_map(arena, nodes, left) : value_list(nodes, left);
}

/* Where the part's node stands among its parent's; the parent's length when it is not there. */
static size_t position(const struct value *parent, struct str part)
{
        const struct node *node = NULL;
        uint32_t index;

        if (parent->kind == VALUE_MAP)
                node = value_node(parent, intern_find(part));
        else if (parent->kind == VALUE_LIST && pointer_index(part, &index))
                node = value_item(parent, index);
        return node ? (size_t)(node - parent->nodes) : value_count(parent);
}

static bool insert_item(const struct change *change, const struct value *list, struct str part, struct value *out)
{
        uint32_t index = list->len;
        struct node *nodes;

        if (!str_is(part, "-") && (!pointer_index(part, &index) || index > list->len))
                return is_missing(change, list, part);
        nodes = with_room(change->arena, list, index);
        nodes[index] = (struct node){.value = *change->value};
        *out = value_list(nodes, (size_t)list->len + 1);
        return true;
}

static bool insert_member(const struct change *change, const struct value *map, struct str part, struct value *out)
{
        struct node *nodes = with_room(change->arena, map, map->len);

        nodes[map->len] = (struct node){.key = intern(part), .value = *change->value};
        *out = value_map(change->arena, nodes, (size_t)map->len + 1);
        return true;
}

/* Changes what the last part of the path names. */
static bool change_here(const struct change *change, const struct value *parent, struct str part, struct value *out)
{
        size_t at = position(parent, part);
        bool exists = at < value_count(parent);

        if (change->value && !change->only_existing) {
                if (parent->kind == VALUE_LIST)
                        return insert_item(change, parent, part, out);
                if (parent->kind == VALUE_MAP && !exists)
                        return insert_member(change, parent, part, out);
        }
        if (!exists)
                return is_missing(change, parent, part);
        *out = change->value ? with_node(change->arena, parent, at, *change->value)
                             : without_node(change->arena, parent, at);
        return true;
}

/* Follows the path and copies its nodes on the way back. No deeper than the document. */
static bool change_below(const struct change *change, const struct value *parent, struct str rest, struct value *out)
{
        struct value child;
        struct str part;
        size_t at;

        pointer_take(change->arena, &rest, &part);
        if (!rest.len)
                return change_here(change, parent, part, out);
        at = position(parent, part);
        if (at >= value_count(parent))
                return is_missing(change, parent, part);
        TRY(change_below(change, &parent->nodes[at].value, rest, &child));
        *out = with_changed_node(change, parent, at, child);
        return true;
}

/* Counts the nodes of a value as if nothing was shared; false when there are too many, or too deep. */
static bool measure(uint64_t *nodes_left, const struct value *value, unsigned depth)
{
        if (depth > DEEPEST || *nodes_left <= value_count(value))
                return false;
        *nodes_left -= 1;
        value_each (value, node)
                TRY(measure(nodes_left, &node->value, depth + 1));
        return true;
}

static unsigned count_parts(struct str path)
{
        unsigned parts = 0;

        for (size_t i = 0; i < path.len; i++)
                parts += path.data[i] == '/';
        return parts;
}

/* One patch being applied. */
struct run {
        struct arena *arena;
        struct value root;
        uint64_t nodes_left; /* that may still be put in */
        struct own_lists own;
        struct err *err;
};

static bool put(struct run *run, struct str path, const struct value *value, bool only_existing)
{
        struct change change = {run->arena, &run->own, value, only_existing, run->err};
        unsigned parts = count_parts(path);

        if (value && !measure(&run->nodes_left, value, parts))
                return err_set(run->err,
                               "makes the document deeper than %d levels or larger than %d values: put in less",
                               DEEPEST, MOST_NODES);
        if (!parts && value) {
                run->root = *value;
                return true;
        }
        if (!parts)
                return err_set(run->err, "the whole document cannot be removed: replace it");
        return change_below(&change, &run->root, path, &run->root);
}

/* What a pointer names, or an error that says which part of it is missing. */
static const struct value *get(struct run *run, struct str path)
{
        struct node root = {.value = run->root};
        const struct node *nearest, *found = pointer_find(&root, path, &nearest);

        if (!found) {
                err_set(run->err, "nothing stands at '%.*s': its nearest parent that exists is a %s%s", STR_ARG(path),
                        value_kind_name(&nearest->value), nearest == &root ? ", the document itself" : "");
                return NULL;
        }
        return found == &root ? &run->root : &found->value;
}

static bool test(struct run *run, const struct patch_step *step)
{
        const struct value *found = get(run, step->path);

        TRY(found);
        return value_equal(found, &step->value)
               || err_set(run->err,
                          "the value there is another one: the patch was made for another version of the document");
}

static bool copy(struct run *run, const struct patch_step *step)
{
        const struct value *found = get(run, step->from);
        struct value value;

        TRY(found);
        value = *found;
        run->own = (struct own_lists){0}; /* what is in them may stand in two places now */
        return put(run, step->path, &value, false);
}

static bool is_below(struct str path, struct str parent)
{
        return path.len > parent.len && str_starts(path, parent) && path.data[parent.len] == '/';
}

static bool move(struct run *run, const struct patch_step *step)
{
        const struct value *found = get(run, step->from);
        struct value value;

        TRY(found);
        if (is_below(step->path, step->from))
                return err_set(run->err, "'%.*s' cannot be moved into itself: move it to a place outside",
                               STR_ARG(step->from));
        if (str_equal(step->path, step->from))
                return true;
        value = *found;
        TRY(put(run, step->from, NULL, true));
        return put(run, step->path, &value, false);
}

static bool apply(struct run *run, const struct patch_step *step)
{
        switch (step->op) {
        case PATCH_ADD:
                return put(run, step->path, &step->value, false);
        case PATCH_REMOVE:
                return put(run, step->path, NULL, true);
        case PATCH_REPLACE:
                return put(run, step->path, &step->value, true);
        case PATCH_MOVE:
                return move(run, step);
        case PATCH_COPY:
                return copy(run, step);
        case PATCH_TEST:
                return test(run, step);
        }
        return false;
}

bool patch_apply(struct arena *arena, const struct value *root, const struct patch *patch, struct value *out,
                 struct err *err)
{
        struct run run = {.arena = arena, .root = *root, .nodes_left = MOST_NODES, .err = err};

        for (size_t i = 0; i < patch->count; i++) {
                const struct patch_step *step = &patch->steps[i];

                if (!pointer_check(step->path, err) || !pointer_check(step->from, err) || !apply(&run, step))
                        return err_within(err, "step %zu of the patch, %.*s '%.*s'", i + 1, STR_ARG(op_names[step->op]),
                                          STR_ARG(step->path));
        }
        *out = run.root;
        return true;
}

/* The members of `root`, changed, followed by those that are only among the changes. */
static struct value merge_maps(struct arena *arena, const struct value *root, const struct value *changes)
{
        size_t room = checked_add(value_count(root), changes->len), count = 0;
        struct node *nodes = arena_take(arena, checked_mul(room, sizeof(*nodes)));

        value_each (root, node) {
                const struct value *change = value_get(changes, node->key);

                if (value_is(change, VALUE_NULL))
                        continue;
                nodes[count] = *node;
                if (change)
                        nodes[count].value = patch_merge(arena, &node->value, change);
                count++;
        }
        value_each (changes, change) {
                if (change->value.kind == VALUE_NULL || value_node(root, change->key))
                        continue;
                nodes[count++] = (struct node){.key = change->key, .value = patch_merge(arena, NULL, &change->value)};
        }
        return value_map(arena, nodes, count);
}

struct value patch_merge(struct arena *arena, const struct value *root, const struct value *changes)
{
        if (changes->kind != VALUE_MAP)
                return *changes;
        if (value_is(root, VALUE_MAP) && !changes->len)
                return *root;
        return merge_maps(arena, value_is(root, VALUE_MAP) ? root : NULL, changes);
}
