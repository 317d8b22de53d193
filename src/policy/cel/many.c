/* many.c - many conditions as one program: RULE begins each of them, UNTRUE ends one that is not true, what fails goes on with
 * the next. */

#include "policy/cel/absent.h"
#include "policy/cel/compile.h"
#include "policy/cel/lib_standard.h"

/* --- making a program --- */

struct many {
        struct cel_compiler compiler;
        struct cel_tree *trees;
        const struct str *texts;
        size_t count;
        const struct cel_known *known;
        struct cel_keys *keys;
        bool *left_out;
        uint64_t *needs; /* of those that are in the program */
        size_t needs_count;
};

static bool read_all(struct many *many, struct arena *arena, const struct cel_env *env, struct err *err)
{
        for (size_t i = 0; i < many->count; i++) {
                TRY(cel_parse(arena, env, many->texts[i], &many->trees[i], err));
                TRY(cel_check(arena, env, &many->trees[i], err));
                cel_fold(arena, env, &many->trees[i]);
                many->left_out[i] = cel_has_open_pattern(many->trees[i].root);
        }
        return true;
}

/* Counts the paths of all, each under the number of its condition; gives how many locals the one with the most has. */
static uint32_t count_paths(struct many *many)
{
        struct cel_compiler *c = &many->compiler;
        uint32_t locals = 0;

        for (size_t i = 0; i < many->count; i++) {
                if (many->left_out[i])
                        continue;
                c->condition = (uint32_t)i + 1;
                cel_paths_count(c, many->trees[i].root);
                if (many->trees[i].local_count > locals)
                        locals = many->trees[i].local_count;
        }
        return locals;
}

static void compile_one(struct many *many, size_t index, uint64_t needs)
{
        struct cel_compiler *c = &many->compiler;
        uint32_t untrue = cel_label(c), next = cel_label(c);
        size_t scope = c->available.count, begin = c->code.count;
        struct cel_instruction *instruction;

        c->program->text = many->texts[index];
        c->bits = 0;
        c->cost = 0;
        c->first_failure = SIZE_MAX;
        instruction = cel_emit(c, RUN_RULE);
        instruction->no = next;
        instruction->rule.needs = needs;
        instruction->rule.index = (uint32_t)index;
        cel_condition(c, many->trees[index].root, next, untrue);
        cel_place(c, untrue);
        cel_emit(c, RUN_UNTRUE)->rule.index = (uint32_t)index;
        cel_place(c, next);
        cel_scope_end(c, scope);
        c->code.items[begin].rule.cost = (uint32_t)min_size(c->cost, UINT32_MAX);
}

static void compile_all(struct many *many)
{
        struct cel_compiler *c = &many->compiler;

        cel_paths_share(c);
        for (size_t i = 0; i < many->count && !c->is_too_large; i++) {
                uint64_t needs = 0;
                bool is_always_true = false;

                if (many->left_out[i])
                        continue;
                cel_absent(&many->trees[i], many->known, many->keys, &needs, &is_always_true);
                if (is_always_true)
                        continue;
                many->needs[many->needs_count++] = needs;
                compile_one(many, i, needs);
        }
        cel_emit(c, RUN_RETURN_VALUE)->value = value_bool(true);
}

struct cel_program *cel_compile_many(struct arena *arena, const struct cel_env *env, const struct str *texts,
                                     size_t count, const struct cel_known *known, struct cel_keys *keys, bool *left_out,
                                     struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct many many = {.texts = texts, .count = count, .known = known, .keys = keys, .left_out = left_out};
        struct cel_compiler *c = &many.compiler;
        uint32_t locals;

        *c = (struct cel_compiler){.arena = arena, .scratch = &scratch, .env = env, .first_failure = SIZE_MAX};
        c->program = arena_new(arena, struct cel_program);
        c->program->type = &cel_types[CEL_TYPE_BOOL];
        c->program->is_many = true;
        many.trees = arena_array(&scratch, struct cel_tree, count);
        many.needs = arena_array(arena, uint64_t, count);
        TRY(read_all(&many, arena, env, err));
        c->variable_registers = arena_array(&scratch, uint16_t, env->settings.variable_count);
        locals = count_paths(&many);
        c->is_live = arena_array(&scratch, bool, (size_t)locals + 1);
        c->first_local = (uint16_t)(CEL_PINNED + c->pinned);
        for (uint32_t i = 0; i < locals && !c->is_too_large; i++)
                cel_pin(c);
        if (!c->is_too_large)
                compile_all(&many);
        if (c->is_too_large) {
                err_set(err, "the conditions are too large to be run as one program");
                return NULL;
        }
        cel_finish(c);
        c->program->cost = 0;
        c->program->text = (struct str){0};
        c->program->needs = many.needs;
        c->program->needs_count = many.needs_count;
        return c->program;
}

/* --- running it --- */

bool cel_many_is_idle(const struct cel_program *program, uint64_t present)
{
        for (size_t i = 0; i < program->needs_count; i++) {
                if ((program->needs[i] & present) == program->needs[i])
                        return false;
        }
        return true;
}

size_t cel_run_many(const struct cel_program *program, struct cel_frame *frame, uint64_t present,
                    struct cel_verdict *verdicts)
{
        struct value result;

        frame->present = frame->budget && frame->budget < CEL_DEFAULT_BUDGET ? UINT64_MAX : present;
        frame->verdicts = verdicts;
        frame->verdict_count = 0;
        cel_run(program, frame, &result, NULL);
        return frame->verdict_count;
}
