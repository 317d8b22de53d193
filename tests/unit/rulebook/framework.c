/* Frameworks: their files, that rules cite only what is listed, and what coverage counts. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rulebook/cover.h"
#include "rulebook/framework.h"
#include "try.h"

static const struct control *find_control(const struct framework *framework, struct str id)
{
        for (size_t i = 0; i < framework->count; i++) {
                if (str_equal(framework->controls[i].id, id))
                        return &framework->controls[i];
        }
        return NULL;
}

static void files_are_sound(void **state)
{
        struct arena arena = {0};

        (void)state;
        for (size_t i = 0; i < framework_count; i++) {
                struct framework framework;

                assert_true(framework_find(&arena, framework_names[i], &framework));
                assert_true(str_equal(framework.name, framework_names[i]));
                assert_true(str_starts(framework.source, STR("https://")));
                for (size_t k = 0; k < framework.count; k++)
                        assert_ptr_equal(find_control(&framework, framework.controls[k].id), &framework.controls[k]);
        }
        arena_free(&arena);
}

static void every_risk_of_nist_is_there(void **state)
{
        static const unsigned risks[] = {5, 3, 5, 5, 5}; /* of sections 3.1 to 3.5 */
        struct arena arena = {0};
        struct framework framework;
        size_t count = 0;

        (void)state;
        assert_true(framework_find(&arena, STR("nist-800-190"), &framework));
        for (unsigned section = 1; section <= COUNT_OF(risks); section++) {
                for (unsigned risk = 1; risk <= risks[section - 1]; risk++, count++)
                        assert_non_null(find_control(&framework, str_format(&arena, "3.%u.%u", section, risk)));
        }
        assert_int_equal(count, 23);
        assert_int_equal(framework.count, count);
        arena_free(&arena);
}

static void rules_cite_what_is_listed(void **state)
{
        struct arena arena = {0};

        (void)state;
        for (size_t i = 0; i < rulebook_builtin_count; i++) {
                for (size_t k = 0; k < rulebook_builtin[i].reference_count; k++) {
                        const struct reference *reference = &rulebook_builtin[i].references[k].reference;
                        struct framework framework;

                        if (framework_find(&arena, reference->framework, &framework)
                            && !find_control(&framework, reference->id))
                                fail_msg("%.*s cites %.*s %.*s, which rules/frameworks does not list",
                                         STR_ARG(rulebook_builtin[i].id), STR_ARG(reference->framework),
                                         STR_ARG(reference->id));
                }
        }
        arena_free(&arena);
}

static void broken_files_are_refused(void **state)
{
        static const char *const texts[] = {
                "[]",
                "{framework: a, title: b, source: c}",
                "{framework: a, title: b, source: c, controls: [{id: a}]}",
                "{framework: a, title: b, source: c, controls: [{id: 1.5, title: a}]}",
                "{framework: a, title: b, source: c, controls: [{id: a, title: b, beyound: c}]}",
        };
        struct arena arena = {0};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(texts); i++) {
                struct framework framework;
                struct err err = {0};

                assert_false(framework_read(&arena, str_of(texts[i]), &framework, &err));
                assert_true(err.length > 0);
        }
        arena_free(&arena);
}

/* --- coverage --- */

struct covered {
        struct arena arena;
        struct estate estate;
        struct finding_list found;
        struct report report;
        const struct coverage *coverage;
};

static void cover(struct covered *covered, struct rulebook_settings settings, const char *manifest, enum severity least)
{
        struct arena scratch = {0};
        struct err err = {0};
        struct rulebook *book;

        settings.minor = KUBERNETES_NEWEST_MINOR;
        book = rulebook_new(&covered->arena, &settings, &err);
        assert_non_null(book);
        estate_read_text(&covered->estate, STR("a.yaml"), str_of(manifest));
        rulebook_judge(book, covered->estate.sources, &scratch, &covered->found);
        covered->report = (struct report){.findings = covered->found.items, .finding_count = covered->found.count};
        covered->coverage = rulebook_cover(&covered->arena, book, &settings, &covered->estate, &covered->report, least);
        arena_free(&scratch);
}

static void covered_free(struct covered *covered)
{
        finding_list_free(&covered->found);
        estate_free(&covered->estate);
        arena_free(&covered->arena);
        *covered = (struct covered){0};
}

static const struct control_coverage *control_of(const struct covered *covered, const char *id)
{
        for (size_t i = 0; i < covered->coverage->count; i++) {
                if (str_equal(covered->coverage->controls[i].id, str_of(id)))
                        return &covered->coverage->controls[i];
        }
        fail_msg("no control %s", id);
        return NULL;
}

#define PODS                                                                                                           \
        "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {hostPID: true, hostIPC: true, containers: [{name: "   \
        "a}]}}\n"                                                                                                      \
        "---\n{apiVersion: v1, kind: Pod, metadata: {name: b}, spec: {hostPID: false, containers: [{name: a}]}}\n"     \
        "---\n{apiVersion: v1, kind: Pod, metadata: {name: c}, spec: {containers: 5}}\n"

static void controls_are_counted_by_object(void **state)
{
        struct covered covered = {0};
        const struct control_coverage *control;

        (void)state;
        cover(&covered, (struct rulebook_settings){.framework = STR("nsa")}, PODS, SEVERITY_INFO);
        control = control_of(&covered, "1.4");
        assert_int_equal(control->status, CONTROL_FAILED);
        assert_int_equal(control->judged, 2);
        assert_int_equal(control->failed, 1); /* two findings of two rules in one object */
        assert_int_equal(control->rule_count, 2);
        assert_text(control->rules[0], "host-ipc");
        assert_text(control->rules[1], "host-pid");
        control = control_of(&covered, "1.5");
        assert_int_equal(control->status, CONTROL_PASSED);
        assert_int_equal(control->judged, 2);
        control = control_of(&covered, "8.0");
        assert_int_equal(control->status, CONTROL_NO_RULE);
        assert_int_equal(control->judged + control->rule_count, 0);
        covered_free(&covered);
}

static void what_rules_do_not_look_at_is_not_passed(void **state)
{
        struct covered covered = {0};

        (void)state;
        cover(&covered, (struct rulebook_settings){.framework = STR("nsa")},
                                                   "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}",
                                                   SEVERITY_INFO);
        assert_int_equal(control_of(&covered, "1.5")->status, CONTROL_NO_INPUT);
        assert_int_equal(covered.coverage->by_status[CONTROL_PASSED], 0);
        assert_int_equal(covered.coverage->by_status[CONTROL_FAILED], 0);
        covered_free(&covered);
}

static void rules_left_out_judge_nothing(void **state)
{
        const struct str skip[] = {STR_INIT("host-network")};
        struct covered covered = {0};

        (void)state;
        cover(&covered,
              (struct rulebook_settings){.framework = STR("nsa"), .skip = skip, .skip_count = 1}, PODS, SEVERITY_INFO);
        assert_int_equal(control_of(&covered, "1.5")->status, CONTROL_NO_RULE);
        covered_free(&covered);
        cover(&covered, (struct rulebook_settings){.framework = STR("nsa")}, PODS, SEVERITY_CRITICAL);
        assert_int_equal(control_of(&covered, "1.2")->status, CONTROL_PASSED);
        assert_int_equal(control_of(&covered, "1.3")->status, CONTROL_NO_RULE);
        covered_free(&covered);
}

static void excepted_findings_do_not_count(void **state)
{
        struct covered covered = {0};
        struct rulebook_settings settings = {.framework = STR("nsa"), .minor = KUBERNETES_NEWEST_MINOR};
        struct err err = {0};

        (void)state;
        cover(&covered, settings, PODS, SEVERITY_INFO);
        for (size_t i = 0; i < covered.report.finding_count; i++)
                covered.report.findings[i].status = FINDING_EXCEPTED;
        covered.coverage = rulebook_cover(&covered.arena, rulebook_new(&covered.arena, &settings, &err), &settings,
                                          &covered.estate, &covered.report, SEVERITY_INFO);
        assert_int_equal(covered.coverage->by_status[CONTROL_FAILED], 0);
        covered_free(&covered);
}

static void others_have_no_coverage(void **state)
{
        struct covered covered = {0};

        (void)state;
        cover(&covered, (struct rulebook_settings){.framework = STR("kubescape")}, PODS, SEVERITY_INFO);
        assert_null(covered.coverage);
        covered_free(&covered);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(files_are_sound),
                cmocka_unit_test(every_risk_of_nist_is_there),
                cmocka_unit_test(rules_cite_what_is_listed),
                cmocka_unit_test(broken_files_are_refused),
                cmocka_unit_test(controls_are_counted_by_object),
                cmocka_unit_test(what_rules_do_not_look_at_is_not_passed),
                cmocka_unit_test(rules_left_out_judge_nothing),
                cmocka_unit_test(excepted_findings_do_not_count),
                cmocka_unit_test(others_have_no_coverage),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
