/* find.c - what a rule found, as a finding. */

#include "doc/pointer.h"
#include "doc/print.h"
#include "rulebook/fingerprint.h"
#include "rulebook/internal.h"

enum { LONGEST_MESSAGE = 1000 };

/* --- where --- */

const struct node *judge_base(const struct judge *judge, const struct ready_place *place)
{
        const struct subject *subject = &judge->subject;

        if (place && place->in_object)
                return &subject->object->root;
        if (place && place->in_pod)
                return &subject->object->pod;
        return subject->item ? subject->item : subject->thing;
}

static void add_number(struct buf *out, uint32_t number)
{
        char digits[12];
        size_t at = sizeof(digits);

        do
                digits[--at] = (char)('0' + number % 10);
        while (number /= 10);
        buf_add(out, (struct str){digits + at, sizeof(digits) - at});
}

/* An item of a list: its index, or what tells it from others when the list changes. */
static void add_item(struct buf *out, const struct node *item, uint32_t index, bool stable)
{
        struct str name =
                item->value.kind == VALUE_STRING ? value_text(&item->value) : value_get_text(&item->value, KEY_name);

        /* Instructions and commands are told apart by what is written there. */
        if (value_get_text(&item->value, KEY_text).len)
                name = value_get_text(&item->value, KEY_text);

        if (item->key) {
                pointer_add(out, intern_text(item->key));
        } else if (stable && name.len) {
                pointer_add(out, name);
        } else {
                buf_add_char(out, '/');
                add_number(out, index);
        }
}

/* The place of a fact by names: items of lists that have one are called by it. */
static void add_stable_path(struct buf *out, const struct judge *judge, struct str path)
{
        const struct node *node = &judge->subject.object->root;
        struct str part;

        while (pointer_take(judge->scratch, &path, &part)) {
                bool in_list = node && node->value.kind == VALUE_LIST;
                uint32_t index;
                struct str name = part;

                if (in_list)
                        node = pointer_index(part, &index) ? value_item(&node->value, index) : NULL;
                else
                        node = node ? value_node(&node->value, intern_find(part)) : NULL;
                if (in_list && node && value_get_text(&node->value, KEY_name).len)
                        name = value_get_text(&node->value, KEY_name);
                pointer_add(out, name);
        }
}

static void add_thing(struct buf *out, const struct subject *subject, bool stable)
{
        if (subject->container) {
                buf_add_literal(out, "/spec");
                pointer_add(out, intern_text(subject->container->list));
                add_item(out, subject->container->node, subject->container->index, stable);
        } else if (subject->volume) {
                buf_add_literal(out, "/spec/volumes");
                add_item(out, subject->volume, subject->volume_index, stable);
        }
}

void judge_add_pointer(struct buf *out, const struct judge *judge, const struct rule *rule,
                       const struct ready_place *place, bool stable)
{
        const struct subject *subject = &judge->subject;
        const struct object *object = subject->object;
        bool in_pod = subject->thing != &object->root || (place && place->in_pod);
        struct str base = in_pod && !(place && place->in_object) ? object->pod_path : object->path;

        buf_add(out, stable ? str_from(base, object->path.len) : base);
        if (place && (place->in_object || place->in_pod))
                return;
        if (subject->fact && stable)
                add_stable_path(out, judge, subject->fact->path);
        else if (subject->fact)
                buf_add(out, subject->fact->path);
        if (subject->fact)
                return;
        add_thing(out, subject, stable);
        if (subject->item) {
                buf_add(out, rule->each.pointer);
                add_item(out, subject->item, subject->item_index, stable);
        }
}

static const struct ready_place *choose_place(struct judge *judge, const struct rule_details *details)
{
        for (size_t i = 0; i < details->place_count; i++) {
                if (judge_holds(judge, details->places[i].when))
                        return &details->places[i];
        }
        return NULL;
}

static struct str take_text(struct judge *judge)
{
        return str_copy(&judge->source->arena, buf_text(&judge->text));
}

/* The node at a place, or its nearest parent that exists; `pointer` is the same place in the document. A null is a place too,
 * though rules do not see it. */
static const struct node *nearest_node(struct judge *judge, const struct ready_place *place, struct str pointer)
{
        const struct node *node = judge_base(judge, place), *nearest;
        size_t found;

        if (judge->given != judge->subject.object) {
                node = pointer_find(&judge->given->root, str_from(pointer, judge->given->path.len), &nearest);
                return node ? node : nearest;
        }
        return place ? path_follow(node, &place->path, &found) : node;
}

/* What stands in no text (kube/estate.h) has a path, but no line. */
static struct place place_of(struct judge *judge, const struct node *node)
{
        struct source *source = &judge->source->source;

        return source->text.data ? source_place(&judge->source->arena, source, node->at) : (struct place){0};
}

static void set_location(struct judge *judge, const struct rule *rule, const struct ready_place *place,
                         struct finding *finding)
{
        const struct node *node;
        struct place spot;

        judge->text.len = 0;
        judge_add_pointer(&judge->text, judge, rule, place, false);
        if (place)
                buf_add(&judge->text, place->path.pointer);
        node = nearest_node(judge, place, buf_text(&judge->text));
        spot = place_of(judge, node);
        finding->at = node->at;
        finding->location = (struct finding_location){
                .file = judge->source->source.name,
                .document = judge->source->documents > 1 ? (int32_t)judge->subject.object->document : -1,
                .line = spot.line,
                .column = spot.column,
                .path = take_text(judge),
                .has_path = true,
        };
}

/* --- what --- */

static void add_value(struct buf *out, const struct value *value)
{
        if (value->kind == VALUE_LIST || value->kind == VALUE_MAP || value->kind == VALUE_ENTRIES
            || value->kind == VALUE_NULL)
                json_print(out, value, 0);
        else
                print_text(out, value);
}

bool judge_compute(struct judge *judge, struct expression *expression, struct value *value)
{
        struct err err;
        const struct cel_program *program;

        err.length = 0;
        program = engine_program(judge->book->engine, expression, &err);
        return program && cel_run(program, &judge->frame, value, &err);
}

bool judge_add_text(struct judge *judge, const struct ready_text *text, struct buf *out)
{
        bool well = true;

        for (size_t i = 0; i < text->count; i++) {
                struct expression *expression = text->parts[i].expression;
                struct value value;

                if (!expression)
                        buf_add(out, text->parts[i].literal);
                else if (judge_compute(judge, expression, &value))
                        add_value(out, &value);
                else
                        well = false, buf_add_char(out, '?');
        }
        return well;
}

/* Names in a manifest may be of any length, messages not. */
static void cut_message(struct buf *text)
{
        size_t len = LONGEST_MESSAGE;

        if (text->len <= LONGEST_MESSAGE)
                return;
        while (len && ((unsigned char)text->data[len] & 0xC0) == 0x80)
                len--;
        text->len = len;
        buf_add_literal(text, "…");
}

/* A question mark where an expression fails, because the finding stands without it. */
static struct str make_message(struct judge *judge, const struct rule_details *details)
{
        const struct ready_text *message = &details->message;

        if (message->count == 1 && !message->parts[0].expression)
                return message->parts[0].literal;
        judge->text.len = 0;
        judge_add_text(judge, message, &judge->text);
        cut_message(&judge->text);
        return take_text(judge);
}

/* The references whose conditions hold: the same array for all findings of a rule with the same answers. */
static void set_references(struct judge *judge, struct rule_details *details, struct finding *finding)
{
        const struct reference_set *set;
        uint64_t holds = 0;

        for (size_t i = 0; i < details->condition_count; i++)
                holds |= (uint64_t)judge_holds(judge, details->conditions[i]) << i;
        set = details_references(judge->book, details, holds);
        finding->references = set->references;
        finding->reference_count = set->count;
}

static struct finding *add_finding(struct judge *judge, const struct rule_summary *rule)
{
        const struct object *object = judge->subject.object;
        struct finding *finding = finding_list_push(judge->out);

        if (!judge->named) {
                struct finding_object *named = arena_new(&judge->source->arena, struct finding_object);

                *named = (struct finding_object){object->api_version, object->kind, object->ns, object->name};
                judge->named = named;
        }
        *finding = (struct finding){
                .rule = rule,
                .object = judge->named,
                .severity = rule->severity,
                .source = &judge->source->source,
                .subject = judge->given,
                .document_index = object->document,
        };
        if (judge->subject.container)
                finding->container = judge->subject.container->name;
        if (judge->subject.fact)
                finding->container = str_copy(&judge->source->arena, judge->subject.fact->container);
        return finding;
}

/* `what` is what was found: the place, or which rule failed. */
static void set_fingerprint(struct judge *judge, struct str what, struct finding *finding)
{
        const struct object *object = judge->subject.object;
        const struct str parts[] = {
                finding->rule->id, object->group, object->kind, object->ns, object->name, finding->container, what,
        };

        fingerprint_of(&judge->hashed, parts, COUNT_OF(parts), finding->fingerprint);
}

/* The place in the object by names. */
static struct str stable_place(struct judge *judge, const struct rule *rule, const struct ready_place *place)
{
        judge->text.len = 0;
        judge_add_pointer(&judge->text, judge, rule, place, true);
        if (place)
                buf_add(&judge->text, place->path.pointer);
        return buf_text(&judge->text);
}

/* Places in other objects. Their sources may be in the hands of other threads: lines are counted when all is judged. */
static void set_related(struct judge *judge, struct finding *finding)
{
        const struct join_fact *fact = judge->subject.fact;
        struct arena *arena = &judge->source->arena;

        if (!fact || !fact->related.count)
                return;
        finding->related = arena_array(arena, struct finding_related, fact->related.count);
        for (size_t i = 0; i < fact->related.count; i++) {
                const struct join_related *from = &fact->related.items[i];
                const struct object *object = from->object;
                const struct estate_source *source = (const struct estate_source *)(const void *)object->source;
                const struct node *nearest = NULL, *node = pointer_find(&object->root, from->path, &nearest);

                finding->related[finding->related_count++] = (struct finding_related){
                        .object = {object->api_version, object->kind, object->ns, object->name},
                        .location = {.file = object->source->name,
                                     .document = source->documents > 1 ? (int32_t)object->document : -1,
                                     .path = str_format(arena, "%.*s%.*s", STR_ARG(object->path), STR_ARG(from->path)),
                                     .has_path = true},
                        .message = str_copy(arena, from->message),
                        .source = object->source,
                        .at = (node ? node : nearest)->at,
                };
        }
}

void judge_find(struct judge *judge, struct rule *rule)
{
        struct rule_details *details = rule_details(judge->book, rule);
        const struct ready_place *place = choose_place(judge, details);
        struct finding *finding = add_finding(judge, details->summary);

        finding->message = make_message(judge, details);
        set_location(judge, rule, place, finding);
        set_references(judge, details, finding);
        set_related(judge, finding);
        if (details->repair_count && judge->source->source.text.data)
                judge_repair(judge, rule, details, finding);
        set_fingerprint(judge, stable_place(judge, rule, place), finding);
}

void judge_fail(struct judge *judge, struct rule *rule, const struct err *err)
{
        struct finding *finding = add_finding(judge, &rule_failed_summary);

        finding->fails_input = true;
        finding->message = str_format(&judge->source->arena, "the rule %.*s could not be judged: %.*s",
                                      STR_ARG(rule->text->id), STR_ARG(err_text(err)));
        set_location(judge, rule, NULL, finding);
        set_fingerprint(judge, rule->text->id, finding);
}
