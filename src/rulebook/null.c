/* null.c - a field that is null is a field that is not there.
 *
 * The API server reads `securityContext: null`, and `securityContext:` with nothing behind it, as if the line was missing. CEL
 * does not. So rules see an object without its nulls, and a rule need not think of them. */

#include "rulebook/internal.h"

#include "doc/pointer.h"

/* A copy of what has a null below it; what has none is shared. */
static struct value without_null(struct arena *arena, const struct value *value)
{
        struct node *nodes = NULL;
        size_t count = 0;

        if (!(value->flags & VALUE_NULLS))
                return *value;
        value_each (value, node) {
                bool drop = node->value.kind == VALUE_NULL && value->kind == VALUE_MAP;
                struct value child = without_null(arena, &node->value);

                if (!nodes && (drop || child.nodes != node->value.nodes)) {
                        nodes = arena_array(arena, struct node, value->len);
                        memcpy(nodes, value->nodes, count * sizeof(*nodes));
                }
                if (drop)
                        continue;
                if (nodes) {
                        nodes[count] = *node;
                        nodes[count].value = child;
                }
                count++;
        }
        if (!nodes)
                return *value;
        return value->kind == VALUE_MAP ? value_map(arena, nodes, count) : value_list(nodes, count);
}

const struct object *object_without_null(struct arena *arena, const struct object *object)
{
        const struct node *pod;
        struct object *copy;

        if (LIKELY(!(object->root.value.flags & VALUE_NULLS)))
                return object;
        copy = arena_new(arena, struct object);
        *copy = *object;
        copy->root.value = without_null(arena, &object->root.value);
        if (object->pod.value.kind == VALUE_MAP) {
                pod = pointer_find(&copy->root, str_from(object->pod_path, object->path.len), NULL);
                copy->pod = *pod;
        }
        return copy;
}
