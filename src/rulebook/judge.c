/* judge.c - the rules of a book over the objects of a source.
 *
 * Most rules find nothing, so the way through for those is short: a list of rules by what they look at, the variables set once
 * for each container, one program run for each rule. Everything else happens when something is found. */

#include "rulebook/fingerprint.h"
#include "rulebook/internal.h"

enum { SCRATCH_KEPT = 1 << 20 };

bool judge_holds(struct judge *judge, struct expression *when)
{
        const struct cel_program *program;
        struct err err;
        bool holds = false;

        if (!when)
                return true;
        err.length = 0;
        program = engine_program(judge->book->engine, when, &err);
        return program && cel_run_bool(program, &judge->frame, &holds, &err) && holds;
}

static bool has_failed(const struct judge *judge, const struct rule *rule)
{
        for (size_t i = 0; i < judge->failed.rules.count; i++) {
                if (judge->failed.rules.items[i] == rule)
                        return true;
        }
        return false;
}

/* One rule on the subject as it stands. */
void judge_subject(struct judge *judge, struct rule *rule)
{
        struct err err;
        const struct cel_program *program;
        bool good;

        err.length = 0;
        program = engine_program(judge->book->engine, &rule->require, &err);
        if (LIKELY(program && cel_run_bool(program, &judge->frame, &good, &err))) {
                if (UNLIKELY(!good))
                        judge_find(judge, rule);
        } else if (!has_failed(judge, rule)) {
                *vec_push(&judge->source->arena, &judge->failed.rules) = rule;
                judge_fail(judge, rule, &err);
        }
        if (UNLIKELY(judge->scratch->taken > SCRATCH_KEPT))
                arena_reset(judge->scratch);
}

static void judge_items(struct judge *judge, struct rule *rule)
{
        struct subject *subject = &judge->subject;
        const struct node *list;
        size_t found;

        list = path_follow(subject->thing, &rule->each, &found);
        if (found < rule->each.count)
                return;
        subject->item_index = 0;
        value_each (&list->value, item) {
                subject->item = item;
                judge->variables[VARIABLE_ITEM] = item->value;
                judge_subject(judge, rule);
                subject->item_index++;
        }
        subject->item = NULL;
        judge->variables[VARIABLE_ITEM] = VALUE_OF_NULL;
}

static void judge_rule(struct judge *judge, struct rule *rule)
{
        if (rule->join)
                judge_join(judge, rule);
        else if (rule->each.count)
                judge_items(judge, rule);
        else
                judge_subject(judge, rule);
}

static void judge_list(struct judge *judge, const struct rule_list *list)
{
        for (size_t i = 0; i < list->rules.count; i++)
                judge_rule(judge, list->rules.items[i]);
}

static void judge_kind_rules(struct judge *judge, const struct kind_rules *of_kind, struct str group)
{
        for (size_t i = 0; i < of_kind->rules.count; i++) {
                const struct kind_rule *candidate = &of_kind->rules.items[i];

                if (!candidate->grouped || str_equal(candidate->group, group))
                        judge_rule(judge, candidate->rule);
        }
}

/* Rules with a join, those with the same one after the other: what a join has nothing to say of is passed over with all its
 * rules at once. */
static void judge_joins(struct judge *judge, const struct rule_list *list)
{
        const struct join *join = NULL;
        bool applies = true;

        for (size_t i = 0; i < list->rules.count; i++) {
                struct rule *rule = list->rules.items[i];

                if (rule->join != join) {
                        join = rule->join;
                        applies = !join->applies || join->applies(judge->subject.object);
                }
                if (applies)
                        judge_join(judge, rule);
        }
}

/* Rules that name their kinds. */
static void judge_kind(struct judge *judge, const struct object *object)
{
        for (size_t i = 0; i < judge->book->kinds.count; i++) {
                const struct kind_rules *of_kind = &judge->book->kinds.items[i];

                if (str_equal(of_kind->kind, object->kind)) {
                        judge_kind_rules(judge, of_kind, object->group);
                        return;
                }
        }
}

static void judge_containers(struct judge *judge, const struct object *object)
{
        struct container container = {0};

        while (object_next_container(object, &container)) {
                judge->subject.thing = container.node;
                judge->subject.container = &container;
                judge->variables[VARIABLE_CONTAINER] = container.node->value;
                judge_list(judge, &judge->book->containers);
                if (container.role == CONTAINER_MAIN || container.role == CONTAINER_SIDECAR)
                        judge_list(judge, &judge->book->main_containers);
        }
        judge->subject.container = NULL;
        judge->variables[VARIABLE_CONTAINER] = VALUE_OF_NULL;
}

static void judge_volumes(struct judge *judge, const struct object *object)
{
        const struct value *volumes = value_get(value_get(&object->pod.value, KEY_spec), KEY_volumes);

        judge->subject.volume_index = 0;
        value_each (volumes, volume) {
                judge->subject.thing = judge->subject.volume = volume;
                judge->variables[VARIABLE_VOLUME] = volume->value;
                judge_list(judge, &judge->book->volumes);
                judge->subject.volume_index++;
        }
        judge->subject.volume = NULL;
        judge->variables[VARIABLE_VOLUME] = VALUE_OF_NULL;
}

static void judge_pod(struct judge *judge, const struct object *object)
{
        judge->subject.thing = &object->pod;
        judge->variables[VARIABLE_POD] = object->pod.value;
        judge_list(judge, &judge->book->pods);
        judge->subject.thing = &object->root;
        judge_joins(judge, &judge->book->busy_pod_joins);
        judge_containers(judge, object);
        judge_volumes(judge, object);
        judge->variables[VARIABLE_POD] = VALUE_OF_NULL;
}

static void judge_object(struct judge *judge, const struct object *object)
{
        size_t before = judge->out->count, count;

        judge->given = object;
        judge->named = NULL;
        object = object_without_null(&judge->source->arena, object);
        judge->subject = (struct subject){.object = object, .thing = &object->root};
        judge->failed.rules.count = 0;
        judge->variables[VARIABLE_OBJECT] = object->root.value;
        judge_list(judge, &judge->book->objects);
        judge_kind(judge, object);
        if (object->pod.value.kind == VALUE_MAP)
                judge_pod(judge, object);
        arena_reset(judge->scratch);
        count = judge->out->count - before;
        if (count > 1) {
                fingerprint_separate(judge->scratch, judge->out->items + before, count);
                findings_sort(judge->out->items + before, count);
        }
}

static void judge_source(const struct rulebook *book, struct estate_source *source, struct arena *scratch,
                         struct finding_list *out, const struct index *index, struct key_set *asked)
{
        struct judge judge = {
                .book = book,
                .source = source,
                .scratch = scratch,
                .out = out,
                .index = index,
                .asked = asked,
                .variables[VARIABLE_VERSION] = value_int(book->minor),
                .variables[VARIABLE_PARAMS] = book->params,
        };

        judge.frame = (struct cel_frame){.arena = scratch, .variables = judge.variables};
        for (size_t i = 0; i < source->objects.count; i++) {
                if (!source->objects.items[i].malformed)
                        judge_object(&judge, &source->objects.items[i]);
        }
        arena_free(&judge.facts);
        buf_free(&judge.text);
        buf_free(&judge.hashed);
}

void rulebook_judge(const struct rulebook *book, struct estate_source *source, struct arena *scratch,
                    struct finding_list *out)
{
        judge_source(book, source, scratch, out, book->outlook ? book->outlook->index : NULL, NULL);
}

void rulebook_judge_asking(const struct rulebook *book, struct estate_source *source, struct arena *scratch,
                           struct finding_list *out, struct key_set *asked)
{
        struct arena arena = {0};

        if (book->outlook)
                judge_source(book, source, scratch, out, index_asking(&arena, book->outlook->index, asked), asked);
        else
                judge_source(book, source, scratch, out, NULL, NULL);
        arena_free(&arena);
}
