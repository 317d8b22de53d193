/* env.c - what an environment knows: its variables' types, and the functions of all its libraries, found by name.
 *
 * Signatures are read when the environment is made: it may then be used from many threads. */

#include "base/map.h"
#include "policy/cel/env.h"

/* All overloads of one name. */
struct function {
        const struct cel_signature **overloads;
        size_t count;
};

struct cel_functions {
        struct map by_name; /* struct function */
        bool has_dots;      /* in the name of some variable */
};

/* Signatures while they are read, in the order of their libraries. */
struct signatures {
        struct cel_signature *items;
        size_t count;
};

static bool read_library(struct arena *arena, struct signatures *signatures, const struct cel_library *library,
                         struct err *err)
{
        for (size_t i = 0; i < library->count; i++) {
                const struct cel_overload *overload = &library->overloads[i];
                struct cel_signature *signature = &signatures->items[signatures->count++];

                if (!cel_signature_read(arena, str_of(overload->signature), signature, err))
                        return err_within(err, "function %s", overload->signature);
                signature->function = overload->function;
        }
        return true;
}

/* Puts together what has the same name: counts first, so that nothing has to grow. */
static void group(struct arena *arena, struct cel_functions *functions, const struct signatures *signatures)
{
        struct function **owners = arena_array(arena, struct function *, signatures->count);

        for (size_t i = 0; i < signatures->count; i++) {
                struct function **slot =
                        (struct function **)map_slot(arena, &functions->by_name, signatures->items[i].name);

                if (!*slot)
                        *slot = arena_new(arena, struct function);
                owners[i] = *slot;
                owners[i]->count++;
        }
        for (size_t i = 0; i < signatures->count; i++) {
                if (!owners[i]->overloads) {
                        owners[i]->overloads = arena_array(arena, const struct cel_signature *, owners[i]->count);
                        owners[i]->count = 0;
                }
                owners[i]->overloads[owners[i]->count++] = &signatures->items[i];
        }
}

static bool add_functions(struct arena *arena, struct cel_env *env, struct err *err)
{
        size_t libraries = env->settings.core_only ? cel_core_library_count : cel_library_count;
        const struct cel_library *own = env->settings.functions;
        struct signatures signatures = {0};
        size_t count = own ? own->count : 0;

        for (size_t i = 0; i < libraries; i++)
                count = checked_add(count, cel_libraries[i]->count);
        signatures.items = arena_array(arena, struct cel_signature, count);
        for (size_t i = 0; i < libraries; i++)
                TRY(read_library(arena, &signatures, cel_libraries[i], err));
        TRY(!own || read_library(arena, &signatures, own, err));
        group(arena, env->functions, &signatures);
        return true;
}

/* Names that nothing declares are most likely misspelt. Functions of the caller's own may use types of their own. */
static bool check_names(const struct cel_env *env, struct arena *arena, const struct cel_type *type, struct err *err)
{
        const struct cel_type *known;

        if (type->kind == CEL_TYPE_OPAQUE && !env->settings.functions && !cel_type_named(arena, type->name, &known))
                return err_set(err, "there is no type '%.*s'", STR_ARG(type->name));
        for (size_t i = 0; i < type->parameter_count; i++)
                TRY(check_names(env, arena, type->parameters[i], err));
        return true;
}

static bool add_variables(struct arena *arena, struct cel_env *env, struct err *err)
{
        const struct cel_settings *settings = &env->settings;
        const struct cel_type **types = arena_array(arena, const struct cel_type *, settings->variable_count);

        for (size_t i = 0; i < settings->variable_count; i++) {
                const struct cel_variable *variable = &settings->variables[i];

                types[i] = cel_type_read(arena, variable->type, err);
                if (!types[i] || !check_names(env, arena, types[i], err))
                        return err_within(err, "variable %.*s", STR_ARG(variable->name));
                env->functions->has_dots |= str_find(variable->name, STR("."), 0) < variable->name.len;
        }
        env->variable_types = types;
        return true;
}

struct cel_env *cel_env_new(struct arena *arena, const struct cel_settings *settings, struct err *err)
{
        struct cel_env *env = arena_new(arena, struct cel_env);

        env->settings = *settings;
        env->functions = arena_new(arena, struct cel_functions);
        TRY(add_variables(arena, env, err));
        TRY(add_functions(arena, env, err));
        return env;
}

const struct cel_signature *const *cel_env_overloads(const struct cel_env *env, struct str name, size_t *count)
{
        const struct function *function = map_get(&env->functions->by_name, name);

        *count = function ? function->count : 0;
        return function ? function->overloads : NULL;
}

bool cel_env_has_dots(const struct cel_env *env)
{
        return env->functions->has_dots;
}

bool cel_env_variable(const struct cel_env *env, struct str name, uint32_t *index)
{
        for (size_t i = 0; i < env->settings.variable_count; i++) {
                if (str_equal(env->settings.variables[i].name, name)) {
                        *index = (uint32_t)i;
                        return true;
                }
        }
        return false;
}

/* The word that was most likely meant. Of names that are very short, everything is similar. */
static struct str guess(struct str name, const struct str *words, size_t count)
{
        struct str nothing = {0};

        return name.len < 4 ? nothing : str_nearest(name, words, count);
}

struct str cel_env_similar_variable(struct arena *arena, const struct cel_env *env, struct str name)
{
        struct str *names = arena_array(arena, struct str, env->settings.variable_count);

        for (size_t i = 0; i < env->settings.variable_count; i++)
                names[i] = env->settings.variables[i].name;
        return guess(name, names, env->settings.variable_count);
}

/* Operators are no function that anyone would want to call by name. */
struct str cel_env_similar_function(struct arena *arena, const struct cel_env *env, struct str name)
{
        const struct map *map = &env->functions->by_name;
        struct str *names = arena_array(arena, struct str, map->count);
        size_t count = 0;

        for (size_t i = 0; i < map->count; i++) {
                struct str candidate = map->entries[i].key;

                if (!strchr("_@!-", candidate.data[0]))
                        names[count++] = candidate;
        }
        return guess(name, names, count);
}

bool cel_env_is_namespace(const struct cel_env *env, struct str name)
{
        const struct map *map = &env->functions->by_name;

        for (size_t i = 0; i < map->count; i++) {
                struct str function = map->entries[i].key;

                if (function.len > name.len && function.data[name.len] == '.' && str_starts(function, name))
                        return true;
        }
        return false;
}
