/* join.c - the side of the rulebook: joins by name, facts, and what rules make of them. */

#include "rulebook/join.h"

#include <stdarg.h>
#include <stdio.h>

#include "doc/pointer.h"
#include "rulebook/internal.h"

enum { LONGEST_PATH = 512 };

const struct join *join_named(struct str name)
{
        for (size_t i = 0; i < rulebook_join_count; i++) {
                if (str_equal(rulebook_joins[i]->name, name))
                        return rulebook_joins[i];
        }
        return NULL;
}

/* --- facts --- */

static struct join_fact *add_fact(struct join_run *run, struct str base, const char *path, va_list arguments)
{
        struct join_fact *fact = vec_push(run->arena, &run->facts);
        char text[LONGEST_PATH];
        int len = vsnprintf(text, sizeof(text), path, arguments);

        *fact = (struct join_fact){
                .path = str_format(run->arena, "%.*s%.*s", STR_ARG(base), len > 0 && len < LONGEST_PATH ? len : 0,
                                   text),
        };
        return fact;
}

struct join_fact *join_find(struct join_run *run, const char *path, ...)
{
        struct join_fact *fact;
        va_list arguments;

        va_start(arguments, path);
        fact = add_fact(run, (struct str){0}, path, arguments);
        va_end(arguments);
        return fact;
}

struct join_fact *join_find_in_pod(struct join_run *run, const char *path, ...)
{
        struct join_fact *fact;
        va_list arguments;

        va_start(arguments, path);
        fact = add_fact(run, str_from(run->object->pod_path, run->object->path.len), path, arguments);
        va_end(arguments);
        return fact;
}

void join_relate(struct join_run *run, struct join_fact *fact, const struct object *object, const char *message,
                 const char *path, ...)
{
        char text[LONGEST_PATH];
        va_list arguments;
        int len;

        va_start(arguments, path);
        len = vsnprintf(text, sizeof(text), path, arguments);
        va_end(arguments);
        *vec_push(run->arena, &fact->related) = (struct join_related){
                .object = object,
                .path = str_copy(run->arena, (struct str){text, len > 0 && len < LONGEST_PATH ? (size_t)len : 0}),
                .message = str_of(message),
        };
}

void join_tell(struct join_run *run, struct join_fact *fact, const char *name, struct value value)
{
        *vec_push(run->arena, &fact->members) = (struct node){.key = intern(str_of(name)), .value = value};
}

void join_tell_object(struct join_run *run, struct join_fact *fact, const char *name, const struct object *object)
{
        join_tell_text(run, fact, name,
                       str_format(run->arena, "%.*s %.*s", STR_ARG(object->kind), STR_ARG(object->name)));
}

static void add_values(struct buf *out, const struct requirement *requirement)
{
        buf_add_char(out, '(');
        for (size_t i = 0; i < requirement->value_count; i++) {
                buf_add(out, i ? STR(", ") : STR(""));
                buf_add(out, requirement->values[i]);
        }
        buf_add_char(out, ')');
}

static void add_requirement(struct buf *out, const struct requirement *requirement)
{
        bool plain = requirement->op == SELECTOR_IN && requirement->value_count == 1;

        buf_add(out, requirement->op == SELECTOR_NOT_EXISTS ? STR("!") : STR(""));
        buf_add(out, requirement->key);
        if (plain) {
                buf_add_char(out, '=');
                buf_add(out, requirement->values[0]);
        } else if (requirement->op == SELECTOR_IN || requirement->op == SELECTOR_NOT_IN) {
                buf_add(out, requirement->op == SELECTOR_IN ? STR(" in ") : STR(" not in "));
                add_values(out, requirement);
        }
}

void join_tell_selector(struct join_run *run, struct join_fact *fact, const char *name, const struct selector *selector)
{
        CLEANUP(buf_free) struct buf text = {0};

        for (size_t i = 0; i < selector->count; i++) {
                buf_add(&text, i ? STR(", ") : STR(""));
                add_requirement(&text, &selector->requirements[i]);
        }
        join_tell_text(run, fact, name, str_copy(run->arena, buf_text(&text)));
}

/* --- judging --- */

static void judge_fact(struct judge *judge, struct rule *rule, struct join_fact *fact)
{
        const struct node *nearest = NULL;

        if (!fact->node)
                fact->node = pointer_find(&judge->subject.object->root, fact->path, &nearest);
        judge->subject.fact = fact;
        judge->subject.item = fact->node ? fact->node : nearest;
        judge->variables[VARIABLE_ITEM] = fact->node ? fact->node->value : VALUE_OF_NULL;
        judge->variables[VARIABLE_FACT] = value_map(&judge->facts, fact->members.items, fact->members.count);
        if (rule->require.text.len)
                judge_subject(judge, rule);
        else
                judge_find(judge, rule);
}

/* The judgement depends on what the join prepared, and on its having anything to find. */
static void note_prepared(struct judge *judge, const struct join *join, const struct object *object)
{
        if (join->prepare)
                key_set_add(judge->asked, outlook_key(join, NULL));
        if (join->prepare_space)
                key_set_add(judge->asked, outlook_key(join, &object->ns));
}

static const void *space_of(const struct outlook_join *prepared, const struct object *object)
{
        const struct outlook_state *state =
                prepared->join->prepare_space ? map_get(&prepared->spaces, object->ns) : NULL;

        return state ? state->value : NULL;
}

void judge_join(struct judge *judge, struct rule *rule)
{
        struct join_run run = {
                .object = judge->subject.object,
                .with = rule->text->with,
                .index = judge->index,
                .arena = &judge->facts,
        };

        if (UNLIKELY(judge->asked))
                note_prepared(judge, rule->join, run.object);
        if (!run.index || rule->idle)
                return;
        run.prepared = rule->prepared->state.value;
        run.space = space_of(rule->prepared, run.object);
        rule->join->judge(&run);
        for (size_t i = 0; i < run.facts.count; i++)
                judge_fact(judge, rule, &run.facts.items[i]);
        if (!run.facts.count)
                return;
        judge->subject.fact = NULL;
        judge->subject.item = NULL;
        judge->variables[VARIABLE_ITEM] = judge->variables[VARIABLE_FACT] = VALUE_OF_NULL;
        if (judge->facts.taken > FACTS_KEPT)
                arena_free(&judge->facts);
        else
                arena_reset(&judge->facts);
}
