/* Which findings stand together, and in which order. */

#include "sample.h"

#include "report/group.h"

static const struct rule_summary input = {.id = STR_INIT("input"), .area = AREA_INPUT},
                                 low = {.id = STR_INIT("low"), .area = AREA_CONTAINERS},
                                 high = {.id = STR_INIT("high"), .area = AREA_CONTAINERS},
                                 image = {.id = STR_INIT("image"), .area = AREA_IMAGES},
                                 a = {.id = STR_INIT("a"), .area = AREA_ACCESS},
                                 b = {.id = STR_INIT("b"), .area = AREA_ACCESS};

static const struct finding_object x = {STR_INIT("v1"), STR_INIT("Pod"), STR_INIT("shop"), STR_INIT("x")},
                                   y = {STR_INIT("v1"), STR_INIT("Pod"), STR_INIT("shop"), STR_INIT("y")};

static struct finding finding(const struct rule_summary *rule, enum severity severity, const char *file,
                              const struct finding_object *object)
{
        return (struct finding){
                .rule = rule,
                .object = object,
                .severity = severity,
                .location = {.file = str_of(file), .document = -1, .line = 1, .column = 1},
        };
}

/* "rule:count" for each group. */
static void expect(struct finding *findings, size_t count, bool by_rule, const char *wanted)
{
        struct report report = {.findings = findings, .finding_count = count};
        struct finding_groups groups = {0};
        struct arena arena = {0};
        CLEANUP(buf_free) struct buf out = {0};

        report_finish(&report);
        finding_groups_make(&arena, &report, by_rule, &groups);
        for (size_t i = 0; i < groups.groups.count; i++)
                buf_add_format(&out, "%s:%zu ", groups.groups.items[i].findings[0]->rule->id.data,
                               groups.groups.items[i].count);
        buf_add_char(&out, 0);
        assert_string_equal(out.data, wanted);
        arena_free(&arena);
}

static void by_area_and_severity_and_place(void **state)
{
        struct finding findings[] = {
                finding(&input, SEVERITY_CRITICAL, "a", &x), finding(&low, SEVERITY_LOW, "a", &x),
                finding(&high, SEVERITY_HIGH, "b", &x),      finding(&high, SEVERITY_HIGH, "a", &x),
                finding(&high, SEVERITY_HIGH, "a", &y),      finding(&high, SEVERITY_HIGH, "a", &x),
                finding(&image, SEVERITY_INFO, "z", &x),
        };

        findings[6].object = NULL;
        expect(findings, COUNT_OF(findings), false, "image:1 high:2 high:1 high:1 low:1 input:1 ");
        expect(findings, COUNT_OF(findings), true, "image:1 high:4 low:1 input:1 ");
}

/* What could not be read has no object. */
static void without_objects(void **state)
{
        struct finding findings[] = {finding(&input, SEVERITY_HIGH, "a", NULL),
                                     finding(&input, SEVERITY_HIGH, "a", NULL),
                                     finding(&input, SEVERITY_HIGH, "a", &x)};

        expect(findings, COUNT_OF(findings), false, "input:2 input:1 ");
        expect(findings, COUNT_OF(findings), true, "input:3 ");
}

static void only_what_is_open(void **state)
{
        struct finding findings[] = {finding(&a, SEVERITY_LOW, "a", &x), finding(&b, SEVERITY_LOW, "a", &x)};

        findings[0].status = FINDING_KNOWN;
        expect(findings, COUNT_OF(findings), true, "b:1 ");
        expect(findings, 0, true, "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(by_area_and_severity_and_place),
                                           cmocka_unit_test(only_what_is_open), cmocka_unit_test(without_objects)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
