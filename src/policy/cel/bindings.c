/* bindings.c - what type parameters turn out to be. The rules are those of cel-go's checker: dyn goes with everything, null
 * with what may be absent, and a parameter that meets two types keeps the more general one. */

#include "policy/cel/types.h"

/* What came of giving a type to a parameter. */
enum fit {
        FIT_GOOD,
        FIT_CLASH, /* the parameter is something else already */
        FIT_LOOP,  /* the parameter stands within the type */
};

static bool is_fresh(const struct cel_type *type)
{
        return type->kind == CEL_TYPE_PARAMETER && !type->name.data;
}

/* Made-up parameters have no name; their number stands in the length. */
const struct cel_type *cel_type_fresh(struct cel_bindings *bindings)
{
        struct cel_type *type = arena_new(bindings->arena, struct cel_type);

        *type = (struct cel_type){.kind = CEL_TYPE_PARAMETER, .name.len = bindings->of.count};
        *vec_push(bindings->arena, &bindings->of) = NULL;
        return type;
}

static const struct cel_type *bound(const struct cel_bindings *bindings, const struct cel_type *type)
{
        return is_fresh(type) ? bindings->of.items[type->name.len] : NULL;
}

static void bind(struct cel_bindings *bindings, const struct cel_type *parameter, const struct cel_type *type)
{
        const struct cel_type **place = &bindings->of.items[parameter->name.len];

        *vec_push(bindings->arena, &bindings->trail) = (struct cel_bound){parameter->name.len, *place};
        *place = type;
}

static void take_back(struct cel_bindings *bindings, size_t trail)
{
        while (bindings->trail.count > trail) {
                struct cel_bound *last = &bindings->trail.items[--bindings->trail.count];

                bindings->of.items[last->parameter] = last->before;
        }
}

/* Counts work, so that types which share their parts a thousandfold end in an error and not in a long wait. */
static bool is_worn_out(struct cel_bindings *bindings)
{
        return ++bindings->steps > CEL_MOST_TYPE_STEPS;
}

bool cel_type_equal(struct cel_bindings *bindings, const struct cel_type *a, const struct cel_type *b)
{
        if (a == b)
                return true;
        if (is_worn_out(bindings) || a->kind != b->kind || a->parameter_count != b->parameter_count)
                return false;
        if (is_fresh(a) || is_fresh(b))
                return is_fresh(a) && is_fresh(b) && a->name.len == b->name.len;
        if (!str_equal(a->name, b->name))
                return false;
        for (size_t i = 0; i < a->parameter_count; i++) {
                if (!cel_type_equal(bindings, a->parameters[i], b->parameters[i]))
                        return false;
        }
        return true;
}

static bool is_as_general(struct cel_bindings *bindings, const struct cel_type *a, const struct cel_type *b)
{
        if (a == b || a->kind == CEL_TYPE_DYN || a->kind == CEL_TYPE_PARAMETER)
                return true;
        if (is_worn_out(bindings) || a->kind != b->kind || a->parameter_count != b->parameter_count
            || !str_equal(a->name, b->name))
                return false;
        for (size_t i = 0; a->kind != CEL_TYPE_TYPE && i < a->parameter_count; i++) {
                if (!is_as_general(bindings, a->parameters[i], b->parameters[i]))
                        return false;
        }
        return true;
}

const struct cel_type *cel_type_general(struct cel_bindings *bindings, const struct cel_type *a,
                                        const struct cel_type *b)
{
        return b->kind == CEL_TYPE_NULL || is_as_general(bindings, a, b) ? a : b;
}

/* Whether the parameter stands nowhere within the type. */
static bool is_absent(struct cel_bindings *bindings, const struct cel_type *parameter, const struct cel_type *type)
{
        const struct cel_type *known;

        if (is_worn_out(bindings) || (is_fresh(type) && type->name.len == parameter->name.len))
                return false;
        known = bound(bindings, type);
        if (known)
                return is_absent(bindings, parameter, known);
        for (size_t i = 0; i < type->parameter_count; i++) {
                if (!is_absent(bindings, parameter, type->parameters[i]))
                        return false;
        }
        return true;
}

static bool assign(struct cel_bindings *bindings, const struct cel_type *from, const struct cel_type *to);

static enum fit give(struct cel_bindings *bindings, const struct cel_type *type, const struct cel_type *parameter)
{
        const struct cel_type *known = bound(bindings, parameter), *general;

        if (type == parameter || (is_fresh(type) && type->name.len == parameter->name.len))
                return FIT_GOOD;
        if (known) {
                if (known == type)
                        return FIT_GOOD;
                if (!assign(bindings, type, known))
                        return FIT_CLASH;
                general = cel_type_general(bindings, type, known);
                if (general != known && is_absent(bindings, parameter, general))
                        bind(bindings, parameter, general);
                return FIT_GOOD;
        }
        if (!is_absent(bindings, parameter, type))
                return FIT_LOOP;
        bind(bindings, parameter, type);
        return FIT_GOOD;
}

static bool may_be_null(const struct cel_type *type)
{
        switch (type->kind) {
        case CEL_TYPE_NULL:
        case CEL_TYPE_DURATION:
        case CEL_TYPE_TIMESTAMP:
        case CEL_TYPE_OPTIONAL:
        case CEL_TYPE_OPAQUE:
                return true;
        default:
                return false;
        }
}

static bool assign(struct cel_bindings *bindings, const struct cel_type *from, const struct cel_type *to)
{
        if (is_worn_out(bindings))
                return false;
        if (is_fresh(to)) {
                enum fit fit = give(bindings, from, to);

                if (fit != FIT_LOOP)
                        return fit == FIT_GOOD;
        }
        if (is_fresh(from))
                return give(bindings, to, from) == FIT_GOOD;
        if (from->kind == CEL_TYPE_DYN || to->kind == CEL_TYPE_DYN)
                return true;
        if (from->kind == CEL_TYPE_NULL)
                return may_be_null(to);
        if (to->kind == CEL_TYPE_NULL)
                return may_be_null(from);
        if (from->kind != to->kind)
                return false;
        if (from->kind == CEL_TYPE_TYPE)
                return true;
        if (from->parameter_count != to->parameter_count || !str_equal(from->name, to->name))
                return false;
        for (size_t i = 0; i < from->parameter_count; i++) {
                if (!assign(bindings, from->parameters[i], to->parameters[i]))
                        return false;
        }
        return true;
}

bool cel_type_assign_all(struct cel_bindings *bindings, const struct cel_type *const *from,
                         const struct cel_type *const *to, size_t count)
{
        size_t trail = bindings->trail.count;

        for (size_t i = 0; i < count; i++) {
                if (!assign(bindings, from[i], to[i])) {
                        take_back(bindings, trail);
                        return false;
                }
        }
        return true;
}

bool cel_type_assign(struct cel_bindings *bindings, const struct cel_type *from, const struct cel_type *to)
{
        return cel_type_assign_all(bindings, &from, &to, 1);
}

/* How parameters are replaced. */
struct replacement {
        const struct cel_type **letters; /* of a signature: what stands for each; NULL: they are left alone */
        bool unknown_is_dyn;             /* what is made up and unknown becomes dyn */
};

static const struct cel_type *replace(struct cel_bindings *bindings, const struct cel_type *type,
                                      const struct replacement *how);

static const struct cel_type *replace_parameter(struct cel_bindings *bindings, const struct cel_type *type,
                                                const struct replacement *how)
{
        const struct cel_type **letter, *known;

        if (type->name.data) {
                if (!how->letters)
                        return how->unknown_is_dyn ? &cel_types[CEL_TYPE_DYN] : type;
                letter = &how->letters[type->name.data[0] - 'A'];
                if (!*letter)
                        *letter = cel_type_fresh(bindings);
                return *letter;
        }
        known = bound(bindings, type);
        if (known)
                return replace(bindings, known, how);
        return how->unknown_is_dyn ? &cel_types[CEL_TYPE_DYN] : type;
}

/* The type itself when nothing changes, a copy otherwise. */
static const struct cel_type *replace(struct cel_bindings *bindings, const struct cel_type *type,
                                      const struct replacement *how)
{
        const struct cel_type **parameters = NULL;
        struct cel_type *copy;

        if (type->kind == CEL_TYPE_PARAMETER)
                return replace_parameter(bindings, type, how);
        if (type->parameter_count == 0)
                return type;
        if (is_worn_out(bindings))
                return &cel_types[CEL_TYPE_DYN];
        for (size_t i = 0; i < type->parameter_count; i++) {
                const struct cel_type *parameter = replace(bindings, type->parameters[i], how);

                if (parameter != type->parameters[i] && !parameters) {
                        parameters = arena_array(bindings->arena, const struct cel_type *, type->parameter_count);
                        memcpy(parameters, type->parameters, type->parameter_count * sizeof(*parameters));
                }
                if (parameters)
                        parameters[i] = parameter;
        }
        if (!parameters)
                return type;
        copy = arena_new(bindings->arena, struct cel_type);
        *copy = *type;
        copy->parameters = parameters;
        return copy;
}

const struct cel_type *cel_type_instantiate(struct cel_bindings *bindings, const struct cel_type *type,
                                            const struct cel_type *letters[26])
{
        return replace(bindings, type, &(struct replacement){.letters = letters});
}

const struct cel_type *cel_type_known(struct cel_bindings *bindings, const struct cel_type *type)
{
        return replace(bindings, type, &(struct replacement){0});
}

const struct cel_type *cel_type_final(struct cel_bindings *bindings, const struct cel_type *type)
{
        return replace(bindings, type, &(struct replacement){.unknown_is_dyn = true});
}
