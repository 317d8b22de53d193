/* env.h - what check.c asks an environment. */
#pragma once

#include "policy/cel/types.h"

/* Whether there is a variable of exactly this name; which. */
bool cel_env_variable(const struct cel_env *env, struct str name, uint32_t *index);

/* A name like the one that is not there, for "did you mean"; empty if none is. */
struct str cel_env_similar_variable(struct arena *arena, const struct cel_env *env, struct str name);
struct str cel_env_similar_function(struct arena *arena, const struct cel_env *env, struct str name);

/* Whether there are variables with dots in their names. */
bool cel_env_has_dots(const struct cel_env *env);

/* Whether there are functions "name.…". */
bool cel_env_is_namespace(const struct cel_env *env, struct str name);
