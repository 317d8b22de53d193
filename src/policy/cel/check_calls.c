/* check_calls.c - which overloads a call may mean, and what it gives. */

#include "base/buf.h"
#include "policy/cel/check.h"

enum {
        MOST_ARGUMENTS = 20,  /* no function takes more */
        MOST_SHOWN = 6,       /* overloads that a message lists */
        USUAL_OVERLOADS = 32, /* functions with more are rare */
};

/* What a call gives so far: the overloads that fit, and their common type. */
struct choice {
        const struct cel_signature **fits;
        size_t count;
        const struct cel_type *result;
};

static bool has_shape(const struct cel_signature *signature, const struct cel_node *call)
{
        return signature->is_method == call->call.is_method && signature->parameter_count == call->call.count;
}

static bool may_be_generic(const struct cel_signature *signature)
{
        bool generic = signature->result->kind == CEL_TYPE_PARAMETER || signature->result->parameter_count > 0;

        for (size_t i = 0; i < signature->parameter_count && !generic; i++)
                generic = signature->parameters[i]->kind == CEL_TYPE_PARAMETER
                          || signature->parameters[i]->parameter_count > 0;
        return generic;
}

/* The result type if the arguments can be those of the signature, NULL otherwise. */
static const struct cel_type *try_signature(struct cel_checker *checker, const struct cel_signature *signature,
                                            const struct cel_type *const *types)
{
        const struct cel_type *letters[26], *parameters[MOST_ARGUMENTS];
        size_t count = signature->parameter_count;

        if (!may_be_generic(signature))
                return cel_type_assign_all(&checker->bindings, types, signature->parameters, count) ? signature->result
                                                                                                    : NULL;
        memset(letters, 0, sizeof(letters));
        for (size_t i = 0; i < count; i++)
                parameters[i] = cel_type_instantiate(&checker->bindings, signature->parameters[i], letters);
        TRY(cel_type_assign_all(&checker->bindings, types, parameters, count));
        return cel_type_known(&checker->bindings, cel_type_instantiate(&checker->bindings, signature->result, letters));
}

/* Overloads that give different types together give dyn. */
static void add_choice(struct cel_checker *checker, struct choice *choice, const struct cel_signature *signature,
                       const struct cel_type *result)
{
        choice->fits[choice->count++] = signature;
        if (!choice->result)
                choice->result = result;
        else if (choice->result->kind != CEL_TYPE_DYN && !cel_type_equal(&checker->bindings, choice->result, result))
                choice->result = &cel_types[CEL_TYPE_DYN];
}

static void choose(struct cel_checker *checker, const struct cel_node *call,
                   const struct cel_signature *const *overloads, size_t count, struct choice *choice)
{
        const struct cel_type *types[MOST_ARGUMENTS], *result;

        for (size_t i = 0; i < call->call.count; i++)
                types[i] = call->call.arguments[i]->type;
        for (size_t i = 0; i < count; i++) {
                if (!has_shape(overloads[i], call))
                        continue;
                result = checker->is_lenient ? &cel_types[CEL_TYPE_DYN] : try_signature(checker, overloads[i], types);
                if (result)
                        add_choice(checker, choice, overloads[i], result);
        }
}

/* "(int, string)" or "string.(int)". */
static void print_types(struct cel_checker *checker, struct buf *out, const struct cel_type *const *types, size_t count,
                        bool is_method)
{
        if (is_method && count > 0) {
                buf_add(out, cel_type_text(checker->arena, types[0]));
                buf_add_char(out, '.');
        }
        buf_add_char(out, '(');
        for (size_t i = is_method; i < count; i++) {
                if (i > is_method)
                        buf_add_literal(out, ", ");
                buf_add(out, cel_type_text(checker->arena, types[i]));
        }
        buf_add_char(out, ')');
}

static void print_overloads(struct cel_checker *checker, struct buf *out, const struct cel_signature *const *overloads,
                            size_t count)
{
        for (size_t i = 0; i < count && i < MOST_SHOWN; i++) {
                buf_add(out, i ? STR(", ") : STR("; there is "));
                print_types(checker, out, overloads[i]->parameters, overloads[i]->parameter_count,
                            overloads[i]->is_method);
        }
        if (count > MOST_SHOWN)
                buf_add_format(out, " and %zu more", count - MOST_SHOWN);
}

static bool fail_overload(struct cel_checker *checker, struct cel_node *call,
                          const struct cel_signature *const *overloads, size_t count)
{
        struct buf applied CLEANUP(buf_free) = {0};
        const struct cel_type **types = arena_array(checker->arena, const struct cel_type *, call->call.count);

        if (checker->is_lenient)
                return cel_check_fail(checker, call, "no such overload: '%.*s' with %zu arguments",
                                      STR_ARG(call->call.name), call->call.count);
        for (size_t i = 0; i < call->call.count; i++)
                types[i] = cel_type_final(&checker->bindings, call->call.arguments[i]->type);
        buf_add_char(&applied, '\'');
        print_types(checker, &applied, types, min_size(call->call.count, MOST_ARGUMENTS), call->call.is_method);
        buf_add_char(&applied, '\'');
        print_overloads(checker, &applied, overloads, count);
        return cel_check_fail(checker, call, "found no matching overload for '%.*s' applied to %.*s",
                              STR_ARG(call->call.name), STR_ARG(buf_text(&applied)));
}

static bool fail_function(struct cel_checker *checker, struct cel_node *call)
{
        struct str name = call->call.name, similar = {0};

        if (!checker->is_lenient) /* nobody may ever read it */
                similar = cel_env_similar_function(checker->arena, checker->env, name);
        if (similar.len)
                return cel_check_fail(checker, call, "undeclared reference to '%.*s': did you mean '%.*s'?",
                                      STR_ARG(name), STR_ARG(similar));
        return cel_check_fail(checker, call, "undeclared reference to '%.*s': there is no function of this name",
                              STR_ARG(name));
}

/* What was taken for a receiver is nothing that is known, but other functions begin so: it was meant to be one of them. */
static bool explain_namespace(struct cel_checker *checker, const struct cel_node *call)
{
        const struct cel_node *receiver = call->call.arguments[0];
        struct str name, similar;

        if (!call->call.is_method || receiver->kind != CEL_NAME || receiver->name.kind != CEL_NAME_UNRESOLVED
            || !cel_env_is_namespace(checker->env, receiver->name.text))
                return false;
        name = str_format(checker->arena, "%.*s.%.*s", STR_ARG(receiver->name.text), STR_ARG(call->call.name));
        similar = cel_env_similar_function(checker->arena, checker->env, name);
        *checker->err = (struct err){0};
        return cel_err_at(checker->err, checker->tree->text, receiver->at, "undeclared reference to '%.*s'%s%.*s%s",
                          STR_ARG(name), similar.len ? ": did you mean '" : ": there is no function of this name",
                          STR_ARG(similar), similar.len ? "'?" : "");
}

static bool check_arguments(struct cel_checker *checker, struct cel_node *node)
{
        for (size_t i = 0; i < node->call.count; i++) {
                if (!cel_check_node(checker, node->call.arguments[i]))
                        return i == 0 ? explain_namespace(checker, node) : false;
        }
        return true;
}

static const struct cel_signature *const *find_overloads(struct cel_checker *checker, struct cel_node *node,
                                                         size_t *count)
{
        struct str *name = &node->call.name;

        if (node->call.is_method || node->call.operator)
                return cel_env_overloads(checker->env, *name, count);
        if (name->data[0] != '.')
                return cel_check_functions(checker, name, false, count);
        *name = str_from(*name, 1);
        return cel_check_functions(checker, name, true, count);
}

bool cel_check_call(struct cel_checker *checker, struct cel_node *node)
{
        const struct cel_signature *const *overloads;
        const struct cel_signature *few[USUAL_OVERLOADS], **fits;
        struct choice choice = {.fits = few};
        size_t count;

        if (node->call.is_method)
                cel_check_namespace(checker, node);
        TRY(check_arguments(checker, node));
        overloads = find_overloads(checker, node, &count);
        if (!overloads)
                return fail_function(checker, node);
        if (count > USUAL_OVERLOADS)
                choice.fits = arena_array(checker->arena, const struct cel_signature *, count);
        if (node->call.count <= MOST_ARGUMENTS)
                choose(checker, node, overloads, count, &choice);
        if (choice.count == 0)
                return fail_overload(checker, node, overloads, count);
        fits = arena_array(checker->arena, const struct cel_signature *, choice.count);
        memcpy(fits, choice.fits, choice.count * sizeof(*fits));
        node->call.candidates = fits;
        node->call.candidate_count = choice.count;
        cel_set_type(checker, node, choice.result);
        return true;
}
