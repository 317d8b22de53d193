/* judge.c - the rules of a book over the objects of a source.
 *
 * Most rules find nothing, so the way through for those is short: a list of rules by what they look at, the variables set once
 * for each container, one program run for each rule. Everything else happens when something is found. */

#include <stdlib.h>

#include "rulebook/fingerprint.h"
#include "rulebook/internal.h"

enum {
        SCRATCH_KEPT = 1 << 20,
        WORTH_A_WALK = 16, /* keys, for the rules of a kind */
};

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

/* --- the rules of a list as programs --- */

/* Notes what a program has to say of the thing or item. */
static void run_group(struct judge *judge, const struct program_group *group, uint64_t present, uint32_t item)
{
        size_t count = cel_run_many(group->program, &judge->frame, present, judge->answers);

        for (size_t i = 0; i < count; i++)
                *vec_push(&judge->kept, &judge->verdicts) =
                        (struct list_verdict){group->rules[judge->answers[i].index], item, judge->answers[i].failed};
}

static void run_group_on_items(struct judge *judge, const struct program_group *group, uint64_t present)
{
        const struct node *list;
        uint32_t index = 0;
        size_t found;

        list = path_follow(judge->subject.thing, &group->each, &found);
        if (found < group->each.count)
                return;
        value_each (&list->value, item) {
                judge->variables[VARIABLE_ITEM] = item->value;
                run_group(judge, group, present, ++index);
        }
        judge->variables[VARIABLE_ITEM] = VALUE_OF_NULL;
}

static int by_rule(const void *a, const void *b)
{
        const struct list_verdict *one = a, *other = b;

        if (one->rule != other->rule)
                return one->rule < other->rule ? -1 : 1;
        return (one->item > other->item) - (one->item < other->item);
}

/* What a verdict says: the rule found something, or has to be asked by itself. */
static void settle(struct judge *judge, struct rule *rule, const struct list_verdict *verdict)
{
        struct subject *subject = &judge->subject;
        size_t found;

        if (!verdict->item && verdict->ask) {
                judge_rule(judge, rule);
                return;
        }
        if (verdict->item) {
                subject->item = &path_follow(subject->thing, &rule->each, &found)->value.nodes[verdict->item - 1];
                subject->item_index = verdict->item - 1;
                judge->variables[VARIABLE_ITEM] = subject->item->value;
        }
        if (verdict->ask)
                judge_subject(judge, rule);
        else
                judge_find(judge, rule);
        subject->item = NULL;
        judge->variables[VARIABLE_ITEM] = VALUE_OF_NULL;
}

/* Gathers what the rules of a list say, in the order of the list. */
static void run_list(struct judge *judge, const struct list_program *list, uint64_t present)
{
        judge->verdicts.count = 0;
        if (list->most_verdicts > judge->answer_room) {
                judge->answer_room = list->most_verdicts;
                judge->answers = arena_array(&judge->kept, struct cel_verdict, judge->answer_room);
        }
        for (size_t i = 0; i < list->group_count; i++) {
                if (cel_many_is_idle(list->groups[i].program, present))
                        continue;
                if (list->groups[i].each.count)
                        run_group_on_items(judge, &list->groups[i], present);
                else
                        run_group(judge, &list->groups[i], present, 0);
        }
        for (size_t i = 0; i < list->alone_count; i++)
                *vec_push(&judge->kept, &judge->verdicts) = (struct list_verdict){list->alone[i], 0, true};
        if (judge->verdicts.count > 1)
                qsort(judge->verdicts.items, judge->verdicts.count, sizeof(*judge->verdicts.items), by_rule);
}

static void judge_list(struct judge *judge, const struct rule_list *rules, const struct list_program *list,
                       uint64_t present)
{
        if (!list) {
                for (size_t i = 0; i < rules->rules.count; i++)
                        judge_rule(judge, rules->rules.items[i]);
                return;
        }
        run_list(judge, list, present);
        for (size_t i = 0; i < judge->verdicts.count; i++)
                settle(judge, rules->rules.items[judge->verdicts.items[i].rule], &judge->verdicts.items[i]);
        if (UNLIKELY(judge->scratch->taken > SCRATCH_KEPT))
                arena_reset(judge->scratch);
}

static bool is_for_group(const struct kind_rule *rule, struct str group)
{
        return !rule->grouped || str_equal(rule->group, group);
}

static void judge_kind_one_by_one(struct judge *judge, const struct kind_rules *of_kind, struct str group)
{
        for (size_t i = 0; i < of_kind->rules.count; i++) {
                if (is_for_group(&of_kind->rules.items[i], group))
                        judge_rule(judge, of_kind->rules.items[i].rule);
        }
}

static void judge_kind_rules(struct judge *judge, const struct kind_rules *of_kind, struct str group)
{
        const struct programs *programs;
        uint64_t present = UINT64_MAX;

        if (judge->book->one_by_one) {
                judge_kind_one_by_one(judge, of_kind, group);
                return;
        }
        programs = programs_for_kind(judge->book, of_kind);
        if (programs->keys.count > WORTH_A_WALK)
                present = cel_keys_in(&programs->keys, &judge->subject.object->root.value);
        run_list(judge, &programs->objects, present);
        for (size_t i = 0; i < judge->verdicts.count; i++) {
                const struct list_verdict *verdict = &judge->verdicts.items[i];

                if (is_for_group(&of_kind->rules.items[verdict->rule], group))
                        settle(judge, of_kind->rules.items[verdict->rule].rule, verdict);
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

/* What programs may rely on for a thing. */
static uint64_t present_for(const struct node *thing, uint64_t present)
{
        return thing->value.kind == VALUE_MAP ? present : UINT64_MAX;
}

static void judge_containers(struct judge *judge, const struct object *object, const struct programs *programs,
                             uint64_t present)
{
        const struct rulebook *book = judge->book;
        struct container container = {0};

        while (object_next_container(object, &container)) {
                judge->subject.thing = container.node;
                judge->subject.container = &container;
                judge->variables[VARIABLE_CONTAINER] = container.node->value;
                judge_list(judge, &book->containers, programs ? &programs->containers : NULL,
                           present_for(container.node, present));
                if (container.role == CONTAINER_MAIN || container.role == CONTAINER_SIDECAR)
                        judge_list(judge, &book->main_containers, programs ? &programs->main_containers : NULL,
                                   present_for(container.node, present));
        }
        judge->subject.container = NULL;
        judge->variables[VARIABLE_CONTAINER] = VALUE_OF_NULL;
}

static void judge_volumes(struct judge *judge, const struct object *object, const struct programs *programs,
                          uint64_t present)
{
        const struct value *volumes = value_get(value_get(&object->pod.value, KEY_spec), KEY_volumes);

        judge->subject.volume_index = 0;
        value_each (volumes, volume) {
                judge->subject.thing = judge->subject.volume = volume;
                judge->variables[VARIABLE_VOLUME] = volume->value;
                judge_list(judge, &judge->book->volumes, programs ? &programs->volumes : NULL,
                           present_for(volume, present));
                judge->subject.volume_index++;
        }
        judge->subject.volume = NULL;
        judge->variables[VARIABLE_VOLUME] = VALUE_OF_NULL;
}

static uint64_t keys_in_pod(const struct cel_keys *keys, const struct object *object)
{
        uint64_t present = cel_keys_in(keys, &object->pod.value);

        return object->pod.value.nodes == object->root.value.nodes ? present
                                                                   : present | cel_keys_in(keys, &object->root.value);
}

static void judge_pod(struct judge *judge, const struct object *object)
{
        const struct programs *programs = judge->book->one_by_one ? NULL : programs_for_pods(judge->book);
        uint64_t present = UINT64_MAX;

        if (programs && value_is(value_get(&object->pod.value, KEY_spec), VALUE_MAP))
                present = keys_in_pod(&programs->keys, object);
        judge->subject.thing = &object->pod;
        judge->variables[VARIABLE_POD] = object->pod.value;
        judge_list(judge, &judge->book->pods, programs ? &programs->pods : NULL, present);
        judge->subject.thing = &object->root;
        judge_joins(judge, &judge->book->busy_pod_joins);
        judge_containers(judge, object, programs, present);
        judge_volumes(judge, object, programs, present);
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
        judge_list(judge, &judge->book->objects, NULL, UINT64_MAX);
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
        arena_free(&judge.kept);
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
