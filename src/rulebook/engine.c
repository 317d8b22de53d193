/* engine.c - the expressions of rules: compiled when they are needed, and all of them tried when a person wrote them.
 *
 * Strake's own rules were tried when it was built, so that of a hundred rules a scan of one Pod compiles those that look at
 * Pods, and their messages only when they find something. */

#include "rulebook/internal.h"

struct engine {
        struct arena arena; /* it, and what follows, under the lock */
        struct cel_env *environment;
        pthread_mutex_t lock;
};

const struct cel_variable engine_variables[VARIABLE_COUNT] = {
        [VARIABLE_OBJECT] = {STR_INIT("object"), STR_INIT("dyn")},
        [VARIABLE_VERSION] = {STR_INIT("version"), STR_INIT("int")},
        [VARIABLE_POD] = {STR_INIT("pod"), STR_INIT("dyn")},
        [VARIABLE_CONTAINER] = {STR_INIT("container"), STR_INIT("dyn")},
        [VARIABLE_VOLUME] = {STR_INIT("volume"), STR_INIT("dyn")},
        [VARIABLE_FACT] = {STR_INIT("fact"), STR_INIT("dyn")},
        [VARIABLE_ITEM] = {STR_INIT("item"), STR_INIT("dyn")},
        [VARIABLE_PARAMS] = {STR_INIT("params"), STR_INIT("dyn")},
};

static void release(void *object)
{
        struct engine *engine = object;

        arena_free(&engine->arena);
        pthread_mutex_destroy(&engine->lock);
}

struct engine *engine_new(struct arena *arena)
{
        struct engine *engine = arena_new(arena, struct engine);

        pthread_mutex_init(&engine->lock, NULL);
        arena_at_end(arena, release, engine);
        return engine;
}

static bool has_environment(struct engine *engine, struct err *err)
{
        struct cel_settings settings = {.variables = engine_variables, .variable_count = VARIABLE_COUNT};

        if (!engine->environment)
                engine->environment = cel_env_new(&engine->arena, &settings, err);
        return engine->environment;
}

/* The program, made and published unless another thread did so. */
static struct cel_program *compile(struct engine *engine, struct expression *expression, struct err *err)
{
        struct cel_program *program = atomic_load_explicit(&expression->program, memory_order_relaxed);

        if (program)
                return program;
        TRY(has_environment(engine, err));
        program = cel_compile(&engine->arena, engine->environment, expression->text, err);
        atomic_store_explicit(&expression->program, program, memory_order_release);
        return program;
}

struct cel_program *engine_compile_many(struct engine *engine, const struct str *texts, size_t count,
                                        const struct cel_known *known, struct cel_keys *keys, bool *left_out,
                                        struct err *err)
{
        struct cel_program *program = NULL;

        pthread_mutex_lock(&engine->lock);
        if (has_environment(engine, err))
                program =
                        cel_compile_many(&engine->arena, engine->environment, texts, count, known, keys, left_out, err);
        pthread_mutex_unlock(&engine->lock);
        return program;
}

struct cel_program *engine_compile(struct engine *engine, struct expression *expression, struct err *err)
{
        struct cel_program *program;

        pthread_mutex_lock(&engine->lock);
        program = compile(engine, expression, err);
        pthread_mutex_unlock(&engine->lock);
        return program;
}

/* --- trying all expressions of a rule --- */

#define IN_POD [VARIABLE_OBJECT] = true, [VARIABLE_VERSION] = true, [VARIABLE_POD] = true

/* What a rule of a scope knows. */
static const bool known[][VARIABLE_ITEM] = {
        [SCOPE_OBJECT] = {[VARIABLE_OBJECT] = true, [VARIABLE_VERSION] = true},
        [SCOPE_POD] = {IN_POD},
        [SCOPE_CONTAINER] = {IN_POD, [VARIABLE_CONTAINER] = true},
        [SCOPE_MAIN_CONTAINER] = {IN_POD, [VARIABLE_CONTAINER] = true},
        [SCOPE_VOLUME] = {IN_POD, [VARIABLE_VOLUME] = true},
        [SCOPE_JOIN] = {[VARIABLE_OBJECT] = true, [VARIABLE_VERSION] = true, [VARIABLE_FACT] = true},
};

struct check {
        struct rule_checker *checker;
        struct cel_env *environment;
        const struct origin *origin;
        struct err *err;
};

static struct cel_env *make_environment(struct rule_checker *checker, const struct rule_text *rule, struct err *err)
{
        struct cel_variable *some = arena_array(checker->arena, struct cel_variable, VARIABLE_COUNT);
        struct cel_settings settings = {.variables = some};

        for (size_t i = 0; i < VARIABLE_ITEM; i++) {
                if (known[rule->scope][i])
                        some[settings.variable_count++] = engine_variables[i];
        }
        if (rule->each.len || rule->scope == SCOPE_JOIN)
                some[settings.variable_count++] = engine_variables[VARIABLE_ITEM];
        some[settings.variable_count++] = engine_variables[VARIABLE_PARAMS];
        return cel_env_new(checker->arena, &settings, err);
}

/* What `containers` of a repair knows: one of them. */
static struct cel_env *container_environment(struct rule_checker *checker, struct err *err)
{
        static const struct rule_text rule = {.scope = SCOPE_CONTAINER};
        struct cel_env **environment = &checker->environments[SCOPE_CONTAINER][false];

        if (!*environment)
                *environment = make_environment(checker, &rule, err);
        return *environment;
}

static struct cel_env *environment_of(struct rule_checker *checker, const struct rule_text *rule, struct err *err)
{
        struct cel_env **environment = &checker->environments[rule->scope][rule->each.len > 0];

        if (!*environment)
                *environment = make_environment(checker, rule, err);
        return *environment;
}

/* The byte at a line and column of a text. */
static size_t offset_of(struct str text, uint32_t line, uint32_t column)
{
        size_t at = 0, bytes;
        uint32_t code_point;

        while (line > 1 && at < text.len)
                line -= text.data[at++] == '\n';
        while (column > 1 && (bytes = utf8_take(str_from(text, at), &code_point))) {
                at += bytes;
                column--;
        }
        return at;
}

static bool fail_at(struct check *check, struct str string, size_t offset, const char *why, struct str words)
{
        struct place place = origin_place(check->origin, string, offset);

        return err_set_at(check->err, place.line, place.column, "%s%.*s", why, STR_ARG(words));
}

/* Tries an expression that stands at an offset in one of the rule's strings. */
static bool try_part(struct check *check, struct str string, size_t offset, struct str expression, bool condition)
{
        struct arena *arena = check->checker->arena;
        struct cel_program *program;
        struct err err = {0};
        struct str type;

        program = cel_compile(arena, check->environment, expression, &err);
        if (!program)
                return fail_at(check, string, offset + offset_of(expression, err.line, err.column), "", err_text(&err));
        type = cel_result_type(arena, program);
        if (condition && !str_is(type, "bool") && !str_is(type, "dyn"))
                return fail_at(check, string, offset, "this must be true or false, and gives ", type);
        return true;
}

static bool try_condition(struct check *check, struct str expression)
{
        return !expression.len || try_part(check, expression, 0, expression, true);
}

static bool try_message(struct check *check, struct str message)
{
        struct template_part part;
        size_t at = 0;

        while (template_take(message, &at, &part, check->err)) {
                if (part.expression.len)
                        TRY(try_part(check, message, (size_t)(part.expression.data - message.data), part.expression,
                                     false));
        }
        return !check->err->length;
}

static bool try_repair(struct check *check, const struct rule_repair *repair)
{
        struct check container = *check;

        TRY(try_condition(check, repair->when));
        for (size_t i = 0; i < repair->change_count; i++) {
                const struct rule_change *change = &repair->changes[i];

                TRY(try_message(check, change->place.path));
                TRY(!change->cel.len || try_part(check, change->cel, 0, change->cel, false));
        }
        TRY(try_message(check, repair->add));
        container.environment = container_environment(check->checker, check->err);
        return container.environment && try_condition(&container, repair->containers);
}

bool rule_check(struct rule_checker *checker, const struct rule_text *rule, const struct origin *origin,
                struct err *err)
{
        struct check check = {checker, environment_of(checker, rule, err), origin, err};

        TRY(check.environment);
        TRY(try_condition(&check, rule->require));
        TRY(try_message(&check, rule->message));
        for (size_t i = 0; i < rule->place_count; i++)
                TRY(try_condition(&check, rule->places[i].when));
        for (size_t i = 0; i < rule->reference_count; i++)
                TRY(try_condition(&check, rule->references[i].when));
        for (size_t i = 0; i < rule->repair_count; i++)
                TRY(try_repair(&check, &rule->repairs[i]));
        return true;
}
