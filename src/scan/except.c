/* except.c - which findings are excepted, and which exceptions are not needed. */

#include "scan/except.h"

#include "doc/key.h"
#include "doc/pointer.h"
#include "kube/ignore.h"
#include "rulebook/fingerprint.h"
#include "scan/except_kubeaudit.h"
#include "scan/except_kubernetes.h"
#include "scan/mark.h"

static const struct reference redundant_override = {.framework = STR_INIT("kubeaudit"),
                                                    .id = STR_INIT(KUBEAUDIT_REDUNDANT)};

const struct rule_summary except_summaries[EXCEPT_SUMMARIES] = {
        {
                .id = STR_INIT("expired-exception"),
                .title = STR_INIT("Exception has expired"),
                .description = STR_INIT("What was to be repaired by this day counts again: repair it, or decide anew."),
                .severity = SEVERITY_MEDIUM,
                .area = AREA_CONTAINERS,
        },
        {
                .id = STR_INIT("unused-exception"),
                .title = STR_INIT("Exception is not needed"),
                .description =
                        STR_INIT("An exception that excepts nothing today hides the weakness that comes tomorrow."),
                .severity = SEVERITY_LOW,
                .area = AREA_CONTAINERS,
                .references = &redundant_override,
                .reference_count = 1,
        },
};

/* --- the settings file --- */

static struct str nearest_rule(struct arena *arena, const struct rulebook *book, struct str id)
{
        size_t count;
        const struct rule_summary *rules = rulebook_summaries(book, &count);
        struct str *ids = arena_array(arena, struct str, count);

        for (size_t i = 0; i < count; i++)
                ids[i] = rules[i].id;
        return str_nearest(id, ids, count);
}

bool except_check(const struct config *config, const struct rulebook *book, struct err *err)
{
        struct arena arena CLEANUP(arena_free) = {0};

        for (size_t i = 0; i < config->exceptions.count; i++) {
                const struct exception *exception = &config->exceptions.items[i];
                struct place place = place_in(config->source->text, exception->at);
                struct str nearest;

                if (rulebook_find(book, exception->rule))
                        continue;
                nearest = nearest_rule(&arena, book, exception->rule);
                return err_set_at(err, place.line, place.column, "%.*s:%u:%u: there is no rule \"%.*s\"%s%.*s%s",
                                  STR_ARG(config->source->name), place.line, place.column, STR_ARG(exception->rule),
                                  nearest.len ? ": did you mean " : "", STR_ARG(nearest),
                                  nearest.len ? "?" : ": `strake rules list` shows all");
        }
        return true;
}

/* With * also for slashes, which names of images have. */
static bool fits_any(struct str glob, struct str text)
{
        size_t g = 0, t = 0, star = SIZE_MAX, from = 0;

        while (t < text.len) {
                if (g < glob.len && glob.data[g] == '*') {
                        star = g++;
                        from = t;
                } else if (g < glob.len && (glob.data[g] == '?' || glob.data[g] == text.data[t])) {
                        g++;
                        t++;
                } else if (star != SIZE_MAX) {
                        g = star + 1;
                        t = ++from;
                } else {
                        return false;
                }
        }
        while (g < glob.len && glob.data[g] == '*')
                g++;
        return g == glob.len;
}

static bool fits(struct str glob, struct str text)
{
        return !glob.len || ignore_glob(glob, text) || fits_any(glob, text);
}

static bool exception_has(const struct exception *exception, const struct finding *finding)
{
        const struct value *metadata = value_get(&finding->subject->root.value, KEY_metadata);

        return str_equal(exception->rule, finding->rule->id) && fits(exception->kind, finding->subject->kind)
               && fits(exception->ns, finding->subject->ns) && fits(exception->name, finding->subject->name)
               && fits(exception->container, finding->container)
               && selector_has(&exception->labels, value_get(metadata, KEY_labels));
}

static bool except_by_file(const struct except_settings *settings, struct finding *finding)
{
        for (size_t i = 0; i < settings->config->exceptions.count; i++) {
                struct exception *exception = &settings->config->exceptions.items[i];

                if (!exception_has(exception, finding))
                        continue;
                atomic_store_explicit(&exception->used, true, memory_order_relaxed);
                if (exception->expired)
                        continue;
                finding->status = FINDING_EXCEPTED;
                finding->exception = &exception->why;
                return true;
        }
        return false;
}

/* --- what objects carry --- */

static bool cites_hadolint(const struct finding *finding, struct str id)
{
        for (size_t i = 0; i < finding->reference_count; i++)
                if (str_is(finding->references[i].framework, "hadolint") && str_equal(finding->references[i].id, id))
                        return true;
        return false;
}

/* Whether a mark is about a finding. */
static bool mark_has(const struct mark *mark, const struct finding *finding)
{
        if (mark->end && (finding->at < mark->begin || finding->at >= mark->end))
                return false;
        if (mark->hadolint.len)
                return cites_hadolint(finding, mark->hadolint);
        return mark->rule.len && str_equal(mark->rule, finding->rule->id)
               && (!mark->container.len || str_equal(mark->container, finding->container));
}

static bool except_by_annotation(const struct config *config, struct finding *finding, struct mark_list *marks)
{
        for (size_t i = 0; i < marks->marks.count; i++) {
                struct mark *mark = &marks->marks.items[i];

                if (!mark_has(mark, finding) || (mark->hadolint.len && config->hadolint.no_pragmas))
                        continue;
                mark->used = true;
                if (mark->problem || mark->expired)
                        continue;
                finding->status = FINDING_EXCEPTED;
                finding->exception = &mark->why;
                return true;
        }
        return false;
}

static struct finding *add_finding(const struct rule_summary *rule, struct finding_list *out)
{
        struct finding *finding = finding_list_push(out);

        *finding = (struct finding){.rule = rule, .severity = rule->severity, .location = {.document = -1}};
        return finding;
}

static const struct finding_object *name_object(struct arena *arena, const struct object *object)
{
        struct finding_object *named = arena_new(arena, struct finding_object);

        *named = (struct finding_object){object->api_version, object->kind, object->ns, object->name};
        return named;
}

static void tell_mark(struct estate_source *source, const struct object *object, const struct mark *mark,
                      const struct rule_summary *rule, struct str message, bool redundant, struct finding_list *out)
{
        struct finding *finding = add_finding(rule, out);
        struct place place = source_place(&source->arena, &source->source, mark->node->at);
        const struct str parts[] = {rule->id, object->group, object->kind, object->ns, object->name, mark->key};
        CLEANUP(buf_free) struct buf scratch = {0};

        finding->message = message;
        finding->object = name_object(&source->arena, object);
        finding->subject = object;
        finding->container = mark->container;
        finding->source = &source->source;
        finding->at = mark->node->at;
        finding->document_index = object->document;
        finding->location = (struct finding_location){
                .file = source->source.name,
                .document = source->documents > 1 ? (int32_t)object->document : -1,
                .line = place.line,
                .column = place.column,
                .path = mark->path,
                .has_path = true,
        };
        finding->references = &redundant_override;
        finding->reference_count = redundant;
        fingerprint_of(&scratch, parts, COUNT_OF(parts), finding->fingerprint);
}

/* What is wrong with a mark, if anything. */
static void conclude_mark(const struct except_settings *settings, struct estate_source *source,
                          const struct object *object, const struct mark *mark, bool redundant,
                          struct finding_list *out)
{
        struct arena *arena = &source->arena;
        struct str key = mark->key;

        if (mark->rule.len && !rulebook_find(settings->book, mark->rule))
                tell_mark(source, object, mark, &except_summaries[1],
                          str_format(arena, "%.*s excepts from no rule: there is none of that name", STR_ARG(key)),
                          false, out);
        else if (mark->problem)
                tell_mark(source, object, mark, &except_summaries[1],
                          str_format(arena, "%.*s does not count: %s", STR_ARG(key), mark->problem), false, out);
        else if (mark->expired && mark->used)
                tell_mark(source, object, mark, &except_summaries[0],
                          str_format(arena, "%.*s expired on %.*s", STR_ARG(key), STR_ARG(mark->why.expires)), false,
                          out);
        else if (settings->tell_unused && !mark->hadolint.len && (redundant || !mark->used))
                tell_mark(source, object, mark, &except_summaries[1],
                          str_format(arena, "%.*s excepts nothing%s", STR_ARG(key),
                                     mark->used ? " in one of the containers" : ""),
                          redundant, out);
}

/* --- one source --- */

/* What is known of the objects that carry marks. */
struct carrier {
        struct mark_list marks;
        struct finding_refs found; /* of the object */
};

static const struct object *object_in(const struct estate_source *source, const struct finding *finding)
{
        const struct object *first = source->objects.items, *object = finding->subject;

        return object && object >= first && object < first + source->objects.count ? object : NULL;
}

static struct carrier *read_carriers(const struct except_settings *settings, struct estate_source *source)
{
        struct carrier *carriers = arena_array(&source->arena, struct carrier, source->objects.count);

        for (size_t i = 0; i < source->objects.count; i++) {
                if (!source->objects.items[i].malformed)
                        marks_read(&source->arena, &source->objects.items[i], settings->today, &carriers[i].marks);
        }
        return carriers;
}

/* What hadolint's settings say about its rules. */
static bool apply_hadolint(const struct hadolint_settings *settings, struct finding *finding)
{
        for (int level = 0; level < SEVERITY_COUNT; level++)
                for (size_t i = 0; i < settings->levels[level].count; i++)
                        if (cites_hadolint(finding, settings->levels[level].ids[i]))
                                finding->severity = (enum severity)level;
        for (size_t i = 0; i < settings->ignored_count; i++)
                if (cites_hadolint(finding, settings->ignored[i])) {
                        finding->status = FINDING_EXCEPTED;
                        finding->exception = &settings->why;
                        return true;
                }
        return false;
}

/* Applies everything to one finding. False if it is to be taken away. */
static bool except_finding(const struct except_settings *settings, struct estate_source *source,
                           struct carrier *carrier, struct finding *finding)
{
        if (finding->fails_input)
                return true;
        TRY(kubeaudit_apply_settings(settings->config, &source->arena, finding));
        if (apply_hadolint(&settings->config->hadolint, finding) || except_by_file(settings, finding)
            || except_by_kubernetes(finding))
                return true;
        if (!except_by_annotation(settings->config, finding, &carrier->marks))
                kubeaudit_except(&source->arena, finding, &carrier->marks);
        return true;
}

/* Notes the findings of objects that carry marks. */
static void note_findings(struct estate_source *source, struct arena *scratch, struct carrier *carriers,
                          const struct finding_list *found)
{
        for (size_t i = 0; i < found->count; i++) {
                const struct object *object = object_in(source, &found->items[i]);
                struct carrier *carrier = object ? &carriers[object - source->objects.items] : NULL;

                if (carrier && carrier->marks.marks.count)
                        *vec_push(scratch, &carrier->found) = i;
        }
}

static void conclude_source(const struct except_settings *settings, struct estate_source *source,
                            struct carrier *carriers, struct finding_list *found)
{
        for (size_t i = 0; i < source->objects.count; i++) {
                const struct object *object = &source->objects.items[i];

                for (size_t k = 0; k < carriers[i].marks.marks.count; k++) {
                        struct mark mark = carriers[i].marks.marks.items[k];
                        bool redundant = kubeaudit_is_redundant(object, &carriers[i].marks, &mark, found,
                                                                &carriers[i].found, &mark.container);

                        conclude_mark(settings, source, object, &mark, redundant, found);
                }
        }
}

void except_source(const struct except_settings *settings, struct estate_source *source, struct arena *scratch,
                   struct finding_list *found)
{
        struct carrier *carriers = read_carriers(settings, source), nobody = {0};
        size_t kept = 0;

        for (size_t i = 0; i < found->count; i++) {
                struct finding finding = found->items[i];
                const struct object *object = object_in(source, &finding);
                struct carrier *carrier = object ? &carriers[object - source->objects.items] : &nobody;

                if (!finding.subject || except_finding(settings, source, carrier, &finding))
                        found->items[kept++] = finding;
        }
        found->count = kept;
        note_findings(source, scratch, carriers, found);
        conclude_source(settings, source, carriers, found);
        arena_reset(scratch);
}

/* --- the end --- */

static void tell_exception(struct arena *arena, const struct config *config, const struct exception *exception,
                           const struct rule_summary *rule, struct str message, struct finding_list *out)
{
        struct finding *finding = add_finding(rule, out);
        struct place place = source_place(arena, config->source, exception->at);
        const struct str parts[] = {rule->id, config->source->name, exception->rule, exception->why.reason};
        CLEANUP(buf_free) struct buf scratch = {0};

        finding->message = message;
        finding->source = config->source;
        finding->at = exception->at;
        finding->location.file = config->source->name;
        finding->location.line = place.line;
        finding->location.column = place.column;
        fingerprint_of(&scratch, parts, COUNT_OF(parts), finding->fingerprint);
}

void except_conclude(const struct except_settings *settings, struct arena *arena, struct finding_list *found)
{
        const struct config *config = settings->config;
        struct arena scratch CLEANUP(arena_free) = {0};
        size_t begin = found->count;

        for (size_t i = 0; i < config->exceptions.count; i++) {
                const struct exception *exception = &config->exceptions.items[i];
                bool used = atomic_load_explicit(&exception->used, memory_order_relaxed);
                struct str rule = exception->rule;

                if (exception->expired && used)
                        tell_exception(arena, config, exception, &except_summaries[0],
                                       str_format(arena, "the exception from %.*s expired on %.*s", STR_ARG(rule),
                                                  STR_ARG(exception->why.expires)),
                                       found);
                else if (settings->tell_unused && !used)
                        tell_exception(arena, config, exception, &except_summaries[1],
                                       str_format(arena, "the exception from %.*s excepts nothing", STR_ARG(rule)),
                                       found);
        }
        if (found->count - begin > 1)
                fingerprint_separate(&scratch, found->items + begin, found->count - begin);
}
