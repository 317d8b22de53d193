/* path.c - paths: object.spec.template and what follows it. Those that the expression needs more than once are computed once
 * where that is possible, those in a loop that do not depend on it in front of it. */

#include "policy/cel/compile.h"

/* map['key'] with a constant is map.key. */
static bool selects(const struct cel_node *node, const struct cel_node **operand, uint32_t *key)
{
        const struct cel_node *index;

        if (node->kind == CEL_SELECT && node->select.kind != CEL_SELECT_OPTIONAL) {
                *operand = node->select.operand;
                *key = node->select.key;
                return true;
        }
        if (node->kind != CEL_CALL || node->call.operator!= CEL_OPERATOR_INDEX || node->call.count != 2)
                return false;
        index = node->call.arguments[1];
        if (index->kind != CEL_CONSTANT || index->constant.kind != VALUE_STRING)
                return false;
        *operand = node->call.arguments[0];
        *key = intern(value_text(&index->constant));
        return true;
}

static bool is_root(const struct cel_node *node)
{
        return node->kind == CEL_NAME && node->name.kind != CEL_NAME_UNRESOLVED;
}

bool cel_path_read(const struct cel_node *node, struct cel_path *path)
{
        const struct cel_node *at = node;
        size_t count = 0;
        uint32_t key;

        while (selects(at, &at, &key)) {
                if (++count > CEL_PATH_MOST)
                        return false;
                path->keys[CEL_PATH_MOST - count] = key;
                /* has(a.b).c is no path: has() gives a bool. */
                if (at->kind == CEL_SELECT && at->select.kind == CEL_SELECT_HAS)
                        return false;
        }
        if (!is_root(at))
                return false;
        memmove(path->keys, path->keys + CEL_PATH_MOST - count, count * sizeof(*path->keys));
        path->count = count;
        path->is_local = at->name.kind == CEL_NAME_LOCAL;
        path->root = at->name.index;
        return true;
}

/* The operand and key of operand.?key and operand[?'key'] with a constant. */
static bool selects_optional(const struct cel_node *node, const struct cel_node **operand, uint32_t *key)
{
        const struct cel_node *index;

        if (node->kind == CEL_SELECT && node->select.kind == CEL_SELECT_OPTIONAL) {
                *operand = node->select.operand;
                *key = node->select.key;
                return true;
        }
        if (node->kind != CEL_CALL || node->call.operator!= CEL_OPERATOR_OPTIONAL_INDEX || node->call.count != 2)
                return false;
        index = node->call.arguments[1];
        if (index->kind != CEL_CONSTANT || index->constant.kind != VALUE_STRING)
                return false;
        *operand = node->call.arguments[0];
        *key = intern(value_text(&index->constant));
        return true;
}

bool cel_path_read_optional(const struct cel_node *node, struct cel_path *path, size_t *plain)
{
        uint32_t keys[CEL_PATH_KEYS];
        size_t count = 0;

        while (count < CEL_PATH_KEYS && selects_optional(node, &node, &keys[count]))
                count++;
        if (count == 0 || node->kind == CEL_CONSTANT || !cel_path_read(node, path)
            || path->count + count > CEL_PATH_MOST)
                return false;
        *plain = path->count;
        while (count > 0)
                path->keys[path->count++] = keys[--count];
        return true;
}

static size_t slot_of(const struct cel_compiler *c, uint32_t parent, uint32_t key)
{
        uint64_t hash = ((uint64_t)parent << 32 | key) * UINT64_C(0x9e3779b97f4a7c15);
        size_t at = (size_t)(hash >> 32) & c->path_mask;

        for (; c->path_slots[at]; at = (at + 1) & c->path_mask) {
                const struct cel_path_node *node = &c->paths.items[c->path_slots[at] - 1];

                if (node->parent == parent && node->key == key)
                        break;
        }
        return at;
}

static void grow(struct cel_compiler *c)
{
        c->path_mask = c->path_mask ? c->path_mask * 2 + 1 : 63;
        c->path_slots = arena_array(c->scratch, uint32_t, c->path_mask + 1);
        for (uint32_t i = 0; i < c->paths.count; i++)
                c->path_slots[slot_of(c, c->paths.items[i].parent, c->paths.items[i].key)] = i + 1;
}

/* The node for a key below a node, made if it is new. */
static uint32_t child(struct cel_compiler *c, uint32_t parent, uint32_t key)
{
        size_t slot;

        if (c->paths.count * 2 >= c->path_mask)
                grow(c);
        slot = slot_of(c, parent, key);
        if (!c->path_slots[slot]) {
                struct cel_path_node *node = vec_push(c->scratch, &c->paths);

                *node = (struct cel_path_node){.parent = parent, .key = key, .is_local = key & 1};
                c->path_slots[slot] = (uint32_t)c->paths.count;
                if (parent != UINT32_MAX) {
                        c->paths.items[parent].children++;
                        node->is_local = c->paths.items[parent].is_local;
                }
        }
        return c->path_slots[slot] - 1;
}

/* The nodes of a path, its root first. */
static void nodes_of(struct cel_compiler *c, const struct cel_path *path, uint32_t nodes[CEL_PATH_MOST + 1])
{
        nodes[0] = child(c, UINT32_MAX, path->root * 2 + path->is_local);
        for (size_t i = 0; i < path->count; i++)
                nodes[i + 1] = child(c, nodes[i], path->keys[i]);
}

static void note_condition(const struct cel_compiler *c, struct cel_path_node *node)
{
        node->conditions += node->condition != c->condition;
        node->condition = c->condition;
}

static bool is_shared(const struct cel_compiler *c, uint32_t node)
{
        return c->paths.items[node].uses + c->paths.items[node].children > 1;
}

static void use_variable(struct cel_compiler *c, uint32_t index)
{
        if (c->variable_registers[index])
                return;
        c->variable_registers[index] = cel_pin(c);
        *vec_push(c->scratch, &c->variables) = (struct cel_variable_use){index, c->variable_registers[index]};
}

static void count_children(struct cel_compiler *c, const struct cel_node *node)
{
        switch (node->kind) {
        case CEL_SELECT:
                cel_paths_count(c, node->select.operand);
                break;
        case CEL_CALL:
                for (size_t i = 0; i < node->call.count; i++)
                        cel_paths_count(c, node->call.arguments[i]);
                break;
        case CEL_LIST:
        case CEL_MAP:
                for (size_t i = 0; i < node->list.count; i++) {
                        if (node->list.elements[i].key)
                                cel_paths_count(c, node->list.elements[i].key);
                        cel_paths_count(c, node->list.elements[i].value);
                }
                break;
        case CEL_LOOP:
                cel_paths_count(c, node->loop.range);
                if (node->loop.filter)
                        cel_paths_count(c, node->loop.filter);
                cel_paths_count(c, node->loop.body);
                break;
        case CEL_LET:
                cel_paths_count(c, node->let.value);
                cel_paths_count(c, node->let.body);
                break;
        default:
                break;
        }
}

void cel_paths_count(struct cel_compiler *c, const struct cel_node *node)
{
        uint32_t nodes[CEL_PATH_MOST + 1];
        struct cel_path path;
        size_t plain = 0;

        if (++c->depth > CEL_MOST_RECURSION) {
                c->is_too_large = true;
        } else if (cel_path_read(node, &path) || cel_path_read_optional(node, &path, &plain)) {
                if (!path.is_local)
                        use_variable(c, path.root);
                nodes_of(c, &path, nodes);
                for (size_t i = 0; i <= path.count; i++)
                        note_condition(c, &c->paths.items[nodes[i]]);
                c->paths.items[nodes[path.count]].uses++;
                if (plain > 0)
                        c->paths.items[nodes[plain]].uses++;
        } else {
                count_children(c, node);
        }
        c->depth--;
}

static uint16_t root_register(const struct cel_compiler *c, const struct cel_path *path)
{
        return path->is_local ? cel_local_register(c, path->root) : c->variable_registers[path->root];
}

static uint16_t remember(struct cel_compiler *c, uint32_t node)
{
        *vec_push(c->scratch, &c->available) = node;
        c->paths.items[node].available = cel_pin(c);
        return c->paths.items[node].available;
}

void cel_scope_end(struct cel_compiler *c, size_t available)
{
        while (c->available.count > available) {
                struct cel_path_node *node = &c->paths.items[c->available.items[--c->available.count]];

                c->pinned = node->available & (uint16_t)~CEL_PINNED;
                node->available = 0;
        }
}

static void emit_path(struct cel_compiler *c, uint16_t to, uint16_t from, const uint32_t *keys, size_t count)
{
        static const enum cel_operation operations[] = {[1] = RUN_PATH_1, RUN_PATH_2, RUN_PATH_3, RUN_PATH};
        struct cel_instruction *instruction = cel_emit(c, operations[count]);

        instruction->to = to;
        instruction->from = from;
        instruction->count = (uint8_t)count;
        memcpy(instruction->keys + CEL_PATH_KEYS - count, keys, count * sizeof(*keys));
}

/* How much of a path is available, and where. */
static size_t known_part(const struct cel_compiler *c, const struct cel_path *path, const uint32_t *nodes, uint16_t *at)
{
        for (size_t known = path->count; known > 0; known--) {
                *at = c->paths.items[nodes[known]].available;
                if (*at)
                        return known;
        }
        *at = root_register(c, path);
        return 0;
}

/* Where the next instruction for a path ends that begins behind `known`: at its end, or where others need it. */
static size_t next_stop(const struct cel_compiler *c, const uint32_t *nodes, size_t known, size_t end)
{
        size_t stop = known + 1;

        while (stop < end && stop - known < CEL_PATH_KEYS && !is_shared(c, nodes[stop]))
                stop++;
        return stop;
}

uint16_t cel_path_register(struct cel_compiler *c, const struct cel_path *path, uint16_t to, bool keep)
{
        uint32_t nodes[CEL_PATH_MOST + 1];
        uint16_t at, next;
        size_t known, stop;

        nodes_of(c, path, nodes);
        known = known_part(c, path, nodes, &at);
        for (; known < path->count; known = stop, at = next) {
                stop = next_stop(c, nodes, known, path->count);
                if (is_shared(c, nodes[stop]) || (keep && stop == path->count))
                        next = remember(c, nodes[stop]);
                else
                        next = stop == path->count && to ? to : cel_temporary(c, 1);
                emit_path(c, next, at, path->keys + known, stop - known);
        }
        return at;
}

void cel_path_has(struct cel_compiler *c, const struct cel_path *path, uint32_t yes, uint32_t no)
{
        uint32_t nodes[CEL_PATH_MOST + 1];
        struct cel_instruction *instruction;
        uint16_t at, to;
        size_t known, stop;

        nodes_of(c, path, nodes);
        known = known_part(c, path, nodes, &at);
        if (known == path->count) {
                cel_emit_if(c, RUN_IF_HAS, at, yes, no);
                return;
        }
        for (; (stop = next_stop(c, nodes, known, path->count)) < path->count; known = stop, at = to) {
                to = is_shared(c, nodes[stop]) ? remember(c, nodes[stop]) : cel_temporary(c, 1);
                emit_path(c, to, at, path->keys + known, stop - known);
        }
        to = is_shared(c, nodes[stop]) ? remember(c, nodes[stop]) : cel_temporary(c, 1);
        instruction = cel_emit_if(c, RUN_IF_HAS_PATH, at, yes, no);
        instruction->to = to;
        instruction->count = (uint8_t)(stop - known);
        memcpy(instruction->keys, path->keys + known, (stop - known) * sizeof(*path->keys));
}

static void hoist_children(struct cel_compiler *c, const struct cel_node *node, unsigned *count)
{
        switch (node->kind) {
        case CEL_SELECT:
                cel_paths_hoist(c, node->select.operand, count);
                break;
        case CEL_CALL:
                for (size_t i = 0; i < node->call.count; i++)
                        cel_paths_hoist(c, node->call.arguments[i], count);
                break;
        case CEL_LIST:
        case CEL_MAP:
                for (size_t i = 0; i < node->list.count; i++) {
                        if (node->list.elements[i].key)
                                cel_paths_hoist(c, node->list.elements[i].key, count);
                        cel_paths_hoist(c, node->list.elements[i].value, count);
                }
                break;
        case CEL_LOOP:
                cel_paths_hoist(c, node->loop.range, count);
                if (node->loop.filter)
                        cel_paths_hoist(c, node->loop.filter, count);
                cel_paths_hoist(c, node->loop.body, count);
                break;
        case CEL_LET:
                cel_paths_hoist(c, node->let.value, count);
                cel_paths_hoist(c, node->let.body, count);
                break;
        default:
                break;
        }
}

void cel_paths_hoist(struct cel_compiler *c, const struct cel_node *node, unsigned *count)
{
        struct cel_path path;
        size_t plain;

        if (*count == CEL_MOST_HOISTED || c->depth > CEL_MOST_RECURSION)
                return;
        c->depth++;
        if (!cel_path_read(node, &path) && !cel_path_read_optional(node, &path, &plain)) {
                hoist_children(c, node, count);
        } else if (path.count > 0 && (!path.is_local || c->is_live[path.root])) {
                ++*count;
                cel_path_register(c, &path, 0, true);
        }
        c->depth--;
}

void cel_paths_share(struct cel_compiler *c)
{
        /* A path stands behind those that it goes on from, which have at least as many conditions. */
        for (uint32_t i = 0; i < c->paths.count; i++) {
                struct cel_path_node node = c->paths.items[i];
                struct cel_path_node parent;
                uint16_t from;

                if (node.parent == UINT32_MAX || node.is_local || node.conditions < 2)
                        continue;
                parent = c->paths.items[node.parent];
                from = parent.parent == UINT32_MAX ? c->variable_registers[parent.key / 2] : parent.available;
                emit_path(c, remember(c, i), from, &node.key, 1);
        }
}
