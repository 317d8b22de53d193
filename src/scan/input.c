/* input.c - nothing is silent: what could not be read or judged is a finding. */

#include "scan/input.h"

#include <stdlib.h>

#include "rulebook/fingerprint.h"
#include "scan/except.h"

static const struct finding_object *name_object(struct arena *arena, const struct object *object)
{
        struct finding_object *named;

        if (!object)
                return NULL;
        named = arena_new(arena, struct finding_object);
        *named = (struct finding_object){object->api_version, object->kind, object->ns, object->name};
        return named;
}

static void set_location(struct arena *arena, struct finding *finding, const struct problem *problem,
                         uint32_t documents)
{
        finding->location = (struct finding_location){.file = problem->file, .document = -1};
        if (problem->source) {
                struct place place = source_place(arena, problem->source, problem->at);

                finding->location.line = place.line;
                finding->location.column = place.column;
        }
        if (problem->document != UINT32_MAX) {
                finding->location.document = documents > 1 ? (int32_t)problem->document : -1;
                finding->document_index = problem->document;
        }
        finding->location.path = problem->path;
        finding->location.has_path = problem->path.len > 0 || problem->object;
}

/* The same wherever the problem moves to in its file. */
static void set_fingerprint(struct finding *finding, const struct problem *problem)
{
        const struct object *object = problem->object;
        struct str group = object ? object->group : problem->file, kind = object ? object->kind : (struct str){0};
        struct str ns = object ? object->ns : (struct str){0}, name = object ? object->name : (struct str){0};
        const struct str parts[] = {finding->rule->id, group, kind, ns, name, problem->path, problem->message};
        CLEANUP(buf_free) struct buf scratch = {0};

        fingerprint_of(&scratch, parts, COUNT_OF(parts), finding->fingerprint);
}

static void add_problem(struct arena *arena, const struct rule_summary *rules, const struct problem *problem,
                        uint32_t documents, struct finding_list *out)
{
        const struct rule_summary *rule = &rules[problem->kind];
        struct finding *finding = finding_list_push(out);

        *finding = (struct finding){
                .rule = rule,
                .object = name_object(arena, problem->object),
                .message = problem->message,
                .severity = rule->severity,
                .source = problem->source,
                .subject = problem->object,
                .at = problem->at,
                .fails_input = problem_fails(problem),
        };
        set_location(arena, finding, problem, documents);
        set_fingerprint(finding, problem);
}

static void separate(const struct finding_list *out, size_t begin)
{
        struct arena scratch CLEANUP(arena_free) = {0};

        if (out->count - begin > 1)
                fingerprint_separate(&scratch, out->items + begin, out->count - begin);
}

void input_findings(const struct rule_summary *rules, struct estate_source *source, struct finding_list *out)
{
        size_t begin = out->count;

        for (size_t i = 0; i < source->problems.count; i++)
                add_problem(&source->arena, rules, &source->problems.items[i], source->documents, out);
        separate(out, begin);
}

void input_general_findings(const struct rule_summary *rules, struct estate *estate, struct finding_list *out)
{
        size_t begin = out->count;

        for (size_t i = 0; i < estate->problems.count; i++)
                add_problem(&estate->arena, rules, &estate->problems.items[i], 0, out);
        separate(out, begin);
}

const struct rule_summary *input_summaries(struct arena *arena)
{
        struct rule_summary *summaries = arena_array(arena, struct rule_summary, PROBLEM_COUNT);

        for (size_t i = 0; i < PROBLEM_COUNT; i++) {
                const struct problem_class *class = problem_class((enum problem_kind)i);

                summaries[i] = (struct rule_summary){.id = class->id,
                                                     .title = class->title,
                                                     .description = class->description,
                                                     .severity = SEVERITY_INFO,
                                                     .area = AREA_INPUT};
                severity_from(class->severity, &summaries[i].severity);
        }
        return summaries;
}

static int by_id(const void *a, const void *b)
{
        return str_compare(((const struct rule_summary *)a)->id, ((const struct rule_summary *)b)->id);
}

const struct rule_summary *input_and_rule_summaries(struct arena *arena, const struct rule_summary *rules,
                                                    const struct rulebook *book, size_t *count)
{
        size_t of_book;
        const struct rule_summary *of_rules = rulebook_summaries(book, &of_book);
        struct rule_summary *all =
                arena_array(arena, struct rule_summary, of_book + PROBLEM_COUNT + 1 + EXCEPT_SUMMARIES);

        memcpy(all, of_rules, of_book * sizeof(*all));
        memcpy(all + of_book, rules, PROBLEM_COUNT * sizeof(*all));
        all[of_book + PROBLEM_COUNT] = rule_failed_summary;
        memcpy(&all[of_book + PROBLEM_COUNT + 1], except_summaries, sizeof(except_summaries));
        *count = of_book + PROBLEM_COUNT + 1 + EXCEPT_SUMMARIES;
        qsort(all, *count, sizeof(*all), by_id);
        return all;
}
