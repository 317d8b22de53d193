/* input.c - nothing is silent: what could not be read or judged is a finding. */

#include "scan/input.h"

#include <stdlib.h>

#include "rulebook/fingerprint.h"

static void set_object(struct finding *finding, const struct object *object)
{
        if (!object)
                return;
        finding->has_object = true;
        finding->object = (struct finding_object){object->api_version, object->kind, object->ns, object->name};
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
                finding->location.document = documents > 1 ? (int64_t)problem->document : -1;
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
        const struct str parts[] = {
                finding->rule, group, kind, finding->object.ns, finding->object.name, problem->path, problem->message,
        };
        CLEANUP(buf_free) struct buf scratch = {0};

        fingerprint_of(&scratch, parts, COUNT_OF(parts), finding->fingerprint);
}

static void add_problem(struct arena *arena, const struct problem *problem, uint32_t documents,
                        struct finding_list *out)
{
        const struct problem_class *class = problem_class(problem->kind);
        struct finding *finding = finding_list_push(out);

        *finding = (struct finding){
                .rule = class->id,
                .title = class->title,
                .severity = SEVERITY_INFO,
                .area = AREA_INPUT,
                .message = problem->message,
                .why = class->description,
                .source = problem->source,
                .at = problem->at,
                .fails_input = class->fails,
        };
        severity_from(class->severity, &finding->severity);
        set_object(finding, problem->object);
        set_location(arena, finding, problem, documents);
        set_fingerprint(finding, problem);
}

static void separate(const struct finding_list *out, size_t begin)
{
        struct arena scratch CLEANUP(arena_free) = {0};

        if (out->count - begin > 1)
                fingerprint_separate(&scratch, out->items + begin, out->count - begin);
}

void input_findings(struct estate_source *source, struct finding_list *out)
{
        size_t begin = out->count;

        for (size_t i = 0; i < source->problems.count; i++)
                add_problem(&source->arena, &source->problems.items[i], source->documents, out);
        separate(out, begin);
}

void input_general_findings(struct estate *estate, struct finding_list *out)
{
        size_t begin = out->count;

        for (size_t i = 0; i < estate->problems.count; i++)
                add_problem(&estate->arena, &estate->problems.items[i], 0, out);
        separate(out, begin);
}

static int by_id(const void *a, const void *b)
{
        return str_compare(((const struct rule_summary *)a)->id, ((const struct rule_summary *)b)->id);
}

const struct rule_summary *input_and_rule_summaries(struct arena *arena, const struct rulebook *book, size_t *count)
{
        size_t of_book;
        const struct rule_summary *rules = rulebook_summaries(book, &of_book);
        struct rule_summary *all = arena_array(arena, struct rule_summary, of_book + PROBLEM_COUNT + 1);

        memcpy(all, rules, of_book * sizeof(*all));
        for (size_t i = 0; i < PROBLEM_COUNT; i++) {
                const struct problem_class *class = problem_class((enum problem_kind)i);
                struct rule_summary *summary = &all[of_book + i];

                *summary = (struct rule_summary){.id = class->id,
                                                 .title = class->title,
                                                 .description = class->description,
                                                 .severity = SEVERITY_INFO,
                                                 .area = AREA_INPUT};
                severity_from(class->severity, &summary->severity);
        }
        all[of_book + PROBLEM_COUNT] = rule_failed_summary;
        *count = of_book + PROBLEM_COUNT + 1;
        qsort(all, *count, sizeof(*all), by_id);
        return all;
}
