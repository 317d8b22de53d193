/* Settings files: what is read, what is refused and where. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "doc/document.h"
#include "scan/config.h"

#define TODAY STR("2026-06-15")

static bool read(struct arena *arena, const char *text, struct config *config, struct err *err)
{
        return config_read(arena, STR("strake.yaml"), str_of(text), TODAY, config, err);
}

static void exceptions(void **state)
{
        struct arena arena = {0};
        struct config config;
        struct err err = {0};
        const struct exception *first;

        (void)state;
        assert_true(read(
                &arena,
                "exceptions:\n  - {rule: host-pid, reason: why, owner: who, expires: 2026-06-14, kind: Pod, name: a*}\n"
                "  - {rule: host-ipc, reason: why, expires: 2026-06-15, labels: {app: web}}\n",
                &config, &err));
        assert_int_equal(config.exceptions.count, 2);
        first = config.exceptions.items;
        assert_true(str_is(first->rule, "host-pid") && str_is(first->why.reason, "why")
                    && str_is(first->why.owner, "who"));
        assert_true(str_is(first->kind, "Pod") && str_is(first->name, "a*") && !first->ns.len);
        assert_true(first[0].expired);
        assert_false(first[1].expired); /* the last day counts */
        assert_int_equal(first[1].labels.count, 1);
        arena_free(&arena);
}

static void settings(void **state)
{
        struct arena arena = {0};
        struct config config;
        struct err err = {0};

        (void)state;
        assert_true(read(&arena,
                         "fail-on: never\nmin-severity: low\nskip: [a, b]\nparams: {maxCPU: 2, maxMemory: 1Gi}\n",
                         &config, &err));
        assert_true(str_is(config.fail_on, "never") && str_is(config.min_severity, "low"));
        assert_int_equal(config.skip_count, 2);
        assert_int_equal(config.params.len, 2);
        assert_true(str_is(value_get_text(&config.params, intern(STR("maxMemory"))), "1Gi"));
        assert_true(read(&arena, "", &config, &err) && !config.exceptions.count);
        assert_true(read(&arena, "exceptions:\n", &config, &err));
        arena_free(&arena);
}

static void kubeaudit(void **state)
{
        struct arena arena = {0};
        struct config config;
        struct err err = {0};

        (void)state;
        assert_true(read(&arena,
                         "enabledAuditors: {apparmor: false, seccomp: true}\n"
                         "auditors:\n"
                         "  capabilities: {allowAddList: [SYS_TIME]}\n"
                         "  config: {currentVersion: 1.20, targetedVersion: '1.25'}\n"
                         "  limits: {cpu: 600m, memory: ''}\n"
                         "  image:\n",
                         &config, &err));
        assert_int_equal(config.disabled_auditors, 1u << AUDITOR_APPARMOR);
        assert_int_equal(config.allowed_capability_count, 1);
        assert_int_equal(config.current_minor, 20); /* not 1.2 */
        assert_int_equal(config.targeted_minor, 25);
        assert_int_equal(config.params.len, 1);
        arena_free(&arena);
}

static void hadolint(void **state)
{
        struct arena arena = {0};
        struct config config;
        struct err err = {0};

        (void)state;
        assert_true(read(&arena,
                         "ignored: [DL3006, SC1010]\n"
                         "override: {error: [DL3001], warning: [], info: [DL3002, DL3003], style: [DL3004]}\n"
                         "trustedRegistries: [ghcr.io]\n"
                         "failure-threshold: warning\n"
                         "label-schema: {team: text}\n"
                         "strict-labels: true\n"
                         "disable-ignore-pragma: true\n"
                         "format: json\n",
                         &config, &err));
        assert_int_equal(config.hadolint.ignored_count, 2);
        assert_int_equal(config.hadolint.levels[SEVERITY_HIGH].count, 1);
        assert_int_equal(config.hadolint.levels[SEVERITY_LOW].count, 2);
        assert_true(str_is(config.hadolint.levels[SEVERITY_INFO].ids[0], "DL3004"));
        assert_true(str_is(config.hadolint.why.reason, "ignored in strake.yaml"));
        assert_true(str_is(config.fail_on, "medium") && config.hadolint.no_pragmas);
        assert_int_equal(config.params.len, 3);
        assert_true(read(&arena, "no-fail: true\nfailure-threshold: error\n", &config, &err));
        assert_true(str_is(config.fail_on, "never"));
        /* What Strake's own file says counts more. */
        assert_true(read(&arena, "fail-on: low\nskip: [a]\n", &config, &err));
        assert_true(config_add_hadolint(&arena, STR(".hadolint.yaml"),
                                                    STR("ignored: [DL1]\nfailure-threshold: error\n"), &config, &err));
        assert_true(str_is(config.fail_on, "low") && config.skip_count == 1 && config.hadolint.ignored_count == 1);
        assert_false(config_add_hadolint(&arena, STR(".hadolint.yaml"), STR("ignred: [DL1]\n"), &config, &err));
        assert_true(str_starts(err_text(&err), STR(".hadolint.yaml:1:")));
        arena_free(&arena);
}

static void refused(void **state)
{
        static const struct {
                const char *text;
                uint32_t line, column;
                const char *words;
        } cases[] = {
                {"- a\n", 1, 1, "a map is wanted"},
                {"exeptions: []\n", 1, 12, "did you mean exceptions?"},
                {"exceptions: {}\n", 1, 13, "a list of exceptions"},
                {"exceptions: [a]\n", 1, 14, "a map is wanted"},
                {"exceptions:\n  - reason: a\n", 2, 5, "no `rule`"},
                {"exceptions:\n  - {rule: a, reason: ' '}\n", 2, 23, "empty"},
                {"exceptions:\n  - {rule: a, reason: 7}\n", 2, 23, "text is wanted"},
                {"exceptions:\n  - {rule: a, reason: b, expires: 2025-02-29}\n", 2, 35, "no date"},
                {"exceptions:\n  - {rule: a, reason: b, labels: [a]}\n", 2, 34, "a map"},
                {"skip: a\n", 1, 7, "a list of texts"},
                {"enabledAuditors: {a: true}\n", 1, 22, "no auditor"},
                {"auditors: {limits: {cpu: lots}}\n", 1, 26, "lots"},
                {"auditors: {config: {currentVersion: '2.1'}}\n", 1, 37, "no version"},
                {"auditors: {config: {currentVersion: '1.1x'}}\n", 1, 37, "no version"},
                {"auditors: {config: {currentVersion: true}}\n", 1, 37, "text or a number"},
                {"ignored: DL3006\n", 1, 10, "a list of texts"},
                {"ignored: []\nignred: []\n", 2, 9, "did you mean ignored?"},
                {"override: {fatal: [DL3006]}\n", 1, 19, ""},
                {"failure-threshold: high\n", 1, 20, "no level of hadolint"},
                {"no-fail: maybe\n", 1, 10, "true or false"},
                {"label-schema: [a]\n", 1, 15, "a map of labels"},
                {"label-schema: {a: 1}\n", 1, 19, "a type"},
                {"a: [\n", 2, 1, ""},
        };
        struct arena arena = {0};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct config config;
                struct err err = {0};

                if (read(&arena, cases[i].text, &config, &err))
                        fail_msg("read: %s", cases[i].text);
                if (err.line != cases[i].line || err.column != cases[i].column
                    || str_find(err_text(&err), str_of(cases[i].words), 0) == SIZE_MAX
                    || !str_starts(err_text(&err), STR("strake.yaml:")))
                        fail_msg("%s: %u:%u %.*s", cases[i].text, err.line, err.column, STR_ARG(err_text(&err)));
        }
        arena_free(&arena);
}

static void dates(void **state)
{
        static const char *const good[] = {"2026-01-31", "2024-02-29", "2000-02-29", "9999-12-31"};
        static const char *const bad[] = {"",           "2026-1-31",  "2026-02-29", "1900-02-29", "2026-00-10",
                                          "2026-13-01", "2026-04-31", "2026-04-00", "2026/04/01", "2026-04-011"};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(good); i++)
                assert_true(is_date(str_of(good[i])));
        for (size_t i = 0; i < COUNT_OF(bad); i++)
                assert_false(is_date(str_of(bad[i])));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(exceptions), cmocka_unit_test(settings), cmocka_unit_test(kubeaudit),
                cmocka_unit_test(hadolint),   cmocka_unit_test(refused),  cmocka_unit_test(dates),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
