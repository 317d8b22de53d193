/* ready.c - a rule made ready: pointers looked up, messages taken apart, references that are in force. */

#include "doc/document.h"
#include "doc/pointer.h"
#include "rulebook/internal.h"

void path_read(struct arena *arena, struct str pointer, struct path *out)
{
        struct path_step *steps;
        struct str rest = pointer, part;
        size_t most = 0;

        for (size_t i = 0; i < pointer.len; i++)
                most += pointer.data[i] == '/';
        *out = (struct path){.pointer = pointer};
        out->steps = steps = arena_array(arena, struct path_step, most);
        while (pointer_take(arena, &rest, &part)) {
                struct path_step *step = &steps[out->count++];

                step->key = intern(part);
                if (!pointer_index(part, &step->index))
                        step->index = UINT32_MAX;
                step->end = (uint32_t)(pointer.len - rest.len);
        }
}

const struct node *path_follow(const struct node *from, const struct path *path, size_t *found)
{
        const struct node *next;

        for (*found = 0; *found < path->count; (*found)++) {
                const struct path_step *step = &path->steps[*found];

                next = from->value.kind == VALUE_LIST ? value_item(&from->value, step->index)
                                                      : value_node(&from->value, step->key);
                if (!next)
                        break;
                from = next;
        }
        return from;
}

bool reference_in_force(const struct rulebook *book, const struct rule_reference *reference)
{
        struct str level = reference->reference.level;

        if (!str_is(reference->reference.framework, "pod-security"))
                return true;
        if (str_is(book->pod_security, "baseline") && !str_is(level, "baseline"))
                return false;
        return reference->since <= book->minor && book->minor <= reference->until;
}

static struct expression *ready_expression(struct arena *arena, struct str text)
{
        struct expression *expression;

        if (!text.len)
                return NULL;
        expression = arena_new(arena, struct expression);
        expression->text = text;
        return expression;
}

static struct ready_text ready_text(struct arena *arena, struct str text)
{
        VEC(struct ready_part) parts = {0};
        struct template_part part;
        struct err err = {0};
        size_t at = 0;

        while (template_take(text, &at, &part, &err))
                *vec_push(arena, &parts) = (struct ready_part){part.literal, ready_expression(arena, part.expression)};
        return (struct ready_text){parts.items, parts.count};
}

static void ready_place(struct arena *arena, const struct rule_place *place, struct ready_place *out)
{
        path_read(arena, place->path, &out->path);
        out->in_pod = place->in_pod;
        out->in_object = place->in_object;
        out->in_containers = place->in_containers;
        out->when = ready_expression(arena, place->when);
}

static void ready_places(struct arena *arena, const struct rule_text *rule, struct rule_details *details)
{
        details->places = arena_array(arena, struct ready_place, rule->place_count);
        details->place_count = rule->place_count;
        for (size_t i = 0; i < rule->place_count; i++)
                ready_place(arena, &rule->places[i], &details->places[i]);
}

/* The JSON was printed when the rule was read, so it can be read again. */
static const struct value *ready_value(struct arena *arena, struct str json)
{
        struct document *document;
        struct err err = {0};

        if (!json.len)
                return NULL;
        document = arena_new(arena, struct document);
        json_read_one(arena, json, document, &err);
        return &document->root;
}

static void ready_change(struct arena *arena, const struct rule_change *change, struct ready_change *out)
{
        ready_place(arena, &change->place, &out->place);
        if (str_find(change->place.path, STR("{"), 0) != SIZE_MAX)
                out->pointer = ready_text(arena, change->place.path);
        out->value = ready_value(arena, change->json);
        out->computed = ready_expression(arena, change->cel);
}

static void ready_repairs(struct arena *arena, const struct rule_text *rule, struct rule_details *details)
{
        details->repairs = arena_array(arena, struct ready_repair, rule->repair_count);
        details->repair_count = rule->repair_count;
        for (size_t i = 0; i < rule->repair_count; i++) {
                const struct rule_repair *text = &rule->repairs[i];
                struct ready_repair *repair = &details->repairs[i];

                repair->text = text;
                repair->when = ready_expression(arena, text->when);
                repair->containers = ready_expression(arena, text->containers);
                repair->changes = arena_array(arena, struct ready_change, text->change_count);
                repair->change_count = text->change_count;
                for (size_t k = 0; k < text->change_count; k++)
                        ready_change(arena, &text->changes[k], &repair->changes[k]);
                repair->add = ready_text(arena, text->add);
        }
}

/* The index of a condition; MOST_CONDITIONS if there is none. */
static uint32_t ready_condition(struct arena *arena, struct rule_details *details, struct str when)
{
        struct expression *expression = ready_expression(arena, when);

        if (!expression)
                return MOST_CONDITIONS;
        details->conditions[details->condition_count] = expression;
        return (uint32_t)details->condition_count++;
}

static void ready_references(struct arena *arena, const struct rulebook *book, const struct rule_text *rule,
                             struct rule_details *details)
{
        details->references = arena_array(arena, struct ready_reference, rule->reference_count);
        details->conditions = arena_array(arena, struct expression *, rule->reference_count);
        for (size_t i = 0; i < rule->reference_count; i++) {
                const struct rule_reference *reference = &rule->references[i];

                if (reference_in_force(book, reference))
                        details->references[details->reference_count++] = (struct ready_reference){
                                reference->reference, ready_condition(arena, details, reference->when)};
        }
}

static struct reference_set *find_set(struct reference_set *set, uint64_t holds)
{
        while (set && set->holds != holds)
                set = set->next;
        return set;
}

static struct reference_set *add_set(struct arena *arena, struct rule_details *details, uint64_t holds)
{
        struct reference_set *set = arena_new(arena, struct reference_set);
        struct reference *references = arena_array(arena, struct reference, details->reference_count);

        *set = (struct reference_set){.next = atomic_load(&details->sets), .holds = holds, .references = references};
        for (size_t i = 0; i < details->reference_count; i++) {
                uint32_t condition = details->references[i].condition;

                if (condition == MOST_CONDITIONS || holds >> condition & 1)
                        references[set->count++] = details->references[i].reference;
        }
        atomic_store_explicit(&details->sets, set, memory_order_release);
        return set;
}

const struct reference_set *details_references(const struct rulebook *book, struct rule_details *details,
                                               uint64_t holds)
{
        struct reference_set *set = find_set(atomic_load_explicit(&details->sets, memory_order_acquire), holds);

        if (LIKELY(set))
                return set;
        pthread_mutex_lock(&book->lazy->lock);
        set = find_set(atomic_load_explicit(&details->sets, memory_order_relaxed), holds);
        if (!set)
                set = add_set(&book->lazy->arena, details, holds);
        pthread_mutex_unlock(&book->lazy->lock);
        return set;
}

static const struct rule_summary *summary_of(const struct rulebook *book, const struct rule *rule)
{
        const struct rule_summary *summaries = summaries_locked(book);
        size_t i = 0;

        while (book->texts[i] != rule->text)
                i++;
        return &summaries[i];
}

static struct rule_details *make_details(const struct rulebook *book, const struct rule *rule)
{
        struct arena *arena = &book->lazy->arena;
        struct rule_details *details = arena_new(arena, struct rule_details);

        details->summary = summary_of(book, rule);
        details->message = ready_text(arena, rule->text->message);
        ready_places(arena, rule->text, details);
        ready_repairs(arena, rule->text, details);
        ready_references(arena, book, rule->text, details);
        return details;
}

struct rule_details *rule_details(const struct rulebook *book, struct rule *rule)
{
        struct rule_details *details = atomic_load_explicit(&rule->details, memory_order_acquire);

        if (LIKELY(details))
                return details;
        pthread_mutex_lock(&book->lazy->lock);
        details = atomic_load_explicit(&rule->details, memory_order_relaxed);
        if (!details) {
                details = make_details(book, rule);
                atomic_store_explicit(&rule->details, details, memory_order_release);
        }
        pthread_mutex_unlock(&book->lazy->lock);
        return details;
}
