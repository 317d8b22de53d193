/* cover.c - controls, the rules that cite them, the objects that these looked at, and the findings. */

#include "rulebook/cover.h"

#include <stdlib.h>

#include "rulebook/framework.h"
#include "rulebook/internal.h"
#include "rulebook/join.h"

/* A control at work. */
struct tally {
        VEC(struct str) rules;
        VEC(const struct finding_object *) failed;
        const struct object *last; /* that was counted */
        uint64_t judged;
};

/* A rule that cites a control. */
struct cited {
        const struct rule_text *text;
        const struct rule *joined; /* of SCOPE_JOIN, as it was judged by; NULL: it was not */
};

struct cover {
        struct arena *arena;
        const struct rulebook *book;
        struct framework framework;
        struct tally *tallies;   /* one for each control */
        bool by_rule;            /* each rule is the control of its name */
        VEC(struct cited) rules; /* that cite one */
};

static struct tally *find_tally(const struct cover *cover, const struct reference *reference)
{
        if (!str_equal(reference->framework, cover->framework.name))
                return NULL;
        for (size_t i = 0; i < cover->framework.count; i++) {
                if (str_equal(cover->framework.controls[i].id, reference->id))
                        return &cover->tallies[i];
        }
        return NULL;
}

/* The tally of a rule, where each is a control. */
static struct tally *rule_tally(const struct cover *cover, struct str id)
{
        size_t low = 0, high = cover->framework.count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                int order = str_compare(cover->framework.controls[middle].id, id);

                if (order == 0)
                        return &cover->tallies[middle];
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return NULL;
}

static const struct rule *find_joined(const struct rulebook *book, const struct rule_text *text)
{
        for (size_t i = 0; i < book->joined.rules.count; i++) {
                if (book->joined.rules.items[i]->text == text)
                        return book->joined.rules.items[i];
        }
        return NULL;
}

static void add_rule(struct cover *cover, const struct rule_text *rule)
{
        struct tally *own = cover->by_rule ? rule_tally(cover, rule->id) : NULL;
        bool cites = own != NULL;

        if (own)
                *vec_push(cover->arena, &own->rules) = rule->id;
        for (size_t i = 0; i < rule->reference_count; i++) {
                struct tally *tally = find_tally(cover, &rule->references[i].reference);

                if (!tally || !reference_in_force(cover->book, &rule->references[i]))
                        continue;
                if (!tally->rules.count || !str_equal(tally->rules.items[tally->rules.count - 1], rule->id))
                        *vec_push(cover->arena, &tally->rules) = rule->id;
                cites = true;
        }
        if (cites)
                *vec_push(cover->arena, &cover->rules) = (struct cited){rule, find_joined(cover->book, rule)};
}

/* Whether an object is of one of these kinds, "Kind" or "Kind.group". */
static bool has_kind(const struct str *kinds, size_t count, const struct object *object)
{
        for (size_t i = 0; i < count; i++) {
                struct str group = kinds[i], kind;

                str_split(&group, '.', &kind);
                if (str_equal(kind, object->kind) && (kind.len == kinds[i].len || str_equal(group, object->group)))
                        return true;
        }
        return false;
}

/* A join without kinds looks at whatever has a pod template; one for which this estate has nothing, at nothing. */
static bool join_looks_at(const struct rule *rule, const struct object *object)
{
        const struct join *join = rule ? rule->join : NULL;

        if (!join || rule->idle || (join->applies && !join->applies(object)))
                return false;
        if (!join->kind_count)
                return object->pod.value.kind == VALUE_MAP;
        return has_kind(join->kinds, join->kind_count, object);
}

static bool has_container(const struct object *object, bool main_only)
{
        struct container container = {0};

        while (object_next_container(object, &container)) {
                if (!main_only || container.role == CONTAINER_MAIN || container.role == CONTAINER_SIDECAR)
                        return true;
        }
        return false;
}

/* Whether a rule has anything to look at in an object. */
static bool looks_at(const struct cited *cited, const struct object *object)
{
        const struct rule_text *rule = cited->text;
        bool has_pod = object->pod.value.kind == VALUE_MAP;

        switch (rule->scope) {
        case SCOPE_POD:
                return has_pod;
        case SCOPE_CONTAINER:
        case SCOPE_MAIN_CONTAINER:
                return has_pod && has_container(object, rule->scope == SCOPE_MAIN_CONTAINER);
        case SCOPE_VOLUME:
                return has_pod && value_count(value_get(value_get(&object->pod.value, KEY_spec), KEY_volumes)) > 0;
        case SCOPE_JOIN:
                return join_looks_at(cited->joined, object);
        default:
                return !rule->kind_count || has_kind(rule->kinds, rule->kind_count, object);
        }
}

static void count_judged(struct tally *tally, const struct object *object)
{
        if (!tally || tally->last == object)
                return;
        tally->last = object;
        tally->judged++;
}

static void count_object(struct cover *cover, const struct object *object)
{
        for (size_t i = 0; i < cover->rules.count; i++) {
                const struct rule_text *rule = cover->rules.items[i].text;

                if (!looks_at(&cover->rules.items[i], object))
                        continue;
                if (cover->by_rule)
                        count_judged(rule_tally(cover, rule->id), object);
                for (size_t k = 0; k < rule->reference_count; k++)
                        count_judged(find_tally(cover, &rule->references[k].reference), object);
        }
}

static void count_failed(struct cover *cover, struct tally *tally, const struct finding *finding)
{
        if (tally && finding->status != FINDING_EXCEPTED)
                *vec_push(cover->arena, &tally->failed) = finding->object;
}

static void count_finding(struct cover *cover, const struct finding *finding)
{
        if (cover->by_rule)
                count_failed(cover, rule_tally(cover, finding->rule->id), finding);
        for (size_t i = 0; i < finding->reference_count; i++)
                count_failed(cover, find_tally(cover, &finding->references[i]), finding);
}

static int by_address(const void *a, const void *b)
{
        uintptr_t left = (uintptr_t) * (const struct finding_object *const *)a;
        uintptr_t right = (uintptr_t) * (const struct finding_object *const *)b;

        return (left > right) - (left < right);
}

static uint64_t count_different(struct tally *tally)
{
        uint64_t count = tally->failed.count > 0;

        if (count)
                qsort(tally->failed.items, tally->failed.count, sizeof(*tally->failed.items), by_address);
        for (size_t i = 1; i < tally->failed.count; i++)
                count += tally->failed.items[i] != tally->failed.items[i - 1];
        return count;
}

static enum control_status status_of(const struct tally *tally)
{
        if (tally->failed.count)
                return CONTROL_FAILED;
        if (!tally->rules.count)
                return CONTROL_NO_RULE;
        return tally->judged ? CONTROL_PASSED : CONTROL_NO_INPUT;
}

static const struct coverage *conclude(const struct cover *cover)
{
        struct control_coverage *controls = arena_array(cover->arena, struct control_coverage, cover->framework.count);
        struct coverage *coverage = arena_new(cover->arena, struct coverage);

        for (size_t i = 0; i < cover->framework.count; i++) {
                const struct control *control = &cover->framework.controls[i];
                struct tally *tally = &cover->tallies[i];

                controls[i] = (struct control_coverage){
                        .id = control->id,
                        .title = control->title,
                        .beyond = control->beyond,
                        .status = status_of(tally),
                        .rules = tally->rules.items,
                        .rule_count = tally->rules.count,
                        .judged = tally->judged,
                        .failed = count_different(tally),
                };
                coverage->by_status[controls[i].status]++;
        }
        coverage->framework = cover->framework.name;
        coverage->title = cover->framework.title;
        coverage->source = cover->framework.source;
        coverage->controls = controls;
        coverage->count = cover->framework.count;
        return coverage;
}

/* The rules as controls, sorted by id as they are. */
static void controls_of_rules(struct cover *cover)
{
        struct control *controls = arena_array(cover->arena, struct control, cover->book->text_count);

        for (size_t i = 0; i < cover->book->text_count; i++)
                controls[i] = (struct control){cover->book->texts[i]->id, cover->book->texts[i]->title, {0}};
        cover->framework = (struct framework){{0}, STR("The rules of Strake"), {0}, controls, cover->book->text_count};
}

const struct coverage *rulebook_cover(struct arena *arena, const struct rulebook *book,
                                      const struct rulebook_settings *settings, const struct estate *estate,
                                      const struct report *report, enum severity least)
{
        struct cover cover = {.arena = arena, .book = book};

        cover.by_rule = !settings->framework.len;
        if (cover.by_rule)
                controls_of_rules(&cover);
        else
                TRY(framework_find(arena, settings->framework, &cover.framework));
        cover.tallies = arena_array(arena, struct tally, cover.framework.count);
        for (size_t i = 0; i < book->text_count; i++) {
                if (book->texts[i]->severity <= least && rulebook_judges_by(book, settings, book->texts[i]))
                        add_rule(&cover, book->texts[i]);
        }
        for (size_t i = 0; i < estate->source_count; i++) {
                const struct estate_source *source = &estate->sources[i];

                for (size_t k = 0; k < source->objects.count; k++) {
                        if (!source->objects.items[k].malformed)
                                count_object(&cover, &source->objects.items[k]);
                }
        }
        for (size_t i = 0; i < report->finding_count; i++)
                count_finding(&cover, &report->findings[i]);
        return conclude(&cover);
}
