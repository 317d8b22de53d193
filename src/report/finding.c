/* finding.c - the words of a finding, the order of findings, and their sum. */

#include "report/finding.h"

#include <stdlib.h>

enum { FEW = 32 };

static const struct str severities[SEVERITY_COUNT] = {
        [SEVERITY_CRITICAL] = STR_INIT("critical"), [SEVERITY_HIGH] = STR_INIT("high"),
        [SEVERITY_MEDIUM] = STR_INIT("medium"),     [SEVERITY_LOW] = STR_INIT("low"),
        [SEVERITY_INFO] = STR_INIT("info"),
};

static const struct area_words {
        struct str name, heading;
} areas[AREA_COUNT] = {
        [AREA_IMAGES] = {STR_INIT("images"), STR_INIT("Images")},
        [AREA_CONTAINERS] = {STR_INIT("containers"), STR_INIT("Containers")},
        [AREA_ACCESS] = {STR_INIT("access"), STR_INIT("Access")},
        [AREA_COMMUNICATION] = {STR_INIT("communication"), STR_INIT("Communication")},
        [AREA_APPS] = {STR_INIT("apps"), STR_INIT("Apps")},
        [AREA_CONTROL_PLANE] = {STR_INIT("control-plane"), STR_INIT("Control plane")},
        [AREA_INPUT] = {STR_INIT("input"), STR_INIT("Input")},
};

static const struct str statuses[] = {
        [FINDING_OPEN] = STR_INIT("open"),
        [FINDING_EXCEPTED] = STR_INIT("excepted"),
        [FINDING_KNOWN] = STR_INIT("known"),
};

struct str severity_name(enum severity severity)
{
        return severities[severity];
}

bool severity_from(struct str name, enum severity *severity)
{
        for (size_t i = 0; i < SEVERITY_COUNT; i++)
                if (str_equal(severities[i], name)) {
                        *severity = (enum severity)i;
                        return true;
                }
        return false;
}

struct str area_name(enum area area)
{
        return areas[area].name;
}

bool area_from(struct str name, enum area *area)
{
        for (size_t i = 0; i < AREA_COUNT; i++)
                if (str_equal(areas[i].name, name)) {
                        *area = (enum area)i;
                        return true;
                }
        return false;
}

struct str area_heading(enum area area)
{
        return areas[area].heading;
}

struct str finding_status_name(enum finding_status status)
{
        return statuses[status];
}

struct str finding_object_words(struct arena *arena, const struct finding_object *object)
{
        return str_format(arena, "%.*s %.*s%s%.*s", STR_ARG(object->kind), STR_ARG(object->ns),
                          object->ns.len ? "/" : "", STR_ARG(object->name));
}

int finding_object_compare(const struct finding_object *a, const struct finding_object *b)
{
        int order;

        if (!a || !b)
                return (a != NULL) - (b != NULL);
        order = str_compare(a->kind, b->kind);
        if (!order)
                order = str_compare(a->ns, b->ns);
        return order ? order : str_compare(a->name, b->name);
}

static int compare_numbers(uint64_t a, uint64_t b)
{
        return (a > b) - (a < b);
}

int finding_compare(const struct finding *a, const struct finding *b)
{
        int order =
                a->location.file.data == b->location.file.data ? 0 : str_compare(a->location.file, b->location.file);

        if (!order)
                order = compare_numbers(a->location.line, b->location.line);
        if (!order)
                order = compare_numbers(a->location.column, b->location.column);
        if (!order)
                order = str_compare(a->rule->id, b->rule->id);
        if (!order)
                order = str_compare(a->container, b->container);
        if (!order)
                order = str_compare(a->location.path, b->location.path);
        if (!order)
                order = str_compare(a->message, b->message);
        return order ? order : memcmp(a->fingerprint, b->fingerprint, sizeof(a->fingerprint));
}

static int compare_pointers(const void *a, const void *b)
{
        return finding_compare(*(const struct finding *const *)a, *(const struct finding *const *)b);
}

/* Moves each finding to its place among those before it. */
static void sort_few(struct finding *findings, size_t count)
{
        for (size_t i = 1; i < count; i++) {
                struct finding finding = findings[i];
                size_t at = i;

                while (at > 0 && finding_compare(&findings[at - 1], &finding) > 0)
                        at--;
                memmove(&findings[at + 1], &findings[at], (i - at) * sizeof(finding));
                findings[at] = finding;
        }
}

/* Pointers are sorted and not the findings, which are large. */
static void sort_many(struct finding *findings, size_t count)
{
        struct arena scratch = {0};
        const struct finding **order = arena_take(&scratch, checked_mul(count, sizeof(*order)));
        struct finding *sorted = arena_take(&scratch, checked_mul(count, sizeof(*sorted)));

        for (size_t i = 0; i < count; i++)
                order[i] = &findings[i];
        qsort(order, count, sizeof(*order), compare_pointers);
        for (size_t i = 0; i < count; i++)
                sorted[i] = *order[i];
        memcpy(findings, sorted, count * sizeof(*sorted));
        arena_free(&scratch);
}

static bool is_sorted(const struct finding *findings, size_t count)
{
        for (size_t i = 1; i < count; i++)
                if (finding_compare(&findings[i - 1], &findings[i]) > 0)
                        return false;
        return true;
}

void findings_sort(struct finding *findings, size_t count)
{
        if (is_sorted(findings, count))
                return;
        if (count <= FEW)
                sort_few(findings, count);
        else
                sort_many(findings, count);
}

void report_finish(struct report *report)
{
        findings_sort(report->findings, report->finding_count);
        memset(report->open, 0, sizeof(report->open));
        report->excepted = report->known = 0;
        for (size_t i = 0; i < report->finding_count; i++) {
                const struct finding *finding = &report->findings[i];

                report->open[finding->severity] += finding->status == FINDING_OPEN;
                report->excepted += finding->status == FINDING_EXCEPTED;
                report->known += finding->status == FINDING_KNOWN;
        }
}
