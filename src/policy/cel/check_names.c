/* check_names.c - what names mean (doc/langdef.md, "Name Resolution"): locals by their first part; then variables, types and
 * functions by the longest name that there is, in the container and in what surrounds it. */

#include "policy/cel/check.h"

static const struct cel_scope *find_local(const struct cel_checker *checker, struct str name)
{
        for (size_t i = checker->scopes.count; i-- > 0;) {
                if (str_equal(checker->scopes.items[i].name, name))
                        return &checker->scopes.items[i];
        }
        return NULL;
}

static bool make_variable(struct cel_checker *checker, struct cel_node *node, struct str name)
{
        uint32_t index;

        TRY(cel_env_variable(checker->env, name, &index));
        node->kind = CEL_NAME;
        node->name.text = checker->env->settings.variables[index].name;
        node->name.is_absolute = false;
        node->name.kind = CEL_NAME_VARIABLE;
        node->name.index = index;
        cel_set_type(checker, node, checker->env->variable_types[index]);
        return true;
}

static bool make_type(struct cel_checker *checker, struct cel_node *node, struct str name)
{
        const struct cel_type *type;

        TRY(cel_type_named(checker->arena, name, &type));
        node->kind = CEL_CONSTANT;
        node->constant = (struct value){.kind = VALUE_TYPE, .object = type};
        cel_set_type(checker, node, cel_type_type(checker->arena, type));
        return true;
}

/* The next candidate for a name seen from the container: "A.B.name", then "A.name", then "name". `container` is what is left
 * of it; its data is NULL when all were given. */
static bool next_candidate(struct arena *arena, struct str *container, struct str name, struct str *candidate)
{
        if (!container->data)
                return false;
        if (container->len == 0) {
                *candidate = name;
                container->data = NULL;
                return true;
        }
        *candidate = str_format(arena, "%.*s.%.*s", STR_ARG(*container), STR_ARG(name));
        while (container->len > 0 && container->data[--container->len] != '.')
                ;
        return true;
}

static struct str container_of(const struct cel_checker *checker, bool is_absolute)
{
        struct str container = checker->env->settings.container;

        return is_absolute || container.len == 0 ? STR("") : container;
}

/* Makes the node a variable or a type of this name, if there is one. */
static bool make_known(struct cel_checker *checker, struct cel_node *node, struct str name, bool is_absolute)
{
        struct str container = container_of(checker, is_absolute), candidate;

        while (next_candidate(checker->arena, &container, name, &candidate)) {
                if (make_variable(checker, node, candidate) || make_type(checker, node, candidate))
                        return true;
        }
        return false;
}

static bool fail_unknown(struct cel_checker *checker, struct cel_node *node)
{
        struct str name = node->name.text, similar = {0};

        if (!checker->is_lenient) /* nobody may ever read it */
                similar = cel_env_similar_variable(checker->arena, checker->env, name);
        if (similar.len)
                return cel_check_fail(checker, node, "undeclared reference to '%.*s': did you mean '%.*s'?",
                                      STR_ARG(name), STR_ARG(similar));
        return cel_check_fail(checker, node, "undeclared reference to '%.*s'", STR_ARG(name));
}

static bool make_local(struct cel_checker *checker, struct cel_node *node)
{
        const struct cel_scope *local = node->name.is_absolute ? NULL : find_local(checker, node->name.text);

        TRY(local);
        node->name.kind = CEL_NAME_LOCAL;
        node->name.index = local->index;
        cel_set_type(checker, node, local->type);
        return true;
}

bool cel_check_name(struct cel_checker *checker, struct cel_node *node)
{
        return node->name.kind != CEL_NAME_UNRESOLVED || make_local(checker, node)
               || make_known(checker, node, node->name.text, node->name.is_absolute) || fail_unknown(checker, node);
}

/* The name at the left end of a path of plain fields; NULL if something else stands there. *length is that of "a.b.c". */
static struct cel_node *path_begin(struct cel_node *node, size_t *length)
{
        *length = 0;
        while (node->kind == CEL_SELECT && node->select.kind == CEL_SELECT_PLAIN) {
                *length += node->select.field.len + 1;
                node = node->select.operand;
        }
        if (node->kind != CEL_NAME || node->name.kind != CEL_NAME_UNRESOLVED)
                return NULL;
        *length += node->name.text.len;
        return node;
}

/* "a.b.c" of so many bytes, written from its end; with room for `more` bytes behind it. */
static char *path_text(struct arena *arena, const struct cel_node *node, size_t length, size_t more)
{
        char *text = arena_take_text(arena, length + more), *at = text + length;

        for (; node->kind == CEL_SELECT; node = node->select.operand) {
                at -= node->select.field.len;
                memcpy(at, node->select.field.data, node->select.field.len);
                *--at = '.';
        }
        memcpy(text, node->name.text.data, node->name.text.len);
        return text;
}

bool cel_check_path(struct cel_checker *checker, struct cel_node *node)
{
        bool is_plain = checker->env->settings.container.len == 0 && !cel_env_has_dots(checker->env);
        struct cel_node *begin;
        struct str text;
        size_t length;

        begin = path_begin(node, &length);
        if (!begin || make_local(checker, begin))
                return true;
        if (is_plain && make_variable(checker, begin, begin->name.text))
                return true;
        text = (struct str){path_text(checker->arena, node, length, 0), length};
        for (; node != begin; node = node->select.operand) {
                size_t field = node->select.field.len + 1;

                if (make_known(checker, node, text, begin->name.is_absolute))
                        return true;
                text.len -= field;
        }
        return cel_check_name(checker, begin);
}

const struct cel_signature *const *cel_check_functions(struct cel_checker *checker, struct str *name, bool is_absolute,
                                                       size_t *count)
{
        struct str container = container_of(checker, is_absolute), candidate;
        const struct cel_signature *const *overloads = NULL;

        *count = 0;
        while (!overloads && next_candidate(checker->arena, &container, *name, &candidate))
                overloads = cel_env_overloads(checker->env, candidate, count);
        if (overloads)
                *name = candidate;
        return overloads;
}

void cel_check_namespace(struct cel_checker *checker, struct cel_node *call)
{
        struct str method = call->call.name, name;
        size_t length, count;
        struct cel_node *begin = path_begin(call->call.arguments[0], &length);
        char *text;

        if (!begin || (!begin->name.is_absolute && find_local(checker, begin->name.text)))
                return;
        text = path_text(checker->arena, call->call.arguments[0], length, method.len + 1);
        text[length] = '.';
        memcpy(text + length + 1, method.data, method.len);
        name = (struct str){text, length + 1 + method.len};
        if (!cel_check_functions(checker, &name, begin->name.is_absolute, &count))
                return;
        call->call.name = name;
        call->call.is_method = false;
        call->call.arguments++;
        call->call.count--;
}
