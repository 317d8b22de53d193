/* score.c - which scores there are: what could not be read or is no object has one too, of zero. */

#include "scan/score.h"

#include <stdlib.h>

#include "doc/key.h"

/* "Deployment/cart.shop", with kubesec's words for what is not there. */
static struct str object_words(struct arena *arena, const struct object *object)
{
        const struct value *metadata = value_get(&object->root.value, KEY_metadata);
        struct str name = value_get_text(metadata, KEY_name), ns = value_get_text(metadata, KEY_namespace);

        return str_format(arena, "%.*s/%.*s.%.*s", STR_ARG(object->kind),
                          STR_ARG(name.len ? name : STR("undefined")), STR_ARG(ns.len ? ns : STR("default")));
}

/* What a validator of schemas says of a field that is not known, and then what we say. */
static struct str problem_words(struct arena *arena, const struct problem *problem)
{
        const char *slash = problem->path.len ? memrchr(problem->path.data, '/', problem->path.len) : NULL;
        struct str field = slash ? str_span(slash + 1, problem->path.data + problem->path.len) : problem->path;

        if (problem->kind != PROBLEM_UNKNOWN_FIELD)
                return problem->message;
        return str_format(arena, "additional properties '%.*s' not allowed: %.*s", STR_ARG(field),
                          STR_ARG(problem->message));
}

static bool is_scored(const struct problem *problem)
{
        return !problem->object && (problem_class(problem->kind)->fails || problem->kind == PROBLEM_NOT_OBJECT);
}

static struct score score_of_problem(struct arena *arena, const struct problem *problem)
{
        return (struct score){
                .object = STR("Unknown"), .file = problem->file, .problem = problem_words(arena, problem),
                              .document = problem->document, .at = problem->at,
                };
}

/* The first problem of each object, NULL for one that has none. */
static const struct problem **problems_of_objects(const struct estate_source *source, struct arena *arena)
{
        const struct problem **problems = arena_array(arena, const struct problem *, source->objects.count);

        for (size_t i = source->problems.count; i-- > 0;) {
                const struct problem *problem = &source->problems.items[i];

                if (problem->object && !problem->may_be_right)
                        problems[problem->object - source->objects.items] = problem;
        }
        return problems;
}

static int by_place(const void *a, const void *b)
{
        const struct score *one = a, *other = b;

        if (one->document != other->document)
                return one->document < other->document ? -1 : 1;
        return (one->at > other->at) - (one->at < other->at);
}

void score_source(struct points *points, struct estate_source *source, struct arena *scratch, struct score_list *out)
{
        struct arena *arena = &source->arena;
        const struct problem **problems = problems_of_objects(source, arena);

        out->items = arena_array(arena, struct score, source->objects.count + source->problems.count);
        for (size_t i = 0; i < source->objects.count; i++) {
                const struct object *object = &source->objects.items[i];
                const struct problem *problem = problems[i];
                struct score *score = &out->items[out->count++];

                *score = (struct score){
                        .object = object_words(arena, object),
                        .file = source->source.name,
                        .problem = problem ? problem_words(arena, problem) : (struct str){0},
                        .document = object->document,
                        .at = object->root.at,
                };
                if (!problem)
                        points_judge(points, object, arena, scratch, score);
        }
        for (size_t i = 0; i < source->problems.count; i++) {
                if (is_scored(&source->problems.items[i]))
                        out->items[out->count++] = score_of_problem(arena, &source->problems.items[i]);
        }
        qsort(out->items, out->count, sizeof(*out->items), by_place);
}

const struct scoring *score_join(struct arena *arena, const struct points *points, const struct estate *estate,
                                 const struct score_list *lists)
{
        struct scoring *scoring = arena_new(arena, struct scoring);
        size_t most = estate->problems.count;
        struct score *scores;

        for (size_t i = 0; i < estate->source_count; i++)
                most += lists[i].count;
        scoring->points = points_list(points, &scoring->point_count);
        scoring->scores = scores = arena_array(arena, struct score, most);
        for (size_t i = 0; i < estate->source_count; i++) {
                if (lists[i].count)
                        memcpy(&scores[scoring->score_count], lists[i].items, lists[i].count * sizeof(*scores));
                scoring->score_count += lists[i].count;
        }
        for (size_t i = 0; i < estate->problems.count; i++) {
                if (is_scored(&estate->problems.items[i]))
                        scores[scoring->score_count++] = score_of_problem(arena, &estate->problems.items[i]);
        }
        return scoring;
}
