/* group.c - sorting twice: once to bring together what belongs together, once to put the groups in order. */

#include "report/group.h"

#include <stdlib.h>

static int compare_rules(const struct finding *a, const struct finding *b)
{
        int order = str_compare(a->rule->id, b->rule->id);

        return order ? order : (a->severity > b->severity) - (a->severity < b->severity);
}

static int compare_objects(const struct finding *a, const struct finding *b)
{
        int order = str_compare(a->location.file, b->location.file);

        if (!order)
                order = (a->location.document > b->location.document) - (a->location.document < b->location.document);
        return order ? order : finding_object_compare(a->object, b->object);
}

/* Whether two findings belong together; -1, 0, 1 for sorting. */
static int compare_subjects(const struct finding *a, const struct finding *b, bool by_rule)
{
        int order = compare_rules(a, b);

        return order || by_rule ? order : compare_objects(a, b);
}

/* Findings of a report lie in one array in order, so comparing their addresses compares their places in the report. */
static int compare_addresses(const struct finding *a, const struct finding *b)
{
        return (a > b) - (a < b);
}

static int by_object(const void *left, const void *right)
{
        const struct finding *a = *(const struct finding *const *)left, *b = *(const struct finding *const *)right;
        int order = compare_subjects(a, b, false);

        return order ? order : compare_addresses(a, b);
}

static int by_rule_only(const void *left, const void *right)
{
        const struct finding *a = *(const struct finding *const *)left, *b = *(const struct finding *const *)right;
        int order = compare_subjects(a, b, true);

        return order ? order : compare_addresses(a, b);
}

static int compare_groups(const void *left, const void *right)
{
        const struct finding *a = ((const struct finding_group *)left)->findings[0];
        const struct finding *b = ((const struct finding_group *)right)->findings[0];

        if (a->rule->area != b->rule->area)
                return a->rule->area < b->rule->area ? -1 : 1;
        if (a->severity != b->severity)
                return a->severity < b->severity ? -1 : 1;
        return compare_addresses(a, b);
}

void finding_groups_make(struct arena *arena, const struct report *report, bool by_rule, struct finding_groups *out)
{
        const struct finding **open = arena_take(arena, checked_mul(report->finding_count, sizeof(*open)));
        size_t count = 0;

        for (size_t i = 0; i < report->finding_count; i++)
                if (report->findings[i].status == FINDING_OPEN)
                        open[count++] = &report->findings[i];
        if (!count)
                return;
        qsort(open, count, sizeof(*open), by_rule ? by_rule_only : by_object);
        for (size_t i = 0; i < count; i++) {
                if (i > 0 && compare_subjects(open[i - 1], open[i], by_rule) == 0)
                        out->groups.items[out->groups.count - 1].count++;
                else
                        *vec_push(arena, &out->groups) = (struct finding_group){&open[i], 1};
        }
        qsort(out->groups.items, out->groups.count, sizeof(*out->groups.items), compare_groups);
}
