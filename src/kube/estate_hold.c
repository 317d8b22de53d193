/* estate_hold.c - objects that stand in no file, beside those that do. */

#include <stdlib.h>

#include "kube/internal.h"

/* What points to a source that has moved. */
static void point_again(struct estate_source *source, const struct source *before)
{
        for (size_t i = 0; i < source->objects.count; i++)
                source->objects.items[i].source = &source->source;
        for (size_t i = 0; i < source->problems.count; i++)
                if (source->problems.items[i].source == before)
                        source->problems.items[i].source = &source->source;
}

struct estate_source *estate_extend(struct estate *estate, size_t count)
{
        struct estate_source *before = estate->sources;
        size_t old = estate->source_count;

        estate->sources = arena_array(&estate->arena, struct estate_source, checked_add(old, count));
        estate->source_count = old + count;
        for (size_t i = 0; i < old; i++) {
                estate->sources[i] = before[i];
                point_again(&estate->sources[i], &before[i].source);
        }
        return &estate->sources[old];
}

/* Parts of one text keep their order. */
static int by_name(const void *a, const void *b)
{
        const struct estate_source *one = *(struct estate_source *const *)a, *other = *(struct estate_source *const *)b;
        int order = str_compare(one->source.name, other->source.name);

        return order ? order : (one > other) - (one < other);
}

void estate_sort(struct estate *estate)
{
        struct estate_source *before = estate->sources;
        struct estate_source **order = arena_array(&estate->arena, struct estate_source *, estate->source_count);

        for (size_t i = 0; i < estate->source_count; i++)
                order[i] = &before[i];
        qsort(order, estate->source_count, sizeof(*order), by_name);
        estate->sources = arena_array(&estate->arena, struct estate_source, estate->source_count);
        for (size_t i = 0; i < estate->source_count; i++) {
                estate->sources[i] = *order[i];
                point_again(&estate->sources[i], &order[i]->source);
        }
}

void estate_source_hold(struct estate_source *source, const struct value *root)
{
        struct document document = {.root = *root};

        source->is_read = true;
        source->documents = 1;
        source_add_document(source, &document, ROLE_PLAIN);
}

void estate_source_fail(struct estate_source *source, enum problem_kind kind, struct str message)
{
        problem_add(source, kind, UINT32_MAX, 0, "%.*s", STR_ARG(message))->source = NULL;
}
